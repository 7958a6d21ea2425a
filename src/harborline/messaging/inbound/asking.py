"""Texts that ask: to receive texts again (start), or who writes and why (help). English and Spanish."""

from __future__ import annotations

import re

from harborline.messaging.inbound.phrases import lines_of, phrases, words_of
from harborline.messaging.inbound.reading import Reading

_START_WORDS = frozenset(
    {"start", "unstop", "resume", "resubscribe", "subscribe", "iniciar", "comenzar", "empezar", "reanudar", "inicio"}
)
_HELP_WORDS = frozenset({"help", "info", "information", "ayuda", "informacion", "aide", "ayudenme", "ayudeme"})


# A start after one of these in the same sentence is none, except where the stop itself was the mistake.
_DENIED = re.compile(r"\b(?:no|not|never|stop|nunca|jamas|tampoco|quit|without|nobody|ni|if)\b[^.?]*$")
_OVER = frozenset({"stopped by mistake", "puse stop sin querer", "undone, wanted back"})


def is_bare_start(reading: Reading) -> bool:
    """Whether the whole message is a word of starting."""
    return _is_only(reading.words, _START_WORDS)


def is_bare_help(reading: Reading) -> bool:
    """Whether the whole message is a word of asking for help."""
    return _is_only(reading.words, _HELP_WORDS)


def asks_for_texts(reading: Reading) -> bool:
    """Whether the person wants texts again; a bare yes is not enough, since it depends on what was asked."""
    if any(_is_only(clause, _START_WORDS) for clause in reading.clauses):
        return True
    hits = list(phrases("asking", "start").every(reading.text))
    if any(hit.rule in _OVER for hit in hits):
        return True
    if phrases("asking", "not_start").says(reading.text):
        return False
    return any(_DENIED.search(reading.text[: hit.start]) is None for hit in hits)


def asks_for_help(reading: Reading) -> bool:
    """Whether the person asks who writes, what this is, or says HELP; help with other things is not meant."""
    if is_bare_help(reading) or " ".join(reading.words) in lines_of("foreign_help"):
        return True
    return phrases("asking", "help").says(reading.text)


def _is_only(words: tuple[str, ...], wanted: frozenset[str]) -> bool:
    core = [word for word in words if word not in words_of("around")]
    return bool(core) and set(core) <= wanted
