"""What people tells rooms above: subscribers are served under this Protocol, each with a name."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Protocol

from harborline.people.facts import CodeText, ContactEvent, NumberChange, NumberStanding, ProtectionChange


class ContactListener(Protocol):
    """Hears, in the same transaction, that contacts with participants took place."""

    def contacts_took_place(self, contacts: Sequence[ContactEvent]) -> None:
        """React to contacts of the current program; raising rolls the contact back."""


class NumberListener(Protocol):
    """Hears, in the same transaction, that numbers are no longer their participant's."""

    def numbers_ended(self, changes: Sequence[NumberChange]) -> None:
        """React to ended numbers of the current program; raising rolls the change back."""


class ProtectionListener(Protocol):
    """Hears, in the same transaction, that protections of persons changed."""

    def protections_changed(self, changes: Sequence[ProtectionChange]) -> None:
        """React to changed protections of the current agency; raising rolls the change back."""


class CodeSender(Protocol):
    """Sends a code somebody asked for, as a one-off answer; served by who can send texts."""

    def standing(self, phone_idx: bytes) -> NumberStanding:
        """What is known about the number: stopped, in doubt, or neither."""

    def send(self, text: CodeText) -> uuid.UUID | None:
        """Queue the text and answer the message's id, from which its code follows; None where nothing can be sent."""
