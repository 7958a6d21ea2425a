"""One text and everything that was recorded about it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from harborline.kernel import NotFound
from harborline.ledger.services import record
from harborline.messaging.facts import DispatchState
from harborline.messaging.models import (
    Attempt,
    AttemptOutcome,
    Dispatch,
    Message,
    MessageContent,
    ReceiptRecord,
    Recipient,
    RunDecision,
    SetAside,
)
from harborline.messaging.sealing import Contents, open_text_of
from harborline.messaging.selectors.faces import Face, shown_as
from harborline.messaging.selectors.usual import usual_key, usual_of
from harborline.messaging.sending.records import SentAgain, Settlement
from harborline.walls import current


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """One step: what happened when (UTC).

    `kind` is planned, queued, set-aside, attempted, cancelled, a carrier's answer or receipt (accepted, rejected, busy,
    unknown, sent, delivered, failed, expired), how an unclear text was settled (settled-arrived, settled-not-arrived,
    settled-expired), or that it went again (sent-again). `reason` is a code as staff may read it; `code` is the
    carrier's own; `until` is when a text set aside may go, or when an attempt expires; `entry_id` is its place in
    the record, None for a step that has no entry of its own.
    """

    kind: str
    at: datetime
    reason: str = ""
    clauses: tuple[str, ...] = ()
    carrier: str = ""
    code: str = ""
    until: datetime | None = None
    entry_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class MessageLife:
    """One text: its words (None once destroyed), to whom, the decision, where it is, and every step in order.

    The words are the usual ones (`selectors.usual`): that some people get others is nobody's to see.
    `shared_with` are the references of others told by the same text. `receipt_code` names the record in which it
    was planned; whoever holds it finds that record in the published log.
    """

    id: uuid.UUID
    kind: str
    run_id: uuid.UUID | None
    row_no: int | None
    participant_id: uuid.UUID | None
    external_id: str
    county: str
    template_key: str
    language: str
    text: str | None
    number_ends_in: str
    encoding: str
    segments: int
    state: str
    decision: Face
    events: tuple[LifeEvent, ...]
    shared_with: tuple[str, ...]
    receipt_code: str


def message(message_id: uuid.UUID) -> MessageLife:
    """Open one text and read its life; raises `NotFound` when it is absent or hidden.

    The opening is recorded (`message.opened`) before the words are unsealed.
    """
    row = Message.objects.filter(id=message_id, program=current().program).first()
    if row is None:
        raise NotFound("no such message")
    contents = _opened(row)
    usual = usual_of(row, contents.text if contents else None)
    recipient = _recipient(row)
    dispatch = Dispatch.objects.filter(message_id=row.id).first()
    return MessageLife(
        id=row.id,
        kind=row.kind,
        run_id=row.run_id,
        row_no=row.row_no,
        participant_id=row.participant_id,
        external_id=recipient.participant_ref if recipient else "",
        county=row.county,
        template_key=usual_key(row.id, row.template_key),
        language=row.language,
        text=usual.text,
        number_ends_in=contents.to[-4:] if contents else "",
        encoding=usual.encoding,
        segments=usual.segments,
        state=DispatchState(dispatch.state).word if dispatch else "",
        decision=_face(recipient),
        events=life_of(row, recipient, dispatch),
        shared_with=_shared_with(row),
        receipt_code=str(row.entry_id),
    )


def _opened(row: Message) -> Contents | None:
    record(
        "message.opened",
        subject=f"participant:{row.participant_id}" if row.participant_id else f"message:{row.id}",
        content={"message": str(row.id), "run": str(row.run_id or "")},
    )
    kept = MessageContent.objects.filter(message_id=row.id).first()
    return open_text_of(row.program, row.id, kept.sealed) if kept and kept.sealed else None


def _recipient(row: Message) -> Recipient | None:
    if row.run_id is None or row.row_no is None:
        return None
    return Recipient.objects.select_related("decision").filter(run_id=row.run_id, row_no=row.row_no).first()


def _face(recipient: Recipient | None) -> Face:
    if recipient is None:
        return Face("allow", "answer", "", ())
    decision: RunDecision = recipient.decision
    return shown_as(decision.outcome, decision.reason, decision.clauses, decision.rule)


def _shared_with(row: Message) -> tuple[str, ...]:
    if row.run_id is None or row.row_no is None:
        return ()
    others = Recipient.objects.filter(run_id=row.run_id, with_row_no=row.row_no).order_by("row_no")
    return tuple(others.values_list("participant_ref", flat=True))


def life_of(row: Message, recipient: Recipient | None, dispatch: Dispatch | None) -> tuple[LifeEvent, ...]:
    """Every step recorded about a text, in the order of time; nothing sealed is opened."""
    attempts = list(Attempt.objects.filter(message_id=row.id))
    events = [
        *_beginning(row, recipient),
        *_set_asides(row),
        *(
            LifeEvent("attempted", one.at, carrier=one.carrier, until=one.expires_at, entry_id=one.entry_id)
            for one in attempts
        ),
        *_answers([one.id for one in attempts]),
        *_settlements(row),
        *_end(dispatch),
    ]
    return tuple(sorted(events, key=attrgetter("at")))


def _beginning(row: Message, recipient: Recipient | None) -> Iterable[LifeEvent]:
    face = _face(recipient)
    if recipient is not None:
        yield LifeEvent("planned", row.created_at, reason=face.reason, clauses=face.clauses, entry_id=row.entry_id)
    yield LifeEvent("queued", row.created_at, entry_id=row.entry_id)


def _set_asides(row: Message) -> Iterable[LifeEvent]:
    for one in SetAside.objects.filter(message_id=row.id):
        face = shown_as(one.outcome, one.reason, one.clauses)
        yield LifeEvent(
            "set-aside", one.at, reason=face.reason, clauses=face.clauses, until=one.until_at, entry_id=one.entry_id
        )


def _answers(attempt_ids: list[uuid.UUID]) -> Iterable[LifeEvent]:
    for answer in AttemptOutcome.objects.filter(attempt_id__in=attempt_ids):
        yield LifeEvent(answer.answer, answer.at, code=answer.code, entry_id=answer.entry_id)
    for receipt in ReceiptRecord.objects.filter(attempt_id__in=attempt_ids):
        yield LifeEvent(receipt.receipt, receipt.at, code=receipt.code, entry_id=receipt.entry_id)


def _settlements(row: Message) -> Iterable[LifeEvent]:
    for one in Settlement.objects.filter(message_id=row.id):
        yield LifeEvent(f"settled-{one.verdict}", one.at, reason=one.how, entry_id=one.entry_id)
    for again in SentAgain.objects.filter(message_id=row.id):
        yield LifeEvent("sent-again", again.at, entry_id=again.entry_id)


def _end(dispatch: Dispatch | None) -> Iterable[LifeEvent]:
    # A cancellation is one record for the whole run; the text only carries its moment.
    if dispatch is not None and dispatch.state == DispatchState.CANCELLED:
        yield LifeEvent("cancelled", dispatch.changed_at, reason=dispatch.reason)
