"""Landing: a complete delivery is judged, written and receipted in one transaction, after its bytes are durable.

Order: every part is synced to the disk with its name, then the row, the events, the log's entries and the signed
receipts, then COMMIT, and only then may anybody be told that it was received.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from harborline.exchange.alarming import raise_alarm, settle_alarm
from harborline.exchange.content import drop, whole
from harborline.exchange.facts import (
    AlarmKind,
    Arrival,
    HeldFile,
    Known,
    Standing,
    State,
    Step,
    Verdict,
)
from harborline.exchange.gathering import agreement_row, facts_in_force, must, standing_now, terms_of
from harborline.exchange.models import (
    Agreement,
    Receipt,
    Transmission,
    TransmissionEvent,
    TransmittedFile,
    Upload,
    Work,
)
from harborline.exchange.naming import folded
from harborline.exchange.receipting import HELD, NEGATIVE, POSITIVE, change, issue
from harborline.exchange.rules import judge_landing, repeated, replaced
from harborline.exchange.wording import Box, ReceiptKind
from harborline.kernel import Broken, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record

__all__ = ["Landed", "hold_for_number", "land", "release_gap", "rivals_of", "step_aside", "waits_for_number"]

_REPEATS: Final = "same-content-as-before"
_OUT_OF_TURN: Final = ("sequence-gap", _REPEATS)
"""Reasons for which a delivery is held that may have a number above one that is missing."""
_ON: Final = ("gap-closed", "released")


@dataclass(frozen=True, slots=True)
class Landed:
    """What became of a delivery: the verdict, the transmission (for a duplicate the original one), its receipts."""

    verdict: Verdict
    reason: str
    transmission: Transmission
    receipts: tuple[Receipt, ...]


def land(
    uploads: Sequence[Upload],
    *,
    channel: str,
    external_id: str | None = None,
    sequence: int | None = None,
    supersedes: str | None = None,
    manifest: dict[str, Any] | None = None,
    spare: Sequence[Upload] = (),
) -> Landed:
    """Land complete uploads as one delivery; `spare` are the sidecars that proved it, which go with it.

    Raises `Refused` when the agreement is not in force, `Broken` when a content is not whole on the disk,
    `Unavailable` while the log has no signed checkpoint. Nothing of it stands before the caller's commit.
    """
    row = agreement_row(uploads[0].agreement_id, locked=True)
    facts = facts_in_force(row)
    must(standing_now(facts))
    _check_durable(uploads)
    test = uploads[0].box == Box.TEST
    named = [number for one in uploads if (number := terms_of(facts).naming.sequence(one.name)) is not None]
    arrival = Arrival(
        files=tuple(HeldFile(one.name, one.size, one.sha256) for one in uploads),
        external_id=external_id,
        sequence=sequence if sequence is not None else next(iter(named), None),
        supersedes=supersedes,
        test=test,
        named=frozenset(named),
    )
    standing = standing_of(row, arrival)
    verdict, reason = judge_landing(arrival=arrival, standing=standing, identical=terms_of(facts).identical)
    _gone(spare)
    if verdict is Verdict.DUPLICATE:
        return _duplicate(row, repeated(arrival, standing), uploads)
    landed = _written(row, arrival, uploads, channel=channel, manifest=manifest, verdict=verdict, standing=standing)
    return _answered(landed, verdict, reason, standing)


def _check_durable(uploads: Sequence[Upload]) -> None:
    # A part's row is written after its bytes and its name are synced: what the rows count is durable.
    for one in uploads:
        if not one.sha256 or not whole(one.id, one.size):
            raise Broken("a content that was to land is not whole on the disk")


def standing_of(agreement: Agreement, arrival: Arrival) -> Standing:
    """What is on file about an arrival; the agreement is locked, so nothing changes while it is judged."""
    rows = _taken(agreement)
    digests = sorted({one.sha256 for one in arrival.files})
    names = [folded(one.name) for one in arrival.files]
    return Standing(
        same_id=_known(rows.filter(external_id=arrival.external_id)) if arrival.external_id else None,
        same_digest=_known(rows.filter(digests=digests, files__sha256=digests[0])),
        same_name=_known(rows.filter(files__folded__in=names)),
        same_sequence=_known(rows.filter(sequence=arrival.sequence)) if arrival.sequence is not None else None,
        superseded=_known(rows.filter(external_id=arrival.supersedes)) if arrival.supersedes else None,
        highest=highest_of(agreement),
        gap_open=gap_open(agreement),
    )


def highest_of(agreement: Agreement) -> int | None:
    """The highest number accepted in order; None before the first."""
    # Walked down the index of the numbers: the first one that waits for none before it.
    rows = _taken(agreement).filter(sequence__isnull=False)
    refused = Q(state=State.REJECTED) & Exists(_events(State.HELD, _OUT_OF_TURN)) & ~Exists(_events(State.LANDED, _ON))
    settled = rows.exclude(state=State.HELD, reason__in=_OUT_OF_TURN).exclude(refused)
    highest = settled.order_by("-sequence").values_list("sequence", flat=True).first()
    # What is held for its content alone, or was refused before its turn, has its place in the order all the same,
    # once those before it are there.
    placed = Q(state=State.HELD, reason=_REPEATS) | refused
    while highest is not None and rows.filter(placed, sequence=highest + 1).exists():
        highest += 1
    return highest


def _events(state: State, reasons: Sequence[str]) -> QuerySet[TransmissionEvent]:
    return TransmissionEvent.objects.filter(transmission=OuterRef("pk"), state=state, reason__in=reasons)


def gap_open(agreement: Agreement) -> bool:
    """Whether a delivery waits for a number before it."""
    return _taken(agreement).filter(state=State.HELD, reason="sequence-gap").exists()


def _taken(agreement: Agreement) -> QuerySet[Transmission]:
    return Transmission.objects.filter(agreement=agreement, outgoing=False, test=False, counted=True)


def _known(rows: QuerySet[Transmission]) -> Known | None:
    row = rows.order_by("-at").first()
    if row is None:
        return None
    return Known(row.id, frozenset(row.digests), State(row.state), row.sequence, row.resend_asked_at is not None)


def _duplicate(agreement: Agreement, earlier: Known | None, uploads: Sequence[Upload]) -> Landed:
    assert earlier is not None
    row = Transmission.objects.select_related("agreement__partner").get(id=earlier.id)
    content = {"transmission": str(row.id), "agreement": agreement.key, "digests": list(row.digests)}
    record("exchange.duplicate", subject=f"transmission:{row.id}", content=content)
    _gone(uploads)
    receipts = tuple(Receipt.objects.filter(transmission=row, theirs=False).order_by("at"))
    return Landed(Verdict.DUPLICATE, "duplicate", row, receipts)


def _gone(uploads: Sequence[Upload]) -> None:
    for one in uploads:
        drop(one.id)
        one.state, one.changed_at = "gone", clock.now()
        one.save(update_fields=["state", "changed_at"])


def _written(
    agreement: Agreement,
    arrival: Arrival,
    uploads: Sequence[Upload],
    *,
    channel: str,
    manifest: dict[str, Any] | None,
    verdict: Verdict,
    standing: Standing,
) -> Transmission:
    earlier = None
    if verdict is Verdict.SUPERSEDE:
        earlier = _step_aside(standing)
    now = clock.now()
    sequence = arrival.sequence if arrival.sequence is not None or earlier is None else earlier.sequence
    row = Transmission.objects.create(
        id=new_id(), program=agreement.program, agreement=agreement, version=agreement.version, channel=channel,
        test=arrival.test, external_id=arrival.external_id or "", sequence=sequence,
        counted=verdict not in (Verdict.CONFLICT, Verdict.TEST) and not (
            verdict is Verdict.HOLD and standing.same_sequence is not None
        ),
        digests=sorted({one.sha256 for one in arrival.files}), manifest=manifest, state=State.LANDED.value,
        reason="landed", supersedes=earlier, at=now, changed_at=now, entry_id=new_id(),
    )  # fmt: skip
    TransmittedFile.objects.bulk_create(
        [
            TransmittedFile(
                program=agreement.program, transmission=row, name=one.name, folded=one.folded, content=one.id,
                size=one.size, sha256=one.sha256,
            )
            for one in uploads
        ]
    )  # fmt: skip
    for one in uploads:
        one.state, one.changed_at = "landed", now
        one.save(update_fields=["state", "changed_at"])
        settle_alarm(AlarmKind.WAITING, f"upload:{one.id}", because="landed")
    return row


def _step_aside(standing: Standing) -> Transmission:
    known = replaced(standing)
    assert known is not None
    row = Transmission.objects.select_related("agreement__partner").get(id=known.id)
    step_aside(row)
    return row


def rivals_of(row: Transmission) -> list[Transmission]:
    """The deliveries that stand where one that was set aside as a conflict would: its id, its number, its name."""
    if row.counted or row.test or row.outgoing:
        return []
    names = [] if _identical(row) else [one.folded for one in row.files.all()]
    same = Q(files__folded__in=names)
    if row.external_id:
        same |= Q(external_id=row.external_id)
    if row.sequence is not None:
        same |= Q(sequence=row.sequence)
    found = _taken(row.agreement).filter(same).exclude(id=row.id).select_related("agreement__partner").distinct()
    return list(found.order_by("at"))


def _identical(row: Transmission) -> bool:
    return terms_of(facts_in_force(row.agreement)).identical


def waits_for_number(row: Transmission) -> bool:
    """Whether a number before that of a delivery is missing; asked before the delivery itself counts."""
    highest = highest_of(row.agreement)
    return row.sequence is not None and highest is not None and row.sequence > highest + 1


def step_aside(row: Transmission) -> uuid.UUID:
    """Another delivery takes the place of one: its steps and alarms end, its number is free. The entry's id."""
    row.counted = False
    row.save(update_fields=["counted"])
    entry_id = change(row, State.SUPERSEDED, "superseded")
    Work.objects.filter(transmission=row, state__in=("queued", "dead")).update(state="done", changed_at=clock.now())
    for kind in (AlarmKind.DEAD, AlarmKind.QUARANTINE, AlarmKind.CONFLICT):
        settle_alarm(kind, f"transmission:{row.id}", because="superseded")
    return entry_id


