"""What a reader sees of a page: its sentences, in the language they are marked with."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Final

_NEVER: Final = frozenset({"script", "style", "textarea", "code", "pre", "template"})
_EMPTY: Final = frozenset(
    {"input", "br", "meta", "link", "img", "hr", "use", "source", "wbr", "col"}
)  # elements without an end
_WORD = re.compile(r"[^\W\d_]{2,}")
_SPOKEN = ("aria-label", "title", "placeholder", "alt")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        skipped = (
            tag in _NEVER
            or (tag != "html" and bool(told.get("lang")))
            or bool(self._open and self._open[-1][1])
            or told.get("translate") == "no"
        )
        if not skipped:
            self.texts += [told[name] or "" for name in _SPOKEN if told.get(name)]
        if tag not in _EMPTY:
            self._open.append((tag, skipped))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self.texts.append(data)


def sentences(body: bytes, *, words: int = 3) -> set[str]:
    """The texts of a page with so many words or more; what is marked as another language is left out."""
    reader = _Reader()
    reader.feed(body.decode())
    found = {" ".join(text.split()) for text in reader.texts}
    return {text for text in found if sum(bool(_WORD.search(part)) for part in text.split()) >= words}
