"""`harborline ledger`: what needs the database or keeps running, beside verifying the published files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from harborline.ledger.verify_command import app

__all__ = ["app"]

PURPOSE = "proof-log"


@app.command("standing")
def standing_(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Show how far the log is, whether the sequencer stopped itself, and who holds checkpoints outside."""
    with _served():
        from harborline.kernel.clock import iso  # noqa: PLC0415 - needs Django set up
        from harborline.ledger.selectors import outside_standing, standing  # noqa: PLC0415 - as above

        with _unit():
            known, outside = standing(), outside_standing()
        if as_json:
            typer.echo(json.dumps(_standing_json(known, outside)))
            return
        typer.echo(f"entries  {known.integrated} in the log, {known.signed} signed, {known.pending} waiting")
        if known.stopped:
            typer.echo(f"STOPPED  {known.stopped}")
        for one in outside.holders:
            held = f"{one.size} entries since {iso(one.held_at)}" if one.held_at else "nothing of this log"
            typer.echo(f"{one.name}  {one.state.value}  {held}  {one.why}".rstrip())
        if outside.alarm == "never":
            typer.echo(
                "No checkpoint is held outside: until one is, whoever owns this machine could rewrite the log unseen."
            )
        if outside.alarm == "old":
            typer.echo("The newest checkpoint held outside is more than a day old.")


def _standing_json(known: Any, outside: Any) -> dict[str, Any]:  # noqa: ANN401 - facts that load with Django
    from harborline.kernel.clock import iso  # noqa: PLC0415 - needs Django set up

    return {
        "entries": known.integrated,
        "signed": known.signed,
        "waiting": known.pending,
        "stopped": known.stopped,
        "outside": {
            "alarm": outside.alarm,
            "holders": [
                {
                    "name": one.name,
                    "state": one.state.value,
                    "why": one.why,
                    "entries": one.size,
                    "held_at": iso(one.held_at) if one.held_at else None,
                }
                for one in outside.holders
            ],
        },
    }


@app.command()
def keys() -> None:
    """Show the key lines the log went through, newest last."""
    with _served():
        from harborline.kernel.clock import iso  # noqa: PLC0415 - needs Django set up
        from harborline.ledger.selectors import epochs, key_statements  # noqa: PLC0415 - as above
        from harborline.project.sequencing import current_vkey  # noqa: PLC0415 - as above

        for number, (made_at, stated) in enumerate(key_statements(), 1):
            what = "new epoch" if stated.begins_epoch else "new key"
            typer.echo(f"keys/{number}  {iso(made_at)}  {what} at {stated.size} entries  from {stated.old}")
        for epoch in epochs():
            typer.echo(f"epoch {epoch.number}  {epoch.origin}")
        typer.echo(current_vkey())


@app.command("rotate-key")
def rotate_key(
    reason: Annotated[str, typer.Option(help="Why; it stays on record.")] = "",
    overlap_days: Annotated[int, typer.Option(min=0, help="So long both keys sign; 0: the old one was stolen.")] = 30,
    acting_as: Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker).")] = "",
    program: Annotated[str, typer.Option(help="The worker's program.")] = "",
) -> None:
    """Let a new key sign the log; the old one signs the handing-over, and beside the new one for a while."""
    with _served():
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - needs Django set up
        from harborline.project.sequencing import replace_key  # noqa: PLC0415 - as above

        worker = acting_worker(acting_as, program or _program())
        _must_keep_the_log(worker)
        with worker.acting(PURPOSE):
            stated = replace_key(reason=reason, overlap=timedelta(days=overlap_days))
        typer.echo(f"the new key line, to be given to everybody who verifies the log:\n{stated.new}")


@app.command("new-epoch")
def new_epoch(
    *,
    reason: Annotated[str, typer.Option(help="Why; it stays on record.")] = "",
    acting_as: Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker).")] = "",
    approved_by: Annotated[str, typer.Option(help="The second person (e-mail), who signs in too.")] = "",
    program: Annotated[str, typer.Option(help="The workers' program.")] = "",
    anyway: Annotated[bool, typer.Option(help="Even though the database continues the log.")] = False,
) -> None:
    """After a restore: begin a new epoch of the log, which cites the old one. Stop the sequencer first."""
    with _served():
        from harborline.kernel import Invalid  # noqa: PLC0415 - as below
        from harborline.ledger.rotation import checked_reason  # noqa: PLC0415 - needs Django set up
        from harborline.project import sequencing  # noqa: PLC0415 - as above
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - as above

        checked_reason(reason)
        if not approved_by:
            raise Invalid("a second person must approve", "--approved-by")
        worker = acting_worker(acting_as, program or _program())
        second = acting_worker(approved_by, program or _program())
        _must_keep_the_log(worker)
        _must_keep_the_log(second)
        people = (f"{worker.actor.kind}:{worker.actor.id}", f"{second.actor.kind}:{second.actor.id}")
        begun = sequencing.new_epoch(lambda: worker.acting(PURPOSE), reason=reason, people=people, anyway=anyway)
        lost = begun.cites.size - begun.kept
        typer.echo(f"epoch {begun.epoch.number} of the log begins: {begun.epoch.origin}")
        typer.echo(
            f"it cites {begun.cites.origin} at {begun.cites.size} entries; {lost} of them are not in this database"
        )
        typer.echo(f"the new key line, to be given to everybody who verifies the log:\n{sequencing.current_vkey()}")


