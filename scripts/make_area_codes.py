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
# Area codes of the North American Numbering Plan in use: kind, country or territory, and whether all or only some of
# the exchanges under them are given out.
# Made by scripts/make_area_codes.py from the metadata of phonenumbers {version} (Apache-2.0).
"""


def rows() -> Iterator[tuple[str, str, str, str]]:
    """(area code, kind, region, exchanges) of each code that has numbers."""
    for code in map(str, range(200, 1000)):
        number = phonenumbers.parse(f"+1{code}2345678")
        region = phonenumbers.region_code_for_number(number)
        if region:
            kind = KINDS.get(phonenumbers.number_type(number), "geographic")
            yield code, kind, region, "all" if all_exchanges(code) else "some"


def all_exchanges(code: str) -> bool:
    """Whether a number under any exchange from 200 to 999 would be valid."""
    numbers = (phonenumbers.parse(f"+1{code}{exchange}5678") for exchange in range(200, 1000))
    return all(phonenumbers.is_valid_number(number) for number in numbers)


def main() -> None:
    """Write the table."""
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        file.write(HEAD.format(version=phonenumbers.__version__))
        table = csv.writer(file, lineterminator="\n")
        table.writerow(("area_code", "kind", "region", "exchanges"))
        table.writerows(rows())


if __name__ == "__main__":
    main()
