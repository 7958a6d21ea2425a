"""What a record must hold by its codes: judged record by record, and a warning where nothing confirms it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.rules.exchange.csenet import COUNTED, FAR, LAYOUT, TYPE, combination, sound, sure

from harborline.exchange import layouts
from harborline.exchange.layouts import Checked
from harborline.exchange.layouts.comparing import changes
from harborline.exchange.layouts.facts import Combination, Kind
from harborline.exchange.layouts.needing import Asking
from harborline.exchange.layouts.plans import Plan
from harborline.exchange.layouts.rows import Reading
from harborline.exchange.layouts.rulebook import NOTHING_IS_ZERO
from harborline.exchange.layouts.shapes import Shape, named_in, shape_of, times_of
from harborline.exchange.layouts.sheets import read_table, write_table
from harborline.exchange.layouts.words import Block
from harborline.exchange.layouts.writing import Asked, write_file
from harborline.kernel import Invalid


def check(*records: bytes) -> Checked:
    """The verdict on a file of these transactions."""
    return layouts.check(io.BytesIO(b"".join(each + b"\n" for each in records)), LAYOUT)


def found(checked: Checked) -> list[str]:
    """Field, code and whether it is a warning, of every finding."""
    return [str(each) for each in checked.findings]


def ids(one: Combination) -> str:
    """The codes, as a test is called."""
    return "-".join(value or "blank" for value in one.values)


@pytest.mark.clause("OFFSET-8.3:csenet-guidance", shows="keeps")
class TestATransaction:
    """By its function, action and reason."""

    @pytest.mark.parametrize("one", FAR.combinations, ids=ids)
    def test_that_has_what_its_codes_ask_for_is_accepted(self, one: Combination) -> None:
        """All 186 of them can be met, without a warning."""
        checked = check(sound(*one.values))
        assert (checked.verdict, checked.warned, checked.findings) == ("accepted", 0, ())

    def test_of_unknown_codes_is_named(self) -> None:
        """Each code is known, the three together are not; the reason is shown masked."""
        [finding] = check(sound("COL", "P", "CITAX", action_reason="ERALL")).findings
        assert (finding.record, finding.field, finding.code) == (1, "action_reason", "combination")
        assert (finding.byte, finding.masked, finding.warning) == (76, "AAAAA", False)

    def test_among_others_is_named_by_its_own_record(self) -> None:
        """Two unknown combinations, a missing field and a sound one, in one block."""
        records = [sound("ENF", "M", "GRPOU", action_reason=reason) for reason in ("XXXXX", "GRPOU", "YYYYY")]
        records += [sound("ENF", "P", "SICPS", action_resolution_date=""), sound("ENF", "P", "SICPS")]
        assert [(each.record, str(each)) for each in check(*records).findings] == [
            (1, "action_reason:combination"),
            (3, "action_reason:combination"),
            (4, "action_resolution_date:required"),
        ]

    def test_of_a_wrong_code_is_named_once(self) -> None:
        """Not a second time as an unknown combination."""
        written = bytearray(sound("COL", "P", "CITAX"))
        written[33:34] = b"X"
        assert found(check(bytes(written))) == ["action_code:value"]

    def test_without_a_section_it_needs_is_named_by_its_counter(self) -> None:
        """A collection told without the collection."""
        [finding] = check(sound("COL", "P", "CITAX"), sound("COL", "P", "CITAX", collection="0")).findings
        assert (finding.record, str(finding), finding.masked) == (2, "collection_data_ind:missing-section", "9")

    def test_with_too_few_sections_is_named(self) -> None:
        """A request is about two participants at least."""
        assert found(check(sound("PAT", "R", "", participant="1"))) == ["participant_data_ind:missing-section"]

    def test_with_a_section_it_must_not_have_is_named(self) -> None:
        """A submission for offset carries no collection."""
        assert found(check(sound("COL", "P", "CISUB", collection="1"))) == ["collection_data_ind:unwanted-section"]

    def test_without_a_field_it_needs_is_named(self) -> None:
        """In the header and in a section; zeros fill no number."""
        blank = sound("COL", "P", "CITAX", case_id="", ncp_id__ssn="", case__contact_phone_num="0" * 10)
        assert found(check(blank)) == ["case_id:required", "case.contact_phone_num:required", "ncp_id.ssn:required"]

    def test_with_another_value_than_it_must_have_is_named(self) -> None:
        """A closed case in a notice of an open one, shown masked."""
        [finding] = check(sound("COL", "P", "CITAX", case__case_status="C")).findings
        assert (str(finding), finding.masked) == ("case.case_status:fixed", "A")

    def test_is_looked_at_in_each_section_that_repeats(self) -> None:
        """The third participant has no name."""
        assert found(check(sound("MSC", "P", "GSADD", participant="3", **{"participant_3.name_last": ""}))) == [
            "participant_3.name_last:required"
        ]

    def test_with_attachments_describes_them(self) -> None:
        """Y asks for the information section, whatever the codes; a reminder needs nothing else."""
        assert found(check(sound("ENF", "M", "GRPOU", attachments_ind="Y"))) == ["information_ind:missing-section"]
        assert check(sound("ENF", "M", "GRPOU", attachments_ind="Y", information="1")).verdict == "accepted"

    def test_of_a_mainframe_gets_the_same_findings(self) -> None:
        """Its twin in EBCDIC."""
        written = sound("COL", "P", "CITAX", case__case_status="C", attachments_ind="Y").decode("ascii")
        plain = layouts.check(io.BytesIO((written + "\n").encode("ascii")), LAYOUT)
        twin = layouts.check(io.BytesIO((written + "\n").encode("cp037").replace(b"\x25", b"\x15")), LAYOUT)
        assert plain.findings == twin.findings


class TestAWarning:
    """What nothing confirms."""

    def test_makes_no_record_bad(self) -> None:
        """Two participants where exactly one is written; counted beside the bad records."""
        checked = check(sound("COL", "P", "CITAX", participant="2"))
        assert (checked.verdict, checked.bad_records, checked.found, checked.warned) == ("accepted", 0, 0, 1)
        assert found(checked) == ["participant_data_ind:fixed (warning)"]

    def test_is_not_told_where_the_field_is_wrong_already(self) -> None:
        """One thing about one field of one record."""
        assert found(check(sound("COL", "P", "CITAX", attachments_ind=""))) == ["attachments_ind:required"]

    def test_does_not_keep_a_file_from_being_written(self, tmp_path: Path) -> None:
        """By way of a table, and the same bytes again; a finding does."""
        warned = sound("COL", "P", "CITAX", participant="2") + b"\n"
        reading = Reading(io.BytesIO(warned), LAYOUT)
        write_table(tmp_path / "t.csv", LAYOUT, reading.rows(), lambda: reading.form)
        rows = list(read_table(tmp_path / "t.csv", LAYOUT))
        assert (rows[0]["_kept"], rows[0]["_problems"]) == ("", "participant_data_ind:fixed (warning)")
        assert write_file(tmp_path / "again", LAYOUT, rows, Asked()).warned == 1
        assert (tmp_path / "again").read_bytes() == warned
        with pytest.raises(Invalid, match=r"required") as refused:
            write_file(tmp_path / "bad", LAYOUT, [{**rows[0], "ncp_id.ssn": ""}], Asked())
        assert "ncp_id.ssn" in refused.value.where
        assert not (tmp_path / "bad").exists()


def expected(written: bytes, shape: Shape, one: Combination) -> Iterator[tuple[str, str, bool]]:
    """What is wrong with a transaction, read off its facts one by one."""
    text = written.decode("ascii")
    for need in one.needs:
        if not need.field:
            times, counter = times_of(shape, need.section)
            if times < need.least or (times and not need.least):
                yield counter, "missing-section" if need.least else "unwanted-section", sure(need)
        for placed in named_in(shape, need.section, need.field) if need.field else ():
            cell = text[placed.at : placed.end].strip(" ")
            if not (cell.strip("0") if placed.field.kind in NOTHING_IS_ZERO and not need.value else cell):
                yield placed.name, "required", sure(need)
            elif need.value and cell != need.value:
                yield placed.name, "fixed", sure(need)


class TestTheBlock:
    """Judged all at once."""

    @given(data=st.data())
    @settings(max_examples=40, deadline=None)
    def test_is_judged_as_each_record_by_itself(self, data: st.DataObject) -> None:
        """Any counts, any fields emptied or changed: the findings are those read off the facts one by one."""
        one = data.draw(st.sampled_from([each for each in FAR.combinations if each.needs]))
        counts = {section.name: str(data.draw(st.integers(0, min(section.most, 2)))) for section in COUNTED}
        shape = shape_of(TYPE, tuple(map(int, counts.values())))
        asked = [named_in(shape, need.section, need.field) for need in one.needs if need.field]
        names = ["case_id", *(placed.name for each in asked for placed in each)]
        text = [name for name in names if shape.of(name).field.kind is Kind.TEXT]
        emptied = data.draw(st.lists(st.sampled_from(names), max_size=4, unique=True))
        changed = data.draw(st.lists(st.sampled_from(text), max_size=4, unique=True))
        counted = {section.times for section in COUNTED}
        cells = {name: "" for name in emptied if name not in counted} | dict.fromkeys(changed, "Z")
        written = sound(*one.values, **counts, **cells)
        raw = np.frombuffer(written * 3, np.uint8).reshape(3, -1)
        marks = Asking(FAR, shape).unmet(Block(raw, raw), np.zeros(3, np.bool_))
        told = {(shape.fields[each.number].name, each.code, not each.warning) for each in marks}
        assert told == set(expected(written, shape, one))

    def test_of_a_layout_without_needs_is_not_slowed(self) -> None:
        """Nothing is looked at for them."""
        without = [layout for layout in layouts.every() if not any(record.needs for record in layout.records)]
        assert len(without) == len(layouts.every()) - 1
        plans = (Plan(shape_of(each.records[0]), 0) for each in without)
        assert not any(plan._asking for plan in plans)


class TestTheTable:
    """As an agency may write its own."""

    def test_of_the_transactions_is_whole(self) -> None:
        """186 combinations, 103 of them and the requests with needs; facts that contradict others are warnings."""
        assert len(FAR.combinations) == 186
        assert sum(bool(one.needs) for one in FAR.combinations) >= 103
        needs = {str(need): sure(need) for need in combination("ENF", "R", "ERALL").needs}
        assert all(needs[word] for word in ("participant:2", "ncp_locate", "order"))
        assert not any(needs[word] for word in ("-information", "header.attachments_ind=N"))

    def test_is_part_of_the_layouts_digest_and_of_a_comparison(self, tmp_path: Path) -> None:
        """Another table is another layout."""
        folder = tmp_path / "own"
        folder.mkdir()
        for path in sorted(layouts.shelf.SHIPPED.glob("csenet-transaction.3.*")):
            (folder / path.name).write_bytes(path.read_bytes())
        table = folder / "csenet-transaction.3.far.csv"
        table.write_text(table.read_text().replace("COL,P,CISUB", "COL,P,CIOWN"))
        own = layouts.named(str(folder / "csenet-transaction.3.toml"))
        assert own.sha256 != LAYOUT.sha256
        told = {(one.field.rpartition(" is ")[2], one.after) for one in changes(LAYOUT, own)}
        assert ("COL P CISUB", "not known") in told
        assert "COL P CIOWN" in {codes for codes, _ in told}

    @pytest.mark.parametrize(
        ("written", "words"),
        [
            ('by = ["color"]', "no field of the first section"),
            ('by = ["kind"]\ncomplete = "surely"', "unknown"),
            ('by = ["kind"]\ntable = "x.csv"', "either 'table'"),
            ('combinations = [{ is = ["A", "B"], verified = "extra" }]', "one value for each"),
            ('combinations = [{ is = ["AB"], verified = "extra" }]', "does not fit"),
            ('combinations = [{ is = ["A"], verified = "extra" }, { is = ["A"], verified = "-extra" }]', "twice"),
            ('combinations = [{ is = ["A"], certain = "extra" }]', "is not a key"),
            ('combinations = [{ is = ["A"], verified = "@other" }]', "no set"),
            ('combinations = [{ is = ["A"], verified = "extra:3" }]', "at most 2 times"),
            ('combinations = [{ is = ["A"], verified = "base" }]', "names no field"),
            ('combinations = [{ is = ["A"], verified = "-name" }]', "names no field"),
            ('combinations = [{ is = ["A"], verified = "extra.name" }]', "names no field"),
            ('combinations = [{ is = ["A"], verified = "extra.word=LONGER" }]', "does not fit"),
            ('combinations = [{ is = ["A"], verified = "Extra!" }]', "not understood"),
        ],
    )
    def test_that_is_unsound_is_refused(self, tmp_path: Path, written: str, words: str) -> None:
        """When the layout is loaded, with the place."""
        lines = {"by": '["kind"]', "source": '"a test"', "combinations": '[{ is = ["A"], verified = "extra" }]'}
        lines |= dict(line.split(" = ", 1) for line in written.splitlines())
        with pytest.raises(Invalid, match=words):
            layouts.named(small(tmp_path, "\n".join(f"{key} = {value}" for key, value in lines.items())))

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            ("kind,label\nA,one,more\n", "more cells"),
            ("sort,label\nA,one\n", "the columns are"),
            ("kind,label,sure\nA,one,extra\n", "the columns are"),
            ("kind,label\nA,\xff\n", "UTF-8"),
        ],
    )
    def test_in_a_file_of_another_form_is_refused(self, tmp_path: Path, content: str, words: str) -> None:
        """A cell too many, a column nobody knows, bytes that are no text."""
        (tmp_path / "far.csv").write_bytes(content.encode("latin-1"))
        with pytest.raises(Invalid, match=words):
            layouts.named(small(tmp_path, 'by = ["kind"]\nsource = "a test"\ntable = "far.csv"'))

    @pytest.mark.parametrize("name", ["../far.csv", "/etc/passwd", "far.txt", "gone.csv"])
    def test_lies_beside_its_layout(self, tmp_path: Path, name: str) -> None:
        """And nowhere else on the machine."""
        with pytest.raises(Invalid, match=r"beside the layout|cannot be read"):
            layouts.named(small(tmp_path, f'by = ["kind"]\nsource = "a test"\ntable = "{name}"'))

    def test_of_another_layout_is_judged_as_well(self, tmp_path: Path) -> None:
        """Two columns of words, a set, and any other code needs nothing."""
        (tmp_path / "far.csv").write_text("kind,label,verified,unverified\nA,one,@both,extra.word=X\n")
        own = layouts.named(
            small(tmp_path, 'by = ["kind"]\nsource = "a test"\ntable = "far.csv"\nsets = { both = "extra name" }')
        )
        records = [b"A1NAME  XY  ", b"A0NAME  ", b"A1      X   ", b"B0      "]
        checked = layouts.check(io.BytesIO(b"".join(one + b"\n" for one in records)), own)
        assert [(one.record, str(one)) for one in checked.findings] == [
            (1, "extra_1.word:fixed (warning)"),
            (2, "times:missing-section"),
            (3, "name:required"),
        ]


def small(folder: Path, needs: str) -> str:
    """A layout of one record with a section, and these needs."""
    content = f"""name = "small"
version = 1
title = "For a test"
valid_from = 2026-01-01
source = "a test"
code_pages = ["ascii"]
framings = ["lf"]

[[record]]
name = "one"
role = "detail"

[[record.section]]
name = "base"
fields = [
  {{ name = "kind", start = 1, end = 1, kind = "text", evidence = "verified" }},
  {{ name = "times", start = 2, end = 2, kind = "digits", evidence = "verified" }},
  {{ name = "name", start = 3, end = 8, kind = "text", evidence = "verified" }},
]

[[record.section]]
name = "extra"
times = {{ field = "times", most = 2 }}
fields = [{{ name = "word", start = 1, end = 4, kind = "text", evidence = "verified" }}]

[[record.needs]]
{needs}
"""
    (folder / "small.toml").write_text(content, encoding="utf-8")
    return str(folder / "small.toml")
