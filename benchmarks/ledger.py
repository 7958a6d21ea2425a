"""How fast entries are recorded, ordered, published, proved and verified, beside the limits they must keep.

Usage: python benchmarks/ledger.py [--entries 100000] [--json FILE]. Uses an embedded PostgreSQL and a home of its own
under a temporary directory; sealing, commitments and row-level security are on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from statistics import quantiles

LIMITS = {
    "record_p95_ms": ("at most", 1.0),
    "bulk_per_s": ("at least", 30_000),
    "integrate_per_s": ("at least", 50_000),
    "verify_per_s": ("at least", 33_334),
    "proof_ms": ("at most", 5.0),
}


def main() -> None:
    """Measure and print; exit code 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="harborline-bench-") as home, ExitStack() as stack:
        os.environ["HARBORLINE_HOME"] = home
        os.environ.pop("HARBORLINE_DATABASE_URL", None)
        _start(stack)
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
    from harborline.ledger.keyfile import signing_key
    from harborline.ledger.published import Directory
    from harborline.ledger.verifier import verify_log
    from harborline.project.home import keys_directory, log_directory

    found: dict[str, float] = {"hashes_per_s": _hashes()}
    singles = _singles(services.record)
    found["record_p50_ms"], found["record_p95_ms"] = singles
    found["bulk_per_s"], found["bulk_client_us"], entry_id = _bulk(services.append_many, count)
    found["integrate_per_s"], found["publish_per_s"] = _sequence(count)
    found["proof_ms"] = _mean_ms(lambda: selectors.proof_of(entry_id), 100)
    directory = Directory(log_directory())
    key = signing_key(keys_directory() / "ledger.key", services.log_origin()).verifier
    began = time.perf_counter()
    entries = verify_log(directory, key).entries
    found["verify_per_s"] = entries / (time.perf_counter() - began)
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


def _bulk(append_many: Callable[..., list[uuid.UUID]], count: int) -> tuple[float, float, uuid.UUID]:
    entries = [
        (f"participant:{number}", {"message": f"m-{number}", "outcome": "allow", "number": number})
        for number in range(count)
    ]
    began, spent = time.perf_counter(), time.process_time()
    with _context():
        ids = append_many("message.planned", entries)
    return count / (time.perf_counter() - began), (time.process_time() - spent) / count * 1e6, ids[count // 2]


def _sequence(count: int) -> tuple[float, float]:
    import psycopg

    from harborline.ledger.integrating import BATCH, current_epoch
    from harborline.ledger.published import Directory
    from harborline.ledger.sequencer import Sequencer
    from harborline.project import databases
    from harborline.project.home import keys_directory, log_directory

    with psycopg.connect(databases.login(databases.SEQUENCER).dsn(), autocommit=True) as connection:
        epoch = current_epoch(connection, "unused.example/log")
        sequencer = Sequencer(connection, Directory(log_directory()), keys_directory() / "ledger.key", epoch)
        began = time.perf_counter()
        while sequencer.integrate_once() == BATCH:
            pass
        integrated = time.perf_counter()
        sequencer.publish_once()
        return count / (integrated - began), count / (time.perf_counter() - integrated)


def _mean_ms(work: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - began) / times * 1_000


def report(found: dict[str, float], file: Path | None) -> None:
    """Print the figures with their limits and the machine; write them to `file` when given."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(machine)
    kept = True
    for name, value in found.items():
        line = f"{name:18} {value:14,.2f}"
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
