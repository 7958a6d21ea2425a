"""JSON lines from a file to a file, one question and one answer a line: what the commands without a database share.

A line that cannot be answered is named on stderr with its remedy and left out of the answers; the others are
answered, and the command ends with exit code 5. Nothing of a line's content is ever repeated.
"""

from __future__ import annotations

import codecs
import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import typer

from harborline.kernel import Invalid

Answerer = Callable[[Mapping[str, Any]], Mapping[str, Any]]

SOME_BAD = 5
LINE_MAX = 4_000_000
_NAMED_MAX = 100


def run(source: Path, target: Path, answer: Answerer) -> None:
    """Answer each line of `source` into `target` (`-` is stdin, stdout), in order, each with its question's `id`.

    A target file appears whole or not at all. Raises `Invalid` for a source that cannot be read, a target that cannot
    be written or is the source, `typer.Exit(5)` after answering when some lines were bad.
    """
    bad = 0
    _must_differ(source, target)
    with _reading(source) as lines, _writing(target) as out:
        for number, line in enumerate(lines, 1):
            asked = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
            if not asked.strip():
                continue
            try:
                out.write(_answered(asked, answer))
            except Invalid as wrong:
                bad += 1
                _name(number, wrong, bad)
    if bad:
        raise typer.Exit(SOME_BAD)


def _must_differ(source: Path, target: Path) -> None:
    try:
        same = source.samefile(target)
    except OSError:
        return  # one of them is not there yet, or is a stream
    if same:
        raise Invalid("is the file that is read; name another one", str(target))


def _answered(line: bytes, answer: Answerer) -> str:
    question = _question(line)
    return json.dumps({"id": question["id"], **answer(question)}, ensure_ascii=True) + "\n"


def _question(line: bytes) -> dict[str, Any]:
    if len(line) > LINE_MAX:
        raise Invalid(f"is longer than {LINE_MAX} bytes; split it")
    try:
        question = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise Invalid("is not UTF-8; save the file as UTF-8") from None
    except (ValueError, RecursionError):
        raise Invalid("is not JSON; write one object a line") from None
    if not isinstance(question, dict):
        raise Invalid("is not a JSON object; write one object a line")
    if not isinstance(question.get("id"), str | int) or isinstance(question["id"], bool):
        raise Invalid("needs an id, a text or a whole number", "id")
    return question


def _name(number: int, wrong: Invalid, bad: int) -> None:
    place = f"line {number}, {wrong.where}" if wrong.where else f"line {number}"
    if bad <= _NAMED_MAX:
        sys.stderr.write(f"harborline: {place}: {wrong.problem}\n")
    if bad == _NAMED_MAX + 1:
        sys.stderr.write("harborline: more lines are bad; they are not named any more\n")


@contextmanager
def _reading(source: Path) -> Iterator[Iterator[bytes]]:
    if str(source) == "-":
        yield _lines(sys.stdin.buffer, source)
        return
    try:
        opened = source.open("rb")
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror}", str(source)) from None
    with opened:
        yield _lines(opened, source)


def _lines(opened: IO[bytes], source: Path) -> Iterator[bytes]:
    try:
        yield from opened
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror}", str(source)) from None


@contextmanager
def _writing(target: Path) -> Iterator[IO[str]]:
    try:
        if str(target) == "-":
            yield sys.stdout
            sys.stdout.flush()
        elif target.parent.is_dir() and (not target.exists() or target.is_file()):
            yield from _into_place(target.resolve())
        else:
            # A pipe or a device: there is nothing to move into place.
            with target.open("w", encoding="utf-8") as opened:
                yield opened
    except OSError as error:
        raise Invalid(f"cannot be written: {error.strerror}", str(target)) from None


def _into_place(target: Path) -> Iterator[IO[str]]:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            yield out
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
