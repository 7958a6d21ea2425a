"""`harborline login`: sign in at the command line for one working day."""

from __future__ import annotations

from typing import Annotated

import typer

from harborline.project import embedded
from harborline.project.start import ready

app = typer.Typer(help="Sign in at the command line (12 hours).")


@app.callback(invoke_without_command=True)
def login(
    acting_as: Annotated[str, typer.Option("--as", help="E-mail address of the worker.")],
    code: Annotated[str, typer.Option(help="Code of the second factor, when one is set up.")] = "",
) -> None:
    """Check password and second factor and keep a sealed proof that only this account can read."""
    with embedded.running():
        ready()
        from harborline.project.actors import keep_sign_in, sign_in  # noqa: PLC0415 - needs Django set up

        typer.echo(keep_sign_in(sign_in(acting_as, totp=code)))
