"""Which form a file has: its code page and its framing, as asked for or as its first bytes show."""

from __future__ import annotations

import itertools

import numpy as np

from harborline.exchange.layouts.cutting import ENDINGS, PREFIX
from harborline.exchange.layouts.facts import RAW, Form, Framing, Kind, Layout, Problem
from harborline.exchange.layouts.pages import ASCII, CODE_PAGES, Bytes, looks_ebcdic, to_latin
from harborline.exchange.layouts.rulebook import ranges
from harborline.exchange.layouts.shapes import Shape
from harborline.exchange.layouts.types import Typing
from harborline.kernel import Invalid

SAMPLE = 65_536
_RECORDS = 64
_LINE_BYTES = (0x0A, 0x0D)
_FREE = RAW | {Kind.FILLER}
"""Kinds that may hold any byte."""
_PREFIXED, _FITTING, _BLOCK = 2, 4, 1
"""Points for a record: with a prefix before it, of the right length too; for a block around records."""


def parse_form(written: str) -> Form:
    """The form that `str(form)` wrote; raises `Invalid`."""
    page, _, framing = written.strip().partition(" ")
    return Form(page_named(page), framing_named(framing))


def page_named(name: str) -> str:
    """`name` if it is a code page; raises `Invalid` naming those there are."""
    if name not in CODE_PAGES:
        raise Invalid(f"there is no code page '{name}'; known: {', '.join(sorted(CODE_PAGES))}", "--code-page")
    return name


def framing_named(name: str) -> Framing:
    """The framing called `name`; raises `Invalid` naming those there are."""
    try:
        return Framing(name)
    except ValueError:
        raise Invalid(f"there is no framing '{name}'; known: {', '.join(Framing)}", "--framing") from None


def seen_form(sample: bytes, layout: Layout, typing: Typing, page: str, framing: Framing | None) -> Form:
    """The form of a file that begins with `sample`; what is given is not guessed at."""
    chosen = page or _page(sample, layout)
    return Form(chosen, framing or _framing(sample, layout, typing, chosen))


def contradiction(sample: bytes, form: Form) -> Problem | None:
    """Why a file that begins with `sample` cannot be in the code page it is said to be in, if so."""
    mainframe = looks_ebcdic(sample)
    if mainframe is None or mainframe is (form.code_page != ASCII):
        return None
    found, remedy = ("EBCDIC", "cp037") if mainframe else ("ASCII", ASCII)
    return Problem(
        "code-page",
        f"the file was to be read as {form.code_page}, but its bytes are those of {found}; read it with"
        f" --code-page {remedy}, or ask for it in the agreed code page",
    )


def _page(sample: bytes, layout: Layout) -> str:
    mainframe = looks_ebcdic(sample)
    pages = [page for page in layout.code_pages if mainframe is None or (page != ASCII) is mainframe]
    return pages[0] if pages else layout.code_pages[0]


def _framing(sample: bytes, layout: Layout, typing: Typing, page: str) -> Framing:
    """The framing in which most of the first records end where they should; the layout's own when none does."""
    text = to_latin(page)[np.frombuffer(sample, np.uint8)]
    scores = {framing: _score(sample, text, typing, framing) for framing in layout.framings}
    best = max(layout.framings, key=lambda framing: scores[framing])
    if scores[best] > 0 or not sample:
        return best
    # No record of the right length at all: the line ends there are still tell records apart.
    lines = [framing for framing in (Framing.CRLF, Framing.LF, Framing.NL) if framing in layout.framings]
    return next((framing for framing in lines if ENDINGS[framing] in text.tobytes()), layout.framings[0])


def _score(sample: bytes, text: Bytes, typing: Typing, framing: Framing) -> int:
    if framing in (Framing.RDW, Framing.VB):
        return _prefix_score(sample, text, typing, blocks=framing is Framing.VB)
    ending, score, at = ENDINGS.get(framing, b""), 0, 0
    for _ in range(_RECORDS):
        found = typing.at(text, at, len(text))
        if found is None:
            break
        length = found.length if isinstance(found, Shape) else 0
        after = at + length + len(ending)
        if ending:
            if length and text[at + length : after].tobytes() == ending:
                score += 2
            else:
                place = text[at:].tobytes().find(ending)
                if place < 0:
                    break
                after = at + place + len(ending)
        elif not length or after > len(text):
            break
        elif isinstance(found, Shape):
            lines = _lines(text, at, found, typing)
            if at in lines:
                # What would be the first byte of a record is a line end: records are told apart by it.
                return 0
            score += -2 if lines else 1
        at = after
    return score


def _lines(text: Bytes, at: int, shape: Shape, typing: Typing) -> list[int]:
    """Where line ends in a record say that records are told apart by them.

    Bytes that nobody knows may look like line ends: they are some only where a record could begin after them.
    """
    places = np.flatnonzero(np.isin(text[at : at + shape.length], _LINE_BYTES)).tolist()
    free = [placed for placed in shape.fields if placed.field.kind in _FREE]
    inside = {place for place in places if any(placed.at <= place < placed.end for placed in free)}
    return [at + place for place in places if place not in inside or _begins(text, at + place + 1, typing)]


def _begins(text: Bytes, at: int, typing: Typing) -> bool:
    """Whether a record could begin there, by all its bytes up to the first that nobody knows."""
    found = typing.at(text, at, len(text))
    if not isinstance(found, Shape):
        return found is None
    for placed in itertools.takewhile(lambda one: one.field.kind not in _FREE, found.fields):
        low, high = ranges(placed.field)
        written = text[at + placed.at : at + placed.end]
        if ((written < low[: len(written)]) | (written > high[: len(written)])).any():
            return False
    return True


def _prefix_score(sample: bytes, text: Bytes, typing: Typing, *, blocks: bool) -> int:
    """Points for each length that may stand before a record, more where the record is as long as it must be.

    In blocks, lengths fit into each other: a file with them counts for more than the same file without.
    """
    at, score, left = 0, 0, 0
    for _ in range(_RECORDS):
        opens = blocks and not left
        if opens and (left := _prefix(sample, at)):
            at, score, left = at + PREFIX, score + _BLOCK, left - PREFIX
        length = _prefix(sample, at)
        if not length or (blocks and length > left):
            # Where no length can stand in the middle of the bytes, there are no prefixes at all.
            return score if at + PREFIX > len(sample) else 0
        found = typing.at(text, at + PREFIX, len(text))
        fits = isinstance(found, Shape) and found.length == length - PREFIX
        score, at, left = score + (_FITTING if fits else _PREFIXED), at + length, left - length if blocks else 0
    return score


def _prefix(sample: bytes, at: int) -> int:
    """The length that stands there, its own four bytes counted; 0 when none can."""
    told = sample[at : at + PREFIX]
    length = int.from_bytes(told[:2], "big")
    return length if told[2:] == b"\0\0" and length >= PREFIX else 0
