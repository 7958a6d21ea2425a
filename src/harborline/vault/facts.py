"""What the vault speaks of: pieces of erasable records, the grounds of a destruction, the standing of keys."""

from __future__ import annotations

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of an erasable record.

    `record` is the unit that is erased together (one text, one case); `context` is the place the piece belongs to,
    bound into it; `content` is plaintext when it is sealed and the sealed value when it is opened.
    """

    record: uuid.UUID
    context: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why something is destroyed: the schedule (id and version), the authority it rests on, its clauses, who approved.

    `approved_by` names the worker as records do (`worker:<id>`); empty where the schedule needs nobody.
    """

    schedule: str
    authority: str
    clauses: tuple[str, ...] = ()
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class Secret:
    """The two halves of a record's slot, 32 bytes each: the key of its content, the salt of its commitments."""

    key: bytes
    salt: bytes


@dataclass(frozen=True, slots=True)
class KeyStanding:
    """One key of the hierarchy: level (`root`, `office`, `class`, `records`), name, number, what wraps it.

    `wrapped_by` is the number of the key one level up; 0 where the provider says no more. `month` is yyyymm of its
    making, 0 where unknown. For `records` the number is that of the class key and `count` the records that have a slot.
    """

    level: str
    name: str
    number: int
    wrapped_by: int = 0
    month: int = 0
    count: int = 0
