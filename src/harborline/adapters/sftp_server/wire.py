"""Bytes between asyncssh and the socket of a connection, without the copies and system calls that are for nothing.

asyncssh (2.24.1) keeps what came in as one string and cuts each packet off its front, which copies the rest twice for
every 32 KiB; it hands each packet to the socket by itself; and it sends an empty one (SSH_MSG_IGNORE, RFC 4253, section
11.2) before every reply, against an attack on ciphers with chained blocks, which nobody is offered here. asyncio reads
256 KiB at once. All four are reached through attributes that nobody promises: where they are missing, nothing is
changed, and a test tells.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Self

import asyncssh
from asyncssh.constants import MSG_IGNORE
from asyncssh.packet import SSHPacketLogger

TURN_BYTES: Final = 128 * 1024


class Inbox:
    """Bytes that come in at the end and are cut off at the front; only what is read is copied."""

    def __init__(self, content: bytes = b"") -> None:
        self._content = content
        self._at = 0

    def __len__(self) -> int:
        """Bytes left."""
        return len(self._content) - self._at

    def __iadd__(self, more: bytes) -> Self:
        """Bytes came in."""
        self._content = self._content[self._at :] + more if len(self) else more
        self._at = 0
        return self

    def __getitem__(self, cut: slice) -> bytes | Inbox:
        """`[a:b]` reads, `[a:]` cuts off the front: this very inbox, for nobody keeps the one before."""
        start = self._at + (cut.start or 0)
        if cut.stop is not None:
            return self._content[start : self._at + cut.stop]
        self._at = min(start, len(self._content))
        return self

    def find(self, wanted: bytes, start: int, end: int) -> int:
        """Where something stands, counted from the front; -1 for nowhere."""
        found = self._content.find(wanted, self._at + start, self._at + end)
        return found - self._at if found >= 0 else -1


def without_copies(connection: asyncssh.SSHServerConnection) -> None:
    """Let a connection that has just been made take its bytes in by an `Inbox`."""
    if getattr(connection, "_inpbuf", None) == b"":
        connection._inpbuf = Inbox()  # type: ignore[assignment]  # noqa: SLF001 - see above


def without_fillers(connection: asyncssh.SSHServerConnection) -> None:
    """Let a connection send no empty packets."""
    send = connection.send_packet

    def send_packet(kind: int, *parts: bytes, handler: SSHPacketLogger | None = None) -> None:
        if kind != MSG_IGNORE:
            send(kind, *parts, handler=handler)

    connection.send_packet = send_packet  # type: ignore[method-assign,assignment]  # the one way every packet goes


def in_short_turns(connection: asyncssh.SSHServerConnection) -> None:
    """Let a connection take so much from its socket at once that the others need not wait long for their turn."""
    transport: Any = getattr(connection, "_transport", None)
    if hasattr(transport, "max_size"):
        transport.max_size = TURN_BYTES


def together(connection: Any, act: Callable[[], None]) -> None:  # noqa: ANN401 - asyncssh's connection
    """Do something that sends packets, and hand them to the socket at once."""
    send = getattr(connection, "_send", None)
    if send is None:
        act()
        return
    packets: list[bytes] = []
    connection._send = packets.append  # noqa: SLF001 - see above
    try:
        act()
    finally:
        del connection._send  # noqa: SLF001 - the class's own comes back
        if packets:
            send(b"".join(packets))
