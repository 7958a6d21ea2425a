"""Contents of documents: sealed before they touch the disk, each document under an erasable secret of its own."""

from __future__ import annotations

import hashlib
import io
import os
import uuid
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db import transaction

from harborline.documents.limits import CHUNK_MAX
from harborline.documents.models import Chunk, Copy, Document
from harborline.documents.sniffing import HEAD_BYTES, TAIL_BYTES
from harborline.kernel import Broken, Unavailable
from harborline.vault.blobs import BlobDirectory, room_in
from harborline.vault.services import seal_record, unseal_record


def group_of(program: str) -> str:
    """The class of keys under which a program's documents are sealed."""
    return f"{program}/documents"


def blobs() -> BlobDirectory:
    """Where sealed blobs are."""
    return BlobDirectory(Path(settings.BLOB_DIRECTORY))


def room_for(size: int) -> bool:
    """Whether so many bytes, sealed and copied, fit beside the floor of free space."""
    return room_in(Path(settings.BLOB_DIRECTORY), 2 * size)


def keep(content: bytes, *, program: str, document: uuid.UUID) -> str:
    """Seal bytes under a fresh random name, durable on return; raises `Unavailable` when the disk is full."""
    name = str(uuid.uuid4())
    try:
        blobs().put(name, io.BytesIO(content), group=group_of(program), record=document)
        _sync_directory()
    except OSError:
        blobs().remove(name)
        raise Unavailable("the paper could not be kept: is the disk full?", retry_after_s=60) from None
    return name


def _sync_directory() -> None:
    descriptor = os.open(settings.BLOB_DIRECTORY, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fetch(name: str, *, program: str, document: uuid.UUID) -> bytes:
    """One blob whole."""
    with blobs().open(name, group=group_of(program), record=document) as stream:
        return stream.read()


def forget(names: Iterable[str]) -> None:
    """Delete blobs once the transaction is committed."""
    for name in list(names):
        transaction.on_commit(partial(blobs().remove, name))


class Original(io.RawIOBase):
    """A document as it was sent, chunk after chunk; read from its start to its end."""

    def __init__(self, document: Document) -> None:
        self._program, self._document = document.program, document.id
        self._waiting = list(Chunk.objects.filter(document=document).order_by("offset").values_list("blob", flat=True))
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer, as io has it
        """Bytes of the plaintext."""
        while not self._left:
            if not self._waiting:
                return 0
            name = self._waiting.pop(0)
            self._left = memoryview(fetch(name, program=self._program, document=self._document))
        taken = min(len(buffer), len(self._left))
        buffer[:taken] = self._left[:taken]
        self._left = self._left[taken:]
        return taken


def original(document: Document) -> io.BufferedReader:
    """A document as a stream; the caller stands in the program's context."""
    return io.BufferedReader(Original(document), CHUNK_MAX)


def digest_of(document: Document) -> tuple[str, bytes, bytes]:
    """SHA-256 (hex) of a whole document, its first and its last bytes; raises `Broken` where a byte is missing."""
    chunks = list(Chunk.objects.filter(document=document).order_by("offset"))
    hashed, size, head, tail = hashlib.sha256(), 0, b"", b""
    for one in chunks:
        content = fetch(one.blob, program=document.program, document=document.id)
        if one.offset != size:
            raise Broken("a document has a gap")
        hashed.update(content)
        size += len(content)
        head = (head + content[:HEAD_BYTES])[:HEAD_BYTES]
        tail = (tail + content[-TAIL_BYTES:])[-TAIL_BYTES:]
    if size != document.size:
        raise Broken("a document is not whole")
    return hashed.hexdigest(), head, tail


def seal_words(words: str, *, program: str, document: uuid.UUID, place: str) -> bytes:
    """Seal words under the document's own secret."""
    return seal_record(words.encode(), record=document, group=group_of(program), context=f"document:{document}:{place}")


def open_words(sealed: bytes | memoryview, *, program: str, document: uuid.UUID, place: str) -> str:
    """Open such words."""
    context = f"document:{document}:{place}"
    return unseal_record(bytes(sealed), record=document, group=group_of(program), context=context).decode()


def blobs_of(document: Document) -> list[str]:
    """Every blob of a document."""
    chunks = Chunk.objects.filter(document=document).values_list("blob", flat=True)
    return [*chunks, *Copy.objects.filter(document=document).values_list("blob", flat=True)]


def read_all(source: IO[bytes], *, at_most: int) -> Iterable[bytes]:
    """A stream in pieces of the size one chunk may have, and not more than one byte beyond `at_most`."""
    left = at_most + 1
    while left > 0 and (piece := source.read(min(CHUNK_MAX, left))):
        left -= len(piece)
        yield piece
