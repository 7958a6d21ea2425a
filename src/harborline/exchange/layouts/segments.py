"""The deduction segment inside a bank's addendum record: elements between asterisks, ended by a backslash.

`DED*CS*case*date*cents*ssn*Y*name*fips*Y` and the backslash: application CS, the case, the pay date (YYMMDD, or
CCYYMMDD in later versions), the amount with two implied decimals, the SSN, medical support (Y, N or W), and three
elements that may be left out at the end: name, FIPS code, end of employment (Y).
"""

from __future__ import annotations

import re

from harborline.exchange.layouts.tables import day_table

_SEGMENT = re.compile(
    rb"DED\*CS\*(?P<case>[!-)+-\[\]-~][ -)+-\[\]-~]{0,19})\*(?P<date>[0-9]{6}(?:[0-9]{2})?)\*(?P<amount>[0-9]{1,10})"
    rb"\*(?P<ssn>[0-9]{9})\*(?P<medical>[YNW])"
    rb"(?:\*(?P<name>[ -)+-\[\]-~]{0,10})(?:\*(?P<fips>(?:[0-9]{5}(?:[0-9A-Z]{2})?)?)(?:\*(?P<ended>Y?))?)?)?\\ *"
)


def sound(written: bytes) -> bool:
    """Whether the bytes (trailing blanks allowed) are one deduction segment with a real date."""
    found = _SEGMENT.fullmatch(written)
    if found is None:
        return False
    day = found["date"]
    lowest, table = day_table("yymmdd" if len(day) == 6 else "yyyymmdd")  # noqa: PLR2004 - YYMMDD
    place = int(day) - lowest
    return 0 <= place < len(table) and bool(table[place])
