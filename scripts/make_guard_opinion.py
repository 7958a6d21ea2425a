"""Teach the content guard's second opinion: src/harborline/law/lists/guard/opinion.{bin.gz,toml}.

Run by hand after the guard's lists or the corpus changed: `python scripts/make_guard_opinion.py [--folds]`. It learns
from tests/corpus/outgoing, in one order with one seed, so that the same lists and texts give the same bytes; the
set-aside fifth stays unread. `--folds [WRITER ...]` writes nothing: each of these writers (of all) is judged by what
the others taught, and the shares let through and stopped are printed by rules alone, and for several thresholds from
which a text waits and below which what the rules found is dropped.
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

from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.grammars import book
from harborline.messaging.words.guard.judge import marks_of_rules
from harborline.messaging.words.guard.opinion import features, trust
from harborline.messaging.words.guard.reader import Reader
from harborline.messaging.words.guard.weights import BUCKETS, COLUMNS, GRAVE, bucket

ROOT = Path(__file__).parents[1]
LISTS = ROOT / "src" / "harborline" / "law" / "lists" / "guard"
CORPUS = ROOT / "tests" / "corpus"
SEED, ROUNDS, STEP, SHRINK = 1, 8, 0.2, 2e-4
THRESHOLD, TRIED = 0.75, (-1.0, -0.5, 0.0, 0.25, 0.5, 0.75, 1.0, 1.5)
DROP, DROPS = -0.5, (-9.0, -2.5, -2.0, -1.5, -1.0, -0.5)
GRAVE_FROM = {"stop": -0.25, "long": -2.25, "short": -0.75, "long_from": 98}
GRAVE_COLUMNS = [1 + list(Kind).index(kind) for kind in GRAVE]
Floats, Bools = NDArray[np.float64], NDArray[np.bool_]


class Learnt(NamedTuple):
    """Weights by bucket and column, and where each column starts."""

    weights: Floats
    starts: Floats


class Text(NamedTuple):
    """A text to learn from: its writer, its buckets with their values, the share of its starts, what is wanted."""

    writer: str
    row: dict[str, Any]
    places: NDArray[np.int64]
    values: Floats
    trusted: float
    wanted: Floats


def texts() -> list[Text]:
    """The labelled texts, in order."""
    book()
    found = []
    for path in sorted(CORPUS.glob("outgoing/*.jsonl")):
        writer = path.stem
        found += [learnable(writer, json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]
    return found


def learnable(writer: str, row: dict[str, Any]) -> Text:
    """One text as the model sees it."""
    seen = [bucket(feature) for feature in features(read(row))]
    counted = Counter(seen)
    values = np.array(list(counted.values()), dtype=np.float64) / np.sqrt(len(seen) + 1)
    wanted = [float(bool(row["labels"])), *(float(kind.value in row["labels"]) for kind in Kind)]
    return Text(writer, row, np.array(list(counted), dtype=np.int64), values, trust(len(seen)), np.array(wanted))


def read(row: dict[str, Any]) -> Reader:
    """The text as the guard reads it."""
    return Reader(row["text"], lang=row["lang"], names=row["names"])


def learn(known: list[Text]) -> Learnt:
    """Logistic regression of every column by adaptive steps, the later rounds averaged."""
    weights, squares = np.zeros((BUCKETS, COLUMNS)), np.full((BUCKETS, COLUMNS), 1e-2)
    starts, start_squares = np.zeros(COLUMNS), np.full(COLUMNS, 1e-2)
    mean, mean_starts, taken = np.zeros((BUCKETS, COLUMNS)), np.zeros(COLUMNS), 0
    order = np.random.default_rng(SEED)
    for turn in range(ROUNDS):
        for at in order.permutation(len(known)):
            text = known[at]
            here = weights[text.places]
            error = 1 / (1 + np.exp(-(text.values @ here + text.trusted * starts))) - text.wanted
            slope = text.values[:, None] * error + SHRINK * here
            grown = squares[text.places] + slope * slope
            squares[text.places] = grown
            weights[text.places] = here - STEP * slope / np.sqrt(grown)
            start_squares += (text.trusted * error) ** 2
            starts = starts - STEP * text.trusted * error / np.sqrt(start_squares)
        if turn >= ROUNDS // 2:
            mean, mean_starts, taken = mean + weights, mean_starts + starts, taken + 1
    return Learnt(mean / taken, mean_starts / taken)


class Fold(NamedTuple):
    """A writer's texts: what is forbidden, what the rules stop and doubt, what the model says of stopping.

    `grave`: what reads like a grave kind; `grave_bad`: what is one.
    """

    bad: Bools
    ruled: Bools
    doubtful: Bools
    stop: Floats
    grave: Bools
    grave_bad: Bools

    def stopped(self, threshold: float, drop: float) -> Bools:
        """What rules and second opinion stop together, as `weighed` does."""
        kept = self.ruled & ~(self.doubtful & (self.stop < drop))
        return kept | (~self.ruled & (self.stop > threshold)) | self.grave


def fold_of(own: list[Text], learnt: Learnt) -> Fold:
    """Judge a writer's texts by what others taught."""
    marks = [marks_of_rules(read(text.row)) for text in own]
    sums = np.array([text.values @ learnt.weights[text.places] + text.trusted * learnt.starts for text in own])
    wanted = np.array([text.wanted[GRAVE_COLUMNS].any() for text in own])
    return Fold(
        np.array([bool(text.row["labels"]) for text in own]),
        np.array([bool(found) for found in marks]),
        np.array([all(mark.doubtful for mark in found) for found in marks]),
        sums[:, 0],
        reads_grave(own, sums, learnt),
        wanted,
    )


