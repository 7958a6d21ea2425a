"""Telephone numbers as the case system writes them."""

from __future__ import annotations

import re

from harborline.kernel import Invalid

# North American numbering plan: area code and exchange start with 2 to 9 and are not service codes (N11).
_PLAN = re.compile(r"\+1(?!.11)[2-9]\d{2}(?!.11)[2-9]\d{6}")
_WRITTEN = re.compile(r"(?:\+?1[ .\-]?)?\(?(\d{3})\)?[ .\-]?(\d{3})[ .\-]?(\d{4})")


def e164(written: str) -> str:
    """`919-555-0123`, `(919) 555 0123` or `+19195550123` as E.164; raises `Invalid` saying what is wrong."""
    if _PLAN.fullmatch(written):
        return written
    parts = _WRITTEN.fullmatch(written)
    if parts is None:
        raise Invalid("is not a number of ten digits; write 919-555-0123 or +19195550123", "bad-number")
    number = "+1" + "".join(parts.groups())
    if not _PLAN.fullmatch(number):
        raise Invalid("is not a number that can exist in the United States", "no-such-number")
    return number
