"""What a protocol engine (SFTP, drop folder) asks of the exchange: names that are rows, contents that are sealed.

Every call is one short unit of work, synchronous. In a thread it may wait; in the thread of an event loop it answers
from memory or raises `Waits`. All raise kernel `Refused`, `NotFound`, `Invalid` and `Unavailable`. A path is
`/<agreement>/<box>/<name>`, as the partner writes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO, Protocol

from harborline.exchange.facts import Entry, Guest, Opened, OutboundFile, Way
from harborline.exchange.manifest import read_done
from harborline.exchange.naming import folded, sidecar_of

# How names and done-files are read: an engine that doubts an upload has no rows to ask.
__all__ = [
    "Armour",
    "Consumer",
    "Download",
    "Mailboxes",
    "Outbox",
    "ReceiptSigner",
    "Scanner",
    "Upload",
    "Waits",
    "at_once",
    "folded",
    "may_wait",
    "read_done",
    "sidecar_of",
]


class Waits(Exception):  # noqa: N818 - it is what the call would do
    """Asked `at_once`, a call would wait for the database or the disk: nothing was done yet."""


_AT_ONCE: ContextVar[bool] = ContextVar("harborline.exchange.at_once", default=False)


@contextmanager
def at_once() -> Iterator[None]:
    """Inside, nothing may wait: for the thread of an event loop. What would have to raises `Waits`."""
    before = _AT_ONCE.set(True)
    try:
        yield
    finally:
        _AT_ONCE.reset(before)


def may_wait() -> None:
    """Raise `Waits` where nothing may: whoever is about to wait asks before anything is done."""
    if _AT_ONCE.get():
        raise Waits


class Upload(Protocol):
    """A file on its way in; `size` is how many bytes are held."""

    @property
    def size(self) -> int:
        """Bytes held."""

    def write(self, offset: int, data: bytes | memoryview) -> None:
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

    def settle(self, guest: Guest) -> None:
        """Make what the guest closed, and nothing proved yet, durable and known to every process."""

    def settle_old(self) -> None:
        """The same for all that was closed a while ago, whoever it was: to be called every now and then."""

    def note(self, guest: Guest, what: str, path: str, detail: str) -> None:
        """Write down a refused or odd request; at a limited rate."""


class ReceiptSigner(Protocol):
    """Signs receipts, the log's way of signing notes (C2SP signed-note, Ed25519), with a key of their own."""

    def sign(self, text: str) -> bytes:
        """The signed note."""

    def verifier(self) -> str:
        """The public half, as a verifier key line."""


class Consumer(Protocol):
    """A room that takes in validated deliveries of an agreement; served under the agreement's key.

    Runs inside the transaction that writes "processed": its effects and the receipt stand or fall together.
    """

    def take(self, transmission_id: uuid.UUID, content: Sequence[tuple[str, IO[bytes]]]) -> Mapping[str, int]:
        """Take files (name, plaintext stream) in; answers counts for the receipt.

        Raises `Invalid` when the delivery cannot be used at all, `Unavailable` to be tried again.
        """


class Armour(Protocol):
    """OpenPGP: opens what partners encrypted and signed, and closes what we send. Plaintext goes into sealed parts."""

    def open(self, source: IO[bytes], sink: IO[bytes], *, signers: Sequence[bytes], at_most: int) -> Opened:
        """Decrypt and verify `source` into `sink`; what is in the sink counts only when this returns.

        `signers` are the partner's active certificates, `at_most` the most bytes of plaintext. Raises `Refused`
        (unsigned, unknown signer, changed, too large) or `Unavailable`.
        """

    def close(self, source: IO[bytes], sink: IO[bytes], *, recipients: Sequence[bytes]) -> None:
        """Encrypt to the partner's certificates and sign with our key."""


class Scanner(Protocol):
    """Looks for malware."""

    def scan(self, source: IO[bytes]) -> str:
        """The name of what was found, empty for nothing; raises `Unavailable` when no engine answers."""


class Outbox(Protocol):
    """What is ready to leave, for the adapters that carry it: SFTP to a partner's server, the drop folder."""

    def ready(self, channel: str) -> Sequence[OutboundFile]:
        """Files that are to be sent now over a channel (`sftp-out`, `drop-folder`), of every program."""

    def sending(self, program: str, transmission_id: uuid.UUID) -> IO[bytes]:
        """Claim one and open its content (encrypted already where the agreement says so); raises `Refused` if taken."""

    def under_way(self, channel: str) -> Sequence[OutboundFile]:
        """Files that were claimed over a channel and of which nothing was heard yet, of every program."""

    def again(self, program: str, transmission_id: uuid.UUID) -> IO[bytes]:
        """Open the content of a claimed one once more, after an attempt that failed; raises `Refused`."""

    def sent(self, program: str, transmission_id: uuid.UUID, detail: str) -> None:
        """It lies whole at the partner's."""

    def failed(self, program: str, transmission_id: uuid.UUID, reason: str, *, unknown: bool) -> None:
        """It did not get there, or nobody knows (`unknown`: reconciled by a person, never sent again blindly)."""

    def acknowledged(self, program: str, transmission_id: uuid.UUID, content: bytes, how: str) -> None:
        """The partner's own receipt came; raises `Invalid` when it speaks of other bytes."""

    def ways(self, channel: str) -> Sequence[Way]:
        """The agreements in force over a channel, of every program."""

    def guest(self, program: str, agreement: str) -> Guest:
        """Who an adapter is when it brings in what a partner left for an agreement: a key to `Mailboxes`."""

    def alarm(self, program: str, agreement: str, reason: str, detail: str) -> None:
        """Raise an alarm about an agreement's way, such as a changed host key."""
