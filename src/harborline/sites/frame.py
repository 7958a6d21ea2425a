"""What every page shows around its content: program, navigation, languages, optional banner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from harborline.kernel import clock
from harborline.law import profile
from harborline.ledger.selectors import outside_standing, standing
from harborline.sites.entrance import Entrance, entrance_or_none

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
    Place(_("Waiting for you"), "console:tasks", "consent:read"),
    Place(_("On call"), "console:on-call", "on-call:steer"),
    Place(_("Nightly import"), "console:imports", "imports:read"),
    Place(_("Vendors"), "console:vendors", "vendors:read"),
    Place(_("Exports"), "console:exports", "records:export"),
    Place(_("How long records live"), "console:schedules", "records:read"),
    Place(_("Proof of the records"), "console:log", "records:read"),
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
        "banner": getattr(settings, "BANNER", ""),
        "demo": getattr(settings, "DEMO", False),
        "htmx_config": HTMX,
        "log_alarm": SimpleLazyObject(lambda: log_alarm(entrance_or_none(request))),
    }


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
