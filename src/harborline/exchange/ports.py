"""What a protocol engine (SFTP, drop folder) asks of the exchange: names that are rows, contents that are sealed.

Every call is one short unit of work, synchronous, to be made in a thread. All raise kernel `Refused`, `NotFound`,
`Invalid` and `Unavailable`. A path is `/<agreement>/<box>/<name>`, as the partner writes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harborline.exchange.facts import Entry, Guest


class Upload(Protocol):
    """A file on its way in; `size` is how many bytes are held."""

    @property
    def size(self) -> int:
        """Bytes held."""

    def write(self, offset: int, data: bytes) -> None:
        """Take bytes at `offset`; raises `Refused` for a gap or an overlap that is not the same bytes again."""

    def flush(self) -> None:
        """Make what is held durable."""

    def close(self, complete: bool) -> None:  # noqa: FBT001 - the seam both sides agreed on
        """End the handle; `complete`: the client closed it itself. Otherwise it is kept unfinished, for a resume."""


class Download(Protocol):
    """A finished file, one version of it, that the partner reads."""

    @property
    def size(self) -> int:
        """Bytes of the plaintext."""

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes at `offset`; empty at the end."""

    def close(self, sent_all: bool) -> None:  # noqa: FBT001 - as above
        """End the handle; `sent_all`: every byte went out, which counts as picked up."""


class Mailboxes(Protocol):
    """The mailboxes of all partners."""

    def admit(self, login: str, key: bytes, remote: str) -> Guest:
        """Let a machine in that proved an SSH public key (wire form) from the address `remote`.

        Every attempt is recorded. Raises `Refused`; an unknown login and a wrong key look alike.
        """

    def host_keys(self) -> Sequence[bytes]:
        """Our SSH host keys as OpenSSH private key PEM; made at the first start."""

    def entries(self, guest: Guest, path: str) -> Sequence[Entry]:
        """What a folder holds for this guest: finished files, and the partner's own unfinished uploads."""

    def entry(self, guest: Guest, path: str) -> Entry:
        """One name; raises `NotFound` alike for what is absent and what is another partner's."""

    def begin(self, guest: Guest, path: str, *, resume: bool) -> Upload:
        """Begin an upload, or go on with one's own unfinished one; answers it with its `size` held."""

    def fetch(self, guest: Guest, path: str) -> Download:
        """Open a finished file."""

    def rename(self, guest: Guest, old: str, new: str) -> None:
        """From a temporary name to a final one in the same box: the proof that the file is complete.

        Returns only once it is landed for good.
        """

    def remove(self, guest: Guest, path: str) -> None:
        """Take back an own unlanded upload."""

    def note(self, guest: Guest, what: str, path: str, detail: str) -> None:
        """Write down a refused or odd request; at a limited rate."""
