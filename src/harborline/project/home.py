"""Where the state of an installation lives: one directory, `HARBORLINE_HOME`."""

from __future__ import annotations

import os
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]


def home() -> Path:
    """`HARBORLINE_HOME`, else `.harborline/` in the checkout, else in the working directory; made with mode 0700."""
    named = os.environ.get("HARBORLINE_HOME")
    root = CHECKOUT if (CHECKOUT / "pyproject.toml").exists() else Path.cwd()
    directory = Path(named) if named else root / ".harborline"
    directory = directory.absolute()
    if not directory.exists():
        directory.mkdir(parents=True, mode=0o700)
    return directory


def keys_directory() -> Path:
    """Where the key files are (mode 0700)."""
    return home() / "keys"


def log_directory() -> Path:
    """Where the published log is: `checkpoint`, `tile/…`, `tile/entries/…`, `vkey`."""
    return home() / "log"


def restoring_mark() -> Path:
    """The file that stands while a restore is under way: nothing is served from a home that has it."""
    return home() / "restoring.json"
