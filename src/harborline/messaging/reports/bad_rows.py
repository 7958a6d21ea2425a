"""The rows of a caseload that could not be used: where and why, never their values."""

from __future__ import annotations

import csv
import io
import uuid

from django.conf import settings

from harborline.messaging.notices.badrows import HEADER
from harborline.messaging.notices.caseload import BadRow
from harborline.messaging.notices.runs import bad_rows_csv as kept_csv
from harborline.messaging.selectors.run_list import run_row
from harborline.vault.blobs import BlobDirectory

SHOWN = 200


def bad_rows_csv(run_id: uuid.UUID) -> bytes:
    """Every bad row of a run as CSV (row, column, code, problem); raises `NotFound` for a hidden run."""
    return kept_csv(run_row(run_id).id, BlobDirectory(settings.BLOB_DIRECTORY))


def bad_rows(run_id: uuid.UUID, *, limit: int = SHOWN) -> list[BadRow]:
    """The first bad rows of a run, in the order of the file."""
    reader = csv.reader(io.StringIO(bad_rows_csv(run_id).decode(), newline=""))
    if next(reader, None) != list(HEADER):
        return []
    return [
        BadRow(int(row), column, code, problem)
        for _, (row, column, code, problem) in zip(range(limit), reader, strict=False)
    ]
