"""The main job measured: a caseload CSV to a loopback HTTP carrier, everything on, beside the goals and the best peer.

    python benchmarks/notices.py [--rows 100000] [--memory 10000,100000,1000000] [--home DIR]

Consent, suppression, protections, quiet hours, content guard, caps, sealing and proof log are on; the database is
the embedded PostgreSQL with fsync. The processes are those of a serving installation: the sender (which plans), a
dispatcher, a sequencer, PostgreSQL; the second person approves as soon as the file was read. Call list and letters
are written after the last answer and are left out.

Prints rows per second from the start of reading the file to the last answer written down, CPU milliseconds per message
over all our processes without the carrier stub, its share by process, and bytes written per message. `--memory` then
plans files of these sizes, each in a process of its own, and prints what that process needed at most.
With `--home` people are invented once and kept; earlier runs are forgotten at the start.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from town import PROGRAM, Town  # noqa: E402 - benchmarks are scripts, not a package

GOALS = "goals: 2,500 rows/s and 0.60 ms, better 3,000 rows/s and 0.50 ms"
PEER = "peer (public notification service, CSV job on two such cores): 122 to 171 rows/s, about 9 ms CPU per row"
TICKS = os.sysconf("SC_CLK_TCK")
SECOND = "second@nc-css.example"
MOST_ADULTS = 100_000
_MEBIBYTE = 1024


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--memory", default="", help="sizes of the files to plan for the memory figures")
    parser.add_argument("--home", type=Path, help="keep the installation there")
    parser.add_argument("--only", choices=("send", "plan"), help=argparse.SUPPRESS)
    parser.add_argument("--caseload", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.only:
        child(asked.only, asked.caseload)
        return
    sizes = [int(size) for size in asked.memory.split(",") if size]
    with tempfile.TemporaryDirectory(prefix="harborline-bench-") as scratch, stub() as (address, stub_pid):
        home = asked.home or Path(scratch)
        home.mkdir(parents=True, exist_ok=True)
        os.environ |= {
            "HARBORLINE_HOME": str(home),
            "HARBORLINE_PASSWORD": "harbor-light-demo-2026",
            "HARBORLINE_TWILIO_BASE_URL": address,
            "HARBORLINE_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
            "HARBORLINE_TWILIO_AUTH_TOKEN": "benchmark",
        }
        measure(asked.rows, sizes, address, stub_pid)


@contextmanager
def stub() -> Iterator[tuple[str, int]]:
    """The loopback carrier in a process of its own: its address and process number."""
    running = subprocess.Popen([sys.executable, HERE / "carrier_stub.py"], stdout=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        line = running.stdout.readline()
        yield f"http://127.0.0.1:{''.join(sign for sign in line.rsplit(':', 1)[-1] if sign.isdigit())}", running.pid
    finally:
        running.terminate()
        running.wait()


def measure(rows: int, sizes: list[int], address: str, stub_pid: int) -> None:
    """Bring people in, send to all of them, count."""
    from harborline.project import democlock, embedded

    moment = democlock.set_working_hours()
    with embedded.running():
        from harborline.project.start import ready

        ready()
        adults = min(MOST_ADULTS, max([rows, *sizes]))
        town = Town(adults + adults % 2)
        settle(town)
        caseload = town.caseload(bench_home() / "caseload.csv", rows, moment.date())
        forget_runs()
        with service() as pids:
            send(caseload, {**pids, "stub": stub_pid})
        told = json.load(urllib.request.urlopen(f"{address}/stats"))  # noqa: S310 - our own stub
        print(f"the carrier saw {told['requests']:,.0f} requests, {told['doubled']:,.0f} doubled")
        for size in sizes:
            path = town.caseload(bench_home() / f"caseload-{size}.csv", size, moment.date())
            forget_runs()
            plan(path, size)


def send(caseload: Path, pids: dict[str, int]) -> None:
    """One run from file to last answer."""
    before, written = cpu_seconds(pids), bytes_written()
    load = os.getloadavg()[0]
    told, spent = run_child("send", caseload)
    after, written_after = cpu_seconds(pids), bytes_written()
    messages, wall = told["messages"], told["wall_s"]
    print(f"rows {told['rows']:,}, texts {messages:,}, states {told['by_state']}, load before {load:.2f}")
    print(f"{told['rows'] / wall:,.0f} rows/s, {messages / wall:,.0f} texts/s, {wall:.2f} s; {GOALS}")
    parts = {"sender": spent, **{name: after[name] - before[name] for name in after}}
    stub_s = parts.pop("stub")
    total = sum(parts.values())
    listed = ", ".join(f"{name} {1000 * each / messages:.3f}" for name, each in parts.items())
    print(f"{1000 * total / messages:.3f} ms CPU per message ({listed}); the stub took {1000 * stub_s / messages:.3f}")
    print(
        ", ".join(f"{name} {(written_after[name] - written[name]) / messages:,.0f}" for name in written), "per message"
    )
    print(f"peak memory of the sender {told['peak_mib']:.0f} MiB")
    print(PEER)


def plan(caseload: Path, rows: int) -> None:
    """Plan a file without sending it."""
    told, spent = run_child("plan", caseload)
    print(
        f"planned {rows:,} rows: peak {told['peak_mib']:.0f} MiB ({told['grown_mib']:+.0f} since the file was opened), "
        f"{told['rows'] / told['wall_s']:,.0f} rows/s, {1000 * spent / told['rows']:.3f} ms CPU of the process per row"
    )


def run_child(what: str, caseload: Path) -> tuple[dict[str, Any], float]:
    """The answer of a child and the CPU seconds of its whole life."""
    command = [sys.executable, str(Path(__file__).resolve()), "--only", what, "--caseload", str(caseload)]
    started = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert started.stdout is not None
    answer = started.stdout.read()
    _, status, used = os.wait4(started.pid, 0)
    assert status == 0, answer
    return json.loads(answer), used.ru_utime + used.ru_stime


def child(what: str, caseload: Path) -> None:
    """Open, plan and watch a run as `harborline notices send` does beside a running service; prints JSON."""
    from harborline.project import embedded
    from harborline.project.start import ready

    with embedded.running():
        ready()
        from harborline.kernel.clock import now

        began_at, before = now(), peak_mib()
        report = run(caseload, hold=what == "plan")
        ended_at = now() if what == "plan" else last_answer()
        report |= {
            "wall_s": (ended_at - began_at).total_seconds(),
            "peak_mib": peak_mib(),
            "grown_mib": peak_mib() - before,
        }
    print(json.dumps(report))


def run(caseload: Path, *, hold: bool) -> dict[str, Any]:
    """One run to its end, or until it is planned."""
    from rich.console import Console

    from harborline.project import demonstration, sending

    order = sending.SendOrder(
        program=PROGRAM, template="appointment-reminder", caseload=caseload, acting_as=demonstration.OPERATOR,
        scheduled_at=None, hold=hold, strict=False, wait=not hold, out=None, second="" if hold else SECOND,
        with_service=False, papers=False,
    )  # fmt: skip
    return sending.send_caseload(order, Console(quiet=True)).as_json()


def peak_mib() -> float:
    """The most memory this process ever had resident; `getrusage` would tell its parent's where that had more."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) / _MEBIBYTE


