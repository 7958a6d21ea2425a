"""What docs/verifying.md tells about commitments, receipts and exports is what the product makes."""

from __future__ import annotations

import re
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harborline.exchange.receipts import Receipt, RowError
from harborline.exchange.wording import ReceiptKind
from harborline.ledger.commitments import commit_content, commit_subject, open_fields
from harborline.ledger.entry import entry_bytes, prefix
from harborline.ledger.tree import leaf_hash
from harborline.messaging.commitments import commit

PAGE = (Path(__file__).parents[3] / "docs/verifying.md").read_text(encoding="utf-8")
ORIGIN, KEY = "notices.example/log", bytes(range(32))
CONTENT: dict[str, Any] = {
    "content/words": "ñ “{}” \n 😀", "content/count": 3, "event": {"kind": "inbound.taken"}, "actor": {"id": ""},
}  # fmt: skip


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """The functions of the page."""
    (source,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    found: dict[str, Any] = {}
    exec(source, found)  # noqa: S102 - our own document
    return found


def entry(content: dict[str, Any]) -> bytes:
    """The public bytes of an entry that says this."""
    return entry_bytes(
        prefix(ORIGIN), uuid.UUID(int=1, version=4), commit_subject(KEY, "x"), commit_content(KEY, content)
    )


class TestThePage:
    """Somebody who has read nothing else."""

    @pytest.mark.parametrize("names", [[], ["event"], ["content/words", "event"], sorted(CONTENT)])
    def test_opens_the_fields_of_an_entry(self, page: dict[str, Any], names: list[str]) -> None:
        """Those shown, whatever stays closed."""
        opening = open_fields(KEY, CONTENT, names).as_json()
        assert page["said"](entry(CONTENT), opening, ORIGIN) == {name: CONTENT[name] for name in names}

    def test_finds_a_changed_field_another_entry_and_another_log(self, page: dict[str, Any]) -> None:
        """Each is an error."""
        opening: Any = open_fields(KEY, CONTENT, ["content/count"]).as_json()
        with pytest.raises(ValueError, match="no entry"):
            page["said"](entry(CONTENT), opening, "other.example/log")
        with pytest.raises(ValueError, match="not those"):
            page["said"](entry({**CONTENT, "content/count": 4}), opening, ORIGIN)
        opening["fields"][1]["value"] = 4
        with pytest.raises(ValueError, match="not those"):
            page["said"](entry(CONTENT), opening, ORIGIN)

    def test_finds_an_item_among_many(self, page: dict[str, Any]) -> None:
        """The leaf its proof begins with."""
        item: dict[str, Any] = {
            "message": "m",
            "text": "Cita: 9:30 \N{LATIN SMALL LETTER N WITH TILDE}",
            "row": 7,
            "clauses": ["a", "b"],
        }
        assert page["leaf_of_item"](item, KEY) == leaf_hash(commit(KEY, item))

    def test_names_the_lines_of_a_receipt_in_order(self) -> None:
        """As many as there are."""
        made = Receipt(
            ReceiptKind.LANDED, "", "T", "A", "P", None, "positive", "", False, False, "", "at", "E",  # noqa: FBT003 - in order
            (("NAME", 1, "0" * 64),), b"note",
        )  # fmt: skip
        made = replace(made, contents=made.files, wrong=(RowError("NAME", 1, 2, "ssn", "character", "~"),))
        lines = [line.split(":")[0] for line in made.text().splitlines()]
        table = PAGE[PAGE.index("## A receipt") : PAGE.index("## In Python")]
        told = [
            name.rstrip(":")
            for row in re.findall(r"^\| (`.*?`) \|", table, re.MULTILINE)
            for name in re.findall(r"`(.*?)`", row)
        ]
        assert told == lines
