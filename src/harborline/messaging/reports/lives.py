"""The whole life of many texts at once, sent and received: for transcripts and exports.

Everything is read set-wise. Reasons are those staff may read (`selectors.faces`): a block for safety has no words of
its own, and its step carries no item to prove. Opening is the caller's to record, before anything is read here.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from harborline.kernel import Decision, Outcome
from harborline.messaging.models import NoticeRun, Recipient
from harborline.messaging.reports import items
from harborline.messaging.reports.life_facts import Asked, Life, NotSent
from harborline.messaging.reports.received_lives import received, received_lives
from harborline.messaging.reports.sent_lives import ABOUT_OTHERS, neutral, sent, sent_lives
from harborline.messaging.selectors.faces import OFF_REASONS, shown_as
from harborline.walls import current


def lives(asked: Asked) -> list[Life]:
    """Every text asked for that the context may see, sent and received, in the order of time. Opens sealed words."""
    came = received(asked)
    went = sent(asked, [one.reply_message_id for one, _ in came if one.reply_message_id])
    answers = {one.reply_message_id: one.id for one, _ in came}
    made = [*sent_lives(went, answers), *received_lives(came)]
    return sorted(made, key=lambda one: (one.at, one.direction, one.id))


def not_sent(asked: Asked) -> list[NotSent]:
    """Every row about the participants asked for that led to no text, in the order of time."""
    if not asked.participants:
        return []
    rows = Recipient.objects.select_related("decision", "run").filter(
        program=current().program,
        participant_id__in=asked.participants,
        message_id__isnull=True,
        with_row_no__isnull=True,
    )
    found = [row for row in rows if _within(asked, row.run.created_at)]
    return [_not_sent(row) for row in sorted(found, key=lambda row: (row.run.created_at, row.row_no))]


def _not_sent(row: Recipient) -> NotSent:
    made = row.decision
    face = neutral(shown_as(made.outcome, made.reason, made.clauses, made.rule))
    shown = made.reason not in OFF_REASONS | ABOUT_OTHERS
    decision = Decision(Outcome(made.outcome), made.reason, made.rule, tuple(made.clauses))
    item = items.planned(
        run_id=row.run_id, row_no=row.row_no, message_id=None, decision=decision,
        profile_sha256=made.profile_sha256, text="",
    )  # fmt: skip
    return NotSent(
        run_id=row.run_id,
        row_no=row.row_no,
        at=row.run.created_at,
        participant_id=row.participant_id,
        template=row.run.template_key,
        appointment_at=row.appointment_at,
        decision=face,
        profile_sha256=made.profile_sha256,
        entry_id=row.entry_id if shown else None,
        item=item if shown else None,
        key=bytes(row.commit_key) if shown else b"",
    )


def _within(asked: Asked, at: datetime) -> bool:
    return (asked.from_at is None or at >= asked.from_at) and (asked.until_at is None or at < asked.until_at)


def runs_named(ids: Collection[uuid.UUID]) -> dict[uuid.UUID, NoticeRun]:
    """The runs texts came from, by id."""
    return {run.id: run for run in NoticeRun.objects.filter(program=current().program, id__in=list(ids))}
