"""Crisis words: present danger to the life or safety of the writer, a child or others (law/lists/inbound/crisis.toml).

A false alarm costs a colleague one look; a missed one can cost a life. Figures of speech are taken out first.
"""

from __future__ import annotations

from harborline.messaging.inbound.reading import Reading
from harborline.messaging.words.grammar import grammar


def is_crisis(reading: Reading) -> bool:
    """Say whether the text speaks of present danger; it decides who is called, never what the person is told."""
    rules = grammar("inbound/crisis")
    if rules.rules("story").first(reading.text):
        return False
    return rules.rules("danger").first(rules.rules("figure").without(reading.text)) is not None
