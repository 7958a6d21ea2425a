"""`harborline worker`: one background process each, on as many machines as wanted."""

from __future__ import annotations

import asyncio
import signal
import threading

import typer

from harborline.kernel import Invalid
from harborline.project import embedded
from harborline.project.engine import parent_gone
from harborline.project.start import prepare

app = typer.Typer(help="Background processes: dispatch, sequence, queue, carry.", no_args_is_help=True)


@app.callback()
def worker() -> None:
    """Run one background process until it is told to stop."""


@app.command()
def dispatch(
    program: str = typer.Option(..., help="Program whose sender is served."),
    sender: str = typer.Option("", help="Key of the sender; default: the program's active one."),
    drain: bool = typer.Option(False, help="End when nothing is due, or when another dispatcher holds the lease."),
) -> None:
    """Hand due texts of one sender to its carrier."""
    with embedded.running():
        prepare()
        from harborline.project.sending import dispatcher_for  # noqa: PLC0415 - needs Django set up

        asyncio.run(_dispatch(dispatcher_for(program, sender, drain=drain)))


async def _dispatch(dispatcher: object) -> None:
    from harborline.messaging.sending.dispatcher import Dispatcher  # noqa: PLC0415 - needs Django set up

    assert isinstance(dispatcher, Dispatcher)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    orphan = loop.create_task(_stop_with_parent(stop))
    await dispatcher.run(stop)
    orphan.cancel()


async def _stop_with_parent(stop: asyncio.Event) -> None:
    while not parent_gone():  # noqa: ASYNC110 - nothing tells an orphan that it is one
        await asyncio.sleep(1)
    stop.set()


@app.command()
def sequence() -> None:
    """Order, sign and publish the proof log; a second one stands by."""
    with embedded.running():
        prepare()
        from harborline.project.sequencing import sequence_until  # noqa: PLC0415 - needs Django set up

        sequence_until(_stop_event())


@app.command()
def queue(
    only: str = typer.Option("", help="alerts, papers, or rest; without it, all of them."),
) -> None:
    """Work off the queue: alerts, checks of papers, planning, imports, letters."""
    with embedded.running():
        prepare()
        from harborline.project.queueing import PARTS, work_until_stopped  # noqa: PLC0415 - needs Django set up

        if only and only not in PARTS:
            raise Invalid(f"is one of {', '.join(PARTS)}", "--only")
        work_until_stopped(only)


@app.command()
def carry() -> None:
    """Carry files: to partners' servers by SFTP, and through the drop folder; a second one stands by."""
    with embedded.running():
        prepare()
        from harborline.project.carrying import carry_until  # noqa: PLC0415 - needs Django set up

        carry_until(_stop_event())


def _stop_event() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_watch_parent, args=(stop,), daemon=True).start()
    return stop


def _watch_parent(stop: threading.Event) -> None:
    while not stop.wait(1):
        if parent_gone():
            stop.set()
