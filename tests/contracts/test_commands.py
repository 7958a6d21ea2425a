"""Every command says in words what is wrong, whatever stands behind it; none ends with a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# Those that load more than others before they reach the database.
SAMPLE = ("transfer", "sender", "exchange keys", "exchange verify", "law matrix")
STATUSES = (0, 1, 2, 3)


def called(folder: Path, *wanted: str) -> dict[str, tuple[int, str]]:
    """What each command came to, each in a process of its own, where no database answers."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HARBORLINE", "DJANGO"))}
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("every_command.py")), *wanted], capture_output=True, text=True,
        env={**environment, "HARBORLINE_HOME": str(folder), "HARBORLINE_DATABASE_URL": "postgresql://x:x@127.0.0.1:1/x"},
        cwd=folder, check=True,
    )  # fmt: skip
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["command"]: (row["status"], row["told"]) for row in rows}


def well(found: dict[str, tuple[int, str]]) -> None:
    """One sentence and an exit status of ours."""
    assert {name: told for name, (status, told) in found.items()
            if status not in STATUSES or "Traceback" in told} == {}  # fmt: skip


class TestACommand:
    """Alone in its process, with nothing set up before."""

    def test_sets_up_what_it_needs(self, tmp_path: Path) -> None:
        """Some of them."""
        found = called(tmp_path, *SAMPLE)
        assert {"transfer keys", "transfer accept", "sender kannel"} <= set(found)
        well(found)

    @pytest.mark.soak
    @pytest.mark.timeout(1200)
    def test_sets_up_what_it_needs_whichever_it_is(self, tmp_path: Path, soak: bool) -> None:
        """All of them."""
        if not soak:
            pytest.skip("runs with --soak")
        found = called(tmp_path)
        assert len(found) > 100
        well(found)
