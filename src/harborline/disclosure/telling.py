"""What was told outside about a person, in the whole program; and what waits for a second person."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from harborline.disclosure.models import Release
from harborline.kernel import clock
from harborline.people.selectors import person_at_hand
from harborline.vault.services import unseal_text
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor
from harborline.workforce.selectors import number_of


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release as the accounting lists it; `released_at` is empty while it waits for a second person.

    `parts` are those of an offset, `payment` which one was offset, `place` where it will lie, `steps` what was done
    before; `by_order` says that a court's order about whereabouts stands behind it.
    """

    id: uuid.UUID
    participant_id: uuid.UUID
    recipient_kind: str
    recipient: str
    basis: str
    reference: str
    fields: tuple[str, ...]
    road: str
    asked_by: str
    asked_at: datetime
    approved_by: str
    released_at: datetime | None
    parts: tuple[str, ...] = ()
    payment: str = ""
    place: str = ""
    steps: tuple[str, ...] = ()
    by_order: bool = False
    turned_down_by: str = ""
    turned_down_because: str = ""


def releases(participant_id: uuid.UUID | None = None, *, waiting: bool = False) -> list[ReleaseRow]:
    """The accounting of a person in sight, the newest first; or what waits in the counties in sight.

    The accounting is whole: it tells of every county of the program and of every file the person's values went into.
    """
    if participant_id is None:
        rows = Release.objects.order_by("-asked_at")
        open_rows = rows.filter(released_at__isnull=True, turned_down_at__isnull=True)
        return [_release(row) for row in (open_rows if waiting else rows)]
    at = clock.now()
    person = person_at_hand(participant_id, now=at)
    if person is None:
        return []
    asked = Release.objects.filter(person_id=person.person_id, released_at__isnull=True)
    open_ones = [_release(row) for row in (asked.filter(turned_down_at__isnull=True) if waiting else asked)]
    told = [] if waiting else _told(person.person_id)
    return sorted([*open_ones, *told], key=lambda one: one.asked_at, reverse=True)


def _told(person_id: uuid.UUID) -> list[ReleaseRow]:
    with bulk_cursor() as cursor:
        cursor.execute(
            "SELECT id, participant_id, recipient_kind, recipient, basis, reference, fields, road, asked_by, asked_at,"
            " approved_by, released_at, offset_parts, payment, place, steps FROM disclosure_told(%b)",
            [person_id],
            binary=True,
        )
        found = cursor.fetchall()
    return [
        ReleaseRow(
            row[0], row[1], row[2], _named(row[0], row[3]), row[4], row[5], tuple(row[6]), row[7], number_of(row[8]),
            row[9], number_of(row[10]), row[11], tuple(row[12]), row[13], row[14], tuple(row[15]),
        )
        for row in found
    ]  # fmt: skip


def _release(row: Release) -> ReleaseRow:
    return ReleaseRow(
        row.id, row.participant_id, row.recipient_kind, _named(row.id, bytes(row.recipient)), row.basis, row.reference,
        tuple(row.fields), row.road, number_of(row.asked_by), row.asked_at, number_of(row.approved_by),
        row.released_at, tuple(row.offset_parts), row.payment, row.place, tuple(row.steps), row.override is not None,
        number_of(row.turned_down_by), row.turned_down_because,
    )  # fmt: skip


def _named(release_id: uuid.UUID, sealed: bytes) -> str:
    return unseal_text(bytes(sealed), group=f"{current().program}/people", context=f"release:{release_id}:recipient")
