"""What sealing costs: blobs beside raw AES-256-GCM, values and records by the piece, destruction by the record.

`python benchmarks/vault.py [--mib 512]`; runs on one core without a database. CPU time is the steadier figure on a
shared machine, wall time includes the disk.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from harborline.adapters.keys import DirectoryStore, FileJournal, FileRoot
from harborline.kernel import ports
from harborline.vault import services
from harborline.vault.blobs import CHUNK_BYTES, BlobDirectory
from harborline.vault.facts import Piece
from harborline.vault.ports import ErasureJournal, KeyProvider, KeyStore

LIMIT_MIB_S = 300
GROUP, NAME = "nc-css/caseloads", "0190a1b2-0000-7000-8000-000000000009"
WORDS = b"Wake County Child Support: you have an appointment on May 5 at 10:00 AM. Reply STOP to stop. " * 2


class Repeated(io.RawIOBase):
    """A source of so many MiB that costs nothing to read."""

    def __init__(self, mib: int) -> None:
        self._left, self._chunk = mib, os.urandom(CHUNK_BYTES)

    def readable(self) -> bool:
        """It is."""
        return True

    def read(self, size: int = -1) -> bytes:
        """One chunk of a MiB at a time, then nothing."""
        assert size == CHUNK_BYTES
        self._left -= 1
        return self._chunk if self._left >= 0 else b""


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """CPU and wall seconds."""
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - cpu_s, time.perf_counter() - wall_s


def raw(mib: int) -> dict[str, float | str]:
    """AES-256-GCM of the same library over the same chunks, and nothing else: the measure of what is possible."""
    cipher, chunk = AESGCM(os.urandom(32)), os.urandom(CHUNK_BYTES)

    def encrypt() -> None:
        for number in range(mib):
            cipher.encrypt(number.to_bytes(12), chunk, b"")

    cpu_s, _ = timed(encrypt)
    return {"what": "raw AES-256-GCM", "mib_per_cpu_s": round(mib / cpu_s)}


def sealing(directory: Path, mib: int) -> list[dict[str, float | str]]:
    """A blob sealed to disk, and opened again."""
    blobs = BlobDirectory(directory)
    cpu_s, wall_s = timed(lambda: blobs.put(NAME, Repeated(mib), group=GROUP))  # type: ignore[arg-type]  # RawIOBase is what put reads

    def read() -> None:
        with blobs.open(NAME, group=GROUP) as stream:
            while stream.read1(CHUNK_BYTES):
                pass

    opened_cpu_s, opened_wall_s = timed(read)
    return [
        {"what": "seal a blob", **_rates(mib, cpu_s, wall_s), "limit_mib_per_s": LIMIT_MIB_S},
        {"what": "open a blob", **_rates(mib, opened_cpu_s, opened_wall_s), "limit_mib_per_s": LIMIT_MIB_S},
    ]


def _rates(mib: int, cpu_s: float, wall_s: float) -> dict[str, float | str]:
    return {"mib_per_cpu_s": round(mib / cpu_s), "mib_per_wall_s": round(mib / wall_s)}


def values(count: int) -> list[dict[str, float | str]]:
    """Values of about 190 bytes, as the words of a text are."""
    sealed: list[bytes] = []
    cpu_s, _ = timed(
        lambda: sealed.extend(services.seal(WORDS, group="nc-css/messages", context="message:1") for _ in range(count))
    )
    opened_s, _ = timed(
        lambda: [services.unseal(each, group="nc-css/messages", context="message:1") for each in sealed]
    )
    return [
        {"what": "seal a value", "us_cpu": round(cpu_s / count * 1e6, 1), "per_cpu_s": round(count / cpu_s)},
        {"what": "open a value", "us_cpu": round(opened_s / count * 1e6, 1), "per_cpu_s": round(count / opened_s)},
    ]


def records(count: int, batch: int) -> list[dict[str, float | str]]:
    """Erasable records, a batch at a time; one alone; and their destruction."""
    group, made = "mn-wic/inbound", [uuid.uuid4() for _ in range(count)]
    sealed: list[bytes] = []

    def seal() -> None:
        for start in range(0, count, batch):
            pieces = [Piece(record, "inbound", WORDS) for record in made[start : start + batch]]
            sealed.extend(services.seal_records(pieces, group=group))

    def unseal() -> None:
        for start in range(0, count, batch):
            pairs = zip(made[start : start + batch], sealed[start : start + batch], strict=True)
            services.unseal_records([Piece(record, "inbound", each) for record, each in pairs], group=group)

    def one_by_one() -> None:
        for _ in range(100):
            services.seal_record(WORDS, record=uuid.uuid4(), group=group, context="inbound")

    def erase() -> None:
        for start in range(0, count, 10_000):
            services.keyring().shelf(group).erase(made[start : start + 10_000])

    found: list[dict[str, float | str]] = [
        {"what": f"seal a new record, {batch} at a time", **_each(count, *timed(seal))},
        {"what": f"open a record, {batch} at a time", **_each(count, *timed(unseal))},
        {"what": f"seal one new record alone, {count} kept", **_each(100, *timed(one_by_one))},
        {"what": "destroy a record's secret, 10,000 at a time", **_each(count, *timed(erase))},
    ]
    gone = [Piece(record, "inbound", each) for record, each in zip(made[:100], sealed[:100], strict=True)]
    assert services.unseal_records(gone, group=group) == [None] * 100
    return found


def _each(count: int, cpu_s: float, wall_s: float) -> dict[str, float | str]:
    return {"us_cpu": round(cpu_s / count * 1e6, 1), "us_wall": round(wall_s / count * 1e6, 1)}


def main() -> int:
    """Measure, print JSON lines; 1 when sealing is below its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=512)
    parser.add_argument("--records", type=int, default=100_000)
    asked = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="harborline-vault-"))
    ports.serve(KeyProvider, FileRoot(directory / "keys"))
    ports.serve(KeyStore, DirectoryStore(directory / "keys"))
    ports.serve(ErasureJournal, FileJournal(directory / "journal.jsonl"))
    try:
        lines = [
            raw(asked.mib),
            *sealing(directory / "blobs", asked.mib),
            *values(50_000),
            *records(asked.records, 2_000),
        ]
    finally:
        shutil.rmtree(directory)
    for line in lines:
        print(json.dumps(line))
    return 0 if all(float(line["mib_per_cpu_s"]) >= LIMIT_MIB_S for line in lines[:3]) else 1


if __name__ == "__main__":
    sys.exit(main())
