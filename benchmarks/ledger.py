"""How fast entries are recorded, ordered, published, proved and verified, beside the limits they must keep.

Usage: python benchmarks/ledger.py [--entries 100000] [--million N] [--json FILE]. Uses an embedded PostgreSQL and a
home of its own under a temporary directory; sealing, commitments and row-level security are on.
`--million N` records, orders, publishes, verifies and checks N times a million entries and prints the cost of each
million: it must not grow. CPU time stands beside wall time, for machines that have other work.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from statistics import quantiles

LIMITS = {
    "record_p95_ms": ("at most", 1.0),
    "bulk_per_s": ("at least", 30_000),
    "audited_tx_per_s": ("at least", 1_000),
    "integrate_per_s": ("at least", 50_000),
    "verify_million_s": ("at most", 30.0),
    "proof_ms": ("at most", 5.0),
}
MILLION = 1_000_000
WRITERS = 2


def main() -> None:
    """Measure and print; exit code 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--million", type=int, default=0)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--writer", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.writer:
        _write_for(chosen.writer)
        return
    with tempfile.TemporaryDirectory(prefix="harborline-bench-") as home, ExitStack() as stack:
        os.environ["HARBORLINE_HOME"] = home
        os.environ.pop("HARBORLINE_DATABASE_URL", None)
        _start(stack)
        if chosen.million:
            _millions(chosen.million)
            return
        found = _measured(chosen.entries)
    report(found, chosen.json)


def _start(stack: ExitStack) -> None:
    from harborline.project import embedded

    stack.enter_context(embedded.running())
    from harborline.project.start import prepare

    prepare()
    from harborline.project.migrations import migrate

    migrate()
    stack.callback(_close)


def _close() -> None:
    from django.db import connections

    for alias in connections:
        connections[alias].close()
        getattr(connections[alias], "close_pool", lambda: None)()


def _measured(count: int) -> dict[str, float]:
    from harborline.ledger import selectors, services

    found: dict[str, float] = {"hashes_per_s": _hashes()}
    singles = _singles(services.record)
    found["record_p50_ms"], found["record_p95_ms"] = singles
    # The best of three: the first fills caches, and other work comes and goes.
    tries = [_bulk(services.append_many, count) for _ in range(3)]
    found["bulk_per_s"] = max(one[0] for one in tries)
    found["bulk_client_us"] = min(one[1] for one in tries)
    found["bulk_server_us"] = min(one[2] for one in tries)
    entry_id = tries[-1][3]
    found["audited_tx_per_s"], found["audited_tx_cpu_us"] = _audited(WRITERS)
    found.update(_sequence())
    found["proof_ms"] = _mean_ms(lambda: selectors.proof_of(entry_id), 200)
    found.update(_verified())
    found["fsck_per_s"] = _checked()
    return found


def _hashes() -> float:
    sample, began = os.urandom(300), time.perf_counter()
    for _ in range(300_000):
        hashlib.sha256(sample).digest()
    return 300_000 / (time.perf_counter() - began)


def _context() -> AbstractContextManager[object]:
    from harborline.walls import ALL_COUNTIES, Actor, acting

    return acting(Actor("system", "benchmark"), program="nc-css", counties=ALL_COUNTIES, purpose="benchmark")


def _singles(record: Callable[..., object]) -> tuple[float, float]:
    times = []
    with _context():
        for number in range(1_000):
            began = time.perf_counter()
            record("consent.withdrawn", subject=f"participant:{number}", content={"by": "text", "number": number})
            times.append((time.perf_counter() - began) * 1_000)
    cuts = quantiles(times, n=20)
    return cuts[9], cuts[18]