def _answered(row: Transmission, verdict: Verdict, reason: str, standing: Standing) -> Landed:
    about, held = f"transmission:{row.id}", verdict is Verdict.HOLD
    first = change(row, State.LANDED, "landed" if held or verdict is Verdict.CONFLICT else reason)
    Transmission.objects.filter(id=row.id).update(entry_id=first)
    made = [_landed_receipt(row, verdict, reason, first)]
    if verdict is Verdict.CONFLICT:
        change(row, State.QUARANTINED, reason)
        raise_alarm(AlarmKind.CONFLICT, about, agreement=row.agreement, detail={"reason": reason})
    elif held:
        entry_id = change(row, State.HELD, reason)
        made.append(issue(row, ReceiptKind.VALIDATED, HELD, reason=reason, entry_id=entry_id))
        if reason in _OUT_OF_TURN:
            _told_gap(row, standing.highest)
    else:
        enqueue(row, Step.VALIDATE)
        if row.counted and row.sequence is not None:
            settle_alarm(AlarmKind.GAP, f"sequence:{row.agreement_id}:{row.sequence}", because="arrived")
        release_gap(row.agreement)
    return Landed(verdict, reason, row, tuple(made))


def _landed_receipt(row: Transmission, verdict: Verdict, reason: str, entry_id: Any) -> Receipt:  # noqa: ANN401 - a UUID
    if verdict is Verdict.CONFLICT:
        return issue(row, ReceiptKind.LANDED, NEGATIVE, reason=reason, entry_id=entry_id)
    said = reason if verdict in (Verdict.TEST, Verdict.SUPERSEDE) else "landed"
    return issue(row, ReceiptKind.LANDED, POSITIVE, reason=said, entry_id=entry_id)


