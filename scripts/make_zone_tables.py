"""Make law/lists/zip_zones.csv and area_code_zones.csv from the packages zipcodes and phonenumbers.

A developer runs it when either package has news; the product reads only the two small tables.
ZIP data: package zipcodes (CC BY 4.0). Area codes: phonenumbers' time zone data (Apache-2.0) and
overlays it does not know. The area codes that zipcodes lists for each ZIP are too noisy to use.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from pathlib import Path
from zoneinfo import available_timezones

import zipcodes
from phonenumbers import parse
from phonenumbers.data import _AVAILABLE_REGION_CODES
from phonenumbers.phonenumberutil import region_code_for_number
from phonenumbers.tzdata import TIMEZONE_DATA

LISTS = Path(__file__).parents[1] / "src" / "harborline" / "law" / "lists"
# A ZIP whose zone in the source is wrong: West Wendover, Nevada keeps Mountain time.
OVERRIDES = {"89883": "America/Denver", "99634": "America/Anchorage"}
# Overlays that share their parent's ground.
OVERLAYS = {"364": "270", "930": "812", "448": "850", "458": "541", "986": "208"}
# Area codes the source places wrongly; they take their parent's zones.
REPLACED = {"689": "407"}
US_REGIONS = {"US", "PR", "VI", "GU", "AS", "MP"}
# Zones that a U.S. ZIP may have; everything else in the source is an error.
PREFIXES = ("America/", "Pacific/")


def zip_rows() -> list[tuple[str, str, str]]:
    """Runs of consecutive listed ZIPs with one zone: (first, last, zone); an unknown zone is empty."""
    known = available_timezones()
    pairs = []
    for entry in sorted(zipcodes.list_all(), key=lambda entry: entry["zip_code"]):
        zone = OVERRIDES.get(entry["zip_code"], entry["timezone"])
        pairs.append((entry["zip_code"], zone if zone in known and zone.startswith(PREFIXES) else ""))
    rows: list[tuple[str, str, str]] = []
    for code, zone in pairs:
        # A run ends with its three-digit prefix: a prefix nobody has must not look like a known place.
        if rows and rows[-1][2] == zone and rows[-1][0][:3] == code[:3]:
            rows[-1] = (rows[-1][0], code, zone)
        else:
            rows.append((code, code, zone))
    return [row for row in rows if row[2]]


def area_rows() -> list[tuple[str, str]]:
    """Every U.S. area code with all zones under it, joined by a bar."""
    zones: dict[str, set[str]] = defaultdict(set)
    for prefix, names in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) > len("1NP"):
            zones[prefix[1:4]].update(name for name in names if name.startswith(PREFIXES))
    for area, parent in REPLACED.items():
        zones[area] = set(zones[parent])
    for overlay, parent in OVERLAYS.items():
        zones[overlay] |= zones[parent]
    return [(area, "|".join(sorted(found))) for area, found in sorted(zones.items()) if found and _is_us(area)]


def _is_us(area: str) -> bool:
    return region_code_for_number(parse(f"+1{area}5550100")) in US_REGIONS


def write(name: str, header: tuple[str, ...], rows: list[tuple[str, ...]], note: str) -> None:
    """Write one table with its source in the first line."""
    with (LISTS / name).open("w", newline="") as file:
        file.write(f"# {note}\n")
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    sys.stdout.write(f"{name}: {len(rows)} rows\n")


if __name__ == "__main__":
    assert _AVAILABLE_REGION_CODES
    write("zip_zones.csv", ("first", "last", "zone"), zip_rows(), "ZIP ranges by zone; from zipcodes 3.0.0, CC BY 4.0")
    write(
        "area_code_zones.csv",
        ("area_code", "zones"),
        area_rows(),
        "area codes by zone; from phonenumbers (Apache-2.0) and overlays by hand",
    )
