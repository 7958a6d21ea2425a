"""`harborline segments`: how texts travel, without a database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harborline.messaging.words.lines import segments_answer
from harborline.project.questions import run

app = typer.Typer(help="Count texts as carriers count them: encoding, parts, units of each part.")


@app.callback(invoke_without_command=True)
def segments(
    *,
    jsonl: Annotated[Path, typer.Option("--jsonl", help='Lines {"id","text"}; - for stdin.')],
    out: Annotated[Path, typer.Option("--out", help='Lines {"id","encoding","segments","sizes"}; - for stdout.')],
) -> None:
    """Answer each text with its encoding (gsm7 or ucs2), its parts, and the septets or UTF-16 units of each."""
    run(jsonl, out, segments_answer)
