"""What staff do for the portal: hand over codes to begin with, and look at those that renewed a passphrase."""

from __future__ import annotations

import functools
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import typst
from django.conf import settings

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.people.models import Participant
from harborline.people.portal.coding import new_start, start_index
from harborline.people.portal.rules import START_LIVES, may_review_renewal
from harborline.people.portal.wishes import has_safe_contact
from harborline.people.portal_models import PortalKey, PortalStart, PortalVisit
from harborline.walls import current

TOLD_FOR: Final = timedelta(days=30)
"""How long a person is told that a code was made for them."""
_TEMPLATE = Path(__file__).parent / "papers" / "start.typ"


@dataclass(frozen=True, slots=True)
class StartCode:
    """A fresh code to begin with: shown once, kept nowhere; where it is entered, and the last day it works."""

    code: str
    address: str
    until: date

    @property
    def link(self) -> str:
        """The address with the code in it, for a message: it names neither person nor case."""
        return f"{self.address}{self.code}/"


@dataclass(frozen=True, slots=True)
class MadeStart:
    """A code that was made for somebody, without the code: when, by whom, whether it may renew the passphrase."""

    id: uuid.UUID
    participant_id: uuid.UUID
    external_id: str
    made_at: datetime
    made_by: str
    renews: bool
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class PortalStanding:
    """How a participant stands with the portal: since when they have a passphrase, when they came last, open codes."""

    chosen_at: datetime | None
    last_visit_at: datetime | None
    open_codes: int


def make_start(participant_id: uuid.UUID, *, way: str, renews: bool = False) -> StartCode:
    """Make a code to hand over; codes made before for the same participant end. It works to the end of its last day.

    `way` is `in-person`, `safe-contact`, `letter` or `link`; `renews` lets its holder choose a new passphrase, only
    for codes handed over by somebody who saw who they are: then a supervisor looks at it too, and the person is told
    of every code when they come in. Raises `NotFound`, `Invalid`.
    """
    if way not in START_LIVES:
        raise Invalid("is in-person, safe-contact, letter or link", "way")
    if renews and way not in {"in-person", "safe-contact"}:
        raise Invalid("a new passphrase needs a code handed over in person or to the safe contact", "way")
    who = Participant.objects.filter(id=participant_id, gone_at__isnull=True).first()
    if who is None:
        raise NotFound("no such participant here")
    if way == "safe-contact" and not has_safe_contact(who.person_id):
        raise Invalid("there is no safe contact that was confirmed with them; hand the code over in person", "way")
    now, code, actor = clock.now(), new_start(), current().actor
    until, expires_at = _last_day(now + START_LIVES[way], who.program)
    PortalStart.objects.filter(participant_id=who.id, used_at__isnull=True).update(used_at=now)
    made = PortalStart.objects.create(
        id=new_id(), program=who.program, county=who.county, participant_id=who.id, code_idx=start_index(code), way=way,
        renews=renews, made_by=f"{actor.kind}:{actor.id}"[:80], made_at=now, expires_at=expires_at,
    )  # fmt: skip
    record(
        "people.start-made",
        subject=f"participant:{participant_id}",
        content={"start": str(made.id), "way": way, "renews": renews},
    )
    return StartCode(code, f"{settings.PUBLIC_URL}/portal/{who.program}/start/", until)


def start_paper(start: StartCode, *, language: str) -> bytes:
    """The paper to hand over or to put into an envelope, as a tagged PDF: no name, no program's words."""
    inputs = {"code": start.code, "address": start.address, "until": f"{start.until:%m/%d/%Y}", "language": language}
    made = typst.compile(_template(), format="pdf", ignore_system_fonts=True, sys_inputs=inputs, pdf_standards=["ua-1"])
    return bytes(made)


def starts_told(participant_ids: Collection[uuid.UUID]) -> list[MadeStart]:
    """The codes made for these participants in the last 30 days, the newest first; for themselves."""
    since = clock.now() - TOLD_FOR
    rows = PortalStart.objects.filter(participant_id__in=list(participant_ids), made_at__gt=since)
    return [_made(row) for row in rows.select_related("participant").order_by("-made_at")[:20]]


def renewals_waiting() -> list[MadeStart]:
    """Codes in sight that let somebody choose a new passphrase and that no second person looked at, the oldest first.

    Source: OFFSET-8.2:routine-monitoring.
    """
    rows = PortalStart.objects.filter(renews=True, reviewed_at__isnull=True).select_related("participant")
    return [_made(row) for row in rows.order_by("made_at")[:200]]


def review_renewal(start_id: uuid.UUID) -> None:
    """A second person looked at a code that let somebody choose a new passphrase. Raises `NotFound`, `Refused`.

    Source: OFFSET-8.2:routine-monitoring.
    """
    row = PortalStart.objects.filter(id=start_id, renews=True, reviewed_at__isnull=True).first()
    if row is None:
        raise NotFound("no such code waits here")
    actor = current().actor
    reviewer = f"{actor.kind}:{actor.id}"[:80]
    decision = may_review_renewal(reviewer=reviewer, made_by=row.made_by)
    if not decision.allowed:
        raise Refused(decision)
    PortalStart.objects.filter(id=start_id).update(reviewed_at=clock.now(), reviewed_by=reviewer)
    record("people.renewal-reviewed", subject=f"participant:{row.participant_id}", content={"start": str(start_id)})


def portal_standing(participant_id: uuid.UUID) -> PortalStanding:
    """How a participant in sight stands with the portal; raises `NotFound`."""
    who = Participant.objects.filter(id=participant_id).first()
    if who is None:
        raise NotFound("no such participant here")
    key = PortalKey.objects.filter(person_id=who.person_id, program=who.program, ended_at__isnull=True).first()
    visit = PortalVisit.objects.filter(person_id=who.person_id, program=who.program).order_by("-begun_at").first()
    codes = PortalStart.objects.filter(participant_id=who.id, used_at__isnull=True, expires_at__gt=clock.now())
    return PortalStanding(key.chosen_at if key else None, visit.begun_at if visit else None, codes.count())


def _last_day(moment: datetime, program: str) -> tuple[date, datetime]:
    # The day the paper names is one of the program's own zone, and the code works to its end.
    zone = ZoneInfo(profile(program).zones[0])
    day = moment.astimezone(zone).date()
    return day, datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)


def _made(row: PortalStart) -> MadeStart:
    return MadeStart(
        row.id, row.participant_id, row.participant.external_id, row.made_at, row.made_by, row.renews, row.used_at
    )


@functools.cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()
