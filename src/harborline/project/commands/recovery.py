"""`harborline recovery`: after a restore, bring in what happened since, then let two people release sending."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harborline.kernel import Invalid
from harborline.project import embedded
from harborline.project.start import ready

if TYPE_CHECKING:
    from harborline.project.actors import Acting
    from harborline.recovery.facts import Reconciled, Releaser

app = typer.Typer(help="After a restore: reconcile what was forgotten, release sending.", no_args_is_help=True)

SOME_BAD = 5
SHOWN = 50
PURPOSE = "recovery"
Program = Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")]
ActingAs = Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
AcceptBad = Annotated[bool, typer.Option("--accept-bad", help="Unusable rows do not matter; it stays on record.")]
File = Annotated[Path, typer.Argument(help="CSV with a header, or JSON lines.")]


@app.callback()
def recovery() -> None:
    """A restored database has forgotten today's stops and today's texts: nothing is sent until both are back."""


@app.command()
def status(program: Program, *, as_json: AsJson = False) -> None:
    """Say whether sending is held, since when, and what is still to be done."""
    with embedded.running():
        ready()
        from harborline.recovery.selectors import hold_facts, open_hold  # noqa: PLC0415 - needs Django set up
        from harborline.walls import ALL_COUNTIES, Actor, acting  # noqa: PLC0415 - as above

        with acting(Actor("system", "operator"), program=program, counties=ALL_COUNTIES, purpose=PURPOSE):
            found = open_hold(program)
            facts = hold_facts(found) if found else None
    if as_json:
        said = (
            None
            if facts is None
            else {
                "kind": facts.kind.value,
                "held_at": facts.held_at.isoformat(),
                "as_of": facts.as_of_at.isoformat() if facts.as_of_at else None,
                "done": sorted(step.value for step in facts.done),
                "open": [step.value for step in facts.open_steps],
            }
        )
        typer.echo(json.dumps({"program": program, "hold": said}, indent=2))
        return
    if facts is None:
        typer.echo(f"{program}: sending is not held")
        return
    until = f"; the tables end at {facts.as_of_at:%Y-%m-%d %H:%M} UTC" if facts.as_of_at else ""
    typer.echo(f"{program}: sending is held since {facts.held_at:%Y-%m-%d %H:%M} UTC ({facts.kind.value}){until}")
    typer.echo(f"still to be reconciled: {', '.join(facts.open_steps) or 'nothing; two people may release it'}")


@app.command()
def stops(path: File, program: Program, acting_as: ActingAs = "", *, accept_bad: AcceptBad = False) -> None:
    """Bring in numbers that asked to stop since: the carrier's list of opt-outs, letters, calls."""
    content = _read(path)
    with _worker(acting_as, program) as who, who.acting(PURPOSE):
        from harborline.recovery.services import reconcile_stops  # noqa: PLC0415 - needs Django set up

        found = reconcile_stops(content, accept_bad=accept_bad)
    _tell(found, f"{found.news} numbers stopped, {found.known} were stopped before", accepted=accept_bad)


@app.command()
def provider(path: File, program: Program, acting_as: ActingAs = "", *, accept_bad: AcceptBad = False) -> None:
    """Bring in the provider's record of texts since, so that none is sent twice and none that came in is lost."""
    content = _read(path)
    with _worker(acting_as, program) as who, who.acting(PURPOSE):
        from harborline.recovery.services import reconcile_provider  # noqa: PLC0415 - needs Django set up

        found = reconcile_provider(content, accept_bad=accept_bad)
    _tell(found, f"{found.news} texts were news, {found.known} were known or never left", accepted=accept_bad)


@app.command("log")
def log_step(program: Program, acting_as: ActingAs = "") -> None:
    """Look whether what was published and is not in the tables is explained (`harborline ledger new-epoch`)."""
    with _worker(acting_as, program) as who, who.acting(PURPOSE):
        from harborline.recovery.services import reconcile_log  # noqa: PLC0415 - needs Django set up

        decision = reconcile_log()
    typer.echo(f"the log is reconciled: {decision.reason}")


@app.command()
def release(
    program: Program,
    reason: Annotated[str, typer.Option(help="Why sending may go on; it stays on record, sealed.")],
    approved_by: Annotated[str, typer.Option(help="The second person (e-mail), who signs in too.")],
    acting_as: ActingAs = "",
) -> None:
    """Let the program send again: two people, after every step is done."""
    with _worker(acting_as, program) as who:
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - needs Django set up
        from harborline.recovery.services import release as let_go  # noqa: PLC0415 - as above

        second = acting_worker(approved_by, program)
        with who.acting(PURPOSE):
            let_go(first=_releaser(who), second=_releaser(second), reason=reason)
    typer.echo(f"{program}: sending goes on")


def _releaser(who: Acting) -> Releaser:
    from harborline.recovery.facts import Releaser as Person  # noqa: PLC0415 - as above

    return Person(f"{who.actor.kind}:{who.actor.id}", who.roles)


@contextmanager
def _worker(acting_as: str, program: str) -> Iterator[Acting]:
    with embedded.running():
        ready()
        from harborline.kernel import Refused, refuse  # noqa: PLC0415 - needs Django set up
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - as above
        from harborline.recovery.rules import RELEASERS  # noqa: PLC0415 - as above

        who = acting_worker(acting_as, program)
        if not who.roles & RELEASERS:
            decision = refuse("role-may-not-release-sending")
            raise Refused(decision.stamped("project.recovery", ("OFFSET-8.2:systems-controls",)))
        yield who


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise Invalid(f"cannot be read: {wrong.strerror}", str(path)) from None


def _tell(found: Reconciled, words: str, *, accepted: bool) -> None:
    typer.echo(f"{found.rows} rows: {words}")
    for bad in found.bad[:SHOWN]:
        typer.echo(f"row {bad.row_no}, {bad.column}: {bad.problem}", err=True)
    if len(found.bad) > SHOWN:
        typer.echo(f"and {len(found.bad) - SHOWN} more rows", err=True)
    if found.bad:
        if not accepted:
            typer.echo("the step counts as done when every row is usable, or with --accept-bad", err=True)
        raise typer.Exit(SOME_BAD)
