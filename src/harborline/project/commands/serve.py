"""`harborline serve`: the pages and every background process, until Ctrl-C."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from harborline.project import embedded
from harborline.project.start import ready

app = typer.Typer(help="Serve the pages and run the background processes.")

Port = Annotated[int, typer.Option(help="Port of the pages.")]
Host = Annotated[str, typer.Option(help="Address to listen on; a proxy with TLS belongs in front of any other.")]


@app.callback(invoke_without_command=True)
def serve(port: Port = 8000, host: Host = "127.0.0.1") -> None:
    """Serve until Ctrl-C; a background process that ends is started again."""
    with embedded.running():
        ready()
        from harborline.project.serving import serve_until_stopped  # noqa: PLC0415 - needs Django set up

        serve_until_stopped(host, port, Console())
