"""One text as the detectors read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

from harborline.messaging.words.fold import Folded, Word, words_in
from harborline.messaging.words.guard.facts import Kind

Spans = Sequence[tuple[int, int]]


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

    def sentences(self) -> Iterator[tuple[int, int]]:
        """Where each sentence of the folded text begins and ends (half-open)."""
        start = 0
        for place, sign in enumerate(self.text):
            if sign in ".!?\n" and not self._inside_word(place):
                yield start, place
                start = place + 1
        yield start, len(self.text)

    def sentence_of(self, place: int) -> tuple[int, int]:
        """The sentence around a place of the folded text."""
        for start, end in self._sentences:
            if start <= place <= end:
                return start, end
        return 0, len(self.text)

    @cached_property
    def _sentences(self) -> tuple[tuple[int, int], ...]:
        return tuple(self.sentences())

    def _inside_word(self, place: int) -> bool:
        # A stop between letters (a.m., example.gov) or after one letter ends no sentence.
        text = self.text
        following = text[place + 1 : place + 2]
        if text[place] == "." and following and not following.isspace():
            return True
        return text[place] == "." and place > 0 and text[place - 1].isalpha() and not text[max(0, place - 2)].isalnum()
