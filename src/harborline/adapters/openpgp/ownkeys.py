"""Our own OpenPGP keys: made at the first need, several during a change of keys, the newest first."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import pysequoia

NAME = "openpgp.pgp"
_EARLIER = "openpgp.*.pgp"


class OwnKeys:
    """Secret keys in files of mode 0600: `openpgp.pgp` signs and decrypts, `openpgp.<anything>.pgp` only decrypts.

    RSA of 3072 bits in the form of RFC 4880, because the oldest programs of partners must read it.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._name = name

    def secrets(self) -> Sequence[bytes]:
        """The secret keys, the one in force first."""
        path = self._directory / NAME
        if not path.exists():
            self._make(path)
        earlier = sorted(self._directory.glob(_EARLIER), reverse=True)
        return [path.read_bytes(), *(one.read_bytes() for one in earlier)]

    def certificate(self) -> bytes:
        """The certificate partners encrypt to and check our signatures with."""
        return bytes(pysequoia.Tsk.from_bytes(self.secrets()[0]).extract_certificate())

    def armored(self) -> tuple[str, str]:
        """The fingerprint and the certificate as text, to be given to partners."""
        raw = self.certificate()
        text = pysequoia.armor(raw, pysequoia.ArmorKind.PublicKey)
        return str(pysequoia.Cert.from_bytes(raw).fingerprint), text.decode() if isinstance(text, bytes) else str(text)

    def _make(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = pysequoia.Tsk.generate(
            self._name, cipher_suite=pysequoia.CipherSuite.RSA3k, profile=pysequoia.Profile.RFC4880,
            validity_seconds=None,
        )  # fmt: skip
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(bytes(made))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # of two makers the first wins
        except FileExistsError:
            pass
        finally:
            draft.unlink()
