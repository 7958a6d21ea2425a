"""The papers of a spoken permission: the line for the program's own Information System and the PDF to upload there."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import typst

_TEMPLATE = Path(__file__).parent / "papers" / "spoken.typ"


@dataclass(frozen=True, slots=True)
class Papers:
    """`line` goes into the state use field, `pdf` is uploaded beside it."""

    line: str
    pdf: bytes


@dataclass(frozen=True, slots=True)
class SpokenFacts:
    """What the papers say: no name; the participant's number, the telephone number, who took it, when, until when."""

    reference: str
    program: str
    participant_number: str
    telephone: str
    worker: str
    given_at: datetime
    until_at: datetime
    words: str
    zone: str


def papers_for(facts: SpokenFacts) -> Papers:
    """Line and PDF for one spoken permission. Source: MN-WIC-9.6:verbal-temporary."""
    return Papers(line_for(facts), pdf_for(facts))


def line_for(facts: SpokenFacts) -> str:
    """One line of at most 160 characters for the state use field."""
    ending = facts.telephone[-4:]
    return (
        f"{_local(facts.given_at, facts.zone):%m/%d/%Y %H:%M} Verbal permission to text number ending {ending},"
        f" temporary until signed release at next contact, at most {_local(facts.until_at, facts.zone):%m/%d/%Y}."
        f" Worker {facts.worker}. Ref {facts.reference[-8:]}"
    )[:160]


def pdf_for(facts: SpokenFacts) -> bytes:
    """A one-page tagged PDF; the values reach the page as data, never as markup."""
    inputs = {
        "reference": facts.reference,
        "program": facts.program,
        "participant": facts.participant_number,
        "telephone": facts.telephone,
        "worker": facts.worker,
        "given": f"{_local(facts.given_at, facts.zone):%B %d, %Y, %H:%M}",
        "until": f"{_local(facts.until_at, facts.zone):%B %d, %Y}",
        "words": facts.words,
    }
    moment = facts.given_at.replace(microsecond=0)
    made = typst.compile(_template(), format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=moment)
    return bytes(made)


@functools.cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone))
