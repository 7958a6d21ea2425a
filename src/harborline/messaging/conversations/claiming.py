"""Answers of workers at the moment of hand-over: everything about person, number, permission and hour, once more."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from harborline.kernel import Decision, refuse
from harborline.messaging.conversations.composing import answer_allowed
from harborline.messaging.conversations.records import ThreadAnswer

_NO_THREAD = refuse("no-consent").stamped(
    "messaging.conversations.claiming", ("MN-WIC-9.6:permission-first", "NC-CSS-22-18:no-staff-texting")
)


def judge_answers(
    program: str, messages: Sequence[tuple[uuid.UUID, str]], *, now: datetime
) -> dict[uuid.UUID, Decision]:
    """For each (message id, zones) of an answer: whether it may go now; one that no thread knows may not."""
    wanted = dict(messages)
    answers = ThreadAnswer.objects.filter(program=program, message_id__in=list(wanted)).select_related("thread")
    found = {one.message_id: answer_allowed(one.thread, zones=wanted[one.message_id], now=now) for one in answers}
    return {message_id: found.get(message_id, _NO_THREAD) for message_id in wanted}
