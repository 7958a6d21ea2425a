"""Write a program's invented people as feed files, a caseload extract and a list of what they agreed to."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from harborline.people.facts import ADULT_ROLES, FeedKind
from harborline.people.feeds.layouts import LAYOUTS
from harborline.people.feeds.reading import Label, label_line
from harborline.people.synthetic.places import PROGRAMS
from harborline.people.synthetic.plan import Household, Inventor, Member

CASELOAD = (
    "participant_id", "case_id", "county_fips", "role", "name", "language", "phone", "zip", "appointment_date",
    "appointment_time", "office",
)  # fmt: skip
PERMISSIONS = ("participant_id", "county_fips", "phone", "agreed", "language")
# Every how many rows a caseload has a row that cannot be used, an appointment in the past, a person nobody knows.
BAD_EVERY, PAST_EVERY, UNKNOWN_EVERY = 400, 500, 700


@dataclass(frozen=True, slots=True)
class SyntheticFiles:
    """Where everything of one program was written; `feeds` in the order of import."""

    program: str
    feeds: Mapping[FeedKind, Path]
    caseload: Path
    permissions: Path
    rows: int


def write_program(
    directory: Path, program: str, *, rows: int, today: date, as_of: datetime, seed: int = 1
) -> SyntheticFiles:
    """Invent people until the caseload has `rows` rows, and write their files into `directory/<program>`.

    `as_of` is the moment the feeds claim to be written. The same arguments write the same bytes.
    """
    folder = directory / program
    folder.mkdir(parents=True, exist_ok=True)
    houses = list(_households(Inventor(PROGRAMS[program], today=today, seed=seed), rows))
    caseload = _write(folder / "caseload.csv", CASELOAD, list(_caseload(houses, rows, today)))
    permissions = _write(folder / "permissions.csv", PERMISSIONS, _permissions(houses))
    feeds = {
        kind: _write_feed(folder / f"{kind.value}.csv", Label(kind, program, as_of, len(listed)), listed)
        for kind, listed in _feeds(houses, today).items()
    }
    return SyntheticFiles(program, feeds, caseload, permissions, rows)


def _households(inventor: Inventor, rows: int) -> Iterator[Household]:
    count = 0
    while count < rows:
        house = inventor.household()
        count += len(_recipients(house))
        yield house


def _recipients(house: Household) -> list[tuple[Member, str]]:
    # Child support reminds the parents, WIC reminds of each child's visit on the parent's telephone.
    if house.case_id.startswith("C"):
        return [(member, member.phone) for member in house.members if member.role in ADULT_ROLES]
    return [(member, house.members[0].phone) for member in house.members[1:]]


def _caseload(houses: Sequence[Household], rows: int, today: date) -> Iterator[list[str]]:
    number = 0
    for house in houses:
        for place, (member, phone) in enumerate(_recipients(house)):
            number += 1
            if number > rows:
                return
            yield _spoilt(number, _row(house, member, phone, place), today)


def _row(house: Household, member: Member, phone: str, place: int) -> list[str]:
    offset = 15 * place if house.case_id.startswith("H") else 30 * place
    return [
        member.participant_id,
        house.case_id,
        house.place.fips,
        member.role,
        member.name,
        member.language,
        phone,
        house.zip,
        house.day.isoformat(),
        house.time(offset),
        house.place.office,
    ]


def _spoilt(number: int, row: list[str], today: date) -> list[str]:
    if number % BAD_EVERY == 0:
        column, value = _BAD[(number // BAD_EVERY) % len(_BAD)]
        row[CASELOAD.index(column)] = value
    elif number % PAST_EVERY == 0:
        row[8] = (today - timedelta(days=3)).isoformat()
    elif number % UNKNOWN_EVERY == 0:
        row[0] = f"X{number}"
    return row


_BAD = (
    ("phone", "919-555-01"),
    ("appointment_date", "2027-02-30"),
    ("county_fips", "99999"),
    ("role", "neighbor"),
    ("appointment_time", "25:00"),
    ("office", "NOWHERE"),
    ("name", ""),
    ("zip", "1234"),
    ("language", "Spanish"),
    ("participant_id", ""),
)


def _permissions(houses: Iterable[Household]) -> list[list[str]]:
    return [
        [member.participant_id, house.place.fips, member.phone, member.agreed, member.language]
        for house in houses
        for member in house.members
        if member.agreed and member.phone
    ]


def _feeds(houses: Sequence[Household], today: date) -> dict[FeedKind, list[list[str]]]:
    everyone = [(house, member) for house in houses for member in house.members]
    since = (today - timedelta(days=60)).isoformat()
    met = (today - timedelta(days=5)).isoformat()
    return {
        FeedKind.PEOPLE: [_person(house, member) for house, member in everyone],
        FeedKind.CASES: [[h.case_id, h.place.fips, "open", m.participant_id, m.role] for h, m in everyone],
        FeedKind.CASE_MANAGERS: [[house.case_id, house.worker] for house in houses],
        FeedKind.PROTECTIONS: [
            [m.person_id, m.protection, "case system", since, "", "yes" if m.texts_chosen else "no"]
            for _, m in everyone
            if m.protection
        ],
        # Those whose spoken permission lapsed were at the clinic since, and nobody signed.
        FeedKind.CONTACTS: [[m.participant_id, met, "10:00"] for _, m in everyone if m.agreed == "lapsed"],
    }


def _person(house: Household, member: Member) -> list[str]:
    return [
        member.person_id,
        member.participant_id,
        house.place.fips,
        member.name,
        member.other_names,
        member.birth_date,
        member.language,
        "",
        house.zip,
        member.address,
        member.substitute_address,
        member.phone,
    ]


def _write_feed(path: Path, label: Label, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([label_line(label), LAYOUTS[label.kind].header])
        writer.writerows(rows)
    return path


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path
