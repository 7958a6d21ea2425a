"""The rules of the house, read from the files themselves."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "harborline"
CODE = ("src", "tests", "benchmarks", "scripts")
WRITTEN = {".py", ".md", ".toml", ".html", ".txt", ".cfg", ".ini", ".yml", ".yaml", ".sh", ".csv", ".po", ".js", ".css"}

FILE_LINES = 500
FUNCTION_LINES = 60
CLOCK = {"kernel/clock.py", "kernel/ids.py"}  # the second puts the millisecond into an identifier, and nothing else
READS_CLOCK = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"),
    *("time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns", "timezone.now"),
    *("timezone.localtime", "timezone.localdate", "time.localtime", "time.gmtime"),
}
FORBIDDEN_FILES = {"utils", "util", "helpers", "helper", "managers", "manager", "common", "misc"}
FORBIDDEN_WORDS = {"user", "users", "manager", "managers", "helper", "helpers", "util", "utils"}
FORBIDDEN_NAMES = {"data", "process", "common", "misc"}
FIELD_WORDS = re.compile(r"[Cc]ase_?[Mm]anagers?")
FRAMEWORK_NAMES = {"create_user", "create_superuser", "save_user", "populate_username", "user_logged_in"}
UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X|HAC[K]|WI[P])\b")
PERSONAL = re.compile(r"(?<![\w.])/(?:[h]ome/[a-z]|[U]sers/[A-Za-z]|[r]oot/)|C:\\+[U]sers")
WORKPLACE = re.compile(r"(?<!\w)/[w]ork/|shared/(?:[d]omain|[s]ources|[v]ectors|[c]lauses)|[C]ONTRACT\.md|/tmp/[w]/")


def python_files(*folders: str) -> list[Path]:
    """Every Python file of ours; migrations are written by Django."""
    return [
        path
        for folder in folders
        for path in sorted((ROOT / folder).rglob("*.py"))
        if "migrations" not in path.parts and "__pycache__" not in path.parts
    ]


def written_files() -> Iterator[Path]:
    """Every text file of ours; vendored files and lists of hashes are not."""
    for folder in (*CODE, "docs"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in WRITTEN and not {"vendor", "node_modules"} & set(path.parts) and "uswds" not in str(path):
                yield path
    yield from (
        path
        for name in ("Makefile", "README.md", "CHANGELOG.md", "pyproject.toml", ".importlinter")
        if (path := ROOT / name).exists()
    )


def named(path: Path) -> str:
    """The path as it is shown in a finding."""
    return path.relative_to(ROOT).as_posix()


def long_functions(tree: ast.AST) -> Iterator[str]:
    """Functions above the limit, without counting their docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            start = node.body[0].end_lineno or node.lineno if ast.get_docstring(node) else node.lineno
            if (node.end_lineno or start) - start > FUNCTION_LINES:
                yield node.name


