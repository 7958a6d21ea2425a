"""The templates of a program as lists show them."""

from __future__ import annotations


def template_title(program: str, key: str) -> str:
    """The template's title for staff, or its key in plain letters when it is no longer there."""
    return key.replace("-", " ").capitalize()
