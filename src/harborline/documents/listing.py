"""Documents as lines: what lists, pages and receipts show."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping

from harborline.documents.facts import PaperLine, State, Way
from harborline.documents.keeping import group_of
from harborline.documents.models import Document, Event
from harborline.documents.steps import WORDS
from harborline.vault.facts import Piece
from harborline.vault.services import unseal_records

NAME = "name"


def lines(rows: Iterable[Document], *, holders: Mapping[uuid.UUID, tuple[str, str]] | None = None) -> list[PaperLine]:
    """The lines of documents, in their order; opens their names, and words written for the person."""
    listed = list(rows)
    said = _words(listed)
    names = _opened(listed, NAME, [bytes(row.name) for row in listed])
    return [
        PaperLine(
            id=row.id, submission_id=row.submission_id, number=row.submission.number,
            participant_id=row.submission.participant_id, case_id=row.submission.case_id, county=row.county,
            way=Way(row.submission.way), name=name or "", state=State(row.state), problem=row.problem,
            words=said.get(row.id, ("", ""))[1], label=row.label, kind=row.kind, size=row.announced, held=row.size,
            sha256=row.sha256, pages=row.pages, isolation=row.isolation, received_at=row.received_at,
            changed_at=row.changed_at, holder=(holders or {}).get(row.id, ("", ""))[0],
            reason=said.get(row.id, ("", ""))[0],
        )
        for row, name in zip(listed, names, strict=True)
    ]  # fmt: skip


def _words(rows: list[Document]) -> dict[uuid.UUID, tuple[str, str]]:
    # Why it stands where it stands: the newest event of its state, with a worker's words for the person.
    asked = [row for row in rows if row.state in (State.AGAIN, State.WITH_WORKER)]
    events = Event.objects.filter(document__in=asked, state__in=(State.AGAIN, State.WITH_WORKER)).order_by("at", "id")
    newest = {one.document_id: one for one in events}
    by_id = {row.id: row for row in rows}
    kept = [one for one in newest.values() if one.words is not None]
    opened = (
        _opened([by_id[one.document_id] for one in kept], WORDS, [bytes(one.words or b"") for one in kept])
        if kept
        else []
    )
    words = dict(zip((one.document_id for one in kept), opened, strict=True))
    return {key: (one.reason, words.get(key) or "") for key, one in newest.items()}


def _opened(rows: list[Document], place: str, sealed: list[bytes]) -> list[str | None]:
    if not rows:
        return []
    # What retention took has no name any more.
    pieces = {
        row.id: Piece(row.id, f"document:{row.id}:{place}", one) for row, one in zip(rows, sealed, strict=True) if one
    }
    found = dict(zip(pieces, unseal_records(list(pieces.values()), group=group_of(rows[0].program)), strict=True))
    opened = [found.get(row.id) for row in rows]
    return [None if one is None else one.decode() for one in opened]
