"""Make src/harborline/law/lists/area_codes.csv: every area code of the North American Numbering Plan in use.

Run with the development environment when phonenumbers has news: `python scripts/make_area_codes.py`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import phonenumbers
from phonenumbers import PhoneNumberType

TABLE = Path(__file__).parents[1] / "src" / "harborline" / "law" / "lists" / "area_codes.csv"
KINDS = {
    PhoneNumberType.TOLL_FREE: "toll-free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
}
HEAD = """\
# Area codes of the North American Numbering Plan in use: kind, and country or territory.
# Made by scripts/make_area_codes.py from the metadata of phonenumbers {version} (Apache-2.0).
"""


def rows() -> Iterator[tuple[str, str, str]]:
    """(area code, kind, region) of each code that has numbers."""
    for code in map(str, range(200, 1000)):
        number = phonenumbers.parse(f"+1{code}2345678")
        region = phonenumbers.region_code_for_number(number)
        if region:
            yield code, KINDS.get(phonenumbers.number_type(number), "geographic"), region


def main() -> None:
    """Write the table."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        file.write(HEAD.format(version=phonenumbers.__version__))
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("area_code", "kind", "region"))
        table.writerows(rows())


if __name__ == "__main__":
    main()
