"""Reading a caseload: every row is usable or named, a file that cannot be used is refused whole."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Invalid
from harborline.messaging.notices.caseload import COLUMNS, BadRow, CaseloadReader, Known, Row

HEADER = ",".join(COLUMNS)
GOOD = "P-1,C-1,37183,custodial-party,Ana Example,en,919-555-0123,27601,2026-12-01,09:30,wake-1"


def number(raw: str) -> str:
    """Stands for the number parser: ten digits or nothing."""
    digits = "".join(sign for sign in raw if sign.isdigit())
    if len(digits) != 10:
        raise Invalid("is not a telephone number of ten digits", "bad-number")
    return f"+1{digits}"


KNOWN = Known(
    frozenset({"37183"}), frozenset({"custodial-party", "dependent"}), frozenset({"wake-1"}), number, "America/New_York"
)


def read(text: str | bytes) -> list[Row | BadRow]:
    """Read a file from its text."""
    raw = text.encode() if isinstance(text, str) else text
    return list(CaseloadReader(KNOWN).read(io.BytesIO(raw), "caseload.csv"))


def changed(column: str, value: str) -> str:
    """The good row with one value changed."""
    fields = GOOD.split(",")
    fields[COLUMNS.index(column)] = value
    return f"{HEADER}\n{','.join(fields)}\n"


class TestAGoodRow:
    """A row with everything in its place."""

    def test_is_read(self) -> None:
        """All values arrive, trimmed and parsed."""
        (row,) = read(f"{HEADER}\n{GOOD}\n")
        assert isinstance(row, Row)
        assert (row.row_no, row.number, row.appointment) == (2, "+19195550123", datetime(2026, 12, 1, 9, 30))  # noqa: DTZ001 - local to the office

    def test_may_have_its_columns_in_any_order(self) -> None:
        """The header says where each column is."""
        names, values = HEADER.split(","), GOOD.split(",")
        text = ",".join(reversed(names)) + "\n" + ",".join(reversed(values)) + "\n"
        assert read(text) == read(f"{HEADER}\n{GOOD}\n")

    @pytest.mark.parametrize("frame", ["{0}\r\n{1}\r\n", "\ufeff{0}\n{1}", "{0}\n\n{1}\n\n"])
    def test_may_come_from_any_spreadsheet(self, frame: str) -> None:
        """Windows line ends, a byte order mark, empty lines."""
        (row,) = read(frame.format(HEADER, GOOD))
        assert isinstance(row, Row)

    def test_without_a_phone_is_usable(self) -> None:
        """A person without a number belongs on the list of people not reached, not among the bad rows."""
        (row,) = read(changed("phone", ""))
        assert isinstance(row, Row)
        assert not row.number


class TestABadRow:
    """A row that cannot be used."""

    @pytest.mark.parametrize(
        ("column", "value", "code"),
        [
            ("participant_id", "", "bad-reference"),
            ("case_id", "C 1", "bad-reference"),
            ("county_fips", "27053", "unknown-county"),
            ("role", "judge", "unknown-role"),
            ("name", "", "bad-name"),
            ("name", "An\x07a", "bad-name"),
            ("language", "English", "bad-language"),
            ("phone", "919-555-012", "bad-number"),
            ("zip", "2760", "bad-zip"),
            ("appointment_date", "2026-02-30", "no-such-date"),
            ("appointment_date", "12/01/2026", "no-such-date"),
            ("appointment_date", "20261201", "no-such-date"),
            ("appointment_time", "24:00", "no-such-time"),
            ("appointment_time", "9:30", "no-such-time"),
            ("office", "nowhere", "unknown-office"),
        ],
    )
    def test_is_named_with_its_row_and_column(self, column: str, value: str, code: str) -> None:
        """The operator finds the cell."""
        (bad,) = read(changed(column, value))
        assert isinstance(bad, BadRow)
        assert (bad.row_no, bad.column, bad.code) == (2, column, code)

    def test_at_a_time_that_the_clocks_skip_is_named(self) -> None:
        """Half past two does not come on the night the clocks go forward; an hour later does."""
        skipped = GOOD.split(",")
        for column, value in (("appointment_date", "2027-03-14"), ("appointment_time", "02:30")):
            skipped[HEADER.split(",").index(column)] = value
        (bad,) = read(f"{HEADER}\n{','.join(skipped)}\n")
        assert isinstance(bad, BadRow)
        assert (bad.column, bad.code) == ("appointment_time", "no-such-time")
        assert "skip" in bad.problem
        skipped[HEADER.split(",").index("appointment_time")] = "03:30"
        assert isinstance(read(f"{HEADER}\n{','.join(skipped)}\n")[0], Row)

    def test_never_shows_its_value(self) -> None:
        """A bad phone number does not end up in a log."""
        (bad,) = read(changed("phone", "919-555-012"))
        assert "919" not in str(bad)

    def test_does_not_stop_the_others(self) -> None:
        """One short row among good ones."""
        rows = read(f"{HEADER}\n{GOOD}\nP-2,C-2\n{GOOD}\n")
        assert [type(row).__name__ for row in rows] == ["Row", "BadRow", "Row"]


class TestAFileThatCannotBeUsed:
    """A file refused as a whole."""

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "is empty"),
            (b"participant_id,case_id\n", "missing columns"),
            ((HEADER + ",ssn\n").encode(), "columns nobody asked for: ssn"),
            ((HEADER + ",zip\n").encode(), "stand twice: zip"),
            (HEADER.replace(",", ";").encode(), "missing columns"),
            (b"PK\x03\x04 a spreadsheet", "Excel"),
            ("\ufeff".encode("utf-16-le") + HEADER.encode("utf-16-le"), "UTF-16"),
            (f"{HEADER}\n{GOOD}\n".encode() + b"P-2,C-2,37183,dependent,Jos\xe9,es\n", "not UTF-8"),
            (f'{HEADER}\n"P-1,C-1\n'.encode(), "quotes"),
        ],
    )
    def test_says_what_is_wrong_and_what_to_do(self, content: bytes, words: str) -> None:
        """One clear sentence that names the file."""
        with pytest.raises(Invalid, match=r"caseload\.csv") as wrong:
            read(content)
        assert words in str(wrong.value)

    @given(st.binary(max_size=200))
    def test_never_ends_in_anything_but_a_clear_error(self, noise: bytes) -> None:
        """Whatever the bytes, rows or one clear refusal."""
        try:
            rows = read(HEADER.encode() + b"\n" + noise)
        except Invalid:
            return
        assert all(isinstance(row, Row | BadRow) for row in rows)
