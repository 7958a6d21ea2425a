"""Opt-outs in four tiers, English and Spanish, by words and grammar (law/lists/inbound/stopping.toml).

Source: 47 CFR 64.1200(a)(10): the words a person may use, and whatever else a reasonable person reads as a
revocation. A false stop can be undone with START; a missed stop cannot be undone: in doubt the higher tier wins.
"""

from __future__ import annotations

import re
from typing import Literal

from harborline.messaging.inbound.reading import Reading
from harborline.messaging.words.fold import edits
from harborline.messaging.words.grammar import Hit, Rules, grammar, lines_of, words_of

Tier = Literal["exact", "clear", "possible", "none"]

BARE = frozenset(
    {
        "stop", "stopall", "stop all", "end", "quit", "cancel", "unsubscribe", "revoke", "opt out", "optout", "opt-out",
        "remove", "arret", "alto", "basta", "parar", "pare", "paren", "baja", "cancelar", "detener", "no mas",
    }
)  # fmt: skip
_TYPO_TARGETS = (
    "stop", "quit", "cancel", "unsubscribe", "revoke", "optout", "remove", "stopall", "cancelar", "parar", "detener",
    "basta",
)  # fmt: skip
_WORDS_AROUND = 3
_SHORTEST_FOR_TWO = 6
_ASKS_US = re.compile(r"\b(?:can|could|will|would) (?:you|u|yall)\b")
_STILL_STOPS = re.compile(r"\b(?:stop|remove|wrong number|alto)\b")


def tier_of(reading: Reading) -> tuple[Tier, str]:
    """Find the opt-out tier of a text and the name of the rule that found it."""
    if _bare(reading.words):
        return "exact", "bare word"
    if _rules("keeps").first(reading.text):
        return _after_keeping(reading)
    if _courteous(reading.words) or reading.unfolded in lines_of("inbound/also_bare"):
        return "clear", "word and courtesy"
    if _misspelt(reading.words):
        return "clear", "near miss"
    rest = _rules("innocent").without(reading.text)
    found = _rules("clear").first(rest)
    return _softened(reading, rest, found) if found else _possible(reading, rest)


def _rules(name: str) -> Rules:
    return grammar("inbound/stopping").rules(name)


def _bare(words: tuple[str, ...]) -> bool:
    once = " ".join(dict.fromkeys(words))
    return bool(words) and bool(BARE & {" ".join(words), once, "".join(words)})


def _courteous(words: tuple[str, ...]) -> bool:
    also, whole = lines_of("inbound/also_bare"), " ".join(words)
    if whole in also:
        return True
    core = " ".join(word for word in words if word not in words_of("inbound/courtesy"))
    return core != whole and (core in BARE or core in also) and _stop_comes_plain(words)


def _stop_comes_plain(words: tuple[str, ...]) -> bool:
    # "the end", "no end": an article before the word makes it a thing, not a wish.
    before = {words[place - 1] for place, word in enumerate(words) if place and word in {"end", "stop", "baja", "alto"}}
    return not before & {"the", "that", "this", "la", "el"}


def _misspelt(words: tuple[str, ...]) -> bool:
    core = [word for word in words if word not in words_of("inbound/courtesy")]
    if len(core) != 1 or len(words) > _WORDS_AROUND:
        return False
    word = core[0]
    if word in words_of("inbound/real_words") or not word.isalpha():
        return False
    return any(_near(word, target) for target in _TYPO_TARGETS)


def _near(word: str, target: str) -> bool:
    allowed = 2 if len(target) >= _SHORTEST_FOR_TWO else 1
    return abs(len(word) - len(target)) <= allowed and edits(word, target) <= allowed


def _after_keeping(reading: Reading) -> tuple[Tier, str]:
    # "Don't stop texting me" keeps the texts; what is left of the text is still read.
    rest = _rules("keeps").without(reading.text)
    return ("possible", "keeps and more") if _STILL_STOPS.search(rest) else ("none", "keeps")


def _softened(reading: Reading, rest: str, found: Hit) -> tuple[Tier, str]:
    if reading.asks and _rules("asking").first(reading.text) and "please" not in reading.words:
        return ("clear", found.rule) if _ASKS_US.search(reading.text) else ("possible", "a question")
    if _rules("limited").first(rest[found.end - 1 :]):
        return "possible", "only some hours"
    return "clear", found.rule


def _possible(reading: Reading, rest: str) -> tuple[Tier, str]:
    if " ".join(reading.words) in lines_of("inbound/no"):
        return "possible", "a bare no"
    if found := _rules("possible").first(rest):
        return "possible", found.rule
    if reading.language == "unknown":
        return "possible", "unknown language"
    return "none", "none"
