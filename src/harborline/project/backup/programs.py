"""PostgreSQL's own programs for backups, with streams instead of files: no plaintext touches the disk."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from typing import IO

from harborline.kernel import Unavailable
from harborline.project.cluster import client_binaries
from harborline.project.databases import Login

_COPY_BYTES = 1 << 20
_NEWER_SETTINGS = ("transaction_timeout",)


def dump(login: Login, snapshot: str, sink: IO[bytes]) -> None:
    """`pg_dump` of the whole database in its own format, as an exported snapshot sees it."""
    options = ["--format=custom", "--compress=1", f"--snapshot={snapshot}", "--no-password"]
    _read_from("pg_dump", [*options, f"--dbname={_without_password(login)}"], login, sink)


def base_backup(login: Login, sink: IO[bytes]) -> None:
    """`pg_basebackup` of the whole cluster as one tar with the WAL it needs."""
    options = ["--pgdata=-", "--format=tar", "--wal-method=fetch", "--checkpoint=fast", "--no-password"]
    _read_from("pg_basebackup", [*options, f"--dbname={_without_password(login)}"], login, sink)


def restore(login: Login, source: IO[bytes]) -> None:
    """`pg_restore` of such a dump into an empty database; raises `Unavailable` with the first error.

    A setting that an older server does not know is no error: the programs may be newer than the server.
    """
    options = ["--no-password", f"--dbname={_without_password(login)}"]
    with tempfile.TemporaryFile() as words:
        command = [str(client_binaries() / "pg_restore"), *options]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=words, env=_environment(login)) as program:  # noqa: S603 - our own program
            assert program.stdin is not None
            try:
                shutil.copyfileobj(source, program.stdin, _COPY_BYTES)
                program.stdin.close()
            except BrokenPipeError:
                pass  # its own words say why
        if _errors(words) or program.returncode not in (0, 1):
            _must_have_succeeded("pg_restore", program.returncode or 1, words)


def _read_from(name: str, options: Sequence[str], login: Login, sink: IO[bytes]) -> None:
    with tempfile.TemporaryFile() as words:
        command = [str(client_binaries() / name), *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=words, env=_environment(login)) as program:  # noqa: S603 - our own program
            assert program.stdout is not None
            shutil.copyfileobj(program.stdout, sink, _COPY_BYTES)
        _must_have_succeeded(name, program.returncode, words)


def _errors(words: IO[bytes]) -> list[str]:
    words.seek(0)
    said = words.read().decode(errors="replace").splitlines()
    return [line for line in said if " error:" in line and not any(f'"{name}"' in line for name in _NEWER_SETTINGS)]


def _must_have_succeeded(name: str, code: int, words: IO[bytes]) -> None:
    if code == 0:
        return
    words.seek(0)
    said = _errors(words) or words.read().decode(errors="replace").strip().splitlines()
    raise Unavailable(f"{name} failed: {said[0] if said else f'exit code {code}'}", permanent=True)


def _environment(login: Login) -> dict[str, str]:
    # The password goes by the environment of the child, never by its command line.
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PGPASSWORD": login.password}


def _without_password(login: Login) -> str:
    return Login(login.host, login.port, login.name, login.role, "", login.options).dsn()
