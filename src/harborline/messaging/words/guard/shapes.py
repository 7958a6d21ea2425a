"""What a number looks like: which classes a unit with digits belongs to, by its signs alone."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LIKE_DIGITS = str.maketrans("oOlIi|sSbBzZ", "001111558822")
_SUM = re.compile(r"\$ ?\d")
_CENTS = re.compile(r"\d{1,3}(?:,\d{3})*\.\d\d|\d{1,3}(?:,\d{3})+")
_CLOCK = re.compile(
    r"\d{1,2}:\d\d(?:[ap]\.?m?\.?)?(?:-\d{1,2}(?::\d\d)?(?:[ap]\.?m?\.?)?)?"
    r"|\d{1,2}(?:[ap]\.?m?\.?)?-\d{1,2}:\d\d(?:[ap]\.?m?\.?)?"
    r"|\d{1,2}[ap]\.?m?\.?|\d{1,2}-\d{1,2}[ap]m|\d{1,2}h(?:rs)?",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:0?[1-9]|1[0-2])[/-](?:0?[1-9]|[12]\d|3[01])|(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])")
_FULL_DATE = re.compile(r"\d{1,2}([/.-])\d{1,2}\1(?:\d{4}|\d\d)|(?:19|20)\d\d([/.-])\d{1,2}\2\d{1,2}")
_PHONE = re.compile(r"(?:\+?1[-. ]?)?\(?\d{3}\)?[-. ]?\d{3}[-. ]?\d{4}")
_WRITTEN_PHONE = re.compile(r"(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|\d{3}[-. ])\d{3}[-. ]\d{4}|\d{3}-\d{4}|\+1\d{10}")
_NATIONAL = re.compile(r"1?[2-9]\d{2}[2-9]\d{6}")
_SSN = re.compile(r"\d{3}([-. /_]{0,3})\d{2}([-. /_]{0,3})\d{4}")
_ZIP = re.compile(r"\d{5}")
_ZIP_FOUR = re.compile(r"\d{5}-\d{4}")
_YEAR = re.compile(r"(?:19|20)\d\d")
_ORDINAL = re.compile(r"\d{1,3}(?:st|nd|rd|th|er|ro|ra|do|da|o|a)", re.IGNORECASE)
_MASKED = re.compile(r"[*•#xX]{2,}(?:[- ]?[*•#xX]{2,})*[- ]?\d{2,}")
_MASKED_SSN = re.compile(r"[*•#xX]{3}[- ]?[*•#xX]{2}[- ]?\d{4}")
_MINNESOTA_LICENCE = re.compile(r"[A-Za-z][- ]?\d{3}[- ]?\d{3}[- ]?\d{3}[- ]?\d{3}")
_COURT_FILE = re.compile(
    r"\d{2,4}[- ]?(?:cvd|cvs|crs?|jt|ja|jb|sp|cv|dr|fam|fa|pa|jv|co|e|m|fp|cs)[- ]?\d{2,7}(?:[- ]\d+)?"
    r"|\d{2}-(?:fa|cv|cr|jv|pa|co|cs)-\d{2}-\d{2,6}|(?:cvd|cvs|fa|ivd|iv-d|fs|mpi|pmi|css|nc|mn)[- ]?\d{5,}",
    re.IGNORECASE,
)
_NINE, _CARD_LENGTHS = 9, range(13, 20)
_LONG = 5
_CODE_DIGITS = 3
_INDIVIDUAL_TAXPAYER = range(50, 100)
NUMBER_CLASSES = (
    *("masked", "ssn_shape", "sum", "percent", "clock", "full_date", "slash_date", "phone", "ordinal", "licence_shape"),
    *("court_file", "cents", "nine_digits", "routing_shape", "card_shape", "many_digits", "bare_phone", "code"),
    *("long_code", "mixed", "d1", "d2", "d3", "d4", "d5", "d6", "year", "zip_shape", "zip_four"),
)
_BY_LENGTH = {1: "d1", 2: "d2", 3: "d3", 4: "d4", 5: "d5"}


def number_classes(unit: str) -> Iterator[str]:
    """Name the classes of a unit that has digits."""
    if _MASKED.fullmatch(unit):
        yield from ("masked", *(["ssn_shape"] if _MASKED_SSN.fullmatch(unit) else []))
        return
    if _SUM.match(unit):
        yield "sum"
        return
    if unit.endswith("%"):
        yield "percent"
        return
    bare = unit.lstrip("#")
    known = next((name for name, pattern in _EXACT if pattern.fullmatch(bare)), "")
    if known:
        yield known
    if known in {"", "phone", "court_file"}:
        yield from _identifying(bare)


_EXACT = (
    ("clock", _CLOCK),
    ("full_date", _FULL_DATE),
    ("slash_date", _DATE),
    ("phone", _WRITTEN_PHONE),
    ("ordinal", _ORDINAL),
    ("licence_shape", _MINNESOTA_LICENCE),
    ("court_file", _COURT_FILE),
    ("cents", _CENTS),
)


def _identifying(bare: str) -> Iterator[str]:
    read = bare.translate(_LIKE_DIGITS) if sum(sign.isdigit() for sign in bare) > len(bare) // 2 else bare
    digits = "".join(sign for sign in read if sign.isdigit())
    if _ZIP_FOUR.fullmatch(bare):
        # Also how somebody may write a taxpayer's number: the lists look at what stands before it.
        yield from ("zip_shape", "zip_four")
    elif (found := _SSN.fullmatch(read)) and may_be_ssn(digits):
        yield "ssn_shape" if found[1] or found[2] else "nine_digits"
    if len(digits) == _NINE and _is_routing(digits):
        yield "routing_shape"
    if len(digits) in _CARD_LENGTHS and not any(sign.isalpha() for sign in read):
        yield "card_shape" if luhn(digits) else "many_digits"
    if _NATIONAL.fullmatch(bare):
        yield "bare_phone"
    if bare.isdigit():
        yield from _plain(bare)
    elif len(digits) >= _CODE_DIGITS and not _PHONE.fullmatch(bare):
        yield "code"
        if len(digits) >= _LONG:
            yield "long_code"
    elif any(sign.isalpha() for sign in bare):
        yield "mixed"


def _plain(bare: str) -> Iterator[str]:
    yield _BY_LENGTH.get(len(bare), "d6")
    if _YEAR.fullmatch(bare):
        yield "year"
    if _ZIP.fullmatch(bare):
        yield "zip_shape"


def may_be_ssn(digits: str) -> bool:
    """Say whether nine digits may be a Social Security or an individual taxpayer number (no check digit exists)."""
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    if group == "00" or serial == "0000" or area in {"000", "666"}:
        return False
    return area[0] != "9" or int(group) in _INDIVIDUAL_TAXPAYER


def _is_routing(digits: str) -> bool:
    weighed = sum(int(digit) * (3, 7, 1)[place % 3] for place, digit in enumerate(digits))
    return weighed % 10 == 0 and digits != "0" * _NINE


def luhn(digits: str) -> bool:
    """Say whether the digits pass the check of card numbers."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the checksum's own constant
    return total % 10 == 0
