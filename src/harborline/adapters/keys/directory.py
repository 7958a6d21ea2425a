"""Group keys in a directory, each wrapped under a root key file, all mode 0600.

`root.key` holds 32 random bytes; `groups/<group>.<number>` holds nonce ‖ AES-256-GCM(root, key). Destroying a
group key is deleting its file: nothing in PostgreSQL or its backups brings it back.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harborline.kernel import Broken, NotFound

_GROUP = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)*")


class DirectoryKeys:
    """A `KeyProvider` over a directory that only this operating-system account can read."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._groups = directory / "groups"
        self._groups.mkdir(parents=True, exist_ok=True, mode=0o700)
        directory.chmod(0o700)
        self._root = read_or_make(directory / "root.key")

    def current_key(self, group: str) -> tuple[int, bytes]:
        """The newest key of the group; makes number 1 on first use."""
        numbers = self._numbers(group)
        if not numbers:
            return 1, self._make(group, 1)
        return numbers[-1], self.key(group, numbers[-1])

    def key(self, group: str, number: int) -> bytes:
        """One key of the group; `NotFound` when its file is gone, `Broken` when the root key does not open it."""
        try:
            wrapped = self._path(group, number).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"key {number} of {group} is not held (destroyed, or another key directory)") from None
        try:
            return AESGCM(self._root).decrypt(wrapped[:12], wrapped[12:], _bound(group, number))
        except InvalidTag:
            raise Broken(f"key {number} of {group} was not wrapped by this root key") from None

    def index_key(self, kind: str) -> bytes:
        """Derived from the index group's key, so it lives and dies with that file."""
        _, key = self.current_key("index")
        return hmac.digest(key, b"harborline/index/" + kind.encode(), hashlib.sha256)

    def _make(self, group: str, number: int) -> bytes:
        key, nonce = os.urandom(32), os.urandom(12)
        wrapped = nonce + AESGCM(self._root).encrypt(nonce, key, _bound(group, number))
        if not write_once(self._path(group, number), wrapped):
            return self.key(group, number)
        return key

    def _numbers(self, group: str) -> list[int]:
        prefix = self._path(group, 0).name.removesuffix("0")
        return sorted(int(path.suffix[1:]) for path in self._groups.glob(f"{prefix}*") if path.suffix[1:].isdigit())

    def _path(self, group: str, number: int) -> Path:
        if not _GROUP.fullmatch(group):
            raise Broken(f"{group!r} is not the name of a key group")
        return self._groups / f"{group.replace('/', '__')}.{number}"


class MemoryKeys:
    """A `KeyProvider` that forgets everything with the process: for tests of other rooms."""

    def __init__(self) -> None:
        self._keys: dict[tuple[str, int], bytes] = {}

    def current_key(self, group: str) -> tuple[int, bytes]:
        """Always number 1."""
        return 1, self._keys.setdefault((group, 1), os.urandom(32))

    def key(self, group: str, number: int) -> bytes:
        """The key, or `NotFound`."""
        try:
            return self._keys[(group, number)]
        except KeyError:
            raise NotFound(f"key {number} of {group} is not held") from None

    def index_key(self, kind: str) -> bytes:
        """One key per kind."""
        return self._keys.setdefault((f"index-{kind}", 0), os.urandom(32))


def _bound(group: str, number: int) -> bytes:
    return f"harborline/group-key/{group}/{number}".encode()


def read_or_make(path: Path) -> bytes:
    """The 32 bytes of a key file, made with mode 0600 when it is absent; two makers agree on one key."""
    if not path.exists():
        write_once(path, os.urandom(32))
    key = path.read_bytes()
    if len(key) != 32:  # noqa: PLR2004 - bytes of an AES-256 key
        raise Broken(f"{path.name} does not hold 32 bytes")
    return key


def write_once(path: Path, content: bytes) -> bool:
    """Write a new 0600 file whole and durable; False when somebody else's file already stands there."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True
