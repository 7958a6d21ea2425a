"""The life of texts that were sent, or written to be sent."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from operator import attrgetter

from django.db.models import Q

from harborline.kernel import Decision, Outcome
from harborline.messaging.facts import DispatchState
from harborline.messaging.models import (
    Attempt,
    AttemptOutcome,
    Dispatch,
    Message,
    MessageContent,
    ReceiptRecord,
    Recipient,
    SetAside,
)
from harborline.messaging.reports import items
from harborline.messaging.reports.life_facts import Asked, Life, LifeStep, span
from harborline.messaging.sealing import open_text_of
from harborline.messaging.selectors.faces import OFF_REASONS, Face, shown_as
from harborline.messaging.selectors.usual import usual_template
from harborline.messaging.sending.records import SentAgain, Settlement
from harborline.walls import current

# Codes that would tell something about another party; a transcript says only that the text did not go.
ABOUT_OTHERS = frozenset({"number-used-by-both-parties", "shared-number"})
NOT_SENT = "not-sent"
_KINDS = ("notice", "reply", "answer")


def sent(asked: Asked, replies: Collection[uuid.UUID]) -> list[Message]:
    """The texts asked for, and our answers (`replies`) to texts asked for."""
    wanted = Q(kind__in=_KINDS, **span(asked, "created_at"))
    if asked.participants:
        told = Recipient.objects.filter(
            program=current().program, participant_id__in=asked.participants, with_row_no__isnull=False
        ).values_list("run_id", "with_row_no")
        speaking = Q(pk__in=[])
        for run_id, row_no in told:
            speaking |= Q(run_id=run_id, row_no=row_no)
        wanted &= Q(participant_id__in=asked.participants) | speaking | Q(id__in=replies)
    if asked.case_id is not None:
        wanted &= Q(case_id=asked.case_id) | Q(id__in=replies)
    if asked.phone_idx is not None:
        wanted &= Q(phone_idx=asked.phone_idx)
    return list(Message.objects.filter(wanted, program=current().program).order_by("created_at", "id"))


def sent_lives(rows: Sequence[Message], answers: dict[uuid.UUID | None, uuid.UUID]) -> Iterable[Life]:
    """Their lives; `answers` says which received text each answer answers."""
    ids = [row.id for row in rows]
    kept = {one.message_id: one for one in MessageContent.objects.filter(message_id__in=ids)}
    states = dict(Dispatch.objects.filter(message_id__in=ids).values_list("message_id", "state"))
    planned = _recipients(rows)
    steps = _steps(rows, planned, kept)
    for row in rows:
        content = kept.get(row.id)
        opened = open_text_of(row.program, row.id, content.sealed) if content and content.sealed else None
        recipient = planned.get((row.run_id, row.row_no))
        made = recipient.decision if recipient else None
        template, template_sha256 = usual_template(row)
        yield Life(
            id=row.id,
            direction="out",
            kind=row.kind,
            at=row.created_at,
            holders=frozenset({row.participant_id}) if row.participant_id else frozenset(),
            case_id=row.case_id,
            language=row.language,
            template=template,
            template_sha256=template_sha256,
            run_id=row.run_id,
            row_no=row.row_no,
            consent_id=row.consent_id,
            answers=answers.get(row.id),
            segments=row.segments,
            number=opened.to if opened else None,
            words=opened.text if opened else None,
            key=bytes(content.commit_key) if content else b"",
            state=DispatchState(states[row.id]).word if row.id in states else "",
            decision=neutral(shown_as(made.outcome, made.reason, made.clauses, made.rule)) if made else None,
            profile_sha256=made.profile_sha256 if made else "",
            steps=tuple(steps[row.id]),
            seen=(),
        )


def _recipients(rows: Sequence[Message]) -> dict[tuple[uuid.UUID | None, int | None], Recipient]:
    found = Recipient.objects.select_related("decision").filter(message_id__in=[row.id for row in rows if row.run_id])
    return {(one.run_id, one.row_no): one for one in found}


def _steps(
    rows: Sequence[Message],
    planned: dict[tuple[uuid.UUID | None, int | None], Recipient],
    kept: dict[uuid.UUID, MessageContent],
) -> dict[uuid.UUID, list[LifeStep]]:
    ids = [row.id for row in rows]
    made: dict[uuid.UUID, list[LifeStep]] = defaultdict(list)
    for row in rows:
        made[row.id].append(_written(row, planned.get((row.run_id, row.row_no)), kept.get(row.id)))
    for aside in SetAside.objects.filter(message_id__in=ids).order_by("id"):
        made[aside.message_id].append(_set_aside(aside))
    attempts = {one.id: one for one in Attempt.objects.filter(message_id__in=ids).order_by("at")}
    for attempt in attempts.values():
        item = items.attempted(
            message_id=attempt.message_id, attempt_id=attempt.id, carrier=attempt.carrier, at=attempt.at
        )
        step = LifeStep("attempted", attempt.at, carrier=attempt.carrier, entry_id=attempt.entry_id, item=item)
        made[attempt.message_id].append(step)
    for outcome in AttemptOutcome.objects.filter(attempt_id__in=attempts):
        made[attempts[outcome.attempt_id].message_id].append(_answered(outcome, attempts[outcome.attempt_id]))
    for receipt in ReceiptRecord.objects.filter(attempt_id__in=attempts).order_by("id"):
        made[attempts[receipt.attempt_id].message_id].append(_told(receipt, attempts[receipt.attempt_id]))
    for settled in Settlement.objects.filter(message_id__in=ids):
        made[settled.message_id].append(_settled(settled))
    for again in SentAgain.objects.filter(message_id__in=ids):
        made[again.message_id].append(LifeStep("sent-again", again.at, entry_id=again.entry_id))
    for steps in made.values():
        steps.sort(key=attrgetter("at"))
    return made


def _written(row: Message, recipient: Recipient | None, kept: MessageContent | None) -> LifeStep:
    if recipient is None:
        return LifeStep("queued", row.created_at, entry_id=row.entry_id)
    made = recipient.decision
    face = neutral(shown_as(made.outcome, made.reason, made.clauses, made.rule))
    item = None
    if kept is not None and kept.sealed:
        item = items.planned(
            run_id=recipient.run_id,
            row_no=recipient.row_no,
            message_id=row.id,
            decision=Decision(Outcome(made.outcome), made.reason, made.rule, tuple(made.clauses)),
            profile_sha256=made.profile_sha256,
            text=open_text_of(row.program, row.id, kept.sealed).text,
        )
    entry_id = row.entry_id if item else None
    return LifeStep("planned", row.created_at, face.reason, face.clauses, entry_id=entry_id, item=item)


def _set_aside(one: SetAside) -> LifeStep:
    face = neutral(shown_as(one.outcome, one.reason, one.clauses))
    if one.reason in OFF_REASONS | ABOUT_OTHERS:
        return LifeStep("set-aside", one.at, face.reason, face.clauses)
    item = items.set_aside(
        message_id=one.message_id, outcome=one.outcome, reason=one.reason, clauses=one.clauses, at=one.at
    )
    return LifeStep("set-aside", one.at, face.reason, face.clauses, entry_id=one.entry_id, item=item)


def _answered(one: AttemptOutcome, attempt: Attempt) -> LifeStep:
    item = items.answered(
        message_id=attempt.message_id, attempt_id=attempt.id, answer=one.answer, code=one.code, at=one.at
    )
    return LifeStep(one.answer, one.at, code=one.code, entry_id=one.entry_id, item=item)


def _settled(one: Settlement) -> LifeStep:
    item = items.settled(message_id=one.message_id, attempt_id=one.attempt_id, verdict=one.verdict, at=one.at)
    return LifeStep("settled", one.at, reason=one.verdict, code=one.how, entry_id=one.entry_id, item=item)


def _told(one: ReceiptRecord, attempt: Attempt) -> LifeStep:
    item = items.receipt(
        message_id=attempt.message_id, attempt_id=attempt.id, receipt=one.receipt, code=one.code, at=one.at
    )
    return LifeStep(one.receipt, one.at, code=one.code, entry_id=one.entry_id, item=item)


def neutral(face: Face) -> Face:
    """A face that tells nothing about another party."""
    return Face(face.outcome, NOT_SENT, "", ()) if face.reason in ABOUT_OTHERS else face
