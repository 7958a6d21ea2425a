"""Pack an export: one zip file, the same files for the same dossier, evidence and moment.

The manifest names the digest of every file. Its own digest is recorded before the file is packed, and the proof of
that record lies beside it: nobody can leave a file out, or change one, by writing the manifest anew.
"""

from __future__ import annotations

import hashlib
import json
import uuid
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import IO, Any

from harborline.kernel.clock import iso
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.note import Note
from harborline.oversight.dossier import Dossier
from harborline.oversight.facts import Request
from harborline.oversight.ports import EntryEvidence
from harborline.oversight.transcript import transcript_pdf
from harborline.oversight.writing import Row, Rows, entry_row

FORMAT = "harborline/export/v2"
MANIFEST = "manifest.json"
# A zip file knows no time before this; every file gets it, so that the bytes tell nothing of when they were packed.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_READABLE = 0o644 << 16
_LEVEL = 6
_UNIX = 3


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Who makes an export, when, on whose approval, and the log's verifier keys."""

    export_id: uuid.UUID
    made_at: datetime
    made_by: str
    approved_by: str
    title: str
    zone: str
    vkeys: tuple[str, ...]


def contents(dossier: Dossier, rows: Rows, request: Request, at: Circumstances) -> dict[str, bytes]:
    """The files of an export by name, its manifest among them."""
    content = dict(_files(dossier, rows, request, at))
    digests = {name: hashlib.sha256(made).hexdigest() for name, made in sorted(content.items())}
    return content | {MANIFEST: _json(_manifest(dossier, rows, request, at) | {"files": digests})}


def pack(sink: IO[bytes], content: Mapping[str, bytes], entry_id: uuid.UUID, recorded: EntryEvidence) -> None:
    """Write the zip file to `sink`: the files, and the evidence of the entry that recorded the manifest."""
    beside = {
        "evidence/export.json": _json(entry_row(entry_id, recorded)),
        "evidence/export.tlog-proof": str(recorded.proof).encode(),
    }
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as packed:
        for name, made in sorted({**content, **beside}.items()):
            info = zipfile.ZipInfo(name, _MOMENT)
            # Hashes do not get smaller.
            info.compress_type = zipfile.ZIP_STORED if name.endswith((".tlog-proof", ".pdf")) else zipfile.ZIP_DEFLATED
            info.external_attr, info.create_system = _READABLE, _UNIX
            packed.writestr(info, made)


def _files(dossier: Dossier, rows: Rows, request: Request, at: Circumstances) -> Iterable[tuple[str, bytes]]:
    manifest = _manifest(dossier, rows, request, at)
    yield "READ-ME.txt", (files(__package__) / "read_me.txt").read_bytes()
    yield "verify.py", (files(__package__) / "verify_bundle.py").read_bytes()
    yield "transcript.pdf", transcript_pdf(manifest, rows, zone=at.zone, made_at=at.made_at)
    yield "texts.jsonl", _lines(rows.texts)
    yield "not-sent.jsonl", _lines(rows.not_sent)
    yield "consents.jsonl", _lines(rows.consents)
    yield "views.jsonl", _lines(rows.views)
    yield "evidence/items.jsonl", _lines(rows.items)
    yield "evidence/entries.jsonl", _lines([entry_row(*each) for each in rows.entries.items()])
    yield "evidence/vkey", "".join(f"{line}\n" for line in at.vkeys).encode()
    for entry_id, found in rows.entries.items():
        yield f"evidence/proofs/{entry_id}.tlog-proof", str(found.proof).encode()
    newest = _newest(rows)
    if newest is not None:
        yield "evidence/checkpoint", newest


def _newest(rows: Rows) -> bytes | None:
    notes = {found.proof.checkpoint for found in rows.entries.values()}
    return max(notes, key=lambda note: (_read(note).size, note), default=None)


def _read(note: bytes) -> Checkpoint:
    return Checkpoint.parse(Note.parse(note).text)


def _manifest(dossier: Dossier, rows: Rows, request: Request, at: Circumstances) -> Row:
    chosen = dossier.selection
    newest = _newest(rows)
    log: Row = {"origin": "", "entries": 0}
    if newest is not None:
        log = {"origin": _read(newest).origin, "entries": _read(newest).size}
    return {
        "format": FORMAT,
        "program": dossier.program,
        "title": at.title,
        "export": str(at.export_id),
        "made_at": iso(at.made_at),
        "made_by": at.made_by,
        "approved_by": at.approved_by,
        "basis": request.basis.value,
        "reason": request.reason,
        "reference": request.reference,
        "recipient": request.recipient,
        "selection": {
            "person": chosen.person,
            "case": chosen.case,
            "number_ends_in": chosen.number[-4:],
            "from": iso(chosen.from_at) if chosen.from_at else "",
            "to": iso(chosen.until_at) if chosen.until_at else "",
        },
        "about": dossier.subject.names[0] if dossier.subject and dossier.subject.names else "",
        "counts": {
            "texts": len(rows.texts),
            "not_sent": len(rows.not_sent),
            "consents": len(rows.consents),
            "proven_steps": len(rows.items),
        },
        "log": log,
    }


def _lines(rows: Sequence[Row]) -> bytes:
    return b"".join(_compact(row) + b"\n" for row in rows)


def _compact(row: Row) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _json(form: dict[str, Any]) -> bytes:
    return json.dumps(form, ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"