@app.command("try-sinks")
def try_sinks() -> None:
    """Hand the newest checkpoint to everybody who is set up to keep it, and say what became of it."""
    with _served():
        from harborline.project.sequencing import try_sinks as tried  # noqa: PLC0415 - needs Django set up

        found = tried()
        for name, told in found.items():
            typer.echo(f"{name}  {told}")
        if not found:
            typer.echo("nobody is set up to keep checkpoints; see docs/operate/ledger.md")


@app.command()
def fsck(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare every stored value that repeats what the entries say with the entries; exit code 4 when any differs."""
    with _served():
        from harborline.project.checking import check_everything  # noqa: PLC0415 - needs Django set up

        found = check_everything(_progress if not as_json else lambda _what, _count: None)
    if as_json:
        typer.echo(json.dumps(_found_json(found)))
    else:
        _say_found(found)
    if not found.whole:
        raise typer.Exit(4)


def _progress(what: str, count: int) -> None:
    typer.echo(f"{what}: {count:,}" if count else f"{what} ...", err=True)


def _found_json(found: Any) -> dict[str, Any]:  # noqa: ANN401 - a fact that loads with Django
    return {
        "whole": found.whole,
        "entries": found.entries,
        "waiting": found.waiting,
        "contents": found.contents,
        "destroyed": found.destroyed,
        "differences": [{"where": one.where, "what": one.what} for one in found.differences],
        "more": found.more,
    }


def _say_found(found: Any) -> None:  # noqa: ANN401 - as above
    for one in found.differences:
        typer.echo(f"{one.where}: {one.what}")
    if found.more:
        typer.echo(f"and {found.more} more")
    counts = f"{found.entries} entries in the log, {found.waiting} waiting, {found.contents} contents"
    gone = f", {found.destroyed} of them destroyed" if found.destroyed else ""
    verdict = "everything agrees" if found.whole else "not everything agrees: it was changed past the product"
    typer.echo(f"{counts}{gone}: {verdict}")


@app.command()
def witness(
    state: Annotated[Path, typer.Option(help="Directory of the witness's key and memory (mode 0700).")],
    logs: Annotated[Path, typer.Option(help="A file of verifier key lines, one for each log that is watched.")],
    name: Annotated[str, typer.Option(help="The witness's name, such as witness.state.example/harborline.")] = "",
    listen: Annotated[str, typer.Option(help="Host and port.")] = "127.0.0.1:8300",
    show_key: Annotated[bool, typer.Option("--show-key", help="Print the witness's key line and end.")] = False,
) -> None:
    """Watch other logs: cosign each checkpoint that continues the one before. Needs no database."""
    from harborline.ledger.witness_command import run  # noqa: PLC0415 - only for this

    run(state, logs, name=name, listen=listen, show_key=show_key)


@contextmanager
def _served() -> Iterator[None]:
    from harborline.project import embedded  # noqa: PLC0415 - only commands with a database come here
    from harborline.project.start import ready  # noqa: PLC0415 - as above

    with embedded.running():
        ready()
        yield


def _program() -> str:
    from harborline.law import profiles  # noqa: PLC0415 - as above

    return min(profiles())


def _unit() -> Any:  # noqa: ANN401 - a context manager of Django's
    from harborline.walls import Actor, acting  # noqa: PLC0415 - as above

    return acting(Actor("system", "ledger-command"), program=_program(), counties=(), purpose=PURPOSE)


def _must_keep_the_log(worker: Any) -> None:  # noqa: ANN401 - as above
    from harborline.kernel import Refused, refuse  # noqa: PLC0415 - as above
    from harborline.workforce.facts import StaffRole  # noqa: PLC0415 - as above

    if not worker.roles & {StaffRole.STATE_OPERATOR.value, StaffRole.SECURITY_OFFICER.value}:
        decision = refuse("role-may-not-keep-the-log")
        raise Refused(decision.stamped("project.commands.ledger", ("OFFSET-8.2:integrity",)))
