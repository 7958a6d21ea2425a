"""Uploads to the gateway beside OpenSSH's own server, in one run: throughput, small files, and a second session's wait.

The gateway seals and hashes what it takes and writes rows; OpenSSH writes plain files. The same client (OpenSSH's
sftp, aes256-gcm) sends to both over the loopback. Run: .venv/bin/python benchmarks/sftp.py [--mib 1024] [--files 2000]
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
HOST = "127.0.0.1"
MIB = 1024**2
# One key may have so many.
SESSIONS = 4


class Client:
    """OpenSSH's sftp against one server."""

    def __init__(self, folder: Path, port: int, login: str, target: str) -> None:
        """`target` is where files are put."""
        self.folder, self.port, self.login, self.target = folder, port, login, target

    def options(self) -> list[str]:
        """The same for both servers."""
        return ["-F", "none", "-i", str(self.folder / "id"), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
                "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR",
                "-o", "Ciphers=aes256-gcm@openssh.com"]  # fmt: skip

    def batch(self, lines: list[str]) -> float:
        """Seconds of one session."""
        command = ["sftp", "-q", "-P", str(self.port), *self.options(), "-b", "-", f"{self.login}@{HOST}"]
        began = time.perf_counter()
        subprocess.run(command, input="\n".join(lines).encode() + b"\n", check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - began


@contextmanager
def openssh(folder: Path) -> Iterator[tuple[Client, int]]:
    """OpenSSH's server with its own sftp-server; and its process."""
    from tests.contracts.partner_server import key_pair

    Path("/run/sshd").mkdir(exist_ok=True)
    key_pair(folder / "host")
    (folder / "authorized").write_text((folder / "id.pub").read_text() + (folder / "other.pub").read_text())
    port = free_port()
    (folder / "conf").write_text(
        f"ListenAddress {HOST}\nPort {port}\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        "StrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin prohibit-password\nLogLevel QUIET\n"
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
        for key in ("id", "other"):  # four sessions of a key are the most
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


def cpu_s(pid: int) -> float:
    """CPU seconds of a process with all its descendants, living and waited for."""
    total, wanted = 0.0, {pid}
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
    total = sum(ticks for one, _parent, ticks in stats if one in wanted)
    return total / os.sysconf("SC_CLK_TCK")


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


def small_files(client: Client, source: Path, count: int, number: Iterator[int]) -> float:
    """Files per second, one session, each under a temporary name and renamed."""
    lines = []
    for _ in range(count):
        name = f"ARR{next(number):06}.DAT"
        lines += [
            f"put {source} {client.target}/{name}.part",
            f"rename {client.target}/{name}.part {client.target}/{name}",
        ]
    return count / client.batch(lines)


def side_by_side(client: Client, source: Path, count: int, sessions: int, number: Iterator[int]) -> float:
    """Files per second of so many sessions together, each sending its share."""
    share = count // sessions
    numbers = [iter([next(number) for _ in range(share)]) for _ in range(sessions)]
    began = time.perf_counter()
    with ThreadPoolExecutor(sessions) as pool:
        list(pool.map(lambda own: small_files(client, source, share, own), numbers))
    return share * sessions / (time.perf_counter() - began)


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


def main() -> None:
    """Print every figure beside OpenSSH's and the goal."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--mib", type=int, default=1024)
    reader.add_argument("--files", type=int, default=2000)
    reader.add_argument("--rounds", type=int, default=3)
    reader.add_argument("--workers", type=int, default=2)
    asked = reader.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="sftp-bench-"))
    from itertools import count

    number = count(1)
    for key in ("id", "other"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)], check=True)
    large, small = folder / "large", folder / "small"
    large.write_bytes(os.urandom(MIB) * asked.mib)
    small.write_bytes(os.urandom(10 * 1024))
    for name in ("a", "b"):
        (folder / name).mkdir()
        for one in ("id", "id.pub", "other", "other.pub"):
            shutil.copy(folder / one, folder / name / one)
    try:
        rows = []
        for title, serve in (("OpenSSH", openssh(folder / "a")), ("gateway", gateway(folder / "b", asked.workers))):
            with serve as (client, pid):
                speed, cost = throughput(client, pid, large, asked.rounds, number)
                before = cpu_s(pid)
                rate = small_files(client, small, asked.files, number)
                each = (cpu_s(pid) - before) * 1000 / asked.files
                several = side_by_side(client, small, asked.files, SESSIONS, number)
                delay = asyncio.run(waits(client, 1, large, number))
                loaded = asyncio.run(waits(client, 4, large, number))
            rows.append(
                (title, speed, cost, rate, several, percent(delay, 0.99), percent(loaded, 0.5), percent(loaded, 0.99))
            )
            print(f"{title:8} upload {speed:7.0f} MiB/s, server CPU {cost:5.2f} s/GiB; 10 KiB files {rate:6.0f}/s"
                  f" ({each:.2f} ms of server CPU each, PostgreSQL not counted), {SESSIONS} sessions {several:6.0f}/s;"
                  f" stat beside 1 upload p99 {rows[-1][5]:5.1f} ms,"
                  f" beside 4 p50 {rows[-1][6]:5.1f} p99 {rows[-1][7]:5.1f} ms", flush=True)  # fmt: skip
        (_, plain, *_), (_, sealed, _, rate, several, *_, p99) = rows
        print(f"upload, sealed and hashed: {sealed / plain:.2f} of OpenSSH (goal 0.9), {sealed:.0f} MiB/s (goal 400)")
        print(f"10 KiB files, durable: {rate:.0f}/s in one session, {several:.0f}/s in {SESSIONS} (goal 1,000, and"
              f" OpenSSH's {rows[0][3]:.0f} and {rows[0][4]:.0f} without fsync)")  # fmt: skip
        print(f"p99 of another session during 4 uploads: {p99:.1f} ms (goal 25)")
        print(
            f"peak of this process {resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024} MiB (largest child)"
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
