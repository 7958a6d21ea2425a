"""Papers offered to retention: the bytes, the pictures and the names go with their keys; what happened stays."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import models

from harborline.documents.facts import State
from harborline.documents.keeping import blobs_of, forget, group_of
from harborline.documents.models import Chunk, Copy, Document
from harborline.kernel import ports
from harborline.law.schedules import Trigger
from harborline.retention.facts import Candidate, Concerns
from harborline.retention.ports import Disposable, Parties
from harborline.retention.selectors import case_closings
from harborline.vault.facts import Grounds
from harborline.vault.services import shred
from harborline.walls import current

SETTLED: Final = (State.ACCEPTED.value, State.AGAIN.value, State.REFUSED.value, State.DROPPED.value)


class Papers(Disposable):
    """The series `papers`: documents that staff or the checks settled and whose bytes or name are still there."""

    lasting = False

    def candidates(self, *, before: datetime, after: uuid.UUID | None, limit: int) -> Sequence[Candidate]:
        """Settled documents begun before `before`, in the order of their ids."""
        rows = _there().filter(begun_at__lt=before)
        if after is not None:
            rows = rows.filter(id__gt=after)
        return _candidates(rows.order_by("id")[:limit])

    def look(self, ids: Sequence[uuid.UUID]) -> Sequence[Candidate]:
        """Those of the documents that are still there."""
        return _candidates(_there().filter(id__in=list(ids)))

    def dispose(self, ids: Sequence[uuid.UUID], grounds: Grounds) -> int:
        """Delete the sealed bytes, pictures and names, and destroy the keys; numbers and steps stay."""
        program = current().program
        going = list(_there().filter(id__in=list(ids)))
        if not going:
            return 0
        for row in going:
            forget(blobs_of(row))
        Chunk.objects.filter(document__in=going).delete()
        Copy.objects.filter(document__in=going).delete()
        gone = [row.id for row in going]
        Document.objects.filter(id__in=gone).update(name=b"", pages=0)
        shred(gone, group=group_of(program), grounds=grounds)
        return len(gone)

    def finish(self, grounds: Grounds) -> int:
        """Nothing is left to do: each document has a key of its own."""
        del grounds
        return 0


def _there() -> models.QuerySet[Document]:
    rows = Document.objects.filter(program=current().program, state__in=SETTLED).exclude(name=b"")
    return rows.select_related("submission")


def _candidates(rows: Iterable[Document]) -> list[Candidate]:
    listed = list(rows)
    named = {row.submission.participant_id for row in listed} - {None}
    cases = {who: ports.serving(Parties).person(who).cases for who in named if who is not None}
    closed = case_closings({case for found in cases.values() for case in found})
    return [_candidate(row, cases, closed) for row in listed]


def _candidate(
    row: Document, cases: Mapping[uuid.UUID, frozenset[uuid.UUID]], closed: Mapping[uuid.UUID, datetime]
) -> Candidate:
    who = row.submission.participant_id
    theirs = cases.get(who, frozenset()) if who is not None else frozenset()
    events = {Trigger.CREATED: row.begun_at, Trigger.SETTLED: row.changed_at}
    if theirs <= closed.keys():
        # Of somebody on no case, or of nobody known, the clock starts with the paper; on several, with the last case.
        events[Trigger.CASE_CLOSED] = max((closed[case] for case in theirs), default=row.begun_at)
    concerns = Concerns(frozenset({who}) if who is not None else frozenset(), theirs)
    return Candidate(row.id, row.begun_at, events, concerns)
