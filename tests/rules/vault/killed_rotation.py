"""A rotation that is killed (SIGKILL) at its n-th step: run as a program by the fault tests.

Usage: killed_rotation.py KEYS WHAT STEP, where WHAT is `root`, `office` or `move`. A step is before or after each
change of a file. Step 0: never; prints how many there were.
"""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

from harborline.adapters.keys import DirectoryStore, FileRoot
from harborline.adapters.keys.shelf import FileShelf
from harborline.vault.rotation import Moving, Rotation

KEYS, WHAT, STEP = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
_done = 0


def step() -> None:
    """Count; at the chosen step, die as in a power cut."""
    global _done  # noqa: PLW0603 - one count for the whole program
    _done += 1
    if _done == STEP:
        os.kill(os.getpid(), signal.SIGKILL)


class Shelf(FileShelf):
    """A shelf whose rewriting is several steps."""

    def rewrite(self, slots: Mapping[uuid.UUID, bytes]) -> None:
        """Before, half written, after."""
        step()
        self._path.with_name(f".{self._path.name}.draft").write_bytes(b"HLS1half")
        step()
        super().rewrite(slots)
        step()


class Store(DirectoryStore):
    """A store whose changes are steps."""

    def replace(self, name: str, content: bytes) -> None:
        """Before, half written beside, after."""
        step()
        path = self._path(name)
        path.parent.mkdir(exist_ok=True)
        path.with_name(f".{path.name}.draft").write_bytes(content[: len(content) // 2])
        step()
        super().replace(name, content)
        step()

    def remove(self, name: str) -> None:
        """Before and after."""
        step()
        super().remove(name)
        step()

    def shelf(self, group: str) -> FileShelf:
        """With steps."""
        return Shelf(super().shelf(group)._path)


class Root(FileRoot):
    """Root keys whose changes are steps."""

    def make(self, above: int = 0) -> int:
        """Before and after."""
        step()
        number = super().make(above)
        step()
        return number

    def retire(self, number: int) -> None:
        """Before and after."""
        step()
        super().retire(number)
        step()


provider = Moving(Root(KEYS / "token"), Root(KEYS)) if WHAT == "move" else Root(KEYS)
rotation = Rotation(provider, Store(KEYS))
rotation.office("nc-css") if WHAT == "office" else rotation.root()
print(_done)  # noqa: T201 - told to the test
