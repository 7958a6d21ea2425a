"""Private things a person sends by mistake: the kinds, never the values."""

from __future__ import annotations


def private_kinds(text: str) -> tuple[str, ...]:
    """Name the kinds of private things in an inbound text."""
    return ()
