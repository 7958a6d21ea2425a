"""The list of bad rows as a file: row, column, code, what to do. It never holds a value of the row."""

from __future__ import annotations

import csv
import io
from typing import IO

from harborline.messaging.notices.caseload import BadRow

HEADER = ("row", "column", "code", "problem")


class BadRowFile:
    """Collects bad rows; as CSV they stand in the order of the file (about 100 bytes each)."""

    def __init__(self) -> None:
        self._rows: list[BadRow] = []

    def add(self, row: BadRow) -> None:
        """Take one bad row."""
        self._rows.append(row)

    def stream(self) -> IO[bytes]:
        """The file so far, UTF-8, from its start."""
        written = io.StringIO(newline="")
        writer = csv.writer(written)
        writer.writerow(HEADER)
        writer.writerows(sorted(self._rows))
        return io.BytesIO(written.getvalue().encode())
