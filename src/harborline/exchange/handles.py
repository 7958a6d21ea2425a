"""Open files of a partner's machine: an upload that grows in sealed parts, a download of one version."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from harborline.exchange.content import PART_BYTES, Reader, Sealed, Writer, keep_parts, parts_of, room_for
from harborline.exchange.drafts import Draft, Drafts, forget_parts, write_down
from harborline.exchange.facts import Guest, State, Verdict
from harborline.exchange.known import known_to
from harborline.exchange.landing import Landed
from harborline.exchange.models import Transmission, TransmittedFile, Upload
from harborline.exchange.naming import temporary
from harborline.exchange.ports import may_wait
from harborline.exchange.proving import refusal, settle_proof
from harborline.exchange.receipting import change
from harborline.exchange.receipts import read_receipt
from harborline.exchange.units import as_guest, released
from harborline.exchange.wording import Channel
from harborline.kernel import Invalid, Refused, Unavailable, clock
from harborline.ledger.note import Note
from harborline.ledger.services import note_held

_LOOK: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many bytes an upload may have: of its file, and of what is left of the partner's day."""

    file_bytes: int
    day_bytes: int


class DatabaseUpload:
    """`exchange.ports.Upload`: sequential bytes are hashed and sealed; the rows count only what is durable."""

    def __init__(self, drafts: Drafts, draft: Draft, bounds: Bounds, *, row: bool, channel: Channel) -> None:
        """`row`: the draft has its row already, for it is taken up again."""
        self._drafts, self._draft, self._bounds, self._row, self._channel = drafts, draft, bounds, row, channel
        self._parts = list(draft.parts)
        self._writer = Writer(draft.guest.program, size=sum(one.size for one in self._parts))
        self._resumed = self._writer.size > 0
        self._looked = 0
        self._ended = False

    @property
    def size(self) -> int:
        """Bytes held."""
        return self._writer.size

    def write(self, offset: int, data: bytes | memoryview) -> None:
        """Take bytes at the end, or the same bytes again; raises `Refused` for anything else, and above a limit."""
        if self._writer.waits:
            may_wait()
            self._keep(self._writer.taken())
        held = self.size
        if offset > held or offset < 0:
            raise Refused(refusal("gap-in-the-bytes"))
        if offset < held:
            again = min(len(data), held - offset)
            self._same(offset, data[:again])
            data = data[again:]
        if not data:
            return
        self._within(held + len(data))
        self._writer.write(data)

    def flush(self) -> None:
        """Make everything that was written durable."""
        may_wait()
        done = self._writer.taken(everything=True)
        if done:
            self._keep(done)

    def close(self, complete: bool) -> None:  # noqa: FBT001 - as the port has it
        """End the handle; a file that its client closed is landed if it is proven complete."""
        if self._ended:
            return
        may_wait()
        self._ended = True
        if not complete:
            self.flush()
            if not self._row:
                self._drafts.take(self._draft)
            return
        self._finish()
        if temporary(self._draft.name):
            return
        with released():
            landed = self._settled()
        if landed is not None and landed.verdict is Verdict.CONFLICT:
            raise Refused(refusal(landed.reason))

    def _finish(self) -> None:
        # The last parts and the end of the upload stand in one transaction; where a resumed content is to be hashed
        # again, its parts must stand first.
        done = self._writer.taken(everything=True)
        if self._resumed and done:
            self._keep(done)
            done = []
        if not self._row and len(done) <= 1 and temporary(self._draft.name):
            self._hold(done)
        else:
            self._keep(done, {"state": "uploaded", "sha256": self._digest(), "closed_at": clock.now()})

    def _hold(self, done: list[Sealed]) -> None:
        draft = self._draft
        draft.parts, draft.size, draft.sha256 = done, self.size, self._digest()
        draft.closed_at = clock.now()
        if self._drafts.at(draft.place) is not draft:
            forget_parts([draft])
            raise Refused(refusal("upload-was-taken-back"))

    def _settled(self) -> Landed | None:
        known_to(self._draft.guest)
        with as_guest(self._draft.guest):
            row = Upload.objects.select_related("agreement__partner").get(id=self._draft.id)
            return settle_proof(row.agreement, row, channel=self._channel.value)

    def _digest(self) -> str:
        if self._resumed:
            with Reader(self._draft.guest.program, self._parts) as stream:
                return hashlib.file_digest(stream, "sha256").hexdigest()
        return self._writer.digest()

    def _within(self, size: int) -> None:
        if size > self._bounds.file_bytes:
            raise Refused(refusal("file-too-large"))
        if size > self._bounds.day_bytes:
            raise Refused(refusal("day-limit-reached"))
        if size - self._looked >= PART_BYTES or not self._looked:
            self._looked = size
            if not room_for(PART_BYTES):
                raise Unavailable("there is no room for more files; the operator was told", retry_after_s=600)

    def _same(self, offset: int, content: bytes | memoryview) -> None:
        self.flush()
        with Reader(self._draft.guest.program, self._parts) as stream:
            stream.seek(offset)
            at = 0
            while at < len(content):
                found = stream.read(min(_LOOK, len(content) - at))
                if not found or found != content[at : at + len(found)]:
                    raise Refused(refusal("other-bytes-at-the-same-place"))
                at += len(found)

    def _keep(self, done: list[Sealed], ends: Mapping[str, object] | None = None) -> None:
        first = len(self._parts)
        self._parts += done
        said = {"size": sum(one.size for one in self._parts), "changed_at": clock.now(), **(ends or {})}
        with released():
            if self._row:
                with as_guest(self._draft.guest):
                    if not Upload.objects.filter(id=self._draft.id, state="receiving").update(**said):
                        raise Refused(refusal("upload-was-taken-back"))
                    keep_parts(self._draft.guest.program, self._draft.id, done, first=first)
            else:
                if not self._drafts.take(self._draft):
                    raise Refused(refusal("upload-was-taken-back"))
                write_down(self._draft, done, said)
                self._row = True
        self._drafts.changed(self._draft.place)


