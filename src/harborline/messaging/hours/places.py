"""In which zones a person with this number, this ZIP and this statement may be.

Mobile numbers travel, so no single guess is enough: a text goes out only when the hour is lawful in every candidate.
Source: docs/decisions/0005-where-a-number-is.md.
"""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import available_timezones

# One zone for each way of telling the time in the fifty states.
ALL_US: tuple[str, ...] = (
    "America/Adak",
    "America/Anchorage",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/New_York",
    "America/Phoenix",
    "Pacific/Honolulu",
)

# Post of the armed forces and embassies (APO, FPO, DPO): the ZIP names a part of the world, and the person may be
# anywhere in it. For each, its outermost clocks and some between. Source: United States Postal Service, Domestic Mail
# Manual 703.2.
_FORCES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("090", "098", ("America/Halifax", "Asia/Dubai", "Europe/Berlin")),
    ("340", "340", ("America/Sao_Paulo", "America/Tegucigalpa")),
    ("962", "966", ("Asia/Bangkok", "Asia/Tokyo", "Pacific/Auckland")),
)


@lru_cache(maxsize=65536)
def candidates(
    *, number: str, zip_code: str = "", stated: str | None = None, state_zones: tuple[str, ...] = ()
) -> tuple[str, ...]:
    """The zones in which the person may be, sorted.

    A stated and verified zone stands alone. Else the ZIP's zone, or the zones of the agency's state when the ZIP is
    unknown, joined with all zones under the area code of `number` (E.164). An area code without ground, such as a
    toll-free one, may be anywhere in the United States. A ZIP of the armed forces' post may be anywhere in its part of
    the world. `zip_code` is five digits or empty.
    """
    if stated and stated in available():
        return (stated,)
    by_area = area_zones().get(number[2:5]) if number.startswith("+1") else None
    forces = _forces(zip_code)
    if forces:
        return _sorted({*forces, *(by_area or ALL_US)})
    if by_area is None:
        return ALL_US
    by_zip = zip_zone(zip_code)
    ground = (by_zip,) if by_zip else state_zones
    return _sorted({*ground, *by_area}) if ground else ALL_US


def _forces(zip_code: str) -> tuple[str, ...]:
    return next((zones for first, last, zones in _FORCES if first <= zip_code[:3] <= last and len(zip_code) == 5), ())  # noqa: PLR2004 - digits of a ZIP


def _sorted(zones: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(zones))


@cache
def available() -> frozenset[str]:
    """Every IANA zone this computer knows that is somewhere: not what its own clock says, not "unknown"."""
    return frozenset(available_timezones()) - {"localtime", "posixrules", "Factory"}


@cache
def area_zones() -> dict[str, tuple[str, ...]]:
    """All zones under each U.S. area code (law/lists/area_code_zones.csv)."""
    return {row[0]: tuple(row[1].split("|")) for row in _table("area_code_zones.csv")}


def zip_zone(zip_code: str) -> str | None:
    """The zone of a ZIP, or None when the table does not know it."""
    starts, rows = _zip_table()
    place = bisect_right(starts, zip_code) - 1
    if len(zip_code) != 5 or place < 0:  # noqa: PLR2004 - digits of a ZIP
        return None
    _, last, zone = rows[place]
    return zone if zip_code <= last else None


@cache
def _zip_table() -> tuple[list[str], list[tuple[str, str, str]]]:
    rows = [(row[0], row[1], row[2]) for row in _table("zip_zones.csv")]
    return [row[0] for row in rows], rows


def _table(name: str) -> list[list[str]]:
    # The first line says where the table comes from, the second names its columns.
    text = files("harborline.law").joinpath("lists", name).read_text()
    return list(csv.reader(text.splitlines()[2:]))
