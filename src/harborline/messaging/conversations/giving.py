"""Which workers had a person's texts: given to them, or closed with what was asked."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime

from django.db.models import Q

from harborline.disclosure.facts import WorkedWith
from harborline.messaging.conversations.records import CrisisAlert, ThreadAnswer, ThreadText

_WORKER = "worker:"


class TextsGiven:
    """Tells disclosure who worked with a person's texts (`disclosure.ports.WorkGiven`)."""

    def worked(
        self, participants: Collection[uuid.UUID], *, from_at: datetime, until_at: datetime
    ) -> Iterator[WorkedWith]:
        """Texts that wait for a worker or that they closed, their answers, and words of danger they were told of.

        Whoever opens a text of nobody's has it from then on; it counts once they said what was asked.
        """
        span = {"received_at__gt": from_at, "received_at__lte": until_at}
        texts = ThreadText.objects.filter(thread__participant_id__in=participants, for_worker__isnull=False, **span)
        mine = texts.filter(Q(viewed_at__isnull=True) | Q(asked__gt=""))
        for who, worker, at in mine.values_list("thread__participant_id", "for_worker", "received_at"):
            if who is not None and worker is not None:
                yield WorkedWith(who, worker, at)
        answers = ThreadAnswer.objects.filter(
            thread__participant_id__in=participants, at__gt=from_at, at__lte=until_at, actor__startswith=_WORKER
        )
        for who, actor, at in answers.values_list("thread__participant_id", "actor", "at"):
            if who is not None:
                yield WorkedWith(who, uuid.UUID(actor.removeprefix(_WORKER)), at)
        yield from _told(participants, from_at, until_at)


def _told(participants: Collection[uuid.UUID], from_at: datetime, until_at: datetime) -> Iterator[WorkedWith]:
    alerts = CrisisAlert.objects.filter(told_worker_id__isnull=False, raised_at__gt=from_at, raised_at__lte=until_at)
    told = {text: (worker, at) for text, worker, at in alerts.values_list("text_id", "told_worker_id", "raised_at")}
    texts = ThreadText.objects.filter(id__in=told, thread__participant_id__in=participants)
    for text, who in texts.values_list("id", "thread__participant_id"):
        worker, at = told[text]
        if who is not None and worker is not None:
            yield WorkedWith(who, worker, at)
