"""Grammars: what words mean together, written as data files that a person who knows the language can extend.

A grammar file (`law/lists/**.toml`) has `[parts]`, named fragments, and lists of rules such as `[[find]]`, each with
a `name` and a `say`: a regular expression over folded text (small letters, no accents). Lines of a `say` are joined
without the space around them (write a wanted one as `[ ]`); `<part>` stands for a fragment of the file or of
`parts.toml` beside it; only `(?:...)` groups. A list is compiled into one pattern
that still knows which rule matched.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.resources import files
from typing import Any, NamedTuple

from harborline.kernel import Invalid

_PART = re.compile(r"<([a-z_]+)>")
_NAMES_DEEP = 5


class Hit(NamedTuple):
    """A rule that matched, and where in the folded text (half-open)."""

    rule: str
    start: int
    end: int


class Rules:
    """One list of rules, compiled together."""

    def __init__(self, names: tuple[str, ...], pattern: str) -> None:
        """Keep the rules' names by their group."""
        self._names = {f"r{place}": name for place, name in enumerate(names)}
        self._source = pattern
        self._pattern = re.compile(pattern) if names else None

    def first(self, text: str) -> Hit | None:
        """Find the first match in `text`, or None."""
        found = self._pattern.search(text) if self._pattern else None
        return Hit(self._names[found.lastgroup or ""], found.start(), found.end()) if found else None

    def matches_whole(self, word: str) -> bool:
        """Say whether one of the rules matches the whole of `word`."""
        return bool(self._pattern and self._pattern.fullmatch(word))

    def starts(self, text: str, start: int) -> bool:
        """Say whether one of the rules matches exactly at `start`."""
        return bool(self._pattern and self._pattern.match(text, start))

    def ends(self, text: str, start: int, end: int) -> bool:
        """Say whether one of the rules matches between `start` and `end` and stops exactly at `end`."""
        return bool(self._ending.search(text, start, end)) if self._pattern else False

    @cached_property
    def _ending(self) -> re.Pattern[str]:
        return re.compile(f"(?:{self._source})$")

    def every(self, text: str) -> Iterator[Hit]:
        """Find every match in `text`, left to right, without overlaps."""
        if self._pattern:
            for found in self._pattern.finditer(text):
                yield Hit(self._names[found.lastgroup or ""], found.start(), found.end())

    def without(self, text: str) -> str:
        """Take every match out of the text, a full stop in its place, so that its neighbours do not join."""
        return self._pattern.sub(" . ", text) if self._pattern else text

    def veiled(self, text: str) -> str:
        """Blank every match in the text, every other sign in its place."""
        return self._pattern.sub(lambda found: " " * len(found.group()), text) if self._pattern else text


class Grammar:
    """The lists of one grammar file by name (`find`, `innocent`, `trigger` ...)."""

    def __init__(self, lists: Mapping[str, Rules]) -> None:
        """Keep the lists."""
        self._lists = lists

    def rules(self, name: str) -> Rules:
        """Answer the list called `name`; an empty one when the file has none."""
        return self._lists.get(name, _EMPTY)


_EMPTY = Rules((), "")


@cache
def grammar(path: str) -> Grammar:
    """Read the grammar in `law/lists/<path>.toml`; raises `Invalid` naming file and rule for a broken one."""
    where = f"{path}.toml"
    table = _read(where)
    shared = _read(f"{path.rpartition('/')[0]}/parts.toml").get("parts", {})
    parts = {name: _flat(text) for name, text in {**shared, **table.pop("parts", {})}.items()}
    return Grammar({name: _compiled(entries, parts, f"{where}, {name}") for name, entries in table.items()})


@cache
def _table(where: str) -> dict[str, Any]:
    return tomllib.loads((files("harborline.law") / "lists" / where).read_text(encoding="utf-8"))


def _read(where: str) -> dict[str, Any]:
    return dict(_table(where))


def _compiled(entries: list[dict[str, Any]], parts: Mapping[str, str], where: str) -> Rules:
    names = tuple(str(entry["name"]) for entry in entries)
    if len(set(names)) != len(names):
        raise Invalid("two rules have the same name", where)
    patterns = [_filled(_flat(entry["say"]), parts, f"{where} {entry['name']}") for entry in entries]
    for name, pattern in zip(names, patterns, strict=True):
        _check(pattern, f"{where} {name}")
    return Rules(names, "|".join(f"(?P<r{place}>{pattern})" for place, pattern in enumerate(patterns)))


def _flat(text: str) -> str:
    return "".join(line.strip() for line in text.splitlines())


def _filled(pattern: str, parts: Mapping[str, str], where: str) -> str:
    for _ in range(_NAMES_DEEP):
        missing = [name for name in _PART.findall(pattern) if name not in parts]
        if missing:
            raise Invalid(f"there is no part called {missing[0]}", where)
        pattern, filled = _PART.subn(lambda found: f"(?:{parts[found[1]]})", pattern)
        if not filled:
            return pattern
    raise Invalid("its parts name each other too deeply", where)


def _check(pattern: str, where: str) -> None:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise Invalid(f"is not a regular expression: {error}", where) from None
    if compiled.groups:
        raise Invalid("has a capturing group; write (?:...)", where)
    if compiled.search(""):
        raise Invalid("matches nothing at all", where)


@cache
def words_of(path: str) -> frozenset[str]:
    """Read the words of `law/lists/<path>.txt`: separated by white space, `#` begins a remark."""
    text = (files("harborline.law") / "lists" / f"{path}.txt").read_text(encoding="utf-8")
    return frozenset(word for line in text.splitlines() for word in line.partition("#")[0].split())


@cache
def lines_of(path: str) -> frozenset[str]:
    """Read the phrases of `law/lists/<path>.txt`: one a line, `#` begins a remark."""
    text = (files("harborline.law") / "lists" / f"{path}.txt").read_text(encoding="utf-8")
    return frozenset(phrase for line in text.splitlines() if (phrase := line.partition("#")[0].strip()))
