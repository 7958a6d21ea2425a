"""What people tells rooms above: subscribers are served under this Protocol, each with a name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harborline.people.facts import ContactEvent, NumberChange


class ContactListener(Protocol):
    """Hears, in the same transaction, that contacts with participants took place."""

    def contacts_took_place(self, contacts: Sequence[ContactEvent]) -> None:
        """React to contacts of the current program; raising rolls the contact back."""


class NumberListener(Protocol):
    """Hears, in the same transaction, that numbers are no longer their participant's."""

    def numbers_ended(self, changes: Sequence[NumberChange]) -> None:
        """React to ended numbers of the current program; raising rolls the change back."""
