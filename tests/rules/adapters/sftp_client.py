"""A client that speaks to the SFTP engine packet by packet, in memory."""

from __future__ import annotations

import struct

from harborline.adapters.sftp_server import codec
from harborline.adapters.sftp_server.codec import Fields, Flag, Kind, Status
from harborline.adapters.sftp_server.engine import Engine
from harborline.adapters.sftp_server.memory import MemoryMailboxes
from harborline.exchange.facts import Guest

PUT = Flag.WRITE | Flag.CREATE | Flag.TRUNCATE
GO_ON = Flag.WRITE | Flag.CREATE
APPEND = GO_ON | Flag.APPEND


def s(content: bytes) -> bytes:
    """A string field."""
    return codec.string(content)


def u32(number: int) -> bytes:
    """A number field."""
    return struct.pack(">I", number)


def u64(number: int) -> bytes:
    """An offset field."""
    return struct.pack(">Q", number)


class Client:
    """Speaks to an engine the way a client does, one packet at a time."""

    def __init__(self, mailboxes: MemoryMailboxes, guest: Guest) -> None:
        self.engine = Engine(mailboxes, guest)
        self.engine.answer(bytes([Kind.INIT]) + u32(3))

    def ask(self, kind: int, *fields: bytes) -> Fields:
        """One request; the reply's fields after its length."""
        reply = self.engine.answer(bytes([kind]) + u32(7) + b"".join(fields))
        assert len(reply) == 4 + int.from_bytes(reply[:4], "big")
        return Fields(reply[4:])

    def status(self, kind: int, *fields: bytes) -> Status:
        """One request that is answered with a status."""
        reply = self.ask(kind, *fields)
        assert (reply.u8(), reply.u32()) == (Kind.STATUS, 7)
        return Status(reply.u32())

    def words(self, kind: int, *fields: bytes) -> bytes:
        """The words of a status that is no success."""
        reply = self.ask(kind, *fields)
        assert (reply.u8(), reply.u32()) == (Kind.STATUS, 7)
        assert Status(reply.u32()) is not Status.OK
        return reply.text()

    def open(self, path: bytes, flags: Flag) -> bytes:
        """A handle."""
        reply = self.ask(Kind.OPEN, s(path), u32(flags), u32(0))
        assert (reply.u8(), reply.u32()) == (Kind.HANDLE, 7)
        return reply.text()

    def write(self, handle: bytes, offset: int, content: bytes) -> Status:
        """A write."""
        return self.status(Kind.WRITE, s(handle), u64(offset), s(content))

    def size(self, kind: int, name: bytes) -> int:
        """The size an entry shows."""
        reply = self.ask(kind, s(name))
        assert (reply.u8(), reply.u32()) == (Kind.ATTRS, 7)
        assert reply.u32() & codec.Has.SIZE
        return reply.u64()

    def names(self, path: bytes) -> list[bytes]:
        """Everything a folder lists."""
        handle = self.ask(Kind.OPENDIR, s(path))
        assert (handle.u8(), handle.u32()) == (Kind.HANDLE, 7)
        name, found = handle.text(), list[bytes]()
        while (reply := self.ask(Kind.READDIR, s(name))).u8() == Kind.NAME:
            reply.u32()
            for _ in range(reply.u32()):
                found.append(reply.text())
                reply.text()
                reply.attributes()
        assert self.status(Kind.CLOSE, s(name)) is Status.OK
        return found
