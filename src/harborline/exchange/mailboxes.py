"""The mailboxes of all partners, as the engines of transfer protocols see them: rows and sealed contents."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Sum

from harborline.exchange import naming
from harborline.exchange.bursts import Bursts
from harborline.exchange.content import drop
from harborline.exchange.entering import admitted, noted
from harborline.exchange.facts import Entry, Guest, Verdict
from harborline.exchange.folders import Place, agreements_of, boxes_of, place_of, putting
from harborline.exchange.gathering import facts_in_force, must, standing_now, terms_of
from harborline.exchange.handles import DatabaseDownload, DatabaseUpload, NoteDownload
from harborline.exchange.landing import Landed
from harborline.exchange.listing import box_entries, finished, folder_entry
from harborline.exchange.models import Agreement, Upload
from harborline.exchange.ports import Download
from harborline.exchange.proving import refusal, settle_proof
from harborline.exchange.units import as_guest, may_be_lost, released
from harborline.exchange.wording import Box, Channel
from harborline.kernel import Invalid, NotFound, Refused, clock

# While more than this is left of a day's limit, how much was taken is asked for at most every few seconds.
_PLENTY_BYTES: Final = 8 * 1024**3
_FRESH_S: Final = 5.0
_TAKEN: dict[uuid.UUID, tuple[int, float]] = {}


class DatabaseMailboxes:
    """`exchange.ports.Mailboxes` over the database; `host_keys` gives the SSH host keys of this installation."""

    def __init__(self, host_keys: Callable[[], Sequence[bytes]]) -> None:
        self._host_keys = host_keys
        self._bursts = Bursts()

    def admit(self, login: str, key: bytes, remote: str) -> Guest:
        """Let a machine in, or raise `Refused`; either is kept."""
        with released():
            return admitted(login, key, remote)

    def host_keys(self) -> Sequence[bytes]:
        """Our host keys."""
        return self._host_keys()

    def entries(self, guest: Guest, path: str) -> Sequence[Entry]:
        """A folder's names."""
        with released(), as_guest(guest):
            place = place_of(guest, path)
            if place.agreement is None:
                return [folder_entry(one.key, one.at) for one in agreements_of(guest)]
            if place.box is None:
                return [folder_entry(box.value, place.agreement.at) for box in boxes_of(place.agreement)]
            if place.name:
                raise Invalid("is no folder", "path")
            return box_entries(place.agreement, place.box)

    def entry(self, guest: Guest, path: str) -> Entry:
        """One name."""
        with released(), as_guest(guest):
            place = place_of(guest, path)
            if place.agreement is None or place.box is None:
                at = place.agreement.at if place.agreement else clock.now()
                return folder_entry(place.box.value if place.box else path.strip("/"), at)
            if not place.name:
                return folder_entry(place.box.value, place.agreement.at)
            found = box_entries(place.agreement, place.box, name=place.name)
            if not found:
                raise NotFound("no such file here")
            return found[0]

    def begin(self, guest: Guest, path: str, *, resume: bool) -> DatabaseUpload:
        """Begin or go on with an upload; raises `Refused` with the reason."""
        with released(), as_guest(guest):
            agreement, box, name = putting(guest, path)
            row = _resumed(agreement, box, name) if resume else None
            if row is None:
                row = self._fresh(guest, agreement, box, name)
            limit = min(guest.limits.file_bytes, terms_of(facts_in_force(agreement)).size_bytes)
            return DatabaseUpload(guest, row, limit=limit, day=_day_left(guest, row))

    @staticmethod
    def _fresh(guest: Guest, agreement: Agreement, box: Box, name: str) -> Upload:
        now, folded = clock.now(), naming.folded(name)
        earlier = Upload.objects.filter(
            agreement=agreement, box=box.value, folded=folded, state__in=("receiving", "uploaded")
        )
        replaced = list(earlier.select_for_update())
        for one in replaced:
            drop(one.id)
            one.state, one.changed_at = "gone", now
            one.save(update_fields=["state", "changed_at"])
        if not replaced:
            may_be_lost()
        try:
            with transaction.atomic():
                return Upload.objects.create(
                    id=uuid.uuid4(), program=guest.program, agreement=agreement, partner_id=guest.partner_id,
                    credential_id=guest.credential_id, box=box.value, name=name, folded=folded, begun_at=now,
                    changed_at=now,
                )  # fmt: skip
        except IntegrityError:
            raise Refused(refusal("name-is-being-written")) from None

    def fetch(self, guest: Guest, path: str) -> Download:
        """Open a finished file to read."""
        with released(), as_guest(guest):
            place = place_of(guest, path)
            if place.agreement is None or place.box is None or not place.name:
                raise NotFound("no such file here")
            found = finished(place.agreement, place.box, place.name)
            if isinstance(found, bytes):
                return NoteDownload(guest, found)
            must(standing_now(facts_in_force(place.agreement)))
            return DatabaseDownload(guest, found)

    def rename(self, guest: Guest, old: str, new: str) -> None:
        """Say that an own upload is complete: give it its final name. Raises `Refused` after a conflict was kept."""
        with released():
            if self._bursts.landed(guest, old, new):
                return
            with as_guest(guest):
                landed = self._renamed(guest, old, new)
            if landed is not None and landed.verdict is Verdict.CONFLICT:
                raise Refused(refusal(landed.reason))

    @staticmethod
    def _renamed(guest: Guest, old: str, new: str) -> Landed | None:
        agreement, box, name = putting(guest, new)
        source = place_of(guest, old)
        if source.agreement is None or source.agreement.id != agreement.id or source.box is not box:
            raise Refused(refusal("rename-stays-in-its-box"))
        rows = Upload.objects.select_for_update().filter(agreement=agreement, box=box.value)
        row = rows.filter(folded=naming.folded(source.name), state__in=("receiving", "uploaded")).first()
        if row is None:
            raise NotFound("no such upload here")
        if row.state != "uploaded":
            raise Refused(refusal("still-being-written"))
        if naming.temporary(name):
            raise Refused(refusal("rename-to-a-final-name"))
        target = rows.filter(folded=naming.folded(name), state__in=("receiving", "uploaded")).exclude(id=row.id)
        for one in target:
            drop(one.id)
            one.state = "gone"
            one.save(update_fields=["state"])
        row.name, row.folded, row.changed_at = name, naming.folded(name), clock.now()
        row.proof = "rename" if naming.temporary(source.name) or source.name != name else row.proof
        row.save(update_fields=["name", "folded", "proof", "changed_at"])
        return settle_proof(agreement, row, channel=Channel.SFTP.value)

    def remove(self, guest: Guest, path: str) -> None:
        """Take back an own upload that did not land."""
        with released(), as_guest(guest):
            place = place_of(guest, path)
            if place.agreement is None or place.box is None:
                raise NotFound("no such upload here")
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

    def note(self, guest: Guest, what: str, path: str, detail: str) -> None:
        """Keep an odd request, at a limited rate."""
        with released():
            noted(guest, what, path, detail)


