"""How a file is written is seen from its first bytes, however its blocks are filled and whatever unknown bytes hold."""

from __future__ import annotations

import io

import pytest
from tests.rules.exchange.offset import LAYOUT, case, control

from harborline.exchange import layouts
from harborline.exchange.layouts import Framing

CASES = [case(ssn=f"1234{number:05d}", case_type="AN"[number % 2]) for number in range(1, 61)]
RECORDS = [each.decode().encode("cp037") for each in [*CASES, control(CASES)]]


def prefixed(written: bytes) -> bytes:
    """With the length before it that counts its own four bytes."""
    return (len(written) + 4).to_bytes(2, "big") + b"\0\0" + written


def blocked(records: list[bytes], *fillings: int) -> bytes:
    """Variable records in blocks of so many records, over and over."""
    written, at, turn = b"", 0, 0
    while at < len(records):
        many = fillings[turn % len(fillings)]
        written += prefixed(b"".join(map(prefixed, records[at : at + many])))
        at, turn = at + many, turn + 1
    return written


class TestVariableRecords:
    """With a length before each, in blocks or not."""

    @pytest.mark.parametrize("fillings", [(1,), (2,), (3,), (10,), (20,), (61,), (1, 5, 2), (60, 1)])
    def test_in_blocks_are_seen_however_the_blocks_are_filled(self, fillings: tuple[int, ...]) -> None:
        """One record to a block, all in one, or anything between."""
        checked = layouts.check(io.BytesIO(blocked(RECORDS, *fillings)), LAYOUT)
        assert (checked.verdict, checked.form.framing, checked.records) == ("accepted", Framing.VB, 61)

    def test_without_blocks_are_seen(self) -> None:
        """Each for itself."""
        checked = layouts.check(io.BytesIO(b"".join(map(prefixed, RECORDS))), LAYOUT)
        assert (checked.verdict, checked.form.framing) == ("accepted", Framing.RDW)

    @pytest.mark.parametrize("first", [RECORDS[0][:200], RECORDS[0] + b"\x40" * 9])
    @pytest.mark.parametrize(("fillings", "framing"), [((), Framing.RDW), ((1,), Framing.VB), ((7,), Framing.VB)])
    def test_are_seen_though_the_first_is_too_short_or_too_long(
        self, first: bytes, fillings: tuple[int, ...], framing: Framing
    ) -> None:
        """The lengths before the records tell it; the one record is named."""
        records = [first, *RECORDS[1:]]
        written = blocked(records, *fillings) if fillings else b"".join(map(prefixed, records))
        checked = layouts.check(io.BytesIO(written), LAYOUT, partial=True)
        assert (checked.form.framing, checked.bad_records, checked.findings[0].code) == (framing, 1, "length")

    @pytest.mark.parametrize("fillings", [(1,), (4,), (61,)])
    def test_of_another_length_throughout_are_told_with_it(self, fillings: tuple[int, ...]) -> None:
        """As trailing blanks are cut off by some programs."""
        checked = layouts.check(io.BytesIO(blocked([each.rstrip(b"\x40") for each in RECORDS], *fillings)), LAYOUT)
        assert (checked.form.framing, checked.problems[0].code) == (Framing.VB, "record-length")


class TestUnknownBytes:
    """Which pass through unchanged, whatever they are."""

    @pytest.mark.parametrize("page", ["ascii", "cp037"])
    def test_that_look_like_line_ends_are_none(self, page: str) -> None:
        """In a file without line ends: 0x0A, or the 0x25 of EBCDIC, in every second record."""
        layout = layouts.load("fop-collection")
        records = []
        for number in range(40):
            record = bytearray(collected(number).encode(page))
            record[120 + number % 60] = 0x25 if page == "cp037" and number % 2 else 0x0A if number % 2 else 0x40
            records.append(bytes(record))
        checked = layouts.check(io.BytesIO(b"".join(records)), layout, partial=True)
        assert (checked.form.framing, checked.bad_records, checked.records) == (Framing.NONE, 0, 40), checked.findings

    @pytest.mark.parametrize(("name", "length"), [("fop-collection", 244), ("w4-new-hire", 800)])
    def test_are_not_where_lines_of_another_length_end(self, name: str, length: int) -> None:
        """One byte less than it must be, and a line end: it would fill the place of the missing byte."""
        layout = layouts.load(name)
        first = collected(1) if name == "fop-collection" else f"W4{123456789}BEN".ljust(801)
        checked = layouts.check(io.BytesIO((first[:length].encode() + b"\n") * 40), layout, partial=True)
        assert (checked.form.framing, checked.refused) == (Framing.LF, True)


def collected(number: int) -> str:
    """A collection of a synthetic person."""
    fields = {1: "NC", 3: "183", 6: f"1234{number + 1:05d}", 30: "TESTPERSON", 50: "BEN"}
    record = " " * 245
    for start, value in fields.items():
        record = record[: start - 1] + value + record[start - 1 + len(value) :]
    return record
