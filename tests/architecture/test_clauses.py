"""Clauses, rules and tests: every promise is kept by something, and something shows it."""

from __future__ import annotations

import ast
import dataclasses
import re
from pathlib import Path

import pytest

from harborline import law
from harborline.kernel import Rule
from harborline.law.clauses import Clause, Document
from harborline.law.evidence import Shown, marks_of, present
from harborline.law.law_command import CHECKOUT, MATRIX, PACKAGE, trace_of
from harborline.law.planned import planned_counts, planned_findings
from harborline.law.traceability import Trace, findings, matrix, ready

COUNTED = {"NC-CSS-22-18": 22, "OFFSET-8": 22, "MN-WIC-9.6": 34, "CA-CSS-03-11": 10}
LAST = {
    "NC-CSS-22-18": "NC-CSS-22-18:no-staff-texting",
    "OFFSET-8": "OFFSET-8.4:tax-refund",
    "MN-WIC-9.6": "MN-WIC-9.6:secure-submission-ways",
    "CA-CSS-03-11": "CA-CSS-03-11:threat-review",
}


@pytest.fixture(scope="module")
def trace() -> Trace:
    """The trace of this checkout."""
    return trace_of()


def small(*, kept: str = "rule", status: str = "built", by: tuple[str, ...] = ()) -> Clause:
    """One clause of a letter made up for a test."""
    return Clause("X-1:one", "X-1", "here", "must", "One thing.", (kept,), ("messaging",), "Somehow.", by, status)


def sound() -> Trace:
    """A small trace in which all is well: one clause, one rule, shown both ways."""
    return Trace(
        documents=(Document("X-1", "A letter", "An agency", "today", (small(),)),),
        rules={"messaging.rules.one": Rule("messaging.rules.one", ("X-1:one",), "Decide one.")},
        shown=[Shown("X-1:one", "allows", "tests/a.py::t"), Shown("X-1:one", "refuses", "tests/a.py::u")],
        profiles={},
        package=PACKAGE,
    )


def with_clause(trace: Trace, clause: Clause) -> Trace:
    """The same trace about another clause."""
    document = dataclasses.replace(trace.documents[0], clauses=(clause,))
    return dataclasses.replace(trace, documents=(document,))


class TestTheLetters:
    """What was asked is all there."""

    @pytest.mark.parametrize("document", COUNTED)
    def test_are_complete(self, document: str) -> None:
        """Every clause of each letter is listed, down to the last."""
        (found,) = (each for each in law.documents() if each.id == document)
        assert len(found.clauses) == COUNTED[document]
        assert LAST[document] in {clause.id for clause in found.clauses}

    def test_are_these_four(self) -> None:
        """Nothing was added or dropped unseen."""
        assert {each.id for each in law.documents()} == set(COUNTED)


class TestThisCheckout:
    """What holds today."""

    def test_keeps_what_it_calls_built(self, trace: Trace) -> None:
        """Unknown clauses, missing rules, missing controls and one-sided tests are named here."""
        assert findings(trace) == []

    def test_has_no_more_planned_clauses_than_written_down(self, trace: Trace) -> None:
        """The count of planned clauses may only fall, and the written count is today's."""
        assert planned_findings(planned_counts(), trace.planned) == []

    def test_has_a_fresh_matrix(self, trace: Trace) -> None:
        """docs/traceability.md is what `harborline law matrix` would write now."""
        written = (CHECKOUT / MATRIX).read_text(encoding="utf-8")
        assert written == matrix(trace), "stale: run `harborline law matrix`"


