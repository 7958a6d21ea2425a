"""The standing cast, brought in through the product's own feed: a child support program and a WIC program.

Wake County (37183): Ana (custodial party), Ben (noncustodial parent), their child Kim on case C-100; Cora is the case
manager. Durham County (37063): Ana again as participant P-9 on case D-200, with Otto; Dev works there.
Hennepin County (27053), WIC: Maya (parent) with her child Noor on household H-1; Rosa (proxy) too.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

from harborline.kernel import clock
from harborline.people.facts import FeedKind, FeedReport
from harborline.people.feeds.layouts import LAYOUTS
from harborline.people.feeds.reading import Label, label_line
from harborline.people.services import import_feed, open_office, register_county, register_program
from harborline.vault.services import blind_index
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

WAKE, DURHAM, HENNEPIN = "37183", "37063", "27053"
NC, MN = "nc-css", "mn-wic"
ANA, BEN, OTTO, MAYA, ROSA = "+19195550101", "+19195550102", "+19195550103", "+16125550104", "+16125550105"

PEOPLE = [
    ("N-1", "P-1", WAKE, "Ana Torres", "Anita Torres;A. Vega", "1990-02-03", "es", "", "27601", "12 Elm St, Raleigh",
     "PO Box 7, Raleigh", ANA),
    ("N-2", "P-2", WAKE, "Ben Torres", "", "1988-05-06", "en", "America/New_York", "27601", "9 Oak St, Raleigh", "",
     BEN),
    ("N-3", "P-3", WAKE, "Kim Torres", "", "2018-07-08", "en", "", "27601", "", "", ""),
    ("N-1", "P-9", DURHAM, "Ana Torres", "Anita Torres;A. Vega", "1990-02-03", "es", "", "27701", "", "", ANA),
    ("N-5", "P-5", DURHAM, "Otto Lind", "", "", "en", "", "27701", "3 Pine St, Durham", "", OTTO),
]  # fmt: skip
CASES = [
    ("C-100", WAKE, "open", "P-1", "custodial-party"),
    ("C-100", WAKE, "open", "P-2", "noncustodial-parent"),
    ("C-100", WAKE, "open", "P-3", "dependent"),
    ("D-200", DURHAM, "open", "P-9", "custodial-party"),
    ("D-200", DURHAM, "open", "P-5", "noncustodial-parent"),
]
MANAGERS = [("C-100", "W-CORA"), ("D-200", "W-DEV")]
WIC_PEOPLE = [
    ("M-1", "R-1", HENNEPIN, "Maya Hassan", "", "", "so", "", "55401", "5 Lake St, Minneapolis", "", MAYA),
    ("M-2", "R-2", HENNEPIN, "Noor Hassan", "", "2024-01-02", "so", "", "55401", "", "", ""),
    ("M-3", "R-3", HENNEPIN, "Rosa Diaz", "", "", "es", "", "55401", "", "", ROSA),
]
WIC_CASES = [
    ("H-1", HENNEPIN, "open", "R-1", "parent-guardian"),
    ("H-1", HENNEPIN, "open", "R-2", "child"),
    ("H-1", HENNEPIN, "open", "R-3", "proxy"),
]


def as_state(program: str = NC) -> AbstractContextManager[Context]:
    """The state's system, in all counties."""
    return acting(Actor("system", "feed"), program=program, counties=ALL_COUNTIES, purpose="test")


def as_cora() -> AbstractContextManager[Context]:
    """Cora works in Wake County."""
    return acting(Actor("worker", "cora"), program=NC, counties=(WAKE,), purpose="case-work")


def as_dev() -> AbstractContextManager[Context]:
    """Dev works in Durham County."""
    return acting(Actor("worker", "dev"), program=NC, counties=(DURHAM,), purpose="case-work")


def phone(number: str) -> bytes:
    """The blind index of a number."""
    return blind_index("phone", number)


def write_feed(
    path: Path,
    kind: FeedKind,
    rows: Sequence[Iterable[str]],
    *,
    program: str = NC,
    as_of: datetime | None = None,
    count: int | None = None,
    header: Sequence[str] | None = None,
) -> Path:
    """A feed file; `count` is what its label claims."""
    moment = as_of or clock.now() - timedelta(minutes=1)
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(label_line(Label(kind, program, moment, len(rows) if count is None else count)))
        writer.writerow(header or LAYOUTS[kind].header)
        writer.writerows(rows)
    return path


def bring_in(
    directory: Path, kind: FeedKind, rows: Sequence[Iterable[str]], *, program: str = NC, as_of: datetime | None = None
) -> FeedReport:
    """Write and import a feed file in one go."""
    path = write_feed(directory / f"{kind.value}.csv", kind, rows, program=program, as_of=as_of)
    with as_state(program):
        return import_feed(kind, path, program, confirm_removals=True)


def settle(directory: Path, *, protections: Sequence[Iterable[str]] = ()) -> None:
    """Everybody moves in, as of an hour ago; `protections` as rows of that feed."""
    as_of = clock.now() - timedelta(hours=1)
    with as_state(NC):
        register_program(NC, agency_name="North Carolina DHHS")
        for fips, name in ((WAKE, "Wake"), (DURHAM, "Durham")):
            register_county(fips, name=name, state="NC")
            open_office(NC, name.upper(), county=fips, names={"en": f"{name} office"}, address="1 Main St",
                        phone="919-555-0100", zone="America/New_York")  # fmt: skip
    with as_state(MN):
        register_program(MN, agency_name="Minnesota Department of Health")
        register_county(HENNEPIN, name="Hennepin", state="MN")
        open_office(MN, "HENNEPIN", county=HENNEPIN, names={"en": "Hennepin clinic"}, address="2 Main St",
                    phone="612-555-0100", zone="America/Chicago")  # fmt: skip
    bring_in(directory, FeedKind.PEOPLE, PEOPLE, as_of=as_of)
    bring_in(directory, FeedKind.CASES, CASES, as_of=as_of)
    bring_in(directory, FeedKind.CASE_MANAGERS, MANAGERS, as_of=as_of)
    bring_in(directory, FeedKind.PROTECTIONS, protections, as_of=as_of)
    bring_in(directory, FeedKind.PEOPLE, WIC_PEOPLE, program=MN, as_of=as_of)
    bring_in(directory, FeedKind.CASES, WIC_CASES, program=MN, as_of=as_of)
    bring_in(directory, FeedKind.PROTECTIONS, [], program=MN, as_of=as_of)
