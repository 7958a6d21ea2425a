"""Detector of reply words that carriers and the law reserve for stopping, starting and help."""

from __future__ import annotations

import re
from collections.abc import Iterator

from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.reader import Mark, Reader

_ASK = (
    r"(?:reply|replying|respond|responding|te?xt(?:ing)?|txt|answer|send|type|press|say|write(?: back)?|enter|message|"
    r"responda|respondiendo|conteste|envie|enviar|escriba|escribir|mande|mandar|marque|oprima|diga|texto|ponga|responder|contestar)"
)
_STOPS = r"stop(?: ?all)?|end|quit|cancel|revoke|opt[- ]?out|unsubscribe|remove|arret|cancelar|alto|parar"
_STARTS = r"yes|start|unstop"
_HELPS = r"help|info"
_ORDER = re.compile(
    rf"\b{_ASK}(?: us| back| with| the| word| only| just| a| con| la| palabra| solo| either| to this (?:te?xt|message| number)?| this| here)*[ :]*"
    rf"[\"'*(]{{0,2}}(?P<word>{_STOPS}|{_STARTS}|{_HELPS})\b[\"'*)]{{0,2}}(?P<rest>[^.!?\n;]*)"
)
_ALTERNATIVE = re.compile(
    rf"(?:^|\s|,|/)(?:or|o|and|y|,|/) ?[\"']?(?P<word>{_STOPS}|{_STARTS}|{_HELPS})\b[\"']?(?P<rest>[^.!?\n;]*)"
)
_TEXTS = r"(?:te?xts?|te?xting|messages?|messaging|alerts?|reminders?|notifications?|notices?|subscription|mensajes?|textos?|avisos?|recordatorios?|suscripcion)"
_TO_STOP = re.compile(
    rf"^[\"') ]*(?:at any ?time|any ?time|now|today|en cualquier momento|cuando quiera)?[ ,]*(?:$|(?:to|for|if|and|will|para|si|y)\b[^,]*?"
    rf"(?:\b(?:stop|end|opt|quit|unsubscribe|leave|no (?:more|longer)|cancel|out|off|turn|dejar|parar|detener|no recibir|salir|terminar|darse)\b))(?P<object>.*)"
)
_OTHER_THINGS = re.compile(
    r"\b(?:appointments?|visits?|class(?:es)?|calls?|payments?|orders?|hearings?|case|benefits?|enroll\w*|interview|meetings?|application|"
    r"service|card|request|deposit|contempt|wage|garnish\w*|citas?|visitas?|clases?|llamadas?|pagos?|audiencia|caso|beneficios|tarjeta|solicitud|registration|spot|slot|it|this one|if you (?:can|will|are)|if you'll)\b"
)
_TO_START = re.compile(
    rf"\b(?:start|begin|get|receive|receiving|sign up|join|opt(?:ing)? in|subscribe|resume|restart|turn on|again|agree to (?:get|receive)|allow|recibir|empezar|comenzar|iniciar|volver|inscrib\w+|reanudar)\b.*{_TEXTS}|"
    rf"\b(?:to (?:start|resume|restart|opt in|opt back in|subscribe|sign up|begin)|para (?:empezar|iniciar|volver|comenzar|reanudar))\b(?! (?:the|your|a|an|el|la|su)\b)"
)
_TO_HELP = re.compile(
    r"\b(?:help|info\w*|questions?|ayuda|informacion|preguntas|more|mas|assistance|support)\b|^[\"') ]*(?:or|o|and|,|y|$)"
)


def misused_reply_words(reader: Reader) -> Iterator[Mark]:
    """Every reserved word that a text gives another meaning: who sends CANCEL for a visit would lose all texts."""
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
    if re.fullmatch(_STOPS, word):
        return _fits_stopping(word, rest)
    if re.fullmatch(_STARTS, word):
        return bool(_TO_START.search(rest)) or (word != "yes" and not rest.strip("\"') "))
    return bool(_TO_HELP.search(rest)) or not rest.strip("\"') ") or "call" in rest


def _fits_stopping(word: str, rest: str) -> bool:
    found = _TO_STOP.match(rest)
    if found is None:
        return bool(
            re.search(rf"\b(?:stop|end|unsubscribe|opt|dejar|no)\b.*{_TEXTS}", rest)
        ) and not _OTHER_THINGS.search(rest)
    if _OTHER_THINGS.search(rest) and not re.search(_TEXTS, rest):
        return False
    return bool(rest.strip("\"') ")) or word.startswith(("stop", "unsub", "opt", "alto"))
