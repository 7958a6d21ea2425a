"""What the source tree says about the clauses: rules registered, controls present, tests that show them."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from harborline.kernel import RULES, Rule

SHOWS = frozenset({"allows", "refuses", "keeps"})
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Shown:
    """One mark on a test: the clause, what the test shows (allows, refuses, keeps) and the test's place.

    `clause` or `shows` is empty where the mark does not say it as plain text.
    """

    clause: str
    shows: str
    test: str


def rules_of(package: Path) -> tuple[Mapping[str, Rule], tuple[str, ...]]:
    """Every rule of the product by name, and the modules with rules that cannot be imported on their own.

    A rule is pure: its module must load without settings, database or network.
    """
    unread = tuple(each for path in sorted(package.rglob("*.py")) for each in _load(path, package))
    return {name: found for name, found in sorted(RULES.items()) if found.name.split(".")[0] in _rooms(package)}, unread


def _load(path: Path, package: Path) -> Iterator[str]:
    if "\n@rule(" not in path.read_text(encoding="utf-8"):
        return
    name = _module(path, package)
    try:
        importlib.import_module(name)
    except Exception as fault:  # noqa: BLE001 - whatever keeps it from loading is the finding
        yield f"{name} holds rules and cannot be imported on its own: {fault}"


def _rooms(package: Path) -> set[str]:
    return {path.name for path in package.iterdir() if path.is_dir()}


def marks_of(tests: Path) -> list[Shown]:
    """Every `@pytest.mark.clause(id, shows=...)` under `tests`, read without running anything."""
    found: list[Shown] = []
    for path in sorted(tests.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
        place = path.relative_to(tests.parent).as_posix()
        found.extend(_marks(tree, place))
    return found


def present(name: str, package: Path) -> bool:
    """Whether `name` (`harborline.vault.services.seal`) is a module of `package` or an object at a module's top."""
    parts = name.split(".")[1:]
    if not parts or not name.startswith("harborline."):
        return False
    if _file(package, parts):
        return True
    file = _file(package, parts[:-1])
    return file is not None and parts[-1] in _top_names(file)


def _module(path: Path, package: Path) -> str:
    parts = [package.name, *path.relative_to(package).with_suffix("").parts]
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _file(package: Path, parts: list[str]) -> Path | None:
    base = package.joinpath(*parts)
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if parts and candidate.is_file():
            return candidate
    return None


def _top_names(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {node.name for node in tree.body if isinstance(node, _DEFINITIONS)}
    for node in tree.body:
        if isinstance(node, ast.Assign):
            names.update(target.id for target in node.targets if isinstance(target, ast.Name))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names.add(node.target.id)
    return names


def _marks(tree: ast.AST, place: str) -> Iterator[Shown]:
    for node in ast.iter_child_nodes(tree):
        inside = f"{place}::{node.name}" if isinstance(node, _DEFINITIONS) else place
        if isinstance(node, ast.Call) and _is_mark(node.func):
            yield from _read(node, place)
        yield from _marks(node, inside)


def _is_mark(function: ast.expr) -> bool:
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "clause"
        and isinstance(function.value, ast.Attribute)
        and function.value.attr == "mark"
    )


def _read(call: ast.Call, place: str) -> Iterator[Shown]:
    shows = next((_plain(word.value) for word in call.keywords if word.arg == "shows"), "")
    for argument in call.args or [ast.Constant(value="")]:
        yield Shown(_plain(argument), shows, place)


def _plain(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
