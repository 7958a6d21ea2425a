"""The table of protected fields: every column that holds something about a person, and how it is kept.

It names the tables of rooms above by their names only; nothing of them is imported.
Clauses: NC-CSS-22-18:encryption, CA-CSS-03-11:encryption-later.
"""

from __future__ import annotations

import enum
import functools
import string
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harborline.kernel import Invalid
from harborline.law.reading import read_toml

HERE = Path(__file__).with_name("protected.toml")


class Kept(enum.StrEnum):
    """How a column is kept; `protected.toml` says what each means."""

    SEALED = "sealed"
    VAULT = "vault"
    INDEX = "index"
    COMMITMENT = "commitment"
    PLAIN = "plain"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Field:
    """One column: where, what it holds, the group of fields it belongs to, how it is kept and found."""

    table: str
    column: str
    holds: str
    about: str
    kept: Kept
    keys: str = ""
    context: str = ""
    record: str = ""
    index: str = ""
    why: str = ""

    @property
    def name(self) -> str:
        """Table and column."""
        return f"{self.table}.{self.column}"

    def columns(self) -> list[str]:
        """The columns of the same row that `keys`, `context` and `record` need."""
        found = [name for text in (self.keys, self.context) for _, name, _, _ in string.Formatter().parse(text) if name]
        return list(dict.fromkeys([*found, *([self.record] if self.record else [])]))


@functools.cache
def protected_fields(path: Path = HERE) -> tuple[Field, ...]:
    """The table; raises `Invalid` naming the block that is not whole, or a column that is there twice."""
    blocks = read_toml(path).get("field")
    if not isinstance(blocks, list):
        raise Invalid("has no [[field]]", path.name)
    found = tuple(_field(block, f"{path.name}, field {place}") for place, block in enumerate(blocks, start=1))
    names = [field.name for field in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise Invalid(f"is there twice: {', '.join(twice)}", path.name)
    return found


def _field(block: object, where: str) -> Field:
    if not isinstance(block, Mapping):
        raise Invalid("is not a table", where)
    try:
        made = Field(**{**block, "kept": Kept(str(block.get("kept")))})
    except (TypeError, ValueError) as wrong:
        raise Invalid(f"is not a field: {wrong}", where) from None
    if made.kept in (Kept.SEALED, Kept.VAULT) and not made.keys:
        raise Invalid("a sealed column names its keys", f"{where} ({made.name})")
    if made.kept is Kept.VAULT and not made.record:
        raise Invalid("a column of erasable records names the record's column", f"{where} ({made.name})")
    if made.kept is Kept.PLAIN and not made.why:
        raise Invalid("a plain column says why that is right", f"{where} ({made.name})")
    return made
