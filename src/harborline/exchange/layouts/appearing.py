"""A written file appears whole or not at all, on the disk before anybody is told that it is there."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from harborline.kernel import Invalid, Unavailable

_STANDARD = "-"


@contextmanager
def appearing(target: Path) -> Iterator[Path]:
    """A place beside `target` that becomes `target` at the end, or nothing when anything went wrong.

    A link stays, and what it leads to is written; a file that was there gives its owner and mode to the new one.
    Raises `Invalid` when no file can be made there (a device, a pipe, a folder), `Unavailable` when the disk is full.
    """
    real, before = _regular(target)
    try:
        handle, name = tempfile.mkstemp(dir=real.parent, prefix=".harborline-")
    except OSError as error:
        raise Invalid(f"cannot be written: {error.strerror}", str(target)) from None
    os.close(handle)
    place = Path(name)
    try:
        yield place
        if before is not None:
            _keep(place, before)
        _settle(place)
        place.replace(real)
        _settle(real.parent)
    except BaseException as wrong:
        with suppress(OSError):
            place.unlink()
        if isinstance(wrong, OSError):
            raise Unavailable(f"{target}: cannot be written: {wrong.strerror}; nothing was written") from None
        raise


def is_plain(target: Path) -> bool:
    """Whether `target` is a file or nothing yet, rather than a device, a pipe or a folder."""
    try:
        return stat.S_ISREG(target.stat().st_mode)
    except OSError:
        return True


def _regular(target: Path) -> tuple[Path, os.stat_result | None]:
    """Where the file itself is, behind all links, and what it is before; raises `Invalid` where none can be."""
    where = str(target)
    if where == _STANDARD:
        raise Invalid("is no name for what is written; name a file, which appears whole or not at all", where)
    real = Path(os.path.realpath(target))
    try:
        before = target.stat()
    except FileNotFoundError:
        return real, None
    except OSError as error:
        raise Invalid(f"cannot be written: {error.strerror}", where) from None
    if not stat.S_ISREG(before.st_mode) or not real.exists() or not real.samefile(target) or _is_stream(before):
        raise Invalid("is no plain file; name one, which appears whole or not at all", where)
    if not os.access(real, os.W_OK):
        raise Invalid("may not be written over; name another file", where)
    return real, before


def _is_stream(before: os.stat_result) -> bool:
    # What the shell writes to as well would be lost.
    for descriptor in (0, 1, 2):
        with suppress(OSError):
            if os.path.samestat(os.fstat(descriptor), before):
                return True
    return False


def _keep(place: Path, before: os.stat_result) -> None:
    # Where the owner or the group cannot be kept, what was allowed to them is allowed to nobody else.
    mode = stat.S_IMODE(before.st_mode) & 0o777
    try:
        os.chown(place, before.st_uid, before.st_gid)
    except OSError:
        mode &= stat.S_IRWXU
    place.chmod(mode)


def _settle(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
