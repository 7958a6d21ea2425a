"""What words cost: the guard a message, the segmenter, and a template rendered with its segments, beside their limits.

    python benchmarks/guard.py [--limit N] [--rounds 5] [--json FILE]

The guard judges every text of tests/corpus/outgoing in turn, forbidden and allowed, with the names of its case. Each
round goes through all texts; a text counts with its best round, which leaves out what other programs of the machine
took, and the mean over a whole round is printed in CPU time beside it. The first round is printed by itself: nothing is
remembered yet and every rule is made ready. One process, one core.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LIMITS = {"guard_us": 100.0, "segments_per_s": 300_000.0, "renders_per_s": 60_000.0}


def main() -> None:
    """Measure and print; exit code 1 when a limit is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=int, default=0, help="only so many texts")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    rows = _rows()[: asked.limit or None]
    found = {"texts": float(len(rows)), **_guard(rows, asked.rounds), **_segments(rows), **_renders()}
    for name, value in found.items():
        limit = LIMITS.get(name)
        print(f"{name:24}{value:14,.1f}" + (f"   limit {limit:,.0f}" if limit else ""))
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    kept = found["guard_us"] <= LIMITS["guard_us"]
    kept &= all(found[name] >= LIMITS[name] for name in ("segments_per_s", "renders_per_s"))
    sys.exit(0 if kept else 1)


def _rows() -> list[dict[str, Any]]:
    paths = sorted((ROOT / "tests" / "corpus" / "outgoing").glob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def _guard(rows: Sequence[dict[str, Any]], rounds: int) -> dict[str, float]:
    from harborline.messaging.words.guard import judge

    def one(row: dict[str, Any]) -> None:
        judge(row["text"], program=row["program"], lang=row["lang"], names=row["names"])

    begun = time.process_time()
    for row in rows:
        one(row)
    first = (time.process_time() - begun) / len(rows)
    best, cpu = [float("inf")] * len(rows), float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        for place, row in enumerate(rows):
            at = time.perf_counter()
            one(row)
            best[place] = min(best[place], time.perf_counter() - at)
        cpu = min(cpu, (time.process_time() - begun) / len(rows))
    best.sort()
    return {
        "guard_us": 1e6 * sum(best) / len(best),
        "guard_p50_us": 1e6 * best[len(best) // 2],
        "guard_p99_us": 1e6 * best[len(best) * 99 // 100],
        "guard_cpu_us": 1e6 * cpu,
        "guard_first_round_us": 1e6 * first,
    }


def _segments(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    from harborline.messaging.words.segments import segment

    texts = [row["text"] for row in rows]
    return {"segments_per_s": _per_second(lambda: [segment(text) for text in texts], len(texts))}


def _renders() -> dict[str, float]:
    from harborline.messaging.words.templates import Office, Values, Voice, bind, ready_templates

    voice = Voice({"en": "NC Child Support", "es": "Manutención de NC"}, "919-555-0123", "childsupport.example.gov")
    office = Office("Durham", "414 East Main Street", "919-555-0142")
    values = Values(appointment=datetime(2026, 5, 14, 14, 30, tzinfo=UTC), office=office)
    bound = [
        bind(template, language, voice)
        for template in ready_templates("nc-css", "iv-d").values()
        for language in sorted(template.languages)
    ]
    return {"renders_per_s": _per_second(lambda: [each.render(values) for each in bound * 50], len(bound) * 50)}


def _per_second(work: Callable[[], object], times: int) -> float:
    work()
    best = float("inf")
    for _ in range(9):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    return times / best


if __name__ == "__main__":
    main()
