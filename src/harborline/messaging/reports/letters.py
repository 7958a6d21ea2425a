"""Letters to the people a run did not reach: tagged PDF, one page each, for envelopes with a window on the left.

A letter says what the text would have said and nothing else. Nothing in it, nor in its file, differs because
somebody is protected: the address is simply the one mail goes to.
Source: OFFSET-8.1:harm; PDF/UA-1 (ISO 14289-1).
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import typst

from harborline.disclosure.facts import BulkGroup
from harborline.kernel import Refused, clock, refuse
from harborline.law import Profile, profile
from harborline.messaging.notices.rendering import TextMaker, text_maker
from harborline.messaging.reports.reaching import Reachable, reachable
from harborline.messaging.selectors.run_list import run_row
from harborline.messaging.selectors.unreached import Missed
from harborline.messaging.words.calendar import spoken_date
from harborline.walls import current

LANGUAGES = ("en", "es")
MAX_ADDRESS_LINES = 5


@dataclass(frozen=True, slots=True)
class Letter:
    """One page: its language, who writes, the lines in the window, date, greeting, paragraphs, whom to call."""

    language: str
    sender: str
    address: tuple[str, ...]
    date: str
    heading: str
    greeting: str
    paragraphs: tuple[str, ...]
    closing: str


_FRAME = {
    "en": ("A message for you", "Hello,", "Questions? Call {callback} or go to {link}."),
    "es": ("Un mensaje para usted", "Hola:", "Si tiene preguntas, llame al {callback} o entre a {link}."),
}
_CALL_US = {"en": "Please call us at {callback}.", "es": "Por favor llámenos al {callback}."}
# How to stop texts belongs on a phone, not on paper; so does naming the sender first.
_STOP = re.compile(r"[^.?!]*\bSTOP\b[^.?!]*[.?!]")


def letters_pdf(run_id: uuid.UUID, *, roles: Collection[str]) -> bytes:
    """The letters of a run as one PDF, in the order of the people's references.

    People without an address to write to have none: the call list says "hand over at the office". Raises `NotFound`
    for a hidden run, `Refused` when nobody is to be written to, while protections are old or nobody else approved it.
    """
    run = run_row(run_id)
    written = letters(text_maker(run.program, run.template_key), reachable(run_id, BulkGroup.LETTERS, roles))
    if not written:
        nobody = refuse("nobody-to-write-to")
        raise Refused(nobody.stamped("messaging.reports.letters", ("OFFSET-8.2:only-as-necessary",)))
    return typeset(written)


def letters(texts: TextMaker, people: Iterable[Reachable]) -> list[Letter]:
    """The letters to those of `people` who have an address."""
    settings = profile(current().program)
    today = clock.now().astimezone(ZoneInfo(settings.zones[0])).date()
    addressed = sorted((one for one in people if one.address), key=lambda one: one.missed.external_id)
    return [_letter(one, texts, settings, _dated(today)) for one in addressed]


def _dated(today: date) -> dict[str, str]:
    return {
        "en": f"{spoken_date(today, 'en')}, {today.year}",
        "es": f"{spoken_date(today, 'es')} de {today.year}",
    }


def _letter(one: Reachable, texts: TextMaker, settings: Profile, dates: dict[str, str]) -> Letter:
    assert one.reach is not None  # whoever has an address was reached for
    language = one.reach.language if one.reach.language in LANGUAGES else "en"
    heading, greeting, closing = _FRAME[language]
    voice = {"callback": settings.callback, "link": f"https://{settings.own_domains[0]}"}
    return Letter(
        language=language,
        sender=settings.sender_name[language],
        address=(one.reach.name, *address_lines(one.address)),
        date=dates[language],
        heading=heading,
        greeting=greeting,
        paragraphs=tuple(dict.fromkeys(_said(each, texts, settings, language) for each in one.missed.missed)),
        closing=closing.format(**voice),
    )


def _said(missed: Missed, texts: TextMaker, settings: Profile, language: str) -> str:
    local = missed.at.astimezone(ZoneInfo(settings.zones[0])).replace(tzinfo=None)
    if missed.office in texts.offices and texts.speaks(language):
        rendering = texts.render(language, local, missed.office)
        if rendering.decision.allowed:
            return on_paper(rendering.text, settings.sender_name[language])
    return _CALL_US[language].format(callback=settings.callback)


def on_paper(text: str, sender: str) -> str:
    """The words of a text without its sender in front and without how to stop texts."""
    return _STOP.sub("", text.removeprefix(f"{sender}:")).strip()


def address_lines(address: str) -> tuple[str, ...]:
    """An address as lines: at its own line breaks, else the street apart from the rest."""
    lines = address.splitlines() if "\n" in address else address.split(", ", 1)
    return tuple(line.strip() for line in lines if line.strip())[:MAX_ADDRESS_LINES]


def typeset(written: Sequence[Letter]) -> bytes:
    """One tagged PDF (PDF/UA-1), US letter size; the only fonts are those that come with the typesetter."""
    made: bytes = typst.compile(
        _layout(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"letters": json.dumps([asdict(one) for one in written], ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int(clock.now().timestamp()),
    )
    return made


@cache
def _layout() -> bytes:
    return (files(__package__) / "letter.typ").read_bytes()
