"""`harborline check`: is this installation fit to serve?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harborline.law import documents, profiles
from harborline.project import embedded
from harborline.project.start import ready
from harborline.vendors.screening.lists import shipped

app = typer.Typer(help="Is this installation fit to serve?")


@app.callback(invoke_without_command=True)
def check(
    *, law_only: Annotated[bool, typer.Option("--law-only", help="Clauses, profiles, lists; no database.")] = False
) -> None:
    """Load clauses, profiles with their floors and lists, then the database's roles and walls; a fault ends it."""
    count = sum(len(document.clauses) for document in documents())
    typer.echo(f"law: {count} clauses, profiles {', '.join(profiles())} within their floors")
    found = shipped()  # an empty or unreadable list of prohibited vendors ends it
    listed = (f"{one.id} of {one.version}, {len(one.entries)} rows" for one in found.values())
    typer.echo(f"vendors: {'; '.join(listed)}")
    if law_only:
        return
    with embedded.running():
        ready()
        from harborline.project.home import home  # noqa: PLC0415 - as the rest

        typer.echo(f"database: role and walls in order; state in {Path(home())}")
