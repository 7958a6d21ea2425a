"""The connections of the tests' own process."""

from __future__ import annotations

from django.db import connections


def close_all() -> None:
    """Close every connection and pool of this thread; the next question opens them again."""
    for alias in connections:
        connections[alias].close()
        close_pool = getattr(connections[alias], "close_pool", None)
        if close_pool is not None:
            close_pool()
