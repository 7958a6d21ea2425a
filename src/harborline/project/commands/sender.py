"""`harborline sender`: the numbers that texts come from."""

from __future__ import annotations

from typing import Annotated

import typer

from harborline.kernel import NotFound, ports
from harborline.project import embedded
from harborline.project.start import ready

app = typer.Typer(help="The numbers that texts come from, and what their carriers need.", no_args_is_help=True)


@app.callback()
def sender() -> None:
    """The numbers that texts come from, and what their carriers need."""


@app.command("kannel")
def kannel(*, program: Annotated[str, typer.Option("--program", help="Whose sender, such as nc-css.")]) -> None:
    """Print what belongs into Kannel's configuration for the program's senders behind Kannel; it holds a secret."""
    with embedded.running():
        ready()
        from harborline.adapters.kannel.accounts import KannelAccounts  # noqa: PLC0415 - needs Django set up
        from harborline.adapters.kannel.service import service_lines  # noqa: PLC0415 - as above
        from harborline.messaging.models import Sender  # noqa: PLC0415 - as above
        from harborline.walls import ALL_COUNTIES, Actor, acting  # noqa: PLC0415 - as above

        with acting(Actor("system", "operator"), program=program, counties=ALL_COUNTIES, purpose="configuration"):
            keys = list(
                Sender.objects.filter(program=program, carrier="kannel", active=True).values_list("key", flat=True)
            )
        if not keys:
            raise NotFound(f"{program} has no active sender whose carrier is kannel")
        for key in keys:
            typer.echo(service_lines(ports.serving(KannelAccounts).named(key)))
