"""Keep and end consents: the record, its event and its entry in the proof log, together."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from harborline.consent.facts import NOTICES, ConsentKind, Ending, EventKind
from harborline.consent.models import Consent, ConsentEvent
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_ids
from harborline.ledger.services import append_many
from harborline.vault.services import blind_index, seal_text, unseal_text
from harborline.walls import current

_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Given:
    """One consent to keep. `evidence` is sealed; `number` is E.164."""

    participant_id: uuid.UUID
    county: str
    number: str
    kind: ConsentKind
    given_at: datetime
    evidence: Mapping[str, str] = field(default_factory=dict)
    platform: str = NOTICES
    language: str = "en"
    expires_at: datetime | None = None
    statement_sha256: str = ""
    source_list: str = ""


def group(program: str) -> str:
    """The key class of a program's consents."""
    return f"{program}/consent"


def actor() -> str:
    """Who acts, as records name them."""
    who = current().actor
    return f"{who.kind}:{who.id}"[:80]


def keep(given: Sequence[Given], *, at: datetime) -> list[Consent]:
    """Keep consents of the current program, in order; each gets its own entry and event."""
    kept: list[Consent] = []
    for start in range(0, len(given), _CHUNK):
        kept += _keep_chunk(given[start : start + _CHUNK], at)
    return kept


def end(consents: Sequence[Consent], ending: Ending, *, at: datetime) -> None:
    """End those of the consents that have not ended; each gets its own entry and event."""
    open_ones = [consent for consent in consents if consent.ended_at is None]
    for start in range(0, len(open_ones), _CHUNK):
        chunk = open_ones[start : start + _CHUNK]
        for consent in chunk:
            consent.ended_at, consent.ended_as = at, ending.value
        Consent.objects.filter(id__in=[consent.id for consent in chunk]).update(ended_at=at, ended_as=ending.value)
        tell(chunk, EventKind.ENDED, at=at, reason=ending.value)


def tell(consents: Sequence[Consent], kind: EventKind, *, at: datetime, reason: str = "") -> None:
    """Write what happened to consents: an entry and an event each."""
    contents = [
        (f"participant:{consent.participant_id}", {"consent": str(consent.id), "at": iso(at), "reason": reason})
        for consent in consents
    ]
    _events(consents, kind, append_many(f"consent.{kind.value}", contents), at=at, reason=reason)


def evidence_of(consent: Consent) -> dict[str, str]:
    """The opened evidence of a consent."""
    sealed = bytes(consent.evidence)
    text = unseal_text(sealed, group=group(consent.program), context=f"consent:{consent.id}:evidence")
    opened: dict[str, str] = json.loads(text)
    return opened


def _keep_chunk(given: Sequence[Given], at: datetime) -> list[Consent]:
    program = current().program
    ids = new_ids(len(given))
    contents = [
        (f"participant:{one.participant_id}", _content(one, consent_id))
        for one, consent_id in zip(given, ids, strict=True)
    ]
    entries = append_many("consent.given", contents)
    kept = [_consent(program, *each) for each in zip(given, ids, entries, strict=True)]
    Consent.objects.bulk_create(kept, batch_size=_CHUNK)
    _events(kept, EventKind.GIVEN, entries, at=at, reason="")
    return kept


def _content(given: Given, consent_id: uuid.UUID) -> dict[str, str]:
    return {
        "consent": str(consent_id),
        "kind": given.kind.value,
        "platform": given.platform,
        "given": iso(given.given_at),
        "until": iso(given.expires_at) if given.expires_at else "",
        "statement": given.statement_sha256,
    }


def _consent(program: str, given: Given, consent_id: uuid.UUID, entry_id: uuid.UUID) -> Consent:
    evidence = json.dumps({"number": given.number, **given.evidence}, ensure_ascii=False)
    return Consent(
        id=consent_id,
        program=program,
        county=given.county,
        participant_id=given.participant_id,
        phone_idx=blind_index("phone", given.number),
        kind=given.kind.value,
        platform=given.platform,
        language=given.language,
        given_at=given.given_at,
        expires_at=given.expires_at,
        statement_sha256=given.statement_sha256,
        evidence=seal_text(evidence, group=group(program), context=f"consent:{consent_id}:evidence"),
        recorded_by=actor(),
        source_list=given.source_list,
        entry_id=entry_id,
    )


def _events(
    consents: Sequence[Consent], kind: EventKind, entries: Sequence[uuid.UUID], *, at: datetime, reason: str
) -> None:
    by = actor()
    ConsentEvent.objects.bulk_create(
        [
            ConsentEvent(
                id=event_id,
                program=consent.program,
                county=consent.county,
                consent_id=consent.id,
                kind=kind.value,
                reason=reason,
                at=at,
                actor=by,
                entry_id=entry_id,
            )
            for consent, entry_id, event_id in zip(consents, entries, new_ids(len(consents)), strict=True)
        ],
        batch_size=_CHUNK,
    )
