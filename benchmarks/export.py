"""How long the export of one person's texts takes, beside its limit: 1,000 texts under 5 seconds.

Usage: python benchmarks/export.py [--texts 1000] [--json FILE]. An embedded PostgreSQL and a home of its own under a
temporary directory. Every text has its whole life (planned, handed over, accepted, sent, delivered), each step under an
entry of its own, which is the worst case: in service one entry stands for many. A tenth as many texts came in. Written
with the same hands as the tests. Wall and CPU time are of the export alone; the verifier is timed in its own process.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIMIT_S = 5.0


def main() -> None:
    """Measure and print; exit code 1 when the limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=1_000)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="harborline-bench-") as home, ExitStack() as stack:
        os.environ["HARBORLINE_HOME"] = home
        os.environ["HARBORLINE_FICTIONAL_NUMBERS"] = "1"
        os.environ.pop("HARBORLINE_DATABASE_URL", None)
        sys.path.insert(0, str(ROOT))
        _start(stack)
        found = _measured(Path(home), chosen.texts)
    for name, value in found.items():
        print(f"{name:<24}{value}")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n")
    sys.exit(0 if found["export_s"] <= LIMIT_S * chosen.texts / 1_000 else 1)


def _start(stack: ExitStack) -> None:
    from harborline.project import embedded

    stack.enter_context(embedded.running())
    from harborline.project.start import prepare

    prepare()
    from harborline.project.migrations import migrate

    migrate()
    from django.db import connections

    def close() -> None:
        for alias in connections:
            connections[alias].close()
            getattr(connections[alias], "close_pool", lambda: None)()

    stack.callback(close)


def _measured(home: Path, texts: int) -> dict[str, Any]:
    from tests.rooms.oversight.file_room import FileRoom, exported, many_texts, publish_in
    from tests.rooms.town import settle

    from harborline.kernel import ports
    from harborline.oversight.facts import Selection
    from harborline.oversight.ports import LogKeys
    from harborline.project.proving import PublishedKeys
    from harborline.walls import ALL_COUNTIES, Actor, acting
    from harborline.walls.cursor import refresh_statistics

    settle(home)
    many_texts(2 * texts, inbound=texts // 10)
    FileRoom.open_now = home
    publish_in(home)
    with acting(Actor("system", "benchmark"), program="nc-css", counties=ALL_COUNTIES, purpose="benchmark"):
        refresh_statistics("people", "messaging", "ledger", "consent")
    ports.serve(LogKeys, PublishedKeys(home / "log"))
    wall, cpu = time.perf_counter(), time.process_time()
    content = exported(Selection(person="P-2"))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    (home / "case.zip").write_bytes(content)
    with zipfile.ZipFile(home / "case.zip") as packed:
        packed.extractall(home / "case")
        counts = json.loads(packed.read("manifest.json"))["counts"]
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-I", str(home / "case" / "verify.py"), "--vkey", str(home / "log" / "vkey")],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return {
        "texts": counts["texts"],
        "proven_steps": counts["proven_steps"],
        "export_s": round(wall, 2),
        "export_cpu_s": round(cpu, 2),
        "limit_s": LIMIT_S * texts / 1_000,
        "zip_mib": round(len(content) / 2**20, 2),
        "verify_s": round(time.perf_counter() - began, 2),
        "verify_said": done.stdout.strip(),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


if __name__ == "__main__":
    main()
