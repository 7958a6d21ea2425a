"""`harborline retention`: schedules, previews, disposal runs, holds, certificates."""

from __future__ import annotations

import json
import sys
import uuid
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from harborline.project import embedded
from harborline.project.start import ready

app = typer.Typer(help="How long records live, what holds them, and their disposal.", no_args_is_help=True)
holds_app = typer.Typer(help="List, place, confirm and release holds.")
app.add_typer(holds_app, name="holds")

As = Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker); default: the signed-in worker.")]
Program = Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output, for machines.")]
Run = Annotated[uuid.UUID, typer.Argument(help="The run's id, as `retention run` lists it.")]
HoldId = Annotated[uuid.UUID, typer.Argument(help="The hold's id, as `retention holds` lists it.")]
Reason = Annotated[str, typer.Option(help="Why; kept in the record.")]


@app.callback()
def retention() -> None:
    """Nothing is destroyed before its time, while a hold keeps it, or on one person's word."""


@app.command()
def schedules(
    program: Annotated[str, typer.Option(help="Only this program.")] = "",
    mode: Annotated[str, typer.Option(help="Only this mode.")] = "",
    *,
    as_json: Json = False,
) -> None:
    """Every series with its clocks and authority, from the schedules' files; needs no database."""
    from harborline.project.retention_words import schedule_facts, schedule_lines  # noqa: PLC0415 - loaded on use

    facts = schedule_facts(program, mode)
    _say(facts, as_json=as_json, lines=schedule_lines(facts))


@app.command()
def preview(
    program: Program,
    series: Annotated[str, typer.Option(help="Only this series.")] = "",
    acting_as: As = "",
    *,
    prepare: Annotated[bool, typer.Option("--prepare", help="Fix what is ripe in SERIES as a disposal run.")] = False,
    as_json: Json = False,
) -> None:
    """Count what is ripe, and what of it a hold keeps; destroys nothing."""
    with embedded.running():
        ready()
        from harborline.project.retention_desk import Desk  # noqa: PLC0415 - needs Django set up

        desk = Desk.of(acting_as, program)
        told = desk.prepare(series) if prepare else desk.preview(series)
    _say(told.facts, as_json=as_json, lines=told.lines)


