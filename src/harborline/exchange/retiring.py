"""Files offered to retention: their contents go by schedule; the delivery, its events and receipts stay as proof."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from django.db.models import QuerySet

from harborline.exchange.content import drop
from harborline.exchange.facts import State
from harborline.exchange.models import TransmittedFile
from harborline.kernel import clock
from harborline.law.schedules import Trigger
from harborline.retention.facts import Candidate
from harborline.vault.facts import Grounds
from harborline.walls import current

_OVER = tuple(state.value for state in State if state.over or state in (State.SENT, State.FAILED))


class _Files:
    outgoing: ClassVar[bool]
    lasting = False

    def candidates(self, *, before: datetime, after: uuid.UUID | None, limit: int) -> Sequence[Candidate]:
        """Files of deliveries that are over, with their contents still there, in the order of their ids."""
        rows = self._there().filter(transmission__at__lt=before)
        if after is not None:
            rows = rows.filter(id__gt=after)
        return _candidates(rows.order_by("id")[:limit])

    def look(self, ids: Sequence[uuid.UUID]) -> Sequence[Candidate]:
        """Those of the files that are still there."""
        return _candidates(self._there().filter(id__in=list(ids)))

    def dispose(self, ids: Sequence[uuid.UUID], grounds: Grounds) -> int:
        """Delete the contents with the commit; their keys are in them."""
        del grounds  # the run's own record names them
        found = list(self._there().filter(id__in=list(ids)))
        for one in found:
            drop(one.content)
            if one.plain is not None:
                drop(one.plain)
            one.destroyed_at = clock.now()
            one.save(update_fields=["destroyed_at"])
        return len(found)

    def finish(self, grounds: Grounds) -> int:
        """The class keys seal files that stay."""
        del grounds
        return 0

    def _there(self) -> QuerySet[TransmittedFile]:
        return TransmittedFile.objects.filter(
            program=current().program, transmission__outgoing=self.outgoing, transmission__state__in=_OVER,
            destroyed_at__isnull=True,
        ).select_related("transmission")  # fmt: skip


def _candidates(rows: Iterable[TransmittedFile]) -> list[Candidate]:
    return [
        Candidate(
            one.id, one.transmission.at,
            {Trigger.CREATED: one.transmission.at, Trigger.RECEIVED: one.transmission.at,
             Trigger.SETTLED: one.transmission.changed_at},
        )
        for one in rows
    ]  # fmt: skip


class FilesIn(_Files):
    """The series `files-in`."""

    outgoing = False


class FilesOut(_Files):
    """The series `files-out`."""

    outgoing = True
