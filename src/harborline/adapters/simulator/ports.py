"""What the simulated network tells the product: receipts and texts written on handsets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from harborline.messaging.facts import InboundText, ReceiptEvent


class ReceiptSink(Protocol):
    """Takes receipts of one carrier for a program, told once or more often, in any order; opens its own context."""

    def __call__(self, program: str, carrier: str, events: Sequence[ReceiptEvent]) -> object:
        """Keep them."""


class InboundSink(Protocol):
    """Takes one text a person wrote, as the inbound webhook of a real carrier does; opens its own context."""

    def __call__(self, program: str, text: InboundText) -> object:
        """Keep it and act on it."""
