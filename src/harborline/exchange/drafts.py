"""Uploads that have no row yet: small files on their way in, known to this process alone.

An upload gets its row when a part of it is durable and its fate is open: its first 16 MiB, a flush that was asked for,
a session that ended, a final name that was closed. A small file that is closed under a temporary name and renamed at
once never needs one before it lands. Until then a killed process forgets it: its sealed part is swept, its sender,
who was told nothing but that a temporary name was closed, sends it again.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import IntegrityError

from harborline.exchange.content import Sealed, blobs, drop, keep_parts
from harborline.exchange.facts import Entry, Guest
from harborline.exchange.models import Agreement, Upload
from harborline.exchange.naming import folded
from harborline.exchange.ports import may_wait
from harborline.exchange.proving import refusal
from harborline.exchange.units import as_guest, released
from harborline.exchange.wording import Box
from harborline.kernel import Refused, clock

Place = tuple[uuid.UUID, Box, str]
SEEN_S: Final = 0.05
"""So old may be what is answered about a name that is not finished; what this process changes is seen at once."""


@dataclass(slots=True, eq=False)
class Draft:
    """One of them; closed once `closed_at` is set: then its parts are durable and add up to `size` bytes.

    `asked`: its rename came and waits for its turn. `tried`: a landing of it was begun, so its content may be in use
    even if nobody heard of it.
    """

    guest: Guest
    agreement: Agreement
    box: Box
    name: str
    begun_at: datetime
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    parts: list[Sealed] = field(default_factory=list)
    size: int = 0
    sha256: str = ""
    closed_at: datetime | None = None
    asked: bool = False
    tried: bool = False

    @property
    def place(self) -> Place:
        """Where it stands, under the form of its name that is compared."""
        return self.agreement.id, self.box, folded(self.name)


class Drafts:
    """Those of one process. Whoever takes one out answers for it: it lands, gets its row, or is put back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Place, Draft] = {}
        self._seen: dict[tuple[uuid.UUID, Box], tuple[float, Mapping[str, Entry]]] = {}
        self._changes = 0
        self._asking = threading.Lock()

    def begin(self, draft: Draft) -> None:
        """Keep a new one, in the place of an earlier one of its name."""
        with self._lock:
            earlier = self._kept.get(draft.place)
            self._kept[draft.place] = draft
        if earlier is not None:
            forget_parts([earlier])

    def at(self, place: Place) -> Draft | None:
        """The one at a place."""
        return self._kept.get(place)

    def take(self, draft: Draft) -> bool:
        """Take one out; False where another has its place or took it."""
        with self._lock:
            if self._kept.get(draft.place) is not draft:
                return False
            del self._kept[draft.place]
            return True

    def take_back(self, place: Place) -> bool:
        """Forget the one at a place with its content; whoever writes to it hears that it was taken back."""
        draft = self._kept.get(place)
        if draft is None or not self.take(draft):
            return False
        forget_parts([draft])
        return True

    def take_closed(self, wanted: Callable[[Draft], bool]) -> list[Draft]:
        """Take out all that are closed and wanted."""
        with self._lock:
            found = [one for one in self._kept.values() if one.closed_at is not None and wanted(one)]
            for one in found:
                del self._kept[one.place]
            return found

    def put_back(self, drafts: Sequence[Draft]) -> None:
        """Keep again what was taken out and neither landed nor got its row, unless its name was begun anew."""
        with self._lock:
            gone = [one for one in drafts if self._kept.setdefault(one.place, one) is not one]
        forget_parts(gone)

    def write_down(self, drafts: Sequence[Draft]) -> None:
        """Give closed ones that were taken out their rows: durable on return, and known to every process."""
        for at, one in enumerate(drafts):
            said = {"state": "uploaded", "size": one.size, "sha256": one.sha256, "closed_at": one.closed_at,
                    "changed_at": clock.now()}  # fmt: skip
            try:
                write_down(one, one.parts, said)
            except Refused:
                forget_parts([one])
            except BaseException:
                self.put_back(drafts[at:])
                raise
            self.changed(one.place)

    def unfinished(self, agreement: Agreement, box: Box, ask: Callable[[], Mapping[str, Entry]]) -> Mapping[str, Entry]:
        """The rows of unfinished uploads in a box, by folded name, as `ask` answered it a moment ago."""
        seen = self._seen_now(agreement, box)
        if seen is not None:
            return seen
        may_wait()
        # Many sessions find it too old at the same moment: one asks for all of them.
        with self._asking:
            seen = self._seen_now(agreement, box)
            if seen is not None:
                return seen
            changes = self._changes
            entries = ask()
            with self._lock:
                if changes == self._changes:
                    self._seen[agreement.id, box] = clock.monotonic_s() + SEEN_S, entries
            return entries

    def _seen_now(self, agreement: Agreement, box: Box) -> Mapping[str, Entry] | None:
        until_s, entries = self._seen.get((agreement.id, box), (0.0, {}))
        return entries if clock.monotonic_s() < until_s else None

    def changed(self, place: Place) -> None:
        """A row of an unfinished upload was written, changed or landed here."""
        with self._lock:
            self._changes += 1
            self._seen.pop(place[:2], None)

    def within(self, agreement_id: uuid.UUID, box: Box) -> list[Draft]:
        """Those in a box, by name."""
        with self._lock:
            found = [one for one in self._kept.values() if one.place[:2] == (agreement_id, box)]
        return sorted(found, key=lambda one: one.name)


def write_down(draft: Draft, parts: Sequence[Sealed], said: Mapping[str, object]) -> None:
    """Give an upload its row with what is durable of it, in the place of earlier ones of its name.

    Raises `Refused` when a later one of its name has a row.
    """
    try:
        with released(), as_guest(draft.guest):
            _make_room(draft)
            Upload.objects.create(
                id=draft.id, program=draft.guest.program, agreement=draft.agreement, partner_id=draft.guest.partner_id,
                credential_id=draft.guest.credential_id, box=draft.box.value, name=draft.name,
                folded=folded(draft.name), begun_at=draft.begun_at, **said,
            )  # fmt: skip
            if parts:
                keep_parts(draft.guest.program, draft.id, parts, first=0)
    except IntegrityError:
        raise Refused(refusal("name-is-being-written")) from None


def _make_room(draft: Draft) -> None:
    agreement_id, box, name = draft.place
    earlier = Upload.objects.filter(
        agreement=agreement_id, box=box.value, folded=name, state__in=("receiving", "uploaded")
    ).select_for_update()
    for one in earlier:
        if one.begun_at > draft.begun_at:
            raise Refused(refusal("upload-was-taken-back"))
        drop(one.id)
        one.state, one.changed_at = "gone", clock.now()
        one.save(update_fields=["state", "changed_at"])


def forget_parts(drafts: Sequence[Draft]) -> None:
    """Remove the contents of closed drafts that nothing refers to."""
    for one in drafts:
        if not one.tried:
            for part in one.parts:
                blobs().remove(part.blob)
