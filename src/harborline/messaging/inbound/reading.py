"""How an inbound text is read before it is judged: folded, without quotations, signatures and ornaments."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal, NamedTuple

from harborline.messaging.words.fold import Folded, joined, squeezed, unleet
from harborline.messaging.words.grammar import words_of

Language = Literal["en", "es", "unknown"]


class Reading(NamedTuple):
    """One inbound text made plain: `text` is folded, without apostrophes; `words` are its words; `asks` a question.

    `unfolded` keeps the letters of other scripts, which folding takes for disguised Latin ones.
    """

    text: str
    words: tuple[str, ...]
    language: Language
    asks: bool
    unfolded: str


_TAPBACK = re.compile(
    r"^\W*(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted \S+ to|removed an? \w+ from"
    r"|le gusto|le encanto|no le gusto|le dio risa a|destaco|pregunto por|reacciono con \S+ a)\s+(?:\"|')"
    r"|(?:reacted|reacciono)\b.{0,20}\b(?:to|a)\b)",
)
_TAIL = re.compile(
    r"(?:\n|^|\s)(?:-+\s*)?"
    r"(?:sent (?:from|via) (?:my|the|yahoo|mail)|get outlook for|enviado desde mi|on .{6,60} wrote:).*$",
    re.DOTALL,
)
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
_WORDS = re.compile(r"[^\W_]+")

_WORDS_TO_TELL = 3


def read(text: str) -> Reading | None:
    """Make `text` plain; None for a tapback, which quotes our own text back and asks for nothing."""
    folded = Folded(text).text
    if _TAPBACK.match(folded):
        return None
    own = _TAIL.sub("", _QUOTED.sub("", folded)).strip() or folded
    plain = " ".join(squeezed(joined(own)).replace("'", "").split())
    plain = " ".join(unleet(piece) if any(sign.isdigit() for sign in piece) else piece for piece in plain.split(" "))
    words = tuple(_WORDS.findall(plain))
    return Reading(plain, words, language_of(words), "?" in text or "¿" in text, _unfolded(text))


def _unfolded(text: str) -> str:
    return " ".join(_WORDS.findall(unicodedata.normalize("NFKC", text).casefold()))


def language_of(words: tuple[str, ...]) -> Language:
    """Tell English from Spanish by their commonest words; `unknown` when a sentence has none of either."""
    english = sum(word in _english() and word not in _spanish() for word in words)
    spanish = sum(word in _spanish() and word not in _english() for word in words)
    if english or spanish:
        return "es" if spanish > english else "en"
    foreign = sum(not word.isascii() for word in words)
    if 2 * foreign > len(words):
        return "unknown"
    letters = [word for word in words if word.isalpha()]
    shared = any(word in _english() for word in words)
    return "unknown" if len(letters) >= _WORDS_TO_TELL and not shared else "en"


def _english() -> frozenset[str]:
    return words_of("inbound/english")


def _spanish() -> frozenset[str]:
    return words_of("inbound/spanish")
