"""The content guard's short cuts: what is left out by a quick look would have found nothing."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from harborline.messaging.words.guard import judge
from harborline.messaging.words.guard import names as known
from harborline.messaging.words.guard.frames import Frame
from harborline.messaging.words.guard.grammars import book
from harborline.messaging.words.guard.lexicon import lexicon
from harborline.messaging.words.guard.opinion import _places, _total, features
from harborline.messaging.words.guard.reader import Reader
from harborline.messaging.words.guard.remembered import Remembered
from harborline.messaging.words.guard.vocabulary import _follow
from harborline.messaging.words.guard.weights import added, asked, bucket

CORPUS = Path(__file__).parents[2] / "corpus"
STRIDE = 40
CELL_BEGINS = "(?<![^ ])"
LONG = 10_000
# Long texts that make one part of the guard work hardest.
HARD = [
    "a b ",
    "$1,",
    "* ",
    "**",
    "Ana Lee ",
    "my baby is ",
    "bit . ly ",
    "2 3 ",
    "a. ",
    "zzz ",
    "the de la of ",
    "a@b.c ",
]
# Twice the text may take twice the time, and as much again for what else the machine does.
GROWTH, ENOUGH_S = 4.0, 0.02


def readers() -> Iterator[Reader]:
    """Every so manieth text of the corpus, both ways, as the guard reads it."""
    for path in sorted(CORPUS.glob("*coming/*.jsonl")) + sorted(CORPUS.glob("outgoing/*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[::STRIDE]:
            row: dict[str, Any] = json.loads(line)
            yield Reader(row["text"], lang=row["lang"], names=row.get("names", ()))


def spans(frame: Frame, cells: str, start: int, end: int) -> bool:
    """Whether the frame is in these cells when nobody asks what it needs first."""
    return frame.compiled.search(cells, start, end) is not None


def test_a_frame_is_asked_wherever_it_would_find_something() -> None:
    """Asking every frame of every sentence finds the rules that asking only the likely ones does."""
    rules = book().rules
    for reader in readers():
        sentences, cells = reader.fitting(book().frames).sentences, reader.cells
        every = [
            rule
            for rule in rules
            if not (rule.small and not reader.is_small)
            and any(
                spans(rule.frame, cells, start, end)
                for start, end, _ in ([(0, len(cells), 0)] if rule.frame.crosses else sentences)
                if reader.units
            )
        ]
        assert book().found(reader) == every


def test_what_a_list_leaves_out_is_not_in_the_text() -> None:
    """No frame of a list is in a text that lacks what it needs."""
    listed = {frame: key for key, frames in book().lists.items() for frame in frames}
    for reader in readers():
        likely = {frame for file, name in book().lists for frame in book().listed(reader, file, name)}
        for frame in listed.keys() - likely:
            assert reader.units == [] or next(frame.matches(reader.cells), None) is None, frame.name


def test_a_frame_begins_where_a_cell_does() -> None:
    """A frame that looks only where cells begin finds what it would find anywhere."""
    anchored = [rule.frame for rule in book().rules if rule.frame.pattern.startswith(CELL_BEGINS)]
    anywhere = [re.compile(frame.pattern.removeprefix(CELL_BEGINS)) for frame in anchored]
    assert anchored
    for reader in readers():
        for frame, pattern in zip(anchored, anywhere, strict=True):
            ends = [found.end() for found in frame.compiled.finditer(reader.cells)]
            assert ends == [found.end() for found in pattern.finditer(reader.cells)], frame.name


def test_a_name_begins_like_one_of_the_case() -> None:
    """No unit that begins otherwise is a name of the case."""
    case = known._known(["Ana María Robles", "Bényamin Carter-Stone", "Xiomara de la Cruz"])
    for reader in readers():
        for unit in reader.units:
            assert unit[0] in case.begins or not known._is_known(unit, case), unit


def test_the_second_opinion_adds_up_its_features() -> None:
    """Adding numbers of words and hashing pairs on is adding the rows of all features."""
    for reader in readers():
        places = sorted(_places(reader))
        assert places == sorted(map(bucket, features(reader)))
        assert _total(reader) == added(places)
    assert len(set(asked())) < len(asked())


def test_a_phrase_with_a_stem_in_second_place_is_followed() -> None:
    """A word list may say `case work*`: any word that begins so is the second."""
    stem = next(
        (word, stem)
        for word in sorted({unit for reader in readers() for unit in reader.known.small})
        for node in lexicon().begins(word)
        for stem in node.stems
    )
    assert f"{stem[1]}zzz" in _follow(stem[0])
    assert _follow(stem[0])[f"{stem[1]}zzz"]


def test_a_table_begins_anew_when_it_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words are remembered up to a bound."""
    monkeypatch.setattr("harborline.messaging.words.guard.remembered._REMEMBERED", 3)
    table = Remembered[str, int](len)
    assert [table["a" * size] for size in range(5)] == [0, 1, 2, 3, 4]
    assert len(table) <= 3


@pytest.mark.parametrize("piece", HARD)
def test_a_long_text_takes_time_by_its_length(piece: str) -> None:
    """Ten thousand signs cost about twice as much as five thousand, whatever they are."""

    def cost(size: int) -> float:
        text, best = (piece * size)[:size], float("inf")
        for _ in range(3):
            begun = time.process_time()
            judge(text, program="mn-wic", lang="en", names=("Ana Lee",))
            best = min(best, time.process_time() - begun)
        return best

    cost(100)
    assert cost(LONG) < max(ENOUGH_S, GROWTH * cost(LONG // 2))
