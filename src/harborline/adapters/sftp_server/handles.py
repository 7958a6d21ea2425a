"""What an open handle is: a file on its way in, a file on its way out, a listing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Final

from harborline.adapters.sftp_server.codec import Shown
from harborline.exchange.ports import Download, Upload, Waits

REORDER_BYTES: Final = 4 * 1024 * 1024
_SMALLEST_BLOCK: Final = 4096
_OPENSSH_BLOCK: Final = 255 * 1024
_SPANS: Final = 64


class Spoiled(Exception):  # noqa: N818 - it is what the upload is
    """An upload of which a part was not taken: it goes no further under this handle."""


class Incoming:
    """A file on its way in. Writes may come a little out of order; what cannot be joined up spoils the upload."""

    def __init__(self, path: str, upload: Upload) -> None:
        self.path = path
        self._upload = upload
        self._early: dict[int, memoryview] = {}
        self._early_bytes = 0
        self._spoiled = False
        self._gap = False
        self._cut = False
        self._ended = False
        self._longest = 0
        self._last = 0

    @property
    def size(self) -> int:
        """Bytes held."""
        return self._upload.size

    @property
    def torn(self) -> bool:
        """Whether bytes are missing between those that came."""
        return self._gap or bool(self._early)

    @property
    def doubtful(self) -> bool:
        """Whether it ended exactly where one that was broken off would end: with nothing, or with a whole block.

        OpenSSH's client, interrupted, closes as if all were well and goes on with its batch, a rename included; what
        it wrote until then are blocks of one length. The end of a file is nearly always a shorter one.
        """
        return not self._ended and self._last == self._longest and _is_block(self._last)

    def write(self, offset: int, content: memoryview) -> None:
        """Take bytes; raises `Spoiled`, or what the mailbox raises, and then takes no more."""
        if self._spoiled:
            raise Spoiled(
                "a part before this one was not taken; open the file again and go on from its size (part-not-taken)"
            )
        self._cut = self._ended = False
        self._longest, self._last = max(self._longest, len(content)), len(content)
        if offset > self._upload.size and self._hold(offset, content):
            return
        self._gap = offset > self._upload.size
        with _Spoiling(self):
            self._upload.write(offset, content)
            self._join()

    def flush(self) -> None:
        """Make what is held durable; a flush that failed once is never a success later."""
        if self._spoiled or self._early:
            raise Spoiled(
                "the upload has a gap or a part that was not taken; nothing was made durable (part-not-taken)"
            )
        with _Spoiling(self):
            self._upload.flush()

    def cut(self, size: int, *, alone: bool) -> None:
        """The client sets a size: files are never cut, and who asks for it has broken off until it writes again.

        OpenSSH's client, when somebody presses Ctrl-C, sets the size it knows to be written and nothing else, then
        closes as if all were well. lftp sets size and times together at a good end, which changes nothing.
        """
        self._cut = alone or size != self._upload.size
        self._ended = not self._cut
        if size != self._upload.size:
            raise Spoiled("a size cannot be set: files grow by writing and are never cut (size-cannot-be-set)")

    def close(self) -> None:
        """The client closed the handle: complete unless a part is missing, which raises `Spoiled`."""
        whole = not (self._spoiled or self._early)
        self._upload.close(complete=whole and not self._cut)
        if self.torn:
            raise Spoiled("bytes are missing in the middle of the file; send it again (gap-in-the-bytes)")
        if not whole:
            raise Spoiled("a part of the file was not taken; it is kept unfinished (part-not-taken)")

    def drop(self) -> None:
        """The session ended: keep it unfinished."""
        self._upload.close(complete=False)

    def spoil(self) -> None:
        """Take nothing more."""
        self._spoiled, self._gap = True, self.torn
        self._early.clear()

    def _hold(self, offset: int, content: memoryview) -> bool:
        if self._early_bytes + len(content) > REORDER_BYTES or offset - self._upload.size > REORDER_BYTES:
            return False
        if offset in self._early:
            return self._early[offset] == content
        self._early[offset] = content
        self._early_bytes += len(content)
        return True

    def _join(self) -> None:
        while self._early and (offset := min(self._early)) <= self._upload.size:
            content = self._early[offset]
            self._upload.write(offset, content)
            del self._early[offset]
            self._early_bytes -= len(content)


def _is_block(length: int) -> bool:
    return length in {0, _OPENSSH_BLOCK} or (length >= _SMALLEST_BLOCK and length & (length - 1) == 0)


class _Spoiling:
    # Whatever goes wrong inside, the upload takes no more.
    def __init__(self, incoming: Incoming) -> None:
        self._incoming = incoming

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, *_: object) -> None:
        if kind not in (None, Waits):
            self._incoming.spoil()


class Outgoing:
    """A file on its way out; knows whether every byte of it was asked for and given."""

    def __init__(self, path: str, download: Download) -> None:
        self.path = path
        self._download = download
        self._spans: list[tuple[int, int]] = []

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._download.size

    def read(self, offset: int, length: int) -> bytes:
        """Up to `length` bytes at `offset`; empty at the end."""
        content = self._download.read(offset, length)
        if content:
            self._given(offset, offset + len(content))
        return content

    def close(self) -> None:
        """The client closed the handle."""
        self._download.close(sent_all=self.size == 0 or self._spans == [(0, self.size)])

    def drop(self) -> None:
        """The session ended before the client closed: what it got of it is not known."""
        self._download.close(sent_all=False)

    def _given(self, start: int, end: int) -> None:
        merged: list[tuple[int, int]] = []
        for span in sorted([*self._spans, (start, end)]):
            if merged and span[0] <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], span[1]))
            else:
                merged.append(span)
        # Who reads a file in a hundred scattered pieces does not read it whole.
        self._spans = merged[:_SPANS]


class Listing:
    """A listing that is being read."""

    def __init__(self, path: str, shown: list[Shown]) -> None:
        self.path = path
        self._left: Iterator[Shown] = iter(shown)

    def page(self, length: int) -> list[Shown]:
        """The next names; empty at the end."""
        return list(islice(self._left, length))

    def close(self) -> None:
        """Nothing is held."""

    def drop(self) -> None:
        """Nothing is held."""


Handle = Incoming | Outgoing | Listing