class TestTheCheck:
    """A check that cannot fail is a defect."""

    def test_is_content_when_all_is_well(self) -> None:
        """One rule, shown both ways."""
        assert findings(sound()) == []

    def test_finds_a_rule_that_cites_an_unknown_clause(self) -> None:
        """A misspelt id in @rule."""
        rules = {"messaging.rules.one": Rule("messaging.rules.one", ("X-1:one", "X-1:two"), "")}
        assert findings(dataclasses.replace(sound(), rules=rules)) == [
            "rule messaging.rules.one cites 'X-1:two', which no letter has"
        ]

    def test_finds_a_mark_on_an_unknown_clause(self) -> None:
        """A misspelt id on a test."""
        shown = [*sound().shown, Shown("X-1:two", "allows", "tests/a.py::v")]
        assert "tests/a.py::v is marked with 'X-1:two', which no letter has" in findings(
            dataclasses.replace(sound(), shown=shown)
        )

    def test_finds_a_mark_that_does_not_say_what_it_shows(self) -> None:
        """`shows` is missing or misspelt."""
        shown = [*sound().shown, Shown("X-1:one", "proves", "tests/a.py::v")]
        (found,) = findings(dataclasses.replace(sound(), shown=shown))
        assert "must say shows=" in found

    def test_finds_a_built_clause_without_a_rule(self) -> None:
        """Somebody called it built too early."""
        assert "X-1:one is kept by a rule, but no rule cites it" in findings(dataclasses.replace(sound(), rules={}))

    @pytest.mark.parametrize("way", ["allows", "refuses"])
    def test_finds_a_clause_shown_one_way_only(self, way: str) -> None:
        """Refusing everything is easy, and so is allowing everything."""
        shown = [each for each in sound().shown if each.shows != way]
        assert findings(dataclasses.replace(sound(), shown=shown)) == [
            f"X-1:one is kept by a rule, but no test shows what it {way}"
        ]

    def test_asks_nothing_of_a_planned_clause(self) -> None:
        """It says of itself that it is not kept yet."""
        planned = with_clause(sound(), small(status="planned"))
        assert findings(dataclasses.replace(planned, rules={}, shown=[])) == []

    def test_finds_a_control_that_is_not_named(self) -> None:
        """A built control is a piece of the product."""
        assert "X-1:one is called built, but names no control" in findings(with_clause(sound(), small(kept="control")))

    @pytest.mark.parametrize("name", ["harborline.kernel.clock.later", "harborline.attic", "os.path", "harborline"])
    def test_finds_a_control_that_is_not_there(self, name: str) -> None:
        """A renamed function, a missing module, somebody else's code."""
        clause = small(kept="control", by=(name,))
        assert findings(with_clause(sound(), clause)) == [f"X-1:one is kept by {name}, which is not there"]

    def test_finds_a_room_that_is_not_there(self) -> None:
        """Nothing is built in a room that is still to come."""
        clause = dataclasses.replace(small(), where=("messaging", "attic"))
        assert findings(with_clause(sound(), clause)) == ["X-1:one is called built, but the room attic is not there"]

    def test_finds_a_control_no_test_shows(self) -> None:
        """A mechanism without a test is a claim."""
        bare = dataclasses.replace(
            with_clause(sound(), small(kept="control", by=("harborline.kernel.clock.now",))), shown=[]
        )
        assert findings(bare) == ["X-1:one is kept by a control, but no test shows it"]

    def test_passes_on_what_could_not_be_loaded(self) -> None:
        """A module of rules that needs a database is not a module of rules."""
        assert findings(dataclasses.replace(sound(), unread=("x cannot be imported",))) == ["x cannot be imported"]

    def test_says_which_planned_clause_is_ready(self) -> None:
        """So that an honest status is not a forgotten one."""
        assert ready(with_clause(sound(), small(status="planned"))) == ["X-1:one"]


class TestTheCount:
    """How many clauses are still planned."""

    @pytest.mark.parametrize(
        ("counts", "actual", "expected"),
        [
            ((88, 60), 60, []),
            ((88, 90), 90, ["rose from 88 to 90"]),
            ((88, 60), 61, ["more than the 60 written down"]),
            ((88, 60), 59, ["fewer than the 60 written down"]),
        ],
    )
    def test_may_only_fall_and_must_be_todays(self, counts: tuple[int, ...], actual: int, expected: list[str]) -> None:
        """Up is refused, and so is a number that is no longer true."""
        found = planned_findings(counts, actual)
        assert len(found) == len(expected)
        assert all(part in sentence for part, sentence in zip(expected, found, strict=True))


