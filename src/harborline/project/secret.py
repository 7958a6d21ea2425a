"""The installation's signing secret for sessions and forms."""

from __future__ import annotations

from pathlib import Path

from harborline.adapters.keys.files import read_or_make


def secret_key(keys: Path) -> str:
    """Hex of `secret.key`, made on first start with mode 0600."""
    return read_or_make(keys / "secret.key").hex()
