"""`harborline ledger witness`: a witness for the logs of others; no database, no Django."""

from __future__ import annotations

from pathlib import Path

import typer

from harborline.kernel import Invalid
from harborline.ledger.note import VerifierKey
from harborline.ledger.witness import Witness
from harborline.ledger.witness_memory import WitnessFiles, cosigning_key
from harborline.ledger.witness_server import serve

KEY = "witness.key"


def run(state: Path, logs: Path, *, name: str, listen: str, show_key: bool) -> None:
    """Serve until interrupted; raises `Invalid` for a list of logs or an address that cannot be used."""
    witness = made_witness(state, logs, name=name)
    if show_key:
        typer.echo(str(witness.key.verifier))
        return
    host, _, port = listen.rpartition(":")
    if not host or not port.isdigit():
        raise Invalid("must look like 127.0.0.1:8300", "--listen")
    typer.echo(f"{witness.key.verifier}")
    serve(witness, host.strip("[]"), int(port), typer.echo)


def made_witness(state: Path, logs: Path, *, name: str = "") -> Witness:
    """A witness of the logs in a file of key lines, with its key and memory in a directory."""
    if not name and not (state / KEY).exists():
        raise Invalid("give the new witness a name, such as witness.state.example/harborline", "--name")
    return Witness(cosigning_key(state / KEY, name), WitnessFiles(state), watched_logs(logs))


def watched_logs(path: Path) -> dict[str, list[VerifierKey]]:
    """The key lines of a file by the log they are of; empty lines and lines with `#` are passed over."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise Invalid("cannot be read as a text file", str(path)) from None
    found: dict[str, list[VerifierKey]] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            key = VerifierKey.parse(line)
        except Invalid as wrong:
            raise Invalid(wrong.problem, f"{path}, line {number}") from None
        found.setdefault(key.name, []).append(key)
    if not found:
        raise Invalid("names no log", str(path))
    return found
