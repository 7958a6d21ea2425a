"""The papers of a vendor's life as PDF: request, letter of permission, certification, approval file.

Each carries the newest signed checkpoint of the log, so that whoever keeps it becomes a witness of the records.
"""

from __future__ import annotations

import enum
import hashlib
import json
import tomllib
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import typst

from harborline.kernel import Invalid, NotFound, clock
from harborline.law import profile
from harborline.ledger.selectors import current_checkpoint
from harborline.ledger.services import record
from harborline.vendors.facts import LifeFacts, StepFacts, StepKind
from harborline.vendors.gathering import Gatherer
from harborline.vendors.life.rules import state_of
from harborline.vendors.models import Engagement, Paper, ScreeningRecord, Step, Vendor
from harborline.vendors.screening.facts import ScreeningList
from harborline.walls import current
from harborline.workforce.selectors import number_of

_HERE = files("harborline.law") / "lists" / "vendors"


class Document(enum.StrEnum):
    """Which paper."""

    REQUEST = "request"
    PERMISSION = "permission"
    CERTIFICATION = "certification"
    APPROVAL_FILE = "approval-file"


@dataclass(frozen=True, slots=True)
class _Facts:
    life: LifeFacts
    vendor: Vendor
    engagement: Engagement
    lists: Mapping[str, ScreeningList]


_TITLES: Final = {
    Document.REQUEST: "Request for written permission to disclose data to a vendor",
    Document.PERMISSION: "Written permission to disclose data to a vendor",
    Document.CERTIFICATION: "Certification under section 889 and flow-down clause",
    Document.APPROVAL_FILE: "Approval file of a vendor",
}


def issue_document(engagement_id: uuid.UUID, document: Document) -> bytes:
    """Make one paper as PDF/UA and record that it was made, with its digest.

    Raises `NotFound` for an engagement that is not here, `Invalid` for a letter before there is one, `Unavailable`
    until the log has its first signed checkpoint.
    """
    facts = _gathered(engagement_id)
    checkpoint = current_checkpoint().decode()
    pdf = _pdf(facts, document, checkpoint)
    content = {
        "engagement": str(engagement_id),
        "document": document.value,
        "sha256": hashlib.sha256(pdf).hexdigest(),
        "checkpoint_size": int(checkpoint.split("\n")[1]),
    }
    record("vendors.document-made", subject=f"vendor:{facts.life.vendor}", content=content)
    return pdf


def _gathered(engagement_id: uuid.UUID) -> _Facts:
    program = current().program
    row = Engagement.objects.filter(id=engagement_id, program=program).select_related("vendor").first()
    if row is None:
        raise NotFound("no such vendor here")
    gathered = Gatherer(program, clock.now())
    return _Facts(gathered.lives([engagement_id])[0], row.vendor, row, gathered.lists)


