"""What others may ask about exports; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid

from harborline.oversight.exporting import actor, export_row, in_sight, second_person
from harborline.oversight.facts import ExportRow, ExportState, LegalBasis
from harborline.oversight.incidents import incident, incident_report, incidents, open_steps, private_in
from harborline.oversight.models import AuditSample, Export
from harborline.oversight.rules import NOT_IN_WIC, WIC_ONLY
from harborline.oversight.sealing import open_request
from harborline.oversight.watching import FindingLine, Week, finding, public_people, week_of
from harborline.walls import current
from harborline.workforce.selectors import number_of

__all__ = [
    "FindingLine",
    "Week",
    "bases",
    "export",
    "exports",
    "finding",
    "incident",
    "incident_report",
    "incidents",
    "open_steps",
    "private_in",
    "public_people",
    "samples",
    "week_of",
]


def exports(*, limit: int = 50) -> list[ExportRow]:
    """The newest exports the context may see. Opens sealed words."""
    rows = Export.objects.filter(program=current().program).order_by("-asked_at")[: limit * 4]
    return [_row(row) for row in rows if in_sight(row)][:limit]


def export(export_id: uuid.UUID) -> ExportRow:
    """One export; raises `NotFound`."""
    return _row(export_row(export_id))


def samples(*, limit: int = 50) -> list[AuditSample]:
    """The newest samples drawn in the context's program."""
    return list(AuditSample.objects.filter(program=current().program).order_by("-drawn_at")[:limit])


def bases(kind: str) -> tuple[LegalBasis, ...]:
    """The legal bases of a kind of program, for a form."""
    without = NOT_IN_WIC if kind == "wic" else WIC_ONLY
    return tuple(basis for basis in LegalBasis if basis not in without)


def _row(row: Export) -> ExportRow:
    request = open_request(row.program, row.id, row.words)
    return ExportRow(
        id=row.id,
        state=ExportState(row.state),
        basis=request.basis,
        selection=request.selection,
        reason=request.reason,
        reference=request.reference,
        recipient=request.recipient,
        asked_by=number_of(row.asked_by),
        mine=row.asked_by == actor(),
        waits=row.state == ExportState.ASKED.value and not second_person(row, request).allowed,
        asked_at=row.asked_at,
        approved_by=number_of(row.approved_by) if row.approved_by else "",
        made_at=row.made_at,
        texts=row.texts,
        sha256=row.sha256,
    )
