"""Numbers as strangers write them: only plain digits count, and only so many."""

from __future__ import annotations


def natural(written: str, *, most: int) -> int | None:
    """The number 0 to `most` in ASCII digits, or None for anything else.

    `str.isdigit` also holds for superscripts and other scripts, which `int` refuses, and `int` refuses thousands of
    digits: neither may become an error where a stranger wrote them.
    """
    if not (written.isascii() and written.isdigit()):
        return None
    bare = written.lstrip("0") or "0"
    if len(bare) > len(str(most)):
        return None
    number = int(bare)
    return number if number <= most else None
