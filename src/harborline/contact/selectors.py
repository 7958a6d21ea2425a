"""What others may ask about contacts; inside `walls.acting`. Staff see their counties, a person their own."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db.models import F, Q, QuerySet

from harborline.contact.answering import here
from harborline.contact.asking import SPOKEN, opt_in_of
from harborline.contact.facts import (
    SAID_BY_PERSON,
    ContactLine,
    ContactState,
    ContactView,
    Counts,
    DangerLine,
    EntryKind,
    EntryLine,
)
from harborline.contact.keeping import notes_of, words_of
from harborline.contact.models import ContactEntry, ContactStep, ContactThread, DangerAlert
from harborline.contact.rules import may_ask, state_of
from harborline.contact.seeing import sees
from harborline.contact.steering import standing_of
from harborline.contact.topics import (
    ReadyAnswer,
    SafeNumber,
    Topic,
    opt_in_words,
    ready_answers,
    safe_numbers,
    topics,
)
from harborline.kernel import Decision, NotFound, clock
from harborline.law import profile
from harborline.people.selectors import participant_numbers
from harborline.walls import current

__all__ = [
    "SPOKEN",
    "ReadyAnswer",
    "SafeNumber",
    "Topic",
    "alerts",
    "contacts",
    "counts",
    "may_begin",
    "opt_in_words",
    "own_contact",
    "own_contacts",
    "ready_answers",
    "safe_numbers",
    "thread",
    "topics",
]

PAGE: Final = 50


def contacts(
    *, whose: str = "", waiting: str = "", office: str = "", late: bool = False, page: int = 1
) -> tuple[list[ContactLine], bool]:
    """Contacts in sight, words of danger first, then what is due first; and whether there are more.

    `whose`: `mine`, `nobody` or all; `waiting`: `on-us`, `on-person`, `closed`, or everything open.
    """
    now = clock.now()
    rows = _chosen(whose, waiting, office, late=late, now=now)
    rows = rows.order_by("-danger", F("answer_by_at").asc(nulls_last=True), "-last_in_at", "id")
    start = (max(page, 1) - 1) * PAGE
    found = list(rows[start : start + PAGE + 1])
    return _lines([row for row in found[:PAGE] if sees(row).allowed], now), len(found) > PAGE


def counts() -> Counts:
    """How many open contacts there are in sight."""
    now, rows = clock.now(), _open()
    return Counts(
        open=rows.count(),
        late=rows.filter(answer_by_at__lt=now).count(),
        on_us=rows.filter(answer_by_at__isnull=False).count(),
        mine=rows.filter(worker_id=_worker()).count(),
        unassigned=rows.filter(worker_id__isnull=True).count(),
    )


def thread(contact_id: uuid.UUID) -> ContactView:
    """One contact with everything in it, for staff; `services.open_contact` records the look. Raises `NotFound`."""
    row = here(contact_id)
    steps = list(ContactStep.objects.filter(contact=row).order_by("at", "id"))
    notes = notes_of(row, steps)
    view = _view(row)
    lines = [*view.entries, *(_step(one, notes.get(one.id)) for one in steps)]
    return replace(view, entries=tuple(sorted(lines, key=lambda line: (line.at, line.id))))


def alerts() -> list[DangerLine]:
    """The open danger alerts in sight, the oldest first."""
    rows = DangerAlert.objects.filter(program=current().program, closed_at__isnull=True).order_by("raised_at")
    return [
        DangerLine(
            row.id, row.contact_id, row.county, row.raised_at, row.told_worker_id, row.acknowledged_at,
            row.acknowledged_by,
        )
        for row in rows[:PAGE]
    ]  # fmt: skip


def own_contacts(participants: Collection[uuid.UUID]) -> list[ContactLine]:
    """The contacts of a person, the newest first; nobody else's."""
    rows = ContactThread.objects.filter(program=current().program, participant_id__in=list(participants))
    return _lines(list(rows.order_by("-opened_at", "-id")[:PAGE]), clock.now())


def own_contact(contact_id: uuid.UUID, participants: Collection[uuid.UUID]) -> ContactView:
    """One contact as its person may see it: no notes, no names of offices or workers. Raises `NotFound`."""
    rows = ContactThread.objects.filter(program=current().program, participant_id__in=list(participants))
    found = rows.filter(id=contact_id).first()
    if found is None:
        raise NotFound("there is no such question")
    return _view(found)


def may_begin(participant_id: uuid.UUID) -> Decision:
    """Whether this person may ask now, or has to opt in first."""
    now = clock.now()
    return may_ask(opt_in=opt_in_of(participant_id, now=now), profile=profile(current().program), now=now)


def _chosen(whose: str, waiting: str, office: str, *, late: bool, now: datetime) -> QuerySet[ContactThread]:
    rows = _all().filter(closed_at__isnull=False) if waiting == "closed" else _open()
    if waiting == ContactState.ON_US.value:
        rows = rows.filter(answer_by_at__isnull=False)
    if waiting == ContactState.ON_PERSON.value:
        rows = rows.filter(answer_by_at__isnull=True)
    if whose == "mine":
        rows = rows.filter(worker_id=_worker())
    if whose == "nobody":
        rows = rows.filter(worker_id__isnull=True)
    if office:
        rows = rows.filter(office=office)
    return rows.filter(answer_by_at__lt=now) if late else rows


def _all() -> QuerySet[ContactThread]:
    return ContactThread.objects.filter(program=current().program)


def _open() -> QuerySet[ContactThread]:
    return _all().filter(Q(closed_at__isnull=True))


def _worker() -> uuid.UUID | None:
    actor = current().actor
    try:
        return uuid.UUID(actor.id) if actor.kind == "worker" else None
    except ValueError:
        return None


def _lines(rows: list[ContactThread], now: datetime) -> list[ContactLine]:
    numbers = participant_numbers({row.participant_id for row in rows})
    return [_line(row, numbers.get(row.participant_id, ""), now) for row in rows]


def _line(row: ContactThread, external_id: str, now: datetime) -> ContactLine:
    read, out = row.person_read_at, row.last_out_at
    return ContactLine(
        id=row.id,
        participant_id=row.participant_id,
        external_id=external_id,
        county=row.county,
        topic=row.topic,
        language=row.language,
        office=row.office,
        worker_id=row.worker_id,
        state=state_of(standing=standing_of(row)),
        closed_as=row.closed_as,
        opened_at=row.opened_at,
        last_in_at=row.last_in_at,
        last_out_at=out,
        answer_by_at=row.answer_by_at,
        late=row.answer_by_at is not None and row.answer_by_at < now,
        danger=row.danger,
        unread=out is not None and (read is None or read < out),
        moved_to=row.moved_to,
    )


def _view(row: ContactThread) -> ContactView:
    entries = list(ContactEntry.objects.filter(contact=row).order_by("at", "id"))
    words = words_of(row, entries)
    line = _lines([row], clock.now())[0]
    return ContactView(line, tuple(_entry(one, words.get(one.id)) for one in entries), row.person_read_at)


def _entry(one: ContactEntry, words: str | None) -> EntryLine:
    kind = EntryKind(one.kind)
    by_person = kind in SAID_BY_PERSON
    return EntryLine(one.id, kind, one.at, one.actor, by_person, words, one.detail, one.text_id, one.danger)


def _step(one: ContactStep, words: str | None) -> EntryLine:
    return EntryLine(one.id, EntryKind(one.kind), one.at, one.actor, by_person=False, words=words, detail=one.detail)
