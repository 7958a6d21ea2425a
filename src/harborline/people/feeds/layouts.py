"""The files of the feed: columns and typed rows. docs/feeds.md shows them with examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from harborline.people.facts import FeedKind, ProtectionKind
from harborline.people.feeds import columns


class PersonRow(NamedTuple):
    """One participant with the person behind it; `phone` is E.164 or empty."""

    row_no: int
    person_id: str
    participant_id: str
    county_fips: str
    name: str
    other_names: tuple[str, ...]
    birth_date: date | None
    language: str
    time_zone: str
    zip: str
    address: str
    substitute_address: str
    phone: str


class CaseRow(NamedTuple):
    """One party of one case; the status is that of the case."""

    row_no: int
    case_id: str
    county_fips: str
    status: bool
    participant_id: str
    role: str


class CaseManagerRow(NamedTuple):
    """The worker who manages a case."""

    row_no: int
    case_id: str
    worker_number: str


class ProtectionRow(NamedTuple):
    """One reason to protect a person; `until_date` is the last day, None: still stands."""

    row_no: int
    person_id: str
    kind: ProtectionKind
    source: str
    from_date: date
    until_date: date | None
    texts_chosen: bool


class AppointmentRow(NamedTuple):
    """One appointment, local to its office."""

    row_no: int
    participant_id: str
    case_id: str
    office: str
    starts: datetime


class ContactRow(NamedTuple):
    """One contact that took place, local to the program."""

    row_no: int
    participant_id: str
    took_place: datetime


FeedRow = PersonRow | CaseRow | CaseManagerRow | ProtectionRow | AppointmentRow | ContactRow
Reader = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of file, how each is read, and how a row is made of the values.

    `key` names the columns that may stand together only once; `snapshot`: what is not in the file is no more.
    """

    kind: FeedKind
    readers: Mapping[str, Reader]
    make: Callable[[int, dict[str, Any]], FeedRow]
    key: tuple[str, ...]
    snapshot: bool = True

    @property
    def header(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(self.readers)


def _appointment(row_no: int, values: dict[str, Any]) -> AppointmentRow:
    starts = datetime.combine(values["date"], values["time"])
    return AppointmentRow(row_no, values["participant_id"], values["case_id"], values["office"], starts)


def _contact(row_no: int, values: dict[str, Any]) -> ContactRow:
    return ContactRow(row_no, values["participant_id"], datetime.combine(values["date"], values["time"]))


_LAYOUTS = (
    Layout(
        FeedKind.PEOPLE,
        {
            "person_id": columns.reference,
            "participant_id": columns.reference,
            "county_fips": columns.county,
            "name": columns.text,
            "other_names": columns.texts,
            "birth_date": columns.optional_day,
            "language": columns.language,
            "time_zone": columns.zone,
            "zip": columns.zip_code,
            "address": columns.optional_text,
            "substitute_address": columns.optional_text,
            "phone": columns.phone,
        },
        lambda row_no, values: PersonRow(row_no, **values),
        ("participant_id",),
    ),
    Layout(
        FeedKind.CASES,
        {
            "case_id": columns.reference,
            "county_fips": columns.county,
            "status": columns.case_open,
            "participant_id": columns.reference,
            "role": columns.text,
        },
        lambda row_no, values: CaseRow(row_no, **values),
        ("case_id", "participant_id"),
    ),
    Layout(
        FeedKind.CASE_MANAGERS,
        {"case_id": columns.reference, "worker_number": columns.reference},
        lambda row_no, values: CaseManagerRow(row_no, **values),
        ("case_id",),
    ),
    Layout(
        FeedKind.PROTECTIONS,
        {
            "person_id": columns.reference,
            "kind": columns.protection_kind,
            "source": columns.text,
            "from_date": columns.day,
            "until_date": columns.optional_day,
            "texts_chosen": columns.yes,
        },
        lambda row_no, values: ProtectionRow(row_no, **values),
        ("person_id", "kind", "source", "from_date"),
    ),
    Layout(
        FeedKind.APPOINTMENTS,
        {
            "participant_id": columns.reference,
            "case_id": columns.reference,
            "office": columns.reference,
            "date": columns.day,
            "time": columns.hour,
        },
        _appointment,
        ("participant_id", "case_id", "date", "time"),
    ),
    Layout(
        FeedKind.CONTACTS,
        {"participant_id": columns.reference, "date": columns.day, "time": columns.hour},
        _contact,
        ("participant_id", "date", "time"),
        snapshot=False,
    ),
)
LAYOUTS: Mapping[FeedKind, Layout] = {layout.kind: layout for layout in _LAYOUTS}