class TestReadingTheTests:
    """How marks and controls are found without running anything."""

    def test_sees_marks_on_functions_classes_modules_and_parameters(self, tmp_path: Path) -> None:
        """Wherever pytest accepts one."""
        (tmp_path / "tests").mkdir()
        (tmp_path / "tests" / "test_it.py").write_text(
            "import pytest\n"
            "pytestmark = pytest.mark.clause('X-1:module', shows='keeps')\n"
            "@pytest.mark.clause('X-1:class', shows='allows')\n"
            "class TestIt:\n"
            "    @pytest.mark.clause('X-1:a', 'X-1:b', shows='refuses')\n"
            "    def test_so(self): ...\n"
            "@pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.clause('X-1:param', shows='allows'))])\n"
            "def test_more(x): ...\n"
            "NAME = 'X-1:name'\n"
            "@pytest.mark.clause(NAME)\n"
            "def test_unclear(): ...\n",
            encoding="utf-8",
        )
        place = "tests/test_it.py"
        assert set(marks_of(tmp_path / "tests")) == {
            Shown("X-1:module", "keeps", place),
            Shown("X-1:class", "allows", f"{place}::TestIt"),
            Shown("X-1:a", "refuses", f"{place}::TestIt::test_so"),
            Shown("X-1:b", "refuses", f"{place}::TestIt::test_so"),
            Shown("X-1:param", "allows", f"{place}::test_more"),
            Shown("", "", f"{place}::test_unclear"),
        }

    @pytest.mark.parametrize(
        "name",
        ["harborline.kernel", "harborline.kernel.clock", "harborline.kernel.clock.now", "harborline.law.profiles.HERE"],
    )
    def test_sees_modules_and_what_they_define(self, name: str) -> None:
        """Packages, modules, functions and constants."""
        assert present(name, PACKAGE)


CITED = re.compile(r"\b(?:NC-CSS-22-18|OFFSET-8\.\d|MN-WIC-9\.6|CA-CSS-03-11):[a-z0-9-]+[a-z0-9]")
TEST = re.compile(r"`(tests/[\w/.]+\.py(?:::\w+)*)`")


def unknown_citations(content: str) -> list[str]:
    """Clause ids in a text that no letter has; `no-such` is the one tests make up."""
    known = {clause.id for clause in law.clauses()}
    return [each for each in CITED.findall(content) if each not in known and not each.endswith(":no-such")]


def missing_tests(content: str) -> list[str]:
    """Tests that a page names and that are not there."""
    return [each for each in TEST.findall(content) if not there(each)]


def there(test: str) -> bool:
    """Whether a file, class or function of the tests exists."""
    file, *names = test.split("::")
    if not (CHECKOUT / file).is_file():
        return False
    level: list[ast.stmt] = ast.parse((CHECKOUT / file).read_text(encoding="utf-8")).body
    for name in names:
        found = [node for node in level if getattr(node, "name", "") == name]
        if not found:
            return False
        level = getattr(found[0], "body", [])
    return True


class TestCitations:
    """Wherever a clause or a test is named in words."""

    def test_name_clauses_that_exist(self) -> None:
        """In doorplates, docstrings, pages and templates."""
        files = [path for folder in ("src", "tests", "docs") for path in (CHECKOUT / folder).rglob("*")]
        texts = [path for path in files if path.suffix in {".py", ".md", ".toml", ".html"}]
        found = {
            path.relative_to(CHECKOUT).as_posix(): unknown
            for path in texts
            if (unknown := unknown_citations(path.read_text(encoding="utf-8")))
        }
        assert found == {}

    def test_name_tests_that_exist(self) -> None:
        """Every reading in docs/divergences.md that says what shows it says something true."""
        assert missing_tests((CHECKOUT / "docs" / "divergences.md").read_text(encoding="utf-8")) == []

    def test_would_be_found_out(self) -> None:
        """A misspelt clause, a test that moved."""
        assert unknown_citations("see " + "MN-WIC-9.6:" + "text-no-pirate, please") == [
            "MN-WIC-9.6:" + "text-no-pirate"
        ]
        assert missing_tests("`tests/architecture/test_clauses.py::TestCitations::test_gone`, `tests/gone.py`") == [
            "tests/architecture/test_clauses.py::TestCitations::test_gone",
            "tests/gone.py",
        ]
