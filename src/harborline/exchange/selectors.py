"""What others may ask about the exchange; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from harborline.exchange.facts import AgreementFacts, ItemFacts, State
from harborline.exchange.gathering import agreement_facts, agreement_row, agreements_facts, standing_now
from harborline.exchange.landing import rivals_of
from harborline.exchange.media import METHODS, item_facts, medium_row
from harborline.exchange.models import (
    Acquisition,
    Agreement,
    AgreementEvent,
    Alarm,
    Credential,
    CustodyEvent,
    Medium,
    Partner,
    Receipt,
    Shipment,
    Transmission,
    TransmissionEvent,
    TransmittedFile,
    Upload,
    Work,
)
from harborline.exchange.naming import folded
from harborline.exchange.partners import partner_row
from harborline.exchange.preparing import is_prepared, prepared_in_sight, prepared_one
from harborline.exchange.receipts import RowError, read_receipt
from harborline.exchange.upkeep import Expected
from harborline.exchange.upkeep import expected as _expected
from harborline.exchange.wording import ReceiptKind
from harborline.exchange.working import blocked_by_earlier, delivery
from harborline.kernel import Decision, NotFound, clock
from harborline.ledger.note import Note
from harborline.walls import current

__all__ = [
    "METHODS",
    "Delivery",
    "Flow",
    "MediumStory",
    "agreement",
    "agreement_events",
    "agreements",
    "alarms",
    "calendar",
    "credentials",
    "dead_letters",
    "deliveries",
    "deliveries_named",
    "expected_of",
    "flows",
    "in_its_place",
    "is_prepared",
    "media",
    "medium",
    "open_uploads",
    "partner",
    "partners",
    "prepared_in_sight",
    "prepared_one",
    "receipt_note",
    "shipments",
    "standing",
    "statistics",
    "story",
]


def partners() -> list[Partner]:
    """Every partner of the program, by name."""
    return list(Partner.objects.filter(program=current().program).order_by("name"))


def partner(partner_id: uuid.UUID) -> Partner:
    """One partner; raises `NotFound`."""
    return partner_row(partner_id)


def credentials(partner_id: uuid.UUID) -> list[Credential]:
    """The keys of a partner, those that end last first."""
    return list(Credential.objects.filter(partner_id=partner_id, program=current().program).order_by("-until_at"))


def agreements(partner_id: uuid.UUID | None = None) -> list[AgreementFacts]:
    """The agreements of the program, or of one partner."""
    rows = Agreement.objects.filter(program=current().program).select_related("partner")
    if partner_id is not None:
        rows = rows.filter(partner_id=partner_id)
    return agreements_facts(rows.order_by("partner__name", "key"))


def agreement(agreement_id: uuid.UUID) -> AgreementFacts:
    """One agreement; raises `NotFound`."""
    return agreement_facts(agreement_row(agreement_id))


def standing(facts: AgreementFacts) -> Decision:
    """Whether anything may go under an agreement now."""
    return standing_now(facts)


def agreement_events(agreement_id: uuid.UUID) -> list[AgreementEvent]:
    """What happened to an agreement, the newest first."""
    rows = AgreementEvent.objects.filter(agreement_id=agreement_id, program=current().program)
    return list(rows.order_by("-at", "-id"))


def deliveries(
    *, agreement_id: uuid.UUID | None = None, states: Sequence[State] = (), limit: int = 100
) -> list[Transmission]:
    """Deliveries of the program, the newest first."""
    rows = Transmission.objects.filter(program=current().program).select_related("agreement__partner")
    if agreement_id is not None:
        rows = rows.filter(agreement_id=agreement_id)
    if states:
        rows = rows.filter(state__in=[one.value for one in states])
    return list(rows.prefetch_related("files").order_by("-at", "-id")[:limit])


def deliveries_named(name: str) -> list[Transmission]:
    """The deliveries that hold a file of that name, however it is written in upper and lower case; newest first."""
    rows = Transmission.objects.filter(program=current().program, files__folded=folded(name))
    return list(rows.select_related("agreement__partner").order_by("-at", "-id").distinct())


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything about one delivery."""

    row: Transmission
    files: tuple[TransmittedFile, ...]
    events: tuple[TransmissionEvent, ...]
    receipts: tuple[Receipt, ...]
    work: tuple[Work, ...]
    blocked: bool
    wrong: tuple[RowError, ...] = ()


