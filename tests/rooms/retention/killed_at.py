"""A disposal that is killed (SIGKILL) at its n-th step: run as a program by the fault tests.

Usage: killed_at.py RUN_ID STEP, in the environment of the tests' own installation. A step is a statement to the
database, before and after, or the destruction of a batch. Step 0: never.
"""

from __future__ import annotations

import os
import signal
import sys
import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from harborline.project.start import prepare

RUN, STEP, NOW = uuid.UUID(sys.argv[1]), int(sys.argv[2]), datetime.fromisoformat(sys.argv[3])
_done = 0


def step() -> None:
    """Count; at the chosen step, die as in a power cut."""
    global _done  # noqa: PLW0603 - one count for the whole program
    _done += 1
    if _done == STEP:
        os.kill(os.getpid(), signal.SIGKILL)


def stepping(execute: Callable[..., Any], *arguments: Any) -> Any:  # noqa: ANN401 - passes everything on
    """Before and after each statement."""
    step()
    answer = execute(*arguments)
    step()
    return answer


def main() -> None:
    """Carry out the run, dying on the way."""
    prepare()
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    from harborline.retention import disposing  # noqa: PLC0415 - as above

    disposing.BATCH = 2
    with connection.execute_wrapper(stepping):
        disposing.execute_run(RUN, program="nc-css", now=NOW)
    sys.stdout.write(f"{_done}\n")


main()
