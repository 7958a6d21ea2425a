"""The lexicon of the guard: which classes a word, a phrase or a number belongs to.

Every class (`condition`, `whose`, `clock` ...) is one private sign, and one more for each length of its phrases. A
text becomes its *cells*: for each unit (a word, a number, a mark of punctuation) the signs of its classes and of the
phrases that begin there, and a space; the cell that ends a sentence ends with a full stop. Grammars are matched over
cells (see `frames`), so that a rule speaks of classes and never of spellings. What a word means is looked up once and
remembered. The words of a `fixed` phrase ("child support") mean nothing by themselves.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from harborline.kernel import Invalid
from harborline.messaging.words.fold import fold
from harborline.messaging.words.guard.publicnames import name_classes
from harborline.messaging.words.guard.shapes import NUMBER_CLASSES, number_classes

FIRST_SIGN, LAST_SIGN = 0xE000, 0xF8FF
END_OF_SENTENCE = "."
LONGEST_PHRASE = 7
FILES = (
    *("shared", "names", "numbers", "health", "fti", "dv", "money", "whereabouts", "requests", "replies", "writing"),
    "ties",
)
# Classes that no list gives: how a unit is written, and what the public lists of names say.
WRITTEN = (
    *("capital", "caps", "letter", "link", "question", "possessive"),
    *("first", "first_word", "rare_first", "last", "wordy", "wordy_first"),
)
_ENTRY = re.compile(r",")
_PIECE = re.compile(r"[^\W\d_](?:\.[^\W\d_])+(?!\w)|[^\W_]+(?:[-/.:][^\W_]*\d[^\W_]*)*(?:'[^\W_]+)*\*?|[,:&#]")
_SHORTEST_STEM = 2


@cache
def table_of(name: str) -> dict[str, Any]:
    """Read the guard's file `name` (law/lists/guard/)."""
    path = files("harborline.law") / "lists" / "guard" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


class Node:
    """One step of the phrases that begin alike: where each next word leads, and the signs when a phrase ends here."""

    __slots__ = ("exact", "fixed", "signs", "stems")

    def __init__(self) -> None:
        """Begin with no phrase."""
        self.exact: dict[str, Node] = {}
        self.stems: dict[str, Node] = {}
        self.signs = ""
        self.fixed = False

    def add(self, words: list[str], sign: str, *, fixed: bool) -> None:
        """Add a phrase; a word that ends with `*` stands for all that begin so."""
        node = self
        for word in words:
            branch = node.stems if word.endswith("*") else node.exact
            node = branch.setdefault(word.removesuffix("*"), Node())
        if sign not in node.signs:
            node.signs += sign
        node.fixed = node.fixed or fixed

    def nexts(self, word: str) -> list[Node]:
        """Where this word leads."""
        after = self.exact.get(word)
        found = [] if after is None else [after]
        if self.stems:
            found += [node for stem, node in self.stems.items() if word.startswith(stem)]
        return found