class DatabaseDownload:
    """`exchange.ports.Download` of one file we send; picked up whole, the delivery counts as sent."""

    def __init__(self, guest: Guest, file: TransmittedFile) -> None:
        self._guest, self._file = guest, file
        self._stream = Reader(guest.program, parts_of(file.content))

    @property
    def size(self) -> int:
        """Bytes of the content."""
        return self._stream.size

    def read(self, offset: int, length: int) -> bytes:
        """Bytes at a place; raises `Refused` once the guest's key has ended."""
        known_to(self._guest)
        self._stream.seek(offset)
        found = bytearray()
        while len(found) < length and (more := self._stream.read(length - len(found))):
            found += more
        return bytes(found)

    def close(self, sent_all: bool) -> None:  # noqa: FBT001 - as the port has it
        """End the handle."""
        self._stream.close()
        if not sent_all:
            return
        with released(), as_guest(self._guest):
            row = (
                Transmission.objects.select_for_update(of=("self",))
                .select_related("agreement__partner")
                .get(id=self._file.transmission_id)
            )
            if row.state == State.READY:
                change(row, State.SENT, "picked-up", detail={"by": self._guest.login})


class NoteDownload:
    """`exchange.ports.Download` of a receipt: whoever fetched it whole holds the log's checkpoint of that moment."""

    def __init__(self, guest: Guest, note: bytes) -> None:
        self._guest, self._note = guest, note

    @property
    def size(self) -> int:
        """Bytes of the note."""
        return len(self._note)

    def read(self, offset: int, length: int) -> bytes:
        """Bytes at a place."""
        return self._note[offset : offset + length]

    def close(self, sent_all: bool) -> None:  # noqa: FBT001 - as the port has it
        """End the handle."""
        if not sent_all:
            return
        said = read_receipt(Note.parse(self._note).text)
        with released(), as_guest(self._guest):
            try:
                note_held(f"partner:{said.partner}", said.checkpoint)
            except Invalid:
                return  # a checkpoint from before a restore: the new life of the log does not know it
