"""The question of `inbound classify`, for `words.lines.answered`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harborline.kernel import Invalid
from harborline.messaging.inbound.classify import classify


def inbound_answer(question: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answer `{"text", "lang"?}` with opt-out tier, start, help, private kinds and crisis."""
    text, lang = question.get("text"), question.get("lang", "")
    if not isinstance(text, str):
        raise Invalid("is missing or no text", "text")
    if not isinstance(lang, str):
        raise Invalid("must be a language such as en, or left out", "lang")
    found = classify(text, lang=lang)
    return {
        "opt_out": found.opt_out,
        "start": found.start,
        "help": found.help,
        "private": list(found.private),
        "crisis": found.crisis,
    }
