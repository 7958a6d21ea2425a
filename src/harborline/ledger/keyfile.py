"""The log's signing key in a file that only the sequencer's account can read."""

from __future__ import annotations

import os
from pathlib import Path

from harborline.kernel import Broken, Invalid
from harborline.ledger.note import SigningKey

_OTHERS = 0o077


def signing_key(path: Path, origin: str) -> SigningKey:
    """The key in `path`, made with mode 0600 when there is none.

    Raises `Broken` when others can read the file, when it holds no key, or the key of another log.
    """
    if not path.exists():
        _make(path, SigningKey.generate(origin))
    if path.stat().st_mode & _OTHERS:
        raise Broken(f"{path} can be read by others: chmod 600 it, and make a new key if anybody did")
    try:
        key = SigningKey.parse(path.read_text())
    except (Invalid, UnicodeDecodeError):
        raise Broken(f"{path} does not hold a signing key") from None
    if key.name != origin:
        raise Broken(f"{path} holds the key of {key.name}, but this database keeps the log {origin}")
    return key


def _make(path: Path, key: SigningKey) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(key.secret_line() + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        # A link never replaces: of two makers the first wins, and both read the winner's key.
        os.link(draft, path)
    except FileExistsError:
        return
    finally:
        draft.unlink()