def bench_home() -> Path:
    """Where the files of the town are."""
    from harborline.project.home import home

    return home() / "bench"


def settle(town: Town) -> None:
    """Bring the town in through the product's own doors; what is there already stays, its protections are renewed."""
    from harborline.kernel.clock import now
    from harborline.people.facts import FeedKind
    from harborline.people.models import Participant
    from harborline.people.services import import_feed
    from harborline.people.synthetic import settle_program
    from harborline.project import demonstration
    from harborline.project.actors import keep_sign_in
    from harborline.walls import ALL_COUNTIES, acting
    from harborline.workforce.models import Worker

    began = time.perf_counter()
    files = town.write(bench_home(), as_of=now() - timedelta(minutes=1))
    with acting(demonstration.LOADER, program=PROGRAM, counties=ALL_COUNTIES, purpose="benchmark"):
        known = Participant.objects.filter(program=PROGRAM).exists()
    with acting(demonstration.LOADER, program=PROGRAM, counties=ALL_COUNTIES, purpose="benchmark"):
        if known:
            import_feed(FeedKind.PROTECTIONS, files.feeds[FeedKind.PROTECTIONS], PROGRAM)
        else:
            demonstration._hire(PROGRAM)
            settle_program(files)
            permit(town)
            contract()
    keep_sign_in(Worker.objects.get(email=demonstration.OPERATOR))
    tidy()
    print(f"{town.adults:,} adults brought in: {time.perf_counter() - began:.0f} s")


def permit(town: Town) -> None:
    """Everybody opted in two days ago."""
    from harborline.consent.facts import ConsentKind
    from harborline.consent.services import Given, load_permissions
    from harborline.kernel.clock import now
    from harborline.people.models import Participant

    given_at = now() - timedelta(days=2)
    people = Participant.objects.filter(program=PROGRAM, external_id__startswith="P")
    ids = dict(people.values_list("external_id", "id"))
    load_permissions(
        [
            Given(ids[one.reference], one.county, one.number, ConsentKind.KEYWORD, given_at, {"source": "benchmark"})
            for one in town
        ],
        at=given_at,
    )


