"""The short forms that a text must not use, with the words to say instead."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files


@cache
def abbreviations() -> dict[str, str]:
    """Read each short form with the words to say instead ('' when the thing should not be said at all)."""
    table = files("harborline.law") / "lists" / "guard" / "abbreviations.csv"
    lines = [line for line in table.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return {row["short"]: row["say"] for row in csv.DictReader(lines)}
