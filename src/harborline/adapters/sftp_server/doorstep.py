"""How many may stand at the door: machines that have not proved a key yet, and sessions of one partner."""

from __future__ import annotations

import fcntl
import os
from collections import Counter
from pathlib import Path
from typing import Final
from uuid import UUID

WAITING: Final = 64
WAITING_FROM_ONE: Final = 16
_PENALTY: Final = 40.0
_FORGIVEN_A_SECOND: Final = 0.2


class Doorstep:
    """Connections that have not proved a key: so many at once, so many from one address, and fewer after failures.

    Moments are handed in, in seconds on a clock that never goes back. Failures of an address are forgiven with time.
    """

    def __init__(self, waiting: int = WAITING, from_one: int = WAITING_FROM_ONE) -> None:
        self._waiting = waiting
        self._from_one = from_one
        self._here: Counter[str] = Counter()
        self._failures: dict[str, tuple[float, float]] = {}

    def enter(self, address: str, at_s: float) -> bool:
        """Whether one more may stand here; who may not is disconnected."""
        if self._here.total() >= self._waiting or self._here[address] >= self._from_one:
            return False
        if self._score(address, at_s) >= _PENALTY:
            return False
        self._here[address] += 1
        return True

    def leave(self, address: str) -> None:
        """One proved a key, or went."""
        self._here[address] -= 1
        if self._here[address] <= 0:
            del self._here[address]

    def failed(self, address: str, at_s: float) -> None:
        """A key was refused."""
        self._failures[address] = (self._score(address, at_s) + 1, at_s)
        if len(self._failures) > 4096:  # noqa: PLR2004 - a flood of addresses must not fill the memory
            self._failures = {each: kept for each, kept in self._failures.items() if self._score(each, at_s) > 0}

    def forgive(self, address: str, failures: int, at_s: float) -> None:
        """A key was proved after so many refused ones: a partner who keeps several is no stranger."""
        if failures:
            self._failures[address] = (max(0.0, self._score(address, at_s) - failures), at_s)

    def _score(self, address: str, at_s: float) -> float:
        score, since_s = self._failures.get(address, (0.0, at_s))
        return max(0.0, score - (at_s - since_s) * _FORGIVEN_A_SECOND)


class Places:
    """Places for sessions, counted across every gateway process of this machine.

    A place is a lock on a file named by a number of ours; the operating system frees it when its holder dies.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def take(self, owner: UUID, places: int) -> int | None:
        """A place among the owner's so many, or None when all are taken; `give_back` frees it."""
        for number in range(places):
            file = os.open(self._directory / f"{owner}.{number}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
            else:
                return file
        return None

    def give_back(self, place: int) -> None:
        """Free a place."""
        os.close(place)
