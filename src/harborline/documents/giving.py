"""Which workers were handed a person's papers by somebody else."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime

from harborline.disclosure.facts import WorkedWith
from harborline.documents.facts import State
from harborline.documents.models import Document, Event
from harborline.workforce.selectors import worker_by_number


class PapersGiven:
    """Tells disclosure who was handed a person's papers (`disclosure.ports.WorkGiven`)."""

    def worked(
        self, participants: Collection[uuid.UUID], *, from_at: datetime, until_at: datetime
    ) -> Iterator[WorkedWith]:
        """Papers that lie with a worker because somebody else handed them on."""
        rows = Document.objects.filter(submission__participant_id__in=participants, handed_to__gt="")
        for row in rows.select_related("submission"):
            worker, newest = worker_by_number(row.handed_to or ""), _newest(row)
            given = newest is not None and newest.reason == "handed-on" and from_at < newest.at <= until_at
            # To whom an unknown paper belongs, somebody says after it was handed on: then that is the newest step.
            if worker is not None and newest is not None and given and newest.by != f"worker:{worker.id}":
                assert row.submission.participant_id is not None
                yield WorkedWith(row.submission.participant_id, worker.id, newest.at)


def _newest(row: Document) -> Event | None:
    return Event.objects.filter(document=row, state=State.WITH_WORKER.value).order_by("-at", "-id").first()
