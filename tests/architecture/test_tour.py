"""The pages that lead through the source: every link ends where it says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
_LINK = re.compile(r"\[(?P<words>[^\]]+)\]\((?P<path>[^)#\s]+)(?:#(?P<name>[^)\s]+))?\)")


def links(page: Path) -> list[tuple[str, str, str]]:
    """Every relative link of a page: words, path, the name behind `#`."""
    found = (match.groupdict() for match in _LINK.finditer(page.read_text(encoding="utf-8")))
    return [(one["words"], one["path"], one["name"] or "") for one in found if "://" not in one["path"]]


def names_in(path: Path) -> set[str]:
    """The functions and classes of a module, and `Class.method`."""
    found: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        elif isinstance(node, ast.ClassDef):
            found.add(node.name)
            inner = (each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef))
            found |= {f"{node.name}.{each.name}" for each in inner}
    return found


def broken(page: Path) -> list[str]:
    """What is wrong with the links of a page."""
    problems = []
    for words, path, name in links(page):
        target = (page.parent / path).resolve()
        if not target.exists():
            problems.append(f"{words}: {path} is not there")
        elif target.suffix == ".py" and name and name not in names_in(target):
            problems.append(f"{words}: {path} has no {name}")
        elif target.suffix == ".py" and name and words.strip("`") not in {name, target.name}:
            problems.append(f"{words}: leads to {name}")
    return problems


class TestTheTour:
    """A newcomer follows one text from file to phone to proof."""

    @pytest.mark.parametrize("page", ["tour.md", "caseload.md"])
    def test_leads_to_functions_that_are_there(self, page: str) -> None:
        """Under the very name the page calls them by."""
        assert broken(DOCS / page) == []

    def test_visits_every_part_of_messaging(self) -> None:
        """Reading, deciding, wording, sending, answering, looking, proving."""
        visited = {path.split("harborline/", 1)[1] for _, path, _ in links(DOCS / "tour.md") if "harborline/" in path}
        rooms = {part.split("/")[1] for part in visited if part.startswith("messaging/")}
        assert {"notices", "words", "hours", "sending", "answering", "selectors", "reports"} <= rooms

    def test_is_written_one_sentence_a_line(self) -> None:
        """So that a change shows what it changes."""
        prose = re.sub(r"```.*?```", "", (DOCS / "tour.md").read_text(), flags=re.DOTALL)
        two = re.compile(r"[a-z)`][.?!] [A-Z]")
        assert [line for line in prose.splitlines() if not line.startswith("|") and two.search(line)] == []

    def test_would_notice_a_broken_link(self, tmp_path: Path) -> None:
        """The check itself can fail: a missing file, a missing function, a wrong name."""
        module = tmp_path / "module.py"
        module.write_text("def here() -> None:\n    ...\n")
        page = tmp_path / "page.md"
        page.write_text(
            "[`gone`](gone.py#gone) [`away`](module.py#away) [`other`](module.py#here) [`here`](module.py#here)"
        )
        assert len(broken(page)) == 3
