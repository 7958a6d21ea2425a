"""Cuts the bytes of a channel into packets; refuses lengths nobody needs before a byte of them is held. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from harborline.adapters.sftp_server.codec import PACKET_BYTES

_HEAD = 4


class Overlong(Exception):  # noqa: N818 - it is what the packet is
    """A packet of no length or beyond the limit: nothing after it can be understood."""


class Framing:
    """Gathers bytes until packets are whole; holds at most one unfinished packet beside what it was just given."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._held = 0
        self._wanted = _HEAD

    def feed(self, content: bytes) -> Iterator[memoryview]:
        """The packets that are whole now, each without its length and not copied; raises `Overlong`."""
        self._parts.append(content)
        self._held += len(content)
        if self._held < self._wanted:
            return
        gathered = self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)
        view, at = memoryview(gathered), 0
        while len(gathered) - at >= _HEAD:
            length = int.from_bytes(gathered[at : at + _HEAD], "big")
            if not 1 <= length <= PACKET_BYTES:
                raise Overlong
            self._wanted = _HEAD + length
            if len(gathered) - at < self._wanted:
                break
            yield view[at + _HEAD : at + self._wanted]
            at += self._wanted
            self._wanted = _HEAD
        rest = gathered[at:] if at else gathered
        self._parts, self._held = ([rest] if rest else []), len(rest)
