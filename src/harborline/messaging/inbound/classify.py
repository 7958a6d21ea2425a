"""What one inbound text asks for and gives away, in one answer."""

from __future__ import annotations

from typing import NamedTuple

from harborline.messaging.inbound.alarm import is_crisis
from harborline.messaging.inbound.asking import asks_for_help, asks_for_texts
from harborline.messaging.inbound.private import private_kinds
from harborline.messaging.inbound.reading import Language, read
from harborline.messaging.inbound.stopping import Tier, tier_of

READ_AT_MOST = 2000


class Classification(NamedTuple):
    """What a text was taken for: `opt_out` tier and the step that found it, `private` kinds, the language it is in.

    `language_told`: words of the text tell its language, else `language` is a guess. `bare`: the whole message is a
    word of the service (stop, start, help) or says nothing, so nobody needs to read it. `wrong_number`: the stop says
    that we have the wrong person.
    """

    opt_out: Tier
    start: bool
    help: bool
    private: tuple[str, ...]
    crisis: bool
    language: Language
    step: str
    language_told: bool = False
    bare: bool = False
    wrong_number: bool = False


NOTHING = Classification("none", False, False, (), False, "en", "nothing-said", bare=True)  # noqa: FBT003 - all false


def classify(text: str) -> Classification:
    """Read one inbound text; never fails. A stop beats start and help in the same text.

    Only the first 2,000 signs are read; a longer text that asks for nothing there is a `possible` opt-out, since
    nobody has read its end. Source: 47 CFR 64.1200(a)(10).
    """
    reading = read(text[:READ_AT_MOST])
    if reading is None or not reading.text:
        return NOTHING
    tier, step = tier_of(reading)
    stopped = tier in {"exact", "clear"}
    if tier == "none" and len(text) > READ_AT_MOST:
        tier, step = "possible", "too-long-to-read"
    start = not stopped and asks_for_texts(reading)
    if start and tier == "possible":
        tier, step = "none", "start"
    return Classification(
        opt_out=tier,
        start=start,
        help=not stopped and asks_for_help(reading),
        private=private_kinds(text[:READ_AT_MOST]),
        crisis=is_crisis(reading),
        language=reading.language,
        step=step,
    )
