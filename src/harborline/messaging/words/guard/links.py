"""Detector of shortened links, also when they are spaced, broken up or spelt to pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import re2  # type: ignore[import-untyped]  # google-re2 ships no types

from harborline.messaging.words.grammar import words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.reader import Mark, Reader

_SPELT = re.compile(r"\b(?:dot|punto)\b|\b(?:slash|diagonal|barra)\b|[\s\[\](){}<>]+")
_LIKE_LETTERS = str.maketrans("013457$@", "oieastsa")
_PATH = re.compile(r"/[\w%?=&#.-]*[\w%?=&#-]")
_WORD = "abcdefghijklmnopqrstuvwxyz0123456789-_"


@cache
def _shorteners() -> re.Pattern[str]:
    hosts = sorted(words_of("guard/shorteners"), key=len, reverse=True)
    return re.compile(rf"(?:{'|'.join(re.escape(host) for host in hosts)})(?![a-z\d-]|\.[a-z])")


@cache
def _may_be() -> re2._Regexp:
    # One quick look for the letters of a host, whatever is put between them or for them.
    between = r"[\s\[\](){}<>]*"
    dot = rf"{between}(?:\.|dot|punto){between}"
    likes = {"o": "[o0]", "i": "[i1!l]", "l": "[l1]", "e": "[e3]", "a": "[a4@]", "s": "[s5$]", "t": "[t7]", "b": "[b8]"}
    spelt = [
        between.join(dot if sign == "." else likes.get(sign, re.escape(sign)) for sign in host)
        for host in sorted(words_of("guard/shorteners"))
    ]
    return re2.compile("|".join(spelt))


def shortened_links(reader: Reader) -> Iterator[Mark]:
    """Mark every link behind a public shortener: nobody can see where it leads (the carriers refuse them)."""
    text = reader.free
    if not _may_be().search(text.encode("ascii", "replace")):
        return
    close, places = _closed_up(text)
    for read in dict.fromkeys((close, close.translate(_LIKE_LETTERS))):
        for found in _shorteners().finditer(read):
            if mark := _mark(text, close, places, found):
                yield mark


def _closed_up(text: str) -> tuple[str, list[int]]:
    # "bit dot ly / x", "bit . ly/x", "bit[.]ly/x": what stands between is left out, with the way back.
    parts: list[str] = []
    places: list[int] = []
    at = 0
    for found in _SPELT.finditer(text):
        said = "." if found.group() in {"dot", "punto"} else "" if not found.group().isalpha() else "/"
        parts += [text[at : found.start()], said]
        places += [*range(at, found.start()), *([found.start()] * len(said))]
        at = found.end()
    return "".join([*parts, text[at:]]), [*places, *range(at, len(text))]


def _mark(text: str, close: str, places: list[int], found: re.Match[str]) -> Mark | None:
    start, end = places[found.start()], places[found.end() - 1] + 1
    before = text[start - 1] if start else " "
    if before in _WORD or (before == "." and text[max(0, start - 4) : start] != "www."):
        return None
    path = _PATH.match(close, found.end())
    # Without a path, "bit. Ly" is the end of a sentence, "bit.ly" a host.
    if path is None:
        return Mark(Kind.SHORTENED_URL, start, end, "shortener") if close[found.start() : found.end()] in text else None
    return Mark(Kind.SHORTENED_URL, start, places[path.end() - 1] + 1, "shortener")
