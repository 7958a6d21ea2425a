"""Read one HTTP/1.1 answer from bytes as they come; anything odd is unreadable, never guessed.

Source: RFC 9112, sections 4 to 7.
"""

from __future__ import annotations

from typing import Final

LONGEST_HEAD: Final = 32 * 1024
LONGEST_BODY: Final = 1024 * 1024
_END: Final = b"\r\n\r\n"
_OK, _NO_CONTENT, _NOT_MODIFIED = 200, 204, 304


class Unreadable(Exception):  # noqa: N818 - the name says what it is
    """The bytes are not one HTTP/1.1 answer."""


class Reply:
    """One answer in the making: `status`, `retry_after` and `body` are there once `feed` answered True."""

    __slots__ = ("_buffer", "_chunked", "_length", "body", "keeps_alive", "retry_after", "status")

    def __init__(self) -> None:
        self._buffer = b""
        self._chunked = False
        self._length: int | None = None
        self.status = 0
        self.retry_after = ""
        self.keeps_alive = True
        self.body = b""

    def feed(self, piece: bytes) -> bool:
        """Take more bytes; True when the answer is whole. Raises `Unreadable`."""
        self._buffer = self._buffer + piece if self._buffer else piece
        while self.status < _OK:
            end = self._buffer.find(_END)
            if end < 0:
                return self._too_long(LONGEST_HEAD)
            self._read_head(self._buffer[:end])
            self._buffer = self._buffer[end + 4 :]
        return self._read_chunks() if self._chunked else self._read_body()

    def whole_at_end(self) -> bool:
        """Whether the end of the connection makes the answer whole (no length was given)."""
        if self.status < _OK or self._chunked or self._length is not None:
            return False
        self.body = self._buffer
        return True

    def _read_head(self, head: bytes) -> None:
        first, _, rest = head.partition(b"\r\n")
        version, _, after = first.partition(b" ")
        number = after[:3]
        if not version.startswith(b"HTTP/1.") or not number.isdigit() or len(number) != 3:  # noqa: PLR2004 - digits
            raise Unreadable
        self.status = int(number)
        self.keeps_alive = version == b"HTTP/1.1"
        for line in rest.split(b"\r\n") if rest else ():
            self._read_header(line)
        if self.status in (_NO_CONTENT, _NOT_MODIFIED):
            self._length, self._chunked = 0, False
        elif self._length is None and not self._chunked:
            self.keeps_alive = False

    def _read_header(self, line: bytes) -> None:
        name, found, value = line.partition(b":")
        if not found:
            raise Unreadable
        key = name.lower()
        if key == b"content-length":
            self._read_length(value.strip())
        elif key == b"transfer-encoding":
            if value.strip().lower() != b"chunked":
                raise Unreadable
            self._chunked = True
        elif key == b"connection":
            self.keeps_alive = self.keeps_alive and b"close" not in value.lower()
        elif key == b"retry-after":
            self.retry_after = value.strip().decode("latin-1")

    def _read_length(self, value: bytes) -> None:
        if not value.isdigit() or int(value) > LONGEST_BODY or self._length not in (None, int(value)):
            raise Unreadable
        self._length = int(value)

    def _read_body(self) -> bool:
        if self._length is None:
            return self._too_long(LONGEST_BODY)
        if len(self._buffer) > self._length:
            raise Unreadable
        self.body = self._buffer
        return len(self._buffer) == self._length

    def _read_chunks(self) -> bool:
        # Answers are small: the chunks are read anew with every piece.
        pieces: list[bytes] = []
        place = 0
        while (end := self._buffer.find(b"\r\n", place)) >= 0:
            size = _chunk_size(self._buffer[place:end])
            start, place = end + 2, end + 2 + size + 2
            if size == 0:
                return self._read_trailer(start, pieces)
            if len(self._buffer) < place:
                break
            if self._buffer[place - 2 : place] != b"\r\n":
                raise Unreadable
            pieces.append(self._buffer[start : start + size])
        return self._too_long(LONGEST_BODY)

    def _read_trailer(self, start: int, pieces: list[bytes]) -> bool:
        if self._buffer[start:] == b"\r\n" or (_END in self._buffer[start:] and self._buffer.endswith(_END)):
            self.body = b"".join(pieces)
            return True
        return self._too_long(LONGEST_BODY)

    def _too_long(self, limit: int) -> bool:
        if len(self._buffer) > limit:
            raise Unreadable
        return False


def _chunk_size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    if not digits or len(digits) > 6 or not all(mark in b"0123456789abcdefABCDEF" for mark in digits):  # noqa: PLR2004 - below LONGEST_BODY
        raise Unreadable
    return int(digits, 16)
