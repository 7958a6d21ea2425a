"""Notice runs as lists and pages show them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from harborline.kernel import NotFound
from harborline.messaging.facts import DispatchState, RunState
from harborline.messaging.models import Dispatch, NoticeRun
from harborline.messaging.selectors.template_list import template_title
from harborline.walls import current


@dataclass(frozen=True, slots=True)
class RunSummary:
    """One run: what was sent to which file's people, by whom, where it stands; `counts` are texts per state."""

    id: uuid.UUID
    program: str
    template_key: str
    template_title: str
    template_sha256: str
    state: RunState
    file_name: str
    rows: int
    bad_rows: int
    created_at: datetime
    created_by: str
    scheduled_at: datetime | None
    planned_at: datetime | None
    finished_at: datetime | None
    approved_by: str
    counts: dict[str, int]

    @property
    def needs_approval(self) -> bool:
        """Whether a second person has to say yes before anything goes out."""
        return self.state is RunState.AWAITING_APPROVAL

    @property
    def planned(self) -> bool:
        """Whether every row has its decision, so that counts and exact texts are complete."""
        return self.planned_at is not None


def runs(*, limit: int = 50, state: str | None = None) -> list[RunSummary]:
    """The newest runs of the context's program, at most `limit`, in one `RunState` if one is named."""
    found = NoticeRun.objects.filter(program=current().program).order_by("-created_at")
    listed = list((found.filter(state=state) if state else found)[:limit])
    counts = _state_counts([run.id for run in listed])
    return [_summary(run, counts.get(run.id, {})) for run in listed]


def run(run_id: uuid.UUID) -> RunSummary:
    """One run; raises `NotFound` when it is absent or hidden."""
    row = run_row(run_id)
    return _summary(row, _state_counts([row.id]).get(row.id, {}))


def run_row(run_id: uuid.UUID) -> NoticeRun:
    """The record of a run of the context's program; raises `NotFound`."""
    found = NoticeRun.objects.filter(id=run_id, program=current().program).first()
    if found is None:
        raise NotFound("no such run")
    return found


def _state_counts(run_ids: list[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    counted: dict[uuid.UUID, dict[str, int]] = {}
    grouped = Dispatch.objects.filter(run_id__in=run_ids).values_list("run_id", "state").annotate(n=Count("pk"))
    for run_id, state, number in grouped:
        if run_id is not None:
            counted.setdefault(run_id, {})[DispatchState(state).word] = number
    return counted


def _summary(row: NoticeRun, counts: dict[str, int]) -> RunSummary:
    return RunSummary(
        id=row.id,
        program=row.program,
        template_key=row.template_key,
        template_title=template_title(row.program, row.template_key),
        template_sha256=row.template_sha256,
        state=RunState(row.state),
        file_name=row.source_name,
        rows=row.row_count,
        bad_rows=row.bad_row_count,
        created_at=row.created_at,
        created_by=row.started_by,
        scheduled_at=row.scheduled_at,
        planned_at=row.planned_at,
        finished_at=row.finished_at,
        approved_by=row.approved_by,
        counts=counts,
    )
