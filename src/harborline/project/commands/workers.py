"""`harborline workers`: the first security officers of a program, what lapses soon, and the duties people keep."""

from __future__ import annotations

import json
import sys
from datetime import date, datetime, timedelta
from typing import Annotated

import typer

from harborline.kernel import Invalid
from harborline.project import embedded
from harborline.project.start import ready

app = typer.Typer(help="Accounts of workers: the first ones, and what lapses soon.", no_args_is_help=True)

Program = Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")]
As = Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker); default: the signed-in worker.")]


@app.callback()
def workers() -> None:
    """Everything else about workers is done in the console by a security officer (docs/operate/sign-in.md)."""


@app.command()
def first(
    program: Program,
    email: Annotated[str, typer.Option(help="Work e-mail, with which they sign in.")],
    name: Annotated[str, typer.Option(help="Full name, as they will sign the rules and penalties.")],
    number: Annotated[str, typer.Option(help="Number in the case system.")],
    trained_on: Annotated[str, typer.Option(help="Day of their security training, such as 2026-11-02.")],
    certificate: Annotated[str, typer.Option(help="Number of the certificate of that training.")],
) -> None:
    """Make one of the first two security officers; the password for the first sign-in is shown this once."""
    day = _day(trained_on)
    with embedded.running():
        ready()
        from harborline.law import profile  # noqa: PLC0415 - needs Django set up
        from harborline.walls import Actor, acting  # noqa: PLC0415 - as above
        from harborline.workforce.services import take_on_first  # noqa: PLC0415 - as above

        profile(program)
        operator = Actor("system", "operator")
        with acting(operator, program=program, counties=(), purpose="workforce"):
            worker, password = take_on_first(
                email=email, name=name, number=number, completed=day, certificate=certificate
            )
    sys.stderr.write(f"{worker.email} signs in once with this password, then chooses another:\n")
    typer.echo(password)


@app.command()
def lapsing(
    program: Program,
    days: Annotated[int, typer.Option(help="How far ahead to look.", min=0)] = 30,
    acting_as: As = "",
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, for the agency's own mailer.")
    ] = False,
) -> None:
    """List training and signatures that lapse soon or have lapsed, to remind people before they stand still."""
    with embedded.running():
        ready()
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - needs Django set up
        from harborline.workforce.selectors import lapses, worker_of  # noqa: PLC0415 - as above

        who = acting_worker(acting_as, program)
        with who.acting("workforce"):
            found = [(one, worker_of(one.worker_id, program)) for one in lapses(program, within=timedelta(days=days))]
    for one, worker in found:
        if as_json:
            told = {"name": one.name, "email": worker.email, "what": one.what, "on": one.on.isoformat()}
            typer.echo(json.dumps(told, ensure_ascii=False))
        else:
            typer.echo(f"{one.on.isoformat()}  {one.what:<16}  {one.name} <{worker.email}>")


@app.command()
def duties(
    program: Program,
    acting_as: As = "",
    *,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a line, for the agency's own mailer.")
    ] = False,
) -> None:
    """List the duties that people keep and that are due soon, late, or nobody's, with who looks after them."""
    with embedded.running():
        ready()
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - needs Django set up
        from harborline.workforce.facts import DutyState  # noqa: PLC0415 - as above
        from harborline.workforce.selectors import duty_standings  # noqa: PLC0415 - as above

        with acting_worker(acting_as, program).acting("duties"):
            found = [one for one in duty_standings() if one.state is not DutyState.KEPT]
    for one in found:
        due = one.due_date.isoformat() if one.due_date else ""
        if as_json:
            told = {"clause": one.duty.clause, "what": one.duty.does["en"], "state": one.state.value, "due": due}
            told |= {"name": one.owner_name, "email": one.owner_email}
            typer.echo(json.dumps(told, ensure_ascii=False))
        else:
            typer.echo(f"{due or '-':<10}  {one.state.value:<6}  {one.duty.clause:<32}  {one.owner_name or 'nobody'}")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a calendar day
    except ValueError:
        raise Invalid("is a day such as 2026-11-02", "--trained-on") from None
