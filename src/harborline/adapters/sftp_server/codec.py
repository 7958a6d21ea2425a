"""The packets of the SSH File Transfer Protocol, version 3, as bytes: reading fields, writing replies. Pure.

Source: draft-ietf-secsh-filexfer-02; extensions as OpenSSH's file PROTOCOL, section 4, has them.
"""

from __future__ import annotations

import enum
import struct
from dataclasses import dataclass
from typing import Final

VERSION: Final = 3
PACKET_BYTES: Final = 264 * 1024
READ_BYTES: Final = 255 * 1024
WRITE_BYTES: Final = 256 * 1024
OPEN_HANDLES: Final = 64

_U32 = struct.Struct(">I")
_U64 = struct.Struct(">Q")


class Kind(enum.IntEnum):
    """Types of packets."""

    INIT = 1
    VERSION = 2
    OPEN = 3
    CLOSE = 4
    READ = 5
    WRITE = 6
    LSTAT = 7
    FSTAT = 8
    SETSTAT = 9
    FSETSTAT = 10
    OPENDIR = 11
    READDIR = 12
    REMOVE = 13
    MKDIR = 14
    RMDIR = 15
    REALPATH = 16
    STAT = 17
    RENAME = 18
    READLINK = 19
    SYMLINK = 20
    STATUS = 101
    HANDLE = 102
    CONTENT = 103
    NAME = 104
    ATTRS = 105
    EXTENDED = 200
    EXTENDED_REPLY = 201


class Status(enum.IntEnum):
    """What a request came to (section 7 of the draft)."""

    OK = 0
    EOF = 1
    NO_SUCH_FILE = 2
    PERMISSION_DENIED = 3
    FAILURE = 4
    BAD_MESSAGE = 5
    OP_UNSUPPORTED = 8


class Flag(enum.IntFlag):
    """How a file is opened (section 6.3)."""

    READ = 1
    WRITE = 2
    APPEND = 4
    CREATE = 8
    TRUNCATE = 16
    EXCLUSIVE = 32


class Has(enum.IntFlag):
    """Which attributes follow (section 5)."""

    SIZE = 0x1
    OWNER = 0x2
    MODE = 0x4
    TIMES = 0x8
    EXTENDED = 0x80000000


_KNOWN_ATTRIBUTES = Has.SIZE | Has.OWNER | Has.MODE | Has.TIMES | Has.EXTENDED


class Malformed(Exception):  # noqa: N818 - it is what the packet is
    """A packet whose fields do not fit its length."""


class Fields:
    """Reads the fields of one packet in their order; raises `Malformed` past its end."""

    def __init__(self, packet: bytes | memoryview) -> None:
        self._view = memoryview(packet)
        self._at = 0

    def u8(self) -> int:
        """One byte."""
        return self._take(1)[0]

    def u32(self) -> int:
        """Four bytes, big endian."""
        return int(_U32.unpack(self._take(4))[0])

    def u64(self) -> int:
        """Eight bytes, big endian."""
        return int(_U64.unpack(self._take(8))[0])

    def text(self) -> bytes:
        """A string: length and bytes."""
        return bytes(self._take(self.u32()))

    def content(self) -> memoryview:
        """A string, not copied."""
        return self._take(self.u32())

    def attributes(self) -> tuple[int | None, bool]:
        """Read attributes over; answers the size they set, or None, and whether they set nothing else.

        Raises `Malformed` for flags nobody defined.
        """
        has = self.u32()
        if has & ~int(_KNOWN_ATTRIBUTES):
            raise Malformed("attributes")
        size = self.u64() if has & Has.SIZE else None
        for flag in (Has.OWNER, Has.TIMES):
            if has & flag:
                self.u64()
            if flag is Has.OWNER and has & Has.MODE:
                self.u32()
        for _ in range(self._count(has)):
            self.text()
            self.text()
        return size, has == Has.SIZE

    def _count(self, has: int) -> int:
        count = self.u32() if has & Has.EXTENDED else 0
        if count * 8 > len(self._view) - self._at:
            raise Malformed("attributes")
        return count

    def _take(self, length: int) -> memoryview:
        end = self._at + length
        if end > len(self._view):
            raise Malformed("short")
        taken, self._at = self._view[self._at : end], end
        return taken