def _pdf(facts: _Facts, document: Document, checkpoint: str) -> bytes:
    life, now = facts.life, clock.now()
    simulated = "This company is simulated for a demonstration. Nothing of it leaves the machine, and nobody signed."
    paper = {
        "title": _TITLES[document],
        "program": profile(life.program).title["en"],
        "simulated": simulated if life.simulated else "",
        "footer": f"Made on {now:%Y-%m-%d %H:%M} UTC",
        "checkpoint": checkpoint.rstrip("\n"),
        **_CONTENTS[document](facts),
    }
    made: bytes = typst.compile(
        _layout(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(paper, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int(now.timestamp()),
    )
    return made


def _request(facts: _Facts) -> dict[str, Any]:
    asked = facts.life.last(StepKind.SUBMITTED)
    return {
        "paragraphs": [
            (
                "The undersigned asks for prior written permission to disclose the data named below to the company"
                " named below. No contract has been entered into. Until permission is given nothing is disclosed."
            ),
        ],
        "parts": [
            _company(facts),
            _scope(facts),
            {"heading": "Why", "lines": [("Reason", asked.detail["why"] if asked else "Not submitted yet")]},
        ],
        "signatures": ["For the requesting office"],
    }


def _permission(facts: _Facts) -> dict[str, Any]:
    letter = facts.life.last(StepKind.PERMITTED)
    if letter is None:
        raise Invalid("there is no permission yet", "document")
    said = letter.detail
    return {
        "paragraphs": [
            (
                "The program permits the disclosure of the data named below to the company named below, for the"
                " purposes and through the systems named below, and for nothing else."
            ),
            (
                "The permission comes before the contract. The contract is to be examined and put before the program"
                " for approval, and the company countersigns the memorandum of agreement, before anything is disclosed."
            ),
        ],
        "parts": [
            _company(facts),
            {
                "heading": "The permission",
                "lines": [
                    ("Document", said["document_no"]),
                    ("Signed by", said["signer"]),
                    ("Signed on", letter.on.isoformat()),
                    ("Valid from", said["valid_from"]),
                    ("Valid until", said["valid_until"]),
                    ("Purposes", ", ".join(said["purposes"])),
                    ("Data elements", ", ".join(said["elements"])),
                    ("Systems", said["systems"]),
                ],
            },
        ],
        "signatures": ["For the program"],
    }


def _certification(facts: _Facts) -> dict[str, Any]:
    words = _words()
    given = facts.life.last(StepKind.CERTIFIED, StepKind.RECERTIFIED)
    lines = [("Words", f"version {words['version']}")]
    if given is not None:
        lines += [("Signed by", given.detail["signer"]), ("Signed on", given.on.isoformat())]
    return {
        "paragraphs": [words["certifies"], words["flows_down"]],
        "parts": [_company(facts), {"heading": "The certification", "lines": lines}, _screened(facts)],
        "signatures": ["For the company"],
    }


def _approval_file(facts: _Facts) -> dict[str, Any]:
    state, decision = state_of(life=facts.life, now=clock.now())
    why = "" if decision.allowed else f" ({decision.reason})"
    steps = Step.objects.filter(engagement=facts.engagement).order_by("at", "id")
    receipts = {(row.kind, row.at): (str(row.entry_id), row.id) for row in steps}
    papers = Paper.objects.filter(step__engagement=facts.engagement).order_by("at")
    parts = [
        _company(facts),
        _scope(facts),
        {"heading": "Standing", "lines": [("State", f"{state.value}{why}")]},
        {"heading": "Steps", "lines": [_step_line(one, receipts) for one in facts.life.steps]},
        {
            "heading": "Documents kept",
            "lines": [(paper.file_name, f"{paper.step.kind}, SHA-256 {paper.sha256}") for paper in papers]
            or [("None", "No document is kept.")],
        },
        _screened(facts),
    ]
    if facts.life.subprocessors:
        below = [(name, "live" if live else "not live") for name, live in facts.life.subprocessors.items()]
        parts.append({"heading": "Its own contractors", "lines": below})
    if facts.life.fti.fields:
        parts.append({"heading": "Federal tax information", "lines": _tax_lines(facts.life)})
    return {"paragraphs": [], "parts": parts, "signatures": []}


def _step_line(step: StepFacts, receipts: Mapping[Any, tuple[str, uuid.UUID]]) -> tuple[str, str]:
    receipt = receipts.get((step.kind.value, step.at), ("", None))[0]
    said = "; ".join(f"{key}: {_spoken(value)}" for key, value in step.detail.items() if value not in ("", [], {}))
    told = f"{step.on.isoformat()}, recorded {step.at:%Y-%m-%d %H:%M} UTC by {number_of(step.by)}, receipt {receipt}"
    return step.kind.value, f"{told}. {said}" if said else told


def _spoken(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_spoken(one)}" for key, one in value.items() if one not in ("", [], {}))
    return ", ".join(_spoken(one) for one in value) if isinstance(value, list | tuple) else str(value)


def _company(facts: _Facts) -> dict[str, Any]:
    known = ", ".join(f"{scheme.upper()} {value}" for scheme, value in sorted(facts.vendor.identifiers.items()))
    return {"heading": "The company", "lines": [("Name", facts.vendor.name), ("Identifiers", known or "none given")]}


def _scope(facts: _Facts) -> dict[str, Any]:
    return {
        "heading": "What is asked for",
        "lines": [
            ("Purposes", ", ".join(facts.life.purposes)),
            ("Data elements", ", ".join(facts.life.elements)),
            ("Systems", facts.engagement.systems),
        ],
    }


def _screened(facts: _Facts) -> dict[str, Any]:
    newest = ScreeningRecord.objects.filter(engagement=facts.engagement).order_by("-at").first()
    lines = [
        (one.title, f"version {one.version.isoformat()}, SHA-256 {one.sha256}") for one in facts.lists.values()
    ] + [(name, "never brought in") for name in facts.life.screening.missing]
    if newest is None:
        lines.append(("Screened", "not yet"))
    else:
        lines.append(("Screened", f"{newest.at:%Y-%m-%d %H:%M} UTC: {newest.band} ({newest.algorithm})"))
        lines += [(hit["entry"], f"{hit['band']}, {hit['standing']}: {hit['why']}") for hit in newest.hits]
    return {"heading": "Screening against prohibited vendors", "lines": lines}


def _tax_lines(life: LifeFacts) -> list[tuple[str, str]]:
    return [
        (one.element, f"{one.legal_basis}; {one.from_date.isoformat()} until {one.until_date.isoformat()}")
        for one in life.fti.fields
    ]


_CONTENTS: Final[Mapping[Document, Callable[[_Facts], dict[str, Any]]]] = {
    Document.REQUEST: _request,
    Document.PERMISSION: _permission,
    Document.CERTIFICATION: _certification,
    Document.APPROVAL_FILE: _approval_file,
}


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((_HERE / "certification.toml").read_text(encoding="utf-8"))


@cache
def _layout() -> bytes:
    return (files(__package__) / "document.typ").read_bytes()
