"""`harborline gateway`: partners put and fetch files over SFTP, until Ctrl-C."""

from __future__ import annotations

import signal
import threading
from typing import Annotated

import typer
from rich.console import Console

from harborline.project import embedded
from harborline.project.engine import parent_gone
from harborline.project.start import prepare, ready

app = typer.Typer(help="Serve partners' machines over SFTP.")

Port = Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.", min=0, max=65535)]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Workers = Annotated[int, typer.Option(help="Processes that share the port; about one for each core.", min=1, max=64)]
One = Annotated[bool, typer.Option("--one", hidden=True, help="Be one of the processes on a port that is held.")]


@app.callback(invoke_without_command=True)
def gateway(port: Port = 2222, host: Host = "127.0.0.1", workers: Workers = 2, one: One = False) -> None:
    """Serve SFTP until Ctrl-C; a gateway process that ends is started again."""
    stop = _stop_event()
    with embedded.running():
        if one:
            prepare()
        else:
            ready()
        from harborline.project import gatewaying  # noqa: PLC0415 - needs Django set up

        if one:
            threading.Thread(target=_watch_parent, args=(stop,), daemon=True).start()
            gatewaying.serve_one(host, port, stop, workers)
        else:
            gatewaying.serve_many(host, port, workers, stop, Console())


def _stop_event() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def _watch_parent(stop: threading.Event) -> None:
    while not stop.wait(1):
        if parent_gone():
            stop.set()
