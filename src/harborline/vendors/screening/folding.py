"""Reading a name: one spelling for look-alike letters, accents, scripts, dots and spaces. Pure.

A name in more than one script is read twice: letters that look like Latin ones as those (an impostor's spelling), and
transliterated (a Russian or Greek name). Source: Unicode TR 39 (confusables), BGN/PCGN for Russian.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

_LETTERS: Final = tomllib.loads((files("harborline.law") / "lists" / "vendors" / "letters.toml").read_text("utf-8"))
_LOOKS: Final = str.maketrans({sign: latin for latin, signs in _LETTERS["looks"].items() for sign in signs})
_SOUNDS: Final = str.maketrans(_LETTERS["sounds"])
_INVISIBLE: Final = frozenset({"Cf", "Cc", "Cs", "Co", "Cn", "Mn", "Me"})
_LATIN: Final = re.compile(r"LATIN .*(?:LETTER|LIGATURE|CAPITAL) (?:\w+ )*?([A-Z]{1,2})(?: WITH.*)?$")
_REGIONAL: Final = 0x1F1E6
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z][a-z])|(?<=[a-z]{3})(?=[A-Z])|(?<=[A-Z]{3})(?=[A-Z][a-z]{2})")
_DOTTED: Final = re.compile(r"\b(?:[^\W\d_]\.\s?){2,}(?:[^\W\d_]\b)?")
_BETWEEN: Final = re.compile(r"[.\s]")
_WORD: Final = re.compile(r"[^\W_]+")
_APOSTROPHES: Final = re.compile("['`\u2019\u02bc\u00b4]")
_NATIVE: Final = re.compile(r"[^\x00-\u024f]")
_HAN: Final = re.compile(r"[\u2e80-\u9fff\U00020000-\U0003ffff]")
_READABLE: Final = re.compile(r"[a-z0-9\u3040-\u30ff\u2e80-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a name: its words, folded, and for a name in another script its letters without spaces."""

    words: tuple[str, ...]
    native: str = ""


def readings(name: str) -> tuple[Reading, ...]:
    """Every way to read a name, the plainest first; none when it has no letter or digit at all."""
    plain = _plain(name)
    ways = [plain]
    camel = _CAMEL.sub(" ", plain)
    if camel != plain:
        ways.append(camel)
    found: dict[tuple[str, ...], None] = {}
    for way in ways:
        for folded in _folded(way):
            for words in _worded(folded):
                found.setdefault(words, None)
    found.pop((), None)
    native = _native(plain)
    if not found and native:
        found[()] = None
    return tuple(Reading(words, native) for words in found)


def unreadable(name: str) -> bool:
    """Whether a name has letters, but none in a script that the lists can be compared with."""
    plain = _plain(name)
    letters = any(unicodedata.category(sign).startswith("L") for sign in plain)
    return letters and not any(_READABLE.search(way) for way in _folded(plain))


def words_of(text: str) -> tuple[str, ...]:
    """The folded words of a name that we wrote ourselves (an alias, a generic word)."""
    found = readings(text)
    return found[0].words if found else ()


def native_of(text: str) -> str:
    """A name in its own script: compatibility forms undone, small letters, nothing between them."""
    return _native(_plain(text))


def _plain(name: str) -> str:
    # Compatibility forms (full width, circled, mathematical letters) undone, invisible signs gone.
    composed = unicodedata.normalize("NFKC", "".join(_lettered(sign) for sign in name))
    return "".join(sign for sign in composed if unicodedata.category(sign) not in _INVISIBLE or sign in "\t\n\u0301")


@lru_cache(maxsize=4096)
def _lettered(sign: str) -> str:
    # Flags and boxed letters have no compatibility form; line ends are spaces.
    if sign.isspace():
        return " "
    if _REGIONAL <= ord(sign) < _REGIONAL + 26:
        return chr(ord("A") + ord(sign) - _REGIONAL)
    if unicodedata.category(sign) == "So" and "LATIN CAPITAL LETTER " in (called := unicodedata.name(sign, "")):
        return called.rpartition("LETTER ")[2][:1]
    return sign


def _folded(text: str) -> list[str]:
    if text.isascii():
        return [text.lower()]
    looks = _stripped(text.translate(_LOOKS).casefold())
    sounds = _stripped(text.casefold())
    return [looks] if looks == sounds else [looks, sounds]


def _stripped(text: str) -> str:
    # Accents go with the decomposition; what is left of other scripts is transliterated where we can.
    heard = text.translate(_SOUNDS)
    decomposed = unicodedata.normalize("NFKD", heard)
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    return "".join(sign if sign.isascii() else _latin(sign) for sign in bare.translate(_SOUNDS))


@lru_cache(maxsize=4096)
def _latin(sign: str) -> str:
    found = _LATIN.match(unicodedata.name(sign, ""))
    return found[1].lower() if found else sign


def _worded(folded: str) -> list[tuple[str, ...]]:
    # Dotted letters are one word (Z.T.E.); single letters in a row may be one word too (Z T E).
    joined = _DOTTED.sub(lambda run: f" {_BETWEEN.sub('', run[0])} ", _APOSTROPHES.sub("", folded))
    words = tuple(_WORD.findall(joined.replace("&", " and ")))
    spelled = _spelled_out(words)
    return [words] if spelled == words else [words, spelled]


def _spelled_out(words: tuple[str, ...]) -> tuple[str, ...]:
    out: list[str] = []
    run: list[str] = []
    for word in (*words, ""):
        if len(word) == 1 and not _HAN.match(word):
            run.append(word)
            continue
        if run:
            out.append("".join(run))
            run = []
        if word:
            out.append(word)
    return tuple(out)


def _native(plain: str) -> str:
    if not _NATIVE.search(plain):
        return ""
    return "".join(_WORD.findall(plain.casefold()))
