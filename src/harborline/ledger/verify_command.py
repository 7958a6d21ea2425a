"""`harborline ledger`: verify, status and proof over the published files; no database, no Django.

Exit codes: 0 it is as it should be; 1 it is not (the exact place of the first difference is named); 2 usage.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from harborline.kernel import Fault, Invalid, NotFound
from harborline.ledger import checkpoint as checkpoints
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.facts import Differs
from harborline.ledger.note import VerifierKey
from harborline.ledger.proof import Proof
from harborline.ledger.published import CHECKPOINT, VKEY, Directory
from harborline.ledger.tiles import WIDTH, node_from_tiles, spans, unbundled
from harborline.ledger.tree import inclusion_proof
from harborline.ledger.verifier import Verified, verify_log

app = typer.Typer(
    help="Verify the log that records every step, from its published files.",
    no_args_is_help=True,
    add_completion=False,
)

Log = Annotated[
    Path | None,
    typer.Option("--log", help="The published log; default: log/ of this installation.", show_default=False),
]
Vkey = Annotated[
    str | None,
    typer.Option("--vkey", help="The verifier key line or a file that holds it; default: vkey in the log."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@app.command()
def verify(
    *,
    log: Log = None,
    vkey: Vkey = None,
    old_checkpoint: Annotated[
        Path | None, typer.Option(help="A checkpoint kept from earlier: shows that nothing before it was changed.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check the signature, every entry, every tile and the root of a published log."""
    directory = _directory(log)
    with _plainly(as_json=as_json):
        older = _file(old_checkpoint) if old_checkpoint else None
        key = _key(directory, vkey)
        found = _verified(directory, key, older, quiet=as_json)
        _say_verified(found, as_json=as_json, own_key=vkey is None)


@app.command()
def status(*, log: Log = None, vkey: Vkey = None, as_json: Json = False) -> None:
    """Show the size and root of the published checkpoint."""
    directory = _directory(log)
    with _plainly(as_json=as_json):
        checkpoint = checkpoints.verified(directory.read(CHECKPOINT), _key(directory, vkey))
        if as_json:
            _print_json(_facts(checkpoint))
            return
        typer.echo(f"log      {checkpoint.origin}\nentries  {checkpoint.size}\nroot     {checkpoint.root.hex()}")


@app.command()
def proof(
    entry_id: Annotated[str, typer.Argument(help="The entry's public id.")],
    log: Log = None,
    vkey: Vkey = None,
    out: Annotated[Path | None, typer.Option(help="Write the proof into this file.")] = None,
) -> None:
    """Make the proof that one entry is in the log (a .tlog-proof file), verified before it is given out."""
    directory = _directory(log)
    with _plainly(as_json=False):
        made = _proof(directory, _key(directory, vkey), entry_id)
        if out is None:
            typer.echo(made, nl=False)
        else:
            out.write_text(made)
            typer.echo(f"the proof is in {out}")


def default_log() -> Path:
    """`log/` under HARBORLINE_HOME, or under `.harborline` here."""
    return Path(os.environ.get("HARBORLINE_HOME", ".harborline")) / "log"


def _directory(log: Path | None) -> Directory:
    root = log or default_log()
    if not root.is_dir():
        raise typer.BadParameter(f"there is no directory {root}", param_hint="--log")
    return Directory(root)


def _key(directory: Directory, given: str | None) -> VerifierKey:
    if given is not None and Path(given).is_file():
        given = Path(given).read_text(errors="replace")
    if given is None:
        given = directory.read(VKEY).decode(errors="replace")
    try:
        return VerifierKey.parse(given)
    except Invalid as wrong:
        raise typer.BadParameter(wrong.problem, param_hint="--vkey") from None


def _file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise typer.BadParameter(f"{path} cannot be read: {wrong.strerror}", param_hint="--old-checkpoint") from None


def _verified(directory: Directory, key: VerifierKey, older: bytes | None, *, quiet: bool) -> Verified:
    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as progress:
        task = progress.add_task("entries", total=None)
        return verify_log(
            directory,
            key,
            older=older,
            told=lambda done, every: progress.update(task, completed=done, total=every),
        )


def _say_verified(found: Verified, *, as_json: bool, own_key: bool) -> None:
    checkpoint = found.checkpoint
    if as_json:
        _print_json(_facts(checkpoint) | {"verified": True, "older": found.older.size if found.older else None})
        return
    typer.echo(f"The log {checkpoint.origin} is whole: {checkpoint.size} entries, every hash and the signature agree.")
    if found.older is not None:
        typer.echo(f"Nothing before the older checkpoint ({found.older.size} entries) was changed or taken away.")
    if own_key:
        typer.echo("The key was read from the log itself; give one you kept elsewhere with --vkey to be sure of it.")


def _facts(checkpoint: Checkpoint) -> dict[str, object]:
    return {"origin": checkpoint.origin, "entries": checkpoint.size, "root": checkpoint.root.hex()}


def _print_json(value: dict[str, object]) -> None:
    typer.echo(json.dumps(value))


def _proof(directory: Directory, key: VerifierKey, entry_id: str) -> str:
    try:
        wanted = str(uuid.UUID(entry_id))
    except ValueError:
        raise typer.BadParameter("not an entry id (a UUID)", param_hint="entry_id") from None
    note = directory.read(CHECKPOINT)
    checkpoint = checkpoints.verified(note, key)
    index, entry = _found(directory, checkpoint.size, f'"id":"{wanted}"'.encode())
    node = node_from_tiles(checkpoint.size, directory.tile)
    made = Proof(index, tuple(inclusion_proof(index, checkpoint.size, node)), note)
    made.verify(entry, key)
    return str(made)


def _found(directory: Directory, size: int, wanted: bytes) -> tuple[int, bytes]:
    for index, width in spans(size):
        content = directory.entries(index, width)
        if wanted not in content:
            continue
        for place, entry in enumerate(unbundled(content)[:width]):
            if wanted in entry:
                return index * WIDTH + place, entry
    raise NotFound("no entry of that id is in the published log")


@contextmanager
def _plainly(*, as_json: bool) -> Iterator[None]:
    # Every fault becomes one sentence and exit code 1, never a traceback.
    try:
        yield
    except Fault as fault:
        if as_json:
            place = fault.where if isinstance(fault, Differs | Invalid) else ""
            _print_json({"verified": False, "where": place, "what": str(fault)})
        else:
            typer.echo(f"Not as it should be: {fault}", err=True)
        raise typer.Exit(1) from None
