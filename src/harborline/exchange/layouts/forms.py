"""Which form a file has: its code page and its framing, as asked for or as its first bytes show."""

from __future__ import annotations

import numpy as np

from harborline.exchange.layouts.cutting import ENDINGS, PREFIX
from harborline.exchange.layouts.facts import Form, Framing, Layout, Problem
from harborline.exchange.layouts.pages import ASCII, CODE_PAGES, looks_ebcdic, to_latin
from harborline.exchange.layouts.shapes import Shape
from harborline.exchange.layouts.types import Typing
from harborline.kernel import Invalid

SAMPLE = 65_536
_RECORDS = 64
_LINE_BYTES = (0x0A, 0x0D)


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


def _score(sample: bytes, text: np.ndarray[tuple[int], np.dtype[np.uint8]], typing: Typing, framing: Framing) -> int:
    if framing in (Framing.RDW, Framing.VB):
        return _prefix_score(sample, text, typing, 0 if framing is Framing.RDW else PREFIX)
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
        elif int(text[at]) in _LINE_BYTES:
            # What would be the first byte of a record is a line end: records are told apart by it.
            return 0
        else:
            score += _unframed(text[at:after])
        at = after
    return score


def _unframed(record: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> int:
    # A line end inside says that records are told apart by it.
    return -2 if bool(np.isin(record, _LINE_BYTES).any()) else 1


def _prefix_score(sample: bytes, text: np.ndarray[tuple[int], np.dtype[np.uint8]], typing: Typing, start: int) -> int:
    at, score = start, 0
    for _ in range(_RECORDS):
        if at + PREFIX > len(sample) or sample[at + 2 : at + 4] != b"\0\0":
            break
        length = int.from_bytes(sample[at : at + 2], "big")
        found = typing.at(text, at + PREFIX, len(text))
        if not isinstance(found, Shape) or found.length != length - PREFIX:
            break
        score, at = score + 3, at + length
    return score
