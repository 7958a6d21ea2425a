"""A value shown without being told: every letter and digit replaced by its kind.

Nothing that is shown is a picture of what stands there, not even in a file that is in another code page than it is
read in: letters of one page are marks and unprintable bytes of the other.
"""

from __future__ import annotations

MOST = 80
UNPRINTED = "~"
"""Stands for every byte that is no printable ASCII."""
_MARKS = frozenset(" -'.,/#&()*+:;=@_")


def masked(written: bytes, *, raw: bool = False) -> str:
    """The shape of a value in Latin-1: `A`, `a` and `9` for letters and digits, `~` for what cannot be printed.

    Some other marks are shown as they are, in a value that can be read: one with a letter or a digit, and nothing that
    cannot be printed. A `raw` value (packed, binary) is shown as its length alone. At most 80 bytes are shown, then
    the number of the rest.
    """
    if raw:
        return UNPRINTED * len(written)
    text = written.decode("latin-1")
    marks = _MARKS if _readable(text) else " "
    shown = "".join(_sign(letter, marks) for letter in text[:MOST])
    return f"{shown}…(+{len(text) - MOST})" if len(text) > MOST else shown


def _readable(text: str) -> bool:
    return text.isascii() and text.isprintable() and any(map(str.isalnum, text))


def _sign(letter: str, marks: frozenset[str] | str) -> str:
    if not (letter.isascii() and letter.isprintable()):
        return UNPRINTED
    if letter.isalpha():
        return "A" if letter.isupper() else "a"
    if letter.isdigit():
        return "9"
    return letter if letter in marks else "?"
