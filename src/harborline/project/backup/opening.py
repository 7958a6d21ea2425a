"""Open sets: with the keys of this home, or with the recovery key where the home is gone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from harborline.kernel import Broken, Invalid
from harborline.project.backup.envelope import Envelope, check_files, opened_by_home, opened_by_recovery
from harborline.project.backup.figures import Facts
from harborline.project.backup.manifest import BASE, DUMP, KEYS, Manifest, newest_set
from harborline.project.backup.recoverykey import private_half
from harborline.project.backup.taking import FACTS_PART, FILES_PART, check_pool


@dataclass(frozen=True, slots=True)
class OpenedSet:
    """A set that was believed: its place, what it says, and the key to its parts."""

    directory: Path
    manifest: Manifest
    envelope: Envelope

    def findings(self) -> list[str]:
        """What is wrong with its files, blobs included."""
        found = check_files(self.directory, self.manifest.parts)
        return found + check_pool(self.directory.parent, self.manifest.blobs)

    def facts(self) -> Facts:
        """What was known of the database when it was taken."""
        with self.envelope.opened(self.directory, self.manifest.part(FACTS_PART)) as source:
            return Facts.parse(source.read())

    def journal(self) -> list[str]:
        """The lines of the journal of erasures as it stood then."""
        from harborline.project.backup.unpacking import files_of  # noqa: PLC0415 - both read tars

        with self.envelope.opened(self.directory, self.manifest.part(FILES_PART)) as source:
            for name, content in files_of(source):
                if name == "erasures/journal.jsonl":
                    return [line.decode(errors="replace") for line in content.splitlines()]
        return []


@dataclass(frozen=True, slots=True)
class Opener:
    """How sets are opened: the recovery key's file with its passphrase, or None for the keys of this home."""

    recovery_file: Path | None = None
    passphrase: bytes = b""

    def private(self) -> ec.EllipticCurvePrivateKey:
        """The recovery key; raises `Invalid` when none was named."""
        if self.recovery_file is None:
            raise Invalid("name the file of the recovery key", "--recovery-key")
        return private_half(self.recovery_file, passphrase=self.passphrase)

    def open(self, directory: Path, *kinds: str) -> OpenedSet:
        """The newest set of these kinds under `directory` (or the one that it is), believed.

        Raises `Invalid` when there is none or it does not open, `Broken` when its manifest was changed.
        """
        place, manifest = newest_set(directory, *kinds)
        with_home = self.recovery_file is None
        envelope = opened_by_home(manifest) if with_home else opened_by_recovery(manifest, self.private())
        envelope.believe(place)
        return OpenedSet(place, manifest, envelope)

    def open_tables(self, directory: Path) -> OpenedSet:
        """The newest set of tables, whole."""
        return self.open(directory, DUMP, BASE)

    def open_keys(self, directory: Path) -> OpenedSet:
        """The newest keys set, which opens with the recovery key only; raises `Broken` when its files were changed."""
        found = Opener(self.recovery_file, self.passphrase)
        found.private()
        opened = found.open(directory, KEYS)
        wrong = check_files(opened.directory, opened.manifest.parts)
        if wrong:
            raise Broken(f"{opened.directory}: {'; '.join(wrong)}")
        return opened
