"""`harborline guard`: what a text must not say, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from harborline.law import profile
from harborline.messaging.words.lines import guard_answer
from harborline.project.questions import run

app = typer.Typer(help="Judge final texts: what may go, what waits, what is refused, and why.", no_args_is_help=True)


@app.callback()
def guard() -> None:
    """Judge final texts by the rules of a program; nothing is stored, nothing of a text is repeated."""


@app.command()
def check(
    *,
    program: Annotated[str, typer.Option(help="Program of the lines that name none, such as nc-css or mn-wic.")],
    jsonl: Annotated[
        Path, typer.Option("--jsonl", help='Lines {"id","text","program"?,"lang"?,"names"?}; - for stdin.')
    ],
    out: Annotated[
        Path,
        typer.Option("--out", help='Lines {"id","outcome","findings":[{"kind","start","end","clauses"}]}; -: stdout.'),
    ],
) -> None:
    """Answer each text with allow, hold or refuse and every finding; places are code points of the text.

    A line without "lang" is judged in English and in Spanish; one in another language waits for a person.
    """
    profile(program)

    def answer(question: Mapping[str, Any]) -> Mapping[str, Any]:
        named = question.get("program")
        return guard_answer({**question, "program": program if named is None else named})

    run(jsonl, out, answer)
