"""The certificate of a disposal: what went, under which authority, who said so, and the proof that it was recorded."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import typst

from harborline.kernel import Invalid
from harborline.law import profile
from harborline.law.schedules import Mode, versions
from harborline.ledger import selectors as ledger
from harborline.retention.certified import FORMAT
from harborline.retention.disposing import certified
from harborline.retention.models import DisposalRun
from harborline.workforce.selectors import number_of


@dataclass(frozen=True, slots=True)
class Certificate:
    """The two files: JSON with entry, opening and proof, and PDF/UA for people; and the proof alone (C2SP)."""

    json: bytes
    pdf: bytes
    tlog_proof: str


def certificate_of(run: DisposalRun) -> Certificate:
    """Make the certificate of a finished run; raises `Invalid` before, `Unavailable` until the log is signed."""
    if run.finished_entry_id is None or run.finished_at is None:
        raise Invalid("the run is not finished yet", "run")
    entry_id = run.finished_entry_id
    proof = ledger.proof_of(entry_id)
    names = ["event", *(f"content/{name}" for name in certified(run))]
    entry = ledger.leaf_of(entry_id)
    form = {
        "format": FORMAT,
        "certificate": {**certified(run), "finished": f"{run.finished_at:%Y-%m-%dT%H:%M:%S.%fZ}"},
        "entry": base64.b64encode(entry).decode(),
        "opening": ledger.opening_of(entry_id, names).as_json(),
        "proof": str(proof),
    }
    text = json.dumps(form, ensure_ascii=False, indent=1) + "\n"
    size = proof.checkpoint.decode().split("\n")[1]
    return Certificate(text.encode(), _pdf(run, str(entry_id), size), str(proof))


def _pdf(run: DisposalRun, entry: str, size: str) -> bytes:
    assert run.finished_at is not None  # the caller looked
    made: bytes = typst.compile(
        _layout(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"certificate": json.dumps(_lines(run, entry, size), ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int(run.finished_at.timestamp()),
    )
    return made


def _lines(run: DisposalRun, entry: str, size: str) -> dict[str, Any]:
    series = versions(run.program, Mode(run.mode))[run.version - 1].of(run.series)
    approved = "the schedule itself (automatic)" if run.automatic else f"worker {number_of(run.approved_by)}"
    prepared = "the system" if run.automatic else f"worker {number_of(run.prepared_by)}"
    assert run.finished_at is not None and run.approved_at is not None  # noqa: PT018 - a finished run has both
    lines = [
        ("Program", profile(run.program).title["en"]),
        ("Series", f"{series.title['en']} ({series.code})"),
        ("Authority", run.authority),
        ("Schedule", f"{run.program}/{run.mode}, version {run.version}, SHA-256 {run.schedule_sha256}"),
        ("Records destroyed", f"{run.destroyed:,}"),
        ("Records kept after all", f"{run.kept:,}"),
        ("Class keys destroyed", f"{run.keys_destroyed:,}"),
        ("Records made between", _between(run)),
        ("Prepared by", f"{prepared}, {run.prepared_at:%Y-%m-%d %H:%M} UTC"),
        ("Approved by", f"{approved}, {run.approved_at:%Y-%m-%d %H:%M} UTC"),
        ("Finished", f"{run.finished_at:%Y-%m-%d %H:%M} UTC"),
        ("Run", str(run.id)),
        ("Entry in the log", f"{entry}, under a checkpoint of {size} entries"),
    ]
    return {"lines": lines}


def _between(run: DisposalRun) -> str:
    if run.oldest_at is None or run.newest_at is None:
        return ""
    return f"{run.oldest_at:%Y-%m-%d} and {run.newest_at:%Y-%m-%d}"


@cache
def _layout() -> bytes:
    return (files(__package__) / "certificate.typ").read_bytes()
