"""A town for measuring: as many invented adults as wanted, their feeds and their caseload, the same at every start.

Every case has two parents and a child. Numbers are the fictional ones (555-0100 to 555-0199) of every area code of the
United States; there are some 35,000, so in a large town up to three strangers share one, on different days.
One custodial party in forty is protected, as in the demonstration. Everybody opted in.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from harborline.messaging.notices.caseload import COLUMNS
from harborline.messaging.words.numbers import area_codes
from harborline.people.facts import FeedKind
from harborline.people.feeds.layouts import LAYOUTS
from harborline.people.feeds.reading import Label, label_line

if TYPE_CHECKING:
    from harborline.people.synthetic import SyntheticFiles

PROGRAM = "nc-css"
_FIRST = ("Ana", "Ben", "Cora", "Dev", "Eli", "Fay", "Gil", "Hana", "Ivo", "June", "Kai", "Lea", "Max", "Nia", "Otis")
_LAST = (
    "Abbott",
    "Brooks",
    "Castillo",
    "Dawson",
    "Ellison",
    "Fuentes",
    "Garner",
    "Hobbs",
    "Ingram",
    "Jarvis",
    "Keller",
)
_COUNTIES = (("37183", "WAKE-1", "27601"), ("37063", "DURHAM-1", "27701"), ("37119", "MECK-1", "28202"))
_OFFICES_OWN = frozenset({0, 50})
PROTECTED_EVERY, SPANISH_EVERY = 40, 6
FIRST_DAY, DAYS = 3, 10
SATURDAY = 5


class Adult(NamedTuple):
    """One parent of one case."""

    place: int
    case: str
    reference: str
    person: str
    role: str
    name: str
    language: str
    number: str
    county: str
    office: str
    zip: str

    @property
    def protected(self) -> bool:
        """Whether a protection stands."""
        return self.role == "custodial-party" and self.place // 2 % PROTECTED_EVERY == 0


@dataclass(frozen=True, slots=True)
class Town:
    """`adults` parents (an even number) in half as many cases."""

    adults: int

    def __iter__(self) -> Iterator[Adult]:
        """The parents, two and two of one case."""
        numbers = fictional_numbers()
        for place in range(self.adults):
            case, second = divmod(place, 2)
            county, office, zip_code = _COUNTIES[case % len(_COUNTIES)]
            yield Adult(
                place,
                f"C{case:07}",
                f"P{place:07}",
                f"N{place:07}",
                "noncustodial-parent" if second else "custodial-party",
                f"{_FIRST[place % len(_FIRST)]} {_LAST[place // 7 % len(_LAST)]}",
                "es" if place % SPANISH_EVERY == 0 else "en",
                numbers[place % len(numbers)],
                county,
                office,
                zip_code,
            )

    def write(self, folder: Path, *, as_of: datetime) -> SyntheticFiles:
        """Write the feeds, and one caseload with a row for everybody."""
        from harborline.people.synthetic import SyntheticFiles

        folder.mkdir(parents=True, exist_ok=True)
        feeds = {kind: self._feed(folder, kind, as_of) for kind in _FEEDS}
        caseload = self.caseload(folder / "caseload.csv", self.adults, as_of.date())
        return SyntheticFiles(PROGRAM, feeds, caseload, caseload, self.adults)

    def caseload(self, path: Path, rows: int, today: date) -> Path:
        """Write `rows` rows; more than there are parents give everybody several appointments, on different days."""
        days = _workdays(today)
        shared = len(fictional_numbers())
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            for again in range(-(-rows // self.adults)):
                for adult in self:
                    number = again * self.adults + adult.place
                    if number == rows:
                        return path
                    day = days[(adult.place // shared + 3 * again) % len(days)]
                    hour, quarter = 9 + number % 7, number // 7 % 4 * 15
                    writer.writerow((
                        adult.reference, adult.case, adult.county, adult.role, adult.name, adult.language,
                        adult.number, adult.zip, day, f"{hour:02}:{quarter:02}", adult.office,
                    ))  # fmt: skip
        return path

    def _feed(self, folder: Path, kind: FeedKind, as_of: datetime) -> Path:
        rows = list(_FEEDS[kind](self, as_of.date()))
        path = folder / f"{kind.value}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(label_line(Label(kind, PROGRAM, as_of, len(rows))))
            writer.writerow(LAYOUTS[kind].header)
            writer.writerows(rows)
        return path


def fictional_numbers() -> list[str]:
    """Every number of the United States that is kept for fiction, in an order that mixes the time zones."""
    codes = [code for code, area in area_codes().items() if area.kind == "geographic" and area.region == "US"]
    return [f"+1{code}55501{last:02}" for last in range(100) if last not in _OFFICES_OWN for code in codes]


def _workdays(today: date) -> list[str]:
    ahead = [today + timedelta(days=FIRST_DAY + place) for place in range(6 * DAYS)]
    return [day.isoformat() for day in ahead if day.weekday() < SATURDAY][: 4 * DAYS]


def _people(town: Town, _today: date) -> Iterator[tuple[str, ...]]:
    for one in town:
        address = f"{one.place % 900 + 10} Example Street"
        yield (
            one.person, one.reference, one.county, one.name, "", "1990-05-15", one.language, "", one.zip, address,
            "PO Box 100" if one.protected else "", one.number,
        )  # fmt: skip
        if one.role == "custodial-party":
            yield (
                f"K{one.place:07}", f"D{one.place:07}", one.county, f"Kid {one.name.split()[1]}", "", "2018-05-15",
                one.language, "", one.zip, "", "", "",
            )  # fmt: skip


def _cases(town: Town, _today: date) -> Iterator[tuple[str, ...]]:
    for one in town:
        yield one.case, one.county, "open", one.reference, one.role
        if one.role == "custodial-party":
            yield one.case, one.county, "open", f"D{one.place:07}", "dependent"


def _protections(town: Town, today: date) -> Iterator[tuple[str, ...]]:
    since = (today - timedelta(days=60)).isoformat()
    return ((one.person, "fvi", "case system", since, "", "no") for one in town if one.protected)


_FEEDS = {FeedKind.PEOPLE: _people, FeedKind.CASES: _cases, FeedKind.PROTECTIONS: _protections}
