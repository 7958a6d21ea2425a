"""What people leave behind in the portal, offered to retention: visits, codes, passphrases, what they asked for.

The rows go; that something took place stays in the proof log. Here, because people stands below retention.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Least

from harborline.kernel import clock
from harborline.law.schedules import Trigger
from harborline.people.models import CaseParty, Participant
from harborline.people.portal_models import PortalKey, PortalStart, PortalVisit, PortalWish
from harborline.retention.facts import Candidate, Concerns
from harborline.vault.facts import Grounds
from harborline.walls import current


class PortalTraces:
    """The series `portal`: what is over of every visit, code to begin with, passphrase and wish."""

    lasting = False

    def candidates(self, *, before: datetime, after: uuid.UUID | None, limit: int) -> Sequence[Candidate]:
        """What is over and was begun before `before`, in the order of the ids."""
        found: list[Candidate] = []
        for rows in _over():
            wanted = rows.filter(begun__lt=before)
            wanted = wanted if after is None else wanted.filter(id__gt=after)
            found += _candidates(wanted.order_by("id")[:limit])
        return sorted(found, key=lambda one: one.id)[:limit]

    def look(self, ids: Sequence[uuid.UUID]) -> Sequence[Candidate]:
        """Those that are still there."""
        return [one for rows in _over() for one in _candidates(rows.filter(id__in=list(ids)))]

    def dispose(self, ids: Sequence[uuid.UUID], grounds: Grounds) -> int:
        """Delete the rows."""
        del grounds  # the run's own record names them
        there = [one.id for one in self.look(ids)]
        return sum(rows.filter(id__in=there).delete()[0] for rows in _every())

    def finish(self, grounds: Grounds) -> int:
        """Their class key also seals names and addresses, which stay."""
        del grounds
        return 0


def _every() -> tuple[QuerySet[Any], ...]:
    return PortalVisit.objects.all(), PortalKey.objects.all(), PortalStart.objects.all(), PortalWish.objects.all()


def _over() -> list[QuerySet[Any]]:
    """The rows of each kind that are over, with `begun`, `over`, and whose they are in `who` or `whose`."""
    program, now = current().program, clock.now()
    newer = PortalWish.objects.filter(
        participant_id=OuterRef("participant_id"), field="safe-contact", settled_as="confirmed",
        settled_at__gt=OuterRef("settled_at"),
    )  # fmt: skip
    counts = Q(field="safe-contact", settled_as="confirmed", next_one__isnull=True)
    return [
        PortalVisit.objects.filter(program=program, ended_at__isnull=False).annotate(
            begun=F("begun_at"), over=F("ended_at"), whose=F("person_id")
        ),
        PortalKey.objects.filter(program=program, ended_at__isnull=False).annotate(
            begun=F("chosen_at"), over=F("ended_at"), whose=F("person_id")
        ),
        PortalStart.objects.filter(Q(used_at__isnull=False) | Q(expires_at__lt=now), program=program).annotate(
            begun=F("made_at"), over=Least(Coalesce("used_at", "expires_at"), "expires_at"), who=F("participant_id")
        ),
        # A safe contact that was confirmed counts until the next one is.
        PortalWish.objects.filter(program=program, settled_at__isnull=False)
        .annotate(next_one=Subquery(newer.values("id")[:1]))
        .exclude(counts)
        .annotate(begun=F("asked_at"), over=F("settled_at"), who=F("participant_id")),
    ]


def _candidates(rows: QuerySet[Any]) -> list[Candidate]:
    listed = list(rows)
    whose = _participants({row.whose for row in listed if hasattr(row, "whose")})
    named = [(row, frozenset({row.who}) if hasattr(row, "who") else whose[row.whose]) for row in listed]
    cases = _cases({who for _row, participants in named for who in participants})
    return [
        Candidate(
            row.id, row.begun, {Trigger.CREATED: row.begun, Trigger.SETTLED: row.over},
            Concerns(who, frozenset().union(*(cases.get(each, ()) for each in who))),
        )
        for row, who in named
    ]  # fmt: skip


def _participants(persons: set[uuid.UUID]) -> dict[uuid.UUID, frozenset[uuid.UUID]]:
    found: dict[uuid.UUID, set[uuid.UUID]] = {person: set() for person in persons}
    for person, who in Participant.objects.filter(person_id__in=persons).values_list("person_id", "id"):
        found[person].add(who)
    return {person: frozenset(who) for person, who in found.items()}


def _cases(participants: set[uuid.UUID]) -> dict[uuid.UUID, set[uuid.UUID]]:
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    rows = CaseParty.objects.filter(participant_id__in=participants).values_list("participant_id", "case_id")
    for who, case in rows:
        found.setdefault(who, set()).add(case)
    return found
