"""The receipt of a submission: what the person keeps, on a page or as a PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import typst

from harborline.documents.facts import Receipt, State, Way
from harborline.documents.listing import lines
from harborline.documents.models import Submission
from harborline.kernel.glyphs import shown


def receipt_of(row: Submission) -> Receipt:
    """The receipt of a submission in sight."""
    papers = row.documents.exclude(state=State.DROPPED).select_related("submission").order_by("begun_at", "id")
    return Receipt(
        submission_id=row.id, number=row.number, program=row.program, county=row.county, way=Way(row.way),
        at=row.closed_at or row.begun_at, participant_id=row.participant_id, papers=tuple(lines(papers)),
        entry_id=row.entry_id,
    )  # fmt: skip


def receipt_pdf(paper: Mapping[str, Any], *, at: int) -> bytes:
    """The receipt as a tagged PDF, made as of `at` (Unix seconds).

    `paper` holds finished words in the person's language: `lang`, `title`, `intro`, `lines` and `papers` (each with
    `name` and `lines`; a line is a pair), `closing`. Signs without a glyph, as file names may have, stand as codes.
    """
    layout = (files(__package__) / "receipt.typ").read_bytes()
    made: bytes = typst.compile(
        layout, format="pdf", ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(shown(paper), ensure_ascii=False)}, pdf_standards="ua-1", timestamp=at,
    )  # fmt: skip
    return made
