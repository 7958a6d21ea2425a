"""Contacts offered to retention: the words go with their keys; what happened when, and the proof of it, stays."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.db import models

from harborline.contact.keeping import group
from harborline.contact.models import ContactStep, ContactThread, EntryWords
from harborline.kernel import ports
from harborline.law.schedules import Trigger
from harborline.retention.facts import Candidate, Concerns
from harborline.retention.ports import Disposable, Parties, Party
from harborline.retention.selectors import case_closings
from harborline.vault.facts import Grounds
from harborline.vault.services import shred
from harborline.walls import current


class ContactWords(Disposable):
    """The series `contacts`: closed contacts whose words are still there."""

    lasting = False

    def candidates(self, *, before: datetime, after: uuid.UUID | None, limit: int) -> Sequence[Candidate]:
        """Closed contacts begun before `before` that have words, in the order of their ids."""
        rows = _with_words().filter(opened_at__lt=before)
        if after is not None:
            rows = rows.filter(id__gt=after)
        return _candidates(rows.order_by("id")[:limit])

    def look(self, ids: Sequence[uuid.UUID]) -> Sequence[Candidate]:
        """Those of the contacts whose words are still there."""
        return _candidates(_with_words().filter(id__in=list(ids)))

    def dispose(self, ids: Sequence[uuid.UUID], grounds: Grounds) -> int:
        """Delete the sealed words and destroy the keys of these contacts."""
        program = current().program
        going = list(_with_words().filter(id__in=list(ids)).values_list("id", flat=True))
        if going:
            EntryWords.objects.filter(contact_id__in=going).delete()
            ContactStep.objects.filter(contact_id__in=going, sealed__isnull=False).update(sealed=None)
            shred(going, group=group(program), grounds=grounds)
        return len(going)

    def finish(self, grounds: Grounds) -> int:
        """Nothing is left to do: each contact has a key of its own."""
        del grounds
        return 0


def _with_words() -> models.QuerySet[ContactThread]:
    words = EntryWords.objects.filter(contact=models.OuterRef("id"))
    return ContactThread.objects.filter(program=current().program, closed_at__isnull=False).filter(models.Exists(words))


def _candidates(rows: Iterable[ContactThread]) -> list[Candidate]:
    listed = list(rows)
    parties = {who: ports.serving(Parties).person(who) for who in {row.participant_id for row in listed}}
    closed = case_closings({case for party in parties.values() for case in party.cases})
    return [_candidate(row, parties[row.participant_id], closed) for row in listed]


def _candidate(row: ContactThread, party: Party, closed: Mapping[uuid.UUID, datetime]) -> Candidate:
    events = {Trigger.CREATED: row.opened_at}
    if row.closed_at is not None:
        events[Trigger.SETTLED] = row.closed_at
    if party.cases <= closed.keys():
        # Somebody on no case at all is counted from their contact; on several, from the last of them.
        events[Trigger.CASE_CLOSED] = max((closed[case] for case in party.cases), default=row.opened_at)
    return Candidate(row.id, row.opened_at, events, Concerns(frozenset({row.participant_id}), party.cases))
