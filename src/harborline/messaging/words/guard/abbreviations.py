"""The short forms that a text must not use, with the words to say instead."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from harborline.messaging.words.grammar import words_of

_SHORT = range(2, 6)


@cache
def abbreviations() -> dict[str, str]:
    """Read each short form with the words to say instead ('' when the thing should not be said at all)."""
    table = files("harborline.law") / "lists" / "guard" / "abbreviations.csv"
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row["short"]: row["say"] for row in csv.DictReader(lines)}


def form_of(unit: str) -> str:
    """Say what a unit may be, whatever stands beside it: "short", unexplained "capitals", or "" for neither."""
    bare = unit.lower().removesuffix("'s").replace(".", "")
    if bare in words_of("guard/allowed_short"):
        return ""
    if bare in abbreviations():
        return "short"
    written = unit.removesuffix("s").removesuffix("'")
    if bare in words_of("guard/capitals") or not (len(written) in _SHORT and written.isupper() and written.isalpha()):
        return ""
    return "" if any(vowel in bare for vowel in "aeiouy") else "capitals"
