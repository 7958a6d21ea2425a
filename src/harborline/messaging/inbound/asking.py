"""Texts that ask: to receive texts again (start), or who writes and why (help). English and Spanish."""

from __future__ import annotations

from harborline.messaging.inbound.reading import Reading
from harborline.messaging.words.grammar import grammar, words_of

_START_WORDS = frozenset(
    {"start", "unstop", "resume", "resubscribe", "subscribe", "iniciar", "comenzar", "empezar", "reanudar", "inicio"}
)
_HELP_WORDS = frozenset({"help", "info", "information", "ayuda", "informacion", "aide"})


def asks_for_texts(reading: Reading) -> bool:
    """Say whether the person wants texts again; a bare yes is not enough, since it depends on what was asked."""
    core = [word for word in reading.words if word not in words_of("inbound/around")]
    if core and set(core) <= _START_WORDS:
        return True
    return _has("start", reading) and not _has("not_start", reading)


def asks_for_help(reading: Reading) -> bool:
    """Say whether the person asks who writes, what this is, or says HELP; help with other things is not meant."""
    core = [word for word in reading.words if word not in words_of("inbound/around")]
    if core and set(core) <= _HELP_WORDS:
        return True
    return _has("help", reading)


def _has(what: str, reading: Reading) -> bool:
    return grammar("inbound/asking").rules(what).first(reading.text) is not None
