"""A file of fixed-width records is judged record by record and as a whole."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.exchange.offset import LAYOUT, PLACES, case, control, whole

from harborline.exchange import layouts
from harborline.exchange.layouts import Checked, Framing
from harborline.exchange.layouts.plans import Plan
from harborline.exchange.layouts.shapes import shape_of
from harborline.exchange.layouts.words import Block


def check(written: bytes, *, page: str = "", framing: Framing | None = None, partial: bool = False) -> Checked:
    """The verdict on the bytes."""
    return layouts.check(io.BytesIO(written), LAYOUT, page=page, framing=framing, partial=partial)


def found(checked: Checked) -> list[tuple[int, str, str]]:
    """Record, field and code of every finding."""
    return [(each.record, each.field, each.code) for each in checked.findings]


CASES = [case(ssn=f"1234{number:05d}", case_type="AN"[number % 2]) for number in range(1, 41)]


class TestAFile:
    """The whole of it."""

    @pytest.mark.parametrize("ending", [b"", b"\n", b"\r\n"])
    def test_is_accepted_in_any_framing(self, ending: bytes) -> None:
        """Without line ends, with those of either kind, and its totals are told."""
        checked = check(whole(CASES, ending))
        assert checked.verdict == "accepted"
        assert checked.totals["tanf_amount"] == 20 * 500
        assert checked.by_type == {"case": 40, "control": 1}

    @pytest.mark.parametrize("page", ["cp037", "cp500", "cp1140"])
    def test_of_a_mainframe_gets_the_same_verdict(self, page: str) -> None:
        """Its twin in EBCDIC has the same findings at the same bytes."""
        cases = [*CASES, case(ssn="000123456"), case(ncp_last_name="SM1TH")]
        plain, twin = whole(cases, b""), whole(cases, b"").decode("ascii").encode(page)
        assert found(check(twin)) == found(check(plain)) == [(41, "ssn", "ssn"), (42, "ncp_last_name", "name")]

    def test_with_record_prefixes_is_read(self) -> None:
        """The length before each record counts its own four bytes."""
        written = b"".join((249).to_bytes(2, "big") + b"\0\0" + each for each in [*CASES, control(CASES)])
        checked = check(written)
        assert (checked.verdict, checked.form.framing) == ("accepted", Framing.RDW)

    @pytest.mark.parametrize("wrong", ["tanf_count", "nontanf_count", "tanf_amount", "nontanf_amount"])
    def test_with_a_wrong_total_is_refused_whole(self, wrong: str) -> None:
        """One case or one dollar less than told, and nothing of it is taken."""
        written = b"\n".join([*CASES, control(CASES, **{wrong: 3})]) + b"\n"
        checked = check(written)
        assert checked.refused
        assert {problem.code for problem in checked.problems} <= {"count", "total"}

    def test_without_its_control_record_is_refused(self) -> None:
        """It may have been cut short between two records."""
        assert [problem.code for problem in check(b"\n".join(CASES) + b"\n").problems] == ["missing"]
        assert check(b"\n".join(CASES) + b"\n", partial=True).verdict == "accepted"

    @pytest.mark.parametrize("cut", [1, 100, 245, 246, 300])
    @pytest.mark.parametrize("ending", [b"", b"\n"])
    def test_cut_short_anywhere_is_refused(self, cut: int, ending: bytes) -> None:
        """Inside a record or between two; a lone missing last line end is no cut."""
        checked = check(whole(CASES, ending)[:-cut])
        assert checked.refused or (ending and cut == 1)

    def test_that_is_empty_is_refused(self) -> None:
        """Nothing came."""
        [problem] = check(b"").problems
        assert (problem.code, "the file is empty" in problem.sentence) == ("empty", True)

    def test_in_another_code_page_than_agreed_is_refused(self) -> None:
        """With the way to read it."""
        checked = check(whole(CASES, b"").decode("ascii").encode("cp037"), page="ascii", framing=Framing.NONE)
        assert "code-page" in {problem.code for problem in checked.problems}

    def test_of_another_record_length_is_refused(self) -> None:
        """No record is as long as the layout says."""
        [problem] = check(b"".join(b"x" * 80 + b"\n" for _ in range(9))).problems
        assert "(245 bytes): record 1 has 80 bytes, 245 wanted" in problem.sentence

    def test_with_a_second_control_record_is_refused(self) -> None:
        """Two files were joined."""
        assert "twice" in {problem.code for problem in check(whole(CASES) + whole(CASES)).problems}

    @given(cut=st.integers(0, 41 * 246))
    @settings(max_examples=60, deadline=None)
    def test_gets_one_verdict_however_its_bytes_arrive(self, cut: int) -> None:
        """A reader that stops anywhere changes nothing."""

        class Halting(io.RawIOBase):
            def __init__(self) -> None:
                self.parts = [written[:cut], written[cut:]]

            def read(self, size: int = -1, /) -> bytes:
                while self.parts and not self.parts[0]:
                    self.parts.pop(0)
                if not self.parts:
                    return b""
                came, self.parts[0] = self.parts[0][:size], self.parts[0][size:]
                return came

            readinto = None  # type: ignore[assignment]  # this source can only be read

        written = whole([*CASES[:-1], case(ssn="666123456")])
        assert layouts.check(Halting(), LAYOUT) == check(written)

    def test_is_digested_as_it_came(self) -> None:
        """Before any translation."""
        written = whole(CASES, b"").decode("ascii").encode("cp037")
        digest = hashlib.sha256()
        assert layouts.check(io.BytesIO(written), LAYOUT, digest=digest).sha256 == hashlib.sha256(written).hexdigest()


class TestOneRecord:
    """What is found in it."""

    @pytest.mark.parametrize(
        ("changed", "field", "code"),
        [
            ({"ssn": "000123456"}, "ssn", "ssn"),
            ({"ssn": "666123456"}, "ssn", "ssn"),
            ({"ssn": "912345678"}, "ssn", "ssn"),
            ({"ssn": "123006789"}, "ssn", "ssn"),
            ({"ssn": "123450000"}, "ssn", "ssn"),
            ({"ssn": ""}, "ssn", "required"),
            ({"submitting_state": "ZZ"}, "submitting_state", "value"),
            ({"case_type": "B"}, "case_type", "value"),
            ({"transaction_type": "E"}, "transaction_type", "value"),
            ({"ncp_last_name": ""}, "ncp_last_name", "required"),
            ({"ncp_last_name": " SMITH"}, "ncp_last_name", "justified"),
            ({"ncp_last_name": "smith"}, "ncp_last_name", "lower-case"),
            ({"ncp_last_name": "MU\xd1OZ"}, "ncp_last_name", "character"),
            ({"ncp_last_name": "SM\0TH"}, "ncp_last_name", "character"),
            ({"ncp_first_name": "B3N"}, "ncp_first_name", "name"),
            ({"arrearage_amount": "     500"}, "arrearage_amount", "digits"),
            ({"date_issued_pre_offset": "20260230"}, "date_issued_pre_offset", "date"),
            ({"date_issued_pre_offset": "2026 301"}, "date_issued_pre_offset", "date"),
            ({"exclusion_indicators": "ADM,XXX"}, "exclusion_indicators", "codes"),
            ({"exclusion_indicators": "ADM PAS"}, "exclusion_indicators", "codes"),
            ({"zip": "2760"}, "zip", "zip"),
            ({"transaction_type": "L", "local_code": ""}, "local_code", "required"),
            ({"transaction_type": "T"}, "transfer_state", "required"),
            ({"transaction_type": "S"}, "process_year", "required"),
            ({"submitting_state": "MN"}, "submitting_state", "differs"),
        ],
    )
    def test_is_named_with_its_field_and_reason(self, changed: dict[str, str], field: str, code: str) -> None:
        """One thing wrong, one finding, at its byte, and the value is not told."""
        checked = check(b"\n".join([*CASES, case(**changed)]) + b"\n", partial=True)
        assert found(checked) == [(41, field, code)]
        start, _ = PLACES[field]
        assert checked.findings[0].byte == 40 * 246 + start
        assert (changed.get(field) or "?") not in checked.findings[0].masked or code == "justified"

    @pytest.mark.parametrize(
        "changed",
        [
            {"date_issued_pre_offset": "00000000"},
            {"date_issued_pre_offset": "20240229"},
            {"exclusion_indicators": "ADM,RET,SAL,VEN,TAX,PAS,FIN,INS,DCK"},
            {"zip": "27601"},
            {"zip": "276011234"},
            {"ncp_last_name": "O'BRIEN-SMITH"},
            {"transaction_type": "T", "transfer_state": "MN"},
            {"filler": "\x00\xff\x01 anything"},
        ],
    )
    def test_is_left_alone_when_all_is_well(self, changed: dict[str, str]) -> None:
        """Empty dates of either kind, every code, marks in names, bytes nobody knows."""
        assert check(case(**changed) + b"\n", partial=True).verdict == "accepted"

    def test_of_another_length_does_not_harm_the_next(self) -> None:
        """A short line, a long one, an empty one and a foreign line end are four bad records."""
        lines = [CASES[0], b"short", CASES[1] + b"x", b"", CASES[2] + b"\r", CASES[3]]
        checked = check(b"\n".join(lines) + b"\n", partial=True)
        codes = [(2, "length"), (3, "length"), (4, "length"), (5, "line-end")]
        assert [(number, code) for number, _, code in found(checked)] == codes
        assert (checked.records, checked.bad_records) == (6, 4)

    @pytest.mark.parametrize("size", [0, 200, 243, 244, 246])
    @pytest.mark.parametrize(("framing", "ending"), [(Framing.LF, b"\n"), (Framing.CRLF, b"\r\n")])
    def test_of_another_length_is_told_with_its_own_and_the_wanted_one(
        self, size: int, framing: Framing, ending: bytes
    ) -> None:
        """Blanks at its end count, the line end does not, and never fills up the last record."""
        checked = check(CASES[0] + ending + CASES[1].ljust(300)[:size] + ending, partial=True, framing=framing)
        assert [(each.code, each.masked) for each in checked.findings] == [("length", f"{size} bytes, 245 wanted")]

    def test_with_a_prefix_of_another_length_is_told_the_same(self) -> None:
        """What its prefix says, and what was wanted."""
        written = b"".join((len(each) + 4).to_bytes(2, "big") + b"\0\0" + each for each in (CASES[0], CASES[1][:200]))
        checked = check(written, partial=True, framing=Framing.RDW)
        assert [each.masked for each in checked.findings] == ["200 bytes, 245 wanted"]

    def test_is_judged_the_same_byte_for_byte_by_a_plain_reading(self) -> None:
        """Every byte value at every place of a good record: ranges agree with looking at each byte."""
        shape = shape_of(LAYOUT.records[0])
        plan = Plan(shape, 0)
        good = case(zip="276011234")
        for place in range(245):
            block = bytearray(good * 256)
            block[place::245] = bytes(range(256))
            text = np.frombuffer(bytes(block), np.uint8).reshape(256, 245)
            keys = set(plan.marks(Block(text, text)).keys.tolist())
            for value in range(256):
                here = {key % len(shape.fields) for key in keys if key // len(shape.fields) == value}
                alone = text[value : value + 1].copy()
                one = {key % len(shape.fields) for key in plan.marks(Block(alone, alone)).keys.tolist()}
                assert here == one


CODES = ("ADM", "RET", "SAL", "VEN", "TAX", "PAS", "FIN", "INS", "DCK")


class TestCodes:
    """Three letters between commas."""

    @given(lists=st.lists(st.lists(st.sampled_from([*CODES, "XXX", "AD", ""]), max_size=9), min_size=1, max_size=40))
    def test_are_judged_as_a_plain_reading_would(self, lists: list[list[str]]) -> None:
        """Many records at once, most of them empty, give what each gives alone."""
        written = [",".join(codes) for codes in lists]
        records = [case(exclusion_indicators=one) for one in [*written, *[""] * len(written)]]
        checked = check(b"".join(record + b"\n" for record in records), partial=True, framing=Framing.LF)
        wrong = {finding.record - 1 for finding in checked.findings if finding.field == "exclusion_indicators"}
        sound = {
            number
            for number, one in enumerate(written)
            if not one or set(one.removesuffix(",").split(",")) <= set(CODES)  # a comma may stand after the last one
        }
        assert wrong == set(range(len(written))) - sound


class TestTheMemory:
    """Of a check."""

    def test_keeps_ten_thousand_findings_and_counts_all(self) -> None:
        """A file of bad records is counted, not listed without end."""
        bad = case(ssn="000123456") + b"\n"
        checked = check(bad * 12_000, partial=True)
        assert (len(checked.findings), checked.found, checked.bad_records) == (10_000, 12_000, 12_000)


class TestShippedLayouts:
    """Every one of them."""

    def test_are_sound_and_say_how_sure_they_are(self) -> None:
        """Each field has its evidence, each layout its source."""
        assert len(layouts.every()) >= 12
        assert all(layout.source and layout.sha256 for layout in layouts.every())

    def test_refuse_gaps_and_overlaps(self, tmp_path: Path) -> None:
        """A file that leaves bytes to nobody or to two fields is no layout."""
        shipped = Path(layouts.__file__).parent / "shipped" / "fidm-inquiry.1.toml"
        written = shipped.read_text(encoding="utf-8")
        for old, new, words in (("start = 11,", "start = 12,", "leaves"), ("start = 11,", "start = 10,", "inside")):
            (tmp_path / "fidm-inquiry.1.toml").write_text(written.replace(old, new), encoding="utf-8")
            with pytest.raises(Exception, match=words):
                layouts.named(str(tmp_path / "fidm-inquiry.1.toml"))
