"""Detectors of meaning: whose, what and no sign that it is said to everybody. Grammars in law/lists/guard/."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from functools import cache

from harborline.messaging.words.grammar import Grammar, grammar
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.reader import Mark, Reader

GRAMMARS: dict[Kind, str] = {
    Kind.HEALTH_INFO: "guard/health",
    Kind.FTI: "guard/fti",
    Kind.DV: "guard/dv",
    Kind.AMOUNT_OWED: "guard/money",
    Kind.STREET_ADDRESS_OR_WHEREABOUTS: "guard/whereabouts",
    Kind.REQUESTS_PRIVATE_INFO: "guard/requests",
}


def meanings(reader: Reader, wanted: Collection[Kind] = tuple(GRAMMARS)) -> Iterator[Mark]:
    """Mark every wanted meaning; a kind is only looked for when one of its words is there."""
    kinds: set[Kind] = set()
    for word in reader.free_words:
        kinds |= _kinds_of(word.text)
    for kind in wanted:
        if kind in kinds or (kind is Kind.AMOUNT_OWED and "$" in reader.free):
            yield from _marks(kind, reader)


@cache
def _grammars() -> dict[Kind, Grammar]:
    return {kind: grammar(path) for kind, path in GRAMMARS.items()}


_KNOWN: dict[str, frozenset[Kind]] = {}
_KNOWN_MAX = 100_000


def _kinds_of(word: str) -> frozenset[Kind]:
    found = _KNOWN.get(word)
    if found is None:
        bare = word.removesuffix("'s")
        found = frozenset(
            kind
            for kind, rules in _grammars().items()
            if rules.rules("trigger").matches_whole(word) or rules.rules("trigger").matches_whole(bare)
        )
        if len(_KNOWN) < _KNOWN_MAX:
            _KNOWN[word] = found
    return found


def _marks(kind: Kind, reader: Reader) -> Iterator[Mark]:
    rules = _grammars()[kind]
    if rules.rules("find").first(reader.free) is None:
        return
    for hit in rules.rules("find").every(rules.rules("innocent").veiled(reader.free)):
        yield Mark(kind, hit.start, hit.end, hit.rule)
