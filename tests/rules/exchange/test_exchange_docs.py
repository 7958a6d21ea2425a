"""What docs/operate shows as an example works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from harborline.exchange.layouts.reading import read_layout
from harborline.exchange.manifest import read_manifest
from harborline.exchange.terms import Terms
from harborline.project.exchange_room.papers import terms_in

OPERATE = Path(__file__).parents[3] / "docs/operate"


def example(page: str, language: str) -> str:
    """The first example of a page in a language."""
    found = re.search(rf"```{language}\n(.*?)```", (OPERATE / page).read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


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

    def test_of_a_manifest_is_read(self) -> None:
        """With its digest filled in."""
        written = example("exchange.md", "json").replace("…", "0" * 64)
        assert read_manifest(written.encode()).sequence == 413

    def test_of_a_layout_is_sound(self, tmp_path: Path) -> None:
        """Without a gap, its totals at fields that exist."""
        path = tmp_path / "county-orders.1.toml"
        path.write_text(example("layouts.md", "toml"))
        assert [total.name for total in read_layout(path).totals] == ["order_count", "order_amount"]
