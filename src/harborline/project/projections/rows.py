"""Rows in portions, so that a table of any length is compared in little memory."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
CHUNK = 1_000


def chunks(rows: QuerySet[M]) -> Iterator[list[M]]:
    """The rows of a query in portions of a thousand, in its order."""
    running = rows.iterator(CHUNK)
    while chunk := list(islice(running, CHUNK)):
        yield chunk
