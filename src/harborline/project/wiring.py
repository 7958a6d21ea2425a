"""Which adapter serves which port."""

from __future__ import annotations

from harborline.adapters.keys import DirectoryKeys
from harborline.kernel import ports
from harborline.ledger.ports import Sealer
from harborline.project.home import keys_directory
from harborline.vault import services as vault
from harborline.vault.ports import KeyProvider


class VaultSealer:
    """The vault as the ledger's `Sealer`: the ledger stands below the vault and may not call it by name."""

    def seal(self, plaintext: bytes, *, group: str, context: str) -> bytes:
        """Seal under the newest key of the group."""
        return vault.seal(plaintext, group=group, context=context)

    def unseal(self, sealed: bytes, *, group: str, context: str) -> bytes:
        """Open."""
        return vault.unseal(sealed, group=group, context=context)

    def blind_index(self, kind: str, value: str) -> bytes:
        """Find equal values without reading them."""
        return vault.blind_index(kind, value)


def wire() -> None:
    """Serve every port of the product."""
    ports.serve(KeyProvider, DirectoryKeys(keys_directory()))
    ports.serve(Sealer, VaultSealer())