@app.command()
def run(
    run_id: Annotated[uuid.UUID | None, typer.Argument(help="The run; without one the latest are listed.")] = None,
    program: Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")] = ...,  # type: ignore[assignment]  # typer's way to require it
    acting_as: As = "",
    *,
    approve: Annotated[bool, typer.Option("--approve", help="Approve it (another person than who prepared).")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Give it up.")] = False,
    as_json: Json = False,
) -> None:
    """List runs; approve one and carry it out; go on with one that was interrupted."""
    with embedded.running():
        ready()
        from harborline.project.retention_desk import Desk  # noqa: PLC0415 - needs Django set up

        desk = Desk.of(acting_as, program)
        told = desk.runs() if run_id is None else desk.carry_out(run_id, approve=approve, withdraw=withdraw)
    _say(told.facts, as_json=as_json, lines=told.lines)


@app.command()
def certificate(
    run_id: Run,
    program: Program,
    acting_as: As = "",
    out: Annotated[Path, typer.Option(help="Folder for the certificate's files.")] = Path(),
) -> None:
    """Write the certificate of a finished run: JSON with its proof, PDF, and the C2SP tlog-proof."""
    with embedded.running():
        ready()
        from harborline.project.retention_desk import Desk  # noqa: PLC0415 - needs Django set up

        for path in Desk.of(acting_as, program).certificate(run_id, out):
            typer.echo(path)


@app.command()
def verify(
    file: Annotated[Path, typer.Argument(help="The certificate, a JSON file.")],
    vkey: Annotated[str, typer.Option(help="The log's verifier key line, or a file that holds it.")],
) -> None:
    """Check a certificate against the log's key; needs no database. Exit code 1: it does not hold."""
    from harborline.ledger.facts import Differs  # noqa: PLC0415 - loaded on use
    from harborline.project.retention_words import certificate_lines  # noqa: PLC0415 - as above

    try:
        lines = certificate_lines(file, vkey)
    except Differs as wrong:
        typer.echo(f"does not hold: {wrong}", err=True)
        raise typer.Exit(1) from None
    for line in lines:
        typer.echo(line)


@app.command()
def adopt(
    program: Program,
    mode: Annotated[str, typer.Option(help="keep, view-then-destroy or keep-sealed.")],
    reason: Reason,
    version: Annotated[int, typer.Option(help="Version of the schedule.")] = 1,
    acting_as: As = "",
) -> None:
    """Ask for another mode or version of the schedule; in force once another person runs `approve-adoption`."""
    with embedded.running():
        ready()
        from harborline.project.retention_desk import Desk  # noqa: PLC0415 - needs Django set up

        typer.echo(Desk.of(acting_as, program).adopt(mode, version, reason))


@app.command("approve-adoption")
def approve_adoption(
    adoption: Annotated[uuid.UUID, typer.Argument(help="The id `adopt` printed.")],
    program: Program,
    acting_as: As = "",
    *,
    reaches_back: Annotated[
        bool, typer.Option("--reaches-back", help="Also for records made before: may shorten what is kept.")
    ] = False,
) -> None:
    """Put in force what somebody else asked for."""
    with embedded.running():
        ready()
        from harborline.project.retention_desk import Desk  # noqa: PLC0415 - needs Django set up

        typer.echo(Desk.of(acting_as, program).approve_adoption(adoption, reaches_back=reaches_back))


@app.command()
def year(
    program: Program,
    event: Annotated[str, typer.Option(help="final-expenditure-report, controller-release or audit-closed.")],
    fiscal_year: Annotated[int, typer.Option("--year", help="Fiscal year, named after its end.")],
    on: Annotated[str, typer.Option(help="The day, 2027-01-28.")],
    source: Annotated[str, typer.Option(help="The paper it stands in.")],
    acting_as: As = "",
) -> None:
    """Tell what starts a clock for a whole fiscal year."""
    from harborline.project.retention_words import day  # noqa: PLC0415 - loaded on use

    told_on: date = day(on, "--on")
    with embedded.running():
        ready()
        from harborline.project.retention_desk import Desk  # noqa: PLC0415 - needs Django set up

        typer.echo(Desk.of(acting_as, program).tell_year(event, fiscal_year, told_on, source))


@app.command()
def upkeep(program: Program, acting_as: As = "", *, as_json: Json = False) -> None:
    """Do now what the queue does by itself: note closed cases, count what is ripe, destroy what is overdue."""
    with embedded.running():
        ready()
        from harborline.project.retention_desk import Desk  # noqa: PLC0415 - needs Django set up

        told = Desk.of(acting_as, program).upkeep()
    _say(told.facts, as_json=as_json, lines=told.lines)


@holds_app.callback(invoke_without_command=True)
def holds(
    context: typer.Context,
    program: Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")] = "",
    acting_as: As = "",
    *,
    released: Annotated[bool, typer.Option("--released", help="Released ones too.")] = False,
    as_json: Json = False,
) -> None:
    """Without a command: the holds of PROGRAM. A hold keeps from the moment it is asked for."""
    if context.invoked_subcommand is not None:
        return
    from harborline.kernel import Invalid  # noqa: PLC0415 - loaded on use

    if not program:
        raise Invalid("name the program", "--program")
    with embedded.running():
        ready()
        from harborline.project.retention_desk import Desk  # noqa: PLC0415 - needs Django set up

        told = Desk.of(acting_as, program).holds(released=released)
    _say(told.facts, as_json=as_json, lines=told.lines)


@holds_app.command()
def place(
    program: Program,
    reason: Reason,
    person: Annotated[str, typer.Option(help="A participant's number in the case system.")] = "",
    case: Annotated[str, typer.Option(help="A case's number in the case system.")] = "",
    number: Annotated[str, typer.Option(help="A telephone number.")] = "",
    series: Annotated[str, typer.Option(help="Only this series.")] = "",
    since: Annotated[str, typer.Option("--from", help="Records made on or after this day, 2026-01-31.")] = "",
    until: Annotated[str, typer.Option("--to", help="Records made before this day.")] = "",
    acting_as: As = "",
) -> None:
    """Ask for a hold; another person confirms it. It keeps at once."""
    from harborline.project.retention_words import scope  # noqa: PLC0415 - loaded on use

    with embedded.running():
        ready()
        from harborline.project.retention_desk import Desk  # noqa: PLC0415 - needs Django set up

        wanted = scope(program, person=person, case=case, number=number, series=series, since=since, until=until)
        typer.echo(Desk.of(acting_as, program).place(wanted, reason))


@holds_app.command()
def confirm(hold: HoldId, program: Program, acting_as: As = "") -> None:
    """Confirm a hold somebody else asked for."""
    with embedded.running():
        ready()
        from harborline.project.retention_desk import Desk  # noqa: PLC0415 - needs Django set up

        typer.echo(Desk.of(acting_as, program).confirm(hold))


@holds_app.command()
def release(
    hold: HoldId,
    program: Program,
    reason: Annotated[str, typer.Option(help="Why; needed to ask for the release.")] = "",
    acting_as: As = "",
) -> None:
    """Ask for the release of a hold (with --reason); another person runs the same without --reason to release it."""
    with embedded.running():
        ready()
        from harborline.project.retention_desk import Desk  # noqa: PLC0415 - needs Django set up

        typer.echo(Desk.of(acting_as, program).release(hold, reason))


def _say(facts: Mapping[str, Any], *, as_json: bool, lines: list[str]) -> None:
    if as_json:
        json.dump(facts, sys.stdout, indent=2, ensure_ascii=False)
        sys.stdout.write("\n")
        return
    for line in lines:
        typer.echo(line)