def story(transmission_id: uuid.UUID) -> Delivery:
    """One delivery with its files, events, receipts and steps; raises `NotFound`."""
    row = delivery(transmission_id)
    receipts = tuple(row.receipts.order_by("at", "id"))
    return Delivery(
        row,
        tuple(row.files.order_by("name")),
        tuple(row.events.order_by("at", "id")),
        receipts,
        tuple(row.work.order_by("changed_at")),
        blocked_by_earlier(row),
        _wrong(receipts),
    )


def _wrong(receipts: Sequence[Receipt]) -> tuple[RowError, ...]:
    # Kept where the partner was told, so that both read the same.
    checked = [one for one in receipts if one.kind == ReceiptKind.VALIDATED and not one.theirs]
    return read_receipt(Note.parse(bytes(checked[-1].note)).text).wrong if checked else ()


def in_its_place(transmission_id: uuid.UUID) -> list[Transmission]:
    """The deliveries that are set aside when this one, which contradicts them, goes on; raises `NotFound`."""
    return rivals_of(delivery(transmission_id))


def receipt_note(receipt_id: uuid.UUID) -> tuple[str, bytes]:
    """A receipt's name and signed note; raises `NotFound`."""
    row = Receipt.objects.filter(id=receipt_id, program=current().program).first()
    if row is None:
        raise NotFound("no such receipt here")
    return row.name, bytes(row.note)


def open_uploads() -> list[Upload]:
    """Files that began and are not complete: being received, or waiting for proof."""
    rows = Upload.objects.filter(program=current().program, state__in=("receiving", "uploaded"))
    return list(rows.select_related("agreement__partner").order_by("begun_at"))


def alarms(*, settled: bool = False, limit: int = 200) -> list[Alarm]:
    """Alarms nobody settled, the newest first; or those that were."""
    rows = Alarm.objects.filter(program=current().program, settled_at__isnull=not settled)
    return list(rows.select_related("agreement__partner", "partner").order_by("-at")[:limit])


def dead_letters() -> list[Work]:
    """Steps that failed for good until a person looks."""
    rows = Work.objects.filter(program=current().program, state="dead")
    return list(rows.select_related("transmission__agreement__partner").order_by("changed_at"))


def expected_of(agreement_id: uuid.UUID, *, after: date, before: date) -> list[Expected]:
    """The expected files of one agreement."""
    row = agreement_row(agreement_id)
    return _expected(agreement_facts(row), row, after=after, before=before, at=clock.now())


def calendar(*, after: date, before: date) -> list[Expected]:
    """Every expected file of the program in a span of days, by when it is due."""
    rows = list(Agreement.objects.filter(program=current().program, version__gt=0).select_related("partner"))
    now, found = clock.now(), []
    for row, facts in zip(rows, agreements_facts(rows), strict=True):
        found += _expected(facts, row, after=after, before=before, at=now)
    return sorted(found, key=lambda one: one.occurrence.due_at)


@dataclass(frozen=True, slots=True)
class Flow:
    """What went between us and one partner in one direction: deliveries, bytes, those set aside, the last moment."""

    partner_id: uuid.UUID
    partner: str
    outgoing: bool
    deliveries: int
    size_bytes: int
    troubled: int
    last_at: datetime | None


_TROUBLED = (State.HELD, State.QUARANTINED, State.REJECTED, State.FAILED, State.UNKNOWN)


