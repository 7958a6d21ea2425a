"""What the commands of the exchange share: who acts, how things are said."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from harborline.project.exchange_room.told import Told

Program = Annotated[str, typer.Option(help="Program, such as nc-css or mn-wic.")]
As = Annotated[str, typer.Option("--as", help="Who is acting (e-mail of a worker); default: the signed-in worker.")]
Json = Annotated[bool, typer.Option("--json", help="JSON on standard output, for machines.")]
Because = Annotated[str, typer.Option("--because", help="Why; it is kept in the record.")]


@contextmanager
def looking(acting_as: str, program: str) -> Iterator[tuple[Any, Any]]:
    """The module that shows, with the worker who looks; both need Django."""
    with _open(acting_as, program, "exchange:read") as who:
        from harborline.project.exchange_room import looking as view  # noqa: PLC0415 - needs Django set up

        yield view, who


@contextmanager
def doing(acting_as: str, program: str, permission: str = "exchange:steer") -> Iterator[tuple[Any, Any]]:
    """The module that does, with the worker who acts."""
    with _open(acting_as, program, permission) as who:
        from harborline.project.exchange_room import steps  # noqa: PLC0415 - needs Django set up

        yield steps, who


@contextmanager
def _open(acting_as: str, program: str, permission: str) -> Iterator[Any]:
    from harborline.project import embedded  # noqa: PLC0415 - loaded on use
    from harborline.project.start import ready  # noqa: PLC0415 - as above

    with embedded.running():
        ready()
        from harborline.project.exchange_room.desk import worker  # noqa: PLC0415 - needs Django set up

        yield worker(acting_as, program, permission)


def say(told: Told, *, as_json: bool, check: bool = False) -> None:
    """Say it; with `check` the exit code is 1 when somebody is needed."""
    if as_json:
        typer.echo(json.dumps(told.facts, indent=2, ensure_ascii=False))
    else:
        for line in told.lines:
            typer.echo(line)
    if check and told.needs_somebody:
        raise typer.Exit(1)
