"""The transcript of an export for people: tagged PDF (PDF/UA-1), every text with its whole life."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import typst

from harborline.kernel.glyphs import shown
from harborline.oversight.writing import Row, Rows

_STEPS = {
    "planned": "decided and written",
    "queued": "written",
    "set-aside": "set aside",
    "attempted": "handed to the carrier",
    "accepted": "taken by the carrier",
    "rejected": "refused by the carrier",
    "busy": "carrier busy",
    "unknown": "no answer from the carrier",
    "sent": "sent on by the network",
    "delivered": "delivered to the phone",
    "failed": "did not reach the phone",
    "expired": "expired before it reached the phone",
    "settled": "settled by a person",
    "sent-again": "sent again as a new text",
    "received": "received",
    "words-destroyed": "words destroyed",
}
_KINDS = {
    "notice": "notice",
    "reply": "automatic answer",
    "answer": "answer by staff",
    "inbound": "text from the person",
}


def transcript_pdf(manifest: Row, rows: Rows, *, zone: str, made_at: datetime) -> bytes:
    """The PDF; times are of the program's zone and say so."""
    place = ZoneInfo(zone)
    given = {
        "title": manifest["title"],
        "facts": [[name, value] for name, value in _facts(manifest, place) if value],
        "zone": zone,
        "texts": [_text(row, place) for row in rows.texts],
        "rows": [_row(row, place) for row in rows.not_sent],
        "consents": [_consent(row, place) for row in rows.consents],
    }
    made: bytes = typst.compile(
        _layout(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"transcript": json.dumps(shown(given), ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int(made_at.timestamp()),
    )
    return made


def _facts(manifest: Row, place: ZoneInfo) -> Iterable[tuple[str, str]]:
    chosen, counts = manifest["selection"], manifest["counts"]
    yield "About", manifest["about"]
    yield "Person", chosen["person"]
    yield "Case", chosen["case"]
    yield "Number ending in", chosen["number_ends_in"]
    yield "From", _local(chosen["from"], place) if chosen["from"] else ""
    yield "To", _local(chosen["to"], place) if chosen["to"] else ""
    yield "Legal basis", manifest["basis"]
    yield "Reason", manifest["reason"]
    yield "Reference", manifest["reference"]
    yield "For", manifest["recipient"]
    yield "Made by", f"worker {manifest['made_by']}"
    yield "Approved by", f"worker {manifest['approved_by']}" if manifest["approved_by"] else ""
    yield "Made", _local(manifest["made_at"], place)
    yield "Holds", f"{counts['texts']} texts, {counts['not_sent']} decisions not to send, {counts['consents']} consents"
    yield (
        "Record",
        f"log {manifest['log']['origin']}, {manifest['log']['entries']} entries; export {manifest['export']}",
    )


def _text(row: Row, place: ZoneInfo) -> dict[str, Any]:
    to = "To" if row["direction"] == "out" else "From"
    whom = " ".join(part for part in (row["person"], row["number"]) if part)
    return {
        "head": f"{_local(row['at'], place)}  {to} {whom}".rstrip(),
        "language": row["language"] if row["language"] in {"en", "es"} else "en",
        "words": row["words"],
        "note": _note(row),
        "why": _why(row),
        "steps": [_step(step, place) for step in row["steps"]],
        "seen": [f"{_local(one['at'], place)}: worker {one['by']} ({one['how']})" for one in row["seen"]],
    }


def _note(row: Row) -> str:
    if row["destroyed"]:
        return f"The words were destroyed on {row['destroyed']['at'][:10]} (series {row['destroyed']['series']})."
    if row["words"] is None:
        return f"The words are not here: {row['withheld']}."
    return f"Withheld: {row['withheld']}." if row["withheld"] else ""


def _why(row: Row) -> str:
    why = row["why"]
    parts = [_KINDS.get(str(row["kind"]), str(row["kind"]))]
    if why["template"]:
        parts.append(f"template {why['template']}")
    if why["run"]:
        parts.append(f"run {why['run']}, row {why['row']}")
    if why["decision"]:
        clauses = ", ".join(why["decision"]["clauses"])
        parts.append(f"decision {why['decision']['outcome']} ({clauses})")
    if why["consent"]:
        parts.append(f"consent {why['consent']}")
    if row["case"]:
        parts.append(f"case {row['case']}")
    return "; ".join(parts)


def _step(step: Row, place: ZoneInfo) -> str:
    word = _STEPS.get(step["kind"], step["kind"].replace("-", " "))
    extra: list[str] = [part for part in (step["reason"], step["carrier"], step["code"], *step["clauses"]) if part]
    told = f" ({', '.join(extra)})" if extra and step["kind"] != "planned" else ""
    proof = f" [proof {step['proof']}]" if step["proof"] is not None else ""
    return f"{_local(step['at'], place)}: {word}{told}{proof}"


def _row(row: Row, place: ZoneInfo) -> str:
    decision: Row = row["decision"]
    clauses = f" ({', '.join(decision['clauses'])})" if decision["clauses"] else ""
    whom = f" to {row['person']}" if row["person"] else ""
    return (
        f"{_local(row['at'], place)}: {row['template']}{whom}: {decision['outcome']},"
        f" {decision['reason']}{clauses}" + (f" [proof {row['proof']}]" if row["proof"] is not None else "")
    )


def _consent(row: Row, place: ZoneInfo) -> dict[str, Any]:
    events = [
        f"{_local(one['at'], place)}: {one['kind']}"
        + (f", {one['reason']}" if one["reason"] else "")
        + (f" [proof {one['proof']}]" if one["proof"] is not None else "")
        for one in row["events"]
    ]
    if not row["consent"]:
        return {"head": "Requests to stop and to start again", "lines": events}
    head = f"{row['kind']}, {row['platform']}, {_local(row['given_at'], place)}" + (
        f", {row['person']}" if row["person"] else ""
    )
    evidence = row["evidence"]
    said = [f"{name}: {value}" for name, value in evidence.items()] if evidence is not None else ["evidence destroyed"]
    return {"head": head, "lines": [*said, *events]}


def _local(written: str, place: ZoneInfo) -> str:
    return datetime.fromisoformat(written).astimezone(place).strftime("%Y-%m-%d %H:%M:%S")


@cache
def _layout() -> bytes:
    return (files(__package__) / "transcript.typ").read_bytes()
