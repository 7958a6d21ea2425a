"""One text as the detectors read it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from harborline.messaging.words.fold import Folded, Word, words_in
from harborline.messaging.words.grammar import grammar
from harborline.messaging.words.guard.facts import Kind

Spans = Sequence[tuple[int, int]]
_LINKED = re.compile(r"://|www\.|@|\.[a-z]{2,7}\b")


class Mark:
    """A place in the folded text that a detector objects to."""

    __slots__ = ("end", "kind", "rule", "start")

    def __init__(self, kind: Kind, start: int, end: int, rule: str) -> None:
        """Say what, where (folded, half-open) and by which rule."""
        self.kind, self.start, self.end, self.rule = kind, start, end, rule


class Reader:
    """A final text with its folded view, the names of the case, and the spans that typed placeholders filled."""

    def __init__(self, text: str, *, lang: str, names: Sequence[str] = (), exempt_spans: Spans = ()) -> None:
        """Fold the text once for all detectors."""
        self.folded = Folded(text)
        self.lang = lang
        self.names = names
        self._exempt = tuple(exempt_spans)

    @property
    def text(self) -> str:
        """The folded text."""
        return self.folded.text

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the folded text."""
        return self.folded.words

    @cached_property
    def free(self) -> str:
        """The folded text with what typed placeholders filled blanked out, so that nothing in there is found."""
        text = self.text
        for start, end in map(self.folded.folded_span, self._exempt):
            text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
        return text

    @cached_property
    def free_words(self) -> tuple[Word, ...]:
        """The words that no placeholder filled."""
        return words_in(self.free) if self._exempt else self.words

    @cached_property
    def without_links(self) -> str:
        """The free text with links and e-mail addresses blanked out: their parts are no words."""
        text = self.free
        return grammar("guard/writing").rules("link").veiled(text) if _LINKED.search(text) else text
