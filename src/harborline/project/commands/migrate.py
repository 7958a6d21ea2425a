"""`harborline migrate`: bring the database to this version."""

from __future__ import annotations

import typer

from harborline.project import embedded
from harborline.project.start import prepare

app = typer.Typer(help="Bring the database to this version and put up its walls.")


@app.callback(invoke_without_command=True)
def migrate() -> None:
    """Run the migrations as the owner and apply the walls; safe to repeat."""
    with embedded.running():
        prepare()
        from harborline.project.migrations import migrate as bring_up  # noqa: PLC0415 - needs Django set up

        bring_up(typer.echo)
