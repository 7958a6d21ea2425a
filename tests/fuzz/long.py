"""One target for as long as told, led by the code it has not reached yet (atheris, coverage-guided).

    python -m tests.fuzz.long TARGET [--seconds 600] [--keep DIR]

Exit code 0 when nothing broke; the input that broke it is kept beside the corpus, and its path is printed.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

TARGETS = ("attack", "bytes_on_the_wire", "read_as_layout", "read_as_paper")


def main() -> None:
    """Run one target."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=TARGETS)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--keep", type=Path, default=Path("/tmp/harborline-fuzz"))  # noqa: S108 - a scratch corpus
    chosen = parser.parse_args()
    import atheris  # noqa: PLC0415 - must be there before what it watches

    with atheris.instrument_imports(include=["harborline.exchange", "harborline.adapters.sftp_server"]):
        from tests.fuzz import files, sftp  # noqa: PLC0415 - imported while watched
    known: dict[str, Callable[[bytes], object]] = {
        name: getattr(files, name, None) or getattr(sftp, name) for name in TARGETS
    }
    corpus = chosen.keep / chosen.target
    corpus.mkdir(parents=True, exist_ok=True)
    target = known[chosen.target]
    told = [
        sys.argv[0], str(corpus), f"-max_total_time={chosen.seconds}", "-max_len=4096", "-timeout=30",
        f"-artifact_prefix={chosen.keep}/{chosen.target}-", "-print_final_stats=1",
    ]  # fmt: skip

    def one(content: bytes) -> None:
        target(content)

    atheris.Setup(told, one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