def flows(*, days: int) -> list[Flow]:
    """The flows with every partner over so many days, by name; one without deliveries has zeros."""
    since = clock.now() - timedelta(days=days)
    rows = Transmission.objects.filter(program=current().program, at__gte=since, test=False)
    found: dict[tuple[uuid.UUID, bool], list[Transmission]] = {}
    for row in rows.select_related("agreement"):
        found.setdefault((row.agreement.partner_id, row.outgoing), []).append(row)
    sizes = {
        (one["transmission__agreement__partner"], one["transmission__outgoing"]): int(one["total"] or 0)
        for one in TransmittedFile.objects.filter(transmission__in=rows)
        .values("transmission__agreement__partner", "transmission__outgoing")
        .annotate(total=Sum("size"))
    }
    directions = _directions()
    made = []
    for one in partners():
        for outgoing in (False, True):
            listed = found.get((one.id, outgoing), [])
            if listed or outgoing in directions.get(one.id, set()):
                made.append(_flow(one, listed, sizes.get((one.id, outgoing), 0), outgoing=outgoing))
    return made


def _flow(one: Partner, listed: list[Transmission], size: int, *, outgoing: bool) -> Flow:
    troubled = sum(State(row.state) in _TROUBLED for row in listed)
    last_at = max((row.at for row in listed), default=None)
    return Flow(one.id, one.name, outgoing, len(listed), size, troubled, last_at)


def _directions() -> dict[uuid.UUID, set[bool]]:
    found: dict[uuid.UUID, set[bool]] = {}
    for one in agreements():
        if one.terms is not None:
            ways = {
                way for way, there in ((False, one.terms.direction.takes), (True, one.terms.direction.gives)) if there
            }
            found.setdefault(one.partner_id, set()).update(ways)
    return found


def statistics(*, days: int) -> tuple[list[date], dict[str, list[int]]]:
    """Deliveries by day and by what became of them: in, out, set aside; the days oldest first."""
    today = clock.now().date()
    listed = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    rows = (
        Transmission.objects.filter(program=current().program, at__date__gte=listed[0], test=False)
        .annotate(day=TruncDate("at"))
        .values("day", "outgoing", "state")
        .annotate(count=Count("id"))
    )
    counted: dict[str, Counter[date]] = {"in": Counter(), "out": Counter(), "aside": Counter()}
    for row in rows:
        kind = "aside" if State(row["state"]) in _TROUBLED else "out" if row["outgoing"] else "in"
        counted[kind][row["day"]] += row["count"]
    return listed, {kind: [found[day] for day in listed] for kind, found in counted.items()}


def shipments() -> list[Shipment]:
    """Parcels with media, those still awaited first."""
    rows = Shipment.objects.filter(program=current().program).select_related("agreement__partner")
    return sorted(rows.prefetch_related("items"), key=lambda one: (one.received_at is not None, one.expected_date))


def media() -> list[Medium]:
    """Media that are not closed."""
    rows = Medium.objects.filter(program=current().program, disposed_at__isnull=True)
    return list(rows.select_related("shipment__agreement__partner").order_by("label"))


@dataclass(frozen=True, slots=True)
class MediumStory:
    """One medium with its whole chain of custody."""

    row: Medium
    facts: ItemFacts
    custody: tuple[CustodyEvent, ...]
    readings: tuple[Acquisition, ...]
    unbroken: bool


def medium(medium_id: uuid.UUID) -> MediumStory:
    """One medium; `unbroken` says whether each hand-over begins where the last one ended. Raises `NotFound`."""
    row = medium_row(medium_id)
    custody = tuple(CustodyEvent.objects.filter(medium=row).order_by("at", "id"))
    readings = tuple(Acquisition.objects.filter(medium=row).order_by("at"))
    unbroken = all(one.taker == following.giver for one, following in pairwise(custody))
    return MediumStory(row, item_facts(row), custody, readings, unbroken)