def clock_reads(tree: ast.AST) -> Iterator[str]:
    """Calls and mentions that read the time, whatever the module was imported as."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if f"{owner}.{node.attr}" in READS_CLOCK:
                yield f"{owner}.{node.attr}"
        if isinstance(node, ast.ImportFrom) and node.module in {"time", "django.utils.timezone"}:
            yield from (
                alias.name for alias in node.names if f"{node.module.split('.')[-1]}.{alias.name}" in READS_CLOCK
            )


def bad_names(tree: ast.AST) -> Iterator[str]:
    """Classes and functions named by a word that says nothing."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.name not in FRAMEWORK_NAMES:
            name = FIELD_WORDS.sub("", node.name)
            words = {word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", name)}
            if words & FORBIDDEN_WORDS or node.name.lower() in FORBIDDEN_NAMES:
                yield node.name


def undocumented(tree: ast.Module) -> Iterator[str]:
    """Public modules, classes, functions and methods without a docstring."""
    if not ast.get_docstring(tree) and tree.body:
        yield "the module"
    yield from _undocumented_inside(tree)


def _undocumented_inside(owner: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in owner.body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if node.name != "Meta" and not ast.get_docstring(node) and not _overloads(node):
            yield node.name
        if isinstance(node, ast.ClassDef):
            yield from _undocumented_inside(node)


def _overloads(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(
        getattr(each, "id", getattr(each, "attr", "")) in {"overload", "override"} for each in node.decorator_list
    )


def unwritten_parts(tree: ast.Module) -> Iterator[str]:
    """Functions that say they are not there yet; a method of a base class that is nothing else may say so."""
    methods = {id(each) for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for each in node.body}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and "NotImplementedError" in ast.dump(node):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if id(node) not in methods or len(body) > 1:
                yield node.name


def comments(path: Path) -> str:
    """What a person wrote beside the code: comments of a Python file, the whole of any other."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        return content
    tokens = tokenize.generate_tokens(io.StringIO(content).readline)
    return "\n".join(token.string for token in tokens if token.type == tokenize.COMMENT)


def parsed(path: Path) -> ast.Module:
    """The file as a tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def listed(found: list[str]) -> str:
    """Findings one to a line."""
    return "\n" + "\n".join(found)


class TestEveryFile:
    """What anyone who opens a file may expect."""

    def test_is_short_enough_to_read(self) -> None:
        """A longer one becomes a folder."""
        found = [named(path) for path in python_files(*CODE) if len(path.read_bytes().splitlines()) > FILE_LINES]
        assert not found, listed(found)

    def test_is_named_after_what_it_holds(self) -> None:
        """No drawer for odds and ends."""
        parts = {part.removesuffix(".py") for path in python_files(*CODE) for part in path.relative_to(ROOT).parts}
        assert parts & FORBIDDEN_FILES == set()

    def test_is_finished(self) -> None:
        """No note to do it later, and nothing left unwritten."""
        unfinished = [named(path) for path in written_files() if UNFINISHED.search(comments(path))]
        unwritten = [f"{named(path)}: {name}" for path in python_files("src") for name in unwritten_parts(parsed(path))]
        assert not unfinished + unwritten, listed(unfinished + unwritten)

    def test_names_nobodys_own_directories(self) -> None:
        """No path of the machine somebody worked on, and no place it was worked in."""
        found = [
            f"{named(path)}: {match.group()}"
            for path in written_files()
            for pattern in (PERSONAL, WORKPLACE)
            for match in pattern.finditer(path.read_text(encoding="utf-8"))
        ]
        assert not found, listed(found)


class TestTheCode:
    """What holds for the product itself."""

    def test_reads_the_clock_in_one_place(self) -> None:
        """Rules are handed the time."""
        found = [
            f"{named(path)}: {read}"
            for path in python_files("src")
            if path.relative_to(SOURCE).as_posix() not in CLOCK
            for read in clock_reads(parsed(path))
        ]
        assert not found, listed(found)

    def test_has_no_long_function(self) -> None:
        """One thought each."""
        found = [f"{named(path)}: {name}" for path in python_files("src") for name in long_functions(parsed(path))]
        assert not found, listed(found)

    def test_uses_the_words_of_the_field(self) -> None:
        """Participant and Worker, never the word for anybody."""
        found = [f"{named(path)}: {name}" for path in python_files("src") for name in bad_names(parsed(path))]
        assert not found, listed(found)

    def test_says_what_every_public_thing_is(self) -> None:
        """A docstring each."""
        found = [f"{named(path)}: {name}" for path in python_files("src") for name in undocumented(parsed(path))]
        assert not found, listed(found)

    def test_is_explained_in_every_test(self) -> None:
        """Each test has a sentence an officer understands."""
        found = [
            f"{named(path)}: {node.name}"
            for path in python_files("tests")
            for node in ast.walk(parsed(path))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name.startswith("test_")
            and not ast.get_docstring(node)
        ]
        assert not found, listed(found)


class TestTheseChecks:
    """A check that cannot fail is a defect."""

    @pytest.mark.parametrize(
        "code",
        [
            "from datetime import datetime\ndatetime.now()",
            "import datetime\ndatetime.datetime.now()",
            "import time\nbegan = time.monotonic()",
            "from time import perf_counter",
            "from django.utils import timezone\nfield(default=timezone.now)",
        ],
    )
    def test_see_a_reading_of_the_clock(self, code: str) -> None:
        """Called, handed over or imported by name."""
        assert list(clock_reads(ast.parse(code)))

    @pytest.mark.parametrize("code", ["time.sleep(1)", "clock.now()", "self.now()", "datetime.fromisoformat('')"])
    def test_leave_everything_else_about_time_alone(self, code: str) -> None:
        """Waiting and parsing are no reading."""
        assert list(clock_reads(ast.parse(code))) == []

    @pytest.mark.parametrize(
        "name", ["class UserForm: ...", "class CaseManagerManager: ...", "def get_user(): ...", "def data(): ..."]
    )
    def test_see_a_word_that_says_nothing(self, name: str) -> None:
        """In any spelling."""
        assert list(bad_names(ast.parse(name)))

    @pytest.mark.parametrize(
        "code", ["x = 1", '"""M."""\ndef f(): ...', '"""M."""\nclass A:\n    """A."""\n    def f(self): ...']
    )
    def test_see_a_missing_docstring(self, code: str) -> None:
        """Of a module, a function, a method."""
        assert list(undocumented(ast.parse(code)))

    @pytest.mark.parametrize(
        "code",
        [
            "def f(): raise NotImplementedError",
            "class A:\n    def f(self):\n        if self: raise NotImplementedError\n        return 1",
        ],
    )
    def test_see_what_was_left_unwritten(self, code: str) -> None:
        """A function that does nothing yet, a branch that is missing."""
        assert list(unwritten_parts(ast.parse(code))) == ["f"]

    def test_let_a_base_class_leave_a_method_to_others(self) -> None:
        """The whole method says so."""
        code = 'class A:\n    def f(self):\n        """What it gives."""\n        raise NotImplementedError'
        assert list(unwritten_parts(ast.parse(code))) == []

    def test_see_a_long_function(self) -> None:
        """One line above the limit."""
        body = "\n".join("    x = 1" for _ in range(FUNCTION_LINES + 1))
        assert list(long_functions(ast.parse(f"def f():\n{body}"))) == ["f"]
        assert list(long_functions(ast.parse(f"def f():\n{body.removesuffix('    x = 1').rstrip()}"))) == []

    @pytest.mark.parametrize(
        ("pattern", "content"),
        [
            (UNFINISHED, f"# {'TO'}DO later"),
            (PERSONAL, f"see /{'home'}/ana/notes"),
            (WORKPLACE, f"as in ../shared/{'domain'}/texting"),
            (WORKPLACE, f"/{'work'}/main"),
        ],
    )
    def test_see_what_does_not_belong(self, pattern: re.Pattern[str], content: str) -> None:
        """Notes to oneself, one's own machine, one's own desk."""
        assert pattern.search(content)
