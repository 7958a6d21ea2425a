"""What happens by itself: screening anew, and the record that a permission ended or a vendor was stopped."""

from __future__ import annotations

from datetime import timedelta

from harborline.kernel import clock
from harborline.vendors.facts import LifeFacts, StepKind
from harborline.vendors.gathering import lives
from harborline.vendors.life.rules import stands
from harborline.vendors.life.taking import note_stopped
from harborline.vendors.screenings import rescreen
from harborline.walls import ALL_COUNTIES, Actor, acting

WATCHER = Actor("system", "vendor-watch")


def watch(program: str, *, screen_after: timedelta) -> int:
    """Screen anew where it is due, then record each life that no longer stands, once for each reason.

    The gate itself needs no watching: it judges today's facts every time. Answers how many stops were recorded.
    """
    with acting(WATCHER, program=program, counties=ALL_COUNTIES, purpose="vendors"):
        rescreen(program, why="yearly", ripe_after=screen_after)
        stopped = 0
        for life in lives(program):
            stopped += _note(life)
        return stopped


def _note(life: LifeFacts) -> int:
    if life.last(StepKind.LIVE) is None or life.last(StepKind.REVOKED) is not None:
        return 0
    decision = stands(life=life, now=clock.now())
    newest = life.steps[-1]
    told = newest.kind is StepKind.STOPPED and newest.detail.get("why") == decision.reason
    if decision.allowed or told or newest.kind is StepKind.SUSPENDED:
        return 0
    note_stopped(life.id, decision)
    return 1
