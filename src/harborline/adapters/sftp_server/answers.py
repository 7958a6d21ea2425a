"""What a failure is answered with: a status and one plain sentence; never the text of an exception."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime

from harborline.adapters.sftp_server.codec import Malformed, Shown, Status
from harborline.adapters.sftp_server.handles import Spoiled
from harborline.adapters.sftp_server.paths import BadName
from harborline.kernel import Fault, Invalid, NotFound, Refused, Unavailable
from harborline.kernel.decision import Decision

_LOG = logging.getLogger("harborline.sftp")


class Failed(Exception):  # noqa: N818 - what it is answered with
    """A request that cannot be done: words for the partner, and a code that stays the same."""

    def __init__(self, words: str, code: str) -> None:
        super().__init__(f"{words} ({code})")


class Denied(Failed):
    """A request that is never allowed."""


def reason_code(decision: Decision) -> str:
    """A decision by its code, where nobody gave words for it."""
    return f"refused ({decision.reason})"


def answer_to(error: Exception, say: Callable[[Decision], str]) -> tuple[Status, str]:
    """Status and words for whatever came up."""
    if isinstance(error, Refused):
        return Status.PERMISSION_DENIED, say(error.decision)
    if isinstance(error, Invalid):
        return Status.FAILURE, _with_place(error)
    for kind, status, words in _ANSWERS:
        if isinstance(error, kind):
            return status, words or str(error)
    # The kind of a failure, never its text: it may hold names and contents.
    _LOG.error("a request failed: %s", type(error).__name__)
    return Status.FAILURE, "this failed here and is being looked at; try again later (failed-here)"


def _with_place(error: Invalid) -> str:
    # The place names a field of ours (`manifest.size`), never what stood in it.
    place = error.where.replace(".", ", ")
    return f"{place}: {error.problem} (not-usable)" if place else f"{error.problem} (not-usable)"


# Where no words stand, the error's own text is written for the partner.
_ANSWERS: tuple[tuple[type[Exception], Status, str], ...] = (
    (Malformed, Status.BAD_MESSAGE, "the request cannot be read (bad-request)"),
    (Denied, Status.PERMISSION_DENIED, ""),
    (Failed, Status.FAILURE, ""),
    (Spoiled, Status.FAILURE, ""),
    (BadName, Status.FAILURE, ""),
    (NotFound, Status.NO_SUCH_FILE, "there is nothing of this name here (not-found)"),
    (Unavailable, Status.FAILURE, "not available right now; try again later (not-available)"),
)


def quietly(act: Callable[[], None]) -> bool:
    """Do it; what fails is noted and hinders nothing after it. Whether it was done."""
    try:
        act()
    except Fault:
        return False
    except Exception as error:  # noqa: BLE001 - what comes after is still to be done
        _LOG.error("an ending failed: %s", type(error).__name__)
        return False
    return True


def long_line(shown: Shown) -> str:
    """The line `ls -l` shows for a name, in the form most clients read."""
    kind = "d" if shown.folder else "-"
    bits = "rwxr-x---" if shown.folder else "rw-r-----"
    rights = kind + (bits if shown.writable else bits.replace("w", "-"))
    at = datetime.fromtimestamp(shown.at_s, UTC).strftime("%b %d %H:%M")
    return f"{rights}    1 partner  partner  {shown.size:>12} {at} {shown.name}"
