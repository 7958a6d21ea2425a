"""`harborline exchange`: files between agencies: what is wrong now, what came, what is expected, and what to do."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from harborline.kernel import Invalid
from harborline.project.commands.exchange_door import As, Json, Program, doing, looking, say
from harborline.project.commands.exchange_steps import register

app = typer.Typer(help="Files between agencies: what is wrong, what came, what to do.", no_args_is_help=True)

Needed = Annotated[bool, typer.Option("--check", help="End with 1 when somebody is needed, for a monitor.")]


@app.callback()
def exchange() -> None:
    """Each file is sent once, arrives whole, and is confirmed by a signed receipt."""


@app.command()
def status(program: Program, acting_as: As = "", *, check: Needed = False, as_json: Json = False) -> None:
    """Everything that needs somebody now: alarms with their remedy, failed steps, what is set aside or missing."""
    with looking(acting_as, program) as (view, who):
        told = view.status(who)
    say(told, as_json=as_json, check=check)


@app.command()
def partners(
    program: Program,
    key: Annotated[str, typer.Argument(help="One partner, with its keys and agreements.")] = "",
    acting_as: As = "",
    *,
    as_json: Json = False,
) -> None:
    """Every partner; or one, with its keys (fingerprint, end) and agreements."""
    with looking(acting_as, program) as (view, who):
        told = view.partners(who, key)
    say(told, as_json=as_json)


@app.command()
def agreements(
    program: Program,
    key: Annotated[str, typer.Argument(help="One agreement, with its terms and whether anything may go.")] = "",
    acting_as: As = "",
    *,
    as_json: Json = False,
) -> None:
    """Every agreement; or one, with its terms, folders, history, and whether anything may go under it now."""
    with looking(acting_as, program) as (view, who):
        told = view.agreements(who, key)
    say(told, as_json=as_json)


@app.command()
def deliveries(
    program: Program,
    agreement: Annotated[str, typer.Option(help="Of one agreement, by its key.")] = "",
    state: Annotated[list[str] | None, typer.Option(help="In one state, such as held; may be repeated.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
    acting_as: As = "",
    *,
    as_json: Json = False,
) -> None:
    """List deliveries, the newest first, in and out."""
    with looking(acting_as, program) as (view, who):
        told = view.deliveries(who, agreement=agreement, states=state or [], limit=limit)
    say(told, as_json=as_json)


@app.command()
def delivery(
    name: Annotated[str, typer.Argument(help="The delivery's id, or its file's name.")],
    program: Program,
    acting_as: As = "",
    *,
    as_json: Json = False,
) -> None:
    """One delivery: where it stands and why, files, counts, receipts, steps, history, and what may be done now."""
    with looking(acting_as, program) as (view, who):
        told = view.one_delivery(who, name)
    say(told, as_json=as_json)


@app.command()
def prepared(program: Program, acting_as: As = "", *, as_json: Json = False) -> None:
    """List files with protected values that were prepared, the newest first: by whom, approved by whom, sent or not."""
    with looking(acting_as, program) as (view, who):
        told = view.prepared(who)
    say(told, as_json=as_json)


@app.command()
def expected(
    program: Program,
    agreement: Annotated[str, typer.Option(help="Of one agreement, by its key.")] = "",
    back: Annotated[int, typer.Option(min=0, max=400, help="Days back.")] = 7,
    ahead: Annotated[int, typer.Option(min=0, max=400, help="Days ahead.")] = 7,
    acting_as: As = "",
    *,
    check: Needed = False,
    as_json: Json = False,
) -> None:
    """Expected files: arrived, late, missing, or not due yet; weekends and holidays are taken into account."""
    with looking(acting_as, program) as (view, who):
        told = view.expected(who, agreement=agreement, back=back, ahead=ahead)
    say(told, as_json=as_json, check=check)


@app.command()
def statistics(
    program: Program,
    days: Annotated[int, typer.Option(min=1, max=366, help="So many days back.")] = 30,
    acting_as: As = "",
    *,
    as_json: Json = False,
) -> None:
    """Deliveries, bytes and what was set aside, by partner and way; by day with --json."""
    with looking(acting_as, program) as (view, who):
        told = view.statistics(who, days=days)
    say(told, as_json=as_json)


@app.command()
def receipts(
    name: Annotated[str, typer.Argument(help="The delivery's id, or its file's name.")],
    program: Program,
    out: Annotated[Path, typer.Option("--out", help="Folder to write them into.")] = Path(),
    acting_as: As = "",
) -> None:
    """Write a delivery's signed receipts into a folder; `verify` checks them anywhere."""
    with doing(acting_as, program, "exchange:read") as (steps, who):
        for path in steps.receipts(who, name, out):
            typer.echo(path)


@app.command()
def policy(
    program: Program,
    out: Annotated[Path, typer.Option("--out", help="Where to: .pdf or .txt; - for text on standard output.")],
    acting_as: As = "",
) -> None:
    """Print the written policy on sharing files from the agreements in force, as PDF (PDF/UA) or text."""
    as_text = str(out) == "-" or out.suffix == ".txt"
    if not as_text and out.suffix != ".pdf":
        raise Invalid("ends with .pdf or .txt", str(out))
    with doing(acting_as, program, "exchange:read") as (steps, who):
        made = steps.policy(who, as_text=as_text)
    if str(out) == "-":
        sys.stdout.write(made.decode())
        return
    try:
        out.write_bytes(made)
    except OSError as error:
        raise Invalid(f"cannot be written: {error.strerror}", str(out)) from None
    typer.echo(str(out))


@app.command()
def verify(
    receipt: Annotated[Path, typer.Argument(help="A receipt as it was fetched.")],
    key: Annotated[str, typer.Option("--key", help="The receipts' verifier key, as `keys` prints it, or its file.")],
    log_key: Annotated[str, typer.Option("--log-key", help="The log's verifier key: checks the checkpoint too.")] = "",
    file: Annotated[
        list[Path] | None, typer.Option("--file", help="A file that was sent: its digest must be in the receipt.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Check a receipt's signature, and that it speaks of these files: no database, no network; 1 when it does not."""
    from harborline.ledger.facts import Differs  # noqa: PLC0415 - loaded on use
    from harborline.project.exchange_room.verifying import verified  # noqa: PLC0415 - as above

    try:
        told = verified(receipt, key, log_key, file or [])
    except Differs as wrong:
        typer.echo(f"does not hold: {wrong}", err=True)
        raise typer.Exit(1) from None
    say(told, as_json=as_json)


@app.command()
def keys(*, as_json: Json = False) -> None:
    """What to give a partner: the fingerprints of our SSH host keys, and the key that verifies our receipts."""
    from harborline.project import embedded  # noqa: PLC0415 - loaded on use
    from harborline.project.start import ready  # noqa: PLC0415 - as above

    with embedded.running():
        ready()
        from harborline.project.exchange_room.verifying import our_keys  # noqa: PLC0415 - needs Django set up

        told = our_keys()
    say(told, as_json=as_json)


register(app)
