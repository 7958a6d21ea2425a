"""What a partner sees in its mailboxes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from harborline.exchange.facts import Entry, State
from harborline.exchange.models import Agreement, Receipt, TransmittedFile, Upload
from harborline.exchange.naming import folded
from harborline.exchange.wording import Box
from harborline.kernel import NotFound, Refused, clock, refuse

SHOWN: Final = timedelta(days=30)
_CLAUSES = ("CA-CSS-03-11:prevent-unauthorised",)
_OFFERED = (State.READY.value, State.SENT.value)


def folder_entry(name: str, at: datetime) -> Entry:
    """A folder."""
    return Entry(name.rpartition("/")[2], folder=True, size=0, at=at, writable=False)


def box_entries(agreement: Agreement, box: Box, *, name: str = "") -> list[Entry]:
    """The names in a mailbox, or the one called `name`: finished files, and the partner's own unfinished uploads."""
    if box is Box.RECEIPTS:
        return _receipts(agreement, name)
    listed = _files(agreement, outgoing=box is Box.OUT, test=box is Box.TEST, name=name)
    return unfinished_entries(agreement, box, name=name) + listed if box.takes else listed


def unfinished_entries(agreement: Agreement, box: Box, *, name: str = "") -> list[Entry]:
    """The unfinished uploads in a mailbox that have their rows."""
    rows = Upload.objects.filter(agreement=agreement, box=box.value, state__in=("receiving", "uploaded"))
    if name:
        rows = rows.filter(folded=folded(name))
    return [Entry(one.name, folder=False, size=one.size, at=one.changed_at, writable=True)
            for one in rows.order_by("name")]  # fmt: skip


def _files(agreement: Agreement, *, outgoing: bool, test: bool, name: str) -> list[Entry]:
    rows = TransmittedFile.objects.filter(
        transmission__agreement=agreement, transmission__outgoing=outgoing, transmission__test=test,
        transmission__at__gte=clock.now() - SHOWN, destroyed_at__isnull=True,
    ).exclude(transmission__state=State.SUPERSEDED.value)  # fmt: skip
    if outgoing:
        rows = rows.filter(transmission__state__in=_OFFERED)
    if name:
        rows = rows.filter(folded=folded(name))
    newest: dict[str, Entry] = {}
    for one in rows.select_related("transmission").order_by("name", "transmission__at"):
        newest[one.folded] = Entry(one.name, folder=False, size=one.size, at=one.transmission.at, writable=False)
    return list(newest.values())


def _receipts(agreement: Agreement, name: str) -> list[Entry]:
    rows = Receipt.objects.filter(transmission__agreement=agreement, theirs=False, at__gte=clock.now() - SHOWN)
    if name:
        rows = rows.filter(name=name)
    return [Entry(one.name, folder=False, size=len(bytes(one.note)), at=one.at, writable=False)
            for one in rows.order_by("name")]  # fmt: skip


def finished(agreement: Agreement, box: Box, name: str) -> TransmittedFile | bytes:
    """A file we offer, or the note of a receipt; raises `NotFound`, `Refused` for a box that is not read."""
    if box.takes:
        raise Refused(refuse("not-a-mailbox-to-read").stamped("exchange.listing", _CLAUSES))
    if box is Box.RECEIPTS:
        receipt = Receipt.objects.filter(transmission__agreement=agreement, theirs=False, name=name).first()
        if receipt is None:
            raise NotFound("no such file here")
        return bytes(receipt.note)
    rows = TransmittedFile.objects.filter(
        transmission__agreement=agreement, transmission__outgoing=True, transmission__state__in=_OFFERED,
        folded=folded(name), destroyed_at__isnull=True,
    )  # fmt: skip
    found = rows.order_by("-transmission__at").first()
    if found is None:
        raise NotFound("no such file here")
    return found
