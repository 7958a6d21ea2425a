"""Which tests failed the first time: few enough to try again, and their names afterwards.

`may-be-tried-again` ends with 0 when at least one and at most three failed, and keeps their names in
`build/unsteady.txt`; `report` prints them. See docs/decisions/0022-unsteady-tests.md.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

AT_MOST = 3
FAILED = Path(".pytest_cache/v/cache/lastfailed")
KEPT = Path("build/unsteady.txt")


def main(asked: str) -> int:
    """0 when the answer is yes or was printed, 1 otherwise."""
    if asked == "report":
        print("UNSTEADY: failed once, passed alone; each is a defect of the test or of what it tests:")
        print(KEPT.read_text(), end="")
        return 0
    try:
        failed = sorted(json.loads(FAILED.read_text()))
    except (OSError, ValueError):
        return 1
    if not 1 <= len(failed) <= AT_MOST:
        print(f"{len(failed)} tests failed; only up to {AT_MOST} are tried once more")
        return 1
    KEPT.parent.mkdir(exist_ok=True)
    KEPT.write_text("".join(f"  {each}\n" for each in failed))
    return 0


if __name__ == "__main__":
    if sys.argv[1:] not in (["may-be-tried-again"], ["report"]):
        sys.exit("unsteady.py may-be-tried-again|report")
    sys.exit(main(sys.argv[1]))
