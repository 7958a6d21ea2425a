"""`harborline messages`: prove one text, verify such a proof."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Annotated

import typer

from harborline.messaging.reports.verify_command import app
from harborline.project import embedded
from harborline.project.start import ready

__all__ = ["app"]


@app.command()
def prove(
    message: Annotated[uuid.UUID, typer.Argument(help="The message's id, as the console shows it.")],
    program: Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")],
    acting_as: Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker).")] = "",
    out: Annotated[Path, typer.Option(help="Folder for the proof's files.")] = Path(),
) -> None:
    """Write the proof of one text: a JSON file, and a C2SP tlog-proof for each step. The opening is recorded."""
    with embedded.running():
        ready()
        from harborline.messaging.selectors.papers import message_proof  # noqa: PLC0415 - needs Django set up
        from harborline.project.actors import acting_worker  # noqa: PLC0415 - as above

        who = acting_worker(acting_as, program)
        with who.acting("proof"):
            proof = message_proof(message, roles=who.roles)
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{message}.json").write_bytes(proof.json)
        for name, content in proof.tlog_proofs:
            (out / f"{message}-{name}").write_text(content, encoding="utf-8")
        typer.echo(out / f"{message}.json")
