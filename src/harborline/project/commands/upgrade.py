"""`harborline upgrade`: back up, then bring the database to this version, all or nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from harborline.project import embedded
from harborline.project.start import prepare

app = typer.Typer(help="Bring the database to this version behind a backup.")


@app.callback(invoke_without_command=True)
def upgrade(
    to: Annotated[
        Path | None, typer.Option("--to", help="Where the backup goes; default: backups in the home.")
    ] = None,
    *,
    without_backup: Annotated[bool, typer.Option(help="Take none: one was taken by other means.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Say what would be done; changes nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Stop the service first. A failure leaves the database as it was; a newer database is refused."""
    with embedded.running():
        prepare()
        from harborline.project.backup.upgrading import must_not_be_newer, pending, upgrade  # noqa: PLC0415 - needs Django set up
        from harborline.project.home import home  # noqa: PLC0415 - as above

        must_not_be_newer()
        if plan:
            waiting = pending()
            typer.echo(json.dumps(waiting) if as_json else "\n".join(waiting) or "nothing to do")
            return
        target = None if without_backup else to or home() / "backups"
        done = upgrade(target, (lambda _line: None) if as_json else typer.echo)
    if as_json:
        before = str(done.before.directory) if done.before else None
        typer.echo(json.dumps({"ran": list(done.ran), "backup": before}, indent=2))
