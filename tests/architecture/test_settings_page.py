"""The page of settings and the code name the same variables."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.architecture.test_house import python_files

from harborline.law.law_command import CHECKOUT

PAGE = CHECKOUT / "docs" / "operate" / "settings.md"
NAME = re.compile(r"(?:HARBORLINE|DJANGO|XDG)_[A-Z_]+[A-Z]")


def variables_of(source: str) -> set[str]:
    """Every string of a module that is the name of a variable."""
    strings = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return {value for value in strings if isinstance(value, str) and NAME.fullmatch(value)}


def read_by_the_code() -> set[str]:
    """The variables that the product and the set-up of its tests read."""
    files: list[Path] = [*python_files("src"), CHECKOUT / "tests" / "conftest.py"]
    return set().union(*(variables_of(path.read_text(encoding="utf-8")) for path in files))


class TestTheSettings:
    """What an operator may set."""

    def test_are_all_on_the_page_and_all_in_the_code(self) -> None:
        """None is secret, and none is left over."""
        assert set(NAME.findall(PAGE.read_text(encoding="utf-8"))) == read_by_the_code()

    def test_would_be_missed(self) -> None:
        """A variable is seen in any call, and words about it are not taken for one."""
        assert variables_of('x = environ.get("HARBORLINE_NEW", "")') == {"HARBORLINE_NEW"}
        assert variables_of('"""Set `HARBORLINE_NEW`, please."""') == set()
