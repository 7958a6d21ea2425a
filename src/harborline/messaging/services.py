"""What others may ask messaging to do: open, plan and steer runs, send a test, take receipts and inbound texts."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import IO

from django.conf import settings

from harborline.kernel.clock import now
from harborline.law import profile
from harborline.messaging.accepting import acts as accepting
from harborline.messaging.accepting.gathering import Gathering
from harborline.messaging.answering.codes import CodesByText
from harborline.messaging.answering.inbound import Taken, take_inbound
from harborline.messaging.answering.queueing import queue_text
from harborline.messaging.columns import hot_cursor
from harborline.messaging.conversations import acts as conversations
from harborline.messaging.conversations.waiting import Waiting, tell_waiting
from harborline.messaging.facts import MessageKind, ReceiptEvent
from harborline.messaging.notices import runs
from harborline.messaging.notices.rendering import text_maker
from harborline.messaging.notices.runs import Opened, Progress, RunProgress, progress_of, sender_of
from harborline.messaging.notices.standing import must_steer
from harborline.messaging.notices.steering import (
    approve_run,
    cancel_run,
    pause_run,
    release_run,
    resume_run,
    schedule_run,
)
from harborline.messaging.sending.pausing import let_go_on, pause_sender
from harborline.messaging.sending.receipts import FOLD, fold, take_in
from harborline.messaging.sending.settling import send_again, settle_unknown
from harborline.messaging.wording import services as wording
from harborline.messaging.words.numbers import e164
from harborline.people.selectors import offices
from harborline.vault.blobs import BlobDirectory
from harborline.vault.services import blind_index
from harborline.walls import ALL_COUNTIES, Actor, acting, current

__all__ = [
    "CodesByText",
    "Opened",
    "RunProgress",
    "Taken",
    "Waiting",
    "accepting",
    "approve_run",
    "bad_rows_csv",
    "blobs",
    "cancel_run",
    "conversations",
    "let_go_on",
    "open_run",
    "pause_run",
    "pause_sender",
    "plan_later",
    "plan_run",
    "progress_of",
    "release_run",
    "resume_run",
    "schedule_run",
    "send_again",
    "settle_unknown",
    "take_inbound",
    "take_receipts",
    "tell_waiting",
    "test_send",
    "wording",
]

TEST_LIFETIME = timedelta(minutes=30)


def blobs() -> BlobDirectory:
    """Where caseloads and lists of bad rows are kept sealed."""
    return BlobDirectory(settings.BLOB_DIRECTORY)


def open_run(
    source: IO[bytes],
    *,
    source_name: str,
    template_key: str,
    roles: frozenset[str],
    scheduled_at: datetime | None = None,
    hold: bool = False,
    strict: bool = False,
) -> Opened:
    """Read, check and keep a caseload and open a run for it; planning follows with `plan_run` or `plan_later`.

    Raises `Refused` when none of `roles` may start runs, `NotFound` for an unknown template, `Invalid` for a file
    that cannot be used (`strict`: for any bad row). Source: NC-CSS-22-18:state-text-service.
    """
    return runs.open_run(
        source,
        source_name=source_name,
        template_key=template_key,
        roles=roles,
        blobs=blobs(),
        allow_fictional=settings.FICTIONAL_NUMBERS,
        scheduled_at=scheduled_at,
        hold=hold,
        strict=strict,
    )


def plan_run(
    run_id: uuid.UUID,
    *,
    program: str,
    progress: Progress = lambda _done, _all: None,
    opened: Opened | None = None,
) -> int:
    """Decide, render, seal and queue every usable row of a run, outside a transaction; answers the texts queued.

    `opened`, where it is still at hand, saves reading the file once more.
    """
    return runs.plan_run(
        run_id,
        program=program,
        blobs=blobs(),
        allow_fictional=settings.FICTIONAL_NUMBERS,
        progress=progress,
        groups=opened.groups if opened else None,
    )


def plan_later(run_id: uuid.UUID, *, program: str) -> None:
    """Let the queue worker plan the run; deferred inside the caller's transaction."""
    from harborline.messaging.tasks import plan  # noqa: PLC0415 - tasks register with the queue only where it is used

    plan.defer(run_id=str(run_id), program=program)


def bad_rows_csv(run_id: uuid.UUID) -> bytes:
    """The list of a run's bad rows as CSV; it holds no value of any row."""
    return runs.bad_rows_csv(run_id, blobs())


def test_send(*, template_key: str, to: str, language: str) -> uuid.UUID:
    """Send a template, filled with an invented appointment a week from now, to a test number; answers the message.

    Raises `Refused` for a worker whose roles start no runs, `Invalid` for a number that cannot get a text or a language
    the template has no words in.
    """
    must_steer("test", None)
    program = current().program
    law, number = profile(program), e164(to, allow_fictional=settings.FICTIONAL_NUMBERS)
    texts, at = text_maker(program, template_key), now()
    slot = (at + timedelta(days=7)).replace(hour=9, minute=30, second=0, microsecond=0, tzinfo=None)
    made = texts.render(language, slot, next(iter(offices(program))))
    return queue_text(
        sender_of(program),
        law,
        kind=MessageKind.TEST,
        to=number,
        phone_idx=blind_index("phone", number),
        words=made.text,
        template=texts.template,
        language=language,
        at=at,
        until=at + TEST_LIFETIME,
    )


def take_receipts(program: str, carrier: str, events: Sequence[ReceiptEvent]) -> int:
    """Keep what the network says about attempts of `program`, durable on return; answers how many were taken in.

    They are folded into the record at once where nobody else tells receipts and no other fold is at work, else with
    the next. Told twice they stand once; out of order they never move a message back; those about unknown attempts
    change nothing. Opens its own unit of work.
    """
    return _RECEIPTS.join((program, carrier), events) if events else 0


def _take_in_together(place: tuple[str, str], told: Sequence[Sequence[ReceiptEvent]]) -> Sequence[int | Exception]:
    try:
        _take_in(place, [event for events in told for event in events])
    except Exception as error:  # noqa: BLE001 - what is wrong with one must not take the others with it
        return [error] if len(told) == 1 else [_take_in_together(place, [events])[0] for events in told]
    return [len(events) for events in told]


def _take_in(place: tuple[str, str], events: Sequence[ReceiptEvent]) -> None:
    program, carrier = place
    actor = Actor("carrier", carrier)
    with acting(actor, program=program, counties=ALL_COUNTIES, purpose="receipts"), hot_cursor() as cursor:
        take_in(cursor, program, events)
        # While more of them wait, these only land: the last of the rounds, or a dispatcher, folds them all.
        while not _RECEIPTS.others_wait(place) and fold(cursor, program, now=now()) == FOLD:
            pass


# Receipts that come at the same moment share a transaction; each carrier is answered after it.
_RECEIPTS = Gathering[tuple[str, str], Sequence[ReceiptEvent], int](
    _take_in_together, most=FOLD, weight=len, pause_s=0.01
)
