"""Take third parties out of words: their names, numbers, addresses, and what identifies anybody; pure.

What stays of a bundle's subject is the subject's own; a bundle about several people keeps nobody's. Nothing here asks
whether anybody is protected: the same words come out either way. Source: OFFSET-8.1:harm.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from harborline.messaging.words.fold import Folded, Word, edits, fold, unleet
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.judge import find

NAME, NUMBER, ADDRESS, MAIL, IDENTITY = "name", "number", "address", "e-mail", "identifying number"
_SHOWN = {
    Kind.PERSON_NAME: NAME,
    Kind.SSN: IDENTITY,
    Kind.DL_NUMBER: IDENTITY,
    Kind.FINANCIAL_ACCOUNT: IDENTITY,
    Kind.STREET_ADDRESS_OR_WHEREABOUTS: ADDRESS,
}


def _words(written: str) -> frozenset[str]:
    return frozenset(written.split())


_LONG_ENOUGH_FOR_A_SLIP = 5
_SHORT_NUMBER, _NATIONAL, _WITH_COUNTRY, _SSN_DIGITS = 7, 10, 11, 9
_DIGITS = re.compile(r"(?<![\w#])\+?\(?\d(?:[\s.\-()/_*]{0,3}\d){6,14}(?!\w)")
_MAIL = re.compile(r"[\w.+%-]+\s?(?:@|\(at\)| at )\s?[\w-]+(?:\.[\w-]+)+")
_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_SPANISH = ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
_SAID = {
    **{word: str(digit) for digit, word in enumerate(_ENGLISH)},
    **{word: str(digit) for digit, word in enumerate(_SPANISH)},
    "oh": "0",
}
_LETTERS_APART = re.compile(r"(?<![^\W_])[a-z](?:[ .\-_*]{1,2}[a-z]){2,}(?![^\W_])")
# First names and surnames that are also everyday words: names only when written large or beside another name.
_EVERYDAY = _words(
    """
    will may hope grace faith joy mark bill grant rose april june august art dawn drew jack rich chase sue pat
    rob nick frank gene dean page lane rusty sandy angel mercy star summer autumn christian major king young
    long short small brown black white green gray grey best good day week case court street wood woods hill
    field fields lake rivers bishop church cook baker mason carter fisher hunter porter park parks love little
    rice berry bell ball banks sol luz mar cruz paz rey dulce santos leon flores rosa campo
    """
)
_PARTICLES = _words(
    """
    de la las los del da dos van von der den di du le el al y e jr sr ii iii iv
    """
)
_NAME_PART = re.compile(r"[^\W\d_]+")
_HOUSE = re.compile(r"\d{1,6}[a-z]?")
_WITHIN_WORDS = 3


@dataclass(frozen=True, slots=True)
class Known:
    """Who is known around a text: others' and one's own names, numbers (E.164) and addresses; the agency's own.

    `keeps_own`: the bundle is about one person, whose own name stays. `keeps_where`: their own numbers and addresses,
    too, because it goes to them or stays in the agency.
    """

    other_names: tuple[str, ...] = ()
    other_numbers: frozenset[str] = frozenset()
    other_addresses: tuple[str, ...] = ()
    own_names: tuple[str, ...] = ()
    own_numbers: frozenset[str] = frozenset()
    own_addresses: tuple[str, ...] = ()
    public_numbers: frozenset[str] = frozenset()
    public_addresses: tuple[str, ...] = ()
    keeps_own: bool = True
    keeps_where: bool = True


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Words without third parties, and how many places were taken out, by kind."""

    words: str
    taken: tuple[tuple[str, int], ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing was taken out."""
        return not self.taken


class Redactor:
    """Cleans texts of one bundle around one set of people."""

    def __init__(self, known: Known, *, program: str) -> None:
        """Fold everything known once."""
        own = name_tokens(known.own_names) if known.keeps_own else frozenset()
        others = known.other_names if known.keeps_own else (*known.other_names, *known.own_names)
        keeps_where = known.keeps_own and known.keeps_where
        numbers = known.other_numbers if keeps_where else known.other_numbers | known.own_numbers
        addresses = known.other_addresses if keeps_where else (*known.other_addresses, *known.own_addresses)
        self._program = program
        self._names = name_tokens(others) - own
        self._own_names = own
        self._numbers = frozenset(_national(one) for one in numbers)
        kept = known.public_numbers | (known.own_numbers if keeps_where else frozenset())
        self._kept_numbers = frozenset(_national(one) for one in kept)
        self._streets = frozenset(street for one in addresses for street in streets(one))
        kept_addresses = (*known.public_addresses, *(known.own_addresses if keeps_where else ()))
        # Texts of one template differ little: each word, and each whole text, is looked at once.
        self._seen: dict[str, bool] = {}
        self._read: dict[str, Cleaned] = {}
        self._kept_streets = frozenset(street for one in kept_addresses for street in streets(one))

    def ours(self, words: str) -> Cleaned:
        """Words we wrote ourselves from an approved template: only what is known of others is looked for."""
        if words not in self._read:
            folded = Folded(words)
            spans = [*self._named(folded), *self._numbered(folded, strangers=False), *self._placed(folded)]
            self._read[words] = _without(words, spans)
        return self._read[words]

    def theirs(self, words: str, language: str = "en") -> Cleaned:
        """Words a person wrote: names, numbers, addresses and identifying numbers of anybody are looked for as well."""
        folded = Folded(words)
        spans = [
            *self._named(folded),
            *self._numbered(folded, strangers=True),
            *self._placed(folded),
            *((*folded.span(*found.span()), MAIL) for found in _MAIL.finditer(folded.text)),
            *self._guarded(words, folded, language),
        ]
        return _without(words, spans)

    def _named(self, folded: Folded) -> Iterator[tuple[int, int, str]]:
        if not self._names:
            return
        words = folded.words
        hits = [self._known_name(word.text) for word in words]
        for place, word in enumerate(words):
            if hits[place] and self._meant(folded, words, hits, place):
                yield *folded.span(word.start, word.end), NAME
        for found in _LETTERS_APART.finditer(folded.text):
            if re.sub(r"[^a-z]", "", found.group()) in self._names:
                yield *folded.span(*found.span()), NAME

    def _known_name(self, word: str) -> bool:
        if word not in self._seen:
            self._seen[word] = self._is_name(word)
        return self._seen[word]

    def _is_name(self, word: str) -> bool:
        bare = word.removesuffix("'s").replace("'", "")
        if bare in self._own_names:
            return False
        if bare in self._names or unleet(bare) in self._names:
            return True
        if len(bare) < _LONG_ENOUGH_FOR_A_SLIP or bare in _EVERYDAY:
            return False
        return any(len(one) >= _LONG_ENOUGH_FOR_A_SLIP and edits(bare, one) == 1 for one in self._names)

    @staticmethod
    def _meant(folded: Folded, words: tuple[Word, ...], hits: list[bool], place: int) -> bool:
        # A name that is also an everyday word ("Will", "Hope") is one when written large or beside another name.
        word = words[place]
        if word.text.removesuffix("'s") not in _EVERYDAY:
            return True
        beside = any(hits[near] for near in (place - 1, place + 1) if 0 <= near < len(words))
        return beside or folded.cased[word.start].isupper()

    def _numbered(self, folded: Folded, *, strangers: bool) -> Iterator[tuple[int, int, str]]:
        for found in _DIGITS.finditer(folded.text):
            kind = self._number_kind(re.sub(r"\D", "", found.group()), found.group(), strangers=strangers)
            if kind:
                yield *folded.span(*found.span()), kind
        yield from self._said_numbers(folded)

    def _number_kind(self, digits: str, written: str, *, strangers: bool) -> str:
        national = _national(digits)
        if national in self._kept_numbers or any(
            len(digits) == _SHORT_NUMBER and one.endswith(digits) for one in self._kept_numbers
        ):
            return ""
        if any(one in national or (len(digits) >= _SHORT_NUMBER and digits in one) for one in self._numbers):
            return NUMBER
        if not strangers:
            return ""
        if len(digits) == _SSN_DIGITS:
            return IDENTITY
        grouped = len(digits) == _SHORT_NUMBER and re.fullmatch(r"\d{3}[\s.\-]\d{4}", written.strip()) is not None
        return NUMBER if grouped or len(national) == _NATIONAL else ""

    def _said_numbers(self, folded: Folded) -> Iterator[tuple[int, int, str]]:
        # "nine one nine five five five ...": seven digits or more said one by one.
        run: list[Word] = []
        for word in (*folded.words, Word("", 0, 0)):
            if word.text in _SAID or (len(word.text) == 1 and word.text.isdigit()):
                run.append(word)
                continue
            said = "".join(_SAID.get(one.text, one.text) for one in run)
            if len(said) >= _SHORT_NUMBER and self._number_kind(said, said, strangers=True):
                yield *folded.span(run[0].start, run[-1].end), NUMBER
            run = []

    def _placed(self, folded: Folded) -> Iterator[tuple[int, int, str]]:
        words = folded.words
        for place, word in enumerate(words):
            if not _HOUSE.fullmatch(word.text):
                continue
            near = range(max(0, place - 2), min(len(words), place + 1 + _WITHIN_WORDS))
            hits = [other for other in near if other != place and self._lives(word.text, words[other].text)]
            if hits:
                end = _end_of_address(words, max(place, *hits))
                yield *folded.span(words[min(place, *hits)].start, words[end].end), ADDRESS

    def _lives(self, house: str, street: str) -> bool:
        return (house, street) in self._streets and (house, street) not in self._kept_streets

    def _guarded(self, words: str, folded: Folded, language: str) -> Iterator[tuple[int, int, str]]:
        for finding in find(words, program=self._program, lang=language):
            kind = _SHOWN.get(finding.kind)
            if kind is None or self._is_own(folded, finding.start, finding.end, kind):
                continue
            yield finding.start, finding.end, kind

    def _is_own(self, folded: Folded, start: int, end: int, kind: str) -> bool:
        inside = fold(folded.original[start:end])
        if kind == NAME:
            found = name_tokens([inside])
            return bool(found) and found <= self._own_names
        if kind == ADDRESS:
            return any(house in inside and street in inside for house, street in self._kept_streets)
        return False


def name_tokens(names: Iterable[str]) -> frozenset[str]:
    """The folded parts of names; particles and initials are left out."""
    parts = (part for name in names for part in _NAME_PART.findall(fold(name)))
    return frozenset(part for part in parts if len(part) > 1 and part not in _PARTICLES)


def _national(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return digits[1:] if len(digits) == _WITH_COUNTRY and digits.startswith("1") else digits


def streets(address: str) -> list[tuple[str, str]]:
    """House number with the words that tell its street: `("12", "elm")`; `("7", "box")` for a PO box."""
    found: list[tuple[str, str]] = []
    words = [word.text for word in Folded(address).words]
    for place, word in enumerate(words):
        if not _HOUSE.fullmatch(word):
            continue
        if place and words[place - 1] == "box":
            found.append((word, "box"))
            continue
        after = [each for each in words[place + 1 : place + 1 + _WITHIN_WORDS] if not _HOUSE.fullmatch(each)]
        found += [(word, each) for each in after if len(each) > 1 and each not in _STREET_WORDS]
    return found


_STREET_WORDS = _words(
    """
    street st avenue ave road rd drive dr lane ln boulevard blvd court ct circle cir way place pl terrace ter
    highway hwy parkway pkwy apt apartment unit suite lot trail trl calle avenida north south east west ne nw se
    sw norte sur este oeste
    """
)


def _end_of_address(words: tuple[Word, ...], last: int) -> int:
    # The kind of street and a flat's number belong to it.
    while last + 1 < len(words) and words[last + 1].text in _STREET_WORDS:
        last += 1
        if words[last].text in {"apt", "apartment", "unit", "suite", "lot"} and last + 1 < len(words):
            last += 1
    return last


def _without(words: str, spans: Iterable[tuple[int, int, str]]) -> Cleaned:
    listed = sorted(spans, key=lambda each: (each[0], -each[1]))
    made: list[str] = []
    counts: dict[str, int] = {}
    place = 0
    for start, end, kind in listed:
        if end <= place:
            continue
        if start >= place:
            made += (words[place:start], f"[{kind} withheld]")
            counts[kind] = counts.get(kind, 0) + 1
        place = end
    made.append(words[place:])
    return Cleaned("".join(made), tuple(sorted(counts.items())))
