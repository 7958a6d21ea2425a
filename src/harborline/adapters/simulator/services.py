"""Write a text on a simulated handset."""

from __future__ import annotations

import uuid

from harborline.adapters.simulator.models import HandsetText
from harborline.adapters.simulator.ports import InboundSink
from harborline.adapters.simulator.selectors import PHONES
from harborline.kernel import Invalid, clock, ports
from harborline.kernel.ids import new_id
from harborline.messaging.facts import InboundText
from harborline.walls import ALL_COUNTIES, acting

__all__ = ["reply"]

LONGEST_TEXT = 1600


def reply(program: str, sender: str, number: str, text: str) -> uuid.UUID:
    """Send `text` from the handset `number` to the program's sender, the way a carrier's inbound webhook does.

    Answers the id of the handset's text. Raises `Invalid` for an empty or overlong text.
    """
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise Invalid(f"write 1 to {LONGEST_TEXT} characters", "text")
    identifier, at = new_id(), clock.now()
    with acting(PHONES, program=program, counties=ALL_COUNTIES, purpose="simulated-handsets"):
        HandsetText.objects.create(
            id=identifier, program=program, sender=sender, number=number, from_handset=True, text=text, at=at
        )
    inbound = InboundText(
        sender=sender, from_number=number, text=text, carrier_ref=f"SIM{identifier.hex}", received_at=at
    )
    ports.serving(InboundSink)(program, inbound)
    return identifier
