"""Calls every command of `harborline`, each in a process of its own, and prints one line of JSON for each.

Run by path, with nothing of the product set up before: what a command needs, it must set up itself. Arguments are
harmless: the database does not answer, files are empty, names are unknown.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# What every process would load again; nothing of the product.
import asyncssh
import django.db.models
import typer

from harborline.project.command import app, main

LIMIT_S = 60
ENDLESS = {"serve", "gateway", "demo", "worker"}
SAID = {"program": "nc-css", "only": "none"}


def leaves(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401 - click's
    """Every command that does something, with its path."""
    names = command.list_commands(None) if hasattr(command, "list_commands") else []
    for name in names:
        yield from leaves(command.get_command(None, name), (*path, name))
    if path and not names:
        yield path, command


def words(command: Any, folder: str) -> list[str]:  # noqa: ANN401 - as above
    """A word for everything that it must be told."""
    found = []
    for one in command.params:
        if one.required or one.name == "only":
            said = SAID.get(one.name, f"{folder}/empty")
            found += [one.opts[0], said] if one.opts[0].startswith("-") else [said]
    return found


def ended(path: tuple[str, ...], said: list[str]) -> tuple[int, str]:
    """The exit status of one command, and what it said of faults."""
    with tempfile.TemporaryFile() as told:
        child = os.fork()
        if not child:
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            os.dup2(told.fileno(), 1)
            os.dup2(told.fileno(), 2)
            signal.alarm(LIMIT_S)
            arguments = ["harborline", *path, *said]
            sys.argv[:] = arguments
            status = 70
            try:
                main()
                status = 0
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else 1
            except BaseException:  # noqa: BLE001 - this is what is looked for
                sys.excepthook(*sys.exc_info())
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        told.seek(0)
        return status, told.read().decode(errors="replace")[-2000:]


def call_all(wanted: list[str]) -> None:
    """All of them whose names begin so (none named: all), but those that go on until they are stopped."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "empty").touch()
        for path, command in leaves(typer.main.get_command(app)):
            name = " ".join(path)
            if path[0] not in ENDLESS and (not wanted or name.startswith(tuple(wanted))):
                status, told = ended(path, words(command, folder))
                sys.stdout.write(json.dumps({"command": name, "status": status, "told": told}) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    assert asyncssh
    assert django
    call_all(sys.argv[1:])