def finished_name(place: Place) -> bool:
    """Whether a landed file of that name is listed."""
    assert place.agreement is not None
    assert place.box is not None
    return bool(box_entries(place.agreement, place.box, name=place.name))


def _resumed(agreement: Agreement, box: Box, name: str) -> Upload | None:
    rows = Upload.objects.select_for_update().filter(agreement=agreement, box=box.value, folded=naming.folded(name))
    row = rows.filter(state__in=("receiving", "uploaded")).first()
    if row is not None and row.state == "uploaded":
        row.state, row.sha256, row.proof, row.closed_at = "receiving", "", "", None
        row.save(update_fields=["state", "sha256", "proof", "closed_at"])
    return row


def _day_left(guest: Guest, row: Upload) -> int:
    kept, until_s = _TAKEN.get(guest.partner_id, (0, 0.0))
    left = guest.limits.day_bytes - kept
    if left > _PLENTY_BYTES and clock.monotonic_s() < until_s:
        return left
    since = clock.now() - timedelta(days=1)
    rows = Upload.objects.filter(partner_id=guest.partner_id, begun_at__gte=since).exclude(id=row.id)
    taken = int(rows.aggregate(taken=Sum("size"))["taken"] or 0)
    _TAKEN[guest.partner_id] = taken, clock.monotonic_s() + _FRESH_S
    return guest.limits.day_bytes - taken
