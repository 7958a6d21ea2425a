"""What every page shows around its content: program, navigation, languages, optional banner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from harborline.kernel import clock
from harborline.law import profile
from harborline.ledger.selectors import outside_standing, standing
from harborline.oversight.selectors import open_steps
from harborline.sites.entrance import Entrance, entrance_or_none, own_dossier
from harborline.sites.visiting import visit_or_none
from harborline.walls import current_or_none
from harborline.workforce.facts import DutyStanding, Lapse
from harborline.workforce.selectors import agency_name, duties_due, sign_in_profile, unread_penalties

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

HTMX = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "refreshOnHistoryMiss": True,
}
"""htmx without inline styles, without eval, and without a copy of pages in the browser's storage."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the side navigation."""

    label: StrPromise
    view: str
    permission: str
    address: str = ""
    here: bool = False


PLACES = (
    Place(_("Home"), "console:home", "home:read"),
    Place(_("Notices"), "console:notices", "notices:read"),
    Place(_("Words of texts"), "console:words", "notices:read"),
    Place(_("Texting in numbers"), "console:dashboard", "notices:read"),
    Place(_("Participants"), "console:participants", "participants:read"),
    Place(_("Texts from people"), "console:inbox", "texts:read"),
    Place(_("Papers from people"), "console:papers", "papers:read"),
    Place(_("Questions from people"), "console:contacts", "contact:read"),
    Place(_("Front desk"), "console:desk", "desk:read"),
    Place(_("Waiting for you"), "console:tasks", "consent:read"),
    Place(_("Asked in the portal"), "console:portal-wishes", "consent:read"),
    Place(_("On call"), "console:on-call", "on-call:steer"),
    Place(_("Nightly import"), "console:imports", "imports:read"),
    Place(_("Vendors"), "console:vendors", "vendors:read"),
    Place(_("Files between agencies"), "console:exchange", "exchange:read"),
    Place(_("Workers"), "console:workers", "workers:read"),
    Place(_("Standing in"), "console:covers", "covers:read"),
    Place(_("Duties"), "console:duties", "duties:read"),
    Place(_("Audit"), "console:audit", "audit:read"),
    Place(_("Exports"), "console:exports", "records:export"),
    Place(_("How long records live"), "console:schedules", "records:read"),
    Place(_("Proof of the records"), "console:log", "records:read"),
    Place(_("Who learned what"), "console:safeguards", "safeguards:read"),
    Place(_("Nightly watch"), "console:watch", "safeguards:read"),
    Place(_("Incidents"), "console:incidents", "incidents:read"),
    Place(_("Report an incident"), "console:incident-new", "incidents:report"),
    Place(_("Penalties"), "console:penalties", "penalties:read"),
    Place(_("Written policy"), "console:policy", "law:read"),
    Place(_("Rules and clauses"), "console:law", "law:read"),
)


@dataclass(frozen=True, slots=True)
class ProgramChoice:
    """A program the worker may switch to."""

    key: str
    title: str
    chosen: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """The context of the base templates."""
    entrance = SimpleLazyObject(lambda: entrance_or_none(request))
    return {
        "entrance": entrance,
        "places": SimpleLazyObject(lambda: places(entrance_or_none(request), request.path)),
        "program_choices": SimpleLazyObject(lambda: program_choices(entrance_or_none(request))),
        "limits": sign_in_profile(),
        "agency_name": agency_name(),
        "lapsing": SimpleLazyObject(lambda: lapsing(request)),
        "own_duties": SimpleLazyObject(lambda: own_duties(entrance_or_none(request))),
        "own_alerts": SimpleLazyObject(lambda: own_alerts(entrance_or_none(request))),
        "banner": getattr(settings, "BANNER", ""),
        "demo": getattr(settings, "DEMO", False),
        "htmx_config": HTMX,
        "visit": visit_or_none(request),
        "not_found": "portal/not_found.html" if request.path_info.startswith("/portal/") else "sites/not_found.html",
        "log_alarm": SimpleLazyObject(lambda: log_alarm(entrance_or_none(request))),
    }


def lapsing(request: HttpRequest) -> list[Lapse]:
    """What of the worker's own training and signature lapses within the profile's reminder time."""
    worker = getattr(request, "user", None)
    if worker is None or not worker.is_authenticated:
        return []
    return own_dossier(request).lapses(clock.now(), timedelta(days=sign_in_profile().remind_days))


def own_duties(entrance: Entrance | None) -> list[DutyStanding]:
    """The worker's own duties in this program that are due soon or late."""
    if entrance is None or "duties:keep" not in entrance.permissions:
        return []
    here = current_or_none()
    if here is not None and here.program == entrance.program:
        return duties_due(UUID(entrance.actor.id))
    with entrance.acting("duties"):
        return duties_due(UUID(entrance.actor.id))


def own_alerts(entrance: Entrance | None) -> list[tuple[StrPromise, str]]:
    """What of oversight waits for this worker, with its page: clocks of incidents that run, penalties to read."""
    if entrance is None:
        return []
    here = current_or_none()
    if here is not None and here.program == entrance.program:
        return _alerts(entrance)
    with entrance.acting("account"):
        return _alerts(entrance)


def _alerts(entrance: Entrance) -> list[tuple[StrPromise, str]]:
    found: list[tuple[StrPromise, str]] = []
    if "incidents:steer" in entrance.permissions and open_steps():
        found.append((_("Somebody must be told of an incident."), reverse("console:incidents")))
    if unread_penalties(UUID(entrance.actor.id)):
        found.append((_("A penalty was entered for you. Read it."), reverse("console:my-penalties")))
    return found


def log_alarm(entrance: Entrance | None) -> str:
    """Why the proof log alarms (`stopped`, `never` or `old` held outside), for those who look after records; "" if not.

    Asked at most once a minute in each process.
    """
    if entrance is None or "records:read" not in entrance.permissions:
        return ""
    return _alarm(int(clock.monotonic_s() // 60))


@lru_cache(maxsize=1)
def _alarm(_minute: int) -> str:
    return "stopped" if standing().stopped else outside_standing().alarm


def places(entrance: Entrance | None, path: str) -> list[Place]:
    """The side navigation of this worker, the nearest place marked."""
    if entrance is None:
        return []
    open_ones = [(place, reverse(place.view)) for place in PLACES if place.permission in entrance.permissions]
    nearest = max((address for _place, address in open_ones if path.startswith(address)), key=len, default="")
    return [
        Place(place.label, place.view, place.permission, address, address == nearest) for place, address in open_ones
    ]


def program_choices(entrance: Entrance | None) -> list[ProgramChoice]:
    """The worker's programs by title."""
    if entrance is None:
        return []
    return [ProgramChoice(key, in_language(profile(key).title), key == entrance.program) for key in entrance.programs]


def in_language(words: Mapping[str, str]) -> str:
    """The words in the language of the page, else in English."""
    return words.get((get_language() or "en")[:2]) or words["en"]
