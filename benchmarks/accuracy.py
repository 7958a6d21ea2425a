"""How well texts are judged and read: the corpus, and the fifth that was set aside before any rule was tuned.

    python benchmarks/accuracy.py            the open part, for work on the rules
    python benchmarks/accuracy.py --set-aside    the fifth; for a report only, never to tune by

A hold counts as stopped. Intervals are Wilson's at 95 %. Labels: tests/corpus/README.md.
"""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harborline.messaging.inbound.classify import classify
from harborline.messaging.words.guard import judge

CORPUS = Path(__file__).parents[1] / "tests/corpus"


def lines(kind: str, *, aside: bool) -> Iterator[dict[str, Any]]:
    """The lines of one half of the corpus."""
    paths = CORPUS.glob(f"set_aside/{kind}_*.jsonl") if aside else (CORPUS / kind).glob("*.jsonl")
    for path in sorted(paths):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def share(hits: int, whole: int) -> str:
    """Per cent with its interval."""
    if not whole:
        return "-"
    z, p = 1.96, hits / whole
    middle, spread = p + z * z / (2 * whole), z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    low, high = (middle - spread) / (1 + z * z / whole), (middle + spread) / (1 + z * z / whole)
    return f"{100 * p:5.1f} % [{100 * low:.1f}, {100 * high:.1f}] ({hits} of {whole})"


def outgoing(*, aside: bool) -> None:
    """Forbidden texts let through, allowed texts stopped, and what was found of each kind."""
    count: Counter[str] = Counter()
    for one in lines("outgoing", aside=aside):
        found = judge(one["text"], program=one["program"], lang=one["lang"], names=one.get("names") or ())
        stopped, kinds = not found.decision.allowed, {each.kind.value for each in found.findings}
        count["forbidden" if one["labels"] else "allowed"] += 1
        count["missed"] += bool(one["labels"]) and not stopped
        count["stopped"] += not one["labels"] and stopped
        for label in one["labels"]:
            count[f"has {label}"] += 1
            count[f"found {label}"] += label in kinds
            count[f"stopped {label}"] += stopped
    print(f"forbidden let through  {share(count['missed'], count['forbidden'])}   goal at most 5 %")
    print(f"allowed stopped        {share(count['stopped'], count['allowed'])}   goal at most 5 %")
    for label in sorted(name[4:] for name in count if name.startswith("has ")):
        whole = count[f"has {label}"]
        went, named = share(count[f"stopped {label}"], whole), share(count[f"found {label}"], whole)
        print(f"  {label:31} stopped {went}, as such {named}")


def incoming(*, aside: bool) -> None:
    """Stops found, false stops, crisis found."""
    count: Counter[str] = Counter()
    for one in lines("incoming", aside=aside):
        found, meant = classify(one["text"]), one["opt_out"]
        count[meant] += 1
        count[f"{meant} stopped"] += found.opt_out in {"exact", "clear"}
        count[f"{meant} held"] += found.opt_out != "none"
        count["crisis"] += one["crisis"]
        count["crisis found"] += one["crisis"] and found.crisis
        count["crisis said"] += found.crisis
    print(f"bare stop words stopped    {share(count['exact stopped'], count['exact'])}   goal all")
    print(f"other must-stop stopped    {share(count['clear stopped'], count['clear'])}   goal at least 98 %")
    print(f"other must-stop lost       {share(count['clear'] - count['clear held'], count['clear'])}   goal none")
    print(f"possible held or stopped   {share(count['possible held'], count['possible'])}   goal at least 85 %")
    print(f"false stops                {share(count['none stopped'], count['none'])}   goal at most 0.5 %")
    print(f"crisis found               {share(count['crisis found'], count['crisis'])}   goal at least 90 %")
    print(f"crisis said rightly        {share(count['crisis found'], count['crisis said'])}   goal at least 60 %")


if __name__ == "__main__":
    set_aside = sys.argv[1:] == ["--set-aside"]
    print("the fifth set aside" if set_aside else "the open part")
    outgoing(aside=set_aside)
    incoming(aside=set_aside)
