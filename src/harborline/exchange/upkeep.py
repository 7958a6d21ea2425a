"""What the exchange notices by itself: proofs that do not come, files that did not arrive, keys that end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from harborline.exchange.alarming import raise_alarm, settle_alarm
from harborline.exchange.calendar import Occurrence, occurrences
from harborline.exchange.content import drop
from harborline.exchange.facts import AgreementFacts, AgreementState, AlarmKind, State
from harborline.exchange.gathering import agreements_facts
from harborline.exchange.models import Agreement, Credential, Shipment, Transmission, Upload
from harborline.exchange.naming import sidecar_of
from harborline.exchange.partners import NOTICES
from harborline.exchange.terms import Terms
from harborline.kernel import clock
from harborline.ledger.facts import Json
from harborline.ledger.services import record

ABANDONED: Final = timedelta(hours=24)
ENDS_SOON: Final = tuple(timedelta(days=days) for days in NOTICES)
LOOK_BACK: Final = timedelta(days=35)


@dataclass(frozen=True, slots=True)
class Expected:
    """One expected file: its occurrence, the delivery that stands for it, and its standing (arrived, late, due)."""

    agreement: AgreementFacts
    occurrence: Occurrence
    arrived_at: datetime | None
    standing: str


def watch(now: datetime | None = None) -> int:
    """Look at everything of the context's program once; answers how many alarms are new."""
    at = now or clock.now()
    rows = list(Agreement.objects.filter(version__gt=0).select_related("partner"))
    facts = agreements_facts(rows)
    by_id = {row.id: row for row in rows}
    new = sum(_proofs(one, by_id[one.id], at) for one in facts if one.terms is not None)
    for one in facts:
        if one.terms is not None and one.state in (AgreementState.ACTIVE, AgreementState.EXPIRED):
            new += _not_arrived(one, by_id[one.id], at) + _agreement_end(one, by_id[one.id], at)
            new += _not_picked_up(one, by_id[one.id], at)
    sweep_abandoned(at)
    return new + _credential_ends(at) + _media_overdue(at)


def _proofs(agreement: AgreementFacts, row: Agreement, at: datetime) -> int:
    wait = timedelta(minutes=agreement.terms.wait_min if agreement.terms else 15)
    waiting = Upload.objects.filter(agreement=row, state="uploaded", closed_at__lte=at - wait)
    return sum(
        raise_alarm(AlarmKind.WAITING, f"upload:{one.id}", agreement=row, detail={"box": one.box, "bytes": one.size})
        for one in waiting
        # A done-file or a checksum whose file is not there, or landed by another proof, stands for no bytes.
        if sidecar_of(one.name)[0] not in ("done-file", "checksum")
    )


def sweep_abandoned(at: datetime) -> int:
    """Take away what was begun, or never proven, a day ago and longer; answers how many."""
    found = list(Upload.objects.filter(state="receiving", changed_at__lte=at - ABANDONED).select_related("agreement"))
    for one in found:
        content: dict[str, Json] = {"upload": str(one.id), "agreement": one.agreement.key, "bytes": one.size}
        record("exchange.upload-swept", subject=f"upload:{one.id}", content=content)
        drop(one.id)
        one.state, one.changed_at = "gone", at
        one.save(update_fields=["state", "changed_at"])
    return len(found)


def expected(agreement: AgreementFacts, row: Agreement, *, after: date, before: date, at: datetime) -> list[Expected]:
    """The expected files of an agreement in a span of days, each with the delivery that stands for it.

    A delivery stands for the first open occurrence whose time to send it had begun: since the one before was due.
    """
    terms = agreement.terms
    if terms is None or terms.expects is None or not terms.direction.takes:
        return []
    begun = row.active_from_at or row.at
    due = [
        one
        for one in occurrences(terms.expects, zone=terms.window.zone, after=after - timedelta(days=70), before=before)
        if one.late_at > begun
    ]
    arrivals = list(_arrivals(row, begun))
    return [one for one in _matched(agreement, due, arrivals, at) if after <= one.occurrence.day < before]


