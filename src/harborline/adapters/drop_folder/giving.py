"""Files handed to the client, and what it says became of them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from harborline.adapters.drop_folder.place import DONE, RECEIPT, RESULT, Place, fields, read_short, said_in, write_whole
from harborline.adapters.marks import Marks
from harborline.exchange.facts import OutboundFile
from harborline.exchange.ports import Outbox
from harborline.kernel import Broken, Fault

CHANNEL: Final = "drop-folder"
WAIT_S: Final = 3600
_CHUNK: Final = 1 << 20
_GOOD: Final = frozenset({"done", "ok", "0", "success"})
_BAD: Final = frozenset({"failed", "error"})


class Giver:
    """Hands over what is ready and imports results; `marks` remember what may have left and are never guessed at."""

    def __init__(self, outbox: Outbox, base: Path, marks: Marks, *, wait_s: float = WAIT_S) -> None:
        self._outbox, self._base, self._marks, self._wait_s = outbox, base, marks, wait_s

    def hand_over_all(self, now_s: float) -> int:
        """Hand over what is ready, and what was claimed and never got as far; answers how many."""
        waiting = [one for one in self._outbox.under_way(CHANNEL) if self._marks.get(one.transmission_id) is None]
        given = sum(self._give(file, self._outbox.again, now_s) for file in waiting)
        return given + sum(self._give(file, self._outbox.sending, now_s) for file in self._outbox.ready(CHANNEL))

    def _give(self, file: OutboundFile, open_: Callable[[str, uuid.UUID], IO[bytes]], now_s: float) -> bool:
        try:
            place = Place.of(self._base, file.agreement, str(file.address.get("folder") or ""))
            content = open_(file.program, file.transmission_id)
        except Fault:
            return False  # not in force, or claimed by another: others go on
        if (place.giving / (file.name + DONE)).exists():
            # Of this name something waits there that is not marked as ours: the client's side is not clean.
            content.close()
            self._outbox.failed(file.program, file.transmission_id, "name-waits-there", unknown=False)
            return False
        hand_over(place, file, content, lambda: self._mark(file, now_s))
        return True

    def _mark(self, file: OutboundFile, now_s: float) -> None:
        self._marks.put(file.transmission_id, {
            "program": file.program, "agreement": file.agreement, "name": file.name, "size": file.size,
            "sha256": file.sha256, "at_s": now_s, "folder": str(file.address.get("folder") or ""),
        })  # fmt: skip

    def hear_all(self, now_s: float) -> int:
        """Import results and receipts; what nobody told about in time is left to a person. Answers how many."""
        heard = 0
        for identifier, mark in list(self._marks.all()):
            place = Place.of(self._base, mark["agreement"], mark["folder"])
            if self._result(identifier, mark, place) or self._receipt(identifier, mark, place):
                heard += 1
            elif not mark.get("told") and now_s - float(mark["at_s"]) >= self._wait_s:
                self._outbox.failed(mark["program"], identifier, "no-result-from-the-client", unknown=True)
                self._marks.put(identifier, {**mark, "told": True})
        return heard

    def _result(self, identifier: uuid.UUID, mark: dict[str, Any], place: Place) -> bool:
        path = place.results / (mark["name"] + RESULT)
        content = read_short(path)
        if content is None:
            return False
        said = said_in(content)
        status = said.get("status", "").lower()
        if status in _GOOD and _speaks_of(said, mark):
            self._outbox.sent(mark["program"], identifier, f"the client says {status}")
        elif status in _BAD:
            self._outbox.failed(mark["program"], identifier, "client-failed", unknown=False)
        else:
            self._outbox.failed(mark["program"], identifier, "result-not-understood", unknown=True)
        self._clear(identifier, mark, place)
        path.unlink()
        return True

    def _receipt(self, identifier: uuid.UUID, mark: dict[str, Any], place: Place) -> bool:
        path = place.results / (mark["name"] + RECEIPT)
        content = read_short(path)
        if content is None:
            return False
        try:
            self._outbox.acknowledged(mark["program"], identifier, content, "receipt through the drop folder")
        except Fault:
            self._outbox.alarm(mark["program"], mark["agreement"], "receipt-refused", "it speaks of other bytes")
            path.replace(place.refused / path.name)
            return False
        self._clear(identifier, mark, place)
        path.unlink()
        return True

    def _clear(self, identifier: uuid.UUID, mark: dict[str, Any], place: Place) -> None:
        # In the clear no longer than needed: whatever the client left behind goes with the proof.
        for name in (mark["name"] + DONE, mark["name"]):
            (place.giving / name).unlink(missing_ok=True)
        self._marks.remove(identifier)


def _speaks_of(said: dict[str, str], mark: dict[str, Any]) -> bool:
    size, digest = said.get("size", str(mark["size"])), said.get("sha256", mark["sha256"])
    return size == str(mark["size"]) and digest.lower() == mark["sha256"]


def hand_over(place: Place, file: OutboundFile, content: IO[bytes], mark: Callable[[], None]) -> None:
    """The file, then (once it is marked as possibly gone) its done-file. Raises `Broken` for a content that changed."""
    hashed = hashlib.sha256()

    def chunks() -> Iterator[bytes]:
        with content:
            while chunk := content.read(_CHUNK):
                hashed.update(chunk)
                yield chunk

    write_whole(place.giving, file.name, chunks())
    if hashed.hexdigest() != file.sha256:
        (place.giving / file.name).unlink()
        raise Broken("our own content does not have the digest on record; nothing was handed over")
    mark()
    done = fields(name=file.name, size=file.size, sha256=file.sha256, id=file.transmission_id)
    write_whole(place.giving, file.name + DONE, [done])
