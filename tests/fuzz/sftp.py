"""A partner's SFTP client that may send anything: packets in any order, with any fields, or bytes that are none."""

from __future__ import annotations

import functools
import hashlib
import struct
import uuid
from collections.abc import Callable, Iterator

from tests.fuzz.given import Given

from harborline.adapters.sftp_server import codec
from harborline.adapters.sftp_server.codec import Kind
from harborline.adapters.sftp_server.engine import Engine, Hangup
from harborline.adapters.sftp_server.framing import Framing, Overlong
from harborline.adapters.sftp_server.memory import MemoryMailboxes
from harborline.exchange.facts import Guest, Limits

BROKEN = b"this failed here"
_PATHS = (
    b"/arrears/in/A1.DAT", b"/arrears/in/A1.DAT.part", b"/arrears/in/A1.DAT.done", b"/arrears/in",
    b"/arrears/out/B.TXT",
    b"/arrears/test/A2.tmp", b"/arrears/test/A2", b"/", b".", b"/arrears", b"/others/in/A1.DAT", b"../../etc/passwd",
    b"/arrears/in/../out/B.TXT", b"/arrears/in/a\0b", "/arrears/in/\u202egnp.exe".encode(), b"/arrears/in/\xff",
    b"/arrears/in/" + b"n" * 300, b"",
)  # fmt: skip
_FLAGS = (0x1, 0x2, 0x1A, 0x0A, 0x2A, 0x3, 0x0, 0x0E, 0x3F)
_OFFSETS = (0, 1, 16, 64, 4096, 1 << 31, (1 << 63) - 1, (1 << 64) - 1)
_ATTRIBUTES = (0, 1, 4, 5, 8, 15, 0x80000000, 0x10, 0xFFFFFFFF)
_NAMES = (b"posix-rename@openssh.com", b"statvfs@openssh.com", b"fsync@openssh.com", b"limits@openssh.com", b"x")
_REPLIES = {Kind.STATUS, Kind.HANDLE, Kind.CONTENT, Kind.NAME, Kind.ATTRS, Kind.EXTENDED_REPLY}
_KINDS = (*list(Kind), 0, 99, 255)
_FIELDS: dict[int, str] = {
    Kind.OPEN: "pfa", Kind.CLOSE: "h", Kind.READ: "hon", Kind.WRITE: "hob", Kind.LSTAT: "p", Kind.FSTAT: "h",
    Kind.SETSTAT: "pa", Kind.FSETSTAT: "ha", Kind.OPENDIR: "p", Kind.READDIR: "h", Kind.REMOVE: "p",
    Kind.MKDIR: "pa", Kind.RMDIR: "p", Kind.REALPATH: "p", Kind.STAT: "p", Kind.RENAME: "pp", Kind.EXTENDED: "xpp",
}  # fmt: skip


def attack(content: bytes) -> list[str]:
    """Let a client made of these bytes talk to an engine; answers what landed.

    Raises what the engine, or a promise it broke, lets through.
    """
    given = Given(content)
    mailboxes = _mailboxes()
    engine = Engine(mailboxes, _guest(mailboxes))
    kept: dict[str, str] = {}
    for packet in _packets(given, handles := [b"00000001"]):
        number = int.from_bytes(packet[1:5], "big") if len(packet) >= 5 else None
        try:
            reply = engine.answer(packet)
        except Hangup:
            break
        is_whole(reply, number, greeting=packet[:1] == b"\x01")
        if reply[4] == Kind.HANDLE:
            handles.append(reply[13:])
        _landed_stay(mailboxes, kept)
    engine.end()
    _landed_stay(mailboxes, kept)
    return list(kept)


def bytes_on_the_wire(content: bytes) -> None:
    """Cut any bytes into packets, in pieces of any size: the same packets, or no more of them."""
    given = Given(content)
    sizes = [1 + size for size in given.take(8)] or [1]
    stream = given.rest()
    whole, pieces = _cut([stream]), _cut(_in_pieces(stream, sizes))
    assert whole == pieces, "the packets depend on how the bytes arrived"
    assert all(0 < len(packet) <= codec.PACKET_BYTES for packet in whole[0])


def _cut(parts: list[bytes]) -> tuple[list[bytes], bool]:
    framing = Framing()
    found: list[bytes] = []
    try:
        for part in parts:
            # One by one: what came before an overlong packet is answered, however the bytes arrived.
            for packet in framing.feed(part):
                found.append(bytes(packet))  # noqa: PERF401 - as above
    except Overlong:
        return found, True
    return found, False