def _arrivals(row: Agreement, begun: datetime) -> Iterator[datetime]:
    rows = Transmission.objects.filter(agreement=row, outgoing=False, test=False, counted=True, at__gte=begun)
    rejected = (State.REJECTED.value, State.SUPERSEDED.value)
    yield from rows.exclude(state__in=rejected).order_by("at").values_list("at", flat=True)


def _matched(
    agreement: AgreementFacts, due: list[Occurrence], arrivals: list[datetime], at: datetime
) -> Iterator[Expected]:
    left = list(arrivals)
    previous: datetime | None = None
    for number, one in enumerate(due):
        following = due[number + 1].due_at if number + 1 < len(due) else None
        fitting = [
            moment for moment in left
            if (previous is None or moment > previous) and (following is None or moment < following)
        ]  # fmt: skip
        arrived = fitting[0] if fitting else None
        if arrived is not None:
            left.remove(arrived)
        previous = one.due_at if arrived is None or arrived <= one.due_at else arrived
        yield Expected(agreement, one, arrived, _standing(one, arrived, at))


def _standing(one: Occurrence, arrived: datetime | None, at: datetime) -> str:
    if arrived is not None:
        return "arrived" if arrived <= one.late_at else "arrived-late"
    return "late" if at >= one.late_at else "due"


def _not_arrived(agreement: AgreementFacts, row: Agreement, at: datetime) -> int:
    terms = _terms(agreement)
    today = at.astimezone(ZoneInfo(terms.window.zone)).date()
    new = 0
    span = expected(agreement, row, after=today - LOOK_BACK, before=today + timedelta(days=1), at=at)
    for one in span:
        about = f"expected:{row.id}:{one.occurrence.day.isoformat()}"
        if one.standing == "late":
            detail = {"day": one.occurrence.day.isoformat(), "due": clock.iso(one.occurrence.due_at)}
            new += raise_alarm(AlarmKind.MISSING_FILE, about, agreement=row, detail=detail)
        elif one.arrived_at is not None:
            settle_alarm(AlarmKind.MISSING_FILE, about, because="arrived")
    return new


def _agreement_end(agreement: AgreementFacts, row: Agreement, at: datetime) -> int:
    left = _terms(agreement).expires_date - at.date()
    if left > ENDS_SOON[0]:
        return 0
    return int(raise_alarm(AlarmKind.AGREEMENT, f"agreement:{row.id}", agreement=row, detail={"days": left.days}))


def _not_picked_up(agreement: AgreementFacts, row: Agreement, at: datetime) -> int:
    since = at - timedelta(hours=_terms(agreement).pickup_hours)
    waiting = Transmission.objects.filter(agreement=row, outgoing=True, state=State.READY.value, changed_at__lte=since)
    return sum(raise_alarm(AlarmKind.NOT_PICKED_UP, f"transmission:{one.id}", agreement=row) for one in waiting)


def _credential_ends(at: datetime) -> int:
    # One alarm for each of the three notices, so that the last one is not hidden behind the first.
    new = 0
    rows = Credential.objects.filter(revoked_at__isnull=True, until_at__lte=at + ENDS_SOON[0]).exclude(confirmed_by="")
    for row in rows.select_related("partner"):
        newer = Credential.objects.filter(
            partner=row.partner, login=row.login, kind=row.kind, revoked_at__isnull=True, until_at__gt=row.until_at
        ).exclude(confirmed_by="")
        if newer.exists():
            continue
        step = min(span.days for span in ENDS_SOON if row.until_at <= at + span)
        detail = {"login": row.login, "until": clock.iso(row.until_at)}
        new += raise_alarm(AlarmKind.CREDENTIAL, f"credential:{row.id}:{step}", partner=row.partner, detail=detail)
    return new


def _media_overdue(at: datetime) -> int:
    late = Shipment.objects.filter(received_at__isnull=True, expected_date__lt=at.date()).select_related(
        "agreement__partner"
    )
    return sum(
        raise_alarm(AlarmKind.MEDIA, f"shipment:{one.id}", agreement=one.agreement, detail={"tracking": one.tracking})
        for one in late
    )


def _terms(agreement: AgreementFacts) -> Terms:
    assert agreement.terms is not None
    return agreement.terms
