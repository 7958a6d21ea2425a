"""Bring a program's invented people in through the product's own doors; inside `walls.acting` of the program."""

from __future__ import annotations

from collections.abc import Callable

from harborline.kernel import Broken
from harborline.people.facts import FeedKind, FeedReport
from harborline.people.services import import_feed, open_office, register_county, register_program
from harborline.people.synthetic.files import SyntheticFiles
from harborline.people.synthetic.places import PROGRAMS


def settle_program(
    files: SyntheticFiles,
    kinds: tuple[FeedKind, ...] | None = None,
    tell: Callable[[FeedReport], None] = lambda _: None,
) -> None:
    """Register program, counties and offices and import the feeds, all or those of `kinds`.

    Contacts come last and end spoken permissions, so a demo imports them after the permissions.
    """
    where = PROGRAMS[files.program]
    register_program(files.program, agency_name=where.agency_name)
    for place in where.places:
        register_county(place.fips, name=place.name, state=place.state)
        open_office(
            files.program,
            place.office,
            county=place.fips,
            names=place.office_names,
            hours=where.hours,
            address=place.office_address,
            phone=place.office_phone,
            zone=where.zone,
        )
    for kind, path in files.feeds.items():
        if kinds is None or kind in kinds:
            report = import_feed(kind, path, files.program)
            if not report.applied:
                raise Broken(f"the invented {kind} file has bad rows")
            tell(report)
