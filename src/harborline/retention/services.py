"""What others may ask retention to do."""

from __future__ import annotations

from datetime import datetime

from harborline.kernel import Decision, clock
from harborline.retention.acting import one_at_a_time
from harborline.retention.adopting import adopt, approve_adoption, tell_program_event
from harborline.retention.disposing import (
    approve_run,
    destroy_overdue,
    execute_run,
    finish_started,
    prepare_run,
    withdraw_run,
)
from harborline.retention.facts import Candidate
from harborline.retention.governing import in_force
from harborline.retention.holding import ask_release, confirm_hold, place_hold, release_hold
from harborline.retention.judging import Judge
from harborline.retention.upkeep import note_closings, take_previews
from harborline.walls import current

__all__ = [
    "adopt",
    "approve_adoption",
    "approve_run",
    "ask_release",
    "confirm_hold",
    "destroy_overdue",
    "execute_run",
    "finish_started",
    "may_destroy",
    "note_closings",
    "place_hold",
    "prepare_run",
    "release_hold",
    "take_previews",
    "tell_program_event",
    "withdraw_run",
]


def may_destroy(series: str, record: Candidate, *, now: datetime | None = None) -> Decision:
    """Whether one record may be destroyed now, in the caller's transaction: for words that go when a text is closed.

    Allow: destroy it. Hold `on-hold`: keep it sealed and show it no more. Until the transaction ends no hold can be
    placed behind its back. Source: MN-WIC-9.6:text-delete-after-viewing.
    """
    moment, program = now or clock.now(), current().program
    one_at_a_time(program)
    judge = Judge.of(program, in_force(program, moment).of(series), moment)
    return next(judge.judged([record])).decision
