"""What screening speaks of."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

ALGORITHM: Final = "distinctive-words/1"
"""The version of the method; part of every decision, so that a change of method asks for new screening."""
NAME_MAX: Final = 2_000
"""Longest name that is judged, in characters."""


class Band(enum.StrEnum):
    """How strong the strongest hit is."""

    MATCH = "match"
    REVIEW = "review"
    CLEAR = "clear"

    @property
    def rank(self) -> int:
        """0 for clear, 1 for review, 2 for match."""
        return ("clear", "review", "match").index(self.value)


class Use(enum.StrEnum):
    """Where in a name a mark counts.

    ANYWHERE: wherever its words stand; WORD: the same, but written as one word; WHOLE: as the whole name, apart from
    words that tell nothing; ONLY: as the whole name, apart from kinds of body; NATIVE: in its own script.
    """

    ANYWHERE = "anywhere"
    WORD = "word"
    WHOLE = "whole"
    ONLY = "only"
    NATIVE = "native"


class EntryKind(enum.StrEnum):
    """What a row names: a company, an application, a class of devices, one model of a device."""

    ENTITY = "entity"
    APPLICATION = "application"
    CATEGORY = "category"
    MODEL = "model"


@dataclass(frozen=True, slots=True)
class Mark:
    """One name of a party.

    `say` is folded words apart by a space (in its own script for `Use.NATIVE`); `typos`: so unmistakable that a
    slip of the pen still shows it; `relation` is listed-name, former, trade-name, subsidiary, parent, brand or
    divested; `confidence` is listed, reported or unverified.
    """

    party: str
    say: str
    use: Use
    typos: bool
    relation: str
    source: str
    confidence: str
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def strongest(self) -> Band:
        """Brands, sold companies and what nobody verified are looked at, never matched by themselves."""
        weak = self.relation in {"brand", "divested"} or self.confidence == "unverified"
        return Band.REVIEW if weak else Band.MATCH


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of a list; `parties` are the companies behind it, `category` names the question for a class of devices.

    `identifiers` are pairs of scheme and value (`domain`, `uei`, `lei`, `cage`), normal form.
    """

    list_id: str
    row: str
    name: str
    kind: EntryKind
    parties: tuple[str, ...] = ()
    category: str = ""
    scope: str = ""
    added: date | None = None
    aliases: tuple[str, ...] = ()
    identifiers: frozenset[tuple[str, str]] = frozenset()

    @property
    def id(self) -> str:
        """`us-fcc-covered-list:1`."""
        return f"{self.list_id}:{self.row}"


@dataclass(frozen=True, slots=True)
class ScreeningList:
    """One version of one list; `sha256` (hex) of the file it came from, `verified_on` the day a person compared it."""

    id: str
    title: str
    jurisdiction: str
    authority: str
    source: str
    version: date
    verified_on: date
    sha256: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Reasons:
    """Why a name points at an entry, in parts that a page can say in its own language.

    `how` is word, together, native, plural, slip, inside, identifier or unreadable; `shown` the words of the name (or
    the identifier), `say` the mark they stand for with its `relation` and `confidence`; `rest` what else the name says.
    """

    how: str
    shown: str = ""
    say: str = ""
    relation: str = ""
    confidence: str = ""
    rest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that a name or identifier points at, how strongly, and why; `owner` when it is an owner's name."""

    entry: str
    name: str
    band: Band
    why: str
    reasons: Reasons = Reasons("")
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Screening:
    """What screening one name answered: the strongest band, every hit, the lists (id, version, digest) it used."""

    band: Band
    hits: tuple[Hit, ...]
    lists: tuple[tuple[str, date, str], ...]
    algorithm: str = ALGORITHM


@dataclass(frozen=True, slots=True)
class Category:
    """A class of devices that is asked about: its entry, the device in words, exceptions, and until when each holds."""

    name: str
    entry: str
    device: str
    exceptions: tuple[str, ...]
    until: Mapping[str, date] = field(default_factory=dict)
