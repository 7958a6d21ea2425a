"""Samples for an auditor: drawn by lot from the proof log, shown with their evidence, each draw and look recorded."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from harborline.kernel import Decision, NotFound, Refused, Unavailable, clock
from harborline.ledger.facts import Recorded
from harborline.ledger.selectors import drawn, opened_many, proof_of
from harborline.ledger.services import record, record_apart
from harborline.oversight.facts import SampleKind
from harborline.oversight.models import AuditSample
from harborline.oversight.rules import may_draw, may_look
from harborline.walls import ALL_COUNTIES, current

PATTERNS = {
    SampleKind.DECISIONS: (
        "notice.%", "message.settled", "message.set-aside", "message.answered", "vendors.approved", "vendors.revoked",
        "retention.disposal-approved", "retention.refused", "exchange.admitted", "exchange.not-admitted",
        "oversight.export-%", "workforce.assigned", "workforce.proposal-decided", "workforce.cover-decided",
        "workforce.reset-decided", "people.protection-%", "disclosure.policy-%", "disclosure.order-%",
        "disclosure.release%", "disclosure.glass-%", "disclosure.kin-%", "disclosure.registry-%",
    ),
    SampleKind.ACCESSES: (
        "%opened", "%.read", "%looked-at", "%searched", "%-taken", "notice.texts-previewed", "sites.door-refused",
        "workforce.signed-in", "workforce.sign-in-failed", "oversight.exported", "disclosure.reveal%",
        "disclosure.manifest%",
    ),
    SampleKind.CONSENTS: ("consent.%",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Drawn:
    """One entry of a sample: opened (nothing once it was destroyed), and its proof as a file (empty while it waits)."""

    entry_id: uuid.UUID
    recorded: Recorded | None
    proof: str

    @property
    def said(self) -> list[tuple[str, object]]:
        """What the entry says, by name: a name may be any word, `items` too."""
        return list(self.recorded.content.items()) if self.recorded else []


def draw_sample(
    kind: SampleKind, *, seed: str, from_at: datetime, until_at: datetime, size: int, roles: Collection[str]
) -> AuditSample:
    """Draw `size` entries of one kind from a span of the context's program; raises `Refused`.

    The seed is the auditor's own (dice, a newspaper); the same seed draws the same entries again.
    """
    context, now, seed = current(), clock.now(), " ".join(seed.split())
    whole = context.counties == ALL_COUNTIES
    decision = may_draw(
        roles=frozenset(roles), whole_program=whole, seed=seed, size=size, from_at=from_at, until_at=until_at, now=now
    )
    _insist(decision)
    population, ids = drawn(PATTERNS[kind], from_at=from_at, until_at=until_at, seed=seed, size=size)
    sample = AuditSample.objects.create(
        program=context.program,
        kind=kind.value,
        seed=seed,
        from_at=from_at,
        until_at=until_at,
        population=population,
        entry_ids=ids,
        drawn_by=f"{context.actor.kind}:{context.actor.id}"[:80],
        drawn_at=now,
    )
    content = {"sample": str(sample.id), "kind": kind.value, "seed": seed, "population": population, "drawn": len(ids)}
    record("oversight.sample-drawn", subject=f"sample:{sample.id}", content=content)
    return sample


def open_sample(sample_id: uuid.UUID, *, roles: Collection[str]) -> tuple[AuditSample, list[Drawn]]:
    """A sample with its entries opened and proven; the look itself is recorded. Raises `Refused`, `NotFound`."""
    context = current()
    _insist(may_look(roles=frozenset(roles), whole_program=context.counties == ALL_COUNTIES))
    sample = AuditSample.objects.filter(id=sample_id, program=context.program).first()
    if sample is None:
        raise NotFound("no such sample in this program")
    found = opened_many(sample.entry_ids)
    record("oversight.sample-opened", subject=f"sample:{sample.id}", content={"sample": str(sample.id)})
    return sample, [Drawn(each, found.get(each), _proof(each)) for each in sample.entry_ids]


def evidence_of(sample: AuditSample, entries: Collection[Drawn]) -> bytes:
    """The sample as a JSON file: how it was drawn, each entry opened, each proof (C2SP tlog-proof)."""
    rows = [{"entry": str(each.entry_id), "proof": each.proof, **_opened(each.recorded)} for each in entries]
    head = {
        "program": sample.program,
        "kind": sample.kind,
        "patterns": list(PATTERNS[SampleKind(sample.kind)]),
        "seed": sample.seed,
        "lot": "sha256(seed + ':' + entry), smallest first",
        "from": sample.from_at.isoformat(),
        "until": sample.until_at.isoformat(),
        "population": sample.population,
    }
    return json.dumps({**head, "entries": rows}, ensure_ascii=False, indent=1, default=str).encode()


def _opened(found: Recorded | None) -> dict[str, object]:
    if found is None:
        return {"destroyed": True}
    return {
        "kind": found.kind,
        "at": found.recorded_at.isoformat(),
        "actor": found.actor,
        "purpose": found.purpose,
        "profile": found.profile,
        "subject": found.subject,
        "content": dict(found.content),
    }


def _proof(entry_id: uuid.UUID) -> str:
    with suppress(Unavailable, NotFound):
        return str(proof_of(entry_id))
    return ""


def _insist(decision: Decision) -> None:
    if not decision.allowed:
        record_apart(
            "oversight.sample-refused", subject=f"program:{current().program}", content={"reason": decision.reason}
        )
        raise Refused(decision)
