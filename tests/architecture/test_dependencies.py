"""The product runs with what `make install` brings; what only developers install is for types and tests."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "harborline"


def installed(lock: Path) -> set[str]:
    """The distributions a lock file names."""
    named = re.findall(r"^([A-Za-z0-9._-]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)
    return {plain(each) for each in named}


def plain(name: str) -> str:
    """A distribution's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(tree: ast.AST) -> Iterator[str]:
    """The packages a module imports when it runs; imports for types alone are left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
        else:
            yield from imported(node)


brings = cache(packages_distributions)


def missing(tree: ast.AST, has: set[str]) -> set[str]:
    """What a module imports that these distributions do not bring."""
    brought = brings()
    foreign = set(imported(tree)) - sys.stdlib_module_names - {"harborline"}
    return {name for name in foreign if not {plain(one) for one in brought.get(name, [])} & has}


class TestTheProduct:
    """What runs at an agency."""

    @pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: str(path.relative_to(SOURCE)))
    def test_imports_only_what_is_installed_there(self, path: Path) -> None:
        """Every import, also inside functions, is in requirements.lock."""
        assert missing(ast.parse(path.read_text(encoding="utf-8")), installed(ROOT / "requirements.lock")) == set()

    def test_would_be_seen_to_use_a_developers_package(self) -> None:
        """The check can fail, and types are no use."""
        has = installed(ROOT / "requirements.lock")
        assert missing(ast.parse("def f():\n    import pytest"), has) == {"pytest"}
        assert missing(ast.parse("if TYPE_CHECKING:\n    import pytest"), has) == set()
