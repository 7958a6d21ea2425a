"""Teach the second opinion on inbound texts: src/harborline/law/lists/inbound/opinion.{bin.gz,toml}.

Run by hand after the inbound lists or the corpus changed: `python scripts/make_inbound_opinion.py [--folds]`. It learns
from tests/corpus/incoming, in one order with one seed: the same texts give the same bytes; the set-aside fifth stays
unread. `--folds [WRITER ...]` writes nothing: each of these writers (of all) is judged by what the others
taught, and for several thresholds is printed what rules and model find together.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from harborline.messaging.inbound.alarm import has_figure, is_crisis_by_rule
from harborline.messaging.inbound.opinion import BUCKETS, COLUMNS, bucket, features, parts_of
from harborline.messaging.inbound.reading import Reading, read
from harborline.messaging.inbound.stopping import NOTHING_FOUND, SURE, is_known_innocent, tier_of

ROOT = Path(__file__).parents[1]
LISTS = ROOT / "src" / "harborline" / "law" / "lists" / "inbound"
CORPUS = ROOT / "tests" / "corpus"
SEED, ROUNDS, STEP, SHRINK = 1, 10, 0.2, 2e-4
ENDING, ENDINGS = {"long": 0.0, "short": 0.75, "long_from": 5}, (0.0, 0.5, 0.75, 1.0, 1.5, 2.0)
STOPPING, STOPPINGS = 0.75, (0.25, 0.5, 0.75, 1.0, 1.5)
DANGER, DANGERS = {"long": -0.75, "short": -0.5, "figure": 0.75, "long_from": 7}, (-2.0, -1.5, -1.0, -0.75, -0.5, 0.0)
OTHERWISE, DOUBTS = -2.5, (-3.0, -2.5, -2.0, -1.5, -1.0, -0.5)
Floats = NDArray[np.float64]


class Text(NamedTuple):
    """A text to learn from: its writer, its label, how it reads, its buckets with their values, what is wanted."""

    writer: str
    row: dict[str, Any]
    reading: Reading
    places: NDArray[np.int64]
    values: Floats
    wanted: Floats


def texts() -> list[Text]:
    """The labelled texts that say anything, in order."""
    found = []
    for path in sorted(CORPUS.glob("incoming/*.jsonl")):
        writer, rows = path.stem, map(json.loads, path.read_text("utf-8").splitlines())
        found += [learnable(writer, row, reading) for row in rows if (reading := read(row["text"]))]
    return found


def learnable(writer: str, row: dict[str, Any], reading: Reading) -> Text:
    """One text as the model sees it."""
    seen = [bucket(feature) for feature in features(reading)]
    counted = Counter(seen)
    values = np.array(list(counted.values()), dtype=np.float64) / np.sqrt(len(seen) + 1)
    stops = row["opt_out"] in {"exact", "clear"}
    wanted = np.array([float(row["opt_out"] != "none"), float(row["crisis"]), float(stops)])
    return Text(writer, row, reading, np.array(list(counted), dtype=np.int64), values, wanted)


def learn(known: list[Text]) -> tuple[Floats, Floats]:
    """Logistic regression of every column by adaptive steps, the later rounds averaged."""
    weights, squares = np.zeros((BUCKETS, COLUMNS)), np.full((BUCKETS, COLUMNS), 1e-2)
    starts, start_squares = np.zeros(COLUMNS), np.full(COLUMNS, 1e-2)
    mean, mean_starts, taken = np.zeros((BUCKETS, COLUMNS)), np.zeros(COLUMNS), 0
    order = np.random.default_rng(SEED)
    for turn in range(ROUNDS):
        for at in order.permutation(len(known)):
            text = known[at]
            here = weights[text.places]
            error = 1 / (1 + np.exp(-(text.values @ here + starts))) - text.wanted
            slope = text.values[:, None] * error + SHRINK * here
            squares[text.places] += slope * slope
            weights[text.places] = here - STEP * slope / np.sqrt(squares[text.places])
            start_squares += error * error
            starts = starts - STEP * error / np.sqrt(start_squares)
        if turn >= ROUNDS // 2:
            mean, mean_starts, taken = mean + weights, mean_starts + starts, taken + 1
    return mean / taken, mean_starts / taken


class Judged(NamedTuple):
    """What rules and model say of a text that others taught: its label, the rules' tier and alarm, the sums.

    `plain`: long and without a figure of speech, so that the first of the thresholds of danger is asked. `ending`: the
    first sum of the whole or of the sentence that says most.
    """

    row: dict[str, Any]
    tier: str
    sure: bool
    alarm: bool
    plain: bool
    sums: Floats
    ending: float
    asked: bool

    def reads_dangerous(self, at: float) -> bool:
        """Whether model or rules call somebody, the threshold of plain texts being `at`."""
        return self.alarm or bool(self.sums[1] > (at if self.plain else DANGER["figure"]))


def tell_folds(known: list[Text], writers: list[str]) -> None:
    """Tell what rules and model find together in the texts of these writers, taught by all others, and of them all."""
    everything: list[Judged] = []
    for writer in writers or sorted({text.writer for text in known}):
        weights, starts = learn([text for text in known if text.writer != writer])
        own = [judged(text, weights, starts) for text in known if text.writer == writer]
        everything += own
        print(f"{writer}: {told(own)}")
    print(f"all: {told(everything)}")


def judged(text: Text, weights: Floats, starts: Floats) -> Judged:
    """One text by the rules, beside the model's sums."""
    found, sums = tier_of(text.reading), text.values @ weights[text.places] + starts
    parts = [learnable(text.writer, text.row, part) for part in parts_of(text.reading)]
    ending = max([sums[0], *((part.values @ weights[part.places] + starts)[0] for part in parts)])
    asked = found.rule == NOTHING_FOUND and not is_known_innocent(text.reading)
    plain = len(text.reading.words) >= DANGER["long_from"] and not has_figure(text.reading)
    return Judged(text.row, found.tier, found.rule in SURE, is_crisis_by_rule(text.reading), plain, sums, ending, asked)


