"""Who holds the keys of this installation: the root key in a file or in a token, the rest in the key directory."""

from __future__ import annotations

import os
from pathlib import Path

from harborline.adapters.keys import DirectoryStore, FileJournal, FileRoot
from harborline.kernel import Invalid, ports
from harborline.project.home import home, keys_directory
from harborline.vault.ports import ErasureJournal, KeyProvider, KeyStore

JOURNAL = Path("erasures") / "journal.jsonl"
_LIBRARY = "HARBORLINE_TOKEN_LIBRARY"
_TOKEN = "HARBORLINE_TOKEN_LABEL"  # noqa: S105 - the name of a variable
_PIN_FILE = "HARBORLINE_TOKEN_PIN_FILE"


def serve_keys() -> None:
    """Serve the ports of the vault from this home."""
    ports.serve(KeyProvider, root_holder(keys_directory()))
    ports.serve(KeyStore, DirectoryStore(keys_directory()))
    ports.serve(ErasureJournal, journal_of(home()))


def root_holder(directory: Path) -> KeyProvider:
    """The token named in the environment, else files in `directory`; raises `Invalid` when half a token is named."""
    if not os.environ.get(_LIBRARY):
        return FileRoot(directory)
    # The library of tokens is loaded only where one is used.
    from harborline.adapters.pkcs11 import Place, TokenRoot  # noqa: PLC0415 - see above

    return TokenRoot(Place(Path(os.environ[_LIBRARY]), _needed(_TOKEN), Path(_needed(_PIN_FILE))))


def journal_of(directory: Path) -> FileJournal:
    """The journal of erasures of a home, with its copies elsewhere (`HARBORLINE_ERASURE_COPIES`)."""
    named = os.environ.get("HARBORLINE_ERASURE_COPIES", "").split(os.pathsep)
    return FileJournal(directory / JOURNAL, [Path(each) for each in named if each])


def _needed(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        raise Invalid(f"is needed beside {_LIBRARY}", name)
    return value
