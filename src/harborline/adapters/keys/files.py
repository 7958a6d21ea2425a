"""Small secret files: mode 0600, written whole and durable, overwritten before they are deleted."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harborline.kernel import Broken

KEY_BYTES = 32
_NONCE = 12


def read_or_make(path: Path) -> bytes:
    """The 32 bytes of a key file, made with mode 0600 when it is absent; two makers agree on one key."""
    if not path.exists():
        write_once(path, os.urandom(KEY_BYTES))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise Broken(f"{path.name} does not hold {KEY_BYTES} bytes")
    return key


def write_once(path: Path, content: bytes) -> bool:
    """Write a new 0600 file whole and durable; False when somebody else's file already stands there."""
    draft = _draft(path, content)
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    sync_names(path.parent)
    return True


def write_over(path: Path, content: bytes) -> None:
    """Write a 0600 file whole and durable in the place of what is there."""
    _draft(path, content).replace(path)
    sync_names(path.parent)


def destroy(path: Path) -> None:
    """Overwrite a file, then delete it, durable on return; harmless when it is gone.

    On flash and on copying file systems the old bytes may outlive the overwriting: docs/operate/keys.md.
    """
    try:
        with path.open("r+b") as file:
            overwrite(file.fileno())
    except FileNotFoundError:
        return
    path.unlink(missing_ok=True)
    sync_names(path.parent)


def overwrite(descriptor: int) -> None:
    """Write random bytes over a whole open file, durable on return."""
    size = os.fstat(descriptor).st_size
    for start in range(0, size, 1 << 20):
        os.pwrite(descriptor, os.urandom(min(1 << 20, size - start)), start)
    os.fsync(descriptor)


def sync_names(directory: Path) -> None:
    """Make the names in a directory durable."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _draft(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft


def wrap(key: bytes, under: bytes, bound: bytes) -> bytes:
    """Nonce and AES-256-GCM of `key` under a 32-byte key, with `bound` as associated data."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(under).encrypt(nonce, key, bound)


def unwrap(wrapped: bytes, under: bytes, bound: bytes) -> bytes:
    """Open what `wrap` made; raises `Broken` when a byte, the root key or the purpose differs."""
    try:
        return AESGCM(under).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bound)
    except (InvalidTag, ValueError):
        raise Broken("a key does not open: it was not wrapped by this root key, or its file was changed") from None