def contract() -> None:
    """A sender at the loopback carrier, and the permission to use it."""
    from harborline.kernel.clock import now
    from harborline.messaging.models import Sender
    from harborline.vendors.services import approve_vendor, register_vendor

    Sender.objects.create(program=PROGRAM, key="bench", number="+19195550100", carrier="twilio", segments_per_s=100_000)
    register_vendor("bench", name="Loopback carrier (benchmark)", connectors=["twilio"], simulated=True)
    at = now()
    approve_vendor(
        "bench", program=PROGRAM, document_no="BENCH-1", signer="B. Mark", signed_on=at.date() - timedelta(days=2),
        valid_from_at=at - timedelta(days=1), valid_until_at=at + timedelta(days=3650),
    )  # fmt: skip


def forget_runs() -> None:
    """Empty the tables of messaging, as if no run had been before."""
    from harborline.project.embedded import admin_connection

    with admin_connection("harborline") as admin:
        names = [
            str(row[0])
            for row in admin.execute(
                "SELECT tablename FROM pg_tables WHERE tablename LIKE 'messaging\\_%'"
                " AND tablename NOT IN ('messaging_sender', 'messaging_senderlease')"
            )
        ]
        admin.execute("SET session_replication_role = replica")  # past the append-only triggers
        admin.execute(f"TRUNCATE {', '.join(names)} CASCADE")
    tidy()


def tidy() -> None:
    """Statistics and a checkpoint, so that every measurement begins alike."""
    from harborline.project.embedded import admin_connection

    with admin_connection("harborline") as admin:
        admin.execute("VACUUM ANALYZE")
        admin.execute("CHECKPOINT")


@contextmanager
def service() -> Iterator[dict[str, int]]:
    """Dispatcher and sequencer running, as `harborline serve` has them; answers their process numbers."""
    from harborline.project import engine

    dispatch = ("worker", "dispatch", "--program", PROGRAM, "--sender", "bench")
    with engine.children([dispatch, ("worker", "sequence")]) as (dispatcher, sequencer):
        time.sleep(6)
        yield {"dispatcher": dispatcher.pid, "sequencer": sequencer.pid}


def last_answer() -> datetime:
    """When the carrier's last answer was written down."""
    from django.db.models import Max

    from harborline.messaging.models import AttemptOutcome
    from harborline.walls import ALL_COUNTIES, Actor, acting

    with acting(Actor("system", "benchmark"), program=PROGRAM, counties=ALL_COUNTIES, purpose="benchmark"):
        found: datetime = AttemptOutcome.objects.aggregate(last=Max("at"))["last"]
    return found


def bytes_written() -> dict[str, int]:
    """Bytes of write-ahead log and of the tables and indexes of messaging and the ledger."""
    from harborline.project.embedded import admin_connection

    with admin_connection("harborline") as admin:
        log = admin.execute("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn").fetchone()
        sizes = admin.execute(
            "SELECT sum(pg_relation_size(oid)) FILTER (WHERE relkind = 'r'),"
            " sum(pg_relation_size(oid)) FILTER (WHERE relkind = 'i')"
            " FROM pg_class WHERE relname ~ '^(messaging|ledger|message|dispatch|receipt|recipient)_'"
        ).fetchone()
    assert log is not None
    assert sizes is not None
    return {"WAL bytes": int(str(log[0])), "table bytes": int(str(sizes[0])), "index bytes": int(str(sizes[1]))}


def cpu_seconds(pids: dict[str, int]) -> dict[str, float]:
    """CPU seconds so far of the named processes and of all processes of PostgreSQL."""
    spent = {}
    for name, pid in pids.items():
        fields = _stat(pid)
        spent[name] = (fields[11] + fields[12]) / TICKS
    spent["postgresql"] = sum(_postgres())
    return spent


def _postgres() -> Iterator[float]:
    from harborline.project.databases import cluster

    mark = Path(cluster()["socket"]).parent.name
    roots = [pid for pid in _pids() if mark in _cmdline(pid)]
    family = {pid for pid in _pids() if _stat(pid)[1] in roots} | set(roots)
    for pid in family:
        fields = _stat(pid)
        yield (fields[11] + fields[12]) / TICKS
        if pid in roots:
            yield (fields[13] + fields[14]) / TICKS


def _pids() -> list[int]:
    return [int(name) for name in (path.name for path in Path("/proc").iterdir()) if name.isdigit()]


def _cmdline(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _stat(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return [0] * 20
    return [int(field) if field.lstrip("-").isdigit() else 0 for field in text.rsplit(")", 1)[1].split()]


if __name__ == "__main__":
    main()
