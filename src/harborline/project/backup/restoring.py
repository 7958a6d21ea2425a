"""Restore a set into an empty home: keys, files, tables; what was shredded goes again; all sending is held.

Whole or not at all: when a step fails, what was made is taken away again. Nothing here may load the settings before the
keys are in place, since settings make keys where there are none.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg

from harborline.adapters.keys import FileJournal
from harborline.adapters.keys.files import destroy, write_once
from harborline.adapters.keys.journal import lines_of
from harborline.kernel import Broken, Invalid
from harborline.project import databases, embedded
from harborline.project.backup import programs
from harborline.project.backup.figures import applied_migrations, table_names
from harborline.project.backup.manifest import BASE, KEYS, sets_in
from harborline.project.backup.opening import OpenedSet, Opener
from harborline.project.backup.recoverykey import PRIVATE_FILE
from harborline.project.backup.taking import DATABASE_PART, FILES_PART, KEYS_PART, POOL
from harborline.project.backup.unpacking import files_of, unpack_cluster
from harborline.project.cluster import initialise, run_server
from harborline.project.home import home, keys_directory, restoring_mark
from harborline.project.keyholding import JOURNAL, journal_of

Tell = Callable[[str], None]
_MADE = ("keys", "log", "blobs", "erasures", "demo-clock.json", "database", "static")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to restore: sets of tables, keys sets (None: beside them), further journals of erasures, how to open."""

    tables: Path
    keys: Path | None
    erasures: Sequence[Path]
    opener: Opener


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back: until when the tables tell, how many secrets were destroyed again, how far the log is ahead."""

    set_id: str
    as_of_at: datetime
    destroyed_again: int
    published_ahead: int
    programs: tuple[str, ...]


def restore(plan: Plan, tell: Tell = lambda _line: None) -> Restored:
    """Restore the newest set of tables under `plan.tables` into this home.

    Raises `Invalid` when the home is not empty, the set does not open or is of a newer version, `Broken` when the set
    is not whole or the restored tables are not what it says.
    """
    _end_what_was_cut_off()
    kept_keys = _must_be_empty()
    opened = _opened(plan, kept_keys=kept_keys)
    wrong = opened.findings()
    if wrong:
        raise Broken(f"{opened.directory} is not whole: {'; '.join(wrong)}")
    tell(f"set {opened.directory.name}: whole, of {opened.manifest.taken_at}")
    with _taken_away_on_failure(kept_keys=kept_keys):
        if not kept_keys:
            _bring_keys(plan, opened)
            tell("keys: in place")
        _bring_files(plan, opened)
        tell("files: in place")
        return _bring_tables(opened, tell)


def _must_be_empty() -> bool:
    """Whether keys stand here already (they stay: they are newer than any copy); raises `Invalid` for a used home."""
    if databases.embedded() and (keys_directory() / "database.json").exists():
        place = embedded.place()
        if (place.data / "PG_VERSION").exists():
            raise Invalid("there is a database already; restore into an empty home, or move it away", str(place.data))
    if any((home() / "blobs").glob("*.sealed")) and not (keys_directory() / "installation").exists():
        raise Invalid("there are files already; restore into an empty home", str(home() / "blobs"))
    return (keys_directory() / "installation").exists()


def _opened(plan: Plan, *, kept_keys: bool) -> OpenedSet:
    if kept_keys:
        # The keys that stand here open it; they are loaded with the settings, as for a home that serves.
        from harborline.project.start import prepare  # noqa: PLC0415 - keys first

        prepare()
        opened = Opener(plan.opener.recovery_file, plan.opener.passphrase).open_tables(plan.tables)
        if opened.manifest.installation != (keys_directory() / "installation").read_text().strip():
            raise Invalid("the keys of this home are of another installation than the set", str(keys_directory()))
        return opened
    plan.opener.private()
    return plan.opener.open_tables(plan.tables)


def _bring_keys(plan: Plan, opened: OpenedSet) -> None:
    place = plan.keys or opened.directory.parent
    found = [one for _, one in sets_in(place, KEYS) if one.installation == opened.manifest.installation]
    if not found:
        raise Invalid("there is no keys set of this installation here; name its directory with --keys", str(place))
    keys = plan.opener.open_keys(place)
    if keys.manifest.installation != opened.manifest.installation:
        raise Invalid("the newest keys set is of another installation", str(keys.directory))
    known: dict[str, str] = {}
    with keys.envelope.opened(keys.directory, keys.manifest.part(KEYS_PART)) as source:
        for name, content in files_of(source):
            _write(keys_directory() / name, content)
    known = databases.kept_passwords(keys_directory())
    # Another home, perhaps on the same machine: the cluster gets a place of its own.
    (keys_directory() / "database.json").unlink(missing_ok=True)
    databases.new_cluster(known)


def _bring_files(plan: Plan, opened: OpenedSet) -> None:
    journal: list[str] = []
    with opened.envelope.opened(opened.directory, opened.manifest.part(FILES_PART)) as source:
        for name, content in files_of(source):
            if name == JOURNAL.as_posix():
                journal = [line.decode(errors="replace") for line in content.splitlines()]
            elif not (home() / name).exists():
                # What stands here is newer: a log only grows.
                _write(home() / name, content)
    lines = [*journal, *(line for path in plan.erasures for line in _lines(path))]
    standing = set(FileJournal(home() / JOURNAL).read())
    FileJournal(home() / JOURNAL).append([line for line in dict.fromkeys(lines) if line not in standing])
    (home() / "blobs").mkdir(exist_ok=True, mode=0o700)
    for part in opened.manifest.blobs:
        if not (home() / "blobs" / part.name).exists():
            shutil.copyfile(opened.directory.parent / POOL / part.name, home() / "blobs" / part.name)
            (home() / "blobs" / part.name).chmod(0o600)


def _lines(path: Path) -> list[str]:
    if not path.is_file():
        raise Invalid("there is no such journal of erasures", str(path))
    return lines_of(path)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(content)
    path.chmod(0o600)


def _bring_tables(opened: OpenedSet, tell: Tell) -> Restored:
    from harborline.project.start import prepare  # noqa: PLC0415 - loads settings: keys first

    prepare()
    from harborline.project.backup.finishing import finish  # noqa: PLC0415 - needs Django set up
    from harborline.project.backup.looking import unknown_migrations  # noqa: PLC0415 - as above

    newer = unknown_migrations(opened.manifest.migrations)
    if newer:
        said = f"is of a newer version ({opened.manifest.version}): {newer[0]} is not known here; install that version"
        raise Invalid(said, str(opened.directory))
    _fill(opened)
    tell("tables: in place")
    with embedded.running(restoring=True):
        return finish(opened, tell)


def _fill(opened: OpenedSet) -> None:
    part = opened.manifest.part(DATABASE_PART)
    with opened.envelope.opened(opened.directory, part) as source:
        if not databases.embedded():
            login = databases.login(databases.ADMIN)
            _must_have_no_tables(login)
            programs.restore(login, source)
            return
        place = embedded.place()
        if opened.manifest.kind == BASE:
            unpack_cluster(source, place)
            run_server(place)
            return
        initialise(place, databases.cluster()["passwords"][databases.ADMIN])
        run_server(place)
        login = databases.login(databases.ADMIN)
        embedded.make_database(embedded.admin_connection, login.name, databases.cluster()["passwords"])
        programs.restore(login, source)


def _must_have_no_tables(login: databases.Login) -> None:
    with psycopg.connect(login.dsn()) as connection:
        if table_names(connection) or applied_migrations(connection):
            raise Invalid("the database has tables already; restore into an empty one", "HARBORLINE_RESTORE_URL")


@contextmanager
def _taken_away_on_failure(*, kept_keys: bool) -> Iterator[None]:
    before = sorted(path.name for path in home().iterdir())
    write_once(restoring_mark(), json.dumps({"before": before, "kept_keys": kept_keys}).encode())
    try:
        yield
    except BaseException:
        _take_away(set(before), kept_keys=kept_keys)
        raise
    finally:
        restoring_mark().unlink(missing_ok=True)


def _end_what_was_cut_off() -> None:
    """Take away what a restore that was killed left behind."""
    if restoring_mark().exists():
        said = json.loads(restoring_mark().read_text())
        _take_away(set(said["before"]), kept_keys=bool(said["kept_keys"]))
        restoring_mark().unlink()


def _take_away(before: set[str], *, kept_keys: bool) -> None:
    if databases.embedded() and (keys_directory() / "database.json").exists():
        embedded.stop()
        shutil.rmtree(embedded.place().data, ignore_errors=True)
    for name in _MADE:
        path = home() / name
        if name in before and (name != "keys" or kept_keys):
            continue
        if name == "keys":
            for each in path.rglob("*"):
                if each.is_file():
                    destroy(each)
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def opener_of(recovery_key: Path | None, passphrase_file: Path | None) -> Opener:
    """How sets are opened, from what the command line said; a recovery key in the home itself is found."""
    if recovery_key is None and (home() / PRIVATE_FILE).exists() and not (keys_directory() / "installation").exists():
        recovery_key = home() / PRIVATE_FILE
    try:
        phrase = passphrase_file.read_bytes().strip() if passphrase_file else b""
    except OSError as wrong:
        raise Invalid(f"cannot be read: {wrong.strerror}", f"--passphrase-file {passphrase_file}") from None
    return Opener(recovery_key, phrase)


def journal_lines() -> list[str]:
    """Every line of this home's journal and its copies."""
    return journal_of(home()).read()


def spelled(report: Restored) -> dict[str, Any]:
    """The report for machines."""
    return {
        "set": report.set_id,
        "as_of": report.as_of_at.isoformat(),
        "destroyed_again": report.destroyed_again,
        "published_ahead": report.published_ahead,
        "held": list(report.programs),
    }
