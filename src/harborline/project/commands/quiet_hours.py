"""`harborline quiet-hours`: whether a text may go at a moment, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harborline.messaging.hours.lines import hours_answer
from harborline.project.questions import run

app = typer.Typer(help="Say whether it is a lawful hour wherever a number may be, and when the next one begins.")


@app.callback(invoke_without_command=True)
def quiet_hours(
    *,
    jsonl: Annotated[
        Path, typer.Option("--jsonl", help='Lines {"id","program","number","zip"?,"zone"?,"at"}; - for stdin.')
    ],
    out: Annotated[Path, typer.Option("--out", help='Lines {"id","zones","allowed","next_at","clauses"}; -: stdout.')],
) -> None:
    """Answer each number and moment with the zones it may be in, allowed or not, and the next allowed moment (UTC)."""
    run(jsonl, out, hours_answer)
