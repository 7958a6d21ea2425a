"""What docs/operate shows as an example works as it stands there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from harborline.disclosure.facts import Recipient
from harborline.exchange.checking import must_fit
from harborline.exchange.layouts.reading import read_layout
from harborline.exchange.manifest import read_manifest
from harborline.exchange.terms import Terms
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
        written = example("exchange.md", "json").replace("…", "0" * 64)
        assert read_manifest(written.encode()).sequence == 413

    def test_of_a_layout_is_sound(self, tmp_path: Path) -> None:
        """Without a gap, its totals at fields that exist."""
        path = tmp_path / "county-orders.1.toml"
        path.write_text(example("layouts.md", "toml"))
        assert [total.name for total in read_layout(path).totals] == ["order_count", "order_amount"]
