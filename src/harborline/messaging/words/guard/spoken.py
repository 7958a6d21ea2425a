"""Digits said in words, English and Spanish: "four one seven", "forty-four seventeen", "cuatro cuatro uno siete"."""

from __future__ import annotations

import re

_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SPANISH = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_ENGLISH_TEENS = (
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_SPANISH_TEENS = (
    *("diez", "once", "doce", "trece", "catorce", "quince", "dieciseis", "diecisiete", "dieciocho", "diecinueve"),
)
_ENGLISH_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SPANISH_TENS = ("veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa")
_TEENS = {word: value for words in (_ENGLISH_TEENS, _SPANISH_TEENS) for value, word in enumerate(words, 10)}
_TENS = {word: 10 * value for words in (_ENGLISH_TENS, _SPANISH_TENS) for value, word in enumerate(words, 2)}
_UNITS = {
    **{word: value for value, word in enumerate(_ENGLISH)},
    **{word: value for value, word in enumerate(_SPANISH)},
    "oh": 0,
}
_TWICE = {"double": 2, "doble": 2, "triple": 3}
_SAID = frozenset({*_UNITS, *_TEENS, *_TENS, *_TWICE, "y", "o"})
_NUMBER_WORD = "|".join(sorted({*_UNITS, *_TEENS, *_TENS, *_TWICE}, key=len, reverse=True))
# Three of them beside each other: fewer are a time, an age or an amount of things.
DIGIT_WORDS = (
    rf"\b(?:{_NUMBER_WORD})[ ,.-]{{1,2}}(?:y )?(?:{_NUMBER_WORD})[ ,.-]{{1,2}}(?:{_NUMBER_WORD}|[0-9])\b"
    rf"|\b(?:{'|'.join(_TENS)})[ -](?:y )?(?:{_NUMBER_WORD})[ -]{{1,2}}(?:{'|'.join((*_TENS, *_TEENS))})\b"
)
_RUN = re.compile(rf"(?i)\b(?:{_NUMBER_WORD}|\d)(?:[ ,.-]{{1,2}}(?:{_NUMBER_WORD}|y|o|\d(?!\w)))*\b")
_PART = re.compile(r"[a-z]+|\d")
_ENOUGH_DIGITS = 4


def said_digits(text: str) -> list[tuple[int, int, str]]:
    """Every run of number words that spells at least four digits: its place in `text` and the digits."""
    found = []
    for match in _RUN.finditer(text):
        digits = _digits(_PART.findall(match.group().lower()))
        if len(digits) >= _ENOUGH_DIGITS and re.search(r"[a-zA-Z]", match.group()):
            found.append((*match.span(), digits))
    return found


def _digits(parts: list[str]) -> str:
    digits, times, tens = "", 1, 0
    for part in parts:
        if part in _TWICE:
            times = _TWICE[part]
            continue
        if part == "y":
            continue
        if tens:
            unit = _UNITS.get(part, 0)
            digits += str(tens + unit)
            tens = 0
            if unit:
                continue
        if part in _TENS:
            tens = _TENS[part]
            continue
        value = _UNITS.get(part, _TEENS.get(part, 0)) if not part.isdigit() else int(part)
        digits += str(value) * times
        times = 1
    return digits + (str(tens) if tens else "")