def told(texts: list[Judged]) -> str:
    """Danger found and said rightly, stops doubted, and possible ends added, for several thresholds."""
    danger = [one for one in texts if one.row["crisis"]]
    lines = [f"{len(texts)} texts, {len(danger)} of danger, {sum(one.alarm for one in danger)} found by the rules"]
    for at in DANGERS:
        said = [one for one in texts if one.reads_dangerous(at)]
        lines.append(f"  danger {at:+.1f}: {sum(one.row['crisis'] for one in said)} found, {len(said)} said")
    for at in DOUBTS:
        doubted = Counter(
            one.row["opt_out"] for one in texts if one.tier == "clear" and not one.sure and one.ending < at
        )
        lines.append(f"  clear stops doubted below {at:+.1f}: {dict(doubted)}")
    for at in ENDINGS:
        added = Counter(one.row["opt_out"] for one in texts if one.asked and one.ending > at)
        lines.append(f"  possible ends above {at:+.2f}: {dict(added)}")
    for at in STOPPINGS:
        asked = [one for one in texts if one.asked or one.tier == "possible"]
        added = Counter(f"{one.tier} for {one.row['opt_out']}" for one in asked if one.sums[2] > at)
        lines.append(f"  clear stops above {at:+.2f}: {dict(added)}")
    return "\n".join(lines)


def table(of: dict[str, float]) -> str:
    """Numbers with names as one line of a TOML file."""
    return f"{{ {', '.join(f'{name} = {at}' for name, at in of.items())} }}"


def write(known: list[Text]) -> None:
    """Learn from all, round the weights to bytes, and write them with what they are worth."""
    weights, starts = learn(known)
    scale = float(np.abs(weights).max()) / 127
    rows = (np.rint(weights / scale) + 128).astype(np.uint8).tobytes()
    (LISTS / "opinion.bin.gz").write_bytes(gzip.compress(rows, mtime=0))
    lines = [
        "# The second opinion on inbound texts: see opinion.bin.gz, made by scripts/make_inbound_opinion.py.",
        f'sha256 = "{hashlib.sha256(rows).hexdigest()}"',
        f"texts = {len(known)}",
        f"scale = {scale!r}",
        f"ending = {table(ENDING)}",
        f"stopping = {STOPPING}",
        f"otherwise = {OTHERWISE}",
        f"danger = {table(DANGER)}",
        f"starts = {[round(float(start), 6) for start in starts]}",
    ]
    (LISTS / "opinion.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def main() -> None:
    """Write the model, or tell how the folds fare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", nargs="*", metavar="WRITER", help="write nothing; judge each writer by the others")
    folds = parser.parse_args().folds
    write(texts()) if folds is None else tell_folds(texts(), folds)


if __name__ == "__main__":
    main()
