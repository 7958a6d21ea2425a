"""Detector of reply words that carriers and the law reserve for stopping, starting and help."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harborline.messaging.words.grammar import grammar
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.reader import Mark, Reader

_ASK = (
    r"(?:reply|replying|respond|responding|te?xt(?:ing)?|txt|answer|send|type|press|say|write(?: back)?|enter|message|"
    r"responda|respondiendo|conteste|envie|enviar|escriba|escribir|mande|mandar|marque|oprima|diga|texto|ponga|"
    r"responder|contestar)"
)
_BETWEEN = (
    r"(?: us| back| with| the| word| only| just| a| con| la| palabra| solo| either| this| here|"
    r" to this (?:te?xt|message|number)?)*"
)
_STOPS = r"stop(?: ?all)?|end|quit|cancel|revoke|opt[- ]?out|unsubscribe|remove|arret|cancelar|alto|parar"
_STARTS = r"yes|start|unstop"
_HELPS = r"help|info"
_RESERVED = rf"(?P<word>{_STOPS}|{_STARTS}|{_HELPS})"
_ORDER = re.compile(rf"\b{_ASK}{_BETWEEN}[ :]*[\"'*(]{{0,2}}{_RESERVED}\b[\"'*)]{{0,2}}(?P<rest>[^.!?\n;]*)")
_ALTERNATIVE = re.compile(rf"(?:^|\s|,|/)(?:or|o|and|y|,|/) ?[\"']?{_RESERVED}\b[\"']?(?P<rest>[^.!?\n;]*)")
_NOTHING_MORE = "\"') "


def misused_reply_words(reader: Reader) -> Iterator[Mark]:
    """Mark every reserved word that a text gives another meaning: who sends CANCEL for a visit would lose all texts."""
    for found in _ORDER.finditer(reader.free):
        yield from _judged(found, found.start())
        rest_at = found.start("rest")
        yield from (
            mark
            for other in _ALTERNATIVE.finditer(reader.free, rest_at, found.end("rest"))
            for mark in _judged(other, other.start("word"))
        )


def _judged(found: re.Match[str], start: int) -> Iterator[Mark]:
    word, rest = found["word"], _until_alternative(found["rest"])
    if not _fits(word, rest):
        yield Mark(Kind.RESERVED_REPLY_WORD, start, found.end("word"), "reserved word")


def _until_alternative(rest: str) -> str:
    other = _ALTERNATIVE.search(rest)
    return rest[: other.start()] if other else re.split(r",| or | o ", rest, maxsplit=1)[0]


def _fits(word: str, rest: str) -> bool:
    alone = not rest.strip(_NOTHING_MORE)
    if re.fullmatch(_STOPS, word):
        return _fits_stopping(word, rest, alone=alone)
    if re.fullmatch(_STARTS, word):
        return _has("to_start", rest) or (alone and word != "yes")
    return alone or _has("to_help", rest)


def _fits_stopping(word: str, rest: str, *, alone: bool) -> bool:
    if alone:
        return word.startswith(("stop", "unsub", "opt", "alto"))
    if _has("other_thing", rest) and not _has("texts", rest):
        return False
    return _has("to_stop", rest) or _has("stops_texts", rest)


def _has(what: str, rest: str) -> bool:
    return grammar("guard/replies").rules(what).first(rest) is not None
