"""Make rows of a caseload out of texts handed in one by one; what cannot be used is named by its place, never shown."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from harborline.kernel import Fault, Invalid
from harborline.messaging.accepting.catalogue import Catalogue
from harborline.messaging.accepting.facts import TextItem
from harborline.messaging.notices.caseload import Row
from harborline.messaging.notices.moments import SKIPPED, comes
from harborline.messaging.words.numbers import e164

VALID_DAYS: Final = 3
"""A text that names no appointment may go until the end of the day this many days ahead, and counts for that day."""


class UnusableItemsError(Fault):
    """Texts that cannot be used, each as (number in the list from 0, field, what is wrong and what to do)."""

    code = "unusable-items"

    def __init__(self, problems: Sequence[tuple[int, str, str]]) -> None:
        """Take what is wrong; values are not among it."""
        self.problems = tuple(problems)
        super().__init__(
            "; ".join(f"item {number}, {field}: {problem}" for number, field, problem in self.problems[:5])
        )


@dataclass(frozen=True, slots=True)
class Usable:
    """One text that can be decided: everything of its row but the row number, county and language on file."""

    item: TextItem
    number: str
    appointment: datetime
    office: str

    def row(self, row_no: int, county: str, language: str, office: str) -> Row:
        """The row of the run; a machine tells neither role nor name nor ZIP code."""
        return Row(
            row_no, self.item.participant, self.item.case, county, "", "", language, self.number, "",
            self.appointment, self.office or office,
        )  # fmt: skip


def checked(items: Sequence[TextItem], known: Catalogue, *, now: datetime, allow_fictional: bool) -> tuple[Usable, ...]:
    """The texts as they can be decided; raises `UnusableItemsError` naming every one that cannot be used."""
    problems: list[tuple[int, str, str]] = []
    usable: list[Usable] = []
    for number, item in enumerate(items):
        wrong = _wrong(item, known)
        found = _number(item.phone, allow_fictional=allow_fictional)
        if isinstance(found, Invalid):
            wrong.append(("phone", found.problem))
        else:
            usable.append(Usable(item, found, item.appointment or _last_hour(known, now), item.office or ""))
        problems += [(number, field, problem) for field, problem in wrong]
    if problems:
        raise UnusableItemsError(problems)
    return tuple(usable)


def _wrong(item: TextItem, known: Catalogue) -> list[tuple[str, str]]:
    if item.template not in known.templates:
        return [("template", "is not the key of an approved notice; GET /api/v1/templates lists them")]
    wrong = []
    if item.appointment is None and known.needs_appointment(item.template):
        wrong.append(("appointment", "is needed: the words of this template name it"))
    if item.appointment is not None and not comes(item.appointment, known.profile.zones[0]):
        wrong.append(("appointment", SKIPPED))
    if item.office is None and known.needs_office(item.template):
        wrong.append(("office", "is needed: the words of this template name it"))
    if item.office is not None and item.office not in known.offices:
        wrong.append(("office", "is not the code of an office of this program"))
    return wrong


def _number(phone: str, *, allow_fictional: bool) -> str | Invalid:
    try:
        return e164(phone, allow_fictional=allow_fictional)
    except Invalid as wrong:
        return wrong


def _last_hour(known: Catalogue, now: datetime) -> datetime:
    local = now.astimezone(ZoneInfo(known.profile.zones[0]))
    return datetime.combine(local.date() + timedelta(days=VALID_DAYS), time(23, 59))


Place = tuple[int, int]
"""Which request of a round, and which text in it."""


def groups(rows: Sequence[tuple[Place, Row]]) -> list[list[Row]]:
    """Rows of one request with the same phone, day and office make one text, as in a caseload."""
    found: dict[tuple[object, ...], list[Row]] = {}
    for (request, _), row in rows:
        found.setdefault((request, row.number, row.appointment.date(), row.office), []).append(row)
    return list(found.values())


def county_of(participant: tuple[uuid.UUID, str] | None, own_county: str, office: str, known: Catalogue) -> str:
    """The county a row is kept under: the participant's, else the machine's own, else the office's."""
    if participant is not None:
        return participant[1]
    if own_county != "*":
        return own_county
    place = known.offices.get(office)
    return place.county if place else next(iter(known.offices.values())).county
