"""What the ledger needs from outside: somebody who seals."""

from __future__ import annotations

from typing import Protocol


class Sealer(Protocol):
    """Seals the contents of entries and finds subjects without reading them; served by the vault."""

    def seal(self, plaintext: bytes, *, group: str, context: str) -> bytes:
        """Seal bytes under the key of `group`, bound to the place `context`."""

    def unseal(self, sealed: bytes, *, group: str, context: str) -> bytes:
        """Open; raises `Broken` when changed or moved, `NotFound` when the key is destroyed."""

    def blind_index(self, kind: str, value: str) -> bytes:
        """16 bytes, equal for equal values, that tell nothing without the key."""
