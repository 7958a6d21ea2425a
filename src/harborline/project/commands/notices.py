"""`harborline notices`: send a notice to a caseload, and steer runs."""

from __future__ import annotations

import json
import sys
import uuid
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harborline.kernel import Invalid
from harborline.messaging.facts import Knowledge, Verdict
from harborline.project import embedded
from harborline.project.start import ready

app = typer.Typer(help="Send a notice to a caseload; look at, approve, pause and cancel runs.", no_args_is_help=True)

As = Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker); default: the signed-in worker.")]
Program = Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")]
Json = Annotated[bool, typer.Option("--json", help="One JSON object on standard output, for machines.")]

BAD_ROWS_EXIT = 5


@app.callback()
def notices() -> None:
    """Each recipient is allowed, held or refused with the clause that says so; every step stays on record."""


@app.command()
def send(
    program: Program,
    template: Annotated[str, typer.Option(help="Template, such as appointment-reminder.")],
    caseload: Annotated[Path, typer.Option(help="Caseload extract, CSV UTF-8 (docs/caseload.md).")],
    acting_as: As = "",
    schedule: Annotated[str, typer.Option(help="Begin at this moment, 2026-12-01T09:00-05:00.")] = "",
    hold: Annotated[bool, typer.Option("--hold", help="Decide and queue, but wait for `notices release`.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Send nothing when any row is bad.")] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Stay until all that may go now has gone.")] = True,
    out: Annotated[Path | None, typer.Option(help="Folder for bad-rows.csv and not-reached files.")] = None,
    as_json: Json = False,
) -> None:
    """Send TEMPLATE to every recipient in CASELOAD who may have it now.

    Running the same file again sends nothing twice. Exit code 5: done, but some rows could not be used (they are
    listed by row, column and reason).
    """
    with embedded.running():
        ready()
        from harborline.project.sending import SendOrder, send_caseload  # noqa: PLC0415 - needs Django set up

        order = SendOrder(
            program=program,
            template=template,
            caseload=caseload,
            acting_as=acting_as,
            scheduled_at=_moment(schedule),
            hold=hold,
            strict=strict,
            wait=wait,
            out=out,
        )
        report = send_caseload(order, Console(stderr=as_json))
        if as_json:
            json.dump(report.as_json(), sys.stdout, indent=2)
            sys.stdout.write("\n")
    raise typer.Exit(BAD_ROWS_EXIT if report.bad_rows else 0)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise Invalid("is not a moment; write 2026-12-01T09:00-05:00", "--schedule") from None
    if moment.tzinfo is None:
        raise Invalid("needs its distance from UTC, such as -05:00", "--schedule")
    return moment


@app.command("list")
def list_runs(program: Program, acting_as: As = "") -> None:
    """The latest runs of a program."""
    with embedded.running():
        ready()
        from harborline.project.sending import show_runs  # noqa: PLC0415 - needs Django set up

        show_runs(program, acting_as, Console())


@app.command()
def show(program: Program, run: Annotated[uuid.UUID, typer.Argument()], acting_as: As = "") -> None:
    """One run in numbers, by outcome and clause."""
    with embedded.running():
        ready()
        from harborline.project.sending import show_run  # noqa: PLC0415 - needs Django set up

        show_run(program, run, acting_as, Console())


@app.command()
def preview(
    program: Program, run: Annotated[uuid.UUID, typer.Argument()], acting_as: As = "", as_json: Json = False
) -> None:
    """The exact texts of a run before it goes out, and from when to when it would be through."""
    _looked("show_preview", program, run, acting_as, as_json=as_json)


@app.command()
def status(
    program: Program, run: Annotated[uuid.UUID, typer.Argument()], acting_as: As = "", as_json: Json = False
) -> None:
    """Where a run stands, and from when to when it will be through."""
    _looked("show_status", program, run, acting_as, as_json=as_json)


def _looked(what: str, program: str, run: uuid.UUID, acting_as: str, *, as_json: bool) -> None:
    with embedded.running():
        ready()
        from harborline.project import outlook  # noqa: PLC0415 - needs Django set up

        told = getattr(outlook, what)(program, run, acting_as, Console(), as_json=as_json)
        if as_json:
            json.dump(told, sys.stdout, indent=2)
            sys.stdout.write("\n")


