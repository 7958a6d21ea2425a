"""The command says what is wrong in one line, whatever file it was given."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

GIVEN = (
    ("keys", "recovery", "--out", "{home}/new", "--passphrase-file", "{file}"),
    ("oversight", "enforcement", "{file}", "--program", "nc-css"),
    ("segments", "--jsonl", "{file}", "--out", "-"),
)


def said(home: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and standard error of one command, in a home of its own."""
    done = subprocess.run(
        [sys.executable, "-c", "from harborline.project.command import main; main()", *arguments],
        env={"HARBORLINE_HOME": str(home), "PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stderr


class TestAFileThatIsNotThere:
    """Or is a folder, or nobody may read."""

    @pytest.mark.parametrize("command", GIVEN, ids=[each[0] for each in GIVEN])
    @pytest.mark.parametrize("file", ["none.txt", "folder"])
    def test_is_said_in_a_line(self, tmp_path: Path, command: tuple[str, ...], file: str) -> None:
        """No traceback, and a script that goes on knows."""
        (tmp_path / "folder").mkdir()
        code, err = said(tmp_path, *(each.format(home=tmp_path, file=tmp_path / file) for each in command))
        assert code != 0
        assert "Traceback" not in err
        assert file in err
