"""What an open handle is: a file on its way in, a file on its way out, a listing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from harborline.adapters.sftp_server.codec import Flag, Shown
from harborline.exchange.ports import Download, Upload, Waits
from harborline.kernel import clock

REORDER_BYTES: Final = 4 * 1024 * 1024
_SMALLEST_BLOCK: Final = 4096
_OPENSSH_BLOCK: Final = 255 * 1024
_AT_ONCE_S: Final = 0.2
_SPANS: Final = 64


class Spoiled(Exception):  # noqa: N818 - it is what the upload is
    """An upload of which a part was not taken: it goes no further under this handle."""


class Blocks:
    """How long the blocks are in which a session's client writes and reads: one length as long as it lives.

    `seen` is the longest it used, `whole` the one known to be a whole block of its (0: not known yet).
    """

    def __init__(self) -> None:
        self.seen = self.whole = 0

    def read(self, length: int) -> None:
        """It asked for so many bytes at once."""
        self.seen = self.whole = max(self.seen, self.whole, length)

    def wrote(self, length: int, *, alone: bool) -> None:
        """The longest write of an upload; with others beside it (not `alone`) it was a whole block."""
        self.seen = max(self.seen, length)
        self.whole = self.whole if alone else max(self.whole, length)

    def could_be_whole(self, length: int) -> bool:
        """Whether one write of this length, the only one of its upload, could be a whole block."""
        if length < self.seen:
            return False
        return length == self.whole or _is_usual(length)


class Incoming:
    """A file on its way in. Writes may come a little out of order; what cannot be joined up spoils the upload.

    `flags` are those it was opened with; `anew` begins the upload of this name from nothing.
    """

    def __init__(self, path: str, upload: Upload, flags: Flag, blocks: Blocks, anew: Callable[[], Upload]) -> None:
        self.path = path
        self._upload = upload
        self._appends = Flag.APPEND in flags
        self._in_place = not flags & (Flag.APPEND | Flag.TRUNCATE | Flag.EXCLUSIVE)
        self._blocks = blocks
        self._anew = anew
        self._early: dict[int, memoryview] = {}
        self._early_bytes = 0
        self._spoiled = False
        self._gap = False
        self._cut = False
        self._stopped = False
        self._ended = False
        self._writes = 0
        self._longest = 0
        self._tail = (0, 0)
        self._begun_s = self._written_s = self._closed_s = clock.monotonic_s()
        self.begins_with = b""

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
        it wrote until then are blocks of one length, whichever it was told to use (`-B`). The end of a file is nearly
        always a shorter one. A file of one write has no other to be compared with: there the session's other files
        tell, the usual lengths, and whether it was closed as soon as its write was answered.
        """
        length = self._tail[1]
        if self._stopped or (self._ended or length < self._longest):
            return self._stopped
        if self._writes != 1:
            return True
        # Who has nothing more to write closes at once; how far away it is tells the time its first write took.
        late = self._closed_s - self._written_s > _AT_ONCE_S + 3 * (self._written_s - self._begun_s)
        return self._blocks.could_be_whole(length) or (late and length >= self._blocks.seen)

    def write(self, offset: int, content: memoryview) -> None:
        """Take bytes; raises `Spoiled`, or what the mailbox raises, and then takes no more."""
        if self._spoiled:
            raise Spoiled(
                "a part before this one was not taken; open the file again and go on from its size (part-not-taken)"
            )
        if self._in_place and not self._writes and offset == 0 and self._upload.size:
            # Whoever writes from the beginning sends all of it, as scp does: it takes the place of what was held.
            self._begin_anew()
        if offset > self._upload.size and self._hold(offset, content):
            self._wrote(offset, content)
            return
        self._gap = offset > self._upload.size
        with _Spoiling(self):
            self._upload.write(offset, content)
            self._join()
        self._wrote(offset, content)

    def _wrote(self, offset: int, content: memoryview) -> None:
        if not self._writes:
            self.begins_with = bytes(content[:200]) if offset == 0 else b""
            self._written_s = clock.monotonic_s()
        self._cut = self._stopped = self._ended = False
        self._writes += 1
        self._longest = max(self._longest, len(content))
        self._tail = max(self._tail, (offset + len(content), len(content)))

    def _begin_anew(self) -> None:
        with _Spoiling(self):
            self._upload.close(complete=False)
            self._upload = self._anew()

    def flush(self) -> None:
        """Make what is held durable; a flush that failed once is never a success later."""
        if self._spoiled or self._early:
            raise Spoiled(
                "the upload has a gap or a part that was not taken; nothing was made durable (part-not-taken)"
            )
        with _Spoiling(self):
            self._upload.flush()

    def cut(self, size: int, *, alone: bool) -> None:
        """The client sets a size: files are never cut, and a size other than what is held is refused.

        With the size that is held, and nothing else: scp ends every upload so; OpenSSH's sftp ends one that it
        appended to so when somebody pressed Ctrl-C, and closes as if all were well. lftp sets size and times together
        at a good end.
        """
        if self._in_place and not self._writes and size == 0 and self._upload.size:
            self._begin_anew()
        same = size == self._upload.size
        self._cut = not same or (alone and self._appends)
        self._stopped = same and alone and not (self._in_place or self._appends)
        self._ended = same and not alone
        if not same:
            raise Spoiled("a size cannot be set: files grow by writing and are never cut (size-cannot-be-set)")

    def close(self, heard_s: float) -> None:
        """The client closed the handle: complete unless a part is missing, which raises `Spoiled`.

        `heard_s` is when that came in, on the clock of `monotonic_s`.
        """
        self._closed_s = heard_s
        whole = not (self._spoiled or self._early)
        self._blocks.wrote(self._longest, alone=self._writes <= 1)
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


def _is_usual(length: int) -> bool:
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
