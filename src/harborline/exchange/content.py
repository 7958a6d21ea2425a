"""Contents as sealed parts: written while they come in, resumed after a break, read at any place.

A part is a sealed blob of its own (vault.blobs), durable before its row: what the rows count is really there.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import sys
import threading
import uuid
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import IO, Any, Final, cast

from django.conf import settings
from django.db import transaction

from harborline.exchange.models import Part
from harborline.kernel import Unavailable
from harborline.vault.blobs import BlobDirectory

PART_BYTES: Final = 16 * 1024**2
FREE_FLOOR: Final = 256 * 1024**2
"""Below this much free space nothing new is taken: other partners and the database need it."""
_AHEAD: Final = 2
_GIVES_WAY: Final = 5


def _give_way() -> None:
    # Only Linux sets the priority of one thread: whoever asks a small thing is answered before megabytes are sealed.
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), os.getpriority(os.PRIO_PROCESS, 0) + _GIVES_WAY)


_SEALING = ThreadPoolExecutor(max_workers=2, thread_name_prefix="sealing", initializer=_give_way)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A part that is durable."""

    blob: str
    size: int


def group_of(program: str) -> str:
    """The class of keys under which contents of a program are sealed."""
    return f"{program}/exchange"


def blobs() -> BlobDirectory:
    """Where sealed blobs are."""
    return _directory(Path(settings.BLOB_DIRECTORY))


@lru_cache(maxsize=4)
def _directory(path: Path) -> BlobDirectory:
    return BlobDirectory(path)


class _Pieces:
    # Pieces as a file that is read once from its start; only what is read at once is joined.
    def __init__(self, pieces: Sequence[bytes | memoryview]) -> None:
        self._left = deque(memoryview(one) for one in pieces)

    def read(self, size: int = -1) -> bytes:
        taken: list[memoryview] = []
        while self._left and size > 0:
            piece = self._left.popleft()
            if len(piece) > size:
                self._left.appendleft(piece[size:])
                piece = piece[:size]
            taken.append(piece)
            size -= len(piece)
        return b"".join(taken)


def seal_part(pieces: Sequence[bytes | memoryview], program: str) -> Sealed:
    """Seal one part under a fresh random name; durable on return. Raises `Unavailable` when the disk is full."""
    name = str(uuid.uuid4())
    try:
        size = blobs().put_untold(name, cast("IO[bytes]", _Pieces(pieces)), group=group_of(program))
        _NAMES.sync()
    except OSError:
        blobs().remove(name)
        raise Unavailable("the content could not be kept: is the disk full?", retry_after_s=60) from None
    return Sealed(name, size)


