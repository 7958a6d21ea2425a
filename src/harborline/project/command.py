"""The `harborline` command.

Exit codes: 0 done; 1 refused by a rule or not found; 2 unusable input or usage; 3 something outside is unavailable,
or what was said could not be written; 4 an invariant is broken, or a fault of ours; 130 interrupted.
"""

from __future__ import annotations

import io
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
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
_OUTSIDE, _BUG, _INTERRUPTED = 3, 4, 130


@contextmanager
def _outside() -> Iterator[None]:
    """What the system below cannot do (a full disk, a closed pipe, a forbidden file) is a fault like any other."""
    try:
        yield
    except OSError as error:
        place = f"{error.filename}: " if error.filename is not None else ""
        raise Unavailable(f"{place}{error.strerror or type(error).__name__}") from error


class Groups(TyperGroup):
    """A command group whose members are imported on use."""

    def make_context(self, *arguments: Any, **extra: Any) -> Any:  # noqa: ANN401 - as typer's own
        """Read the command line, with the help it may ask for."""
        with _outside():
            return super().make_context(*arguments, **extra)

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - as typer's own
        """Run the command."""
        with _outside():
            return super().invoke(ctx)

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
    _open_streams()
    sys.exit(_flushed(_ended()))


def _open_streams() -> None:
    # A closed stream would give its number to the next file that is opened; a letter no terminal knows is spelled out.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_RDWR), mode, encoding="utf-8"))
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")


def _ended() -> int:
    """Run the command to its end; answers its exit code."""
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Fault as fault:
        _say(_in_words(fault))
        return next((code for kind, code in _CODES.items() if isinstance(fault, kind)), _BUG)
    except Exception as error:
        words, code = _unexpected(error)
        if code == _BUG and sys.flags.dev_mode:
            raise
        _say(words)
        return code
    return 0


def _in_words(fault: Fault) -> str:
    # A refusal has a sentence and a next step, as on the pages, wherever the rooms are loaded.
    from django.apps import apps  # noqa: PLC0415 - `guard` and `ledger verify` do without

    if not isinstance(fault, Refused) or not apps.ready:
        return str(fault)
    from harborline.sites.sentences import told  # noqa: PLC0415 - needs Django set up

    said = told(fault.decision)
    return f"{fault} {said.sentence} {said.next_step}".strip()


def _unexpected(error: Exception) -> tuple[str, int]:
    # What to say of an error that is no `Fault`, and the exit code.
    if _is_database_gone(error):
        return "the database does not answer; is it running, and is its address right?", _OUTSIDE
    if isinstance(error, OSError) and error.filename:
        # A file that somebody named is missing, closed to them or a folder: which command it was is no matter.
        return f"{os.fsdecode(error.filename)}: {error.strerror}", _CODES[Invalid]
    return f"{_named(error)}; this should not be, please report it (PYTHONDEVMODE=1 shows more)", _BUG


def _flushed(code: int) -> int:
    """Write out what was said; what cannot be told to its end is not done, whatever the command's own exit code."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            if code != _OUTSIDE:
                _say(error.strerror or type(error).__name__)
            code = _OUTSIDE
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return code


def _say(words: str) -> None:
    # A fault is one line, and is not undone by a standard error that nobody can write to.
    with suppress(OSError):
        sys.stderr.write(f"harborline: {' '.join(words.splitlines())}\n")


def _named(error: Exception) -> str:
    # Never with its own words, which may tell of persons.
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"


def _is_database_gone(error: Exception) -> bool:
    # By name, so that commands without a database need not load its libraries.
    names = {kind.__name__ for kind in type(error).__mro__}
    return bool(names & {"OperationalError", "InterfaceError"})


if __name__ == "__main__":
    main()
