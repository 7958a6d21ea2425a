"""`harborline demo`: the main job on two invented caseloads, then the pages until Ctrl-C."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from rich.console import Console

from harborline.kernel.clock import monotonic_s
from harborline.project import democlock, embedded
from harborline.project.start import ready

app = typer.Typer(help="Show the main job on two invented caseloads.")


@app.callback(invoke_without_command=True)
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="End after the result.")] = False,
    port: Annotated[int, typer.Option(help="Port of the pages.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Load two programs with invented people, send a notice to all of them, print the result, serve the pages."""
    began = monotonic_s()
    console = Console(width=None if sys.stdout.isatty() else 120)
    shown = democlock.set_working_hours()
    console.print(f"The demonstration's clock shows {shown:%Y-%m-%d %H:%M} UTC, so that texts may go out.")
    with embedded.running():
        ready()
        from harborline.project import demonstration, exchange_demo  # noqa: PLC0415 - needs Django set up
        from harborline.project.sequencing import sequence_now  # noqa: PLC0415 - as above

        os.environ.setdefault("HARBORLINE_PASSWORD", demonstration.PASSWORD)
        reports = demonstration.run(demonstration.load(console), console)
        demonstration.stop_is_obeyed(console)
        exchange_demo.show(console)
        sequence_now()
        demonstration.verify(console)
        demonstration.summary(reports, console)
        console.print(f"{monotonic_s() - began:.0f} s in all.")
        if once:
            return
        from harborline.project.serving import serve_until_stopped  # noqa: PLC0415 - needs Django set up

        console.print(f"Sign in as {demonstration.OPERATOR} with the password {demonstration.PASSWORD}")
        serve_until_stopped(host, port, console)
