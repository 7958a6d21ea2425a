"""`harborline database`: what an operator with a PostgreSQL server of their own needs."""

from __future__ import annotations

import typer

from harborline.project.roles import LOGINS, closing_statements, database_statements, role_statements

app = typer.Typer(help="Roles of the database for a server of your own.", no_args_is_help=True)


@app.callback()
def database() -> None:
    """Prepare a PostgreSQL server (15 or later) for Harborline."""


@app.command()
def roles(name: str = typer.Option("harborline", help="Name of the database to make.")) -> None:
    """Print the SQL that an administrator runs once: roles, database, closing of PUBLIC; passwords to be filled in."""
    passwords = {role: f"password-of-{role}" for role in LOGINS}
    typer.echo("-- Run as a server administrator with psql. Put your own passwords in.")
    for statement in (*role_statements(passwords), *database_statements(name)):
        typer.echo(statement + ";")
    typer.echo(f"\\connect {name}")
    for statement in closing_statements(name):
        typer.echo(statement + ";")
