"""The list of bad rows as a file: row, column, code, what to do. It never holds a value of the row."""

from __future__ import annotations

import csv
import io
from typing import IO

from harborline.messaging.notices.caseload import BadRow

HEADER = ("row", "column", "code", "problem")


class BadRowFile:
    """Collects bad rows as CSV (about 100 bytes each)."""

    def __init__(self) -> None:
        self._buffer = io.StringIO(newline="")
        self._writer = csv.writer(self._buffer)
        self._writer.writerow(HEADER)

    def add(self, row: BadRow) -> None:
        """Write one bad row."""
        self._writer.writerow(row)

    def stream(self) -> IO[bytes]:
        """The file so far, UTF-8, from its start."""
        return io.BytesIO(self._buffer.getvalue().encode())
