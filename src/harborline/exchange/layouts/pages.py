"""Code pages: EBCDIC as a table of 256 bytes each way, and which page a file is most likely written in.

Each page maps its 256 bytes one to one onto Latin-1, so that translating back always gives the bytes that came.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]

ASCII = "ascii"
CODE_PAGES = frozenset({ASCII, "cp037", "cp500", "cp1140", "cp1047"})
# Where page 1047 (open systems on mainframes) differs from page 037: brackets, caret and not sign.
_1047 = {0x5F: 0x5E, 0xAD: 0x5B, 0xB0: 0xAC, 0xBA: 0xDD, 0xBB: 0xA8, 0xBD: 0x5D}
# The euro sign took the place of the currency sign, which stands for it in Latin-1.
_EURO, _CURRENCY = "\u20ac", "\xa4"


@cache
def to_latin(page: str) -> Bytes:
    """What each byte of `page` is in Latin-1 (256 entries); `ascii` is taken as it is."""
    if page == ASCII:
        return np.arange(256, dtype=np.uint8)
    if page == "cp1047":
        table = to_latin("cp037").copy()
        table[list(_1047)] = list(_1047.values())
    else:
        latin = bytes(range(256)).decode(page).replace(_EURO, _CURRENCY).encode("latin-1")
        table = np.frombuffer(latin, np.uint8).copy()
    table.setflags(write=False)
    return table


@cache
def from_latin(page: str) -> Bytes:
    """The way back: `from_latin(page)[to_latin(page)]` is every byte itself."""
    table = np.empty(256, np.uint8)
    table[to_latin(page)] = np.arange(256, dtype=np.uint8)
    table.setflags(write=False)
    return table


@cache
def _shares() -> tuple[Bytes, Bytes]:
    # Bytes that files of fixed-width text are made of, in each family.
    usual = b" 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz.,-/'&#"
    ascii_share, ebcdic_share = np.zeros(256, np.uint8), np.zeros(256, np.uint8)
    ascii_share[list(usual + b"\r\n")] = 1
    ebcdic_share[list(usual.decode("ascii").encode("cp037") + b"\x15\x25")] = 1
    return ascii_share, ebcdic_share


def looks_ebcdic(sample: bytes) -> bool | None:
    """Whether a file that begins so is EBCDIC; None when neither family explains it."""
    if not sample:
        return None
    read = np.frombuffer(sample, np.uint8)
    plain, mainframe = (int(share[read].sum()) for share in _shares())
    if max(plain, mainframe) * 2 < len(sample):
        return None
    return mainframe > plain
