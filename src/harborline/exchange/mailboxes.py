"""The mailboxes of all partners, as the engines of transfer protocols see them: rows and sealed contents."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from django.db.models import Sum

from harborline.exchange import naming
from harborline.exchange.bursts import Bursts
from harborline.exchange.content import drop, parts_of
from harborline.exchange.drafts import Draft, Drafts
from harborline.exchange.entering import admitted, noted
from harborline.exchange.facts import Entry, Guest, Verdict
from harborline.exchange.folders import Place, Target, boxes_of, place_of, putting
from harborline.exchange.gathering import must, standing_now, terms_of
from harborline.exchange.handles import Bounds, DatabaseDownload, DatabaseUpload, NoteDownload
from harborline.exchange.known import known_to
from harborline.exchange.landing import Landed
from harborline.exchange.listing import box_entries, finished, folder_entry, unfinished_entries
from harborline.exchange.models import Agreement, Upload
from harborline.exchange.ports import Download, may_wait
from harborline.exchange.proving import refusal, settle_proof
from harborline.exchange.units import as_guest, released
from harborline.exchange.wording import Box, Channel
from harborline.kernel import Invalid, NotFound, Refused, clock

# While more than this is left of a day's limit, how much was taken is asked for at most every few seconds.
_PLENTY_BYTES: Final = 8 * 1024**3
_FRESH_S: Final = 5.0
# So long at most is something closed known to one process alone.
HELD: Final = timedelta(seconds=0.2)
_TAKEN: dict[uuid.UUID, tuple[int, float]] = {}


class DatabaseMailboxes:
    """`exchange.ports.Mailboxes` over the database; `host_keys` gives the SSH host keys of this installation."""

    def __init__(self, host_keys: Callable[[], Sequence[bytes]]) -> None:
        self._host_keys = host_keys
        self._drafts = Drafts()
        self._bursts = Bursts(self._drafts)

    def admit(self, login: str, key: bytes, remote: str) -> Guest:
        """Let a machine in, or raise `Refused`; either is kept."""
        with released():
            return admitted(login, key, remote)

    def host_keys(self) -> Sequence[bytes]:
        """Our host keys."""
        return self._host_keys()

    def entries(self, guest: Guest, path: str) -> Sequence[Entry]:
        """A folder's names."""
        place = place_of(guest, path)
        if place.agreement is None:
            return [folder_entry(key, one.row.at) for key, one in known_to(guest).items()]
        if place.box is None:
            assert place.facts is not None
            return [folder_entry(box.value, place.agreement.at) for box in boxes_of(place.facts)]
        if place.name:
            raise Invalid("is no folder", "path")
        with released(), as_guest(guest):
            listed = box_entries(place.agreement, place.box)
        if not place.box.takes:
            return listed
        drafts = self._drafts.within(place.agreement.id, place.box)
        landed = {naming.folded(one.name): one for one in listed if not one.writable}
        rows = {naming.folded(one.name): one for one in listed if one.writable}
        # One name, one entry: what landed stays, and an upload that this process knows is newer than its row.
        return list((rows | {naming.folded(one.name): _entry(one) for one in drafts} | landed).values())

    def entry(self, guest: Guest, path: str) -> Entry:
        """One name."""
        place = place_of(guest, path)
        if place.agreement is None or place.box is None:
            at = place.agreement.at if place.agreement else clock.now()
            return folder_entry(place.box.value if place.box else path.strip("/"), at)
        if not place.name:
            return folder_entry(place.box.value, place.agreement.at)
        if place.box.takes:
            draft = self._drafts.at((place.agreement.id, place.box, naming.folded(place.name)))
            if draft is not None:
                return _entry(draft)
            if naming.temporary(place.name):  # nothing that landed is called so
                return self._unfinished(guest, place.agreement, place.box, place.name)
        with released(), as_guest(guest):
            found = box_entries(place.agreement, place.box, name=place.name)
        if not found:
            raise NotFound("no such file here")
        return found[0]

    def _unfinished(self, guest: Guest, agreement: Agreement, box: Box, name: str) -> Entry:
        def ask() -> dict[str, Entry]:
            with released(), as_guest(guest):
                return {naming.folded(one.name): one for one in unfinished_entries(agreement, box)}

        found = self._drafts.unfinished(agreement, box, ask).get(naming.folded(name))
        if found is None:
            raise NotFound("no such file here")
        return found

    def begin(self, guest: Guest, path: str, *, resume: bool) -> DatabaseUpload:
        """Begin or go on with an upload; raises `Refused` with the reason."""
        target = putting(guest, path)
        draft = self._resumed(guest, target) if resume else None
        if draft is not None:
            return self._upload(target, draft, row=True)
        made = Draft(guest, target.agreement, target.box, target.name, clock.now())
        upload = self._upload(target, made, row=False)
        self._drafts.begin(made)
        return upload

    def _upload(self, target: Target, draft: Draft, *, row: bool) -> DatabaseUpload:
        most = min(draft.guest.limits.file_bytes, terms_of(target.facts).size_bytes)
        bounds = Bounds(most, self._day_left(draft))
        return DatabaseUpload(self._drafts, draft, bounds, row=row, channel=Channel.SFTP)

    def _resumed(self, guest: Guest, target: Target) -> Draft | None:
        may_wait()
        self._settle(target.agreement, target.box, target.name)
        with released(), as_guest(guest):
            rows = Upload.objects.select_for_update().filter(
                agreement=target.agreement, box=target.box.value, folded=naming.folded(target.name)
            )
            row = rows.filter(state__in=("receiving", "uploaded")).first()
            if row is None:
                return None
            if row.state == "uploaded":
                row.state, row.sha256, row.proof, row.closed_at = "receiving", "", "", None
                row.save(update_fields=["state", "sha256", "proof", "closed_at"])
            parts = parts_of(row.id)
        made = Draft(guest, target.agreement, target.box, row.name, row.begun_at, id=row.id, parts=parts)
        self._drafts.changed(made.place)
        return made

    def _day_left(self, draft: Draft) -> int:
        guest = draft.guest
        kept, until_s = _TAKEN.get(guest.partner_id, (0, 0.0))
        left = guest.limits.day_bytes - kept
        if left > _PLENTY_BYTES and clock.monotonic_s() < until_s:
            return left
        may_wait()
        self.settle(guest)
        since = clock.now() - timedelta(days=1)
        with released(), as_guest(guest):
            rows = Upload.objects.filter(partner_id=guest.partner_id, begun_at__gte=since).exclude(id=draft.id)
            taken = int(rows.aggregate(taken=Sum("size"))["taken"] or 0)
        _TAKEN[guest.partner_id] = taken, clock.monotonic_s() + _FRESH_S
        return guest.limits.day_bytes - taken

    def settle(self, guest: Guest) -> None:
        """Make what a guest closed, and nothing proved yet, durable and known to every process."""
        closed = self._drafts.take_closed(lambda one: one.guest.partner_id == guest.partner_id)
        if closed:
            self._drafts.write_down(closed)

    def settle_old(self) -> None:
        """The same for all that was closed a while ago and not asked for: to be called every now and then."""
        before = clock.now() - HELD
        closed = self._drafts.take_closed(
            lambda one: one.closed_at is not None and one.closed_at < before and not one.asked
        )
        if closed:
            self._drafts.write_down(closed)

    def _settle(self, agreement: Agreement, box: Box, name: str) -> None:
        # What is closed under a name gets its row; what is still open there is not finished.
        draft = self._drafts.at((agreement.id, box, naming.folded(name)))
        if draft is not None and draft.closed_at is not None and self._drafts.take(draft):
            self._drafts.write_down([draft])

    def fetch(self, guest: Guest, path: str) -> Download:
        """Open a finished file to read."""
        place = place_of(guest, path)
        if place.agreement is None or place.facts is None or place.box is None or not place.name:
            raise NotFound("no such file here")
        with released(), as_guest(guest):
            found = finished(place.agreement, place.box, place.name)
            if isinstance(found, bytes):
                return NoteDownload(guest, found)
            must(standing_now(place.facts))
            return DatabaseDownload(guest, found)

    def rename(self, guest: Guest, old: str, new: str) -> None:
        """Say that an own upload is complete: give it its final name. Raises `Refused` after a conflict was kept."""
        with released():
            if self._bursts.landed(guest, old, new):
                return
            try:
                landed = self._renamed(guest, old, new)
            except NotFound:
                # Another process of this port may have seen it closed a moment ago.
                time.sleep(2 * HELD.total_seconds())
                landed = self._renamed(guest, old, new)
            if landed is not None and landed.verdict is Verdict.CONFLICT:
                raise Refused(refusal(landed.reason))

    def _renamed(self, guest: Guest, old: str, new: str) -> Landed | None:
        target, source = putting(guest, new), place_of(guest, old)
        agreement, box, name = target.agreement, target.box, target.name
        if source.agreement is None or source.agreement.id != agreement.id or source.box is not box:
            raise Refused(refusal("rename-stays-in-its-box"))
        self._settle(agreement, box, source.name)
        if self._drafts.at((agreement.id, box, naming.folded(source.name))) is not None:
            raise Refused(refusal("still-being-written"))
        with as_guest(guest):
            rows = Upload.objects.select_for_update().filter(agreement=agreement, box=box.value)
            row = rows.filter(folded=naming.folded(source.name), state__in=("receiving", "uploaded")).first()
            if row is None:
                raise NotFound("no such upload here")
            if row.state != "uploaded":
                raise Refused(refusal("still-being-written"))
            if naming.temporary(name):
                raise Refused(refusal("rename-to-a-final-name"))
            self._drafts.take_back((agreement.id, box, naming.folded(name)))
            target_rows = rows.filter(folded=naming.folded(name), state__in=("receiving", "uploaded"))
            for one in target_rows.exclude(id=row.id):
                drop(one.id)
                one.state = "gone"
                one.save(update_fields=["state"])
            row.name, row.folded, row.changed_at = name, naming.folded(name), clock.now()
            row.proof = "rename" if naming.temporary(source.name) or source.name != name else row.proof
            row.save(update_fields=["name", "folded", "proof", "changed_at"])
            landed = settle_proof(agreement, row, channel=Channel.SFTP.value)
        self._drafts.changed((agreement.id, box, name))
        return landed

    def remove(self, guest: Guest, path: str) -> None:
        """Take back an own upload that did not land."""
        place = place_of(guest, path)
        if place.agreement is None or place.box is None:
            raise NotFound("no such upload here")
        where = place.agreement.id, place.box, naming.folded(place.name)
        may_wait()
        if self._drafts.take_back(where):
            return
        with released(), as_guest(guest):
            row = Upload.objects.filter(
                agreement=place.agreement, box=place.box.value, folded=naming.folded(place.name),
                state__in=("receiving", "uploaded"),
            ).first()  # fmt: skip
            if row is None:
                if place.box.takes and finished_name(place):
                    raise Refused(refusal("landed-files-stay"))
                raise NotFound("no such upload here")
            drop(row.id)
            row.state, row.changed_at = "gone", clock.now()
            row.save(update_fields=["state", "changed_at"])
        self._drafts.changed(where)

    def note(self, guest: Guest, what: str, path: str, detail: str) -> None:
        """Keep an odd request, at a limited rate."""
        with released():
            noted(guest, what, path, detail)


def finished_name(place: Place) -> bool:
    """Whether a landed file of that name is listed."""
    assert place.agreement is not None
    assert place.box is not None
    return bool(box_entries(place.agreement, place.box, name=place.name))


def _entry(draft: Draft) -> Entry:
    return Entry(draft.name, folder=False, size=draft.size, at=draft.closed_at or draft.begun_at, writable=True)
