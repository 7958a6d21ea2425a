"""`harborline law`: what an officer asks on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harborline.kernel import Invalid
from harborline.law import law_command


def told(*arguments: str) -> str:
    """What the command prints when all is well."""
    result = CliRunner().invoke(law_command.app, arguments)
    assert result.exit_code == 0, result.output
    return result.output


class TestClauses:
    """`harborline law clauses`."""

    def test_lists_one_letter(self) -> None:
        """With the status of each clause."""
        lines = told("clauses", "--document", "CA-CSS-03-11").splitlines()
        assert len(lines) == 10
        assert all(line.split()[0] in {"built", "planned"} for line in lines)

    def test_lists_all_for_a_machine(self) -> None:
        """One object per line."""
        rows = [json.loads(line) for line in told("clauses", "--json").splitlines()]
        assert {"id", "force", "kept", "status", "says"} == set(rows[0])
        assert len(rows) == 88


class TestProfile:
    """`harborline law profile`."""

    def test_shows_value_floor_and_clause(self) -> None:
        """So that a supervisor can see where a number comes from."""
        assert "texting.quiet_end: 20:00 (floor 21:00, NC-CSS-22-18:lawful-notifications)" in told("profile", "nc-css")

    def test_shows_it_to_a_machine(self) -> None:
        """With the hash that goes into every decision."""
        row = json.loads(told("profile", "mn-wic", "--json"))
        assert row["settings"]["consent.verbal_cap_days"] == ["30", "30", "MN-WIC-9.6:verbal-temporary"]
        assert len(row["sha256"]) == 64

    def test_refuses_an_unknown_program(self) -> None:
        """And names the known ones."""
        result = CliRunner().invoke(law_command.app, ["profile", "tx-css"])
        assert isinstance(result.exception, Invalid)


class TestMatrix:
    """`harborline law matrix`."""

    @pytest.fixture
    def checkout(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A checkout with no tests in it but an empty folder."""
        (tmp_path / "tests").mkdir()
        monkeypatch.setattr(law_command, "CHECKOUT", tmp_path)
        monkeypatch.setattr(law_command, "trace_of", lambda trace_of=law_command.trace_of: trace_of(tmp_path))
        return tmp_path

    def test_is_written_into_the_documents(self, checkout: Path) -> None:
        """Every clause of every letter has its place."""
        CliRunner().invoke(law_command.app, ["matrix"])
        written = (checkout / "docs" / "traceability.md").read_text(encoding="utf-8")
        assert written.count("### `") == 88

    def test_fails_the_check_when_it_is_stale(self, checkout: Path) -> None:
        """And changes nothing."""
        result = CliRunner().invoke(law_command.app, ["matrix", "--check"])
        assert isinstance(result.exception, Invalid)
        assert "is stale" in result.output
        assert not (checkout / "docs").exists()

    def test_cannot_be_made_without_the_tests(self, checkout: Path) -> None:
        """An installed package has none."""
        (checkout / "tests").rmdir()
        result = CliRunner().invoke(law_command.app, ["matrix"])
        assert "there are no tests here" in str(result.exception)
