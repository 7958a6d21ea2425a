"""`harborline oversight`: the nightly watch by hand, the morning's questions, the model agency, enforcement's check."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from harborline.kernel import Invalid
from harborline.project import embedded
from harborline.project.start import ready

app = typer.Typer(help="Who looked, was there a reason, and who must be asked.", no_args_is_help=True)

SOME_LEFT_OUT = 5
_LARGEST = 16 << 20
Program = Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")]
As = Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker); default: the signed-in worker.")]


@app.callback()
def oversight() -> None:
    """Supervisors review what is found in the console (docs/operate/oversight.md)."""


@app.command()
def simulate(
    seed: Annotated[int, typer.Option(help="The same seed gives the same agency.")] = 1,
    workers: Annotated[int, typer.Option(help="How many workers.", min=16, max=5_000)] = 1_200,
    recall: Annotated[float, typer.Option(help="How much of the misuse must be found.", min=0.1, max=1)] = 0.9,
) -> None:
    """Let the detectors look at a model agency and print how right they were, as JSON. Needs no database."""
    from dataclasses import asdict  # noqa: PLC0415 - numpy is loaded on use

    from harborline.oversight.detecting import findings  # noqa: PLC0415 - as above
    from harborline.oversight.measuring import measured  # noqa: PLC0415 - as above
    from harborline.oversight.simulating import Size  # noqa: PLC0415 - as above
    from harborline.oversight.simulating import simulate as model  # noqa: PLC0415 - as above

    agency = model(Size(workers=workers, people=workers * 250), seed=seed)
    said = measured(agency, findings(agency.picture), recall=recall)
    typer.echo(json.dumps({"accesses": len(agency.picture.accesses.worker), **asdict(said)}, indent=1))


@app.command()
def watch(program: Program, acting_as: As = "") -> None:
    """Look through the last four weeks now, as it happens every night by itself."""
    with embedded.running():
        ready()
        from harborline.oversight.services import watch as look_through  # noqa: PLC0415 - needs Django set up
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - as above
        from harborline.sites.permissions import permissions_of  # noqa: PLC0415 - as above

        if "safeguards:review" not in permissions_of(acting_worker(acting_as, program).roles):
            raise Invalid("only those who review may start the watch", "--as")
        typer.echo(f"{look_through(program)} new findings")


@app.command()
def questions(program: Program, acting_as: As = "") -> None:
    """Print who must say why they opened something on a day before today: one JSON object a line, for a mailer.

    It names workers and how many looks, never whom they looked at.
    """
    with embedded.running():
        ready()
        from harborline.disclosure.selectors import questions as open_questions  # noqa: PLC0415 - needs Django set up
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - as above
        from harborline.workforce.selectors import worker_of  # noqa: PLC0415 - as above

        with acting_worker(acting_as, program).acting("safeguards"):
            for worker_id, count in open_questions():
                found = worker_of(worker_id, program)
                typer.echo(json.dumps({"email": found.email, "questions": count, "page": "/console/safeguards/mine/"}))


@app.command()
def enforcement(
    path: Annotated[Path, typer.Argument(help="Numbers of participants, one a line, before they are enforced.")],
    program: Program,
    acting_as: As = "",
) -> None:
    """Say of each obligor whether automatic enforcement may take them; exit code 5 when some may not.

    Run it over every file for offset, credit reports or licence holds before it leaves.
    """
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise Invalid("give a file of numbers, one a line, of 16 MB at most", str(path))
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise Invalid("is not UTF-8 text", str(path)) from None
    numbers = list(dict.fromkeys(filter(None, map(str.strip, lines))))
    with embedded.running():
        ready()
        from harborline.disclosure.services import check_enforcement  # noqa: PLC0415 - needs Django set up
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - as above

        who = acting_worker(acting_as, program)
        with who.acting("enforcement"):
            decided = check_enforcement(numbers, roles=who.roles)
    for number, said in decided:
        sys.stdout.write(json.dumps({"participant": number, "enforce": said}) + "\n")
    if any(said != "allow" for _number, said in decided):
        raise typer.Exit(SOME_LEFT_OUT)