class Lexicon:
    """Words and phrases with their classes."""

    def __init__(
        self, tables: Iterable[Mapping[str, str]], english_only: Mapping[str, str], capital_only: Mapping[str, str]
    ) -> None:
        """Read the tables of classes.

        `english_only` are words left out when a text is Spanish, `capital_only` those that are none in small letters.
        """
        self._signs: dict[str, str] = {}
        self._literals: set[str] = set()
        self.combined: dict[str, tuple[tuple[frozenset[str], ...], frozenset[str]]] = {}
        self._words: dict[str, str] = {}
        self._stems: dict[str, str] = {}
        self._lengths: dict[str, set[int]] = {}
        self._phrases = Node()
        self._sources: dict[str, str] = {}
        for name in (*WRITTEN, *NUMBER_CLASSES):
            self.sign(name)
        for table in (*tables, english_only, capital_only):
            for name, text in table.items():
                self._sources[name] = f"{self._sources.get(name, '')},{text}"
        for name in self._sources:
            for words in self._entries(name):
                self._add(name, words)
        self._not_spanish = self._single(english_only)
        self._not_small = self._single(capital_only)

    def sign(self, name: str) -> str:
        """The sign of a class, the same at every question; `condition/2` is that of its phrases of two words."""
        if name not in self._signs:
            at = FIRST_SIGN + len(self._signs)
            if at > LAST_SIGN:
                raise Invalid("has more classes than there are signs", "guard lexicon")
            self._signs[name] = chr(at)
        return self._signs[name]

    def literal(self, word: str) -> str:
        """The sign of one written word (`order`, `intercept*`) that a grammar names."""
        name = f"={word}"
        if name not in self._literals:
            self._literals.add(name)
            self._add(name, [word])
        return self._signs[name]

    def combine(self, names: str) -> None:
        """Make a class of units that are in several at once: `capital&first,last&!month`."""
        if names not in self._signs:
            wanted = [part.split(",") for part in names.split("&") if not part.startswith("!")]
            barred = [name for part in names.split("&") if part.startswith("!") for name in part[1:].split(",")]
            self.combined[self.sign(names)] = (
                tuple(frozenset(map(self.sign, part)) for part in wanted),
                frozenset(map(self.sign, barred)),
            )

    def lengths(self, name: str) -> set[int]:
        """How many words the phrases of a class have; 1 is always among them."""
        return {1, *self._lengths.get(name, ())}

    def knows(self, name: str) -> bool:
        """Whether there is a class of this name."""
        return name in self._sources or name in self._signs

    def class_names(self) -> dict[str, str]:
        """The class of every sign that stands for one by itself, phrases under the name of their class."""
        return {
            sign: name.partition("/")[0]
            for name, sign in self._signs.items()
            if not name.startswith("=") and "&" not in name
        }

    def begins(self, word: str) -> list[Node]:
        """Where the phrases that begin with this folded word lead."""
        return self._phrases.nexts(word)

    def _single(self, table: Mapping[str, str]) -> dict[str, str]:
        return {words[0]: self.sign(name) for name, text in table.items() for words in _listed(text)}

    def signs_of(self, word: str, *, spanish: bool = False, small: bool = False) -> str:
        """The signs of a folded word; `small` when the writer gave it no capital."""
        found = self._words.get(word, "")
        for size in range(_SHORTEST_STEM, len(word) + 1):
            found += self._stems.get(word[:size], "")
        if spanish and word in self._not_spanish:
            found = found.replace(self._not_spanish[word], "")
        if small and word in self._not_small:
            found = found.replace(self._not_small[word], "")
        return found

    def _add(self, name: str, words: list[str]) -> None:
        if len(words) > 1:
            self._lengths.setdefault(name, set()).add(len(words))
            self._phrases.add(words, self.sign(f"{name}/{len(words)}"), fixed=name == "fixed")
            return
        table, word = (self._stems, words[0][:-1]) if words[0].endswith("*") else (self._words, words[0])
        sign = self.sign(name)
        if sign not in table.get(word, ""):
            table[word] = table.get(word, "") + sign

    def _entries(self, name: str, depth: int = 0) -> Iterator[list[str]]:
        if depth > len(FILES):
            raise Invalid("classes name each other in a circle", f"guard class {name}")
        for entry in _ENTRY.split(self._sources[name]):
            wanted = entry.strip()
            if wanted.startswith("@"):
                if wanted[1:] not in self._sources:
                    raise Invalid(f"there is no class {wanted[1:]}", f"guard class {name}")
                yield from self._entries(wanted[1:], depth + 1)
            elif wanted:
                yield from _spelt(wanted)


def _listed(text: str) -> Iterator[list[str]]:
    for entry in _ENTRY.split(text):
        if entry.strip():
            yield from _spelt(entry.strip())


def _spelt(entry: str) -> Iterator[list[str]]:
    # "test(s)" is written for test and tests, "driver('s) license" likewise.
    if "(" in entry:
        before, _, rest = entry.partition("(")
        inside, _, after = rest.partition(")")
        yield from _spelt(before + after)
        yield from _spelt(before + inside + after)
        return
    words = _PIECE.findall(fold(entry))
    if not 1 <= len(words) <= LONGEST_PHRASE:
        raise Invalid(f"the entry {entry!r} has no word or too many", "guard lexicon")
    yield words


def cell_of(unit: str, lexicon: Lexicon, *, spanish: bool) -> str:
    """The cell of a unit by itself, without the final space; in Spanish, some words do not mean what they do else."""
    if unit[0] in ".!?;\n…":
        return f"{lexicon.sign('question') if '?' in unit else ''}{END_OF_SENTENCE}"
    if unit[0] == "\x1a":
        return lexicon.sign("link")
    names = number_classes(unit) if any(sign.isdigit() for sign in unit) else _written(unit)
    meaning = _meaning(unit.lower(), lexicon, spanish=spanish, small=unit.islower())
    signs = dict.fromkeys("".join(map(lexicon.sign, names)) + meaning)
    combined = [
        sign
        for sign, (wanted, barred) in lexicon.combined.items()
        if barred.isdisjoint(signs) and not any(part.isdisjoint(signs) for part in wanted)
    ]
    return "".join([*signs, *combined])


def _meaning(word: str, lexicon: Lexicon, *, spanish: bool, small: bool) -> str:
    bare = word.removesuffix("'s").removesuffix("s'") if "'" in word else word
    found = lexicon.signs_of(word, spanish=spanish, small=small)
    if bare != word:
        found += lexicon.signs_of(bare, spanish=spanish) + lexicon.sign("possessive")
    return found + "".join(map(lexicon.sign, name_classes(bare)))


def _written(unit: str) -> Iterator[str]:
    letters = [sign for sign in unit if sign.isalpha()]
    if letters and letters[0].isupper():
        yield "capital"
        if len(letters) > 1 and all(sign.isupper() for sign in letters if sign.isascii()):
            yield "caps"
    if len(letters) == 1 and len(unit) == 1:
        yield "letter"


@cache
def lexicon() -> Lexicon:
    """The guard's lexicon: the classes of all its files."""
    tables = [table_of(name) for name in FILES]

    def gathered(kind: str) -> dict[str, str]:
        return {name: text for table in tables for name, text in table.get(kind, {}).items()}

    return Lexicon([table.get("words", {}) for table in tables], gathered("english"), gathered("capital"))
