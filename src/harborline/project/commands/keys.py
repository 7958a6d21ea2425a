"""`harborline keys`: what keys there are, whether they open, new ones in the place of old."""

from __future__ import annotations

import json
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from harborline.project import embedded
from harborline.project.start import prepare, ready

app = typer.Typer(help="List, check and rotate keys; the recovery key.", no_args_is_help=True)

BROKEN = 4
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class Level(StrEnum):
    """What is rotated."""

    ROOT = "root"
    OFFICE = "office"
    CLASS = "class"


@app.callback()
def keys() -> None:
    """Look after the keys of this installation; see docs/operate/keys.md."""


@app.command("list")
def list_keys(*, as_json: AsJson = False) -> None:
    """Every key from the root down: its number, what wraps it, its month, for records how many."""
    prepare()
    from harborline.vault.services import keyring  # noqa: PLC0415 - needs the ports served

    found = keyring().standings()
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], indent=2))
        return
    for one in found:
        more = (
            f", {one.count} records"
            if one.level == "records"
            else f", under {one.wrapped_by}"
            if one.wrapped_by
            else ""
        )
        month = f", of {one.month // 100}-{one.month % 100:02}" if one.month else ""
        typer.echo(f"{one.level:8} {one.name} {one.number}{more}{month}")


@app.command()
def check(*, as_json: AsJson = False) -> None:
    """Open every key and every record's secret once; name what does not open, and what a rotation left over."""
    prepare()
    from harborline.kernel.ports import serving  # noqa: PLC0415 - as above
    from harborline.vault.checking import findings  # noqa: PLC0415 - as above
    from harborline.vault.ports import KeyProvider, KeyStore  # noqa: PLC0415 - as above

    found = findings(serving(KeyProvider), serving(KeyStore))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
    else:
        typer.echo("\n".join(found) or "every key opens")
    if found:
        raise typer.Exit(BROKEN)


@app.command()
def rotate(
    level: Annotated[Level, typer.Argument(help="root, office, or class.")],
    name: Annotated[str, typer.Argument(help="The office (nc-css) or the class (nc-css/people).")] = "",
) -> None:
    """Make a new key and re-wrap what hangs on the old one; no content is touched. Recorded in the log."""
    with embedded.running():
        ready()
        from harborline.project.rotating import rotate as renew  # noqa: PLC0415 - needs Django set up

        number = renew(level.value, name, typer.echo)
    typer.echo(f"{level.value}{' ' + name if name else ''}: key {number} from now on")


@app.command()
def recovery(
    out: Annotated[Path, typer.Option("--out", help="New file for the private half.")],
    passphrase_file: Annotated[Path | None, typer.Option(help="File with a passphrase for it.")] = None,
) -> None:
    """Make a recovery key; backups from now on are for this one. Carry the file away from this machine."""
    prepare()
    from harborline.project.backup.recoverykey import make  # noqa: PLC0415 - as above
    from harborline.project.home import keys_directory  # noqa: PLC0415 - as above

    phrase = passphrase_file.read_bytes().strip() if passphrase_file else b""
    make(out, keys_directory(), passphrase=phrase)
    typer.echo(f"{out}: the recovery key; take a backup now, and carry this file away")


@app.command()
def fields(*, as_json: AsJson = False) -> None:
    """The table of protected fields: what each holds, how it is kept, by what it is found."""
    from harborline.vault.protected import protected_fields  # noqa: PLC0415 - quick start

    if as_json:
        typer.echo(json.dumps([asdict(one) for one in protected_fields()], indent=2))
        return
    for one in protected_fields():
        more = one.keys or one.why
        found = f"; found by {one.index}" if one.index else ""
        typer.echo(
            f"{one.about:12} {one.name}: {one.holds}: {one.kept.value}{' (' + more + ')' if more else ''}{found}"
        )
