"""One file put on a partner's server, once and whole.

1. Look whether an earlier attempt got it there. 2. Upload under a temporary name, or go on with what lies there.
3. Flush, compare the size, and the digest where we may read. 4. Say in our own marks that the rename is asked.
5. Rename. 6. Look again: a server's OK is not believed. What the server shows after a break decides what is done: see
`look`.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any, Final

import asyncssh

from harborline.adapters.sftp_client.facts import Ending, Outcome, Push
from harborline.adapters.sftp_client.line import HostKeyChanged, Patience, connected

STALL_S: Final = 60
"""Without any answer for so long, a line is given up."""
TURN_S: Final = 900
SLOWEST: Final = 64 * 1024
"""One attempt may take `TURN_S`, and a second more for each `SLOWEST` bytes; the next one goes on where it ended."""
PIECE: Final = 4 * 1024 * 1024
STEP_BACK: Final = 8 * 1024 * 1024
"""Behind what a broken upload left, so much is written again: requests under way may have been lost in any order."""


class _Stop(Exception):  # noqa: N818 - it carries the outcome
    def __init__(self, ending: Ending, why: str) -> None:
        self.outcome = Outcome(ending, why)
        super().__init__(why)


def push(wanted: Push) -> Outcome:
    """Make one attempt; never raises for what a network or a partner's server does."""
    patience = Patience(STALL_S, TURN_S + wanted.file.size / SLOWEST)
    outcome = _ended(wanted, patience)
    if patience.ended and outcome.ending is Ending.AGAIN:
        return Outcome(Ending.AGAIN, "the server stood still")
    return outcome


def _ended(wanted: Push, patience: Patience) -> Outcome:
    try:
        return asyncio.run(_attempt(wanted.file.address, wanted, patience))
    except _Stop as stop:
        return stop.outcome
    except HostKeyChanged:
        return Outcome(Ending.HOST_KEY, "the server shows a host key that is not agreed")
    except asyncssh.PermissionDenied:
        return Outcome(Ending.AGAIN, "the server does not accept our key")
    except asyncssh.SFTPError as error:
        return Outcome(Ending.AGAIN, f"the server refused (SFTP status {error.code})")
    except (asyncssh.Error, OSError, TimeoutError) as error:
        return Outcome(Ending.AGAIN, f"the line broke ({type(error).__name__})")


async def _attempt(address: Mapping[str, Any], wanted: Push, patience: Patience) -> Outcome:
    # Of writes that were under way when the line broke, one tells us; the library reports the others at their end.
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    async with connected(address, wanted.key, patience) as session:
        there = There(session, patience)
        standing = await look(there, wanted)
        if standing is not None:
            return standing
        await _upload(there, wanted)
        await asyncio.to_thread(wanted.ask)
        try:
            await patience.answer(session.rename(wanted.temporary, wanted.final))
        except asyncssh.SFTPError as error:
            return await _after_refusal(there, wanted, error)
        return await _after_rename(there, wanted)


async def _after_rename(there: There, wanted: Push) -> Outcome:
    try:
        size = await there.size(wanted.final)
        left = size is None and await there.size(wanted.temporary) is not None
    except asyncssh.SFTPError:
        # Many partners let us write and not look.
        return Outcome(Ending.DELIVERED, "renamed")
    if left:
        return Outcome(Ending.AGAIN, "the server says that it renamed, and did not")
    if size is None:
        return Outcome(Ending.DELIVERED, "renamed, and taken at once")
    if size != wanted.file.size:
        return Outcome(Ending.CONFLICT, "after the rename it has another size")
    return Outcome(Ending.DELIVERED, "renamed")


