"""How the values of this room are sealed: groups, places and the shape of an identity."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass

from harborline.vault.services import seal_text, unseal_text


@dataclass(frozen=True, slots=True)
class Identity:
    """Names and date of birth (ISO, or empty) of a person."""

    name: str
    other_names: tuple[str, ...] = ()
    birth_date: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Every name the person goes by, the usual one first."""
        return (self.name, *self.other_names)

    def text(self) -> str:
        """The canonical spelling that is sealed."""
        return json.dumps([self.name, list(self.other_names), self.birth_date], ensure_ascii=False)


def group(program: str) -> str:
    """The key class of a program's people."""
    return f"{program}/people"


def seal_identity(source: str, person_id: uuid.UUID, identity: Identity) -> bytes:
    """Seal an identity under the program that numbered the person."""
    return seal_text(identity.text(), group=group(source), context=f"person:{person_id}:identity")


def open_identity(source: str, person_id: uuid.UUID, sealed: bytes) -> Identity:
    """Open an identity."""
    text = unseal_text(sealed, group=group(source), context=f"person:{person_id}:identity")
    name, others, birth_date = json.loads(text)
    return Identity(name, tuple(others), birth_date)


def seal_field(program: str, participant_id: uuid.UUID, name: str, value: str) -> bytes:
    """Seal one field (`address`, `substitute-address`, `phone`) of a participant."""
    return seal_text(value, group=group(program), context=f"participant:{participant_id}:{name}")


def open_field(program: str, participant_id: uuid.UUID, name: str, sealed: bytes) -> str:
    """Open one field of a participant."""
    return unseal_text(sealed, group=group(program), context=f"participant:{participant_id}:{name}")
