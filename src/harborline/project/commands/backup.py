"""`harborline backup`: take a sealed set of the tables and the files beside them, and of the keys, apart."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from harborline.project import embedded
from harborline.project.start import prepare

app = typer.Typer(help="Take a sealed backup of tables, files and keys.")


@app.callback(invoke_without_command=True)
def backup(
    to: Annotated[Path, typer.Option("--to", help="Directory that gets the set; made when it is not there.")],
    keys_to: Annotated[
        Path | None, typer.Option("--keys-to", help="Another directory for the keys; best another machine's.")
    ] = None,
    *,
    base: Annotated[bool, typer.Option("--base", help="The whole cluster with its WAL, instead of a dump.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Take a set while everything goes on; of the keys only the newest copy is kept. See docs/operate/backup.md."""
    with embedded.running():
        prepare()
        from harborline.project.backup.taking import Order, take  # noqa: PLC0415 - needs Django set up

        silent = as_json or not typer.get_text_stream("stdout").isatty()
        taken = take(Order(to, keys_to, base), (lambda _line: None) if silent else typer.echo)
    if taken.made_recovery_key is not None:
        typer.echo(
            f"A recovery key was made: {taken.made_recovery_key}\n"
            "Carry it away from this machine, to two people who do not hold the backups. With it and the backups"
            " everything can be read; without it a lost machine is lost.",
            err=True,
        )
    said = {
        "set": str(taken.directory),
        "keys": str(taken.keys),
        "id": taken.manifest.id,
        "kind": taken.manifest.kind,
        "bytes": sum(part.bytes for part in taken.manifest.parts),
        "blobs": len(taken.manifest.blobs),
    }
    if as_json:
        typer.echo(json.dumps(said, indent=2))
        return
    typer.echo(f"set  {said['set']} ({said['bytes']} bytes, {said['blobs']} files in the pool)\nkeys {said['keys']}")
