"""The page about the caseload file says what the reader does."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

from harborline.messaging.notices.caseload import COLUMNS, CaseloadReader, Known, Row
from harborline.messaging.reports.words import REASONS, STEPS
from harborline.messaging.steps import next_step
from harborline.messaging.words.numbers import NumberProblem, e164
from harborline.people.facts import ROLES

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "caseload.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src" / "harborline" / "messaging" / "notices"


def section(title: str) -> str:
    """The text under one heading."""
    return PAGE.split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]


def table(title: str) -> dict[str, list[str]]:
    """The rows of a section's table by their first cell, without quotes."""
    lines = [line for line in section(title).splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {row[0].strip("`"): row[1:] for row in cells}


def codes_of_bad_rows() -> set[str]:
    """Every code the reader may write into the list of bad rows."""
    found = {problem.value for problem in NumberProblem}
    for name in ("caseload.py", "checking.py"):
        for node in ast.walk(ast.parse((SOURCE / name).read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) >= 3:
                place = {"_BadFieldError": 1, "BadRow": 2}.get(node.func.id)
                code = node.args[place] if place is not None else None
                found |= {str(code.value)} if isinstance(code, ast.Constant) else set()
    return found


class TestThePage:
    """Whoever writes the extract reads this and nothing else."""

    def test_lists_the_columns(self) -> None:
        """All of them, in the order of the example."""
        assert tuple(table("Columns")) == COLUMNS
        assert section("Example").split("```csv\n")[1].splitlines()[0] == ",".join(COLUMNS)

    def test_lists_the_roles(self) -> None:
        """Of both programs."""
        said = set(re.findall(r"`([a-z-]+)`", table("Columns")["role"][1]))
        assert said - {"nc-css", "mn-wic"} == ROLES["iv-d"] | ROLES["wic"]

    def test_shows_rows_that_can_be_used(self) -> None:
        """The example is read by the reader itself."""
        example = section("Example").split("```csv\n")[1].split("```")[0]
        known = Known(
            counties=frozenset({"37183"}),
            roles=ROLES["iv-d"],
            offices=frozenset({"WAKE-1"}),
            number=lambda raw: e164(raw, allow_fictional=True),
            zone="America/New_York",
        )
        rows = list(CaseloadReader(known).read(io.BytesIO(example.encode()), "example"))
        assert len(rows) == 3
        assert all(isinstance(row, Row) for row in rows)

    def test_lists_every_code_of_a_bad_row(self) -> None:
        """No code without its remedy, no remedy without its code."""
        assert set(table("Bad rows")) == codes_of_bad_rows()

    def test_lists_every_reason_in_the_words_staff_read(self) -> None:
        """Reason, sentence, next step, as the call list has them."""
        assert table("Decisions") == {
            code: [words.en, STEPS[next_step(code)].en] for code, words in REASONS.items() if code != "unsaid"
        }
