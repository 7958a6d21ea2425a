"""How fast and how good the detectors are, beside the limits: 60 s for a million accesses, precision 0.9 at recall 0.9.

    python benchmarks/detectors.py [--seeds 1 2 3 4 5] [--workers 1200] [--json FILE]

A model agency (`harborline.oversight.simulating`) of 1,200 workers works for twenty days; supervisors of eight review
five findings a week each. The detectors see what the records would show and nothing of what was planted. Wall and CPU
time of the detectors alone.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from harborline.oversight.detecting import findings
from harborline.oversight.measuring import measured
from harborline.oversight.simulating import Size, simulate

LIMIT_S, LIMIT_PRECISION, RECALL = 60.0, 0.9, 0.9


def main() -> None:
    """Measure each seed and print; exit code 1 when the precision or the time of any seed misses a limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    parser.add_argument("--workers", type=int, default=1_200)
    parser.add_argument("--undocumented", type=float, default=Size().undocumented)
    parser.add_argument("--answered", type=float, default=Size().answered)
    parser.add_argument("--invented", type=float, default=Size().invented)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    rows = []
    print(f"limits: {LIMIT_S:.0f} s for 1,000,000 accesses, precision {LIMIT_PRECISION} at recall {RECALL}")
    heads = (
        ("accesses", 11),
        ("wall s", 8),
        ("CPU s", 8),
        ("precision", 11),
        ("recall", 8),
        ("reached", 9),
        ("reviews", 9),
    )
    print("seed" + "".join(f"{name:>{width}}" for name, width in heads))
    for seed in chosen.seeds:
        size = Size(
            workers=chosen.workers, people=chosen.workers * 250, undocumented=chosen.undocumented,
            answered=chosen.answered, invented=chosen.invented,
        )  # fmt: skip
        agency = simulate(size, seed=seed)
        began, burnt = time.perf_counter(), time.process_time()
        found = findings(agency.picture)
        wall, cpu = time.perf_counter() - began, time.process_time() - burnt
        said = measured(agency, found, recall=RECALL)
        count = len(agency.picture.accesses.worker)
        print(
            f"{seed:>4}{count:>11,}{wall:>8.1f}{cpu:>8.1f}{said.precision:>11.3f}{said.recall:>8.3f}"
            f"{said.reached:>9.3f}{said.reviews:>9,}  never reviewed: {said.missed}"
        )
        rows.append({"seed": seed, "accesses": count, "wall_s": wall, "cpu_s": cpu, **asdict(said)})
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1) + "\n")
    mean, slowest = sum(row["precision"] for row in rows) / len(rows), max(row["wall_s"] for row in rows)
    least = min(row["precision"] for row in rows)
    print(f"precision in the mean {mean:.3f}, least {least:.3f}; slowest {slowest:.1f} s")
    sys.exit(0 if least >= LIMIT_PRECISION and slowest <= LIMIT_S else 1)


if __name__ == "__main__":
    main()
