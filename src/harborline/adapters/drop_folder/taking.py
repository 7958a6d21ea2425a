"""Files the client brought: taken in when their done-file names them whole, else waited for, then shown."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

from harborline.adapters.drop_folder.giving import CHANNEL
from harborline.adapters.drop_folder.place import DONE, Place, open_plain, read_short, said_in, write_whole
from harborline.adapters.marks import sync_folder
from harborline.exchange.facts import Guest, Way
from harborline.exchange.ports import Mailboxes, Outbox
from harborline.kernel import Fault, Invalid, NotFound, Refused, Unavailable

LATE_S: Final = 900
_CHUNK: Final = 1 << 20


class Taker:
    """Takes in what is whole, and leaves our receipts; a landed file is removed from the folder."""

    def __init__(self, outbox: Outbox, mailboxes: Mailboxes, base: Path, given: Path) -> None:
        self._outbox, self._mailboxes, self._base, self._given = outbox, mailboxes, base, given
        self._told: set[tuple[str, str]] = set()

    def take_all(self, now_s: float) -> int:
        """Look through every agreement's folder once; answers how many files were taken in."""
        taken = 0
        for way in self._outbox.ways(CHANNEL):
            try:
                place = Place.of(self._base, way.agreement, str(way.address.get("folder") or ""))
                guest = self._outbox.guest(way.program, way.agreement)
            except Fault:
                continue
            if way.takes:
                taken += sum(self._one(way, place, guest, path, now_s) for path in sorted(place.taking.iterdir()))
            self._leave_receipts(way, place, guest)
        return taken

    def _one(self, way: Way, place: Place, guest: Guest, path: Path, now_s: float) -> bool:
        if not path.name.endswith(DONE):
            self._late(way, path, now_s)
            return False
        name = path.name.removesuffix(DONE)
        said = said_in(read_short(path) or b"")
        file = open_plain(place.taking / name)
        if file is None or said.get("size") != str(os.fstat(file.fileno()).st_size):
            if file is not None:
                file.close()
            self._late(way, path, now_s)
            return False
        try:
            with file:
                self._brought(way, guest, name, file, said)
        except Unavailable:
            return False  # tried again in the next round
        except (Refused, Invalid, NotFound) as error:
            self._refuse(way, place, name, _reason(error))
            return False
        for done in (place.taking / name, path):
            done.unlink(missing_ok=True)
        sync_folder(place.taking)
        return True

    def _brought(self, way: Way, guest: Guest, name: str, file: IO[bytes], said: dict[str, str]) -> None:
        box = f"/{way.agreement}/in"
        upload = self._mailboxes.begin(guest, f"{box}/{name}.part", resume=False)
        try:
            size, digest = _copied(file, upload.write)
        except BaseException:
            upload.close(complete=False)
            raise
        if str(size) != said["size"] or said.get("sha256", digest).lower() != digest:
            upload.close(complete=False)
            raise Invalid("does not have the size or digest that its done-file names", "file")
        upload.close(complete=True)
        self._mailboxes.rename(guest, f"{box}/{name}.part", f"{box}/{name}")

    def _late(self, way: Way, path: Path, now_s: float) -> None:
        try:
            age_s = now_s - path.lstat().st_mtime
        except FileNotFoundError:
            return
        beside = path.name if path.name.endswith(DONE) else path.name + DONE
        alone = path.name.endswith(DONE) or not (path.parent / beside).exists()
        if age_s >= LATE_S and alone and (way.agreement, path.name) not in self._told:
            self._told.add((way.agreement, path.name))
            self._outbox.alarm(way.program, way.agreement, "drop-folder-incomplete",
                               "a file waits for its done-file, or a done-file for a file of its size")  # fmt: skip

    def _refuse(self, way: Way, place: Place, name: str, reason: str) -> None:
        for one in (name, name + DONE):
            path = place.taking / one
            if path.exists():
                path.replace(place.refused / one)
        write_whole(place.refused, name + ".why", [reason.encode() + b"\n"])
        self._outbox.alarm(way.program, way.agreement, "drop-folder-refused", reason)

    def _leave_receipts(self, way: Way, place: Place, guest: Guest) -> None:
        given = self._given / way.program / way.agreement
        given.mkdir(parents=True, exist_ok=True, mode=0o700)
        box = f"/{way.agreement}/receipts"
        for entry in self._mailboxes.entries(guest, box):
            if (given / entry.name).exists():
                continue
            note = self._mailboxes.fetch(guest, f"{box}/{entry.name}")
            content = note.read(0, note.size)
            write_whole(place.receipts, entry.name, [content])
            note.close(sent_all=True)
            write_whole(given, entry.name, [])


def _copied(file: IO[bytes], write: Callable[[int, bytes], None]) -> tuple[int, str]:
    hashed, at = hashlib.sha256(), 0
    while chunk := file.read(_CHUNK):
        hashed.update(chunk)
        write(at, chunk)
        at += len(chunk)
    return at, hashed.hexdigest()


def _reason(error: Fault) -> str:
    return error.decision.reason if isinstance(error, Refused) else error.neutral()
