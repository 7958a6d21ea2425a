"""`harborline vendors`: companies, their permissions, the lists they are screened against."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harborline.kernel import clock

if TYPE_CHECKING:
    from harborline.vendors.screening.facts import ScreeningList

Program = Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")]
As = Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker); default: the signed-in worker.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output, for machines.")]

app = typer.Typer(help="Companies, their permissions, and the lists they are screened against.", no_args_is_help=True)


@app.callback()
def vendors() -> None:
    """Nothing leaves to a company without a written permission in force."""


@app.command()
def screen(
    *,
    jsonl: Annotated[Path, typer.Option("--jsonl", help='Lines {"id","name","identifiers"?}; - for stdin.')],
    out: Annotated[Path, typer.Option("--out", help='Lines {"id","band","hits"}; - for stdout.')],
    lists: Annotated[
        list[Path] | None, typer.Option("--list", help="One more list, or a newer version of one, as a file.")
    ] = None,
) -> None:
    """Compare names with the prohibited lists, without a database: match, review or clear, each hit explained."""
    from harborline.project.questions import run  # noqa: PLC0415 - loaded on use
    from harborline.vendors.screening.lines import ScreenLines  # noqa: PLC0415 - as above
    from harborline.vendors.screening.matching import Screener  # noqa: PLC0415 - as above

    run(jsonl, out, ScreenLines(Screener(_in_force(lists or []).values())))


@app.command("lists")
def show_lists(
    program: Annotated[
        str, typer.Option(help="With what was brought in: the program that asks. Else as shipped.")
    ] = "",
    acting_as: As = "",
    lists: Annotated[
        list[Path] | None, typer.Option("--list", help="One more list, or a newer version of one, as a file.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Show the lists: version, rows, digest. Without --program those that ship, and no database is needed."""
    if program:
        with _desk(acting_as, program, "vendors:read") as (desk, who):
            found = desk.in_force(who)
    else:
        found = [
            {
                "list": one.id, "title": one.title, "version": one.version.isoformat(), "rows": len(one.entries),
                "verified_on": one.verified_on.isoformat(), "sha256": one.sha256,
            }
            for one in _in_force(lists or []).values()
        ]  # fmt: skip
    lines = [
        f"{one['list']}  version {one['version']}  {one['rows']} rows  SHA-256 {one['sha256'][:16]}…" for one in found
    ]
    _say({"lists": found}, lines, as_json=as_json)


@app.command("import-list")
def import_list(
    path: Annotated[Path, typer.Argument(help="CSV: a label, a header, rows (see docs/operate/vendors.md).")],
    program: Program,
    acting_as: As = "",
) -> None:
    """Put a newer list in force and screen the vendors anew; an older, cut or empty file changes nothing."""
    with _desk(acting_as, program, "vendors:steer") as (desk, who):
        typer.echo(desk.bring_in(who, path))


@app.command("list")
def list_vendors(program: Program, acting_as: As = "", *, as_json: Json = False) -> None:
    """Show every vendor: in force or why not, and its next step."""
    with _desk(acting_as, program, "vendors:read") as (desk, who):
        found = desk.standing(who)
    lines = [
        f"{one['state']:<10}  {one['name']}  ({', '.join(one['purposes'])})"
        + (f"  {one['reason']}" if one["reason"] else "")
        + (f"; next: {one['next']}" if one["next"] else "")
        + ("  [simulated]" if one["simulated"] else "")
        for one in found
    ]
    _say({"vendors": found}, lines or ["There is no vendor."], as_json=as_json)


@app.command()
def ending(
    program: Program,
    days: Annotated[int, typer.Option(min=0, max=3660, help="Within so many days; the past included.")] = 120,
    acting_as: As = "",
    *,
    as_json: Json = False,
) -> None:
    """Show what ends or falls due next: letters, contracts, certifications, screenings, visits, fax lines."""
    with _desk(acting_as, program, "vendors:read") as (desk, who):
        found = desk.ending(who, days)
    lines = [f"{one['on']}  {one['what']:<17}  {one['name']}" for one in found]
    _say({"ending": found}, lines or ["Nothing ends in that time."], as_json=as_json)


@app.command()
def gate(
    connector: Annotated[str, typer.Argument(help="The connector, such as twilio or smtp.")],
    program: Program,
    purpose: Annotated[str, typer.Option(help="texting, mail, fax, lookup, storage or files.")],
    element: Annotated[
        list[str] | None, typer.Option(help="A data element that would go over; may be repeated.")
    ] = None,
    fax_line: Annotated[str, typer.Option(help="For faxes: the name of the line.")] = "",
    acting_as: As = "",
    *,
    as_json: Json = False,
) -> None:
    """Ask what every connector asks before it starts, sends or exports; exit code 1 when refused."""
    with _desk(acting_as, program, "vendors:read") as (desk, who):
        found = desk.gate(who, connector, purpose, element or [], fax_line)
    clauses = ", ".join(found["clauses"])
    _say(found, [f"{found['outcome']}: {found['reason']}" + (f" ({clauses})" if clauses else "")], as_json=as_json)
    if found["outcome"] != "allow":
        raise typer.Exit(1)


@contextmanager
def _desk(acting_as: str, program: str, permission: str) -> Iterator[tuple[Any, Any]]:
    # The module that needs Django, with the worker who acts; `screen` and `lists` do without both.
    from harborline.project import embedded  # noqa: PLC0415 - as said above
    from harborline.project.start import ready  # noqa: PLC0415 - as said above

    with embedded.running():
        ready()
        from harborline.project import vendor_desk  # noqa: PLC0415 - needs Django set up
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - as above

        yield vendor_desk, vendor_desk.allowed(acting_worker(acting_as, program), permission)


def _say(facts: Mapping[str, Any], lines: list[str], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(facts, indent=2, ensure_ascii=False))
        return
    for line in lines:
        typer.echo(line)


def _in_force(paths: list[Path]) -> dict[str, ScreeningList]:
    from harborline.vendors.screening.listfile import newer, read_path  # noqa: PLC0415 - loaded on use
    from harborline.vendors.screening.lists import shipped  # noqa: PLC0415 - as above

    found = dict(shipped())
    for path in paths:
        one = read_path(path, today=clock.now().date())
        found[one.id] = newer(one, found.get(one.id))
    return found
