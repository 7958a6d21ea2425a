"""The written policy as a paper to sign and file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.resources import files

import typst


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One row in the words of the paper's language; `clause` is the id of what it rests on."""

    what: str
    state: str
    roles: str
    because: str
    clause: str


@dataclass(frozen=True, slots=True)
class PaperPart:
    """The rows of one purpose."""

    heading: str
    rows: tuple[PaperRow, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole paper: language as two letters, words above the rows, who signs below them."""

    language: str
    program: str
    title: str
    paragraphs: Sequence[str]
    parts: Sequence[PaperPart]
    signatures: Sequence[str]
    footer: str


def printed(paper: Paper, *, at: datetime) -> bytes:
    """The paper as PDF/UA; the same content at the same moment gives the same bytes."""
    made: bytes = typst.compile(
        (files(__package__) / "policy.typ").read_bytes(), format="pdf", ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(asdict(paper), ensure_ascii=False)}, pdf_standards="ua-1",
        timestamp=int(at.timestamp()),
    )  # fmt: skip
    return made
