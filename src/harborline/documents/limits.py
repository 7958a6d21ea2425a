"""The limits of the intake, from the settings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings

CHUNK_MAX: Final = 8 * 1024**2
"""Bytes taken in one go; a way in that sends more sends it in pieces."""
NAME_MAX: Final = 120
PAGES_MAX: Final = 200
WORDS_MAX: Final = 300
UNFINISHED_FOR: Final = timedelta(hours=24)
"""For so long an upload that broke off can be taken up again."""
DAY: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Limits:
    """Bytes of one file, files in one submission, and whether papers wait where the reader is not shut in fully.

    `day_bytes` and `day_submissions`: what one participant may hand in within 24 hours.
    """

    file_bytes: int
    files: int
    full_isolation: bool
    day_bytes: int
    day_submissions: int


def limits() -> Limits:
    """As set for this installation."""
    return Limits(
        file_bytes=settings.DOCUMENT_BYTES,
        files=settings.DOCUMENT_FILES,
        full_isolation=settings.DOCUMENT_ISOLATION == "full",
        day_bytes=settings.DOCUMENT_DAY_BYTES,
        day_submissions=settings.DOCUMENT_DAY_SUBMISSIONS,
    )
