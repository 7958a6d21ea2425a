"""Frames of meaning: what kind of word stands near what kind, whatever the words are (law/lists/inbound/frames.toml).

A phrase of the grammars knows its words one by one; a frame knows only their kinds: something that ends, then
something that writes, then me. `[kinds]` of the file names the kinds, each with its words as regular expressions for
whole words; the first kind that has a word is its kind. A rule's `say` is a row of kinds:

    ENDS ~3 TEXTS      within one sentence: a word that ends, at most three others, a word for texts
    ENDS|REMOVES       either        THESE?   or nothing, POLITE* any number        -CALLS    any word but these
    ^  $               the beginning and the end of a clause

Several rows of one rule are separated by line ends. RE2 finds in one pass which rules a sentence has.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import re2  # type: ignore[import-untyped]  # the library ships no types

from harborline.kernel import Invalid

_FILE = "frames.toml"
_LISTS = ("stranger", "clear", "possible")
_OTHER, _COMMA = "-", ","
# Signs of kinds begin after those that regular expressions use.
_FIRST_SIGN = 0x100
_ENDS = frozenset(".?")
_MARKS = frozenset([",", ":", "(", ")", '"', "/", "|"])
_GAP = re.compile(r"~(\d)")


class Frame(NamedTuple):
    """A rule that a sentence has: its list and its name."""

    kind: str
    name: str


def frames_of(sentence: Iterable[str]) -> frozenset[Frame]:
    """Name every rule that a sentence, given as its plain words and commas, has."""
    return _book().of("".join(_kind(word) for word in sentence))


def kind_of(word: str) -> str:
    """The name of a plain word's kind; empty when it has none."""
    return str(_book().names.get(_kind(word), ""))


def sentences_of(words: Iterable[str]) -> list[list[str]]:
    """Cut plain words at the ends of sentences."""
    made: list[list[str]] = [[]]
    for word in words:
        if word in _ENDS:
            made.append([])
        else:
            made[-1].append(word)
    return [sentence for sentence in made if sentence]


class _Book:
    """The rules of the file, each row a regular expression over signs, one sign for a word's kind."""

    def __init__(self, table: Mapping[str, object]) -> None:
        kinds = table["kinds"]
        if not isinstance(kinds, dict):
            raise Invalid("has no table of kinds", _FILE)
        signs = {name: chr(_FIRST_SIGN + place) for place, name in enumerate(kinds)}
        self.kinds = [(signs[name], _words(name, words)) for name, words in kinds.items()]
        self.names = {sign: name for name, sign in signs.items()}
        self._rules: list[Frame] = []
        self._set = re2.Set.SearchSet()
        for name in _LISTS:
            self._read(name, table.get(name, []), signs)
        self._set.Compile()
        self.of = lru_cache(maxsize=1000)(self._of)

    def _read(self, kind: str, rules: object, signs: Mapping[str, str]) -> None:
        for rule in rules if isinstance(rules, list) else ():
            for row in filter(None, map(str.strip, rule["say"].splitlines())):
                self._set.Add(_pattern(row, signs, f"{_FILE}, {kind}, {rule['name']}"))
                self._rules.append(Frame(kind, rule["name"]))

    def _of(self, signs: str) -> frozenset[Frame]:
        return frozenset(self._rules[number] for number in self._set.Match(signs) or ())


@cache
def _book() -> _Book:
    text = (files("harborline.law") / "lists" / "inbound" / _FILE).read_text(encoding="utf-8")
    return _Book(tomllib.loads(text))


@lru_cache(maxsize=50_000)
def _kind(word: str) -> str:
    if word in _MARKS:
        return _COMMA
    return next((sign for sign, words in _book().kinds if words.fullmatch(word)), _OTHER)


def _words(kind: str, words: str) -> re.Pattern[str]:
    try:
        return re.compile("|".join(words.split()))
    except re.error as error:
        raise Invalid(f"is not a list of words: {error}", f"{_FILE}, {kind}") from None


def _pattern(row: str, signs: Mapping[str, str], where: str) -> str:
    made = []
    for item in row.split():
        if item == "^":
            made.append("(?:^|,)")
        elif gap := _GAP.fullmatch(item):
            made.append(f".{{0,{gap[1]}}}")
        else:
            made.append(_one_of(item, signs, where))
    return "".join(made)


def _one_of(item: str, signs: Mapping[str, str], where: str) -> str:
    names = item.removeprefix("-").rstrip("?*").split("|")
    kinds = [name for name in names if name != "$"]
    if missing := [name for name in kinds if name not in signs]:
        raise Invalid(f"there is no kind called {missing[0]}", where)
    other = "^," if item.startswith("-") else ""
    either = [f"[{other}{''.join(signs[name] for name in kinds)}]"] if kinds else []
    made = "|".join([*either, "$", ","] if "$" in names else either)
    return f"(?:{made}){item[-1] if item[-1] in '?*' else ''}"