@app.command()
def unclear(program: Program, acting_as: As = "") -> None:
    """The texts nobody can answer for: they are never sent again by the machine."""
    with embedded.running():
        ready()
        from harborline.project.outlook import show_unclear  # noqa: PLC0415 - needs Django set up

        show_unclear(program, acting_as, Console())


@app.command()
def settle(
    *,
    program: Program,
    message: Annotated[uuid.UUID, typer.Argument()],
    arrived: Annotated[bool, typer.Option("--arrived/--not-arrived", help="What became of the text.")],
    how: Annotated[Knowledge, typer.Option(help="How you know it.")] = Knowledge.PERSON,
    note: Annotated[str, typer.Option(help="Kept sealed with it.")] = "",
    acting_as: As = "",
) -> None:
    """Say what became of an unclear text, once somebody found out."""
    with embedded.running():
        ready()
        from harborline.project import outlook  # noqa: PLC0415 - needs Django set up

        verdict = Verdict.ARRIVED if arrived else Verdict.NOT_ARRIVED
        typer.echo(outlook.settle(program, message, acting_as, verdict=verdict, how=how, note=note))


@app.command()
def again(program: Program, message: Annotated[uuid.UUID, typer.Argument()], acting_as: As = "") -> None:
    """Send a text that surely did not arrive as a new one."""
    with embedded.running():
        ready()
        from harborline.project import outlook  # noqa: PLC0415 - needs Django set up

        typer.echo(outlook.send_again(program, message, acting_as))


@app.command()
def senders(program: Program, acting_as: As = "") -> None:
    """The program's senders, whether they may send, and why not."""
    with embedded.running():
        ready()
        from harborline.project.outlook import show_senders  # noqa: PLC0415 - needs Django set up

        show_senders(program, acting_as, Console())


@app.command("resume-sender")
def resume_sender(program: Program, sender: Annotated[str, typer.Argument()], acting_as: As = "") -> None:
    """Let a paused sender send again, once its trouble with the carrier is over."""
    with embedded.running():
        ready()
        from harborline.project import outlook  # noqa: PLC0415 - needs Django set up

        typer.echo(outlook.let_go_on(program, sender, acting_as))


def _steer(program: str, run: uuid.UUID, acting_as: str, step: str, at: str = "") -> None:
    with embedded.running():
        ready()
        from harborline.project.sending import steer  # noqa: PLC0415 - needs Django set up

        typer.echo(steer(program, run, acting_as, step, _moment(at)))


@app.command()
def release(program: Program, run: Annotated[uuid.UUID, typer.Argument()], acting_as: As = "") -> None:
    """Send a run that was kept ready."""
    _steer(program, run, acting_as, "release")


@app.command()
def approve(program: Program, run: Annotated[uuid.UUID, typer.Argument()], acting_as: As = "") -> None:
    """The second person's yes to a large run."""
    _steer(program, run, acting_as, "approve")


@app.command()
def pause(program: Program, run: Annotated[uuid.UUID, typer.Argument()], acting_as: As = "") -> None:
    """Hand nothing more over until `resume`."""
    _steer(program, run, acting_as, "pause")


@app.command()
def resume(program: Program, run: Annotated[uuid.UUID, typer.Argument()], acting_as: As = "") -> None:
    """Go on with a paused run."""
    _steer(program, run, acting_as, "resume")


@app.command()
def cancel(program: Program, run: Annotated[uuid.UUID, typer.Argument()], acting_as: As = "") -> None:
    """End a run for everything not handed over yet."""
    _steer(program, run, acting_as, "cancel")


@app.command()
def schedule(
    program: Program,
    run: Annotated[uuid.UUID, typer.Argument()],
    at: Annotated[str, typer.Option(help="2026-12-01T09:00-05:00")],
    acting_as: As = "",
) -> None:
    """Set or move the moment a run begins."""
    _steer(program, run, acting_as, "schedule", at)


@app.command("test-send")
def send_test(
    *,
    program: Program,
    template: Annotated[str, typer.Option(help="Template, such as appointment-reminder.")],
    to: Annotated[str, typer.Option(help="Test phone number of a worker.")],
    language: Annotated[str, typer.Option(help="Language of the text.")] = "en",
    acting_as: As = "",
) -> None:
    """Send the template, filled with an invented appointment, to a test number."""
    with embedded.running():
        ready()
        from harborline.project.sending import test_text  # noqa: PLC0415 - needs Django set up

        typer.echo(test_text(program, template, to, language, acting_as))
