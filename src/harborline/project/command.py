"""The `harborline` command.

Exit codes: 0 done; 1 refused by a rule or not found; 2 unusable input or usage; 3 something outside is unavailable;
4 an invariant is broken; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click
import typer
from rich.console import Console

from harborline import __version__
from harborline.kernel import Broken, Fault, Invalid, NotFound, Refused, Unavailable
from harborline.project.home import home

# Each group loads its module only when it is called, so that `guard` and `ledger verify` never need a database.
GROUPS = {
    "check": "harborline.project.commands.check",
    "database": "harborline.project.commands.database",
    "demo": "harborline.project.commands.demo",
    "feeds": "harborline.project.commands.feeds",
    "law": "harborline.law.law_command",
    "ledger": "harborline.ledger.verify_command",
    "login": "harborline.project.commands.login",
    "migrate": "harborline.project.commands.migrate",
    "notices": "harborline.project.commands.notices",
    "serve": "harborline.project.commands.serve",
    "worker": "harborline.project.commands.worker",
}
_CODES: dict[type[Fault], int] = {Refused: 1, NotFound: 1, Invalid: 2, Unavailable: 3, Broken: 4}


class Groups(click.Group):
    """A command group whose members are imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every group, by name."""
        del ctx
        return sorted(GROUPS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of the group and answer its typer application as a click command."""
        del ctx
        if cmd_name not in GROUPS:
            return None
        return typer.main.get_command(import_module(GROUPS[cmd_name]).app)


@click.command(cls=Groups, name="harborline", context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="harborline")
def harborline() -> None:
    """Talk to families, take in their documents, exchange files: every step decided by a clause and recorded."""


def main() -> None:
    """Run the command; a fault becomes one clear message on stderr and its exit code, never a traceback."""
    # Commands that never load the settings (guard, ledger verify) find the same home.
    os.environ.setdefault("HARBORLINE_HOME", str(home()))
    try:
        harborline(standalone_mode=False)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except Fault as fault:
        Console(stderr=True, soft_wrap=True).print(f"[bold red]harborline:[/] {fault}", highlight=False, markup=True)
        sys.exit(next((code for kind, code in _CODES.items() if isinstance(fault, kind)), 4))


if __name__ == "__main__":
    main()
