"""Crisis words: present danger to the life or safety of the writer, a child or others (law/lists/inbound/crisis.toml).

A false alarm costs a colleague one look; a missed one can cost a life. Figures of speech are taken out first.
"""

from __future__ import annotations

from harborline.messaging.inbound.opinion import may_be_danger
from harborline.messaging.inbound.phrases import phrases
from harborline.messaging.inbound.reading import Reading


def is_crisis(reading: Reading) -> bool:
    """Say whether the text speaks of present danger; it decides who is called, never what the person is told."""
    return is_crisis_by_rule(reading) or may_be_danger(reading, figure=has_figure(reading))


def has_figure(reading: Reading) -> bool:
    """Say whether the text has a figure of speech, or tells a story, that a rule knows to be no danger."""
    return phrases("crisis", "story").says(reading.text) or phrases("crisis", "figure").says(reading.text)


def is_crisis_by_rule(reading: Reading) -> bool:
    """Say whether a phrase of the list speaks of present danger, without the second opinion."""
    if phrases("crisis", "story").says(reading.text):
        return False
    return phrases("crisis", "danger").says(phrases("crisis", "figure").without(reading.text))
