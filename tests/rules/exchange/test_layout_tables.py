"""A file becomes a table and the same bytes again; whatever comes, the reader has an answer."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.exchange.offset import LAYOUT, case, whole

from harborline.exchange import layouts
from harborline.exchange.layouts import Framing, Layout
from harborline.exchange.layouts.comparing import changes
from harborline.exchange.layouts.rows import Reading
from harborline.exchange.layouts.sheets import read_table, write_table
from harborline.exchange.layouts.writing import Asked, write_file
from harborline.kernel import Invalid


def again(written: bytes, directory: Path, layout: Layout, *, parquet: bool = False, partial: bool = True) -> bytes:
    """The bytes that came, by way of a table."""
    table = directory / ("t.parquet" if parquet else "t.csv")
    reading = Reading(io.BytesIO(written), layout, partial=partial)
    write_table(table, layout, reading.rows(), lambda: reading.form, parquet=parquet)
    write_file(directory / "again", layout, read_table(table, layout), Asked(partial=partial))
    return (directory / "again").read_bytes()


def blocked(records: list[bytes]) -> bytes:
    """The records in blocks, filled one after the other."""
    blocks = [b""]
    for record in records:
        prefixed = (len(record) + 4).to_bytes(2, "big") + b"\0\0" + record
        if len(blocks[-1]) + len(prefixed) > 32_756:
            blocks.append(b"")
        blocks[-1] += prefixed
    return b"".join((len(block) + 4).to_bytes(2, "big") + b"\0\0" + block for block in blocks)


ODD = [
    case(ssn="000123456"),
    case(ncp_last_name="MU\xd1OZ"),
    case(date_issued_pre_offset="00000000"),
    case(filler="\\x41 \\ \x00\xff"),
    case(process_year="12"),
]


class TestATable:
    """Of a file."""

    @pytest.mark.parametrize("parquet", [False, True])
    @pytest.mark.parametrize("ending", [b"\n", b"\r\n", b""])
    def test_gives_the_same_bytes_again(self, tmp_path: Path, ending: bytes, *, parquet: bool) -> None:
        """Good records and bad ones, unknown bytes, empty dates of both kinds."""
        written = whole([case(), *ODD], ending)
        assert again(written, tmp_path, LAYOUT, parquet=parquet, partial=False) == written

    def test_keeps_short_lines_and_a_missing_last_line_end(self, tmp_path: Path) -> None:
        """As they came."""
        written = case() + b"\nshort\n" + case() + b"\r\n" + case()
        assert again(written, tmp_path, LAYOUT) == written

    @pytest.mark.parametrize("parquet", [False, True])
    def test_in_blocks_gives_the_same_blocks_again(self, tmp_path: Path, *, parquet: bool) -> None:
        """Each filled with as many records as go into 32,760 bytes; bad and short ones come back as they were."""
        records = [*(case(case_id=f"IV{number:010d}") for number in range(300)), *ODD, b"short", case()]
        written = blocked(records)
        assert written.count((131 * 249 + 4).to_bytes(2, "big") + b"\0\0") == 2
        assert layouts.check(io.BytesIO(written), LAYOUT, partial=True).form.framing is Framing.VB
        assert again(written, tmp_path, LAYOUT, parquet=parquet) == written

    def test_made_by_hand_is_written_in_blocks(self, tmp_path: Path) -> None:
        """Read back with its control record before it is given."""
        good = {"submitting_state": "NC", "ssn": "123456789", "ncp_last_name": "T", "ncp_first_name": "B"}
        good |= {"arrearage_amount": "1", "transaction_type": "A", "case_type": "A"}
        checked = write_file(tmp_path / "out", LAYOUT, [good] * 140, Asked("cp037", Framing.VB))
        assert (checked.verdict, checked.records, checked.form.framing) == ("accepted", 141, Framing.VB)

    @pytest.mark.parametrize(("framing", "longest"), [("rdw", 65_531), ("vb", 32_752)])
    def test_with_a_record_too_long_for_its_prefix_gives_nothing(
        self, tmp_path: Path, framing: str, longest: int
    ) -> None:
        """The row and the option are named."""
        row = {"_kept": bytes(longest + 1).hex(), "_form": f"ascii {framing}"}
        with pytest.raises(Invalid, match=f"row 1, --framing: .*at most {longest}"):
            write_file(tmp_path / "out", LAYOUT, [row], Asked(partial=True))

    def test_made_by_hand_gets_its_control_record(self, tmp_path: Path) -> None:
        """Counts and amounts of what was written, not of what was planned."""
        names = ["submitting_state", "ssn", "ncp_last_name", "ncp_first_name", "arrearage_amount"]
        names += ["transaction_type", "case_type"]
        table = tmp_path / "cases.csv"
        with table.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out).writerows([names, ["NC", "123456789", "TEST", "BEN", "750", "A", "N"]])
        checked = write_file(tmp_path / "out", LAYOUT, read_table(table, LAYOUT), Asked("ascii"))
        assert checked.verdict == "accepted"
        control = b"NCCTL" + b"0" * 9 + b"000000001" + b"0" * 11 + b"00000000750"
        assert (tmp_path / "out").read_bytes()[245:].rstrip() == control

    @pytest.mark.parametrize(
        ("cells", "words"),
        [
            ({"ssn": "000123456"}, "ssn"),
            ({"ncp_last_name": "A NAME LONGER THAN TWENTY LETTERS"}, "the field takes 20"),
            ({"ncp_last_name": "ŁUKASZ"}, "plain letters"),
            ({"arrearage_amount": "-5"}, "below zero"),
            ({"arrearage_amount": "1234567890"}, "digits"),
            ({"arrearage_amount": "1.5"}, "decimals"),
        ],
    )
    def test_with_a_cell_that_cannot_be_written_gives_nothing(
        self, tmp_path: Path, cells: dict[str, str], words: str
    ) -> None:
        """The row and the field are named, no file appears."""
        good = {"submitting_state": "NC", "ssn": "123456789", "ncp_last_name": "T", "ncp_first_name": "B"}
        good |= {"arrearage_amount": "1", "transaction_type": "A", "case_type": "A"}
        with pytest.raises(Invalid, match=words):
            write_file(tmp_path / "out", LAYOUT, [{**good, **cells}], Asked())
        assert list(tmp_path.iterdir()) == []

    def test_does_not_lose_a_change_to_a_kept_record(self, tmp_path: Path) -> None:
        """A row that carries its bytes and was edited is refused, not silently written as it came."""
        reading = Reading(io.BytesIO(case(ssn="000123456") + b"\n"), LAYOUT, partial=True)
        [row] = list(reading.rows())
        cells = {**row.cells, "_type": row.type, "_kept": row.kept.hex(), "_form": reading.form, "city": "DURHAM"}
        with pytest.raises(Invalid, match="was changed"):
            write_file(tmp_path / "out", LAYOUT, [cells], Asked(partial=True))


SECTIONS = layouts.load("csenet-transaction")


class TestATransactionBetweenStates:
    """Whose header counts its blocks."""

    def test_is_as_long_as_its_counters_say(self) -> None:
        """Header, case, locate block and two participants are 2,575 bytes; 28 fewer are a bad record."""
        header = bytearray(b" " * 121)
        header[0:14] = b"3718300" + b"2705300"
        header[14:29] = b"003" + b"000000000001"
        header[33:45] = b"MENF" + b"20260315"  # a reminder, of which no need is known
        header[89:96] = b"1012000"
        good = bytes(header) + b" " * (351 + 1421 + 682)
        assert len(good) == 2575
        assert layouts.check(io.BytesIO(good + b"\n"), SECTIONS).verdict == "accepted"
        checked = layouts.check(io.BytesIO(good + b"\n" + good[:-28] + b"\n"), SECTIONS)
        assert [(each.record, each.code) for each in checked.findings] == [(2, "length")]

    @pytest.mark.parametrize("ending", [b"\n", b"\r\n", b""])
    @pytest.mark.parametrize(
        ("counters", "size", "promised"),
        [
            (b"1000000", 472, "case_data_ind=1"),
            (b"0009000", 3190, "participant_data_ind=9"),
            (b"1009000", 3541, "case_data_ind=1, participant_data_ind=9"),
        ],
    )
    def test_without_the_sections_it_promises_is_told_which(
        self, counters: bytes, size: int, promised: str, ending: bytes
    ) -> None:
        """Its own length, the one its counters ask for, and their names; not that no record is so long."""
        header = bytearray(b" " * 121)
        header[0:14] = b"3718300" + b"2705300"
        header[14:29] = b"003" + b"000000000001"
        header[33:45] = b"MENF" + b"20260315"
        header[89:96] = counters
        checked = layouts.check(io.BytesIO(bytes(header) + ending), SECTIONS)
        said = f"{size} wanted for the sections promised by {promised}"
        [problem] = checked.problems
        assert said in problem.sentence
        assert "no record is 121" not in problem.sentence
        if ending:
            assert [each.masked for each in checked.findings] == [f"121 bytes, {said}"]
            assert f"record 1 has 121 bytes, {said}" in problem.sentence

    def test_too_short_to_tell_its_shape_is_told_with_its_length_only(self) -> None:
        """What stands in the next line promises nothing."""
        checked = layouts.check(io.BytesIO(b"3718300 \n" + b"1" * 300 + b"\n"), SECTIONS)
        assert checked.findings[0].masked == "8 bytes"


class TestAnyBytes:
    """Whatever a partner sends."""

    @pytest.mark.parametrize("layout", layouts.every(), ids=lambda layout: layout.label)
    @given(written=st.binary(max_size=3_000))
    @settings(max_examples=25, deadline=None)
    def test_get_a_verdict(self, layout: Layout, written: bytes) -> None:
        """Never an error."""
        checked = layouts.check(io.BytesIO(written), layout)
        assert checked.refused or checked.records

    @given(
        places=st.lists(st.tuples(st.integers(0, 5 * 246), st.binary(max_size=4)), max_size=6),
        cut=st.integers(0, 5 * 246),
    )
    @settings(max_examples=80, deadline=None)
    def test_near_a_good_file_come_back_the_same(
        self, tmp_path_factory: pytest.TempPathFactory, places: list[tuple[int, bytes]], cut: int
    ) -> None:
        """A file with bytes put in, taken out and cut off is refused or gives its own bytes again."""
        written = bytearray(b"".join(case() + b"\n" for _ in range(5)))
        for place, put in places:
            written[place : place + 2] = put
        came = bytes(written[: len(written) - cut])
        if layouts.check(io.BytesIO(came), LAYOUT, partial=True).refused:
            return
        assert again(came, tmp_path_factory.mktemp("again"), LAYOUT) == came


class TestTwoVersions:
    """Of one layout."""

    def test_are_compared_field_by_field(self, tmp_path: Path) -> None:
        """What was resized, moved and retyped."""
        shipped = Path(layouts.__file__).parent / "shipped" / "fidm-inquiry.1.toml"
        later = shipped.read_text(encoding="utf-8").replace("version = 1", "version = 2")
        later = later.replace("start = 11, end = 30", "start = 11, end = 29").replace("start = 31,", "start = 30,")
        (tmp_path / "later.toml").write_text(later, encoding="utf-8")
        found = changes(layouts.named("fidm-inquiry@1"), layouts.named(str(tmp_path / "later.toml")))
        assert [(one.what, one.field) for one in found] == [("resized", "last_name"), ("resized", "first_name")]
