"""Screening line by line: a question with a name and perhaps identifiers, an answer with its band and hits. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harborline.kernel import Invalid
from harborline.vendors.screening.identifiers import identifiers
from harborline.vendors.screening.matching import Screener


class ScreenLines:
    """Answers questions {"id","name","identifiers"?} with {"band","hits":[{"entry","why"}]}."""

    def __init__(self, screener: Screener) -> None:
        self._screener = screener

    def __call__(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to one question; raises `Invalid` naming the field."""
        name = question.get("name")
        if not isinstance(name, str):
            raise Invalid("needs a name, a text", "name")
        found = self._screener.screen(name, identifiers(question.get("identifiers")))
        hits = [{"entry": hit.entry, "why": hit.why} for hit in found.hits]
        return {"band": found.band.value, "hits": hits}