def sync_directory() -> None:
    """Make the names in the directory of blobs durable: a rename is not before this."""
    descriptor = os.open(settings.BLOB_DIRECTORY, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Names:
    # Threads that want the directory synced share one flush: it serves all that asked before it began.
    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._asked = self._served = 0

    def sync(self) -> None:
        with self._count:
            self._asked += 1
            mine = self._asked
        with self._turn:
            if self._served >= mine:
                return
            with self._count:
                serving = self._asked
            sync_directory()
            self._served = serving


_NAMES = _Names()


def room_for(size: int) -> bool:
    """Whether so many bytes fit beside the floor of free space."""
    directory = Path(settings.BLOB_DIRECTORY)
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    return shutil.disk_usage(directory).free - size > FREE_FLOOR


class Writer:
    """Takes bytes in their order, seals and hashes full parts beside; `taken` gives out what became durable."""

    def __init__(self, program: str, *, size: int = 0) -> None:
        self._program = program
        self._held: list[bytes | memoryview] = []
        self._held_bytes = 0
        self._ahead: list[Future[Sealed]] = []
        self._hashing = _Hashing()
        self.size = size

    @property
    def waits(self) -> bool:
        """Whether the next write is for a thread that may wait: a part wants its row, or too many are being sealed."""
        return bool(self._ahead) and (self._ahead[0].done() or len(self._ahead) > _AHEAD)

    def digest(self) -> str:
        """SHA-256 (hex) of what was written here, once everything was taken."""
        return self._hashing.digest()

    def write(self, content: bytes | memoryview) -> None:
        """Take bytes at the end; they must not change afterwards."""
        self._held.append(content)
        self._held_bytes += len(content)
        self.size += len(content)
        if self._held_bytes >= PART_BYTES:
            self._begin()

    def taken(self, *, everything: bool = False) -> list[Sealed]:
        """The parts that became durable since the last call, in order; with `everything`, all that was written."""
        done: list[Sealed] = []
        if everything and self._held_bytes and not self._ahead:
            pieces, self._held, self._held_bytes = self._held, [], 0
            return [self._hashing.sealed(pieces, self._program)]
        if everything and self._held_bytes:
            self._begin()
        while self._ahead and (everything or self._ahead[0].done() or len(self._ahead) > _AHEAD):
            done.append(self._ahead.pop(0).result())
        return done

    def _begin(self) -> None:
        # A part ends where a write ended.
        self._ahead.append(_SEALING.submit(self._hashing.turn(), self._held, self._program))
        self._held, self._held_bytes = [], 0


class _Hashing:
    # Parts are sealed side by side and hashed one after the other. A part waits only for parts that began before it.
    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self._before: threading.Event | None = None

    def turn(self) -> Callable[[Sequence[bytes | memoryview], str], Sealed]:
        before, self._before = self._before, threading.Event()
        return partial(self._in_turn, before, self._before)

    def sealed(self, pieces: Sequence[bytes | memoryview], program: str) -> Sealed:
        return self.turn()(pieces, program)

    def digest(self) -> str:
        return self._hash.hexdigest()

    def _in_turn(
        self, before: threading.Event | None, mine: threading.Event, pieces: Sequence[bytes | memoryview], program: str
    ) -> Sealed:
        try:
            if before is not None:
                before.wait()
            for piece in pieces:
                self._hash.update(piece)
        finally:
            mine.set()
        return seal_part(pieces, program)


class Reader(io.RawIOBase):
    """The plaintext of a content; reads forward fast, and begins a part anew to go back."""

    def __init__(self, program: str, parts: Sequence[Sealed]) -> None:
        self._program, self._parts = program, tuple(parts)
        self._starts = [sum(one.size for one in parts[:at]) for at in range(len(parts))]
        self.size = sum(one.size for one in parts)
        self._open: tuple[int, io.BufferedReader] | None = None
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Where the next byte comes from."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size}[whence]
        target = base + offset
        if target != self._at:
            self._drop()
        self._at = target
        return target

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer, as io has it
        """Bytes of the plaintext; raises `Broken` when a part was changed."""
        if self._at >= self.size:
            return 0
        number, stream = self._stream()
        left = self._starts[number] + self._parts[number].size - self._at
        got = stream.readinto(memoryview(buffer)[: min(len(buffer), left)])
        self._at += got
        if got == left:
            self._drop()
        return got

    def _stream(self) -> tuple[int, io.BufferedReader]:
        if self._open is None:
            number = max(at for at, start in enumerate(self._starts) if start <= self._at)
            stream = blobs().open(self._parts[number].blob, group=group_of(self._program))
            _skip(stream, self._at - self._starts[number])
            self._open = number, stream
        return self._open

    def _drop(self) -> None:
        if self._open is not None:
            self._open[1].close()
            self._open = None

    def close(self) -> None:
        """Close what is open."""
        self._drop()
        super().close()


def _skip(stream: IO[bytes], count: int) -> None:
    while count > 0:
        count -= len(stream.read(min(count, 1 << 20)))


def parts_of(content: uuid.UUID) -> list[Sealed]:
    """The durable parts of a content, in their order; inside the program's context."""
    rows = Part.objects.filter(content=content).order_by("number").values_list("blob", "size")
    return [Sealed(blob, size) for blob, size in rows]


def opened(program: str, content: uuid.UUID) -> io.BufferedReader:
    """A content as a stream."""
    return io.BufferedReader(Reader(program, parts_of(content)), 1 << 20)


def read_all(program: str, content: uuid.UUID, *, at_most: int) -> bytes:
    """A short content whole; what lies beyond `at_most` bytes is left out."""
    with opened(program, content) as stream:
        return stream.read(at_most)


def keep_parts(program: str, content: uuid.UUID, parts: Sequence[Sealed], *, first: int) -> None:
    """Write down durable parts, numbered from `first`."""
    Part.objects.bulk_create(
        [Part(program=program, content=content, number=first + at, blob=one.blob, size=one.size)
         for at, one in enumerate(parts)]
    )  # fmt: skip


def keep_stream(program: str, content: uuid.UUID, source: IO[bytes]) -> tuple[int, str]:
    """Seal a stream to its end; answers size and SHA-256 (hex)."""
    hashed, size = hashlib.sha256(), 0
    for number, chunk in enumerate(_chunks(source)):
        hashed.update(chunk)
        size += len(chunk)
        keep_parts(program, content, [seal_part([chunk], program)], first=number)
    return size, hashed.hexdigest()


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(PART_BYTES):
        yield chunk


def drop(content: uuid.UUID) -> None:
    """Forget a content: its rows now, its blobs (with their keys) once the transaction is committed."""
    rows = Part.objects.filter(content=content)
    names = list(rows.values_list("blob", flat=True))
    rows.delete()
    for name in names:
        transaction.on_commit(partial(blobs().remove, name))


def whole(content: uuid.UUID, size: int) -> bool:
    """Whether every part is on the disk and the sizes add up: asked before anything says received."""
    return content in whole_ones({content: size})


def whole_ones(sizes: Mapping[uuid.UUID, int]) -> set[uuid.UUID]:
    """Those contents of which every part is on the disk and whose parts add up to the size given."""
    if not sizes:
        return set()
    found: dict[uuid.UUID, list[Sealed]] = {content: [] for content in sizes}
    for content, blob, size in Part.objects.filter(content__in=list(sizes)).values_list("content", "blob", "size"):
        found[content].append(Sealed(blob, size))
    return {content for content, parts in found.items() if sum(one.size for one in parts) == sizes[content]
            and there(parts)}  # fmt: skip


def there(parts: Sequence[Sealed]) -> bool:
    """Whether every one of these parts is on the disk."""
    return all(os.path.exists(f"{settings.BLOB_DIRECTORY}/{one.blob}.sealed") for one in parts)  # noqa: PTH110 - a Path for each costs more than the look
