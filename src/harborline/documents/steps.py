"""Steps of a document: one event, one entry of the log, in the caller's transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from harborline.documents.facts import Outcome, State, Step
from harborline.documents.keeping import seal_words
from harborline.documents.models import Document, Event, Submission, Verdict
from harborline.kernel import Decision, NotFound, Refused, clock
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.walls import current

WORDS = "words"


def acted_by() -> str:
    """Who acts, as records name them."""
    actor = current().actor
    return f"{actor.kind}:{actor.id}"[:80]


def must(decision: Decision) -> None:
    """Raise `Refused` unless it may be."""
    if not decision.allowed:
        raise Refused(decision)


def subject_of(submission: Submission) -> str:
    """About whom the log's entries are."""
    if submission.participant_id is None:
        return f"submission:{submission.id}"
    return f"participant:{submission.participant_id}"


def document_row(document_id: uuid.UUID, *, locked: bool = False) -> Document:
    """A document in sight; raises `NotFound`."""
    rows = Document.objects.filter(id=document_id, program=current().program).select_related("submission")
    found = (rows.select_for_update(of=("self",)) if locked else rows).first()
    if found is None:
        raise NotFound("no such document here")
    return found


def log(row: Document, what: str, content: Mapping[str, Json]) -> uuid.UUID:
    """One entry about a document; answers its id."""
    said = {"document": str(row.id), "submission": row.submission.number, "sha256": row.sha256, **content}
    return record(f"documents.{what}", subject=subject_of(row.submission), content=said)


def step(
    row: Document, state: State, reason: str = "", *, words: str = "", detail: Mapping[str, Json] | None = None
) -> None:
    """Move a document to a state, with its event and its entry; the caller saves nothing else of these columns."""
    now = clock.now()
    sealed = seal_words(words, program=row.program, document=row.id, place=WORDS) if words else None
    entry_id = log(row, state.value, {"reason": reason, **(detail or {})})
    Event.objects.create(
        program=row.program, county=row.county, document=row, state=state.value, reason=reason, words=sealed,
        by=acted_by(), at=now, entry_id=entry_id,
    )  # fmt: skip
    row.state, row.changed_at = state.value, now
    row.save(update_fields=["state", "changed_at"])


def verdict(row: Document, look: Step, outcome: Outcome, found: str = "") -> None:
    """Keep what a look found."""
    entry_id = log(row, "looked-at", {"step": look.value, "outcome": outcome.value, "found": found})
    Verdict.objects.create(
        program=row.program, county=row.county, document=row, step=look.value, outcome=outcome.value,
        found=found[:200], at=clock.now(), entry_id=entry_id,
    )  # fmt: skip
