"""One text as the detectors read it: folded, cut into units, and each unit's classes as a cell."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import accumulate

from harborline.messaging.words.fold import Folded, Word, words_in
from harborline.messaging.words.guard.disguises import undisguised
from harborline.messaging.words.guard.facts import Kind
from harborline.messaging.words.guard.frames import Fitting, Frames
from harborline.messaging.words.guard.once import once
from harborline.messaging.words.guard.vocabulary import Cells, Units, cells_of, units_of

Spans = Sequence[tuple[int, int]]
_LINKED = re.compile(r"://|www\.|@|\.[a-z]{2,7}\b")
_LINK = re.compile(
    r"(?:https?://|www\.)[^\s<>]*[^\s<>.,;:!?)'\"]|(?<![\w.-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"
    r"|(?<![\w.@-])(?:[\w-]{1,63}\.){1,5}(?:gov|org|com|net|us|example|edu|mn|nc|info|io|ly|co|me|app|health)\b(?!\.\w)"
    r"(?:/[^\s<>]*[^\s<>.,;:!?)'\"])?",
    re.IGNORECASE,
)
_LINK_SIGN = "\x1a"
# Most words first, and a space before any unit taken along: both are for speed alone. Then, in this order: hidden
# digits, telephone, grouped digits, words, numbers and codes, ends of sentences, other signs.
_UNIT = re.compile(
    r" ?([a-kmnp-wyzA-HJ-NP-WYZ][^\W\d_]++(?:'[^\W\d_]++)*+(?!\d|-\d)"
    r"|(?<![*•#][*•#xX])[*•#xX]{2,}+(?:[- ]?[*•#xX]{2,}+)*[- ]?\d{2,}(?!\w)"
    r"|(?:\+?1[-. ]?)?(?:\(\d{3}\) ?|(?<!\d)\d{3}[-. ])\d{3}[-. ]\d{4}(?!\w)"
    r"|(?<![\w-])[\doOlI]{3}[-. /]{1,2}[\doOlI]{2}[-. /]{1,2}[\doOlI]{4}(?![\w-])"
    r"|(?<![\w-])\d{4}(?:[ -]\d{4}){2,3}(?:[ -]\d{1,3})?(?!\w)"
    r"|[^\W\d_](?:\.[^\W\d_])+(?!\w)"
    r"|[^\W\d_]++(?:'[^\W\d_]++)*+(?!\d|-\d)"
    r"|\$ ?\d[\d,]*(?:\.\d+)?[kKmM]?"
    r"|#?[^\W_]*-?\d[^\W_]*(?:[-./:,](?:[^\W\d_]{1,4}-)?[^\W_]*\d[^\W_]*)*%?"
    rf"|{_LINK_SIGN}+"
    r"|[.!?…]+(?=[\s\"')\]]|$)(?<![Mm]r\.)(?<![Mm]rs\.)(?<![Mm]s\.)(?<![Dd]r\.)(?<!\b[Ss]t\.)(?<!\b[Ss]ra\.)(?<!\b[Ss]r\.)"
    r"(?<!\b[Nn]o\.)(?<![\W_][^\W\d_]\.)(?<!^[^\W\d_]\.)"
    r"|\n+(?=\s*(?:[^a-z]|$))|;|[,:&])"
)


class Mark:
    """A place in the folded text that a detector objects to."""

    __slots__ = ("doubtful", "end", "kind", "rule", "start", "waits")

    def __init__(
        self, kind: Kind, start: int, end: int, rule: str, *, waits: bool = False, doubtful: bool = False
    ) -> None:
        """Say what, where (folded, half-open), by which rule, and whether a person may let it go.

        A `doubtful` mark is a guess about whom words are tied to, which the second opinion may drop.
        """
        self.kind, self.start, self.end, self.rule = kind, start, end, rule
        self.waits, self.doubtful = waits, doubtful


class Reader:
    """A final text with its folded view, the names of the case, and the spans that typed placeholders filled.

    `units` are what the text is made of, `cells` their classes in one string (see `lexicon`), `present` the signs that
    are anywhere in it.
    """

    def __init__(self, text: str, *, lang: str, names: Sequence[str] = (), exempt_spans: Spans = ()) -> None:
        """Fold the text once for all detectors."""
        self.folded = Folded(text)
        self.lang = lang
        self.names = names
        self._exempt = tuple(exempt_spans)
        self._fitting: Fitting | None = None
        #: The folded text.
        self.text = self.folded.text
        #: The folded text with what typed placeholders filled blanked out, so that nothing in there is found.
        self.free = self._without_exempt(self.text) if self._exempt else self.text

    @property
    def words(self) -> tuple[Word, ...]:
        """The words of the folded text."""
        return self.folded.words

    @once
    def free_words(self) -> tuple[Word, ...]:
        """The words that no placeholder filled."""
        return words_in(self.free) if self._exempt else self.words

    @once
    def cased(self) -> str:
        """The free text with the writer's capitals, links and addresses of mail blanked out."""
        text = self._without_exempt(self.folded.cased)
        return _LINK.sub(_link_signs, text) if _LINKED.search(self.text) else text

    @once
    def plain(self) -> tuple[str, Sequence[int] | None]:
        """The free text with disguised words spelt out, and where each of its signs stands in the folded text."""
        return undisguised(self.cased)

    def _without_exempt(self, text: str) -> str:
        for start, end in map(self.folded.folded_span, self._exempt):
            text = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
        return text

    @once
    def units(self) -> list[str]:
        """The words, numbers and marks of the text, in order."""
        return _UNIT.findall(self.plain[0])

    @once
    def known(self) -> Units:
        """What is known of every unit, by column."""
        return units_of(self.units, spanish=self.lang == "es")

    @once
    def classes(self) -> Cells:
        """The classes of every unit (see `lexicon`), by column."""
        return cells_of(self.known)

    @once
    def cells(self) -> str:
        """The cells in one string, a space after each."""
        return f"{' '.join(self.classes.signs)} "

    @once
    def sentence_of(self) -> list[int]:
        """Which sentence, from 0, every unit is in."""
        return [0, *accumulate(self.classes.ends)]

    @once
    def is_small(self) -> bool:
        """Whether the writer used no capitals, but perhaps at the very beginning: then a name has none either."""
        return not any(map(str.isupper, self.cased[1:]))

    def fitting(self, frames: Frames) -> Fitting:
        """What may be in the text of all frames there are (the guard has one set of them); worked out once."""
        if self._fitting is None:
            self._fitting = frames.fitting(self.cells, self.classes.bits)
        return self._fitting

    @once
    def places(self) -> list[tuple[int, int]]:
        """Where every unit stands in the folded text."""
        spans = [found.span(1) for found in _UNIT.finditer(self.plain[0])]
        back = self.plain[1]
        return spans if back is None else [(back[start], back[end - 1] + 1) for start, end in spans]

    def place(self, first: int, last: int) -> tuple[int, int]:
        """Where the units from `first` up to `last` (half-open) stand in the folded text."""
        return self.places[first][0], self.places[last - 1][1]

    def mark(
        self, kind: Kind, units: tuple[int, int], rule: str, *, waits: bool = False, doubtful: bool = False
    ) -> Mark:
        """Mark the units (half-open)."""
        return Mark(kind, *self.place(*units), rule, waits=waits, doubtful=doubtful)


def _link_signs(found: re.Match[str]) -> str:
    return _LINK_SIGN * len(found.group())
