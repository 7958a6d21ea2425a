"""A destruction that is killed (SIGKILL) after its commit, after its line in the journal, or after the key is gone.

Usage: killed_shredding.py RECORD GROUP STEP, in the home of the test session.
"""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import Sequence

from harborline.adapters.keys import DirectoryStore
from harborline.adapters.keys.shelf import FileShelf
from harborline.kernel import ports
from harborline.project.home import keys_directory
from harborline.project.start import prepare

prepare()

from harborline.vault import services  # noqa: E402 - models load only after the set-up
from harborline.vault.facts import Grounds  # noqa: E402
from harborline.vault.models import ShredOrder  # noqa: E402
from harborline.vault.ports import ErasureJournal, KeyStore  # noqa: E402
from harborline.walls import ALL_COUNTIES, Actor, acting  # noqa: E402

RECORD, GROUP, STEP = uuid.UUID(sys.argv[1]), sys.argv[2], int(sys.argv[3])


def die() -> None:
    """As in a power cut."""
    os.kill(os.getpid(), signal.SIGKILL)


class Journal:
    """A journal whose writing is a step before and a step after."""

    def __init__(self, real: ErasureJournal) -> None:
        self._real = real

    def append(self, lines: Sequence[str]) -> None:
        """Before and after."""
        if STEP == 1:
            die()
        self._real.append(lines)
        if STEP == 2:
            die()

    def read(self) -> list[str]:
        """As the real one."""
        return self._real.read()


class Shelf(FileShelf):
    """A shelf where the death comes after the erasing."""

    def erase(self, records: Sequence[uuid.UUID]) -> int:
        """The secret is gone, the order is not marked yet."""
        found = super().erase(records)
        if STEP == 3:
            die()
        return found


class Store(DirectoryStore):
    """A store with such shelves."""

    def shelf(self, group: str) -> FileShelf:
        """As the real one."""
        return Shelf(super().shelf(group)._path)


ports.serve(KeyStore, Store(keys_directory()))
ports.serve(ErasureJournal, Journal(ports.serving(ErasureJournal)))
with acting(Actor("system", "retention"), program="mn-wic", counties=ALL_COUNTIES, purpose="disposal"):
    services.shred([RECORD], group=GROUP, grounds=Grounds("mn-wic/inbound-texts@2026-01", "MN WIC 9.6"))
    assert ShredOrder.objects.exists()
