"""The statement of requirements and penalties: its words, which version holds, and how long a signature counts."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from harborline.kernel import NotFound

FILE = "requirements-and-penalties.toml"
LANGUAGES = ("en", "es")


@dataclass(frozen=True, slots=True)
class Statement:
    """One version of the statement in one language; `name` is what is kept with a signature.

    `attests` are the clauses that people keep by signing these words.
    """

    name: str
    language: str
    title: str
    points: tuple[str, ...]
    valid_days: int
    attests: tuple[str, ...]

    @property
    def sha256(self) -> str:
        """The digest of the very words, title first, one point a line."""
        return hashlib.sha256("\n".join((self.title, *self.points)).encode()).hexdigest()


@cache
def statements() -> tuple[Statement, ...]:
    """Every version in every language, oldest first."""
    text = resources.files("harborline.workforce.statements").joinpath(FILE).read_text(encoding="utf-8")
    read = tomllib.loads(text)
    return tuple(
        Statement(
            name=f"{read['key']}/{version['number']}",
            language=language,
            title=version["titles"][language],
            points=tuple(version[language]),
            valid_days=read["valid_days"],
            attests=tuple(version["attests"]),
        )
        for version in sorted(read["version"], key=lambda each: int(each["number"]))
        for language in LANGUAGES
    )


def statement(language: str = "en", *, name: str = "") -> Statement:
    """The newest version, or the one with this name, in the language (English when there is none).

    Raises `NotFound` for a name that was never published.
    """
    wanted = language if language in LANGUAGES else "en"
    found = [each for each in statements() if each.language == wanted and name in ("", each.name)]
    if not found:
        raise NotFound("no such statement")
    return found[-1]


def attesting(clause: str) -> frozenset[str]:
    """The names of the versions by whose signature the clause is kept."""
    return frozenset(each.name for each in statements() if clause in each.attests)
