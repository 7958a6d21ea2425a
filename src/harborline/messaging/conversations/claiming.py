"""Answers of workers at the moment of hand-over: everything about person, number, permission and hour, once more."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from harborline.kernel import Decision, refuse
from harborline.messaging.conversations.composing import answer_allowed
from harborline.messaging.conversations.records import ThreadAnswer
from harborline.messaging.conversations.waiting import judge_waiting

_NO_THREAD = refuse("no-consent").stamped(
    "messaging.conversations.claiming", ("MN-WIC-9.6:permission-first", "NC-CSS-22-18:no-staff-texting")
)


def judge_answers(
    program: str, messages: Sequence[tuple[uuid.UUID, str]], *, now: datetime
) -> dict[uuid.UUID, Decision]:
    """For each (message id, zones) of an answer, or text that a message waits: may it go now; no other may."""
    wanted = dict(messages)
    answers = ThreadAnswer.objects.filter(program=program, message_id__in=list(wanted)).select_related("thread")
    found = {one.message_id: answer_allowed(one.thread, zones=wanted[one.message_id], now=now) for one in answers}
    others = [(message_id, zones) for message_id, zones in wanted.items() if message_id not in found]
    found |= judge_waiting(program, others, now=now) if others else {}
    return {message_id: found.get(message_id, _NO_THREAD) for message_id in wanted}
