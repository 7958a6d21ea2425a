"""Check a set without touching the running system: every file, then the tables in a scratch cluster of their own."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from harborline.adapters.keys import DirectoryStore
from harborline.kernel import Broken, ports
from harborline.project import databases
from harborline.project.backup import programs
from harborline.project.backup.figures import Connection, Facts
from harborline.project.backup.looking import (
    key_findings,
    ledger_findings,
    log_findings,
    published_ahead,
    rows_findings,
    unknown_migrations,
    wall_findings,
)
from harborline.project.backup.manifest import BASE, DUMP, FILE, without_manifest
from harborline.project.backup.opening import OpenedSet, Opener
from harborline.project.backup.scratch import Scratch, empty_database, running_copy, scratch_place
from harborline.project.backup.taking import DATABASE_PART, FILES_PART, KEYS_PART
from harborline.project.backup.unpacking import unpack, unpack_cluster
from harborline.project.keyholding import root_holder
from harborline.vault.keyring import Keyring
from harborline.vault.ports import KeyProvider, KeyStore
from harborline.vault.shredding import destroy_named

Tell = Callable[[str], None]


@dataclass(slots=True)
class Report:
    """What a check looked at, in order, each with its findings; and what is worth knowing but no fault."""

    directory: Path
    looks: list[tuple[str, list[str]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def findings(self) -> list[str]:
        """Every finding."""
        return [said for _, found in self.looks for said in found]

    def add(self, what: str, found: list[str], tell: Tell) -> None:
        """Take one look's findings."""
        self.looks.append((what, found))
        tell(f"{what}: {'in order' if not found else '; '.join(found)}")


def check(directory: Path, opener: Opener, tell: Tell = lambda _line: None, *, keys_from: Path | None = None) -> Report:
    """Look at the newest set of tables under `directory`.

    1. The manifest is there and believed, and every file has its size and SHA-256. 2. This version knows its
    migrations. 3. The tables go into a scratch cluster: row counts, log, walls. 4. The keys open what is sealed: those
    of this home, or with the recovery key those of the newest keys set (`keys_from`, default: beside).

    What is broken is a finding; raises `Invalid` when there is no set, or the keys do not open it.
    """
    report = Report(directory)
    lost = without_manifest(directory, DUMP, BASE)
    if lost:
        report.add("sets", [f"{path} has no {FILE}: the set was cut off or changed" for path in lost], tell)
        return report
    try:
        _look_at_the_newest(report, opener, tell, keys_from)
    except Broken as wrong:
        report.add("set", [str(wrong)], tell)
    return report


def _look_at_the_newest(report: Report, opener: Opener, tell: Tell, keys_from: Path | None) -> None:
    opened = opener.open_tables(report.directory)
    report.directory = opened.directory
    report.add("files", opened.findings(), tell)
    newer = unknown_migrations(opened.manifest.migrations)
    if newer:
        said = f"the set is of a newer version ({opened.manifest.version}): {newer[0]} is not known here"
        report.add("version", [said], tell)
    if report.findings:
        return
    facts = opened.facts()
    with (
        _keys(opener, keys_from or opened.directory.parent, opened) as (ring, passwords),
        _tables(opened, passwords) as scratch,
        scratch.connect() as connection,
    ):
        _look(report, connection, opened, facts, tell)
        report.add("keys", key_findings(connection, ring), tell)


def _look(report: Report, connection: Connection, opened: OpenedSet, facts: Facts, tell: Tell) -> None:
    if opened.manifest.kind == BASE:
        # A base backup is of its end, the facts are of its beginning: only the log must not have become shorter.
        report.notes.append("a base backup: row counts are not compared")
    else:
        report.add("rows", rows_findings(connection, facts), tell)
    report.add("ledger", ledger_findings(connection, facts), tell)
    report.add("walls", wall_findings(connection), tell)
    with tempfile.TemporaryDirectory() as folder, _files(opened) as source:
        unpack(source, Path(folder))
        report.add("published log", log_findings(connection, Path(folder) / "log"), tell)
        ahead = published_ahead(connection, Path(folder) / "log")
    if ahead:
        report.notes.append(f"{ahead} entries were published after these tables: a restore will have to explain them")


def _files(opened: OpenedSet) -> IO[bytes]:
    return opened.envelope.opened(opened.directory, opened.manifest.part(FILES_PART))


@contextmanager
def _tables(opened: OpenedSet, passwords: dict[str, str]) -> Iterator[Scratch]:
    part = opened.manifest.part(DATABASE_PART)
    if opened.manifest.kind == BASE:
        with scratch_place() as place:
            with opened.envelope.opened(opened.directory, part) as source:
                unpack_cluster(source, place)
            with running_copy(place, passwords) as scratch:
                yield scratch
        return
    with empty_database() as scratch, opened.envelope.opened(opened.directory, part) as source:
        programs.restore(scratch.login(), source)
        yield scratch


@contextmanager
def _keys(opener: Opener, keys_from: Path, opened: OpenedSet) -> Iterator[tuple[Keyring, dict[str, str]]]:
    # The keys, and the passwords of the cluster's roles, which lie with them.
    if opener.recovery_file is None:
        passwords = databases.cluster()["passwords"] if databases.embedded() else {}
        yield Keyring(ports.serving(KeyProvider), ports.serving(KeyStore)), passwords
        return
    with tempfile.TemporaryDirectory() as folder:
        keys = opener.open_keys(keys_from)
        with keys.envelope.opened(keys.directory, keys.manifest.part(KEYS_PART)) as source:
            unpack(source, Path(folder))
        ring = Keyring(root_holder(Path(folder)), DirectoryStore(Path(folder)))
        destroy_named(ring, opened.journal())
        yield ring, databases.kept_passwords(Path(folder))
