"""The parts of the portal, and the cards they put on the first page after coming in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from harborline.sites.visiting import Visit

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


@dataclass(frozen=True, slots=True)
class Card:
    """One thing to do: its title, one sentence, where it leads, how many wait (0: no number), whether it is urgent."""

    title: str | StrPromise
    text: str | StrPromise
    address: str
    count: int = 0
    waits: bool = False


Cards = Callable[[Visit], list[Card]]
"""Asked inside the visitor's own unit of work (`visit.acting`)."""


def cards_of(visit: Visit) -> list[Card]:
    """The cards of every part: what waits first, else in the order of the parts."""
    # The parts import this module, so they are read late.
    from harborline.sites.portal.choices.cards import cards as choices  # noqa: PLC0415 - as said above
    from harborline.sites.portal.contact.cards import cards as contact  # noqa: PLC0415 - as said above
    from harborline.sites.portal.documents.cards import cards as documents  # noqa: PLC0415 - as said above
    from harborline.sites.portal.looks.cards import cards as looks  # noqa: PLC0415 - as said above

    every: tuple[Cards, ...] = (contact, documents, choices, looks)
    found = [card for cards in every for card in cards(visit)]
    return sorted(found, key=lambda card: not card.waits)