@dataclass(frozen=True, slots=True)
class Shown:
    """A name as it is listed: size in bytes, moment in Unix seconds, whether the guest may write there."""

    name: str
    folder: bool
    size: int
    at_s: int
    writable: bool

    @property
    def mode(self) -> int:
        """Kind and permissions as POSIX writes them; fixed, nothing can change them."""
        if self.folder:
            return 0o040750 if self.writable else 0o040550
        return 0o100640 if self.writable else 0o100440


def string(content: bytes) -> bytes:
    """Length and bytes."""
    return _U32.pack(len(content)) + content


def packet(kind: int, *parts: bytes) -> bytes:
    """A whole packet with its length in front."""
    body = b"".join(parts)
    return struct.pack(">IB", len(body) + 1, kind) + body


def version_reply(extensions: tuple[tuple[bytes, bytes], ...]) -> bytes:
    """VERSION with the names and versions of extensions."""
    return packet(Kind.VERSION, _U32.pack(VERSION), *(string(name) + string(value) for name, value in extensions))


def status_reply(request_id: int, status: Status, words: str) -> bytes:
    """STATUS with words for a person, in English."""
    return packet(
        Kind.STATUS, _U32.pack(request_id), _U32.pack(status), string(words.encode("utf-8", "replace")), string(b"en")
    )


def handle_reply(request_id: int, handle: bytes) -> bytes:
    """HANDLE."""
    return packet(Kind.HANDLE, _U32.pack(request_id), string(handle))


def content_reply(request_id: int, content: bytes) -> bytes:
    """DATA."""
    return packet(Kind.CONTENT, _U32.pack(request_id), string(content))


def attributes(shown: Shown) -> bytes:
    """ATTRS of a name: size, owner 0, mode, times."""
    has = Has.SIZE | Has.OWNER | Has.MODE | Has.TIMES
    at_s = min(max(shown.at_s, 0), 0xFFFFFFFF)
    return struct.pack(">IQIIIII", has, shown.size, 0, 0, shown.mode, at_s, at_s)


def attributes_reply(request_id: int, shown: Shown) -> bytes:
    """ATTRS."""
    return packet(Kind.ATTRS, _U32.pack(request_id), attributes(shown))


def names_reply(request_id: int, entries: list[tuple[bytes, bytes, bytes]]) -> bytes:
    """NAME: of each entry its name, the line `ls -l` would show, and its attributes."""
    rows = (string(name) + string(line) + has for name, line, has in entries)
    return packet(Kind.NAME, _U32.pack(request_id), _U32.pack(len(entries)), *rows)


def limits_reply(request_id: int) -> bytes:
    """`limits@openssh.com`: packet, read, write in bytes, handles at once."""
    limits = struct.pack(">QQQQ", PACKET_BYTES - 1024, READ_BYTES, READ_BYTES, OPEN_HANDLES)
    return packet(Kind.EXTENDED_REPLY, _U32.pack(request_id), limits)


def space_reply(request_id: int, whole_bytes: int, free_bytes: int, longest_name: int) -> bytes:
    """`statvfs@openssh.com`, in blocks of 4,096 bytes: what may be put in a day, and in one file; no identity."""
    block = 4096
    whole, free = whole_bytes // block, free_bytes // block
    no_set_uid = 2
    values = (block, block, whole, free, free, 0, 0, 0, 0, no_set_uid, longest_name)
    return packet(Kind.EXTENDED_REPLY, _U32.pack(request_id), struct.pack(">11Q", *values))
