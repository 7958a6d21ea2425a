"""OpenPGP both ways beside GnuPG, in one run: MiB/s of encrypt and sign, and of decrypt and verify, with the hashing.

Run: .venv/bin/python benchmarks/openpgp.py [--mib 256]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))
from harborline.adapters.openpgp.armour import Sequoia
from harborline.adapters.openpgp.ownkeys import OwnKeys

GOAL = 200
MIB = 1024**2


class Hashed:
    """A sink that hashes what it gets, as the sealing writer does, and keeps nothing."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.hash, self.size = hashlib.sha256(), 0

    def write(self, chunk: bytes) -> int:
        """Take bytes."""
        self.hash.update(chunk)
        self.size += len(chunk)
        return len(chunk)


def timed(act: Callable[[], object]) -> tuple[float, float]:
    """Seconds by the clock and of the processor, children included."""
    before = time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])
    began = time.perf_counter()
    act()
    wall = time.perf_counter() - began
    return wall, time.process_time() + sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2]) - before


def show(title: str, mib: int, found: tuple[float, float], note: str = "") -> float:
    """One line."""
    wall, cpu = found
    print(f"{title:44} {mib / wall:7.0f} MiB/s   CPU {cpu * 1024 / mib:6.2f} s/GiB {note}", flush=True)
    return mib / wall


def main() -> None:
    """Measure and compare."""
    reader = argparse.ArgumentParser()
    reader.add_argument("--mib", type=int, default=256)
    mib = reader.parse_args().mib
    folder = Path(tempfile.mkdtemp(prefix="pgp-"))
    try:
        plain, message = folder / "plain", folder / "message"
        block = os.urandom(MIB)
        with plain.open("wb") as file:
            for _ in range(mib):
                file.write(block)
        own = OwnKeys(folder / "keys", "Bench <bench@example.com>")
        certificate = own.certificate()
        engine = Sequoia(own.secrets)

        def close() -> None:
            with plain.open("rb") as source, message.open("wb") as sink:
                engine.close(source, sink, recipients=[certificate])

        def open_() -> None:
            sink: Any = Hashed()
            with message.open("rb") as source:
                engine.open(source, sink, signers=[certificate], at_most=mib * MIB)

        closing = show("ours: encrypt and sign", mib, timed(close), f"(goal {GOAL})")
        opening = show("ours: decrypt, verify, hash twice", mib, timed(open_), f"(goal {GOAL})")
        gpg = ["gpg", "--homedir", str(folder / "gpg"), "--batch", "--quiet", "--trust-model", "always", "--yes"]
        (folder / "gpg").mkdir(mode=0o700)
        subprocess.run([*gpg, "--import"], input=own.secrets()[0], check=True, capture_output=True)
        seal = [
            "--encrypt",
            "--sign",
            "--recipient",
            "bench@example.com",
            "--output",
            str(folder / "theirs"),
            str(plain),
        ]
        show(
            "gpg: encrypt and sign, no compression", mib, timed(lambda: _run([*gpg, "--compress-algo", "none", *seal]))
        )
        undo = [*gpg, "--output", str(folder / "out"), "--decrypt", str(folder / "theirs")]
        show("gpg: decrypt and verify", mib, timed(lambda: _run(undo)))
        show("gpg: encrypt and sign, as it comes (zip)", mib, timed(lambda: _run([*gpg, *seal])))

        def open_compressed() -> None:
            sink: Any = Hashed()
            with (folder / "theirs").open("rb") as source:
                engine.open(source, sink, signers=[certificate], at_most=mib * MIB)

        show("ours: decrypt and verify what gpg compressed", mib, timed(open_compressed))
        print(f"goal {GOAL} MiB/s: {'reached' if min(closing, opening) >= GOAL else 'NOT reached'}")
        subprocess.run(["gpgconf", "--homedir", str(folder / "gpg"), "--kill", "all"], check=False)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


if __name__ == "__main__":
    main()