def hold_for_number(row: Transmission) -> None:
    """Have a delivery wait for the numbers before its own."""
    entry_id = change(row, State.HELD, "sequence-gap")
    issue(row, ReceiptKind.VALIDATED, HELD, reason="sequence-gap", entry_id=entry_id)
    _told_gap(row, highest_of(row.agreement))


def _told_gap(row: Transmission, highest: int | None) -> None:
    if highest is None:
        return
    missing = highest + 1
    if row.sequence is None or row.sequence <= missing:
        return
    detail = {"missing": missing, "arrived": int(row.sequence)}
    raise_alarm(AlarmKind.GAP, f"sequence:{row.agreement_id}:{missing}", agreement=row.agreement, detail=detail)


def release_gap(agreement: Agreement) -> None:
    """Let deliveries go on that waited only for a number before them, in their order."""
    rows = _taken(agreement)
    waiting = Q(state=State.HELD, reason="sequence-gap")
    while True:
        highest = highest_of(agreement)
        if highest is None:
            return
        settle_alarm(AlarmKind.GAP, f"sequence:{agreement.id}:{highest}", because="arrived")
        following = rows.filter(waiting, sequence=highest + 1).select_related("agreement__partner").first()
        if following is None:
            _still_missing(agreement, rows.filter(waiting), highest + 1)
            return
        change(following, State.LANDED, "gap-closed")
        enqueue(following, Step.VALIDATE)


def _still_missing(agreement: Agreement, waiting: QuerySet[Transmission], missing: int) -> None:
    first = waiting.order_by("sequence").first()
    if first is not None:
        detail = {"missing": missing, "arrived": int(first.sequence or 0)}
        raise_alarm(AlarmKind.GAP, f"sequence:{agreement.id}:{missing}", agreement=agreement, detail=detail)


def enqueue(row: Transmission, step: Step) -> None:
    """Have a step taken as soon as the transaction is committed; one of each for a delivery."""
    now = clock.now()
    Work.objects.update_or_create(
        transmission=row,
        step=step.value,
        defaults={
            "program": row.program, "state": "queued", "tries": 0, "next_at": now, "error": "", "changed_at": now,
        },
    )  # fmt: skip
