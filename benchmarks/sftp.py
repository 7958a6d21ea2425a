"""Uploads to the gateway beside OpenSSH's own server, in one run: throughput, small files, and a second session's wait.

The gateway seals and hashes what it takes and writes rows; OpenSSH writes plain files and flushes nothing. The same
client (OpenSSH's sftp, aes256-gcm) sends to both over the loopback. Of each small file it prints what it cost: CPU of
the server and of PostgreSQL, statements, commits, flushes (fsync and fdatasync, with strace; the write-ahead log's from
PostgreSQL's own counters). Statements and flushes are counted in a run of their own, which is not timed.
Run: .venv/bin/python benchmarks/sftp.py [--mib 1024] [--files 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import LiteralString

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]
# The gateway is a process of its own: it is to be this tree's, wherever the package was installed from.
os.environ["PYTHONPATH"] = str(ROOT / "src")
HOST = "127.0.0.1"
MIB = 1024**2
# One key may have so many sessions, and a partner so many.
OF_A_KEY = 4
SESSIONS = (1, 4, 16)
KEYS = ("id", "id1", "id2", "id3", "other")
COUNTED = 100


class Client:
    """OpenSSH's sftp against one server."""

    def __init__(self, folder: Path, port: int, login: str, target: str) -> None:
        """`target` is where files are put."""
        self.folder, self.port, self.login, self.target = folder, port, login, target

    def options(self, key: str) -> list[str]:
        """The same for both servers."""
        return ["-F", "none", "-i", str(self.folder / key), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                "-o", "Ciphers=aes256-gcm@openssh.com"]  # fmt: skip

    def batch(self, lines: list[str], key: str = "id") -> float:
        """Seconds of one session."""
        command = ["sftp", "-q", "-P", str(self.port), *self.options(key), "-b", "-", f"{self.login}@{HOST}"]
        began = time.perf_counter()
        subprocess.run(command, input="\n".join(lines).encode() + b"\n", check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began


@contextmanager
def openssh(folder: Path) -> Iterator[tuple[Client, int]]:
    """OpenSSH's server with its own sftp-server; and its process."""
    from tests.contracts.partner_server import key_pair

    Path("/run/sshd").mkdir(exist_ok=True)
    key_pair(folder / "host")
    (folder / "authorized").write_text("".join((folder / f"{key}.pub").read_text() for key in KEYS))
    port = free_port()
    (folder / "conf").write_text(
        f"ListenAddress {HOST}\nPort {port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        "MaxStartups 100\nStrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin prohibit-password\nLogLevel QUIET\n"
        "Subsystem sftp /usr/lib/openssh/sftp-server\n"
    )
    (folder / "inbox").mkdir()
    running = subprocess.Popen(["/usr/sbin/sshd", "-D", "-f", str(folder / "conf")])
    try:
        wait_for(port)
        yield Client(folder, port, getpass.getuser(), str(folder / "inbox")), running.pid
    finally:
        running.terminate()
        running.wait()


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server((HOST, 0)) as one:
        return int(one.getsockname()[1])


def wait_for(port: int) -> None:
    """Until somebody listens."""
    for _ in range(600):
        try:
            with socket.create_connection((HOST, port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError


@contextmanager
def gateway(folder: Path, workers: int) -> Iterator[tuple[Client, int]]:
    """The product's gateway over its database, as `harborline gateway` starts it."""
    os.environ["HARBORLINE_HOME"] = str(folder / "home")
    from harborline.project import embedded
    from harborline.project.start import ready

    with embedded.running():
        ready()
        from tests.contracts.sftp_site import AGREEMENT, LOGIN, InDatabase

        backing = InDatabase(folder, naming="ARR*.DAT", day_bytes=1024**4, sessions=16)
        for key in KEYS:
            backing.let_in(folder / key)
        port = free_port()
        command = [
            sys.executable,
            "-m",
            "harborline.project.command",
            "gateway",
            "--port",
            str(port),
            "--workers",
            str(workers),
        ]
        running = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        try:
            wait_for(port)
            yield Client(folder, port, LOGIN, f"/{AGREEMENT}/in"), running.pid
        finally:
            running.terminate()
            running.wait()


def family(pid: int) -> set[int]:
    """A process and its descendants that live."""
    return {one for one, _ticks in _family(pid)}


def cpu_s(pid: int) -> float:
    """CPU seconds of a process with all its descendants, living and waited for."""
    return sum(ticks for _one, ticks in _family(pid)) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[tuple[int, int]]:
    wanted = {pid}
    stats = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(") ")[2].split()
            except OSError:
                continue
            stats.append((int(entry.name), int(fields[1]), sum(map(int, fields[11:15]))))
    for _ in range(5):
        wanted |= {one for one, parent, _ticks in stats if parent in wanted}
    return [(one, ticks) for one, _parent, ticks in stats if one in wanted]


def throughput(client: Client, pid: int, source: Path, rounds: int, number: Iterator[int]) -> tuple[float, float]:
    """MiB/s (the best of so many rounds) and CPU seconds of the server per GiB."""
    size = source.stat().st_size / MIB
    taken, spent = [], []
    for _ in range(rounds):
        name = f"ARR{next(number):06}.DAT"
        before = cpu_s(pid)
        taken.append(
            client.batch(
                [
                    f"put {source} {client.target}/{name}.part",
                    f"rename {client.target}/{name}.part {client.target}/{name}",
                ]
            )
        )
        spent.append(cpu_s(pid) - before)
    return size / min(taken), min(spent) * 1024 / size


def small_files(client: Client, source: Path, count: int, number: Iterator[int], key: str = "id") -> float:
    """Seconds of one session that sends so many, each under a temporary name and renamed."""
    lines = []
    for _ in range(count):
        name = f"ARR{next(number):06}.DAT"
        lines += [
            f"put {source} {client.target}/{name}.part",
            f"rename {client.target}/{name}.part {client.target}/{name}",
        ]
    return client.batch(lines, key)


def side_by_side(client: Client, source: Path, count: int, sessions: int, number: Iterator[int]) -> float:
    """Files per second of so many sessions together, each sending its share; the login is in it."""
    share = count // sessions
    numbers = [iter([next(number) for _ in range(share)]) for _ in range(sessions)]
    began = time.perf_counter()
    with ThreadPoolExecutor(sessions) as pool:
        list(
            pool.map(lambda at: small_files(client, source, share, numbers[at], KEYS[at // OF_A_KEY]), range(sessions))
        )
    return share * sessions / (time.perf_counter() - began)


@dataclass(frozen=True)
class Cost:
    """What one small file cost, beyond time; milliseconds of CPU, and counts. None: not counted here."""

    server_ms: float
    database_ms: float | None = None
    commits: float | None = None
    log_flushes: float | None = None
    statements: float | None = None
    flushes: float | None = None

    def __str__(self) -> str:
        """In one line."""
        said = [f"server CPU {self.server_ms:.2f} ms"]
        for value, words in (
            (self.database_ms, "PostgreSQL's CPU {:.2f} ms"), (self.statements, "{:.1f} statements"),
            (self.commits, "{:.2f} commits"), (self.log_flushes, "{:.2f} flushes of PostgreSQL's log"),
            (self.flushes, "{:.2f} of files"),
        ):  # fmt: skip
            said += [words.format(value)] if value is not None else []
        return ", ".join(said)


class Books:
    """PostgreSQL beside the gateway: its process, its counters, its statements written down for a while."""

    def __init__(self) -> None:
        from harborline.project import embedded

        self._connect = partial(embedded.admin_connection, "postgres")
        self._data = embedded.place().data
        self.pid = int((self._data / "postmaster.pid").read_text().split()[0])

    def standing(self) -> tuple[int, int]:
        """Commits, and flushes of the write-ahead log, so far."""
        time.sleep(1.2)  # its processes hand their counters in once a second
        with self._connect() as connection:
            row = connection.execute(
                "SELECT (SELECT xact_commit FROM pg_stat_database WHERE datname = 'harborline'),"
                " (SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal')"
            ).fetchone()
        assert row is not None
        return int(str(row[0])), int(str(row[1]))

    @contextmanager
    def writing_down(self) -> Iterator[list[int]]:
        """Count the statements inside the block; costs time."""
        log, found = self._data / "server.log", [0]
        self._say("ALTER SYSTEM SET log_statement = 'all'")
        size = log.stat().st_size
        try:
            yield found
        finally:
            self._say("ALTER SYSTEM RESET log_statement")
            with log.open("rb") as file:
                file.seek(size)
                found[0] = sum(b" statement: " in line or b" execute " in line for line in file)

    def _say(self, statement: LiteralString) -> None:
        with self._connect() as connection:
            connection.execute(statement)
            connection.execute("SELECT pg_reload_conf()")
        time.sleep(0.5)


@contextmanager
def flushes_of(pid: int) -> Iterator[list[int]]:
    """Count fsync and fdatasync of a process and its children inside the block; needs strace."""
    report = Path(tempfile.mkstemp(prefix="sftp-flushes-")[1])
    pids = [each for one in family(pid) for each in ("-p", str(one))]
    running = subprocess.Popen(["strace", "-qq", "-f", "-e", "trace=fsync,fdatasync", "-o", str(report), *pids])
    time.sleep(1)
    found = [0]
    try:
        yield found
    finally:
        running.send_signal(signal.SIGINT)
        running.wait()
        found[0] = sum("sync(" in line for line in report.read_text().splitlines())
        report.unlink()


@dataclass(frozen=True)
class Server:
    """One server under test: its client, its first process, PostgreSQL beside it."""

    title: str
    client: Client
    pid: int
    books: Books | None = None


def cost_of(server: Server, source: Path, count: int, number: Iterator[int]) -> Cost:
    """What a small file of one session costs: times in one run, statements and flushes in another."""
    client, pid, books = server.client, server.pid, server.books
    commits = books.standing() if books else (0, 0)
    own, database = cpu_s(pid), cpu_s(books.pid) if books else 0.0
    small_files(client, source, count, number)
    own, database = cpu_s(pid) - own, (cpu_s(books.pid) if books else 0.0) - database
    after = books.standing() if books else (0, 0)
    if books is None:
        return Cost(own * 1000 / count)
    with books.writing_down() as statements:
        small_files(client, source, COUNTED, number)
    flushes: list[int] | None = None
    if shutil.which("strace"):
        with flushes_of(pid) as flushes:
            small_files(client, source, COUNTED, number)
    return Cost(
        server_ms=own * 1000 / count, database_ms=database * 1000 / count, commits=(after[0] - commits[0]) / count,
        log_flushes=(after[1] - commits[1]) / count, statements=statements[0] / COUNTED,
        flushes=flushes[0] / COUNTED if flushes else None,
    )  # fmt: skip


async def waits(client: Client, loads: int, source: Path, number: Iterator[int]) -> list[float]:
    """Seconds that `stat` of another session takes while so many uploads run."""
    import asyncssh

    names = [f"ARR{next(number):06}.DAT" for _ in range(loads)]
    async with asyncssh.connect(HOST, client.port, username=client.login, client_keys=[str(client.folder / "other")],
                                known_hosts=None, config=None, agent_path=None) as connection:  # fmt: skip
        session = await connection.start_sftp_client()
        running = [
            asyncio.create_task(asyncio.to_thread(client.batch, [f"put {source} {client.target}/{name}.part"]))
            for name in names
        ]
        await asyncio.sleep(0.3)
        found = []
        while not all(one.done() for one in running):
            began = time.perf_counter()
            await session.stat(client.target)
            found.append(time.perf_counter() - began)
            await asyncio.sleep(0.01)
        await asyncio.gather(*running)
    return found


def percent(found: list[float], share: float) -> float:
    """Milliseconds below which so many lie."""
    return sorted(found)[min(len(found) - 1, int(len(found) * share))] * 1000


@dataclass(frozen=True)
class Figures:
    """Of one server: MiB/s, CPU seconds for a GiB, files/s by sessions, cost of a file, waits in ms."""

    title: str
    speed: float
    cpu: float
    rates: dict[int, float]
    cost: Cost
    beside: dict[int, tuple[float, float]]

    def print(self) -> None:
        """Say them."""
        rates = ", ".join(f"{rate:.0f}/s with {count}" for count, rate in self.rates.items())
        waits = ", ".join(f"beside {n} p50 {p50:.1f} p99 {p99:.1f} ms" for n, (p50, p99) in self.beside.items())
        print(f"{self.title:8} upload {self.speed:.0f} MiB/s, server CPU {self.cpu:.2f} s/GiB")
        print(f"{'':8} 10 KiB files {rates} sessions; each: {self.cost}")
        print(f"{'':8} stat of another session {waits}", flush=True)


def measured(server: Server, sources: tuple[Path, Path], asked: argparse.Namespace, number: Iterator[int]) -> Figures:
    """Every figure of one server."""
    (large, small), client = sources, server.client
    speed, cpu = throughput(client, server.pid, large, asked.rounds, number)
    small_files(client, small, 50, number)
    rates = {sessions: max(side_by_side(client, small, asked.files, sessions, number) for _ in range(asked.rounds))
             for sessions in SESSIONS}  # fmt: skip
    cost = cost_of(server, small, asked.files, number)
    beside = {}
    for loads in (1, 4):
        found = asyncio.run(waits(client, loads, large, number))
        beside[loads] = (percent(found, 0.5), percent(found, 0.99))
    return Figures(server.title, speed, cpu, rates, cost, beside)


def prepared(folder: Path, mib: int) -> tuple[Path, Path]:
    """Keys for both servers, and the two files that are sent."""
    for key in KEYS:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)], check=True)
    for name in ("a", "b"):
        (folder / name).mkdir()
        for key in KEYS:
            shutil.copy(folder / key, folder / name / key)
            shutil.copy(folder / f"{key}.pub", folder / name / f"{key}.pub")
    large, small = folder / "large", folder / "small"
    large.write_bytes(os.urandom(MIB) * mib)
    small.write_bytes(os.urandom(10 * 1024))
    return large, small


def main() -> None:
    """Print every figure beside OpenSSH's and the goal."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--mib", type=int, default=1024)
    reader.add_argument("--files", type=int, default=2000)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--workers", type=int, default=2)
    asked = reader.parse_args()
    folder, number = Path(tempfile.mkdtemp(prefix="sftp-bench-")), count(1)
    try:
        sources = prepared(folder, asked.mib)
        with openssh(folder / "a") as (client, pid):
            plain = measured(Server("OpenSSH", client, pid), sources, asked, number)
        plain.print()
        with gateway(folder / "b", asked.workers) as (client, pid):
            ours = measured(Server("gateway", client, pid, Books()), sources, asked, number)
        ours.print()
        print(f"upload, sealed and hashed: {ours.speed / plain.speed:.2f} of OpenSSH (goal 0.9),"
              f" {ours.speed:.0f} MiB/s (goal 400)")  # fmt: skip
        for sessions, rate in ours.rates.items():
            theirs = plain.rates[sessions]
            print(f"10 KiB files, {sessions} sessions, durable: {rate:.0f}/s (goal 1,000),"
                  f" {rate / theirs:.2f} of OpenSSH's {theirs:.0f} without fsync")  # fmt: skip
        print(f"p99 of another session during 4 uploads: {ours.beside[4][1]:.1f} ms (goal 25)")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
