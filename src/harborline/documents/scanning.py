"""Ask the malware scanner; none set up is no answer, and no answer is never clean."""

from __future__ import annotations

from typing import IO

from harborline.documents.ports import Scanner
from harborline.kernel import Unavailable, ports


def scanned(source: IO[bytes]) -> str:
    """The name of what was found, empty for nothing; raises `Unavailable` without an engine that answers."""
    if not ports.serving_all(Scanner):
        raise Unavailable("no malware scanner is set up: HARBORLINE_CLAMD names none")
    return ports.serving(Scanner).scan(source)
