"""What the vault needs from outside: a holder of keys."""

from __future__ import annotations

from typing import Protocol


class KeyProvider(Protocol):
    """Holds group keys wrapped under a root key, apart from the database."""

    def current_key(self, group: str) -> tuple[int, bytes]:
        """The number and the 32 bytes of the group's newest key, made on first use."""

    def key(self, group: str, number: int) -> bytes:
        """The group's key of that number; raises `NotFound` once it has been destroyed."""

    def index_key(self, kind: str) -> bytes:
        """The 32-byte key of a blind index."""
