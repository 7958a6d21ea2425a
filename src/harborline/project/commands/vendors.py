"""`harborline vendors`: companies, their permissions, the lists they are screened against."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harborline.kernel import clock

if TYPE_CHECKING:
    from harborline.vendors.screening.facts import ScreeningList

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
    lists: Annotated[
        list[Path] | None, typer.Option("--list", help="One more list, or a newer version of one, as a file.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output, for machines.")] = False,
) -> None:
    """Show the lists that come with Harborline: version, rows, digest; needs no database."""
    found = [
        {
            "list": one.id, "title": one.title, "version": one.version.isoformat(), "rows": len(one.entries),
            "verified_on": one.verified_on.isoformat(), "sha256": one.sha256,
        }
        for one in _in_force(lists or []).values()
    ]  # fmt: skip
    if as_json:
        typer.echo(json.dumps({"lists": found}, indent=2))
        return
    for each in found:
        typer.echo(
            f"{each['list']}  version {each['version']}  {each['rows']} rows  SHA-256 {str(each['sha256'])[:16]}…"
        )


def _in_force(paths: list[Path]) -> dict[str, ScreeningList]:
    from harborline.vendors.screening.listfile import newer, read_path  # noqa: PLC0415 - loaded on use
    from harborline.vendors.screening.lists import shipped  # noqa: PLC0415 - as above

    found = dict(shipped())
    for path in paths:
        one = read_path(path, today=clock.now().date())
        found[one.id] = newer(one, found.get(one.id))
    return found
