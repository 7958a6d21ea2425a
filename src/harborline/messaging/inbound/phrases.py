"""Grammars of inbound texts: lists of phrases as data files, looked for all at once, read closely only where found.

A file `law/lists/inbound/<name>.toml` has `[parts]`, named fragments, and lists of rules such as `[[clear]]`, each with
a `name` and a `say`: a regular expression over a text in plain words. Lines of a `say` are joined; `<part>` stands
for a fragment; only `(?:...)` groups. RE2 finds in one pass which rules may be in a text (without their `(?!...)` and
`(?=...)`, which it does not know); only these are then read with Python's own engine.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

import re2  # type: ignore[import-untyped]  # the library ships no types

from harborline.kernel import Invalid

_PART = re.compile(r"<([a-z_]+)>")
_NAMES_DEEP = 6
_LOOKS = ("(?!", "(?=")
_GOES_ON = re.compile(r"\n(?=[A-Za-z0-9(])")
_MEMORY_BYTES = 64 << 20
_TEXTS_AT_HAND = 8
_FILES = ("asking", "crisis", "foreign", "private", "stopping")


class Hit(NamedTuple):
    """A rule that matched, and where in the text (half-open)."""

    rule: str
    start: int
    end: int


class Phrases:
    """One list of rules."""

    def __init__(self, rules: Mapping[str, tuple[int, re.Pattern[str]]]) -> None:
        """Keep the rules, each with its number in the book and its pattern."""
        self._rules = {number: (name, pattern) for name, (number, pattern) in rules.items()}
        self._numbers = frozenset(self._rules)

    def first(self, text: str) -> Hit | None:
        """The first rule (in the order of the file) that matches, with its first place."""
        for name, pattern in self._maybe(text):
            found = pattern.search(text)
            if found:
                return Hit(name, found.start(), found.end())
        return None

    def every(self, text: str) -> Iterator[Hit]:
        """Every place of every rule."""
        for name, pattern in self._maybe(text):
            for found in pattern.finditer(text):
                yield Hit(name, found.start(), found.end())

    def says(self, text: str) -> bool:
        """Whether any rule matches."""
        return self.first(text) is not None

    def ends(self, text: str) -> bool:
        """Whether a rule matches and stops exactly at the end of the text."""
        return any(hit.end == len(text) for hit in self.every(text))

    def without(self, text: str) -> str:
        """The text with every match taken out, a full stop in its place, so that its neighbours do not join."""
        for _, pattern in self._maybe(text):
            text = pattern.sub(" . ", text)
        return text

    def _maybe(self, text: str) -> list[tuple[str, re.Pattern[str]]]:
        there = _book().there(text) & self._numbers
        return [self._rules[number] for number in sorted(there)] if there else []


class _Book:
    """Every rule of every file, numbered, and the one set that says in one pass which of them may be in a text."""

    def __init__(self) -> None:
        self._lists: dict[tuple[str, str], dict[str, tuple[int, re.Pattern[str]]]] = {}
        options = re2.Options()
        options.max_mem = _MEMORY_BYTES
        self._any = re2.Set.SearchSet(options)
        for file in _FILES:
            self._read(file)
        self._any.Compile()
        # A text is asked about by many lists in turn; nothing of it is kept for longer than that.
        self.there = lru_cache(maxsize=_TEXTS_AT_HAND)(self._there)

    def of(self, file: str, name: str) -> Mapping[str, tuple[int, re.Pattern[str]]]:
        return self._lists.get((file, name), {})

    def _there(self, text: str) -> frozenset[int]:
        return frozenset(self._any.Match(text) or ())

    def _read(self, file: str) -> None:
        where = f"inbound/{file}.toml"
        table = _table(where)
        parts = {part: _flat(text) for part, text in table.get("parts", {}).items()}
        for name in table:
            rules = self._lists.setdefault((file, name), {})
            for entry in table[name] if name != "parts" else ():
                place = f"{where}, {name}, {entry['name']}"
                if entry["name"] in rules:
                    raise Invalid("two rules have the same name", place)
                pattern = _checked(_filled(_flat(entry["say"]), parts, place), place)
                rules[entry["name"]] = self._any.Add(_without_looks(pattern.pattern)), pattern


@cache
def _book() -> _Book:
    return _Book()


@cache
def phrases(file: str, name: str) -> Phrases:
    """The list `name` of a file, empty when there is none; raises `Invalid` for a broken rule of any file."""
    return Phrases(_book().of(file, name))


@cache
def words_of(name: str) -> frozenset[str]:
    """The words of `law/lists/inbound/<name>.txt`: separated by white space, `#` begins a remark."""
    return frozenset(word for line in _lines(name) for word in line.split())


@cache
def lines_of(name: str) -> frozenset[str]:
    """The phrases of `law/lists/inbound/<name>.txt`: one a line, `#` begins a remark."""
    return frozenset(line.strip() for line in _lines(name) if line.strip())


@cache
def rows_of(name: str) -> tuple[dict[str, str], ...]:
    """The rows of `law/lists/inbound/<name>.csv`."""
    text = (files("harborline.law") / "lists" / "inbound" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _lines(name: str) -> list[str]:
    text = (files("harborline.law") / "lists" / "inbound" / f"{name}.txt").read_text(encoding="utf-8")
    return [line.partition("#")[0] for line in text.splitlines()]


@cache
def _table(where: str) -> dict[str, Any]:
    return tomllib.loads((files("harborline.law") / "lists" / where).read_text(encoding="utf-8"))


def _flat(text: str) -> str:
    # A line that goes on with a word or a group is a new word; one that goes on with `|` or `)` is not.
    return _GOES_ON.sub(" ", text).replace("\n", "")


def _filled(pattern: str, parts: Mapping[str, str], where: str) -> str:
    for _ in range(_NAMES_DEEP):
        missing = [name for name in _PART.findall(pattern) if name not in parts]
        if missing:
            raise Invalid(f"there is no part called {missing[0]}", where)
        pattern, filled = _PART.subn(lambda found: f"(?:{parts[found[1]]})", pattern)
        if not filled:
            return pattern
    raise Invalid("its parts name each other too deeply", where)


def _checked(pattern: str, where: str) -> re.Pattern[str]:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise Invalid(f"is not a regular expression: {error}", where) from None
    if compiled.groups:
        raise Invalid("has a capturing group; write (?:...)", where)
    if compiled.search(""):
        raise Invalid("matches nothing at all", where)
    return compiled


def _without_looks(pattern: str) -> str:
    """The pattern without its looks ahead: it finds all that the whole one finds, and perhaps more."""
    made, at = [], 0
    while at < len(pattern):
        if pattern.startswith(_LOOKS, at):
            at = _end_of_group(pattern, at)
        elif pattern[at] == "\\":
            made.append(pattern[at : at + 2])
            at += 2
        else:
            made.append(pattern[at])
            at += 1
    return "".join(made)


def _end_of_group(pattern: str, at: int) -> int:
    deep = 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif sign == "[":
            at = pattern.index("]", at + 2)
        elif sign == "(":
            deep += 1
        elif sign == ")":
            deep -= 1
            if deep == 0:
                return at + 1
        at += 1
    return at
