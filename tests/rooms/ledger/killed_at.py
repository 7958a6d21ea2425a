"""A sequencer that is killed (SIGKILL) at its n-th step: run as a program by the fault tests.

Usage: killed_at.py LOG_DIR KEY_FILE ORIGIN STEP, the database's address in HARBORLINE_TEST_DSN. A step is a statement
to the database or a file of the published log, each before and after. Step 0: never.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

import psycopg

from harborline.ledger.integrating import current_epoch
from harborline.ledger.note import Note
from harborline.ledger.promises import SignedLast
from harborline.ledger.published import Directory
from harborline.ledger.sequencer import Sequencer

LOG_DIR, KEY_FILE, ORIGIN, STEP = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
_done = 0


def step() -> None:
    """Count; at the chosen step, die as in a power cut."""
    global _done  # noqa: PLW0603 - one count for the whole program
    _done += 1
    if _done == STEP:
        os.kill(os.getpid(), signal.SIGKILL)


class Connection(psycopg.Connection[Any]):
    """A connection whose statements are steps."""

    def execute(self, *arguments: Any, **options: Any) -> psycopg.Cursor[Any]:  # noqa: ANN401 - passes everything on
        """Before and after each statement."""
        step()
        answer = super().execute(*arguments, **options)
        step()
        return answer


class Published(Directory):
    """A directory whose files are steps."""

    def _write(self, path: str, content: bytes) -> None:
        step()
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).with_name(f".{Path(path).name}.draft").write_bytes(content[: len(content) // 2])
        step()
        super()._write(path, content)
        step()

    def drop_partials(self, level: int, index: int) -> None:
        """A step of its own."""
        step()
        super().drop_partials(level, index)
        step()


class Kept(SignedLast):
    """The file of the last signature, whose writing is steps."""

    def write(self, note: Note) -> None:
        """Before, half-way, after."""
        step()
        self.path.with_name(f".{self.path.name}.draft").write_bytes(bytes(note)[:40])
        step()
        super().write(note)
        step()


with Connection.connect(os.environ["HARBORLINE_TEST_DSN"], autocommit=True) as connection:
    sequencer = Sequencer(connection, Published(LOG_DIR), KEY_FILE, current_epoch(connection, ORIGIN))
    sequencer.publisher.signed_last = Kept(sequencer.publisher.signed_last.path)
    sequencer.catch_up()
print(_done)  # noqa: T201 - told to the test
