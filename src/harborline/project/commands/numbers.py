"""`harborline numbers`: are the numbers we text still their owners'?"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO, Annotated

import typer

from harborline.kernel import Invalid
from harborline.messaging.hygiene.facts import Report
from harborline.project import embedded
from harborline.project.start import ready

app = typer.Typer(help="Are the numbers we text still their owners'?", no_args_is_help=True)

Program = Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")]
As = Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker).")]
Dates = Annotated[str, typer.Option("--date-format", help="How dates are written, as in %Y-%m-%d or %Y%m%d.")]
SOME_BAD, SHOWN = 5, 20


@app.callback()
def numbers() -> None:
    """Ask a register of reassigned numbers, take its answers and carriers' lists of dead numbers (docs/feeds.md)."""


@app.command()
def questions(
    program: Program,
    out: Annotated[Path, typer.Option("--out", help="Where the file goes; it must not exist yet.")],
    acting_as: As = "",
    date_format: Dates = "%Y-%m-%d",
    *,
    everything: Annotated[bool, typer.Option("--all", help="Also numbers asked about in the last 30 days.")] = False,
) -> None:
    """Write `tn,date` for every number that is due; holds phone numbers: the file is readable for you alone."""
    with embedded.running():
        ready()
        from harborline.messaging.hygiene import services  # noqa: PLC0415 - needs Django set up
        from harborline.messaging.hygiene.files import write_questions  # noqa: PLC0415 - as above
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - as above

        who = acting_worker(acting_as, program)
        who.must_steer("numbers")
        try:
            handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise Invalid(f"cannot be written: {error.strerror}", str(out)) from None
        with os.fdopen(handle, "w", encoding="utf-8") as file, who.acting("number-hygiene"):
            count = write_questions(services.questions(everything=everything), file, date_format=date_format)
    typer.echo(f"{count:,} numbers to ask about in {out.name}")


@app.command()
def answers(
    program: Program,
    path: Annotated[Path, typer.Argument(help="The register's answers: tn,date,answer.")],
    register: Annotated[str, typer.Option(help="Who answered, such as reassigned.us.")],
    acting_as: As = "",
    date_format: Dates = "%Y-%m-%d",
) -> None:
    """Take a register's answers: numbers with a new owner get no text any more, and staff are asked."""
    with embedded.running():
        ready()
        from harborline.messaging.hygiene import services  # noqa: PLC0415 - needs Django set up
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - as above

        who = acting_worker(acting_as, program)
        who.must_steer("numbers")
        with _opened(path) as source, who.acting("number-hygiene"):
            report = services.take_answers(source, name=path.name, register=register, date_format=date_format)
    _tell(report, path.name)


@app.command()
def deactivations(
    program: Program,
    path: Annotated[Path, typer.Argument(help="The carrier's list: tn, and a date where there is one.")],
    carrier: Annotated[str, typer.Option(help="Whose list it is.")],
    acting_as: As = "",
    date_format: Dates = "%Y-%m-%d",
) -> None:
    """Take a carrier's list of numbers that were switched off."""
    with embedded.running():
        ready()
        from harborline.messaging.hygiene import services  # noqa: PLC0415 - needs Django set up
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - as above

        who = acting_worker(acting_as, program)
        who.must_steer("numbers")
        with _opened(path) as source, who.acting("number-hygiene"):
            report = services.take_deactivations(source, name=path.name, carrier=carrier, date_format=date_format)
    _tell(report, path.name)


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror}", str(path)) from None


def _tell(report: Report, name: str) -> None:
    typer.echo(
        f"{report.lines:,} lines: {report.ended:,} numbers ended, {report.asked:,} questions for staff,"
        f" {report.unknown:,} not ours, {len(report.bad):,} bad"
    )
    for bad in report.bad[:SHOWN]:
        sys.stderr.write(f"harborline: {name}, line {bad.line}, {bad.column}: {bad.problem}\n")
    if len(report.bad) > SHOWN:
        sys.stderr.write(f"harborline: {len(report.bad) - SHOWN} more lines are bad\n")
    if report.bad:
        raise typer.Exit(SOME_BAD)
