"""A value shown without being told: every letter and digit replaced by its kind."""

from __future__ import annotations

MOST = 80
_SHOWN = frozenset(b" -'.,/#&()*+:;=@_")


def masked(written: bytes) -> str:
    """The shape of a value in Latin-1: `A`, `a` and `9` for letters and digits, bytes beyond ASCII in hexadecimal.

    At most 80 bytes are shown, then the number of the rest.
    """
    shown = "".join(map(_sign, written[:MOST]))
    return f"{shown}…(+{len(written) - MOST})" if len(written) > MOST else shown


def _sign(byte: int) -> str:
    letter = chr(byte)
    if letter.isascii() and letter.isalpha():
        return "A" if letter.isupper() else "a"
    if 0x30 <= byte <= 0x39:  # noqa: PLR2004 - the digits
        return "9"
    if byte in _SHOWN:
        return letter
    return f"\\x{byte:02x}" if not 0x20 <= byte <= 0x7E else "?"  # noqa: PLR2004 - what can be printed
