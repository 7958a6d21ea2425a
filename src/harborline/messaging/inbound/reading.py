"""How an inbound text is read before it is judged: folded, without quotations, signatures and ornaments."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from harborline.messaging.words.fold import Folded, joined, squeezed, unleet

Language = Literal["en", "es", "unknown"]


class Reading(NamedTuple):
    """One inbound text made plain: `text` is folded, without apostrophes; `words` are its words; `asks` a question."""

    text: str
    words: tuple[str, ...]
    language: Language
    asks: bool


_TAPBACK = re.compile(
    r"^\W*(?:(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted \S+ to|removed an? \w+ from"
    r"|le gusto|le encanto|no le gusto|le dio risa a|destaco|pregunto por|reacciono con \S+ a)\s+(?:\"|')"
    r"|(?:reacted|reacciono)\b.{0,20}\b(?:to|a)\b)",
)
_TAIL = re.compile(
    r"(?:\n|^|\s)(?:-+\s*)?(?:sent (?:from|via) (?:my|the|yahoo|mail)|get outlook for|enviado desde mi|on .{6,60} wrote:).*$",
    re.DOTALL,
)
_QUOTED = re.compile(r"^\s*>.*$", re.MULTILINE)
_WORDS = re.compile(r"[^\W_]+")

_ENGLISH = frozenset(
    """a about after again all am an and any anymore are as ask at be because been before but by call can cant come
    could did do does dont for from get give go got had has have he hello help her here hi him his how i if im in is it
    its just know like me message messages more my need no not now number of off office ok okay on one or our out phone
    please put quit remove send she so some stop take text texting texts thank thanks that the their them there these
    they this time to today tomorrow u up us wait want was we were what when where who why will with wrong yes you your
    thats didnt ill ive hes shes lol yeah yep nope sure got good great morning evening received appointment""".split()
)
_SPANISH = frozenset(
    """a ahora al algo alguien alto aqui ayuda ayer bien buenos buenas cancelar cita como con cual cuando de dejen del
    dia dias donde el ella ellos en equivocado era es ese esa eso esta estan estas este esto estos estoy fue gracias
    ha hasta hay hijo hija hola hoy la las le les llamar llame lo los manana mas me mensaje mensajes mi mis mucho muy
    nada ni no nos numero o ok otra para pero persona por porque puede puedo que quien quiero recibir se senor senora
    si sin sobre soy su sus tambien te telefono tengo texto textos tiene tienen todo tu un una usted ustedes va voy y
    ya yo basta buen tarde""".split()
)
_ENGLISH_ONLY, _SPANISH_ONLY = _ENGLISH - _SPANISH, _SPANISH - _ENGLISH
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
    return Reading(plain, words, language_of(words), "?" in text or "¿" in text)


def language_of(words: tuple[str, ...]) -> Language:
    """Tell English from Spanish by their commonest words; `unknown` when a sentence has none of either."""
    english = sum(word in _ENGLISH_ONLY for word in words)
    spanish = sum(word in _SPANISH_ONLY for word in words)
    if english or spanish:
        return "es" if spanish > english else "en"
    foreign = sum(not word.isascii() and word.isalpha() for word in words)
    if 2 * foreign > len(words):
        return "unknown"
    letters = [word for word in words if word.isalpha()]
    shared = any(word in _ENGLISH for word in words)
    return "unknown" if len(letters) >= _WORDS_TO_TELL and not shared else "en"
