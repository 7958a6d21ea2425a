"""The page of controls: what it calls shown is shown, and every row says how far it is."""

from __future__ import annotations

import pytest
from tests.architecture.test_clauses import TEST, missing_tests

from harborline.law.law_command import CHECKOUT

PAGE = CHECKOUT / "docs" / "controls.md"


def unsaid(content: str) -> list[str]:
    """Rows whose last cell names neither a test nor what is planned nor the agency."""
    rows = [
        line for line in content.splitlines() if line.startswith("| ") and not line.startswith(("| para", "| cont"))
    ]
    last = {row: row.rstrip("| ").rsplit("|", 1)[-1] for row in rows}
    return [row for row, cell in last.items() if not (TEST.search(cell) or "planned" in cell or "agency" in cell)]


class TestTheControls:
    """Regulation by regulation."""

    def test_name_tests_that_exist(self) -> None:
        """By file, class and function."""
        assert missing_tests(PAGE.read_text(encoding="utf-8")) == []

    def test_say_how_far_they_are(self) -> None:
        """A test, a plan, or that it is the agency's."""
        assert unsaid(PAGE.read_text(encoding="utf-8")) == []

    @pytest.mark.parametrize(
        ("row", "expected"),
        [("| AC-1 | words | hope |", 1), ("| AC-1 | words | planned, later |", 0), ("| AC-1 | | agency |", 0)],
    )
    def test_would_be_found_out(self, row: str, expected: int) -> None:
        """A row that only hopes."""
        assert len(unsaid(row)) == expected
