"""`harborline inbound`: what texts from handsets ask for and give away, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harborline.messaging.inbound.lines import inbound_answer
from harborline.project.questions import run

app = typer.Typer(help="Read texts from handsets: stop, start, help, danger, private things.", no_args_is_help=True)


@app.callback()
def inbound() -> None:
    """Read texts from handsets: stop, start, help, danger, private things."""


@app.command()
def classify(
    *,
    jsonl: Annotated[Path, typer.Option("--jsonl", help='Lines {"id","text","lang"?}; - for stdin.')],
    out: Annotated[
        Path, typer.Option("--out", help='Lines {"id","opt_out","start","help","private","crisis"}; - for stdout.')
    ],
) -> None:
    """Answer each text with its opt-out tier (exact, clear, possible, none) and what else it asks or gives away."""
    run(jsonl, out, inbound_answer)
