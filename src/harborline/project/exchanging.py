"""Wiring of the exchange: mailboxes, receipts' key, host keys, layouts, the outbox."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from harborline.disclosure.ports import Transmissions
from harborline.exchange.carrying import CarriersOutbox
from harborline.exchange.mailboxes import DatabaseMailboxes
from harborline.exchange.ports import Mailboxes, Outbox, ReceiptSigner
from harborline.exchange.preparing import PreparedTransmissions
from harborline.exchange.retiring import FilesIn, FilesOut
from harborline.kernel import ports
from harborline.ledger.keyfile import KeyRing, key_ring
from harborline.ledger.note import signed
from harborline.ledger.services import log_origin
from harborline.project.home import keys_directory
from harborline.retention.ports import Disposable

_HOST_KEYS: dict[str, Callable[[], ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey]] = {
    "ssh_host_ed25519_key": ed25519.Ed25519PrivateKey.generate,
    "ssh_host_ecdsa_key": lambda: ec.generate_private_key(ec.SECP256R1()),
}


class FileReceiptSigner:
    """Signs receipts with the key in a file of its own, named after the log it speaks for."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[tuple[str, tuple[int, ...] | None], KeyRing] | None = None

    def sign(self, text: str) -> bytes:
        """The signed note."""
        return bytes(signed(text, [self._ring().current]))

    def verifier(self) -> str:
        """The verifier key line, to be given to partners."""
        return str(self._ring().verifier)

    def _ring(self) -> KeyRing:
        # Parsing keys costs more than signing: a file that is as it was is not read again.
        origin = log_origin()
        seen = (origin, _look(self._path))
        if self._kept is None or self._kept[0] != seen or seen[1] is None:
            ring = key_ring(self._path, f"{origin.removesuffix('/log')}/receipts")
            self._kept = (origin, _look(self._path)), ring
        return self._kept[1]


def _look(path: Path) -> tuple[int, ...] | None:
    if not path.exists():
        return None
    seen = path.stat()
    return seen.st_ino, seen.st_size, seen.st_mtime_ns, seen.st_ctime_ns


def host_keys() -> Sequence[bytes]:
    """Our SSH host keys as OpenSSH PEM, made with mode 0600 at the first question."""
    return [key_of(keys_directory() / name, make) for name, make in _HOST_KEYS.items()]


def key_of(path: Path, make: Callable[[], ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey]) -> bytes:
    """An SSH key of ours as OpenSSH PEM, made where it is missing."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        content = make().private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # of two makers the first wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def serve_exchange() -> None:
    """Serve the ports of the exchange."""
    ports.serve(Mailboxes, DatabaseMailboxes(host_keys))
    ports.serve(Outbox, CarriersOutbox())
    ports.serve(ReceiptSigner, FileReceiptSigner(keys_directory() / "receipts.key"))
    ports.serve(Transmissions, PreparedTransmissions())
    ports.serve(Disposable, FilesIn(), "files-in")
    ports.serve(Disposable, FilesOut(), "files-out")
