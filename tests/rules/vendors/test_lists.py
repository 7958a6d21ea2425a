"""The lists of prohibited vendors: dated, whole, never older, never empty."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from harborline.kernel import Invalid
from harborline.vendors.screening import lists
from harborline.vendors.screening.facts import Band, EntryKind, ScreeningList
from harborline.vendors.screening.listfile import newer, read_list_file
from harborline.vendors.screening.lists import read_list, requirements_of, shipped
from harborline.vendors.screening.matching import Screener

TODAY = date(2026, 11, 23)
HEADER = "row,name,kind,aliases,identifiers,scope,added"
ROWS = (
    "1,ByteDance Ltd.,entity,TikTok;CapCut,domain=bytedance.com,All,2025-01-15",
    "2,DeepSeek,application,,,The application,2025-02-19",
)


def file(
    *rows: str,
    version: str = "2026-01-31",
    count: int | None = None,
    header: str = HEADER,
    name: str = "mn-prohibited-technology",
) -> bytes:
    """A list file; `count` is what its label claims."""
    label = f"harborline-list,{name},{version},{len(rows) if count is None else count}"
    return "\n".join([label, header, *rows]).encode()


def read(content: bytes) -> ScreeningList:
    """The list in a file."""
    return read_list_file(content, name="list.csv", today=TODAY)


class TestTheShippedLists:
    """What comes with Harborline."""

    def test_are_whole(self) -> None:
        """Sixteen rows of the covered list, the five names of section 889, each with its day."""
        fcc, named = shipped()["us-fcc-covered-list"], shipped()["us-section-889"]
        assert [entry.row for entry in fcc.entries] == [str(row) for row in range(1, 17)]
        assert {entry.row for entry in fcc.entries if entry.kind is EntryKind.CATEGORY} == {"12", "13", "15", "16"}
        assert (fcc.version, len(named.entries)) == (date(2026, 7, 28), 5)
        assert all(entry.added and entry.scope for one in shipped().values() for entry in one.entries)

    def test_are_asked_of_both_programs(self) -> None:
        """Minnesota asks for its own list as well, which somebody must bring in."""
        assert set(requirements_of("nc-css").lists) == set(shipped())
        assert set(requirements_of("mn-wic").lists) - set(shipped()) == {"mn-prohibited-technology"}

    @pytest.mark.parametrize(("change", "problem"), [
        (("rows = 5", "rows = 6"), "cut or has grown"),
        (("[[entry]]", "[[nobody]]"), "not a key"),
        (('party = "huawei"', 'party = "nobody"'), "unknown"),
        (("added = 2018-08-13", 'added = "soon"'), "must be a day"),
        (('row = "f3A-2"', 'row = "f3A-1"'), "stands twice"),
    ])  # fmt: skip
    def test_are_read_strictly(self, tmp_path: Path, change: tuple[str, str], problem: str) -> None:
        """A cut, misspelt or contradicting list stops the start."""
        good = (lists.HERE / "us-section-889.toml").read_text(encoding="utf-8")
        path = tmp_path / "us-section-889.toml"
        path.write_text(good.replace(*change), encoding="utf-8")
        with pytest.raises(Invalid, match=problem):
            read_list(path)

    def test_stop_the_start_when_empty(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A required list without rows, or one that is gone."""
        for path in lists.HERE.iterdir():
            (tmp_path / path.name).write_bytes(path.read_bytes())
        empty = (tmp_path / "us-section-889.toml").read_text(encoding="utf-8").partition("[[entry]]")[0]
        (tmp_path / "us-section-889.toml").write_text(empty.replace("rows = 5", "rows = 0"), encoding="utf-8")
        monkeypatch.setattr(lists, "HERE", tmp_path)
        lists.forget()
        with pytest.raises(Invalid, match="empty"):
            shipped()
        (tmp_path / "us-section-889.toml").unlink()
        with pytest.raises(Invalid, match="no such file"):
            shipped()
        monkeypatch.undo()
        lists.forget()
        assert shipped()


