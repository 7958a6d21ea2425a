"""`harborline ledger`: verify, status and proof over the published files; no database, no Django.

Exit codes: 0 it is as it should be; 1 it is not (the exact place of the first difference is named); 2 usage; 3 the
address does not answer.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from harborline.kernel import Fault, Invalid, NotFound, Unavailable
from harborline.ledger import checkpoint as checkpoints
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.facts import Differs
from harborline.ledger.history import History, chain_of, verify_history
from harborline.ledger.note import Note, VerifierKey
from harborline.ledger.policy import Policy, parse_policy
from harborline.ledger.proof import Proof
from harborline.ledger.published import CHECKPOINT, VKEY, Directory
from harborline.ledger.remote import RemoteLog, read_ahead
from harborline.ledger.tiles import WIDTH, entries_path, node_from_tiles, spans, tile_path, unbundled
from harborline.ledger.tree import HASH_BYTES, inclusion_proof
from harborline.ledger.verifier import Source, files_of

app = typer.Typer(
    help="Verify the log that records every step, from its published files; keep it, and let others keep it.",
    no_args_is_help=True,
    add_completion=False,
)

Log = Annotated[
    str | None,
    typer.Option("--log", help="The published log: a directory or an address (https://…/log); default: our own."),
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
    before: Annotated[
        str | None, typer.Option(help="The log before this one (after a restore), a directory or an address.")
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="A trust policy (C2SP tlog-policy): asks for a quorum of witnesses.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Check the signature, every entry, every tile and the root of a published log, and the keys it went through."""
    source = _source(log)
    older = _file(old_checkpoint, "--old-checkpoint") if old_checkpoint else None
    trust = _policy(policy)
    with _plainly(as_json=as_json):
        known = _key(source, vkey, trust)
        with _progress(quiet=as_json) as told, _quick(source) as quick:
            found = verify_history(quick, known, older=older, before=_before(log, before), policy=trust, told=told)
        _say(found, as_json=as_json, own_key=vkey is None and (trust is None or not trust.logs))


@app.command()
def status(*, log: Log = None, vkey: Vkey = None, as_json: Json = False) -> None:
    """Show the size and root of the published checkpoint."""
    source = _source(log)
    with _plainly(as_json=as_json):
        content = source.read(CHECKPOINT)
        key = chain_of(source, _key(source, vkey, None), content).key
        checkpoint = checkpoints.verified(content, key)
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
    entry_out: Annotated[Path | None, typer.Option(help="Write the entry's public bytes into this file.")] = None,
) -> None:
    """Make the proof that one entry is in the log (a .tlog-proof file), verified before it is given out."""
    source = _source(log)
    with _plainly(as_json=False):
        made, entry = _proof(source, _key(source, vkey, None), entry_id)
        if entry_out is not None:
            entry_out.write_bytes(entry)
        if out is None:
            typer.echo(made, nl=False)
        else:
            out.write_text(made)
            typer.echo(f"the proof is in {out}")


def default_log() -> Path:
    """`log/` under HARBORLINE_HOME, or under `.harborline` here; of a restored log the newest epoch."""
    root = Path(os.environ.get("HARBORLINE_HOME", ".harborline")) / "log"
    later = [int(one.name) for one in root.glob("[0-9]*") if one.name.isdigit() and (one / CHECKPOINT).exists()]
    return root / str(max(later)) if later else root


def _source(log: str | None) -> Source:
    if log is not None and "://" in log:
        return RemoteLog(log)
    root = Path(log) if log is not None else default_log()
    if not root.is_dir():
        raise typer.BadParameter(f"there is no directory {root}", param_hint="--log")
    return Directory(root)


def _before(log: str | None, named: str | None) -> Source | None:
    # A later epoch lies in a directory of its number within the first one's.
    if named is not None:
        return _source(named)
    if log is not None and "://" in log:
        first = log.rstrip("/").rpartition("/")
        return RemoteLog(first[0]) if first[2].isdigit() else None
    root = (Path(log) if log is not None else default_log()).resolve()
    if not root.name.isdigit():
        return None
    number = int(root.name) - 1
    earlier = root.parent if number == 1 else root.parent / str(number)
    return Directory(earlier) if (earlier / CHECKPOINT).exists() else None


def _key(source: Source, given: str | None, policy: Policy | None) -> VerifierKey:
    if given is not None and "+" not in given and not Path(given).is_file():
        raise typer.BadParameter("is neither a key line nor a file", param_hint="--vkey")
    if given is not None and Path(given).is_file():
        given = Path(given).read_text(errors="replace")
    if given is None and policy is not None and policy.logs:
        return _key_of_policy(source, policy)
    if given is None:
        given = source.read(VKEY).decode(errors="replace")
    try:
        return VerifierKey.parse(given)
    except Invalid as wrong:
        raise typer.BadParameter(wrong.problem, param_hint="--vkey") from None


def _key_of_policy(source: Source, policy: Policy) -> VerifierKey:
    origin = Checkpoint.parse(Note.parse(source.read(CHECKPOINT)).text).origin
    keys = policy.log_keys(origin)
    if not keys:
        raise Differs(f"is of the log {origin}, which the policy does not name", CHECKPOINT)
    return keys[0]


