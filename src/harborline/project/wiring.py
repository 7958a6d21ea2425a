"""Which adapter serves which port."""

from __future__ import annotations

from harborline.adapters.keys import DirectoryKeys
from harborline.kernel import ports
from harborline.project.home import keys_directory
from harborline.vault.ports import KeyProvider


def wire() -> None:
    """Serve every port of the product."""
    ports.serve(KeyProvider, DirectoryKeys(keys_directory()))
