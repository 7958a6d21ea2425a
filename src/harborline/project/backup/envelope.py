"""The data key of a set: seals its parts, proves its manifest, and is wrapped for those who may open it."""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from harborline.kernel import Broken, Invalid, NotFound
from harborline.project.backup import recoverykey
from harborline.project.backup.manifest import FILE, MAC_FILE, Manifest, Part
from harborline.vault.services import seal, unseal
from harborline.vault.streams import CHUNK_BYTES, OpenedStream, SealingSink

GROUP = "backup/sets"
HOME, RECOVERY = "home", "recovery"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A data key (32 bytes) and the identifier of its set."""

    set_id: str
    data_key: bytes

    @classmethod
    def fresh(cls, set_id: str) -> Envelope:
        """A new data key."""
        return cls(set_id, os.urandom(32))

    def wrapped_for(self, *, home: bool, recovery: ec.EllipticCurvePublicKey | None) -> dict[str, str]:
        """The data key wrapped for this home's vault and for the recovery key, as hex."""
        made: dict[str, str] = {}
        if home:
            made[HOME] = seal(self.data_key, group=GROUP, context=f"backup:{self.set_id}").hex()
        if recovery is not None:
            made[RECOVERY] = recoverykey.wrap(self.data_key, recovery, self.set_id.encode()).hex()
        return made

    @contextmanager
    def sealing(self, directory: Path, name: str) -> Iterator[tuple[IO[bytes], list[Part]]]:
        """Write one part: what goes into the stream is sealed into the file; the list has its `Part` afterwards."""
        told: list[Part] = []
        with (directory / name).open("xb") as file:
            counted = _Counted(file)
            sink = SealingSink(counted, self._derived(f"part/{name}"))  # type: ignore[arg-type]  # only `write` is used
            yield sink, told  # type: ignore[misc]  # a raw stream, written to only
            sink.finish()
            file.flush()
            os.fsync(file.fileno())
        told.append(Part(name, counted.size, counted.digest()))

    def opened(self, directory: Path, part: Part) -> io.BufferedReader:
        """The plaintext of a part."""
        path = directory / part.name
        return io.BufferedReader(
            OpenedStream(path.open("rb"), path.stat().st_size, self._derived(f"part/{part.name}")), CHUNK_BYTES
        )

    def write_manifest(self, directory: Path, manifest: Manifest) -> None:
        """Write the manifest and its proof: the last step, without which a directory is no set."""
        (directory / MAC_FILE).write_text(self._mac(manifest.spelled()) + "\n")
        draft = directory / f".{FILE}"
        draft.write_bytes(manifest.spelled())
        draft.rename(directory / FILE)

    def believe(self, directory: Path) -> None:
        """Pass when the manifest was written by somebody who had the data key; else `Broken`."""
        try:
            said = (directory / MAC_FILE).read_bytes().strip()
        except OSError:
            said = b""
        if not hmac.compare_digest(said, self._mac((directory / FILE).read_bytes()).encode()):
            raise Broken(f"{directory / FILE} was changed after the set was taken")

    def _mac(self, content: bytes) -> str:
        return hmac.digest(self._derived("manifest"), content, hashlib.sha256).hex()

    def _derived(self, purpose: str) -> bytes:
        info = f"harborline/backup/{self.set_id}/{purpose}".encode()
        return HKDF(SHA256(), 32, salt=None, info=info).derive(self.data_key)


def opened_by_home(manifest: Manifest) -> Envelope:
    """The envelope of a set that this home took; raises `Invalid` when its keys are not the ones."""
    wrapped = manifest.wrapped.get(HOME)
    if wrapped is None:
        raise Invalid("this set opens with the recovery key only", "--recovery-key")
    try:
        key = unseal(bytes.fromhex(wrapped), group=GROUP, context=f"backup:{manifest.id}")
    except (NotFound, Broken, ValueError):
        said = "the keys of this home do not open this set: name the recovery key it was taken for"
        raise Invalid(said, "--recovery-key") from None
    return Envelope(manifest.id, key)


def opened_by_recovery(manifest: Manifest, private: ec.EllipticCurvePrivateKey) -> Envelope:
    """The envelope of a set, opened with the recovery key; raises `Invalid` when it was taken for another pair."""
    try:
        wrapped = bytes.fromhex(manifest.wrapped[RECOVERY])
    except (KeyError, ValueError):
        raise Invalid("this set was taken before there was a recovery key", "--recovery-key") from None
    return Envelope(manifest.id, recoverykey.unwrap(wrapped, private, manifest.id.encode()))


def check_files(directory: Path, parts: tuple[Part, ...]) -> list[str]:
    """What is wrong with the files of a set beside its manifest: missing, of another size, changed."""
    return [said for part in parts if (said := _file_finding(directory / part.name, part))]


def _file_finding(path: Path, part: Part) -> str:
    if not path.is_file():
        return f"{part.name} is missing"
    if path.stat().st_size != part.bytes:
        return f"{part.name} has {path.stat().st_size} bytes instead of {part.bytes}"
    try:
        return "" if sha256_of(path) == part.sha256 else f"{part.name} was changed: its SHA-256 is another"
    except OSError as wrong:
        return f"{part.name} cannot be read: {wrong.strerror}"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Counted:
    """A sink that counts and hashes what goes through."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, content: Any) -> int:  # noqa: ANN401 - any buffer
        self._hash.update(content)
        self.size += len(content)
        return self._file.write(content)

    def digest(self) -> str:
        return self._hash.hexdigest()
