"""Detector of shortened links, also when they are spaced or broken up to pass."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from harborline.messaging.words.grammar import words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.reader import Mark, Reader

_DOT = r"(?: ?\. ?| ?[\[({<] ?(?:\.|dot|punto) ?[\])}>] ?| dot | punto )"


@cache
def _shorteners() -> re.Pattern[str]:
    hosts = sorted(words_of("guard/shorteners"), key=len, reverse=True)
    spelt = "|".join(_DOT.join(re.escape(part) for part in host.split(".")) for host in hosts)
    return re.compile(rf"(?<![\w.-])(?:h..ps? ?: ?// ?)?(?:www{_DOT})?(?:{spelt})(?![\w-])(?: ?/ ?[\w-]*)?")


@cache
def _ends_of_hosts() -> frozenset[tuple[str, str]]:
    return frozenset((host.split(".")[0], host.split(".")[-1]) for host in words_of("guard/shorteners"))


def shortened_links(reader: Reader) -> Iterator[Mark]:
    """Mark every link behind a public shortener: nobody can see where it leads (the carriers refuse them)."""
    if not _may_have_one(reader):
        return
    for found in _shorteners().finditer(reader.free):
        host = found.group()
        # Without a path, "bit. Ly" is the end of a sentence, "bit.ly" and "bit dot ly" are a host.
        if "/" in host or " " not in host or "dot" in host or "punto" in host:
            yield Mark(Kind.SHORTENED_URL, found.start(), found.end(), "shortener")


def _may_have_one(reader: Reader) -> bool:
    words = [word.text for word in reader.free_words if word.text not in {"dot", "punto"}]
    return any(pair in _ends_of_hosts() for pair in pairwise(words))
