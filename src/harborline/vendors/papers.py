"""Signed documents of a vendor's life, kept sealed: permission, contract, memorandum, certification."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Final

from django.conf import settings

from harborline.kernel import Invalid, NotFound, clock
from harborline.ledger.services import record
from harborline.vault.blobs import BlobDirectory
from harborline.vendors.facts import StepKind
from harborline.vendors.models import Paper, Step
from harborline.walls import current

LARGEST: Final = 25_000_000
_BEGINNINGS: Final = {
    "application/pdf": b"%PDF-",
    "image/png": b"\x89PNG\r\n\x1a\n",
    "image/jpeg": b"\xff\xd8\xff",
}
_WANTED: Final = frozenset({StepKind.PERMITTED, StepKind.CONTRACTED, StepKind.MEMORANDUM, StepKind.CERTIFIED})


@dataclass(frozen=True, slots=True)
class Given:
    """A document as it was handed in."""

    file_name: str
    content: bytes


def wants_paper(kind: StepKind) -> bool:
    """Whether a step rests on a signed document."""
    return kind in _WANTED


def keep_papers(step: Step, papers: Sequence[Given]) -> list[Paper]:
    """Seal the documents of a step; raises `Invalid` for one that is empty, too large, or no PDF, PNG or JPEG."""
    return [_keep(step, one) for one in papers]


def _keep(step: Step, given: Given) -> Paper:
    if not given.content or len(given.content) > LARGEST:
        raise Invalid("the document is empty or larger than {given} MB", "paper", given=LARGEST // 1_000_000)
    kind = next((name for name, begins in _BEGINNINGS.items() if given.content.startswith(begins)), None)
    if kind is None:
        raise Invalid("the document must be a PDF, PNG or JPEG file", "paper")
    program, identifier = current().program, uuid.uuid4()
    group = f"{program}/vendors"
    BlobDirectory(settings.BLOB_DIRECTORY).put(str(identifier), io.BytesIO(given.content), group=group)
    digest = hashlib.sha256(given.content).hexdigest()
    told = {"paper": str(identifier), "step": str(step.id), "sha256": digest}
    record("vendors.paper-kept", subject=f"vendor-paper:{identifier}", content=told)
    return Paper.objects.create(
        id=identifier,
        program=program,
        step=step,
        file_name=PurePath(given.file_name.replace("\\", "/")).name[:120] or "document",
        media_type=kind,
        size_bytes=len(given.content),
        sha256=digest,
        by=step.by,
        at=clock.now(),
    )


def open_paper(paper_id: uuid.UUID) -> tuple[Paper, bytes]:
    """A kept document with its content; the opening is recorded. Raises `NotFound`."""
    paper = Paper.objects.filter(id=paper_id, program=current().program).first()
    if paper is None:
        raise NotFound("no such document here")
    record("vendors.paper-opened", subject=f"vendor-paper:{paper_id}", content={"paper": str(paper_id)})
    with BlobDirectory(settings.BLOB_DIRECTORY).open(str(paper.id), group=f"{paper.program}/vendors") as opened:
        return paper, opened.read()