def reads_grave(own: list[Text], sums: Floats, learnt: Learnt) -> Bools:
    """Which texts read like a grave kind, as `opinion` asks it: starts in full, more asked of a short text."""
    trusted = np.array([text.trusted for text in own])
    least = np.where(trusted >= trust(GRAVE_FROM["long_from"]), GRAVE_FROM["long"], GRAVE_FROM["short"])
    full = sums[:, GRAVE_COLUMNS] + (1 - trusted)[:, None] * learnt.starts[GRAVE_COLUMNS]
    return (full > least[:, None]).any(axis=1) & (sums[:, 0] > GRAVE_FROM["stop"])


def tell_folds(known: list[Text], writers: list[str]) -> None:
    """Judge every writer's texts by what the others' taught, and all of these writers' together."""
    folds = []
    for writer in writers or sorted({text.writer for text in known}):
        learnt = learn([text for text in known if text.writer != writer])
        folds.append(fold_of([text for text in known if text.writer == writer], learnt))
        print(f"{writer}: {told(folds[-1])}")
    print(f"all: {told(Fold(*map(np.concatenate, zip(*folds, strict=True))))}")


def told(fold: Fold) -> str:
    """The shares let through and stopped of one fold, a line for every drop and a column for every threshold."""
    grave = fold.stopped(THRESHOLD, DROP)[fold.grave_bad]
    lines = [
        f"{len(fold.bad)} texts, violence and tax information stopped: {grave.sum()} of {len(grave)}",
        f"  let through / stopped: rules {shares(fold.ruled, fold.bad)}",
    ]
    for drop in DROPS:
        parts = [f"{at:+.1f} {shares(fold.stopped(at, drop), fold.bad)}" for at in TRIED]
        lines.append(f"  drop {drop:+.1f}: {', '.join(parts)}")
    return "\n".join(lines)


def shares(stopped: Bools, bad: Bools) -> str:
    """Forbidden let through and allowed stopped, in per cent."""
    return f"{100 * np.mean(~stopped[bad]):.1f} / {100 * np.mean(stopped[~bad]):.1f}"


def write(known: list[Text]) -> None:
    """Learn from all, round the weights to bytes, and write them with what they are worth."""
    learnt = learn(known)
    scale = float(np.abs(learnt.weights).max()) / 127
    rows = (np.rint(learnt.weights / scale) + 128).astype(np.uint8).tobytes()
    (LISTS / "opinion.bin.gz").write_bytes(gzip.compress(rows, mtime=0))
    lines = [
        "# The content guard's second opinion: see opinion.bin.gz, made by scripts/make_guard_opinion.py.",
        f'sha256 = "{hashlib.sha256(rows).hexdigest()}"',
        f"texts = {len(known)}",
        f"scale = {scale!r}",
        f"threshold = {THRESHOLD}",
        f"drop = {DROP}",
        f"grave = {{ {', '.join(f'{name} = {at}' for name, at in GRAVE_FROM.items())} }}",
        f"starts = {[round(float(start), 6) for start in learnt.starts]}",
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
