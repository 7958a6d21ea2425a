"""How long the nightly watch takes over a million looks in PostgreSQL, beside the limit: 60 s.

    python benchmarks/watch.py [--looks 1000000]

The looks of a model agency are written into an embedded PostgreSQL of its own, by its owner: nobody else may write a
million at once. Then `oversight.services.watch` does what it does every night: reads them with what explains them,
finds, keeps, records. Wall and CPU time (of this process alone).
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
import uuid
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIMIT_S = 60.0
COLUMNS = "id, program, county, participant_id, person_id, actor, role, page, tie, kin, at"


def main() -> None:
    """Measure and print; exit code 1 when the limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--looks", type=int, default=1_000_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="harborline-bench-") as home, ExitStack() as stack:
        os.environ["HARBORLINE_HOME"] = home
        os.environ["HARBORLINE_FICTIONAL_NUMBERS"] = "1"
        os.environ.pop("HARBORLINE_DATABASE_URL", None)
        sys.path.insert(0, str(ROOT))
        wall, cpu, new = _measured(stack, Path(home), chosen.looks)
    each = LIMIT_S * chosen.looks / 1_000_000
    print(f"{chosen.looks:,} looks: {wall:.1f} s wall, {cpu:.1f} s CPU here; limit {each:.0f} s; {new} findings kept")
    sys.exit(0 if wall < each else 1)


def _measured(stack: ExitStack, home: Path, looks: int) -> tuple[float, float, int]:
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
    from tests.rooms.disclosure.desk import open_desk

    from harborline.oversight.services import watch

    open_desk(home)
    newest = _write(looks)
    began, burnt = time.perf_counter(), time.process_time()
    new = watch("nc-css", now=newest + timedelta(hours=1))
    return time.perf_counter() - began, time.process_time() - burnt, new


def _write(looks: int) -> datetime:
    from harborline.oversight.simulating import Size, simulate
    from harborline.project.embedded import admin_connection

    workers = max(looks // 900, 16)
    seen = simulate(Size(workers=workers, people=workers * 250), seed=1).picture.accesses
    names = {0: "", 1: "self", 2: "family", 3: "household", 4: "surname", 5: "coworker"}
    ids = [f"worker:{uuid.uuid5(uuid.NAMESPACE_OID, f'worker {one}')}" for one in range(workers)]
    people = [uuid.uuid5(uuid.NAMESPACE_OID, f"person {one}") for one in range(workers * 250)]
    rows = [place for place in range(len(seen.worker)) if seen.person[place] >= 0][:looks]
    with admin_connection("harborline") as connection, connection.cursor() as cursor:
        with cursor.copy(f"COPY disclosure_look ({COLUMNS}) FROM STDIN") as copy:
            for row in rows:
                person = people[seen.person[row]]
                at = datetime.fromtimestamp(int(seen.at_s[row]), UTC) + timedelta(hours=5)
                tie = "caseload" if seen.explained[row] else ""
                near = names[int(seen.near[row])]
                copy.write_row((
                    uuid.uuid4(), "nc-css", "37183", person, person, ids[seen.worker[row]], "case-manager",
                    "participant", tie, near, at,
                ))  # fmt: skip
        cursor.execute("ANALYZE disclosure_look")
    return datetime.fromtimestamp(int(seen.at_s[rows[-1]]), UTC) + timedelta(hours=5)


if __name__ == "__main__":
    main()
