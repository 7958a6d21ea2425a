"""What is done without being asked: note closed cases, count what is ripe, destroy what is overdue."""

from __future__ import annotations

from datetime import datetime

from harborline.kernel import clock, ports
from harborline.ledger.services import record
from harborline.retention.acting import SYSTEM
from harborline.retention.models import CaseClosing, TakenPreview
from harborline.retention.ports import Parties
from harborline.retention.selectors import previews
from harborline.walls import ALL_COUNTIES, acting

_CHUNK = 2_000


def note_closings(program: str, *, now: datetime | None = None) -> int:
    """Note cases first seen closed and forget those open again; answers how many are new. Opens its own unit of work.

    The day it was seen counts, never an earlier one: a clock that starts late keeps longer, never shorter.
    """
    moment = now or clock.now()
    with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose="upkeep"):
        closed = dict(ports.serving(Parties).closed_cases())
        known = set(CaseClosing.objects.filter(program=program).values_list("id", flat=True))
        reopened, fresh = known - set(closed), [case for case in closed if case not in known]
        CaseClosing.objects.filter(id__in=reopened).delete()
        CaseClosing.objects.bulk_create(
            [CaseClosing(id=case, program=program, county=closed[case], seen_closed_at=moment) for case in fresh],
            batch_size=_CHUNK,
        )
        if fresh or reopened:
            content = {"closed": len(fresh), "reopened": len(reopened)}
            record("retention.closings-noted", subject=f"program:{program}", content=content)
    return len(fresh)


def take_previews(program: str, *, now: datetime | None = None) -> int:
    """Count what is ripe in every series and keep the counts for the console; answers how many records are ripe."""
    moment = now or clock.now()
    with acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose="upkeep"):
        counted = [one for one in previews(now=moment) if one.offered and one.action == "destroy"]
        for one in counted:
            TakenPreview.objects.update_or_create(
                program=program,
                series=one.series,
                defaults={
                    "taken_at": moment,
                    "ripe": one.ripe,
                    "held": one.held,
                    "conflicts": one.conflicts,
                    "oldest_at": one.oldest_at,
                    "newest_at": one.newest_at,
                },
            )
        content = {one.series: one.ripe for one in counted if one.ripe}
        record("retention.previews-taken", subject=f"program:{program}", content={"ripe": content})
    return sum(one.ripe for one in counted)
