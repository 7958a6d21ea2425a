"""The question of `inbound classify`, for `words.lines.answered`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harborline.kernel import Invalid
from harborline.messaging.inbound.classify import classify


def inbound_answer(question: Mapping[str, Any]) -> Mapping[str, Any]:
    """Answer `{"text"}` with opt-out tier, start, help, private kinds and crisis."""
    text = question.get("text")
    if not isinstance(text, str):
        raise Invalid("is missing or no text", "text")
    found = classify(text)
    return {
        "opt_out": found.opt_out,
        "start": found.start,
        "help": found.help,
        "private": list(found.private),
        "crisis": found.crisis,
    }
