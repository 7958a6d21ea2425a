"""`harborline restore`: look whether a backup is good, or bring one into an empty home."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from harborline.kernel import Invalid

app = typer.Typer(help="Check a backup, or restore one into an empty home.")

BROKEN = 4


@app.callback(invoke_without_command=True)
def restore(
    check: Annotated[Path | None, typer.Option("--check", help="Look at the newest set here; changes nothing.")] = None,
    from_dir: Annotated[Path | None, typer.Option("--from", help="Restore the newest set here.")] = None,
    keys: Annotated[Path | None, typer.Option("--keys", help="Directory of the keys sets; default: beside.")] = None,
    recovery_key: Annotated[Path | None, typer.Option(help="The recovery key, where this home has no keys.")] = None,
    passphrase_file: Annotated[Path | None, typer.Option(help="File with the recovery key's passphrase.")] = None,
    erasures: Annotated[
        list[Path] | None, typer.Option("--erasures", help="A further journal of erasures; may be given again.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Either --check DIR or --from DIR. After a restore all sending is held: docs/operate/backup.md says what to do."""
    if (check is None) == (from_dir is None):
        raise Invalid("give either --check DIR or --from DIR", "--check")
    if check is not None:
        _check(check, keys, recovery_key, passphrase_file, as_json=as_json)
    if from_dir is not None:
        _restore(from_dir, keys, recovery_key, passphrase_file, erasures or [], as_json=as_json)


def _check(
    directory: Path, keys: Path | None, recovery_key: Path | None, passphrase_file: Path | None, *, as_json: bool
) -> None:
    from harborline.project.start import prepare  # noqa: PLC0415 - loads the settings

    prepare()
    from harborline.project.backup.checking import check  # noqa: PLC0415 - needs Django set up
    from harborline.project.backup.restoring import opener_of  # noqa: PLC0415 - as above

    tell = (lambda _line: None) if as_json else typer.echo
    report = check(directory, opener_of(recovery_key, passphrase_file), tell, keys_from=keys)
    if as_json:
        looks = [{"what": what, "findings": found} for what, found in report.looks]
        typer.echo(json.dumps({"set": str(report.directory), "looks": looks, "notes": report.notes}, indent=2))
    else:
        for note in report.notes:
            typer.echo(f"note: {note}")
        typer.echo(f"{report.directory}: {'whole' if not report.findings else 'NOT to be relied on'}")
    if report.findings:
        raise typer.Exit(BROKEN)


def _restore(
    directory: Path,
    keys: Path | None,
    recovery_key: Path | None,
    passphrase_file: Path | None,
    erasures: list[Path],
    *,
    as_json: bool,
) -> None:
    # Settings make keys where there are none, so they are loaded by the restore itself, after the keys are back.
    from harborline.project.backup.restoring import Plan, opener_of, restore, spelled  # noqa: PLC0415 - see above

    plan = Plan(directory, keys, erasures, opener_of(recovery_key, passphrase_file))
    report = restore(plan, (lambda _line: None) if as_json else typer.echo)
    if as_json:
        typer.echo(json.dumps(spelled(report), indent=2))
        return
    typer.echo(f"restored as of {report.as_of_at:%Y-%m-%d %H:%M:%S} UTC")
    if report.published_ahead:
        typer.echo(
            f"{report.published_ahead} entries of the log were published after that:"
            " `harborline ledger new-epoch` explains them"
        )
    typer.echo(
        "Sending is held. Next, in each program: `harborline recovery stops`, `recovery provider`, `recovery log`,"
        " then `recovery release` by two people."
    )
