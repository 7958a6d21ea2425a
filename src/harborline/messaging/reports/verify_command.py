"""`harborline messages verify`: check the proof of one text from its file and the log's key; no database, no Django.

Exit codes: 0 it holds; 1 it does not (the first difference is named); 2 the file or the key cannot be used.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from harborline.kernel import Invalid
from harborline.ledger.facts import Differs
from harborline.messaging.reports.bundle import Proved, verify_message_proof

app = typer.Typer(help="The proof of one text.", no_args_is_help=True)


@app.callback()
def messages() -> None:
    """Prove one text, and check such a proof."""


@app.command()
def verify(
    proof: Annotated[Path, typer.Argument(help="The proof, a JSON file.")],
    vkey: Annotated[str, typer.Option(help="The log's verifier key line, or a file that holds it.")],
    checkpoint: Annotated[
        Path | None, typer.Option(help="A checkpoint from elsewhere under which the proof must hold.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show what a proof proves: the words of the text and every recorded step, under the log's signed checkpoint."""
    try:
        proved = verify_message_proof(_read(proof), _line(vkey), _read(checkpoint) if checkpoint else None)
    except Differs as wrong:
        typer.echo(f"does not hold: {wrong}", err=True)
        raise typer.Exit(1) from None
    typer.echo(json.dumps(_facts(proved), ensure_ascii=False, indent=2) if as_json else _told(proved))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise Invalid(f"cannot be read ({wrong.strerror})", str(path)) from None


def _line(vkey: str) -> str:
    return _read(Path(vkey)).decode(errors="replace") if Path(vkey).is_file() else vkey


def _facts(proved: Proved) -> dict[str, Any]:
    return {
        "log": proved.origin,
        "entries": proved.size,
        "message": str(proved.message_id),
        "text": proved.text,
        "steps": [{"event": dict(event), "item": dict(item)} for event, item in proved.steps],
    }


def _told(proved: Proved) -> str:
    lines = [
        f"log      {proved.origin}, {proved.size} entries",
        f"message  {proved.message_id}",
        f"text     {proved.text}",
    ]
    for event, item in proved.steps:
        said = item.get("answer") or item.get("receipt") or item.get("reason") or ""
        lines.append(f"{item.get('at') or event.get('at')}  {item['kind']}  {said}".rstrip())
    return "\n".join(lines)
