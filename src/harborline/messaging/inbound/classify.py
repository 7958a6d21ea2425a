"""What one inbound text asks for and gives away, in one answer."""

from __future__ import annotations

from typing import NamedTuple

from harborline.messaging.inbound.alarm import is_crisis
from harborline.messaging.inbound.asking import asks_for_help, is_bare_help, is_bare_start
from harborline.messaging.inbound.opinion import may_end, reads_like_stop, reads_otherwise
from harborline.messaging.inbound.private import private_kinds
from harborline.messaging.inbound.reading import READ_AT_MOST, Language, Reading, mostly_read, read
from harborline.messaging.inbound.stopping import NOTHING_FOUND, START, SURE, Stop, Tier, is_known_innocent, tier_of
from harborline.messaging.words.guard.facts import JUDGED_LANGUAGES


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

_LIKE_STOP = Stop("clear", "reads like a stop")
_ABOUT_THE_PROGRAM = frozenset({"leaving the program", "dejar el programa"})


def classify(text: str, *, lang: str = "") -> Classification:
    """Read one inbound text; never fails. A stop beats start and help in the same text.

    `lang` is the language the text is said to be in, where somebody knows: one we do not read makes the text a
    possible opt-out. Only the first 2,000 signs are read; a longer text that asks for nothing there is a possible
    opt-out too, since nobody has read its end. Source: 47 CFR 64.1200(a)(10).
    """
    reading = read(text[:READ_AT_MOST])
    if reading is None or not (reading.words or reading.ornament):
        return NOTHING
    found = _tier(reading, text, lang)
    stopped = found.tier in {"exact", "clear"}
    start = found.rule == START
    return Classification(
        opt_out=found.tier,
        start=start,
        help=not stopped and asks_for_help(reading),
        private=private_kinds(reading),
        crisis=is_crisis(reading),
        language=reading.language,
        step=found.rule,
        language_told=reading.told,
        bare=found.tier == "exact" or is_bare_start(reading) or is_bare_help(reading),
        wrong_number=found.stranger,
    )


def _tier(reading: Reading, text: str, lang: str) -> Stop:
    found = tier_of(reading)
    if found.tier == "clear" and found.rule not in SURE and reads_otherwise(reading):
        return Stop("possible", f"doubted: {found.rule}")
    if found.tier == "none":
        return _unknown(reading, found, text, lang)
    # Who leaves the program may want its texts no more: a person asks, whatever the words remind of.
    if found.tier != "possible" or found.rule in _ABOUT_THE_PROGRAM:
        return found
    return _LIKE_STOP if reads_like_stop(reading) else found


def _unknown(reading: Reading, found: Stop, text: str, lang: str) -> Stop:
    """What a text is in which the rules found no end."""
    if len(text) > READ_AT_MOST:
        return Stop("possible", "too long to read")
    # One word that two languages share says nothing about the others.
    if lang[:2].lower() not in {"", *JUDGED_LANGUAGES} and not (reading.told and mostly_read(reading.said)):
        return Stop("possible", "a language we do not read")
    if found.rule != NOTHING_FOUND or is_known_innocent(reading):
        return found
    if reads_like_stop(reading):
        return _LIKE_STOP
    return Stop("possible", "second opinion") if may_end(reading) else found
