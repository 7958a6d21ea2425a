"""The root key and the wrapped keys as files of mode 0600 in one directory, apart from the database.

`root.key` (version 1), `root.2.key` … hold 32 random bytes each; `offices/` and `groups/` hold wrapped keys,
`slots/` the shelves of records, `gone/` the names of destroyed class keys. Destroying a key is deleting its file:
nothing in PostgreSQL or its backups brings it back.
"""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harborline.adapters.keys.files import KEY_BYTES, destroy, read_or_make, unwrap, wrap, write_once, write_over
from harborline.adapters.keys.shelf import FileShelf
from harborline.kernel import Broken, NotFound

_NAME = re.compile(r"[a-z]+/[a-z0-9_-]+\.[0-9]+")
_ROOT = re.compile(r"root(?:\.([0-9]+))?\.key")


class FileRoot:
    """A `KeyProvider` whose root keys are files that only this operating-system account can read."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        directory.chmod(0o700)

    def numbers(self) -> list[int]:
        """Versions whose file stands."""
        found = (_ROOT.fullmatch(path.name) for path in self._directory.iterdir())
        return sorted(int(match[1] or 1) for match in found if match)

    def make(self, above: int = 0) -> int:
        """The next version."""
        number = max([above, *self.numbers()]) + 1
        while not write_once(self._path(number), os.urandom(KEY_BYTES)):
            number += 1
        return number

    def wrap(self, number: int, key: bytes, bound: bytes) -> bytes:
        """AES-256-GCM under the file's key."""
        return wrap(key, self._key(number), bound)

    def unwrap(self, number: int, wrapped: bytes, bound: bytes) -> bytes:
        """Open."""
        return unwrap(wrapped, self._key(number), bound)

    def retire(self, number: int) -> None:
        """Overwrite and delete the file."""
        destroy(self._path(number))

    def _key(self, number: int) -> bytes:
        if not self._path(number).exists():
            raise NotFound(f"root key {number} is not held (retired, or another key directory)")
        return read_or_make(self._path(number))

    def _path(self, number: int) -> Path:
        return self._directory / ("root.key" if number == 1 else f"root.{number}.key")


class DirectoryStore:
    """A `KeyStore` of files; several processes and machines may share the directory."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)

    def read(self, name: str) -> bytes:
        """The file's bytes."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise NotFound(f"{name} is not held (destroyed, or another key directory)") from None

    def replace(self, name: str, content: bytes) -> None:
        """Write the file whole."""
        write_over(self._path(name), content)

    def remove(self, name: str) -> None:
        """Overwrite and delete the file."""
        destroy(self._path(name))

    def names(self, folder: str) -> list[str]:
        """The files of a folder; drafts of a writer that died are none."""
        try:
            found = [path.name for path in (self._directory / folder).iterdir()]
        except FileNotFoundError:
            return []
        return sorted(name for name in found if _NAME.fullmatch(f"{folder}/{name}"))

    @contextmanager
    def locked(self, group: str = "") -> Iterator[None]:
        """Hold a lock file."""
        name = f"slots/{group.replace('/', '__')}.writer" if group else ".writer"
        path = self._directory / name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def shelf(self, group: str) -> FileShelf:
        """The shelf's file."""
        return FileShelf(self._directory / "slots" / f"{group.replace('/', '__')}.shelf")

    def shelves(self) -> list[str]:
        """Groups with a shelf."""
        found = sorted((self._directory / "slots").glob("*.shelf"))
        return [path.stem.replace("__", "/") for path in found if not path.name.startswith(".")]

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Every file of the directory by its relative path, at one moment each, for a backup of the keys.

        No key is made, re-wrapped or destroyed meanwhile; locks and drafts are left out.
        """
        with self.locked():
            for path in sorted(self._directory.rglob("*")):
                if not path.is_file() or path.name.startswith(".") or path.suffix in {".lock", ".writer"}:
                    continue
                content = FileShelf(path).content() if path.suffix == ".shelf" else path.read_bytes()
                yield path.relative_to(self._directory).as_posix(), content

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise Broken(f"{name!r} is not the name of a key")
        return self._directory / name