def _bulk(append_many: Callable[..., list[uuid.UUID]], count: int) -> tuple[float, float, float, uuid.UUID]:
    """Entries per second, CPU of the client and of the database server in microseconds an entry, and one id."""
    entries = [
        (f"participant:{number}", {"message": f"m-{number}", "outcome": "allow", "number": number})
        for number in range(count)
    ]
    server = _server_cpu_s()
    began, spent = time.perf_counter(), time.process_time()
    with _context():
        ids = append_many("message.planned", entries)
    wall_s, client_s = time.perf_counter() - began, time.process_time() - spent
    return count / wall_s, client_s / count * 1e6, (_server_cpu_s() - server) / count * 1e6, ids[count // 2]


def _server_cpu_s() -> float:
    """CPU spent so far by the database server of this home: its processes that live, and those it has waited for."""
    from harborline.project import embedded

    pid = int((embedded._place().data / "postmaster.pid").read_text().split()[0])
    pids = [pid, *_children(pid)]
    return sum(_cpu_s(one, waited=one == pid) for one in pids)


def _children(parent: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == parent:
            yield int(path.parent.name)


def _cpu_s(pid: int, *, waited: bool) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    ticks = sum(int(field) for field in fields[11 : 15 if waited else 13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _audited(writers: int) -> tuple[float, float]:
    """Django transactions per second, each with a question and an entry, from several processes; CPU of each, all told.

    The CPU is that of writers and server; two cores can do no more than two million divided by it.
    """
    seconds, server = 8, _server_cpu_s()
    command = [sys.executable, __file__, "--writer", str(seconds)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(writers)]
    told = [[float(word) for word in one.communicate()[0].split()[-2:]] for one in running]
    per_s = sum(rate for rate, _ in told)
    done = per_s * seconds
    return per_s, (sum(cpu_s for _, cpu_s in told) + _server_cpu_s() - server) / done * 1e6


def _write_for(seconds: int) -> None:
    from harborline.project.start import prepare

    prepare()
    from harborline.ledger.services import record
    from harborline.people.models import FeedImport

    def once(number: int) -> None:
        with _context():
            FeedImport.objects.filter(program="nc-css", id=uuid.UUID(int=number)).exists()
            record("people.looked-up", subject=f"participant:{number}", content={"number": number})

    for number in range(50):
        once(number)
    began, spent, done = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds:
        once(done)
        done += 1
    print(done / (time.perf_counter() - began), time.process_time() - spent)
    _close()


@contextmanager
def _sequencer() -> Iterator[object]:
    import psycopg

    from harborline.ledger.integrating import current_epoch
    from harborline.ledger.published import Directory
    from harborline.ledger.sequencer import Sequencer
    from harborline.project import databases
    from harborline.project.home import keys_directory, log_directory

    with psycopg.connect(databases.login(databases.SEQUENCER).dsn(), autocommit=True) as connection:
        epoch = current_epoch(connection, "unused.example/log")
        yield Sequencer(connection, Directory(log_directory()), keys_directory() / "ledger.key", epoch)


def _sequence() -> dict[str, float]:
    from harborline.ledger.integrating import BATCH
    from harborline.ledger.models import Pending
    from harborline.ledger.sequencer import Sequencer

    count = Pending.objects.count()
    with _sequencer() as sequencer:
        assert isinstance(sequencer, Sequencer)
        began, spent = time.perf_counter(), time.process_time()
        while sequencer.integrate_once() == BATCH:
            pass
        integrated, cpu_s = time.perf_counter(), time.process_time() - spent
        sequencer.publish_once()
        published_s = time.perf_counter() - integrated
    return {
        "integrate_per_s": count / (integrated - began),
        "integrate_client_us": cpu_s / count * 1e6,
        "publish_per_s": count / published_s,
    }


def _verified() -> dict[str, float]:
    from harborline.ledger import services
    from harborline.ledger.keyfile import signing_key
    from harborline.ledger.published import Directory
    from harborline.ledger.verifier import verify_log
    from harborline.project.home import keys_directory, log_directory

    key = signing_key(keys_directory() / "ledger.key", services.log_origin()).verifier
    began, spent = time.perf_counter(), time.process_time()
    entries = verify_log(Directory(log_directory()), key).entries
    wall_s, cpu_s = time.perf_counter() - began, time.process_time() - spent
    return {
        "verify_per_s": entries / wall_s,
        "verify_million_s": wall_s / entries * MILLION,
        "verify_cpu_us": cpu_s / entries * 1e6,
    }


def _checked() -> float:
    from harborline.project.checking import check_everything

    began = time.perf_counter()
    found = check_everything()
    assert found.whole, found.differences[:3]
    return found.contents / (time.perf_counter() - began)


def _mean_ms(work: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times * 1_000


def _millions(count: int) -> None:
    """What each further million costs: recording, ordering, publishing, proving; at the end verifying all."""
    from harborline.ledger import selectors, services

    print("million  record s  (client cpu, server cpu)  order s  publish s  proof ms  disk MiB")
    for number in range(1, count + 1):
        server = _server_cpu_s()
        began, spent = time.perf_counter(), time.process_time()
        for _ in range(10):
            _, _, _, entry_id = _bulk(services.append_many, MILLION // 10)
        recorded, cpu_s = time.perf_counter() - began, time.process_time() - spent
        server_s = _server_cpu_s() - server
        order = _sequence()
        proof_ms = _mean_ms(lambda known=entry_id: selectors.proof_of(known), 100)  # type: ignore[misc]  # bound here
        print(
            f"{number:7}  {recorded:8.1f}  ({cpu_s:6.1f}, {server_s:6.1f})        "
            f"{MILLION / order['integrate_per_s']:7.1f}  {MILLION / order['publish_per_s']:9.1f}  {proof_ms:8.2f}"
            f"  {_disk_mib():8.0f}",
            flush=True,
        )
    found = _verified()
    peak_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"verify: {found['verify_million_s']:.1f} s a million, {found['verify_cpu_us']:.2f} us of CPU an entry")
    print(f"largest memory of this process: {peak_mib:.0f} MiB")


def _disk_mib() -> float:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(pg_total_relation_size(c.oid)) FROM pg_class c WHERE relname LIKE 'ledger%' AND relkind = 'r'"
        )
        return float(cursor.fetchone()[0]) / 2**20


def report(found: dict[str, float], file: Path | None) -> None:
    """Print the figures with their limits and the machine; write them to `file` when given."""
    load = os.getloadavg()[0]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}"
    print(machine)
    kept = True
    for name, value in found.items():
        line = f"{name:20} {value:14,.2f}"
        if name in LIMITS:
            word, limit = LIMITS[name]
            good = value >= limit if word == "at least" else value <= limit
            kept &= good
            line += f"   {word} {limit:,.0f}   {'kept' if good else 'NOT KEPT'}"
        print(line)
    if file is not None:
        file.write_text(json.dumps({"machine": machine, **found}, indent=2) + "\n")
    raise SystemExit(not kept)


if __name__ == "__main__":
    main()
