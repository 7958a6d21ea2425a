"""`harborline oversight`, as far as it needs no database."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from harborline.kernel import Invalid
from harborline.project.commands.oversight import app


def test_the_model_agency_is_measured_from_the_command_line() -> None:
    """One JSON object with what the detectors found of what was planted."""
    done = CliRunner().invoke(app, ["simulate", "--seed", "2", "--workers", "120", "--recall", "0.5"])
    assert done.exit_code == 0
    said = json.loads(done.stdout)
    assert said["accesses"] > 50_000
    assert 0 < said["precision"] <= 1
    assert said["reviews"] <= said["possible"]


def test_a_list_for_enforcement_must_be_a_file(tmp_path: Path) -> None:
    """Anything else is said before a database is started."""
    with pytest.raises(Invalid, match="one a line"):
        CliRunner().invoke(app, ["enforcement", str(tmp_path), "--program", "nc-css"], catch_exceptions=False)
