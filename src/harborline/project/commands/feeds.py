"""`harborline feeds`: bring in the nightly feed of the case system."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harborline.project import embedded
from harborline.project.start import ready

app = typer.Typer(help="Import the nightly feed: people, cases, case managers, protections.", no_args_is_help=True)

REFUSED_EXIT = 2


@app.callback()
def feeds() -> None:
    """Each file is imported whole or not at all; the same file again changes nothing (docs/feeds.md)."""


@app.command("import")
def import_file(
    kind: Annotated[str, typer.Argument(help="people, cases, case-managers, protections, appointments or contacts")],
    path: Annotated[Path, typer.Argument(help="The CSV file.")],
    program: Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")],
    acting_as: Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker).")] = "",
    *,
    confirm_removals: Annotated[
        bool, typer.Option(help="Accept a file that ends more than a fifth of what is known.")
    ] = False,
) -> None:
    """Import one file and show what it changed."""
    with embedded.running():
        ready()
        from harborline.project.feeding import import_and_tell  # noqa: PLC0415 - needs Django set up

        applied = import_and_tell(kind, path, program, acting_as, confirm_removals=confirm_removals, tell=typer.echo)
    if not applied:
        raise typer.Exit(REFUSED_EXIT)
