"""The sandbox's outer side: starts the child behind bubblewrap, feeds it, and believes only what it can check.

Source: bwrap(1). Without bubblewrap the child still has its limits, but reaches files and network: isolation partial.
"""

from __future__ import annotations

import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from harborline.adapters.sandbox import child
from harborline.documents.facts import Isolation, IsolationLevel, Kind, Problem, RawPage
from harborline.documents.ports import BrokeOffError, UnusableError
from harborline.kernel import Unavailable, clock

CHILD: Final = Path(child.__file__).resolve()
INSIDE: Final = "/child.py"
TIMEOUT_S: Final = 60.0
_AGAIN_S: Final = 60.0
_SIDE_MAX: Final = 2600
"""Pixels a page may have on a side, as the child promises."""
_SURE_S: Final = 60.0
"""For so long full isolation need not be looked at again; anything less is looked at each time."""
_PAGES_MAX: Final = 10_000
_FEED: Final = 1 << 20
_FORMS: Final = {Kind.JPEG: "JPEG", Kind.PNG: "PNG", Kind.HEIC: "HEIF", Kind.PDF: "pdf"}
_UNREADABLE, _OUT_OF_MEMORY = 2, 3


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """Runs the child with the product's own Python; `program` is bubblewrap (None: partial isolation)."""

    program: str | None
    timeout_s: float = TIMEOUT_S

    def isolation(self) -> Isolation:
        """What holds around the child, as the child itself sees it."""
        return _isolation(self)

    def pages(self, source: IO[bytes], kind: Kind, *, most: int) -> Iterator[RawPage]:
        """The pages of a paper as pixels, one after another.

        Raises `UnusableError` for a paper that cannot or must not be shown, `Unavailable` when the child could not
        start, was stopped by its limits or by the time: what it said until then does not count.
        """
        with _running(self.command("pages", _FORMS[kind], str(most)), self.timeout_s) as running:
            try:
                _feed(source, running)  # the child reads everything before it says more than its greeting
                yield from _read(running, most)
            except BaseException:
                running.kill()
                raise

    def command(self, *arguments: str) -> list[str]:
        """How the child is started."""
        python = [sys.executable, "-I", "-B"]
        if self.program is None:
            return [*python, str(CHILD), *arguments]
        return [self.program, *_walls(), *python, INSIDE, *arguments]


class ThisMachine:
    """`documents.ports.Sandbox` with the bubblewrap of this machine where it works at all, else without.

    What was mended while this runs (bubblewrap installed, namespaces allowed) holds from the next look on.
    """

    def __init__(self) -> None:
        self._sure: tuple[Bubblewrap, Isolation, float] | None = None

    def isolation(self) -> Isolation:
        """What holds around the child."""
        return self._found()[1]

    def pages(self, source: IO[bytes], kind: Kind, *, most: int) -> Iterator[RawPage]:
        """The pages."""
        return self._found()[0].pages(source, kind, most=most)

    def _found(self) -> tuple[Bubblewrap, Isolation]:
        sure, now_s = self._sure, clock.monotonic_s()
        if sure is not None and now_s < sure[2]:
            return sure[:2]
        made = Bubblewrap(shutil.which("bwrap"))
        level = made.isolation()
        if made.program and level.level is IsolationLevel.NONE:
            made = Bubblewrap(None)
            level = made.isolation()
        self._sure = (made, level, now_s + _SURE_S) if level.level is IsolationLevel.FULL else None
        return made, level


def _walls() -> list[str]:
    places = dict.fromkeys([sys.prefix, sys.base_prefix])
    binds = [part for place in places if not Path(place).is_relative_to("/usr") for part in ("--ro-bind", place, place)]
    links = [
        part
        for name in ("lib", "lib64", "bin")
        for part in (("--symlink", f"usr/{name}", f"/{name}") if Path("/", name).is_symlink() else ())
    ]
    return [
        "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv",
        "--ro-bind", "/usr", "/usr", *links, *binds, "--ro-bind", str(CHILD), INSIDE,
        "--proc", "/proc", "--dev", "/dev", "--chdir", "/",
    ]  # fmt: skip


def _isolation(sandbox: Bubblewrap) -> Isolation:
    try:
        told = subprocess.run(  # noqa: S603 - our own child
            sandbox.command("look"), stdin=subprocess.DEVNULL, capture_output=True, env={}, timeout=30, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        told = b""
    if len(told) != len(child.HEAD) + 1 or not told.startswith(child.HEAD):
        return Isolation(IsolationLevel.NONE, child.SEES)
    missing = tuple(name for place, name in enumerate(child.SEES) if not told[-1] >> place & 1)
    return Isolation(IsolationLevel.PARTIAL if missing else IsolationLevel.FULL, missing)


@contextmanager
def _running(command: list[str], timeout_s: float) -> Iterator[subprocess.Popen[bytes]]:
    try:
        running = subprocess.Popen(  # noqa: S603 - our own child
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
        )
    except OSError:
        raise _not_started() from None
    clockwork = threading.Timer(timeout_s, running.kill)
    clockwork.start()
    try:
        with running:
            yield running
    finally:
        clockwork.cancel()


def _feed(source: IO[bytes], running: subprocess.Popen[bytes]) -> None:
    assert running.stdin is not None
    try:
        with running.stdin as wire:
            while chunk := source.read(_FEED):
                wire.write(chunk)
    except (OSError, ValueError):
        return  # it ended before it had read everything: what it answered says why


def _read(running: subprocess.Popen[bytes], most: int) -> Iterator[RawPage]:
    wire = running.stdout
    assert wire is not None
    if wire.read(len(child.HEAD)) != child.HEAD:
        raise _not_started()
    status, count = struct.unpack(">BH", _exactly(running, wire, 3))
    if status:
        raise UnusableError(_problem(status))
    if not 0 < count <= min(most, _PAGES_MAX):
        raise UnusableError(Problem.TOO_MANY_PAGES)
    for _ in range(count):
        width, height = struct.unpack(">HH", _exactly(running, wire, 4))
        if not (0 < width <= _SIDE_MAX and 0 < height <= _SIDE_MAX):
            raise UnusableError(Problem.UNREADABLE)
        yield RawPage(width, height, _exactly(running, wire, width * height * 3))
    if _exactly(running, wire, len(child.DONE)) != child.DONE or wire.read(1):
        raise UnusableError(Problem.UNREADABLE)


def _problem(status: int) -> Problem:
    try:
        return Problem(child.PROBLEMS[status - 1])
    except (IndexError, ValueError):
        return Problem.UNREADABLE


def _exactly(running: subprocess.Popen[bytes], wire: IO[bytes], size: int) -> bytes:
    found = wire.read(size)
    if len(found) == size:
        return found
    ended = running.wait()
    if ended == _UNREADABLE:
        raise UnusableError(Problem.UNREADABLE)
    if ended == _OUT_OF_MEMORY:
        raise UnusableError(Problem.TOO_HEAVY)
    raise BrokeOffError("the paper took more time or memory than its reader is allowed", retry_after_s=_AGAIN_S)


def _not_started() -> Unavailable:
    return Unavailable(
        "the sandbox does not start: is bubblewrap installed, and may it make namespaces?", retry_after_s=_AGAIN_S
    )
