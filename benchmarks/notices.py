"""The main job measured: a caseload CSV to a loopback HTTP carrier, everything on, beside the best public peer.

    python benchmarks/notices.py [--rows 10000] [--home DIR]

Consent, suppression, protections, quiet hours, content guard, caps, sealing and proof log are on; the database is
the embedded PostgreSQL with fsync. Call list and letters are written after the last answer and are left out.
Prints rows per second from opening the file to the last answer of the carrier, CPU milliseconds per message over all
our processes (planner, dispatcher, sequencer, PostgreSQL) without the carrier stub and its share, and peak memory.
The peer's figures were measured on two such cores (docs/benchmarks.md).
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
PEER = "peer (public notification service, CSV job): 122 to 171 rows/s, about 9 ms CPU per row"
PROGRAM = "nc-css"
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Measure once and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--home", type=Path, help="keep the installation there")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="harborline-bench-") as scratch, stub() as address:
        home = asked.home or Path(scratch)
        os.environ |= {
            "HARBORLINE_HOME": str(home),
            "HARBORLINE_TWILIO_BASE_URL": address,
            "HARBORLINE_TWILIO_ACCOUNT_SID": "AC00000000000000000000000000000000",
            "HARBORLINE_TWILIO_AUTH_TOKEN": "benchmark",
        }
        measure(asked.rows, address)


@contextmanager
def stub() -> Iterator[str]:
    """The loopback carrier in a process of its own."""
    child = subprocess.Popen([sys.executable, HERE / "carrier_stub.py"], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        line = child.stdout.readline()
        yield f"http://127.0.0.1:{''.join(sign for sign in line.rsplit(':', 1)[-1] if sign.isdigit())}"
    finally:
        child.terminate()
        child.wait()


def measure(rows: int, address: str) -> None:
    """Bring people in, send to all of them, count."""
    from harborline.kernel.clock import now
    from harborline.project import democlock, embedded

    democlock.set_working_hours()
    with embedded.running():
        from harborline.project.start import ready

        ready()
        caseload = settle(rows)
        print(
            f"memory of validation alone: {validation_memory(caseload):,.0f} MiB (goal 100; peer 269 for 100,000 rows)"
        )
        print(f"validation alone: {validation(caseload):,.0f} rows/s (goal 45,000; peer 8,900)")
        with service() as pids:
            before = cpu_seconds(pids)
            began_at = now()
            report = send(caseload)
            wall = (last_answer() - began_at).total_seconds()
            after = cpu_seconds(pids)
        told = json.load(urllib.request.urlopen(f"{address}/stats"))  # noqa: S310 - our own stub
    spent = sum(after.values()) - sum(before.values())
    messages = report["messages"]
    print(f"rows {report['rows']:,}, texts {messages:,}, states {report['by_state']}, stub saw {told.get('requests')}")
    print(f"{report['rows'] / wall:,.0f} rows/s, {messages / wall:,.0f} texts/s, {wall:.2f} s  (goal 1,500 rows/s)")
    parts = ", ".join(f"{name} {1000 * (after[name] - before[name]) / messages:.3f}" for name in after)
    print(f"{1000 * spent / messages:.3f} ms CPU per message, stub excluded  (goal 1.0 ms): {parts}")
    print(f"peak memory of the planner: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")
    print(PEER)


def settle(rows: int) -> Path:
    """Invented people of nc-css, every one of them reachable, and their caseload."""
    from harborline.consent.facts import ConsentKind
    from harborline.consent.services import Given, load_permissions
    from harborline.kernel.clock import now
    from harborline.messaging.models import Sender
    from harborline.people.models import Participant
    from harborline.people.synthetic import settle_program, write_program
    from harborline.project import demonstration
    from harborline.project.actors import keep_sign_in
    from harborline.project.home import home
    from harborline.vendors.services import approve_vendor, register_vendor
    from harborline.walls import ALL_COUNTIES, acting
    from harborline.workforce.models import Worker

    at = now()
    files = write_program(
        home() / "bench", PROGRAM, rows=min(int(rows * 1.35), 13_500), today=at.date(), as_of=at - timedelta(minutes=1)
    )
    with acting(demonstration.LOADER, program=PROGRAM, counties=ALL_COUNTIES, purpose="benchmark"):
        demonstration._hire(PROGRAM)
        settle_program(files, demonstration.FEEDS)
        Sender.objects.create(
            program=PROGRAM, key="bench", number="+19195550100", carrier="twilio", segments_per_s=100_000
        )
        register_vendor("bench", name="Loopback carrier (benchmark)", connectors=["twilio"], simulated=True)
        approve_vendor(
            "bench", program=PROGRAM, document_no="BENCH-1", signer="B. Mark", signed_on=at.date() - timedelta(days=2),
            valid_from_at=at - timedelta(days=1), valid_until_at=at + timedelta(days=9),
        )  # fmt: skip
        people = Participant.objects.filter(program=PROGRAM).values_list("external_id", "id", "county")
        known = {external_id: (identifier, county) for external_id, identifier, county in people}
        chosen = reachable(files, rows, known)
        given_at = at - timedelta(days=2)
        from harborline.messaging.words.numbers import e164

        load_permissions(
            [
                Given(*known[row["participant_id"]], e164(row["phone"], allow_fictional=True),
                      ConsentKind.KEYWORD, given_at, {"source": "benchmark"})
                for row in chosen
            ],
            at=given_at,
        )  # fmt: skip
    keep_sign_in(Worker.objects.get(email=demonstration.OPERATOR))
    path = home() / "bench" / "caseload.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(chosen[0]))
        writer.writeheader()
        writer.writerows(chosen)
    from harborline.project.embedded import admin_connection

    with admin_connection("harborline") as admin:
        admin.execute("ANALYZE")
        admin.execute("CHECKPOINT")
    return path


def reachable(files: object, rows: int, known: Mapping[str, object]) -> list[dict[str, str]]:
    """The rows of the invented caseload that make one text each."""
    from harborline.people.facts import ADULT_ROLES

    seen: set[str] = set()
    chosen: list[dict[str, str]] = []
    with files.caseload.open(newline="") as file:  # type: ignore[attr-defined]  # SyntheticFiles
        for row in csv.DictReader(file):
            usable = len([sign for sign in row["phone"] if sign.isdigit()]) in (10, 11)
            plain = (
                usable
                and row["participant_id"] in known
                and row["phone"]
                and row["phone"] not in seen
                and row["language"] in ("en", "es")
            )
            if plain and row["role"] in ADULT_ROLES and len(chosen) < rows:
                seen.add(row["phone"])
                chosen.append(row)
    return chosen


def validation(caseload: Path) -> float:
    """Rows per second of reading and checking alone."""
    from django.conf import settings

    from harborline.law import profile
    from harborline.messaging.notices.checking import check_rows
    from harborline.messaging.notices.runs import known_values
    from harborline.walls import ALL_COUNTIES, Actor, acting

    with acting(Actor("system", "benchmark"), program=PROGRAM, counties=ALL_COUNTIES, purpose="benchmark"):
        known = known_values(PROGRAM, profile(PROGRAM), allow_fictional=settings.FICTIONAL_NUMBERS)
    began = time.perf_counter()
    with caseload.open("rb") as source:
        checked = check_rows(source, "caseload.csv", known)
    return checked.rows / (time.perf_counter() - began)


@contextmanager
def service() -> Iterator[dict[str, int]]:
    """Dispatcher and sequencer running, as `harborline serve` has them; answers their process numbers."""
    from harborline.project import engine

    dispatch = ("worker", "dispatch", "--program", PROGRAM, "--sender", "bench")
    with engine.children([dispatch, ("worker", "sequence")]) as (dispatcher, sequencer):
        time.sleep(6)
        yield {"dispatcher": dispatcher.pid, "sequencer": sequencer.pid}


_ALONE = """
import sys
from harborline.messaging.notices.caseload import Known
from harborline.messaging.notices.checking import check_rows
from harborline.messaging.words.numbers import e164
codes = [frozenset(part.split(",")) for part in sys.argv[2:5]]
known = Known(*codes, lambda raw: e164(raw, allow_fictional=True))
with open(sys.argv[1], "rb") as source:
    assert check_rows(source, "caseload.csv", known).rows
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) / 1024)
"""


def validation_memory(caseload: Path) -> float:
    """Peak MiB of a process that only validates."""
    counties, roles, offices = (
        "37183,37063,37119",
        "custodial-party,noncustodial-parent,dependent",
        "WAKE-1,DURHAM-1,MECK-1",
    )
    command = [sys.executable, "-c", _ALONE, str(caseload), counties, roles, offices]
    return float(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def send(caseload: Path) -> dict[str, Any]:
    """Open, plan and watch the run as `harborline notices send` does while the service runs."""
    from rich.console import Console

    from harborline.project import demonstration, sending

    order = sending.SendOrder(
        program=PROGRAM, template="appointment-reminder", caseload=caseload, acting_as=demonstration.OPERATOR,
        scheduled_at=None, hold=False, strict=False, wait=True, out=None, with_service=False, papers=False,
    )  # fmt: skip
    return sending.send_caseload(order, Console(quiet=True)).as_json()


def last_answer() -> datetime:
    """When the carrier's last answer was written down."""
    from django.db.models import Max

    from harborline.messaging.models import AttemptOutcome
    from harborline.walls import ALL_COUNTIES, Actor, acting

    with acting(Actor("system", "benchmark"), program=PROGRAM, counties=ALL_COUNTIES, purpose="benchmark"):
        found: datetime = AttemptOutcome.objects.aggregate(last=Max("at"))["last"]
    return found


def cpu_seconds(pids: dict[str, int]) -> dict[str, float]:
    """CPU seconds so far: this process (the planner), dispatcher, sequencer, all processes of PostgreSQL."""
    spent = {"planner": sum(resource.getrusage(resource.RUSAGE_SELF)[:2])}
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
