"""Checking fixed-width files: records a second and memory, beside the limit, pandas, polars, two yardsticks.

`python benchmarks/layouts.py [--records 2000000] [--peer-records 50000]`: a file of 245-byte offset submissions with
line ends is made (synthetic people) and read from the page cache. Each figure is the best of several runs, by CPU time
of one core; wall time stands beside it. The check itself runs in a process of its own, whose memory is told.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from harborline.exchange import layouts

LIMIT, MEMORY_MIB, TIMES_PANDAS, SEALED_LIMIT = 8_000_000, 64, 100, 3_000_000
LAYOUT = "fop-case-submission-245"
DISTINCT = 20_000


def record(number: int) -> bytes:
    """One synthetic case of 245 bytes."""
    ssn = f"{100 + number % 500:03d}{1 + number % 98:02d}{1 + number % 9_998:04d}"
    area, codes = "NC" + "183", "ADM,PAS" if number % 3 == 0 else ""
    person = f"{area}{ssn}{f'IV{number:09d}':15}{'TESTPERSON':20}{'ANA-MARIA':15}{500 + number % 9_000:08d}"
    address = f"{f'{number % 900} MAIN ST':30}{'':30}{'RALEIGH':25}NC276010000"
    written = f"{person}A{'AN'[number % 2]}{'':9}{address}202603{1 + number % 28:02d}{codes:40}{'':18}"
    assert len(written) == 245
    return written.encode("ascii")


def make(path: Path, records: int) -> None:
    """Write `records` cases with line ends; a hundred of them are bad."""
    body = b"".join(record(number) + b"\n" for number in range(DISTINCT))
    spoilt = b"".join(
        (one[:5] + b"000" + one[8:] if number % (DISTINCT // 100) == 0 else one) + b"\n"
        for number, one in enumerate(map(record, range(DISTINCT)))
    )
    with path.open("wb") as out:
        out.write(spoilt)
        for _ in range(records // DISTINCT - 1):
            out.write(body)


def best(run: Callable[[], object], times: int = 5) -> tuple[float, float]:
    """The least CPU and the least wall seconds of several runs."""
    spent = []
    for _ in range(times):
        cpu, wall = time.process_time(), time.perf_counter()
        run()
        spent.append((time.process_time() - cpu, time.perf_counter() - wall))
    return min(cpu for cpu, _ in spent), min(wall for _, wall in spent)


def checking(path: Path) -> None:
    """Check the file and print the figures, in a process that does nothing else."""
    layout = layouts.load(LAYOUT)

    def run() -> layouts.Checked:
        with path.open("rb", buffering=0) as source:
            return layouts.check(source, layout, partial=True)

    checked = run()
    cpu, wall = best(run)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told = {"records": checked.records, "bad": checked.bad_records, "cpu": cpu, "wall": wall, "memory": memory}
    print(json.dumps(told))


def opening(path: Path) -> None:
    """Decrypt, hash and check the file out of sealed parts, as a delivery is checked; print the figures."""
    home = Path(tempfile.mkdtemp(prefix="harborline-layouts-"))
    os.environ |= {"HARBORLINE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "harborline.project.settings"}
    try:
        print(json.dumps(_opened(path, home)))
    finally:
        shutil.rmtree(home)


def _opened(path: Path, home: Path) -> dict[str, float]:
    import django

    django.setup()
    from harborline.adapters.keys import DirectoryStore, FileJournal, FileRoot
    from harborline.exchange.content import PART_BYTES, Reader, seal_part
    from harborline.kernel import ports
    from harborline.vault.ports import ErasureJournal, KeyProvider, KeyStore

    ports.serve(KeyProvider, FileRoot(home / "keys"))
    ports.serve(KeyStore, DirectoryStore(home / "keys"))
    ports.serve(ErasureJournal, FileJournal(home / "journal.jsonl"))
    with path.open("rb") as source:
        parts = [seal_part([chunk], "nc-css") for chunk in iter(lambda: source.read(PART_BYTES), b"")]
    layout = layouts.load(LAYOUT)

    def run() -> layouts.Checked:
        with io.BufferedReader(Reader("nc-css", parts), 1 << 20) as stream:
            return layouts.check(stream, layout, partial=True, digest=hashlib.sha256())

    checked = run()
    cpu, wall = best(run, 3)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"records": checked.records, "cpu": cpu, "wall": wall, "memory": memory}


def pandas_seconds(path: Path, count: int) -> float:
    """CPU seconds of pandas reading `count` records into their columns, without judging them."""
    import pandas as pd

    fields = layouts.load(LAYOUT).records[0].sections[0].fields
    places = [(field.start - 1, field.end) for field in fields]
    with path.open("rb") as source:
        text = source.read(count * 246).decode("ascii")
    return best(lambda: pd.read_fwf(io.StringIO(text), colspecs=places, header=None, dtype=str), 2)[0]


def polars_seconds(path: Path, count: int) -> float:
    """CPU seconds of polars cutting `count` records into their columns and stripping them, without judging them."""
    import polars as pl

    fields = layouts.load(LAYOUT).records[0].sections[0].fields
    with path.open("rb") as source:
        text = source.read(count * 246)
    line = pl.col("line").str
    cut = [line.slice(field.start - 1, field.width).str.strip_chars().alias(field.name) for field in fields]

    def run() -> object:
        lines = pl.read_csv(text, has_header=False, new_columns=["line"], separator="\x01", quote_char=None)
        return lines.select(cut)

    return best(run, 3)[0]


def alone(step: str, path: Path) -> dict[str, float]:
    """One of the two measurements in a process of its own."""
    command = [sys.executable, __file__, step, str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--records", type=int, default=2_000_000)
    options.add_argument("--peer-records", type=int, default=50_000)
    options.add_argument("--check", type=Path)
    options.add_argument("--open", type=Path)
    asked = options.parse_args()
    if asked.check:
        checking(asked.check)
        return
    if asked.open:
        opening(asked.open)
        return
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "cases.txt"
        make(path, asked.records)
        ours, sealed = (alone(step, path) for step in ("--check", "--open"))
        with path.open("rb") as source:
            piece = source.read(100_000 * 246)
        copied = best(lambda: bytearray(piece))[0] / 100_000
        hashed = best(lambda: hashlib.sha256(piece).digest())[0] / 100_000
        pandas_rate = asked.peer_records / pandas_seconds(path, asked.peer_records)
        polars_rate = 4 * asked.peer_records / polars_seconds(path, 4 * asked.peer_records)
    times = f"we are {ours['records'] / ours['cpu'] / pandas_rate:.0f} times, limit {TIMES_PANDAS}"
    rate = ours["records"] / ours["cpu"]
    print(f"{ours['records']:,} records of 245 bytes, {ours['bad']} bad, every rule of {LAYOUT}")
    print(f"check, per core      {rate:13,.0f} records/s   limit {LIMIT:,}")
    print(f"check, wall          {ours['records'] / ours['wall']:13,.0f} records/s")
    print(f"decrypt+hash+check   {sealed['records'] / sealed['cpu']:13,.0f} records/s   limit {SEALED_LIMIT:,}")
    print(f"memory               {ours['memory']:13} MiB         limit {MEMORY_MIB}")
    print(f"pandas.read_fwf      {pandas_rate:13,.0f} records/s   {times}")
    print(f"polars               {polars_rate:13,.0f} records/s   cuts and strips, judges nothing")
    print(f"SHA-256 alone        {1 / hashed:13,.0f} records/s   yardstick")
    print(f"copying alone        {1 / copied:13,.0f} records/s   yardstick")


if __name__ == "__main__":
    main()
