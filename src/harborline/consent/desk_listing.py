"""For the front desk: whose spoken permission waits for a signature, and when they come next."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from harborline.consent.facts import ConsentKind
from harborline.consent.models import Consent
from harborline.kernel import NotFound, clock
from harborline.law import profile
from harborline.people.selectors import Expected, next_appointments, participant_numbers
from harborline.walls import current


@dataclass(frozen=True, slots=True)
class Unsigned:
    """One spoken permission without a signature, with the person's next appointment, if there is one.

    `today`: they are expected today, or the permission ends today.
    """

    consent_id: uuid.UUID
    participant_id: uuid.UUID
    external_id: str
    given_at: datetime
    until_at: datetime
    language: str
    office: str
    comes_at: datetime | None
    filed: bool
    today: bool


def unsigned_by_appointment(*, office: str = "", now: datetime | None = None) -> list[Unsigned]:
    """Spoken permissions in sight that wait for a signature, in the order in which the people come.

    Who has no appointment stands at the end, the first to lapse first; `office` keeps those expected there. An
    appointment of earlier today still counts: the person may be standing at the desk.
    Source: MN-WIC-9.6:written-at-next-contact.
    """
    moment, program = now or clock.now(), current().program
    zone = ZoneInfo(profile(program).zones[0])
    today = moment.astimezone(zone).date()
    waiting = list(_open_ones(moment))
    who = [one.participant_id for one in waiting]
    expected = next_appointments(who, since=datetime.combine(today, time(), tzinfo=zone))
    numbers = participant_numbers(who)
    lines = [
        _line(one, numbers.get(one.participant_id, ""), expected.get(one.participant_id), zone, today)
        for one in waiting
    ]
    wanted = [line for line in lines if not office or line.office == office]
    never = moment + timedelta(days=36525)
    return sorted(wanted, key=lambda line: (line.comes_at or never, line.until_at, line.consent_id))


def _line(one: Consent, number: str, comes: Expected | None, zone: ZoneInfo, today: date) -> Unsigned:
    assert one.expires_at is not None  # a spoken permission always ends
    days = {one.expires_at.astimezone(zone).date()} | ({comes.starts_at.astimezone(zone).date()} if comes else set())
    return Unsigned(
        consent_id=one.id,
        participant_id=one.participant_id,
        external_id=number,
        given_at=one.given_at,
        until_at=one.expires_at,
        language=one.language,
        office=comes.office if comes else "",
        comes_at=comes.starts_at if comes else None,
        filed=one.filed_at is not None,
        today=today in days,
    )


def waiting_spoken(consent_id: uuid.UUID, *, now: datetime | None = None) -> Consent:
    """One spoken permission in sight that waits for a signature; raises `NotFound`."""
    found = _open_ones(now or clock.now()).select_for_update().filter(id=consent_id).first()
    if found is None:
        raise NotFound("no spoken permission here waits for a signature")
    return found


def _open_ones(now: datetime) -> QuerySet[Consent]:
    return Consent.objects.filter(
        program=current().program, kind=ConsentKind.VERBAL.value, ended_at__isnull=True, expires_at__gt=now
    )
