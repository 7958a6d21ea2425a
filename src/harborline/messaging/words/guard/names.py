"""Detector of known names: those of the case, in any order, case or spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from harborline.messaging.words.fold import LIKE_LETTERS, edits, fold, unleet
from harborline.messaging.words.grammar import words_of
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.grammars import units_in
from harborline.messaging.words.guard.publicnames import is_everyday, is_word, short_forms
from harborline.messaging.words.guard.reader import Mark, Reader

_TOKEN = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_SHORTEST_NAME = 2
_LONG_ENOUGH_FOR_A_SLIP = 5
_PIECES = 4
_SHORTEST_PET_NAME = 4
_SMALL = re.compile(r"(?:it|ic|ill|cit)(?:o|a)s?$")
_SHORTEST_ROOT = 3


def name_tokens(names: Iterable[str]) -> frozenset[str]:
    """Fold the names of a case into the words worth looking for; particles stand with their name, initials nowhere."""
    return frozenset(_worth_looking_for(_TOKEN.findall(fold(name)) for name in names))


def _worth_looking_for(names: Iterable[list[str]]) -> Iterator[str]:
    left_out = words_of("guard/particles")
    for words in names:
        particles = ""
        for token in words:
            if token in left_out:
                particles += token
                continue
            if len(token) >= _SHORTEST_NAME:
                yield token
            if particles:
                yield particles + token  # "van der Meulen" is also "vandermeulen"
            particles = ""


def text_tokens(text: str, exempt_spans: Sequence[tuple[int, int]] = ()) -> frozenset[str]:
    """Fold a final text outside its typed placeholders into the words that `names_in` compares names with."""
    words = {word.text for word in Reader(text, lang="", exempt_spans=exempt_spans).free_words}
    return frozenset(words | {part for word in words if "'" in word for part in word.split("'")})


def names_in(tokens: frozenset[str], names: Iterable[str]) -> frozenset[str]:
    """Find the names of a case that stand in an already judged text; one set operation.

    Words everybody uses (will, may, call) are no names there: the judged text greets nobody.
    """
    found = name_tokens(names) & tokens
    return frozenset(name for name in found if not is_everyday(name)) if found else found


class _Known(NamedTuple):
    """What names of a case are looked for by.

    `tokens`: their words; `firsts`: the first of each; `short`: what families say for them; `begins`: the first signs,
    small or large, of whatever may be one of them.
    """

    tokens: frozenset[str]
    firsts: frozenset[str]
    short: frozenset[str]
    begins: frozenset[str]


def _known(names: Iterable[str]) -> _Known:
    words = [found for name in names if (found := _TOKEN.findall(fold(name)))]
    tokens, firsts = frozenset(_worth_looking_for(words)), frozenset(each[0] for each in words)
    short = frozenset(each for token in tokens for each in short_forms().get(token, ()))
    begin = "".join(token[0] for token in tokens | firsts | short)
    return _Known(tokens, firsts, short, frozenset(f"{begin}{begin.upper()}{LIKE_LETTERS}"))


def known_names(reader: Reader) -> Iterator[Mark]:
    """Mark names of the case: alone, in any order, with one slip in a longer one, in digits, spaced."""
    if not reader.names:
        return
    known = _known(reader.names)
    near = [place for place, unit in enumerate(reader.units) if unit[0] in known.begins]
    if not near or not known.tokens:
        return
    places = [place for place in near if _is_known(reader.units[place], known)]
    found = _meant(reader, places, known.tokens | known.short) if places else ()
    for place in found:
        yield reader.mark(Kind.PERSON_NAME, (place, place + 1), "known name")
    for first, last in _run_together(reader, near, known):
        yield reader.mark(Kind.PERSON_NAME, (first, last), "known name, run together or apart")


def _is_known(unit: str, known: _Known) -> bool:
    small = unit.lower()
    if _matches(small, known.tokens) or small.removesuffix("'s") in known.short:
        return True
    return _is_pet_name(unit, known.firsts) and not is_word(small)


def _is_pet_name(unit: str, firsts: frozenset[str]) -> bool:
    """Say whether a unit is the beginning of a first name, with a capital: Tiff for Tiffany, Mati for Matías."""
    if len(unit) < _SHORTEST_PET_NAME or not unit[0].isupper():
        return False
    return any(len(first) > len(unit) + 1 and first[: len(unit)].capitalize() == unit for first in firsts)


def _meant(reader: Reader, places: list[int], tokens: frozenset[str]) -> Iterator[int]:
    excused, called = units_in(reader, "names", "innocent of known names"), units_in(reader, "names", "called")
    known = frozenset(places)
    # The words of a fixed phrase have no classes of their own: "Nuestra Señora de Guadalupe" names a church.
    excused |= {place for place in places if place and not reader.classes.signs[place]}
    for place in places:
        if not _is_written_as_name(reader, place, tokens):
            continue
        is_whole = any(near in known for near in (place - 1, place + 1)) or _has_initial(reader, place, tokens)
        is_called = place in called or (is_whole and place - 1 in called)
        is_clear = place not in excused and (is_whole or not _is_everyday(reader, place))
        if (is_called and (is_whole or place not in excused)) or is_clear:
            yield place


def _has_initial(reader: Reader, place: int, tokens: frozenset[str]) -> bool:
    """Whether the initial of another name of the case stands before: "W. Ortiz"."""
    before = reader.units[place - 1] if place else ""
    return len(before) == 1 and before.isupper() and any(token.startswith(before.lower()) for token in tokens)


def _is_everyday(reader: Reader, place: int) -> bool:
    return is_everyday(reader.known.small[place].removesuffix("'s"))


def _is_written_as_name(reader: Reader, place: int, tokens: frozenset[str]) -> bool:
    """Say whether it may be the name: not another surname after it, nor a word in small letters among capitals."""
    units, unit = reader.units, reader.units[place]
    after = units[place + 1] if place + 1 < len(units) else ""
    if after.istitle() and after.isalpha() and not _matches(after.lower(), tokens) and not is_everyday(after.lower()):
        return any(near in tokens for near in (after.lower(), unit.lower())) and place in _greeted(reader)
    if not unit.islower() or reader.is_small:
        return True
    if place in _greeted(reader) or _is_small_form(unit, tokens):
        return True
    return not (is_word(unit) or is_everyday(unit) or unit not in tokens)


def _greeted(reader: Reader) -> frozenset[int]:
    return units_in(reader, "names", "called")


def _run_together(reader: Reader, near: Iterable[int], known: _Known) -> Iterator[tuple[int, int]]:
    """Mark names written in pieces ("sa-di-a") or as one word ("maixee"); `near` is where one may begin."""
    for first in near:
        word, units = reader.known.small[first], list[str]()
        if any(token.startswith(word) for token in known.tokens):
            units = [*reader.known.small[first : first + _PIECES]]
        for last in range(2, len(units) + 1):
            if all(map(str.isalpha, units[:last])) and "".join(units[:last]) in known.tokens:
                yield first, first + last
        if len(word) > _LONG_ENOUGH_FOR_A_SLIP and _is_pair(word, known.tokens):
            yield first, first + 1


def _is_pair(word: str, tokens: frozenset[str]) -> bool:
    return any(word.startswith(token) and word[len(token) :] in tokens for token in tokens)


def _matches(word: str, tokens: frozenset[str]) -> bool:
    bare = word.removesuffix("'s").removesuffix("s'") if "'" in word else word.replace(".", "")
    if bare in tokens or (not bare.isalpha() and unleet(bare) in tokens):
        return True
    if len(bare) < _LONG_ENOUGH_FOR_A_SLIP or not bare.isalpha():
        return False
    if _is_small_form(bare, tokens):
        return True
    near = (token for token in tokens if len(token) >= _LONG_ENOUGH_FOR_A_SLIP and token[0] == bare[0])
    return any(_is_slip(bare, token) for token in near) and not is_everyday(bare)


def _is_small_form(word: str, tokens: frozenset[str]) -> bool:
    """Say whether a word is the Spanish small form of a name: angelito, juanita, carlitos."""
    found = _SMALL.search(word)
    if found is None or found.start() < _SHORTEST_ROOT or is_everyday(word):
        return False
    root = word[: found.start()]
    return any(f"{root}{end}" in tokens for end in ("", "o", "a", "e", "os", "as"))


def _is_slip(word: str, token: str) -> bool:
    return abs(len(token) - len(word)) <= 1 and edits(word, token) <= 1
