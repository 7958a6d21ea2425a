"""The page of threats: every door it calls closed names a test that shows it."""

from __future__ import annotations

import pytest
from tests.architecture.test_clauses import TEST, missing_tests

from harborline.law.law_command import CHECKOUT

PAGE = CHECKOUT / "docs" / "threats.md"
PARTS = {
    *("Web server", "Login of the serving role", "Database dump", "Backup", "Key directory", "Worker's laptop"),
    *("Carrier", "Published log", "Account of the embedded database"),
}
CLOSED = "It does not give away:"


def parts(content: str) -> dict[str, str]:
    """The text under each heading of the second level."""
    found = (part.split("\n", 1) for part in content.split("\n## ")[1:])
    return {title.strip(): body for title, body in found}


def unproven(content: str) -> list[str]:
    """What is called closed without a test."""
    found, closed = [], False
    for line in content.splitlines():
        if line and not line.startswith("- "):
            closed = line.strip() == CLOSED
        elif line and closed and not TEST.search(line):
            found.append(line)
    return found


class TestTheThreats:
    """What a stolen part gives away."""

    def test_are_told_for_every_part(self) -> None:
        """None was left out, and each says what stays closed."""
        found = parts(PAGE.read_text(encoding="utf-8"))
        assert set(found) == PARTS
        assert [title for title, body in found.items() if CLOSED not in body] == []

    def test_are_met_by_tests(self) -> None:
        """Every door that is called closed names one."""
        assert unproven(PAGE.read_text(encoding="utf-8")) == []

    def test_name_tests_that_exist(self) -> None:
        """By file, class and function."""
        assert missing_tests(PAGE.read_text(encoding="utf-8")) == []


class TestThisCheck:
    """A check that cannot fail is a defect."""

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (f"{CLOSED}\n\n- A claim.\n", ["- A claim."]),
            (f"{CLOSED}\n\n- A claim, `tests/architecture/test_threats.py::TestThisCheck`.\n", []),
            ("It gives away:\n\n- Everything.\n", []),
            (f"{CLOSED}\n\n- A claim, `tests/a.py`.\n\nA remark.\n\n- No claim.\n", []),
        ],
    )
    def test_sees_a_claim_without_a_test(self, content: str, expected: list[str]) -> None:
        """Only where a door is called closed."""
        assert unproven(content) == expected
