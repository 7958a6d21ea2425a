"""Screening: how many true aliases are found, how many strangers are flagged, and how fast ten thousand names go.

`python benchmarks/vendors.py [--names 10000]`; one core, no database. The names (benchmarks/vendor_names) were written
down before the method was run on them. CPU time is the steadier figure on a shared machine.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

from rapidfuzz import fuzz

from harborline.vendors.screening.facts import Band
from harborline.vendors.screening.lists import shipped
from harborline.vendors.screening.matching import Screener

HERE = Path(__file__).parent / "vendor_names"
FOUND_FLOOR, FLAGGED_CEILING, LIMIT_S = 0.95, 0.05, 5.0
SEED = 889
_PARTS = ("North", "Blue", "River", "Summit", "Capital", "Bright", "Pine", "Metro", "Delta", "Atlas", "Orion", "Cedar")
_KINDS = ("Technologies", "Communications", "Systems", "Services", "Digital Group", "Networks", "Telecom", "Partners")
_FORMS = ("Inc.", "LLC", "Ltd", "Corp.", "GmbH", "Co., Ltd.", "S.A.", "")


def names(file: str) -> list[str]:
    """The names of a file, remarks left out."""
    lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def flagged(screener: Screener, among: list[str]) -> list[str]:
    """Those that are not clear."""
    return [name for name in among if screener.screen(name).band is not Band.CLEAR]


def by_ratio(threshold: float, among: list[str], listed: list[str]) -> int:
    """The peer: how many a token-set ratio of the same library flags above a threshold."""
    return sum(max(fuzz.token_set_ratio(name.lower(), one) for one in listed) >= threshold for name in among)


def many(count: int) -> list[str]:
    """So many different names: the files' own, and made-up ones of two words, a kind and a form."""
    draw = random.Random(SEED)  # noqa: S311 - names for a measurement
    found = dict.fromkeys([*names("aliases.txt"), *names("unrelated.txt")])
    while len(found) < count:
        made = f"{draw.choice(_PARTS)}{draw.randrange(900)} {draw.choice(_PARTS)} {draw.choice(_KINDS)}"
        found.setdefault(f"{made} {draw.choice(_FORMS)}".strip(), None)
    return list(found)[:count]


def main() -> None:
    """Print the figures beside their limits."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--names", type=int, default=10_000)
    count = asked.parse_args().names
    begun = time.process_time()
    screener = Screener(shipped().values())
    ready_s = time.process_time() - begun
    aliases, strangers = names("aliases.txt"), names("unrelated.txt")
    missed = sorted(set(aliases) - set(flagged(screener, aliases)))
    wrong = flagged(screener, strangers)
    drawn = many(count)
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    for name in drawn:
        screener.screen(name)
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    listed = [entry.name.lower() for one in shipped().values() for entry in one.entries if not entry.category]
    peer = {
        f"token_set_ratio at {threshold}": {
            "found": round(by_ratio(threshold, aliases, listed) / len(aliases), 3),
            "flagged": round(by_ratio(threshold, strangers, listed) / len(strangers), 3),
        }
        for threshold in (70, 85)
    }
    figures = {
        "found": {"share": round(1 - len(missed) / len(aliases), 3), "floor": FOUND_FLOOR, "missed": missed},
        "flagged": {"share": round(len(wrong) / len(strangers), 3), "ceiling": FLAGGED_CEILING, "names": wrong},
        "peer": peer,
        "speed": {
            "names": len(drawn), "cpu_s": round(cpu_s, 2), "wall_s": round(wall_s, 2), "limit_s": LIMIT_S,
            "made_ready_s": round(ready_s, 2),
        },
    }  # fmt: skip
    print(json.dumps(figures, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
