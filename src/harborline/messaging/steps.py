"""The next step with somebody who was not reached: codes; their words are in `messaging.reports.words`."""

from __future__ import annotations

import enum
from typing import Final

TEXTS_OFF: Final = "texts-off"
"""The one reason shown for everybody whose texts are off, by safety choice or by their own word."""


class Step(enum.StrEnum):
    """What staff can do now; `CALLING` are those that put a telephone number on the call list, `WRITING` a letter."""

    CALL = "call"
    CALL_UNSURE = "call-unsure"
    LETTER = "letter"
    CHECK_FILE = "check-file"
    CHECK_NUMBER = "check-number"
    LOAD_FEED = "load-feed"
    ASK_PERMISSION = "ask-permission"
    SEND_AGAIN = "send-again"
    TRANSLATE = "translate"
    REWORD = "reword"
    NOTHING = "nothing"


WRITING = frozenset(
    {
        Step.CALL,
        Step.CALL_UNSURE,
        Step.LETTER,
        Step.CHECK_NUMBER,
        Step.ASK_PERMISSION,
        Step.TRANSLATE,
        Step.REWORD,
    }
)
CALLING = frozenset({*WRITING, Step.SEND_AGAIN}) - {Step.LETTER, Step.CHECK_NUMBER}

# Texts off and a number both parties use never lead to a call: whoever holds that phone would answer.
_STEPS = {
    TEXTS_OFF: Step.LETTER,
    "number-used-by-both-parties": Step.CHECK_NUMBER,
    "possible-opt-out": Step.LETTER,
    "not-on-file": Step.CHECK_FILE,
    "other-county-on-file": Step.CHECK_FILE,
    "no-number": Step.LETTER,
    "protections-never-loaded": Step.LOAD_FEED,
    "protections-too-old": Step.LOAD_FEED,
    "no-consent": Step.ASK_PERMISSION,
    "list-awaits-attestation": Step.ASK_PERMISSION,
    "spoken-permission-lapsed": Step.ASK_PERMISSION,
    "release-expired": Step.ASK_PERMISSION,
    "kind-not-accepted": Step.ASK_PERMISSION,
    "opt-in-covers-portal-only": Step.ASK_PERMISSION,
    "no-template-in-language": Step.TRANSLATE,
    "text-cannot-be-filled": Step.REWORD,
    "text-too-long": Step.REWORD,
    "names-the-person": Step.REWORD,
    "private-in-text": Step.REWORD,
    "asks-for-private": Step.REWORD,
    "abbreviation-in-text": Step.REWORD,
    "hard-to-read": Step.REWORD,
    "unlawful-wording": Step.REWORD,
    "appointment-passed": Step.NOTHING,
    "run-cancelled": Step.SEND_AGAIN,
    "carrier-unknown": Step.CALL_UNSURE,
    "no-news": Step.CALL_UNSURE,
    "settled-not-arrived": Step.SEND_AGAIN,
    "no-discreet-wording": Step.LETTER,
}


def next_step(reason: str) -> str:
    """The code of the next step for a reason as shown; a text that simply did not get through means: call."""
    return _STEPS.get(reason, Step.CALL).value
