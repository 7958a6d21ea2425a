"""What docs/operate shows as an example works as it stands there."""

from __future__ import annotations

import io
import re
import tomllib
from pathlib import Path

import pytest

from harborline.disclosure.facts import Recipient
from harborline.exchange.checking import must_fit
from harborline.exchange.layouts import check
from harborline.exchange.layouts.reading import read_layout
from harborline.exchange.layouts.rows import Reading
from harborline.exchange.layouts.writing import Asked, written
from harborline.exchange.manifest import read_manifest
from harborline.exchange.terms import Terms
from harborline.kernel import Invalid
from harborline.oversight.incident_facts import shipped, with_own
from harborline.people.facts import HeldName
from harborline.project.exchange_room.papers import terms_in

OPERATE = Path(__file__).parents[3] / "docs/operate"


def example(page: str, language: str, number: int = 0) -> str:
    """An example of a page in a language: the first, or another one."""
    found: list[str] = re.findall(rf"```{language}\n(.*?)```", (OPERATE / page).read_text("utf-8"), re.DOTALL)
    return found[number]


class TestTheExamples:
    """An operator copies them."""

    def test_of_terms_is_an_agreement(self, tmp_path: Path) -> None:
        """Days and hours as TOML has them."""
        path = tmp_path / "terms.toml"
        path.write_text(example("exchange.md", "toml"))
        terms = Terms.read(terms_in(path))
        assert terms.expects is not None
        assert (terms.window.opens.hour, terms.expects.due.hour) == (18, 18)
        assert Terms.read(terms.said()) == terms

    def test_of_protected_fields_belongs_to_an_agreement(self, tmp_path: Path) -> None:
        """Put into the file of terms, it says what goes out and to whom."""
        path = tmp_path / "terms.toml"
        path.write_text(example("exchange.md", "toml", 1))
        said = terms_in(path)
        assert isinstance(said["tells"], dict)
        (tmp_path / "whole.toml").write_text(example("exchange.md", "toml"))
        terms = Terms.read({**terms_in(tmp_path / "whole.toml"), **said})
        assert terms.tells is not None
        assert (terms.tells.recipient, terms.tells.fields) == (Recipient.IVD_OFFICE, ((HeldName.SSN, "ssn"),))
        assert Terms.read(terms.said()) == terms
        must_fit(terms)

    def test_of_an_agencys_clocks_is_sound(self) -> None:
        """It shortens one that ships, sets one that waits, and adds one."""
        made = {one.key: one.hours for one in with_own(shipped(), tomllib.loads(example("oversight.md", "toml")))}
        assert (made["nc-people"], made["ca-information-security"], made["wake-manager"]) == (240, 1, 8)

    def test_of_a_manifest_is_read(self) -> None:
        """With its digest filled in."""
        manifest = example("exchange.md", "json").replace("…", "0" * 64)
        assert read_manifest(manifest.encode()).sequence == 413

    def test_of_a_layout_is_sound(self, tmp_path: Path) -> None:
        """Without a gap, its totals at fields that exist."""
        path = tmp_path / "county-orders.1.toml"
        path.write_text(example("layouts.md", "toml"))
        assert [total.name for total in read_layout(path).totals] == ["order_count", "order_amount"]

    def test_of_a_mainframes_layout_writes_a_file(self, tmp_path: Path) -> None:
        """Packed and zoned amounts, a trailer that is made with its totals, in either framing; the table comes back."""
        path = tmp_path / "state-payments.1.toml"
        path.write_text(example("layouts.md", "toml", 1))
        layout = read_layout(path)
        rows = [
            {"ssn": "123450001", "last_name": "TESTPERSON", "paid": "120.50", "adjusted": "-3.25"},
            {"ssn": "123450002", "last_name": "TESTER", "paid": "9999999.99", "adjusted": "0.00"},
        ]
        for framing in layout.framings:
            asked = Asked(framing=framing, given={"batch": "000017", "made": "2026-03-02"})
            reading = Reading(io.BytesIO(written(layout, rows, asked)), layout)
            [_, first, second, trailer] = list(reading.rows())
            assert reading.checked().verdict == "accepted"
            assert [{name: row.cells[name] for name in rows[0]} for row in (first, second)] == rows
            assert (trailer.cells["batch"], trailer.cells["paid_in_all"]) == ("000017", "10000120.49")

    def test_of_a_total_that_differs_tells_it_as_people_write_it(self, tmp_path: Path) -> None:
        """With its decimals."""
        path = tmp_path / "county-orders.1.toml"
        path.write_text(example("layouts.md", "toml"))
        order, trailer = f"D{'C1':14}{11671:09d}{'':6}", f"T{1:09d}{11672:014d}{'':6}"
        checked = check(io.BytesIO(f"{order}\n{trailer}\n".encode()), read_layout(path))
        assert [problem.code for problem in checked.problems] == ["total"]
        assert "order_amount is told as 116.72, the file has 116.71" in checked.problems[0].sentence

    def test_of_a_total_has_the_decimals_of_what_it_adds_up(self, tmp_path: Path) -> None:
        """Dollars that tell cents would be wrong by a hundred."""
        path = tmp_path / "county-orders.1.toml"
        told = 'name = "order_amount", start = 11, end = 24, kind = "number", scale = 2'
        path.write_text(example("layouts.md", "toml").replace(told, told.removesuffix(", scale = 2")))
        with pytest.raises(Invalid, match="'order_amount' has 0 decimals, what it tells has 2"):
            read_layout(path)
