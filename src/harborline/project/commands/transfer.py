"""`harborline transfer`: what partners need to know of us, and the site acceptance of a drop folder."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Annotated

import asyncssh
import typer
from rich.console import Console

from harborline.kernel import Invalid
from harborline.kernel.clock import monotonic_s
from harborline.project import embedded
from harborline.project.start import prepare, ready

app = typer.Typer(
    help="Files between agencies: our keys for partners, the trial of a drop folder.", no_args_is_help=True
)

MIB = 1024**2


@app.callback()
def transfer() -> None:
    """Tell partners our keys; try a drop folder."""


@app.command()
def keys() -> None:
    """Print what partners pin and put on file: our host keys, our client key, our OpenPGP certificate."""
    with embedded.running():
        ready()
        from harborline.project.carrying import client_key, openpgp_keys  # noqa: PLC0415 - needs Django set up
        from harborline.project.exchanging import host_keys  # noqa: PLC0415 - as above

        console = Console(soft_wrap=True, highlight=False, markup=False)
        console.print("Host keys of our gateway (partners pin one of them):")
        for pem in host_keys():
            console.print(_line(pem))
        console.print("\nThe key with which we sign in on a partner's server:")
        console.print(_line(client_key()))
        fingerprint, certificate = openpgp_keys().armored()
        console.print(f"\nOur OpenPGP certificate, fingerprint {fingerprint.upper()}:\n\n{certificate}")


def _line(pem: bytes) -> str:
    key = asyncssh.import_private_key(pem)
    return f"{key.export_public_key().decode().strip()}\n  {key.get_fingerprint()}"


@app.command()
def accept(
    agreement: Annotated[
        str, typer.Argument(help="Name of the folder below the drop folder, such as the agreement's.")
    ],
    returned: Annotated[
        bool, typer.Option("--returned", help="The partner sends each file back as BACK.<name>.")
    ] = False,
    large_mib: Annotated[int, typer.Option(help="Size of the large file, MiB.", min=1)] = 1024,
    wait_min: Annotated[int, typer.Option(help="Minutes to wait for the client in each step.", min=1)] = 30,
    only: Annotated[str, typer.Option(help="Keys of the steps to try, with commas; default: all.")] = "",
    report: Annotated[Path | None, typer.Option(help="File for the report, JSON.")] = None,
) -> None:
    """Try the agency's managed-transfer client with the drop folder, step by step; a person works at the node."""
    prepare()
    from harborline.adapters.drop_folder.acceptance import steps, try_step  # noqa: PLC0415 - as above
    from harborline.adapters.drop_folder.place import Place  # noqa: PLC0415 - as above
    from harborline.project.carrying import drop_base  # noqa: PLC0415 - as above

    console = Console(highlight=False)
    place = Place.of(drop_base(), agreement, "")
    wanted = {one for one in only.split(",") if one}
    offered = steps(large_mib * MIB)
    if wanted - {step.key for step in offered}:
        raise Invalid(f"are among {', '.join(step.key for step in offered)}", "--only")
    tried = []
    for step in offered:
        if wanted and step.key not in wanted:
            continue
        console.print(f"[bold]{step.title}[/] ({step.size:,} bytes): {step.do}")
        found = try_step(place, step, _waiting(wait_min * 60.0), returned=returned)
        console.print(f"  {'passed' if found.passed else 'FAILED: ' + found.why}")
        tried.append(found)
    if report is not None:
        said = [{"step": one.step.key, "passed": one.passed, "why": one.why} for one in tried]
        report.write_text(json.dumps({"agreement": agreement, "steps": said}, indent=1) + "\n", encoding="utf-8")
    failed = sum(not one.passed for one in tried)
    console.print(f"{len(tried) - failed} of {len(tried)} steps passed")
    raise typer.Exit(5 if failed else 0)


class _waiting:  # noqa: N801 - reads as what it does
    def __init__(self, limit_s: float) -> None:
        self._until_s = monotonic_s() + limit_s

    def __call__(self) -> bool:
        time.sleep(0.5)
        return monotonic_s() < self._until_s
