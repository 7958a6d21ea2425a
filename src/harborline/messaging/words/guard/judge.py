"""The judgement of one final text: every finding, and the strictest decision that follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from harborline.messaging.words.guard.abbreviating import shortened_words
from harborline.messaging.words.guard.clauses import clauses_for
from harborline.messaging.words.guard.facts import Finding, Judgement, Kind
from harborline.messaging.words.guard.grammars import found_by_grammar
from harborline.messaging.words.guard.links import shortened_links
from harborline.messaging.words.guard.names import known_names
from harborline.messaging.words.guard.opinion import weighed
from harborline.messaging.words.guard.reader import Mark, Reader, Spans
from harborline.messaging.words.guard.reading import hard_reading
from harborline.messaging.words.guard.rules import may_be_said

Detector = Callable[[Reader], Iterator[Mark]]

DETECTORS: tuple[Detector, ...] = (
    known_names,
    found_by_grammar,
    shortened_links,
    shortened_words,
    hard_reading,
)
SIGNS_MAX = 10_000


def judge(
    text: str,
    *,
    program: str,
    lang: str,
    names: Sequence[str] = (),
    exempt_spans: Spans = (),
) -> Judgement:
    """Judge a final text. `names` are those of the case; `exempt_spans` came from typed placeholders.

    Offsets of findings are code points of `text` as given. Never fails; a text beyond 10,000 signs is refused unread
    (as `hard_to_read`). The same input always gives the same answer.
    """
    findings = tuple(_found(text, program, lang, names, exempt_spans, asking_twice=True))
    return Judgement(findings, may_be_said(findings=findings, program=program))


def find(
    text: str, *, program: str, lang: str, names: Sequence[str] = (), exempt_spans: Spans = ()
) -> Iterator[Finding]:
    """Find what the rules know a text must not hold, each place once per kind, in the order of the text.

    Without the second opinion, which speaks of a whole sentence and says no place: nothing to mask or take out.
    """
    return _found(text, program, lang, names, exempt_spans, asking_twice=False)


def _found(
    text: str, program: str, lang: str, names: Sequence[str], exempt_spans: Spans, *, asking_twice: bool
) -> Iterator[Finding]:
    if len(text) > SIGNS_MAX:
        return iter(
            [_finding(Mark(Kind.HARD_TO_READ, 0, len(text), "too long to read"), Reader("", lang=lang), program)]
        )
    reader = Reader(text, lang=lang, names=names, exempt_spans=exempt_spans)
    marks = marks_of_rules(reader)
    if asking_twice:
        marks = weighed(reader, marks)
    return (_finding(mark, reader, program) for mark in (_once(marks) if len(marks) > 1 else marks))


def marks_of_rules(reader: Reader) -> list[Mark]:
    """Mark what the rules find, without the second opinion."""
    return [mark for detector in DETECTORS for mark in detector(reader)]


def _once(marks: list[Mark]) -> list[Mark]:
    """Put marks in order, and make those of one kind that overlap one mark."""
    marks.sort(key=lambda mark: (mark.start, mark.end, mark.kind.value))
    found: list[Mark] = []
    last: dict[Kind, Mark] = {}
    for mark in marks:
        before = last.get(mark.kind)
        if before is not None and mark.start < before.end:
            before.end, before.waits = max(before.end, mark.end), before.waits and mark.waits
            continue
        last[mark.kind] = mark
        found.append(mark)
    return found


def _finding(mark: Mark, reader: Reader, program: str) -> Finding:
    start, end = reader.folded.span(mark.start, mark.end) if reader.text else (mark.start, mark.end)
    return Finding(mark.kind, start, end, clauses_for(mark.kind, program), mark.rule, mark.waits)
