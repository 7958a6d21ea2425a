"""Headers, batches and trailers fit together, and a count that is not told stops the file."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from harborline.exchange import layouts
from harborline.exchange.layouts.writing import Asked, written
from harborline.kernel import Invalid

EIWO = layouts.load("eiwo")
ORDER = next(record for record in EIWO.records if record.name == "order")


def opening(code: str, control: str) -> str:
    """A header of a file or a batch."""
    return f"{code}{control:22}".ljust(80)


def closing(code: str, control: str, batches: str, records: str) -> str:
    """A trailer of a file or a batch."""
    return f"{code}{control:22}{batches:5}{records:5}".ljust(63)


def orders(count: int) -> list[str]:
    """So many orders that say nothing but what they are."""
    return ["DTL".ljust(ORDER.length)] * count


def file(**changed: str) -> list[str]:
    """Two batches of three orders; what is changed stands in the place of the record so called."""
    told = {
        "header": opening("FHI", "F1"),
        "first": opening("BHI", "B1"),
        "first_end": closing("BTI", "B1", "", "00003"),
        "second": opening("BHI", "B2"),
        "second_end": closing("BTI", "B2", "", "00003"),
        "trailer": closing("FTI", "F1", "00002", "00006"),
    } | changed
    batches = [told["first"], *orders(3), told["first_end"], told["second"], *orders(3), told["second_end"]]
    return [told["header"], *batches, told["trailer"]]


def verdict(records: list[str]) -> tuple[str, set[str]]:
    """Of the file they make, and why."""
    checked = layouts.check(io.BytesIO("".join(each + "\n" for each in records).encode()), EIWO)
    return checked.verdict, {problem.code for problem in checked.problems}


class TestAFileOfBatches:
    """Read twice in effect: nothing of it is posted unless all of it fits."""

    def test_that_fits_together_is_accepted(self) -> None:
        """Each trailer is that of its header, all counts are told."""
        assert verdict(file()) == ("accepted", set())

    @pytest.mark.parametrize(
        "changed",
        [
            {"trailer": closing("FTI", "F1", "", "")},
            {"trailer": closing("FTI", "F1", "00002", "")},
            {"trailer": closing("FTI", "F1", "", "00006")},
            {"first_end": closing("BTI", "B1", "", "")},
        ],
    )
    def test_with_a_blank_count_is_refused(self, changed: dict[str, str]) -> None:
        """Nothing would show that an order is missing."""
        assert verdict(file(**changed)) == ("refused", {"unreadable-total"})

    @pytest.mark.parametrize(
        "changed",
        [
            {"trailer": closing("FTA", "F1", "00002", "00006")},
            {"trailer": closing("FTI", "F2", "00002", "00006")},
            {"second": opening("BHA", "B2")},
            {"second_end": closing("BTK", "B2", "", "00003")},
            {"second_end": closing("BTI", "B1", "", "00003")},
        ],
    )
    def test_whose_trailer_is_not_that_of_its_header_is_refused(self, changed: dict[str, str]) -> None:
        """Another kind of file or batch, or another number: parts of two files."""
        assert verdict(file(**changed)) == ("refused", {"pair"})

    def test_is_told_what_its_made_trailer_says(self) -> None:
        """A field by its record, where header and trailer differ; the counts are ours."""
        rows = [{"_type": "order"}]
        given = {"file_header.document_code": "FHI", "file_trailer.document_code": "FTI", "control_number": "F1"}
        # An order outside a batch makes no file; what is made around it is looked at in a piece.
        with pytest.raises(Invalid, match="outside any batch"):
            written(EIWO, rows, Asked(given=given))


class TestACountOfOnesOwnLayout:
    """Whose field may be blank."""

    OWN = """
name = "own"
version = 1
title = "Orders"
valid_from = 2026-01-01
source = "a test"
code_pages = ["ascii"]
framings = ["lf"]

[[record]]
name = "order"
role = "detail"
when = { start = 1, end = 1, is = ["D"] }
fields = [
  { name = "record_type", start = 1, end = 1, kind = "const", values = ["D"], evidence = "verified" },
  { name = "case_id", start = 2, end = 10, kind = "upper", required = true, evidence = "verified" },
]

[[record]]
name = "trailer"
role = "trailer"
when = { start = 1, end = 1, is = ["T"] }
fields = [
  { name = "record_type", start = 1, end = 1, kind = "const", values = ["T"], evidence = "verified" },
  { name = "orders", start = 2, end = 5, kind = "number", evidence = "verified" },
  { name = "sender", start = 6, end = 10, kind = "upper", evidence = "verified" },
]

[[total]]
name = "orders"
told = ["trailer.orders"]
count = "order"
"""

    @pytest.fixture
    def own(self, tmp_path: Path) -> layouts.Layout:
        """A layout of a county."""
        path = tmp_path / "own.1.toml"
        path.write_text(self.OWN)
        return layouts.named(str(path))

    def test_switches_no_check_off(self, own: layouts.Layout) -> None:
        """A blank count is a reason to refuse, not to believe."""
        checked = layouts.check(io.BytesIO(b"DCASE00001\nT         \n"), own)
        assert [problem.code for problem in checked.problems] == ["blank-total"]
        assert layouts.check(io.BytesIO(b"DCASE00001\nT0001     \n"), own).verdict == "accepted"

    @pytest.mark.parametrize("name", ["sendr", "case_id", "order.case_id", "trailer.case_id"])
    def test_in_a_made_trailer_takes_no_value_for_another_field(self, own: layouts.Layout, name: str) -> None:
        """A misspelt name would be a blank in the file; so would one of a detail."""
        with pytest.raises(Invalid, match=rf"'{name}'; those made have trailer\.record_type, trailer\.orders"):
            written(own, [{"case_id": "CASE00001"}], Asked(given={name: "X"}))

    def test_in_a_made_trailer_takes_a_value_of_its_own(self, own: layouts.Layout) -> None:
        """By the field, or by record and field; nothing where the table has the trailer itself."""
        rows = [{"case_id": "CASE00001"}]
        for name in ("sender", "trailer.sender"):
            assert written(own, rows, Asked(given={name: "WAKE"})) == b"DCASE00001\nT0001WAKE \n"
        rows.append({"_type": "trailer", "orders": "1"})
        with pytest.raises(Invalid, match="has every header, trailer and control record itself"):
            written(own, rows, Asked(given={"sender": "WAKE"}))

    @pytest.mark.parametrize(
        ("pair", "said"),
        [
            ('of = ["trailer", "order"]', "two or more headers, trailers"),
            ('of = ["trailer"]', "two or more headers, trailers"),
            ('of = ["trailer", "none"]', "there is no record 'none'"),
        ],
    )
    def test_is_no_pair_of_any_records(self, tmp_path: Path, pair: str, said: str) -> None:
        """Pairs are records of the frame."""
        path = tmp_path / "own.1.toml"
        path.write_text(f"{self.OWN}\n[[pair]]\n{pair}\nstart = 1\nend = 2\n")
        with pytest.raises(Invalid, match=said):
            layouts.named(str(path))
