"""Marks of what was asked of others before the answer is known: one durable file each, so a crash forgets nothing."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


class Marks:
    """A folder of our own with one small file for each transmission that may have left."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put(self, mark: uuid.UUID, facts: Mapping[str, Any]) -> None:
        """Set a mark, durable on return."""
        draft = self._directory / f".{mark}.{os.getpid()}"
        with draft.open("w", encoding="utf-8") as file:
            json.dump(dict(facts), file)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._directory / str(mark))
        sync_folder(self._directory)

    def get(self, mark: uuid.UUID) -> dict[str, Any] | None:
        """What a mark says; None where there is none."""
        try:
            found: dict[str, Any] = json.loads((self._directory / str(mark)).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return found

    def all(self) -> Iterator[tuple[uuid.UUID, dict[str, Any]]]:
        """Every mark."""
        for path in sorted(self._directory.iterdir()):
            if not path.name.startswith("."):
                yield uuid.UUID(path.name), json.loads(path.read_text(encoding="utf-8"))

    def remove(self, mark: uuid.UUID) -> None:
        """The answer is known."""
        (self._directory / str(mark)).unlink(missing_ok=True)


def sync_folder(directory: Path) -> None:
    """Make the names in a folder durable: a rename is not before this."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
