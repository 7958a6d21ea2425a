"""The accounting of disclosures of one person as a paper."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from importlib.resources import files

import typst


@dataclass(frozen=True, slots=True)
class AccountingPart:
    """Rows of a head and a line below it, under a heading."""

    heading: str
    rows: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AccountingPaper:
    """The whole paper in the words of its language (two letters)."""

    language: str
    program: str
    title: str
    paragraphs: Sequence[str]
    parts: Sequence[AccountingPart]
    footer: str


def accounting_pdf(paper: AccountingPaper, *, at: datetime) -> bytes:
    """The paper as PDF/UA; the same content at the same moment gives the same bytes."""
    made: bytes = typst.compile(
        (files(__package__) / "accounting.typ").read_bytes(), format="pdf", ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(asdict(paper), ensure_ascii=False)}, pdf_standards="ua-1",
        timestamp=int(at.timestamp()),
    )  # fmt: skip
    return made