class There:
    """What a server shows; every question has its answer in time or the line is given up."""

    def __init__(self, session: asyncssh.SFTPClient, patience: Patience) -> None:
        self.session, self.answer = session, patience.answer

    async def size(self, name: str) -> int | None:
        """Bytes under a name; None where there is no such name."""
        try:
            found = await self.answer(self.session.stat(name))
        except asyncssh.SFTPNoSuchFile:
            return None
        return found.size

    async def digest(self, name: str) -> str:
        """SHA-256 (hex) of what lies under a name; raises what the server answers where we may not read."""
        hashed = hashlib.sha256()
        async with self.session.open(name, asyncssh.FXF_READ, encoding=None) as remote:
            at = 0
            while piece := await self.answer(remote.read(PIECE, at)):
                assert isinstance(piece, bytes)  # opened without an encoding
                hashed.update(piece)
                at += len(piece)
        return hashed.hexdigest()


async def look(there: There, wanted: Push) -> Outcome | None:
    """What earlier attempts came to: None where the file is still to be sent.

    Under its final name with our bytes: delivered. With others: a person decides. Neither name there although the
    rename was asked: the partner may have taken it, or may never have had it; nobody knows, and nothing is sent again.
    """
    size = await there.size(wanted.final)
    if size is not None:
        return await _standing(there, wanted, size)
    if wanted.asked and await there.size(wanted.temporary) is None:
        return Outcome(Ending.UNKNOWN, "the rename was asked, and neither name is there")
    return None


async def _standing(there: There, wanted: Push, size: int) -> Outcome:
    if size != wanted.file.size:
        return Outcome(Ending.CONFLICT, "another file has this name on the partner's server")
    try:
        digest = await there.digest(wanted.final)
    except asyncssh.SFTPError:
        # Many partners let us write and not read; then only our own rename can have put it there.
        if wanted.asked:
            return Outcome(Ending.DELIVERED, "stands there with our size after our rename")
        return Outcome(Ending.CONFLICT, "a file of this name and size stands there and cannot be read")
    if digest != wanted.file.sha256:
        return Outcome(Ending.CONFLICT, "another file has this name on the partner's server")
    return Outcome(Ending.DELIVERED, "stands there with our digest")


async def _after_refusal(there: There, wanted: Push, error: asyncssh.SFTPError) -> Outcome:
    size = await there.size(wanted.final)
    if size is None:
        return Outcome(Ending.AGAIN, f"the rename was refused (SFTP status {error.code})")
    return await _standing(there, wanted, size)


async def _upload(there: There, wanted: Push) -> None:
    held = await there.size(wanted.temporary)
    if held is not None and held > wanted.file.size:
        await there.answer(there.session.remove(wanted.temporary))
        held = None
    start = max(0, (held or 0) - STEP_BACK)
    flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | (0 if start else asyncssh.FXF_TRUNC)
    async with there.session.open(wanted.temporary, flags, encoding=None) as remote:
        await _written(there, remote, wanted, start)
        await _flushed(there, remote)
    await _compared(there, wanted)


async def _compared(there: There, wanted: Push) -> None:
    # Before the rename, so that the partner never picks up what is not ours.
    size = await there.size(wanted.temporary)
    if size is not None and size != wanted.file.size:
        raise _Stop(Ending.AGAIN, "the server holds another number of bytes than we sent")
    try:
        digest = await there.digest(wanted.temporary)
    except asyncssh.SFTPError:
        return  # many partners let us write and not read
    if digest != wanted.file.sha256:
        await there.answer(there.session.remove(wanted.temporary))
        raise _Stop(Ending.AGAIN, "the server holds other bytes than we sent")


async def _written(there: There, remote: asyncssh.SFTPClientFile, wanted: Push, start: int) -> None:
    hashed, at = hashlib.sha256(), 0
    with wanted.content() as source:
        while piece := await asyncio.to_thread(source.read, PIECE):
            hashed.update(piece)
            new = piece[max(0, start - at) :]
            if new:
                await there.answer(remote.write(new, at + len(piece) - len(new)))
            at += len(piece)
    if at != wanted.file.size or hashed.hexdigest() != wanted.file.sha256:
        raise _Stop(Ending.CONFLICT, "our own content does not have the digest on record; nothing was renamed")


async def _flushed(there: There, remote: asyncssh.SFTPClientFile) -> None:
    try:
        await there.answer(remote.fsync())
    except asyncssh.SFTPOpUnsupported:
        return
