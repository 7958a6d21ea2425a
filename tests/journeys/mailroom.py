"""What the exchange journey does inside a home, as a program: one act a line, one answer a line, in JSON.

HARBORLINE_HOME=… python tests/journeys/mailroom.py
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from typing import Any

from harborline.project import embedded

PROGRAM = "nc-css"


def settle() -> list[str]:
    """Hire the invented staff and sign the log's first state; answers two operators and their password."""
    from harborline.project import demonstration
    from harborline.project.home import home
    from harborline.walls import ALL_COUNTIES, Actor, acting

    (home() / "blobs").mkdir(exist_ok=True)
    with acting(Actor("system", "mailroom"), program=PROGRAM, counties=ALL_COUNTIES, purpose="journey"):
        demonstration._hire(PROGRAM)
    sign()
    return ["operator@nc-css.example", "second@nc-css.example", demonstration.PASSWORD]


def sign() -> int:
    """Publish everything that waits; answers how many entries the log has."""
    from harborline.ledger.published import CHECKPOINT, Directory
    from harborline.project.home import log_directory
    from harborline.project.sequencing import sequence_now

    sequence_now()
    return int(Directory(log_directory()).read(CHECKPOINT).split(b"\n")[1])


def work(minutes: int = 0) -> list[int]:
    """Take the steps that are due and look around, as if so many minutes had passed: steps taken, alarms raised."""
    from datetime import timedelta

    from harborline.exchange.services import watch, work_off
    from harborline.exchange.units import as_system
    from harborline.kernel import clock

    taken = work_off(PROGRAM)
    with as_system(PROGRAM, "upkeep"):
        return [taken, watch(clock.now() + timedelta(minutes=minutes))]


def command(folder: str, *arguments: str) -> list[Any]:
    """Run `harborline` with these arguments in a folder, as a process of its own would: exit code and both streams.

    It runs here, where everything is loaded: a story of sixty commands would otherwise wait for sixty starts.
    """
    from harborline.project import demonstration
    from harborline.project.command import main as harborline

    os.environ["HARBORLINE_PASSWORD"] = demonstration.PASSWORD
    os.chdir(folder)
    sys.argv = ["harborline", *arguments]
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            harborline()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return [code, out.getvalue(), err.getvalue()]


ACTS = {act.__name__: act for act in (settle, sign, work, command)}


def main() -> None:
    """Open, answer line by line, close when nobody asks any more."""
    from harborline.project.home import home

    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    # Invented workers without a second factor: only a demonstration lets them in.
    (home() / "demo-clock.json").write_text(json.dumps({"shift_s": 0}))
    with embedded.running():
        from harborline.project.start import ready

        ready()
        for line in sys.stdin:
            name, *given = json.loads(line)
            answer: Any = ACTS[name](*given)
            answers.write(json.dumps(answer) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
