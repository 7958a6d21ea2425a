"""Settle a text nobody could answer for, and let one that surely did not arrive go again, as a new text."""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass

from harborline.kernel import Decision, NotFound, Outcome, Refused
from harborline.kernel.clock import now as clock_now
from harborline.kernel.ids import new_id
from harborline.ledger.services import record, record_batch
from harborline.messaging.columns import hot_cursor
from harborline.messaging.commitments import commit
from harborline.messaging.facts import DispatchState, Knowledge, MessageKind, Verdict
from harborline.messaging.models import Attempt, Dispatch, Message, MessageContent
from harborline.messaging.notices.standing import must_steer
from harborline.messaging.notices.writing import MessageDraft, Origin, queue, write_messages
from harborline.messaging.reports.items import settled as settled_item
from harborline.messaging.rules import may_send_again, may_settle
from harborline.messaging.sealing import open_text_of, seal_text_for
from harborline.messaging.sending.records import SentAgain, Settlement
from harborline.vault.services import seal_text
from harborline.walls import current

__all__ = ["send_again", "settle_unknown", "settled_item"]

_STATES = {
    Verdict.ARRIVED: (DispatchState.DELIVERED, "settled-arrived"),
    Verdict.NOT_ARRIVED: (DispatchState.FAILED, "settled-not-arrived"),
}


@dataclass(frozen=True, slots=True)
class _Text:
    message: Message
    dispatch: Dispatch


def settle_unknown(message_id: uuid.UUID, verdict: Verdict, *, how: Knowledge, note: str = "") -> DispatchState:
    """A person found out what became of an unclear text: it arrived, or it surely did not; answers its state.

    `how` they know it; `note` is kept sealed. Raises `NotFound` for a text that may not be seen, `Refused` for one that
    is not unclear. A receipt that comes later still counts.
    """
    text = _text(message_id)
    _must(may_settle(state=text.dispatch.state, reason=text.dispatch.reason, verdict=verdict))
    attempt = Attempt.objects.filter(message_id=message_id).order_by("at").last()
    if attempt is None:
        raise NotFound("no such attempt")
    at, context = clock_now(), current()
    item = settled_item(message_id=message_id, attempt_id=attempt.id, verdict=verdict.value, at=at)
    entry_id = record_batch(
        "message.settled",
        subject=_subject(text.message),
        items=[commit(bytes(_content_of(message_id).commit_key), item)],
        content={"count": 1, "verdict": verdict.value, "how": how.value},
    )
    settlement = new_id()
    Settlement.objects.create(
        id=settlement,
        program=context.program,
        county=text.message.county,
        message_id=message_id,
        attempt_id=attempt.id,
        verdict=verdict.value,
        how=how.value,
        note=seal_text(note, group=f"{context.program}/messages", context=f"settlement:{settlement}") if note else b"",
        by=f"{context.actor.kind}:{context.actor.id}"[:80],
        at=at,
        entry_id=entry_id,
    )
    state, reason = _STATES[verdict]
    Dispatch.objects.filter(message_id=message_id).update(state=int(state), reason=reason, changed_at=at)
    return state


def send_again(message_id: uuid.UUID, *, roles: frozenset[str] | None = None) -> uuid.UUID:
    """Let a text that surely did not arrive go again, as a new text with the same words; answers the new text.

    A person's own act, for one text. It is judged again at its hand-over like any other. Raises `NotFound`, and
    `Refused` for a text that was not settled so, that went again before, or whose appointment has passed.
    """
    must_steer("release", roles)
    text, at = _text(message_id), clock_now()
    before = SentAgain.objects.filter(message_id=message_id).exists()
    decision = may_send_again(
        state=text.dispatch.state,
        reason=text.dispatch.reason,
        before=before,
        still_ahead=text.dispatch.last_due_at > at,
    )
    _must(decision)
    kept, identifier = _content_of(message_id), new_id()
    words = open_text_of(text.message.program, message_id, kept.sealed)
    draft = _draft(text, identifier, seal_text_for(text.message.program, identifier, words.to, words.text))
    origin = Origin(
        text.message.program, MessageKind.NOTICE, None, text.dispatch.sender_id, text.message.template_key,
        text.message.template_sha256,
    )  # fmt: skip
    content = {"message": str(identifier), "again": str(message_id), "template": text.message.template_key}
    with hot_cursor() as cursor:
        queue(cursor, origin, [draft], at)
        entry_id = record("message.again-queued", subject=_subject(text.message), content=content)
        write_messages(cursor, origin, [draft], entry_id, at)
    SentAgain.objects.create(
        message_id=message_id,
        program=text.message.program,
        county=text.message.county,
        again_as=identifier,
        by=f"{current().actor.kind}:{current().actor.id}"[:80],
        at=at,
        entry_id=entry_id,
    )
    return identifier


def _draft(text: _Text, identifier: uuid.UUID, sealed: bytes) -> MessageDraft:
    message, dispatch = text.message, text.dispatch
    return MessageDraft(
        id=identifier,
        county=message.county,
        row_no=None,
        participant_id=message.participant_id,
        case_id=message.case_id,
        consent_id=message.consent_id,
        phone_idx=bytes(message.phone_idx),
        language=message.language,
        encoding=message.encoding,
        segments=message.segments,
        sealed=sealed,
        commit_key=os.urandom(32),
        due_at=clock_now(),
        last_due_at=dispatch.last_due_at,
        zones=dispatch.zones,
        dedupe_key=None,
    )


def _text(message_id: uuid.UUID) -> _Text:
    dispatch = Dispatch.objects.select_for_update().filter(message_id=message_id).first()
    message = Message.objects.filter(id=message_id, program=current().program).first()
    if dispatch is None or message is None:
        raise NotFound("no such message")
    return _Text(message, dispatch)


def _content_of(message_id: uuid.UUID) -> MessageContent:
    found = MessageContent.objects.filter(message_id=message_id).first()
    if found is None:
        raise NotFound("the text was destroyed")
    return found


def _subject(message: Message) -> str:
    return f"participant:{message.participant_id}" if message.participant_id else f"message:{message.id}"


def _must(decision: Decision) -> None:
    if decision.outcome is not Outcome.ALLOW:
        raise Refused(decision)
