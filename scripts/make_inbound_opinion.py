"""Teach the second opinion on inbound texts: src/harborline/law/lists/inbound/opinion.{bin.gz,toml}.

Run by hand after the inbound lists or the corpus changed: `python scripts/make_inbound_opinion.py [--folds]`. It learns
from tests/corpus/incoming and tests/corpus/set_aside, in one order with one seed: the same texts give the same bytes.
`--folds` writes nothing: every writer is judged by what the others taught, and for several thresholds is printed what
the model would add to the rules, rightly and wrongly.
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

from harborline.messaging.inbound.alarm import is_crisis_by_rule
from harborline.messaging.inbound.opinion import BUCKETS, COLUMNS, bucket, features
from harborline.messaging.inbound.reading import Reading, read
from harborline.messaging.inbound.stopping import tier_of

ROOT = Path(__file__).parents[1]
LISTS = ROOT / "src" / "harborline" / "law" / "lists" / "inbound"
CORPUS = ROOT / "tests" / "corpus"
SEED, ROUNDS, STEP, SHRINK = 1, 10, 0.2, 2e-4
THRESHOLDS, TRIED = (2.0, 0.0), (-1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
NAMES = ("ends texts", "danger")
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
    for path in sorted([*CORPUS.glob("incoming/*.jsonl"), *CORPUS.glob("set_aside/incoming_*.jsonl")]):
        writer, rows = path.stem.removeprefix("incoming_"), map(json.loads, path.read_text("utf-8").splitlines())
        found += [learnable(writer, row, reading) for row in rows if (reading := read(row["text"]))]
    return found


def learnable(writer: str, row: dict[str, Any], reading: Reading) -> Text:
    """One text as the model sees it."""
    seen = [bucket(feature) for feature in features(reading)]
    counted = Counter(seen)
    values = np.array(list(counted.values()), dtype=np.float64) / np.sqrt(len(seen) + 1)
    wanted = np.array([float(row["opt_out"] != "none"), float(row["crisis"])])
    return Text(writer, row, reading, np.array(list(counted), dtype=np.int64), values, wanted)


def learn(known: list[Text]) -> tuple[Floats, Floats]:
    """Logistic regression of both columns by adaptive steps, the later rounds averaged."""
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


def tell_folds(known: list[Text]) -> None:
    """Tell what the model would add to the rules for every writer left out, and for all."""
    counts: Counter[tuple[int, float, bool]] = Counter()
    missed: Counter[int] = Counter()
    for writer in sorted({text.writer for text in known}):
        weights, starts = learn([text for text in known if text.writer != writer])
        for text in known:
            if text.writer != writer:
                continue
            sums = text.values @ weights[text.places] + starts
            for column, found in enumerate((tier_of(text.reading).tier != "none", is_crisis_by_rule(text.reading))):
                wanted = bool(text.wanted[column])
                missed[column] += wanted and not found
                for at in TRIED:
                    counts[column, at, wanted] += not found and bool(sums[column] > at)
    for column, name in enumerate(NAMES):
        parts = [f"{at:+.1f} {counts[column, at, True]} right, {counts[column, at, False]} wrong" for at in TRIED]
        print(f"{name}: the rules miss {missed[column]} of {len(known)} texts; added: {'; '.join(parts)}")


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
        f"thresholds = {list(THRESHOLDS)}",
        f"starts = {[round(float(start), 6) for start in starts]}",
    ]
    (LISTS / "opinion.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def main() -> None:
    """Write the model, or tell how the folds fare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", action="store_true", help="write nothing; judge each writer by the others")
    known = texts()
    (tell_folds if parser.parse_args().folds else write)(known)


if __name__ == "__main__":
    main()