class TestAListFile:
    """What an agency brings in."""

    def test_is_read_whole(self) -> None:
        """Names, aliases, identifiers, days."""
        found = read(file(*ROWS))
        assert (found.id, found.version, len(found.entries)) == ("mn-prohibited-technology", date(2026, 1, 31), 2)
        assert found.entries[0].aliases == ("TikTok", "CapCut")
        assert found.entries[0].identifiers == {("domain", "bytedance.com")}

    def test_takes_what_spreadsheets_write(self) -> None:
        """A byte order mark, line ends of another system, empty cells behind the label, empty lines."""
        text = file(*ROWS).decode().replace("31,2\n", "31,2,,,\n").replace("\n", "\r\n") + "\r\n,,,,,,\r\n"
        assert len(read(b"\xef\xbb\xbf" + text.encode()).entries) == 2

    @pytest.mark.parametrize(("content", "problem"), [
        (b"", "must begin with"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"%PDF-1.7\x00", "not a text file"),
        (b"hello\nworld", "must begin with"),
        (file(), "number of rows"),
        (file(count=1), "no rows"),
        (file(ROWS[0], count=2), "has 1: it is cut"),
        (file(*ROWS, count=1), "has 2: it is cut"),
        (file(*ROWS, header="name,row"), "the columns must be"),
        (file(*ROWS, version="2027-01-01"), "future"),
        (file(*ROWS, version="yesterday"), "not a day"),
        (file(*ROWS, name="unknown-list"), "there is no list"),
        (file(ROWS[0], ROWS[0]), "stands twice"),
        (file("1,,entity,,,,"), "a name is empty"),
        (file("1,...,entity,,,,"), "no letters"),
        (file(",X,entity,,,,"), "no number or name"),
        (file("1,X,person,,,,"), "kind must be"),
        (file("1,X,entity"), "columns instead of"),
        (file("1,X,entity,,uei=1,,"), "is not a UEI"),
        (file("1,X,entity,,huawei.com,,"), "kind=value"),
        (file("1,X,entity,,,,2027-05-05"), "future"),
        (file('1,"X,entity,,,,'), "not CSV|columns instead of"),
    ])  # fmt: skip
    def test_that_cannot_be_used_is_refused_with_its_place(self, content: bytes, problem: str) -> None:
        """Each way of being wrong has its words."""
        with pytest.raises(Invalid, match=problem):
            read(content)

    def test_is_never_older_than_the_loaded_one(self) -> None:
        """An older version, or the same day with other rows, leaves the loaded one in force."""
        loaded = read(file(*ROWS))
        assert newer(loaded, loaded) is loaded
        assert newer(read(file(*ROWS, version="2026-02-01")), loaded).version == date(2026, 2, 1)
        for other in (file(*ROWS, version="2026-01-30"), file(ROWS[0])):
            with pytest.raises(Invalid, match="in force"):
                newer(read(other), loaded)


class TestAListSomebodyBroughtIn:
    """Names nobody described."""

    def screen(self, name: str, *rows: str) -> Band:
        """Against this list alone."""
        return Screener([read(file(*(rows or ROWS)))]).screen(name).band

    @pytest.mark.parametrize(
        "name",
        ["TikTok Inc.", "Tik Tok", "BYTEDANCE", "CapCut", "Deep Seek AI", "DeepSeek (Hangzhou)", "Bytedence Ltd"],
    )
    def test_finds_its_names(self, name: str) -> None:
        """Names, aliases, written apart, slips."""
        assert self.screen(name) is not Band.CLEAR

    @pytest.mark.parametrize("name", ["Twilio", "Byte Partners", "Dance Studio", "Deep Sea Diving", "Tick Tock Clocks"])
    def test_lets_strangers_go(self, name: str) -> None:
        """Parts of names are no names."""
        assert self.screen(name) is Band.CLEAR

    def test_does_not_hunt_for_everyday_words(self) -> None:
        """A listed company with an everyday name counts as the whole name only."""
        row = "1,Honor Ltd.,entity,,,,"
        assert self.screen("Honor", row) is not Band.CLEAR
        assert self.screen("Honor Roll Tutors", row) is Band.CLEAR

    def test_knows_the_aliases_of_companies_we_know(self) -> None:
        """A row that names Hikvision finds Ezviz too, for that row."""
        row = "9,Hangzhou Hikvision Digital Technology,entity,,,,"
        (hit,) = Screener([read(file(row))]).screen("EZVIZ").hits
        assert hit.entry == "mn-prohibited-technology:9"
