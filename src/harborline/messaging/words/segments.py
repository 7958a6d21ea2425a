"""Counting a text as carriers count it: GSM 03.38 septets or UTF-16 units, and the parts they travel in.

Sources: 3GPP TS 23.038 section 6.2.1 (alphabet and extension table), TS 23.040 section 9.2.3.24.1 (six-octet header of
a concatenated text with an eight-bit reference). National shift tables stay off: US routes do not carry them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

Encoding = Literal["gsm7", "ucs2"]

GSM_SINGLE, GSM_PART = 160, 153
UCS2_SINGLE, UCS2_PART = 70, 67
PARTS_MAX = 255

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"

_BASIC = frozenset(BASIC)
_EXTENSION = frozenset(EXTENSION)
_BASIC_LATIN1 = BASIC.encode("latin-1", "ignore")
_LATIN1 = (BASIC + EXTENSION).encode("latin-1", "ignore")
_UCS2_ONLY = re.compile(f"[^{re.escape(BASIC + EXTENSION)}]")


class Segments(NamedTuple):
    """How a text travels: `units` are septets or UTF-16 code units in all, `sizes` those of each part."""

    encoding: Encoding
    units: int
    sizes: tuple[int, ...]

    @property
    def parts(self) -> int:
        """Number of parts, which is what carriers pace and charge."""
        return len(self.sizes)


class Hint(NamedTuple):
    """One character that keeps a text out of GSM 7-bit, where it stands, and what could stand there ('' = nothing)."""

    at: int
    character: str
    instead: str


_GSM_SINGLES = tuple(Segments("gsm7", units, (units,)) for units in range(GSM_SINGLE + 1))
_UCS2_SINGLES = tuple(Segments("ucs2", units, (units,)) for units in range(UCS2_SINGLE + 1))


def segment(text: str) -> Segments:
    """Count `text` exactly as given; never fails, an empty text is one empty part."""
    try:
        octets = text.encode("latin-1")
    except UnicodeEncodeError:
        return _segment_wide(text)
    foreign = octets.translate(None, _BASIC_LATIN1)
    if not foreign:
        return _gsm_plain(len(octets))
    if not foreign.translate(None, _LATIN1):
        return _gsm_extended(text, len(octets) + len(foreign))
    return _ucs2_plain(len(octets))


def _segment_wide(text: str) -> Segments:
    if _UCS2_ONLY.search(text):
        return _ucs2(text)
    return _gsm_extended(text, len(text) + sum(character in _EXTENSION for character in text))


def _gsm_plain(units: int) -> Segments:
    if units <= GSM_SINGLE:
        return _GSM_SINGLES[units]
    return Segments("gsm7", units, _even(units, GSM_PART))


def _gsm_extended(text: str, units: int) -> Segments:
    if units <= GSM_SINGLE:
        return _GSM_SINGLES[units]
    widths = (2 if character in _EXTENSION else 1 for character in text)
    return Segments("gsm7", units, _packed(widths, GSM_PART))


def _ucs2(text: str) -> Segments:
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    if units <= UCS2_SINGLE or _JOINING.search(text) is None:
        return _ucs2_plain(units)
    return Segments("ucs2", units, _packed(_cluster_widths(text), UCS2_PART))


def _ucs2_plain(units: int) -> Segments:
    if units <= UCS2_SINGLE:
        return _UCS2_SINGLES[units]
    return Segments("ucs2", units, _even(units, UCS2_PART))


def _even(units: int, room: int) -> tuple[int, ...]:
    full, rest = divmod(units, room)
    return (room,) * full + ((rest,) if rest else ())


def _packed(widths: Iterator[int], room: int) -> tuple[int, ...]:
    sizes: list[int] = []
    taken = 0
    for width in widths:
        if taken + width > room:
            sizes.append(taken)
            taken = 0
        taken += width
    return (*sizes, taken)


# What a reader sees as one sign: marks, joiners, selectors, skin tones, tags and flags stay with their base.
_MARKS = "".join(
    sorted({chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code)) in {"Mn", "Me", "Mc"}})
)
_STAYS = f"[{re.escape(_MARKS)}\ufe0f\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]"
_JOINING = re.compile(f"[\U00010000-\U0010ffff\u200d]|{_STAYS}")
_CLUSTER = re.compile(
    rf"[\U0001f1e6-\U0001f1ff]{{2}}|(?s:.){_STAYS}*(?:\u200d(?s:.){_STAYS}*)*",
)


def _cluster_widths(text: str) -> Iterator[int]:
    for found in _CLUSTER.finditer(text):
        cluster = found.group()
        width = len(cluster) + sum(character > "\uffff" for character in cluster)
        if width <= UCS2_PART:
            yield width
        else:
            yield from (2 if character > "\uffff" else 1 for character in cluster)


# Typographic variants and the plain spelling each is sent in. Accented letters are spelling and stay as they are.
_PLAIN: dict[str, str] = {
    "\t": " ",
    "`": "'",
    "\u00b4": "'",
    **dict.fromkeys("‘’‚‛ʼʻ′ʹ", "'"),  # noqa: RUF001 - these are the look-alikes
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),  # noqa: RUF001 - these are the look-alikes
    **dict.fromkeys("•·", "-"),
    "…": "...",
    "⁄": "/",  # noqa: RUF001 - the look-alike
    **dict.fromkeys("\u00a0\u1680\u202f\u205f\u3000", " "),
    **dict.fromkeys(map(chr, range(0x2000, 0x200B)), " "),
    **dict.fromkeys("\u2028\u2029\u0085", "\n"),
}
_UNSEEN = (
    *range(0x0A),
    *range(0x0B, 0x20),
    *range(0x7F, 0xA0),
    0xAD,
    0x61C,
    0x180E,
    0x200B,
    *range(0x200E, 0x2010),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2065),
    *range(0x2066, 0x2070),
    0xFEFF,
    *range(0xFFF9, 0xFFFC),
)
_TIDY: dict[int, str] = {**dict.fromkeys(_UNSEEN, ""), **{ord(key): value for key, value in _PLAIN.items()}}
_UNTIDY_ASCII = "".join(map(chr, _TIDY)).encode("ascii", "ignore")


def tidy(text: str) -> str:
    """Spell `text` plainly: composed (NFC), straight quotes, plain spaces, no invisible signs.

    Carriage returns go (a line break is one LF), a form feed and other controls go, a TAB becomes a space, lone
    surrogates go. Doing it twice changes nothing more.
    """
    if text.isascii():
        octets = text.encode()
        return text if len(octets.translate(None, _UNTIDY_ASCII)) == len(octets) else _lines(text).translate(_TIDY)
    whole = _SURROGATES.sub("", _lines(text))
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", whole).translate(_TIDY))


_SURROGATES = re.compile("[\ud800-\udfff]")


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def hints(text: str) -> tuple[Hint, ...]:
    """Name the characters of `text` that force UCS-2, with a plain replacement where one keeps the meaning."""
    return tuple(
        Hint(at, character, _TIDY.get(ord(character), ""))
        for at, character in enumerate(text)
        if character not in _BASIC and character not in _EXTENSION
    )