def _in_pieces(stream: bytes, sizes: list[int]) -> list[bytes]:
    parts, at, turn = [], 0, 0
    while at < len(stream):
        size = sizes[turn % len(sizes)]
        parts.append(stream[at : at + size])
        at, turn = at + size, turn + 1
    return parts


@functools.cache
def _keys() -> MemoryMailboxes:
    return MemoryMailboxes()


def _mailboxes() -> MemoryMailboxes:
    # Host keys are slow to make and play no part here.
    made = MemoryMailboxes.__new__(MemoryMailboxes)
    made.__dict__.update(_keys().__dict__)
    made.landed, made.picked_up, made.notes, made.attempts = [], [], [], []
    made.space_bytes, made._names, made._guests, made._agreements = None, {}, {}, {}
    made.put_out("/arrears/out/B.TXT", b"receipt" * 100)
    return made


def _guest(mailboxes: MemoryMailboxes) -> Guest:
    return mailboxes.let_in(
        "wake", uuid.uuid4().bytes, {"arrears"}, Limits(sessions=4, open_files=8, file_bytes=1 << 20, day_bytes=1 << 22)
    )


def _packets(given: Given, handles: list[bytes]) -> Iterator[bytes]:
    if given.number(1) != 0xFF:
        yield bytes([Kind.INIT]) + struct.pack(">I", 3)
    while given.left:
        kind = given.one_of(_KINDS)
        chance = given.number(1)
        if chance < 8:
            yield bytes([kind]) + given.blob()
            continue
        if chance < 40:
            yield from _upload(given, handles)
            continue
        body = b"".join(_field(given, each, handles) for each in _FIELDS.get(kind, ""))
        more = given.blob(4) if given.number(1) < 8 else b""
        yield bytes([kind]) + struct.pack(">I", given.number(2)) + body + more


def _upload(given: Given, handles: list[bytes]) -> Iterator[bytes]:
    name = given.one_of((b"/arrears/in/A1.DAT", b"/arrears/in/A2.DAT", b"/arrears/test/A1.DAT"))
    yield _request(Kind.OPEN, codec.string(name + b".part"), struct.pack(">II", 0x1A, 0))
    content = given.blob(255)
    yield _request(Kind.WRITE, codec.string(handles[-1]), struct.pack(">Q", 0), codec.string(content))
    yield _request(Kind.CLOSE, codec.string(handles[-1]))
    yield _request(Kind.RENAME, codec.string(name + b".part"), codec.string(name))


def _request(kind: int, *fields: bytes) -> bytes:
    return bytes([kind]) + struct.pack(">I", 7) + b"".join(fields)


def _field(given: Given, what: str, handles: list[bytes]) -> bytes:
    return _KNOWN[what](given, handles)


_KNOWN: dict[str, Callable[[Given, list[bytes]], bytes]] = {
    "p": lambda given, _: codec.string(given.one_of(_PATHS) if given.number(1) > 16 else given.blob()),
    "h": lambda given, handles: codec.string(given.one_of(handles[-6:]) if given.number(1) > 8 else given.blob(8)),
    "f": lambda given, _: struct.pack(">I", given.one_of(_FLAGS)),
    "o": lambda given, _: struct.pack(">Q", given.one_of(_OFFSETS) if given.number(1) < 64 else given.number(1)),
    "n": lambda given, _: struct.pack(">I", given.number(3)),
    "x": lambda given, _: codec.string(given.one_of(_NAMES)),
    "a": lambda given, _: struct.pack(">I", given.one_of(_ATTRIBUTES)) + given.blob(40),
    "b": lambda given, _: codec.string(given.blob(255)),
}


def is_whole(reply: bytes, number: int | None, *, greeting: bool) -> None:
    """See that the reply is one whole packet of a known kind, to this request."""
    assert len(reply) >= 5, "a reply without a packet"
    assert int.from_bytes(reply[:4], "big") == len(reply) - 4, "a reply of another length than it says"
    assert BROKEN not in reply, "a request failed inside"
    if greeting and reply[4] == Kind.VERSION:
        return
    assert reply[4] in _REPLIES, "a reply of no known kind"
    assert int.from_bytes(reply[5:9], "big") == number, "a reply to another request"


def _landed_stay(mailboxes: MemoryMailboxes, kept: dict[str, str]) -> None:
    for path, digest, size in mailboxes.landed:
        assert kept.setdefault(path, digest) == digest, "a name landed twice"
        held = mailboxes._names[path]
        assert held.landed
        assert (hashlib.sha256(held.content).hexdigest(), len(held.content)) == (digest, size), "a landed file changed"
        assert path.startswith(("/arrears/in/", "/arrears/test/")), "a file landed outside its boxes"
