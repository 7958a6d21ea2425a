"""Offset submissions for the layout tests: synthetic cases of 245 bytes, and the control record they need."""

from __future__ import annotations

from collections.abc import Sequence

from harborline.exchange import layouts

LAYOUT = layouts.load("fop-case-submission-245")
PLACES = {placed.name: (placed.start, placed.end) for placed in LAYOUT.records[0].sections[0].fields}
GOOD = {
    "submitting_state": "NC",
    "local_code": "183",
    "ssn": "123456789",
    "case_id": "IV0000000001",
    "ncp_last_name": "TESTPERSON",
    "ncp_first_name": "BEN",
    "arrearage_amount": "00000500",
    "transaction_type": "A",
    "case_type": "A",
}


def case(**changed: str) -> bytes:
    """One case; names are fields, values are padded with blanks."""
    record = bytearray(b" " * 245)
    for name, value in {**GOOD, **changed}.items():
        start, end = PLACES[name]
        record[start - 1 : end] = value.encode("latin-1").ljust(end - start + 1)
    return bytes(record)


def control(cases: Sequence[bytes], **changed: int) -> bytes:
    """The control record of the cases; figures may be told wrongly."""
    told = {}
    for kind, name in ((b"A", "tanf"), (b"N", "nontanf")):
        mine = [each for each in cases if each[73:74] == kind]
        told[f"{name}_count"] = len(mine)
        told[f"{name}_amount"] = sum(int(each[64:72]) for each in mine if each[64:72].isdigit())
    told |= changed
    written = (
        f"NCCTL{told['tanf_count']:09d}{told['nontanf_count']:09d}"
        f"{told['tanf_amount']:011d}{told['nontanf_amount']:011d}"
    )
    return written.encode("ascii").ljust(245)


def whole(cases: Sequence[bytes], ending: bytes = b"\n") -> bytes:
    """A whole file."""
    return b"".join(each + ending for each in [*cases, control(cases)])
