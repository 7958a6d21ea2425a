"""Who holds the keys of this installation: the root key in a file or in a token, the rest in the key directory."""

from __future__ import annotations

import os
from pathlib import Path

from harborline.adapters.keys import DirectoryStore, FileJournal, FileRoot
from harborline.kernel import ports
from harborline.project.home import home, keys_directory
from harborline.vault.ports import ErasureJournal, KeyProvider, KeyStore

JOURNAL = Path("erasures") / "journal.jsonl"


def serve_keys() -> None:
    """Serve the ports of the vault from this home."""
    ports.serve(KeyProvider, FileRoot(keys_directory()))
    ports.serve(KeyStore, DirectoryStore(keys_directory()))
    ports.serve(ErasureJournal, journal_of(home()))


def journal_of(directory: Path) -> FileJournal:
    """The journal of erasures of a home, with its copies elsewhere (`HARBORLINE_ERASURE_COPIES`)."""
    named = os.environ.get("HARBORLINE_ERASURE_COPIES", "").split(os.pathsep)
    return FileJournal(directory / JOURNAL, [Path(each) for each in named if each])
