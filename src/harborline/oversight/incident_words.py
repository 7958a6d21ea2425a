"""What stands in an incident's words and must not go outside, each with its place: pure.

What texts must not say is found by their guard; amounts, mail addresses and long numbers by their shape as well.
Source: IRS Publication 1075 (Nov 2021) 1.8: the report holds no tax information; OFFSET-8.4:tax-refund.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from harborline.messaging.words.guard import Kind, find
from harborline.oversight.incident_facts import Known, PrivateKind, PrivatePlace, Told

_FIELDS: Final = ("description", "place", "systems", "discipline", "contact")
_KINDS: Final = {
    Kind.PERSON_NAME: PrivateKind.NAME,
    Kind.SSN: PrivateKind.NUMBER,
    Kind.DL_NUMBER: PrivateKind.NUMBER,
    Kind.CASE_NUMBER: PrivateKind.NUMBER,
    Kind.FINANCIAL_ACCOUNT: PrivateKind.NUMBER,
    Kind.DOB: PrivateKind.BIRTH_DATE,
    Kind.STREET_ADDRESS_OR_WHEREABOUTS: PrivateKind.ADDRESS,
    Kind.AMOUNT_OWED: PrivateKind.AMOUNT,
}
# The guard also marks talk of money; here only a sum is somebody's.
_SUM: Final = re.compile(r"\d|dollar|d[oó]lar|cent|euro|peso|bucks", re.IGNORECASE)
_MONEY: Final = re.compile(
    r"[$€]\s?\d[\d.,]*|\d[\d.,]*\s?(?:dollars?|cents?|euros?|USD|EUR)\b|\b(?:USD|EUR)\s?\d[\d.,]*", re.IGNORECASE
)
# Days and hours are no amounts and no numbers: 2026-11-20, 11/20/2026, 20.11.2026, 10:30, 10.30.
_WHEN: Final = re.compile(
    r"\b(?:19|20)\d{2}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)?(?![\d-])"
    r"|(?<![\d./])(?:[0-2]?\d|3[01])[./](?:[0-2]?\d|3[01])[./](?:19|20)\d{2}(?![\d./-])"
    r"|(?<![\d.,:-])(?:[01]?\d|2[0-3])[:.][0-5]\d(?::[0-5]\d)?(?![\d:-]|[.,]\d)"
)
_SHAPES: Final = (
    (re.compile(r"\d{3}[-. ]?\d{2}[-. ]?\d{4}|\d[\d -]{6,}\d"), PrivateKind.NUMBER),
    (re.compile(r"\d+[.,]\d{2}\b"), PrivateKind.AMOUNT),
    (re.compile(r"[\w.+-]+@(?!irs\.gov)[\w-]+\.\w+"), PrivateKind.MAIL),
    (re.compile(r"\b(?:P\.? ?O\.? ?Box|Apartado)\s#?\d+|\b[A-Z]{2},? \d{5}\b", re.IGNORECASE), PrivateKind.ADDRESS),
)
# How many: "a file of 5000 records" counts them, and is nobody's number.
_COUNTED: Final = re.compile(
    r"(?<!case )(?<!caso )(?<!number )(?<!n[uú]mero )\b\d[\d,]*(?= (?:people|persons|families|records|cases|files|pages"
    r"|letters|texts|names|rows|personas|familias|expedientes|casos|archivos|p[aá]ginas|cartas|mensajes|nombres)\b)",
    re.IGNORECASE,
)
# Beside talk of taxes any number may be a sum: "the offset was 1,200". Not years, paragraphs, forms, spans of time.
_TAXES: Final = re.compile(
    r"\b(?:offsets?|refund\w*|irs|tax(?:es)?|intercept\w*|reembolsos?|impuestos?|compensaci[oó]n|devoluci[oó]n)\b",
    re.IGNORECASE,
)
_A_SUM: Final = re.compile(
    r"(?<!publication )(?<!pub\. )(?<!pub )(?<!section )(?<!sections )(?<!form )(?<!chapter )(?<!page )(?<!room )"
    r"(?<!line )(?<!year )(?<!secci[oó]n )(?<!p[aá]gina )(?<!formulario )(?<!a[nñ]o )"
    r"(?<![\w.,/§-])(?!(?:19|20)\d{2}\b(?![.,]\d))(?:\d{1,3}(?:[.,]\d{3})+|\d{2,7})\b(?![./:-]\d)"
    r"(?!\s?(?:hours?|days?|minutes?|weeks?|months?|years?|horas?|d[ií]as?|minutos?|semanas?|meses|a[nñ]os?|workers?"
    r"|offices?|trabajadores|oficinas|a\.?m\.?|p\.?m\.?|%)\b)"
    r"|\b(?:hundred|thousand|cien|ciento|doscientos|trescientos|cuatrocientos|quinientos|seiscientos|setecientos"
    r"|ochocientos|novecientos|mil)\b"
    r"(?! (?:people|persons|families|records|cases|personas|familias|expedientes|casos))",
    re.IGNORECASE,
)
_SENTENCE: Final = re.compile(r"[^.!?\n](?:[^.!?\n]|[.](?=\S))*")
# Whom to call is said with a telephone number and a mail address; of anything else nothing stands there either.
_CALLED: Final = re.compile(r"(?:\+?1[-. ]?)?\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def private_places(told: Told, known: Known) -> tuple[PrivatePlace, ...]:
    """Everything in the report's words that is somebody's data, field by field; `known` are people at hand."""
    found: list[PrivatePlace] = []
    for field in _FIELDS:
        words = getattr(told, field)
        if field == "contact":
            words = _CALLED.sub(" ", words)
        places = (*_guarded(field, words, known), *_shaped(words), *_numbered(words, known))
        found += dict.fromkeys(PrivatePlace(field, kind, said) for kind, said in places)
    return tuple(found)


def _guarded(field: str, words: str, known: Known) -> Iterator[tuple[PrivateKind, str]]:
    counted = [one.span() for one in _COUNTED.finditer(words)]
    for finding in find(words, program="", lang="en", names=known.names, exempt_spans=counted):
        kind, said = _KINDS.get(finding.kind), words[finding.start : finding.end]
        if kind is PrivateKind.AMOUNT and not _SUM.search(said):
            continue
        if kind is PrivateKind.NAME and (field == "contact" or _may_be_town(field, said)):
            continue
        if kind is PrivateKind.NUMBER and _WHEN.fullmatch(said):
            continue
        if kind is not None:
            yield kind, said


def _may_be_town(field: str, said: str) -> bool:
    # "Boone, NC": where it was is an office and its town, and many towns are called like people.
    return field == "place" and " " not in said


def _shaped(words: str) -> Iterator[tuple[PrivateKind, str]]:
    yield from ((PrivateKind.AMOUNT, one.group()) for one in _MONEY.finditer(words))
    for sentence in _SENTENCE.findall(_COUNTED.sub(" ", _WHEN.sub(" ", words))):
        if _TAXES.search(sentence):
            yield from ((PrivateKind.AMOUNT, one.group()) for one in _A_SUM.finditer(sentence))
    timeless = _WHEN.sub(" ", words)
    for shape, kind in _SHAPES:
        yield from ((kind, one.group()) for one in shape.finditer(timeless))


def _numbered(words: str, known: Known) -> Iterator[tuple[PrivateKind, str]]:
    numbers = {number.casefold() for number in known.numbers}
    for one in re.finditer(r"[\w-]+", words):
        if one.group().casefold() in numbers:
            yield PrivateKind.NUMBER, one.group()
