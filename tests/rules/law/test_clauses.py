"""Clauses: the letters as files, read whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from harborline import law
from harborline.kernel import Invalid
from harborline.law.clauses import load_documents

LETTER = """
document = "X-1"
title = "A letter"
issuer = "An agency"
dated = "1 January 2026"
"""
CLAUSE = """
[[clause]]
id = "X-1:one"
locator = "First sentence"
force = "must"
says = "One thing is asked."
kept = ["rule"]
where = ["messaging"]
how = "A rule."
status = "planned"
"""


def written(directory: Path, content: str, name: str = "X-1.toml") -> Path:
    """A directory with one letter."""
    (directory / name).write_text(content, encoding="utf-8")
    return directory


class TestALetter:
    """How a file of clauses is read."""

    def test_is_read_with_all_its_clauses(self, tmp_path: Path) -> None:
        """Id, place, force, paraphrase, ways, rooms, mechanism and status."""
        (document,) = load_documents(written(tmp_path, LETTER + CLAUSE))
        (clause,) = document.clauses
        assert (document.id, clause.id, clause.kept, clause.built) == ("X-1", "X-1:one", ("rule",), False)

    @pytest.mark.parametrize(
        ("content", "expected"),
        [
            (LETTER, "X-1.toml: the clause list is empty"),
            (f"{LETTER}clause = []\n", "X-1.toml: the clause list is empty"),
            (LETTER + CLAUSE + CLAUSE, "clause 'X-1:one': the id is used twice"),
            (LETTER + CLAUSE.replace('["rule"]', '["hope"]'), "X-1.toml, clause 1 'X-1:one': kept 'hope' is unknown"),
            (LETTER + CLAUSE.replace('["rule"]', "[]"), "'kept' is an empty list"),
            (LETTER + CLAUSE.replace('["messaging"]', '["attic"]'), "where 'attic' is unknown"),
            (LETTER + CLAUSE.replace('"must"', '"might"'), "force 'might' is unknown"),
            (LETTER + CLAUSE.replace('"planned"', '"done"'), "status 'done' is unknown"),
            (LETTER + CLAUSE.replace('says = "One thing is asked."', ""), "'says' must be a sentence"),
            (LETTER + CLAUSE.replace("X-1:one", "Y-1:one"), "the id must read"),
            (LETTER + CLAUSE.replace("how =", "why ="), "'why' is not a key"),
            (LETTER + "[[clause\n", "X-1.toml: the file is not TOML"),
            (CLAUSE, "'document' must be"),
        ],
    )
    def test_is_refused_when_it_is_broken(self, tmp_path: Path, content: str, expected: str) -> None:
        """The message names the file and the clause."""
        with pytest.raises(Invalid) as refused:
            load_documents(written(tmp_path, content))
        assert expected in str(refused.value)

    def test_may_not_use_the_id_of_another(self, tmp_path: Path) -> None:
        """Two files with one name inside are one mistake."""
        written(tmp_path, LETTER + CLAUSE)
        written(tmp_path, LETTER + CLAUSE, "X-2.toml")
        with pytest.raises(Invalid, match="used twice"):
            load_documents(tmp_path)

    def test_must_exist(self, tmp_path: Path) -> None:
        """No letters at all would allow everything."""
        with pytest.raises(Invalid, match="no clause files"):
            load_documents(tmp_path)

    def test_that_cannot_be_read_is_named(self, tmp_path: Path) -> None:
        """A folder in a file's place."""
        (tmp_path / "X-1.toml").mkdir()
        with pytest.raises(Invalid, match=r"X-1\.toml: the file cannot be read"):
            load_documents(tmp_path)


class TestAskingForAClause:
    """The door."""

    def test_finds_it(self) -> None:
        """By its id."""
        assert law.clause("MN-WIC-9.6:text-no-private").force == "must-not"

    def test_refuses_an_unknown_one(self) -> None:
        """A misspelt id is a mistake, not an absence."""
        with pytest.raises(Invalid, match=r"there is no clause 'MN-WIC-9\.6:no-such'"):
            law.clause("MN-WIC-9.6:no-such")
