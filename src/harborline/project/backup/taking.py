"""Take a set: the tables, the files beside them, and what is known of both; and the keys, apart."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg

from harborline import __version__
from harborline.adapters.keys import DirectoryStore
from harborline.adapters.keys.files import destroy, sync_names, write_once
from harborline.kernel import Invalid, Unavailable, clock
from harborline.project import databases
from harborline.project.backup import programs, recoverykey
from harborline.project.backup.envelope import Envelope, check_files, sha256_of
from harborline.project.backup.figures import Facts, read_facts
from harborline.project.backup.manifest import BASE, DUMP, KEYS, Manifest, Part, set_name, sets_in
from harborline.project.home import home, keys_directory

DATABASE_PART, FACTS_PART, FILES_PART, KEYS_PART = "database.sealed", "facts.sealed", "files.sealed", "keys.sealed"
POOL = "blobs"
_BESIDE = ("log", "erasures", "demo-clock.json")
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Order:
    """Where a set goes, where the keys go (None: beside it), and whether it is a base backup of the whole cluster."""

    to: Path
    keys_to: Path | None = None
    base: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """The set and the keys set that were written; `made_recovery_key` names the new private half, if one was made."""

    directory: Path
    keys: Path
    manifest: Manifest
    made_recovery_key: Path | None


def take(order: Order, tell: Tell = lambda _line: None) -> Taken:
    """Take a set and a keys set; each appears whole or not at all. The database must be running.

    Raises `Invalid` for a place where nothing can be written and for a base backup of a server of one's own (it has
    tools of its own), `Unavailable` when a program of PostgreSQL fails or the disk does.
    """
    if order.base and not databases.embedded():
        raise Invalid("is for the embedded database; a server of your own has pg_basebackup", "--base")
    make_place(order.to, "--to")
    if order.keys_to is not None:
        make_place(order.keys_to, "--keys-to")
    with _told_of_the_disk(order.to):
        return _take(order, tell)


def _take(order: Order, tell: Tell) -> Taken:
    made = _recovery_key()
    kind = BASE if order.base else DUMP
    envelope, at = Envelope.fresh(str(uuid.uuid4())), clock.now()
    with _appearing(order.to / set_name(kind, at)) as draft:
        facts, parts = (_base if order.base else _dump)(envelope, draft)
        tell(f"tables: {parts[0].bytes} bytes")
        with envelope.sealing(draft, FACTS_PART) as (sink, told):
            sink.write(facts.spelled())
        parts += told
        parts.append(_files(envelope, draft))
        blobs = _pool(order.to, tell)
        public = recoverykey.public_half(keys_directory())
        manifest = Manifest(
            id=envelope.set_id,
            kind=kind,
            installation=installation(),
            taken_at=clock.iso(at),
            version=__version__,
            postgres=facts.postgres,
            migrations=facts.migrations,
            wrapped=envelope.wrapped_for(home=True, recovery=public),
            parts=tuple(parts),
            blobs=tuple(blobs),
        )
        envelope.write_manifest(draft, manifest)
    _drop_unneeded_blobs(order.to)
    # The keys last: every key that the tables need is there by now.
    keys = take_keys(order.keys_to or order.to, tell)
    return Taken(order.to / set_name(kind, at), keys, manifest, made)


def take_keys(to: Path, tell: Tell = lambda _line: None) -> Path:
    """Write the key directory as a set for the recovery key alone, and destroy this installation's older keys sets.

    Only the newest is kept: an older one holds the secrets of records that were shredded since.
    """
    public = recoverykey.public_half(keys_directory())
    if public is None:
        raise Invalid("there is no recovery key yet; run `harborline keys recovery`", "--keys-to")
    envelope, at = Envelope.fresh(str(uuid.uuid4())), clock.now()
    target = to / set_name(KEYS, at)
    with _appearing(target) as draft:
        with envelope.sealing(draft, KEYS_PART) as (sink, told), _tar_into(sink) as tar:
            for name, content in DirectoryStore(keys_directory()).files():
                _add(tar, name, content)
        manifest = Manifest(
            id=envelope.set_id,
            kind=KEYS,
            installation=installation(),
            taken_at=clock.iso(at),
            version=__version__,
            postgres="",
            migrations=(),
            wrapped=envelope.wrapped_for(home=False, recovery=public),
            parts=tuple(told),
        )
        envelope.write_manifest(draft, manifest)
    for path, older in sets_in(to, KEYS):
        if path != target and older.installation == installation():
            _destroy_set(path)
            tell(f"older keys set {path.name}: destroyed")
    return target


def make_place(to: Path, option: str) -> None:
    """Make the directory where it is not there; raises `Invalid` naming `option` when nothing can be written there."""
    try:
        if not to.exists():
            to.mkdir(parents=True, mode=0o700)
        tempfile.TemporaryDirectory(prefix=".", dir=to).cleanup()
    except OSError as wrong:
        raise Invalid(f"no backup can be written there: {wrong.strerror}", f"{option} {to}") from None


@contextmanager
def _told_of_the_disk(to: Path) -> Iterator[None]:
    try:
        yield
    except OSError as wrong:
        raise Unavailable(f"no set was written to {to}: {wrong}") from None


def installation() -> str:
    """The identifier of this installation, thought up once and kept with its keys."""
    path = keys_directory() / "installation"
    if not path.exists():
        write_once(path, str(uuid.uuid4()).encode())
    return path.read_text().strip()


def _recovery_key() -> Path | None:
    # A first backup that nobody can open after the machine is lost would be a trap, so the pair is made with it.
    if recoverykey.public_half(keys_directory()) is not None:
        return None
    path = home() / recoverykey.PRIVATE_FILE
    recoverykey.make(path, keys_directory())
    return path


def _dump(envelope: Envelope, draft: Path) -> tuple[Facts, list[Part]]:
    login = databases.login(databases.BACKUP)
    with psycopg.connect(login.dsn()) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row is not None
        try:
            facts = read_facts(connection)
        except psycopg.errors.InsufficientPrivilege as wrong:
            said = str(wrong).splitlines()[0]
            raise Unavailable(f"{login.role} may not read every table ({said}): run `harborline migrate`") from None
        with envelope.sealing(draft, DATABASE_PART) as (sink, told):
            programs.dump(login, str(row[0]), sink)
    return facts, list(told)


def _base(envelope: Envelope, draft: Path) -> tuple[Facts, list[Part]]:
    login = databases.login(databases.ADMIN)
    with psycopg.connect(login.dsn()) as connection:
        facts = read_facts(connection)
    with envelope.sealing(draft, DATABASE_PART) as (sink, told):
        programs.base_backup(login, sink)
    return facts, list(told)


def _files(envelope: Envelope, draft: Path) -> Part:
    with envelope.sealing(draft, FILES_PART) as (sink, told), _tar_into(sink) as tar:
        for name, path in _beside():
            try:
                _add(tar, name, path.read_bytes())
            except FileNotFoundError:
                continue  # a partial tile whose full one has taken its place
    return told[0]


def _beside() -> Iterator[tuple[str, Path]]:
    # The checkpoint of a log sorts before its tiles: what it promises is there when they are read.
    for folder in _BESIDE:
        root = home() / folder
        paths = sorted(root.rglob("*")) if root.is_dir() else [root]
        yield from ((path.relative_to(home()).as_posix(), path) for path in paths if _is_kept(path))


def _is_kept(path: Path) -> bool:
    return path.is_file() and not path.name.startswith(".")


def _pool(to: Path, tell: Tell) -> list[Part]:
    # Blobs are sealed already and never change, so every set of a directory shares one copy of each.
    pool, known = to / POOL, {part.name: part for _, one in sets_in(to, DUMP, BASE) for part in one.blobs}
    pool.mkdir(exist_ok=True, mode=0o700)
    kept: list[Part] = []
    for path in sorted((home() / "blobs").glob("*.sealed")):
        part = known.get(path.name)
        if part is None or not (pool / path.name).exists():
            part = _copied(path, pool / path.name)
        if part is not None:
            kept.append(part)
    sync_names(pool)
    tell(f"blobs: {len(kept)}")
    return kept


def _copied(source: Path, target: Path) -> Part | None:
    draft = target.with_name(f".{target.name}.draft")
    try:
        shutil.copyfile(source, draft)
    except FileNotFoundError:
        return None  # removed meanwhile
    draft.chmod(0o600)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    return Part(target.name, target.stat().st_size, sha256_of(target))


def _drop_unneeded_blobs(to: Path) -> None:
    needed = {part.name for _, one in sets_in(to, DUMP, BASE) for part in one.blobs}
    for path in (to / POOL).glob("*.sealed"):
        if path.name not in needed:
            path.unlink()


@contextmanager
def _appearing(target: Path) -> Iterator[Path]:
    draft = target.with_name(f".{target.name}.draft")
    draft.mkdir(mode=0o700)
    try:
        yield draft
        sync_names(draft)
        draft.rename(target)
        sync_names(target.parent)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _tar_into(sink: IO[bytes]) -> Iterator[tarfile.TarFile]:
    with tarfile.open(fileobj=sink, mode="w|") as tar:
        yield tar


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    told = tarfile.TarInfo(name)
    told.size, told.mode = len(content), 0o600
    tar.addfile(told, io.BytesIO(content))


def _destroy_set(directory: Path) -> None:
    for path in directory.iterdir():
        destroy(path)
    directory.rmdir()


def check_pool(to: Path, blobs: Iterable[Part]) -> list[str]:
    """What is wrong with the blobs of a set."""
    return check_files(to / POOL, tuple(blobs))
