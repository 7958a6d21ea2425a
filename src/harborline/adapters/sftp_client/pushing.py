"""One file put on a partner's server, once and whole.

1. Look whether an earlier attempt got it there. 2. Upload under a temporary name, or go on with what lies there.
3. Flush, compare the size. 4. Say in our own marks that the rename is asked. 5. Rename. What the server shows after a
break decides what is done: see `look`.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from typing import Any, Final

import asyncssh

from harborline.adapters.sftp_client.facts import Ending, Outcome, Push
from harborline.adapters.sftp_client.line import HostKeyChanged, connected

STALL_S: Final = 60
PIECE: Final = 4 * 1024 * 1024
STEP_BACK: Final = 8 * 1024 * 1024
"""Behind what a broken upload left, so much is written again: requests under way may have been lost in any order."""


class _Stop(Exception):  # noqa: N818 - it carries the outcome
    def __init__(self, ending: Ending, why: str) -> None:
        self.outcome = Outcome(ending, why)
        super().__init__(why)


def push(wanted: Push) -> Outcome:
    """Make one attempt; never raises for what a network or a partner's server does."""
    try:
        return asyncio.run(_attempt(wanted.file.address, wanted))
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


async def _attempt(address: Mapping[str, Any], wanted: Push) -> Outcome:
    # Of writes that were under way when the line broke, one tells us; the library reports the others at their end.
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    async with connected(address, wanted.key) as session:
        standing = await look(session, wanted)
        if standing is not None:
            return standing
        await _upload(session, wanted)
        await asyncio.to_thread(wanted.ask)
        try:
            await asyncio.wait_for(session.rename(wanted.temporary, wanted.final), STALL_S)
        except asyncssh.SFTPError as error:
            return await _after_refusal(session, wanted, error)
        return await _renamed(session, wanted)


async def _renamed(session: asyncssh.SFTPClient, wanted: Push) -> Outcome:
    # What a server said is looked at. Neither name there: it was picked up at once.
    try:
        size = await _size(session, wanted.final)
        left = None if size is not None else await _size(session, wanted.temporary)
    except asyncssh.SFTPError:
        return Outcome(Ending.DELIVERED, "renamed")
    if size not in (None, wanted.file.size):
        return Outcome(Ending.CONFLICT, "another number of bytes stands there after the rename")
    if left is not None:
        return Outcome(Ending.AGAIN, "the server said that it renamed, and did not")
    return Outcome(Ending.DELIVERED, "renamed")


async def look(session: asyncssh.SFTPClient, wanted: Push) -> Outcome | None:
    """What earlier attempts came to: None where the file is still to be sent.

    Under its final name with our bytes: delivered. With others: a person decides. Neither name there although the
    rename was asked: the partner may have taken it, or may never have had it; nobody knows, and nothing is sent again.
    """
    size = await _size(session, wanted.final)
    if size is not None:
        return await _standing(session, wanted, size)
    if wanted.asked and await _size(session, wanted.temporary) is None:
        return Outcome(Ending.UNKNOWN, "the rename was asked, and neither name is there")
    return None


async def _standing(session: asyncssh.SFTPClient, wanted: Push, size: int) -> Outcome:
    if size != wanted.file.size:
        return Outcome(Ending.CONFLICT, "another file has this name on the partner's server")
    try:
        digest = await _digest(session, wanted.final)
    except asyncssh.SFTPError:
        # Many partners let us write and not read; then only our own rename can have put it there.
        if wanted.asked:
            return Outcome(Ending.DELIVERED, "stands there with our size after our rename")
        return Outcome(Ending.CONFLICT, "a file of this name and size stands there and cannot be read")
    if digest != wanted.file.sha256:
        return Outcome(Ending.CONFLICT, "another file has this name on the partner's server")
    return Outcome(Ending.DELIVERED, "stands there with our digest")


async def _after_refusal(session: asyncssh.SFTPClient, wanted: Push, error: asyncssh.SFTPError) -> Outcome:
    size = await _size(session, wanted.final)
    if size is None:
        return Outcome(Ending.AGAIN, f"the rename was refused (SFTP status {error.code})")
    return await _standing(session, wanted, size)


async def _upload(session: asyncssh.SFTPClient, wanted: Push) -> None:
    held = await _size(session, wanted.temporary)
    if held is not None and held > wanted.file.size:
        await asyncio.wait_for(session.remove(wanted.temporary), STALL_S)
        held = None
    start = max(0, (held or 0) - STEP_BACK)
    flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | (0 if start else asyncssh.FXF_TRUNC)
    # Where it goes wrong it is not closed: that would wait for the server once more, and the line is cut anyway.
    remote = await asyncio.wait_for(session.open(wanted.temporary, flags, encoding=None), STALL_S)
    await _written(remote, wanted, start)
    await _flushed(remote)
    await asyncio.wait_for(remote.close(), STALL_S)
    size = await _size(session, wanted.temporary)
    if size is not None and size != wanted.file.size:
        raise _Stop(Ending.AGAIN, "the server holds another number of bytes than we sent")


async def _written(remote: asyncssh.SFTPClientFile, wanted: Push, start: int) -> None:
    hashed, at = hashlib.sha256(), 0
    with wanted.content() as source:
        while piece := await asyncio.to_thread(source.read, PIECE):
            hashed.update(piece)
            new = piece[max(0, start - at) :]
            if new:
                await asyncio.wait_for(remote.write(new, at + len(piece) - len(new)), STALL_S)
            at += len(piece)
    if at != wanted.file.size or hashed.hexdigest() != wanted.file.sha256:
        raise _Stop(Ending.CONFLICT, "our own content does not have the digest on record; nothing was renamed")


async def _flushed(remote: asyncssh.SFTPClientFile) -> None:
    try:
        await asyncio.wait_for(remote.fsync(), STALL_S)
    except asyncssh.SFTPOpUnsupported:
        return


async def _size(session: asyncssh.SFTPClient, name: str) -> int | None:
    try:
        found = await asyncio.wait_for(session.stat(name), STALL_S)
    except asyncssh.SFTPNoSuchFile:
        return None
    return found.size


async def _digest(session: asyncssh.SFTPClient, name: str) -> str:
    hashed = hashlib.sha256()
    async with session.open(name, asyncssh.FXF_READ, encoding=None) as remote:
        at = 0
        while piece := await asyncio.wait_for(remote.read(PIECE, at), STALL_S):
            assert isinstance(piece, bytes)  # opened without an encoding
            hashed.update(piece)
            at += len(piece)
    return hashed.hexdigest()