def _policy(path: Path | None) -> Policy | None:
    if path is None:
        return None
    try:
        return parse_policy(_file(path, "--policy").decode("utf-8", errors="surrogateescape"))
    except Invalid as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--policy") from None


def _file(path: Path, hint: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as wrong:
        raise typer.BadParameter(f"{path} cannot be read: {wrong.strerror}", param_hint=hint) from None


@contextmanager
def _quick(source: Source) -> Iterator[Source]:
    # An address is read ahead, once its signed size is known; a directory needs none of that.
    if not isinstance(source, RemoteLog):
        yield source
        return
    try:
        size = Checkpoint.parse(Note.parse(source.read(CHECKPOINT)).text).size
    except Invalid:
        yield source
        return
    with read_ahead(source, files_of(size)) as ahead:
        yield ahead


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    with Progress(console=Console(stderr=True), transient=True, disable=quiet) as progress:
        task = progress.add_task("entries", total=None)
        yield lambda done, every: progress.update(task, completed=done, total=every)


def _say(found: History, *, as_json: bool, own_key: bool) -> None:
    checkpoint = found.log.checkpoint
    if as_json:
        _print_json(_facts(checkpoint) | _verdict(found))
        return
    typer.echo(f"The log {checkpoint.origin} is whole: {checkpoint.size} entries, every hash and the signature agree.")
    for step in found.chain.steps:
        stated = step.statement
        where = f"{stated.old.name} had {stated.size} entries"
        what = f"the log {stated.new.name} was begun" if stated.begins_epoch else "a new key took over"
        signed = "both keys signed that" if step.by_old else "only the new key signed that: ask the agency why"
        typer.echo(f"When {where}, {what}; {signed}.")
    if found.cited is not None:
        before = "is whole up to there" if found.before is not None else "was not at hand (--before)"
        typer.echo(
            f"Its first entry cites the log before it, {found.cited.origin}, at {found.cited.size}; that {before}."
        )
    if found.log.older is not None:
        typer.echo(f"Nothing before the older checkpoint ({found.log.older.size} entries) was changed or taken away.")
    if found.witnesses:
        typer.echo(f"Cosigned by {', '.join(found.witnesses)}.")
    if own_key:
        typer.echo("The key was read from the log itself; give one you kept elsewhere with --vkey to be sure of it.")


def _verdict(found: History) -> dict[str, object]:
    return {
        "verified": True,
        "older": found.log.older.size if found.log.older else None,
        "key": str(found.chain.key),
        "handovers": [
            {
                "from": str(step.statement.old),
                "to": str(step.statement.new),
                "size": step.statement.size,
                "signed_by_both": step.by_old,
            }
            for step in found.chain.steps
        ],
        "cites": _facts(found.cited) if found.cited else None,
        "before_verified": found.before is not None,
        "witnesses": list(found.witnesses),
    }


def _facts(checkpoint: Checkpoint) -> dict[str, object]:
    return {"origin": checkpoint.origin, "entries": checkpoint.size, "root": checkpoint.root.hex()}


def _print_json(value: dict[str, object]) -> None:
    typer.echo(json.dumps(value))


def _proof(source: Source, known: VerifierKey, entry_id: str) -> tuple[str, bytes]:
    try:
        wanted = str(uuid.UUID(entry_id))
    except ValueError:
        raise typer.BadParameter("not an entry id (a UUID)", param_hint="entry_id") from None
    note = source.read(CHECKPOINT)
    key = chain_of(source, known, note).key
    checkpoint = checkpoints.verified(note, key)
    index, entry = _found(source, checkpoint.size, f'"id":"{wanted}"'.encode())
    node = node_from_tiles(checkpoint.size, lambda level, place, width: _tile(source, level, place, width))
    made = Proof(index, tuple(inclusion_proof(index, checkpoint.size, node)), note)
    made.verify(entry, key)
    return str(made), entry


def _found(source: Source, size: int, wanted: bytes) -> tuple[int, bytes]:
    for index, width in spans(size):
        content = _either(source, entries_path(index, width), entries_path(index))
        if wanted not in content:
            continue
        for place, entry in enumerate(unbundled(content)[:width]):
            if wanted in entry:
                return index * WIDTH + place, entry
    raise NotFound("no entry of that id is in the published log")


def _tile(source: Source, level: int, index: int, width: int) -> bytes:
    return _either(source, tile_path(level, index, width), tile_path(level, index))[: width * HASH_BYTES]


def _either(source: Source, path: str, full: str) -> bytes:
    try:
        return source.read(path)
    except NotFound:
        return source.read(full)


@contextmanager
def _plainly(*, as_json: bool) -> Iterator[None]:
    # Every fault becomes one sentence and an exit code, never a traceback.
    try:
        yield
    except Fault as fault:
        unanswered = isinstance(fault, Unavailable)
        if as_json:
            place = fault.where if isinstance(fault, Differs | Invalid) else ""
            _print_json({"verified": None if unanswered else False, "where": place, "what": str(fault)})
        else:
            typer.echo(f"{'Not checked' if unanswered else 'Not as it should be'}: {fault}", err=True)
        raise typer.Exit(3 if unanswered else 1) from None
