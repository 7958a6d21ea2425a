"""How the words of an export are sealed."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict
from datetime import datetime

from harborline.kernel.clock import iso
from harborline.oversight.facts import Before, LegalBasis, Request, Selection
from harborline.vault.services import seal_text, unseal_text


def group(program: str) -> str:
    """The key class of a program's records of oversight."""
    return f"{program}/oversight"


def seal_request(program: str, export_id: uuid.UUID, request: Request) -> bytes:
    """Seal what was asked for and why."""
    chosen = request.selection
    form = {
        **asdict(request),
        "selection": {
            **asdict(chosen),
            "from_at": iso(chosen.from_at) if chosen.from_at else "",
            "until_at": iso(chosen.until_at) if chosen.until_at else "",
        },
        "done_before": sorted(request.done_before),
    }
    return seal_text(json.dumps(form, ensure_ascii=False), group=group(program), context=f"export:{export_id}")


def open_request(program: str, export_id: uuid.UUID, sealed: bytes | memoryview) -> Request:
    """Open what `seal_request` made."""
    form = json.loads(unseal_text(sealed, group=group(program), context=f"export:{export_id}"))
    chosen = form["selection"]
    selection = Selection(
        chosen["person"], chosen["case"], chosen["number"], _moment(chosen["from_at"]), _moment(chosen["until_at"])
    )
    return Request(
        selection=selection,
        basis=LegalBasis(form["basis"]),
        reason=form["reason"],
        reference=form["reference"],
        recipient=form["recipient"],
        done_before=frozenset(Before(one) for one in form["done_before"]),
    )


def _moment(written: str) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def seal_note(program: str, context: str, words: str) -> bytes:
    """Seal what somebody wrote about a finding or an incident."""
    return seal_text(words, group=group(program), context=context)


def open_note(program: str, context: str, sealed: bytes | memoryview) -> str:
    """Open what `seal_note` made."""
    return unseal_text(bytes(sealed), group=group(program), context=context)
