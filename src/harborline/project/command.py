"""The `harborline` command.

Exit codes: 0 done; 1 refused by a rule or not found; 2 unusable input or usage; 3 something outside is unavailable;
4 an invariant is broken; 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from harborline import __version__
from harborline.kernel import Broken, Fault, Invalid, NotFound, Refused, Unavailable
from harborline.project.home import home

# Each group loads its module only when it is called, so that `guard` and `ledger verify` never need a database.
GROUPS = {
    "api-keys": "harborline.project.commands.api_keys",
    "backup": "harborline.project.commands.backup",
    "check": "harborline.project.commands.check",
    "consent": "harborline.project.commands.consent",
    "database": "harborline.project.commands.database",
    "demo": "harborline.project.commands.demo",
    "exchange": "harborline.project.commands.exchange",
    "export": "harborline.project.commands.export",
    "feeds": "harborline.project.commands.feeds",
    "inbound": "harborline.project.commands.inbound",
    "gateway": "harborline.project.commands.gateway",
    "guard": "harborline.project.commands.guard",
    "keys": "harborline.project.commands.keys",
    "law": "harborline.law.law_command",
    "layout": "harborline.project.commands.layout",
    "ledger": "harborline.project.commands.ledger",
    "login": "harborline.project.commands.login",
    "messages": "harborline.project.commands.messages",
    "migrate": "harborline.project.commands.migrate",
    "notices": "harborline.project.commands.notices",
    "numbers": "harborline.project.commands.numbers",
    "recovery": "harborline.project.commands.recovery",
    "oversight": "harborline.project.commands.oversight",
    "quiet-hours": "harborline.project.commands.quiet_hours",
    "segments": "harborline.project.commands.segments",
    "restore": "harborline.project.commands.restore",
    "sender": "harborline.project.commands.sender",
    "retention": "harborline.project.commands.retention",
    "transfer": "harborline.project.commands.transfer",
    "upgrade": "harborline.project.commands.upgrade",
    "serve": "harborline.project.commands.serve",
    "vendors": "harborline.project.commands.vendors",
    "worker": "harborline.project.commands.worker",
    "workers": "harborline.project.commands.workers",
}
_CODES: dict[type[Fault], int] = {Refused: 1, NotFound: 1, Invalid: 2, Unavailable: 3, Broken: 4}


class Groups(TyperGroup):
    """A command group whose members are imported on use."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]  # typer's own context class
        """Every group, by name."""
        del ctx
        return sorted(GROUPS)

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]  # noqa: ANN401 - as above
        """Import the module of the group and answer its application as a command."""
        del ctx
        if cmd_name not in GROUPS:
            return None
        around = typer.Typer(add_completion=False)
        around.add_typer(import_module(GROUPS[cmd_name]).app, name=cmd_name)
        return typer.main.get_group(around).commands[cmd_name]


app = typer.Typer(
    cls=Groups,
    name="harborline",
    help="Talk to families, take in their documents, exchange files: every step decided by a clause and recorded.",
    context_settings={"help_option_names": ["-h", "--help"]},
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback()
def harborline(
    *, version: Annotated[bool, typer.Option("--version", help="Show the version and end.", is_eager=True)] = False
) -> None:
    """Talk to families, take in their documents, exchange files: every step decided by a clause and recorded."""
    if version:
        typer.echo(f"harborline {__version__}")
        raise typer.Exit


def main() -> None:
    """Run the command; a fault becomes one clear message on stderr and its exit code, never a traceback."""
    # Commands that never load the settings (guard, ledger verify) find the same home.
    os.environ.setdefault("HARBORLINE_HOME", str(home()))
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Fault as fault:
        sys.stderr.write(f"harborline: {fault}\n")
        sys.exit(next((code for kind, code in _CODES.items() if isinstance(fault, kind)), 4))
    except OSError as error:
        # A file that somebody named is missing, closed to them or a folder: which command it was makes no difference.
        if not error.filename:
            raise
        sys.stderr.write(f"harborline: {os.fsdecode(error.filename)}: {error.strerror}\n")
        sys.exit(_CODES[Invalid])
    except Exception as error:
        if not _is_database_gone(error):
            raise
        sys.stderr.write("harborline: the database does not answer; is it running, and is its address right?\n")
        sys.exit(3)


def _is_database_gone(error: Exception) -> bool:
    # By name, so that commands without a database need not load its libraries.
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"OperationalError", "InterfaceError"})


if __name__ == "__main__":
    main()
