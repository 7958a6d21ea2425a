"""Write a dossier as the rows of an export: JSON lines, each proven step pointing at its evidence."""

from __future__ import annotations

import base64
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from harborline.kernel.clock import iso
from harborline.ledger.tree import Node, inclusion_proof, leaf_hashes, node_of
from harborline.messaging.selectors.transcripts import LifeStep, NotSent, commit
from harborline.oversight.dossier import ConsentShown, Dossier, TextShown
from harborline.oversight.ports import ConsentEvent, EntryEvidence, OpenedEntry

Row = dict[str, Any]
NOTICE = "notice.planned"


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of every file of an export, and the entries its proofs need, in the order of their ids."""

    texts: list[Row]
    not_sent: list[Row]
    consents: list[Row]
    views: list[Row]
    items: list[Row]
    entries: dict[uuid.UUID, EntryEvidence]


def write(dossier: Dossier) -> Rows:
    """The rows; a step whose entry is not among the evidence, or must not be opened, is shown without proof."""
    return _Writer(dossier).rows()


@dataclass(slots=True)
class _Writer:
    dossier: Dossier
    items: list[Row] = field(default_factory=list)
    used: set[uuid.UUID] = field(default_factory=set)
    nodes: dict[uuid.UUID, tuple[dict[bytes, int], Node]] = field(default_factory=dict)

    def rows(self) -> Rows:
        views: dict[str, list[OpenedEntry]] = defaultdict(list)
        shown = {str(text.life.id) for text in self.dossier.texts}
        for view in self.dossier.views:
            about = str(view.content.get("message", ""))
            views[about if about in shown else ""].append(view)
        texts = [self._text(text, views[str(text.life.id)]) for text in self.dossier.texts]
        not_sent = [self._not_sent(row) for row in self.dossier.rows]
        consents = [self._consent(one) for one in self.dossier.consents]
        if self.dossier.stops:
            consents.append(
                {"consent": "", "kind": "number", "events": [self._event(one) for one in self.dossier.stops]}
            )
        other = [self._view(one) for one in views[""] if one.kind == "oversight.exported"]
        return Rows(
            texts, not_sent, consents, other, self.items, {one: self.dossier.evidence[one] for one in sorted(self.used)}
        )

    def _text(self, text: TextShown, views: Sequence[OpenedEntry]) -> Row:
        life, whole = text.life, text.words is not None and text.words.whole
        steps = [self._step(text, step, whole=whole) for step in life.steps]
        proven = whole and any(
            step["proof"] is not None and step["recorded_as"] in {NOTICE, "inbound.taken"} for step in steps
        )
        seen = [self._seen(life.id, one.entry_id, one.at, one.actor, one.how) for one in life.seen]
        seen += [self._seen(life.id, one.entry_id, one.at, one.actor, one.purpose) for one in views]
        decision = life.decision
        return {
            "text": str(life.id),
            "direction": life.direction,
            "kind": life.kind,
            "at": iso(life.at),
            "person": text.label,
            "number": text.number,
            "case": self.dossier.case_names.get(life.case_id, "") if life.case_id else "",
            "language": life.language,
            "segments": life.segments,
            "words": text.words.words if text.words else None,
            "words_proven": proven,
            "withheld": text.withheld or _taken(text),
            "destroyed": _grave(text),
            "state": life.state,
            "why": {
                "template": life.template,
                "template_sha256": life.template_sha256,
                "run": str(life.run_id or ""),
                "row": life.row_no,
                "consent": str(life.consent_id or ""),
                "answers": str(life.answers or ""),
                "decision": _face(decision.outcome, decision.reason, decision.rule, decision.clauses)
                if decision
                else None,
                "profile_sha256": life.profile_sha256,
            },
            "steps": steps,
            "seen": sorted(seen, key=lambda one: (one["at"], one["by"])),
            "key": life.key.hex() if whole else "",
        }

    def _step(self, text: TextShown, step: LifeStep, *, whole: bool) -> Row:
        recorded_as = _recorded_as(step)
        proof = None
        # An item that holds the words is shown only where the words are; the key would open it all the same.
        if step.entry_id is not None and (whole or step.item is None):
            proof = self._prove(str(text.life.id), step.entry_id, step.item, text.life.key)
        if step.item is None and step.entry_id is not None and step.entry_id in self.dossier.evidence:
            recorded_as = self._kind(step.entry_id)
        return {
            "kind": step.kind,
            "at": iso(step.at),
            "reason": step.reason,
            "clauses": list(step.clauses),
            "carrier": step.carrier,
            "code": step.code,
            "recorded_as": recorded_as,
            "recorded_at": self._recorded_at(step.entry_id, proof),
            "proof": proof,
        }

    def _worker(self, actor: str) -> str:
        return self.dossier.workers.get(actor, actor)

    def _event_of(self, entry_id: uuid.UUID) -> Row:
        shown = self.dossier.evidence[entry_id].opening.shown.values()
        event: Any = next(value for name, value, _ in shown if name == "event")
        return dict(event)

    def _kind(self, entry_id: uuid.UUID) -> str:
        return str(self._event_of(entry_id)["kind"])

    def _recorded_at(self, entry_id: uuid.UUID | None, proof: int | None) -> str:
        # The moment at which the log says it was recorded: a little after the moment of the step itself.
        return "" if proof is None or entry_id is None else str(self._event_of(entry_id)["at"])

    def _prove(self, about: str, entry_id: uuid.UUID, item: Mapping[str, Any] | None, key: bytes) -> int | None:
        found = self.dossier.evidence.get(entry_id)
        if found is None:
            return None
        place, path = 0, []
        if item is not None:
            places, node = self._node(entry_id, found)
            commitment = commit(key, item) if key else b""
            if commitment not in places:
                return None
            place = places[commitment]
            path = [one.hex() for one in inclusion_proof(place, len(found.items), node)]
        self.used.add(entry_id)
        number = len(self.items) + 1
        self.items.append(
            {
                "n": number,
                "about": about,
                "entry": str(entry_id),
                "item": dict(item) if item is not None else None,
                "place": place,
                "path": path,
            }
        )
        return number

    def _node(self, entry_id: uuid.UUID, found: EntryEvidence) -> tuple[dict[bytes, int], Node]:
        if entry_id not in self.nodes:
            places = {item: place for place, item in enumerate(found.items)}
            self.nodes[entry_id] = places, node_of(leaf_hashes(found.items))
        return self.nodes[entry_id]

    def _seen(self, about: uuid.UUID, entry_id: uuid.UUID, at: datetime, actor: str, how: str) -> Row:
        proof = self._prove(str(about), entry_id, None, b"")
        recorded_as = self._kind(entry_id) if proof is not None else ""
        return {
            "at": iso(at),
            "by": self._worker(actor),
            "how": how,
            "recorded_as": recorded_as,
            "recorded_at": self._recorded_at(entry_id, proof),
            "proof": proof,
        }

    def _not_sent(self, row: NotSent) -> Row:
        name = f"{row.run_id}/{row.row_no}"
        face = row.decision
        proof = self._prove(name, row.entry_id, row.item, row.key) if row.entry_id and row.item else None
        return {
            "row": name,
            "at": iso(row.at),
            "person": self.dossier.labels.get(row.participant_id, "") if row.participant_id else "",
            "template": row.template,
            "appointment_at": iso(row.appointment_at) if self.dossier.subject else "",
            "decision": _face(face.outcome, face.reason, face.rule, face.clauses),
            "profile_sha256": row.profile_sha256,
            "recorded_at": self._recorded_at(row.entry_id, proof),
            "proof": proof,
            "key": row.key.hex() if proof is not None else "",
        }

    def _consent(self, shown: ConsentShown) -> Row:
        one = shown.consent
        return {
            "consent": str(one.id),
            "person": shown.label,
            "kind": one.kind,
            "platform": one.platform,
            "language": one.language,
            "given_at": iso(one.given_at),
            "expires_at": iso(one.expires_at) if one.expires_at else "",
            "ended_at": iso(one.ended_at) if one.ended_at else "",
            "ended_as": one.ended_as,
            "statement_sha256": one.statement_sha256,
            "recorded_by": self._worker(one.recorded_by),
            "evidence": shown.evidence,
            "events": [self._event(event, str(one.id)) for event in one.events],
        }

    def _event(self, event: ConsentEvent, about: str = "") -> Row:
        proof = self._prove(about, event.entry_id, None, b"")
        recorded_as = self._kind(event.entry_id) if proof is not None else ""
        return {
            "kind": event.kind,
            "at": iso(event.at),
            "reason": event.reason,
            "recorded_as": recorded_as,
            "recorded_at": self._recorded_at(event.entry_id, proof),
            "proof": proof,
        }

    def _view(self, view: OpenedEntry) -> Row:
        proof = self._prove("", view.entry_id, None, b"")
        return {
            "at": iso(view.at),
            "by": self._worker(view.actor),
            "how": "export",
            "basis": str(view.content.get("basis", "")),
            "recorded_as": view.kind,
            "recorded_at": self._recorded_at(view.entry_id, proof),
            "proof": proof,
        }


def _recorded_as(step: LifeStep) -> str:
    if step.item is None:
        return ""
    kind = str(step.item["kind"])
    return step.kind if kind in {"message.answered", "message.receipt"} else kind


def _face(outcome: str, reason: str, rule: str, clauses: Sequence[str]) -> Row:
    return {"outcome": outcome, "reason": reason, "rule": rule, "clauses": list(clauses)}


def _taken(text: TextShown) -> str:
    if text.words is None or text.words.whole:
        return ""
    parts = ", ".join(f"{kind} ({count})" for kind, count in text.words.taken)
    return f"of third parties or identifying: {parts}"


def _grave(text: TextShown) -> Row | None:
    grave = text.grave
    return None if grave is None else {"series": grave.series, "run": str(grave.run_id), "at": iso(grave.at)}


def entry_row(entry_id: uuid.UUID, found: EntryEvidence) -> Row:
    """One entry as it stands in the evidence."""
    return {
        "entry": str(entry_id),
        "bytes": base64.b64encode(found.entry).decode(),
        "opening": found.opening.as_json(),
    }
