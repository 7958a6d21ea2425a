"""Writes plain deliveries that were judged, many at once: the same rows, entries and receipts as one by one."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from harborline.exchange.alarming import settle_alarm
from harborline.exchange.facts import AlarmKind, State, Step
from harborline.exchange.gathering import actor_name
from harborline.exchange.models import (
    Agreement,
    Alarm,
    Receipt,
    Transmission,
    TransmissionEvent,
    TransmittedFile,
    Upload,
    Work,
)
from harborline.exchange.naming import folded
from harborline.exchange.receipting import POSITIVE, receipt_of, told_of
from harborline.exchange.wording import Channel, Proof, ReceiptKind
from harborline.kernel import Unavailable, clock
from harborline.kernel.ids import new_id
from harborline.ledger.selectors import current_checkpoint
from harborline.ledger.services import append_many
from harborline.walls.cursor import bulk_cursor

_LANDED = """
UPDATE exchange_upload AS u SET name = v.name, folded = v.folded, proof = %b, state = 'landed', changed_at = %b
FROM unnest(%b::uuid[], %b::text[], %b::text[]) AS v(id, name, folded)
WHERE u.id = v.id AND u.state = 'uploaded'
"""


@dataclass(frozen=True, slots=True)
class Plain:
    """One file that was closed under `old` and is to be `new`; `number` is what its name says of its place."""

    old: str
    new: str
    upload: Upload
    number: int | None


def write_all(agreement: Agreement, plain: Sequence[Plain], *, test: bool) -> None:
    """Write deliveries with their events, entries and receipts, inside the context of their partner's machine.

    Raises `Unavailable` while the log has no signed checkpoint, or when one of them was taken back meanwhile.
    """
    if not plain:
        return
    checkpoint, now = current_checkpoint(), clock.now()
    rows = [_row(agreement, one, test=test, now=now) for one in plain]
    said = [(f"transmission:{row.id}", told_of(row, row.reason)) for row in rows]
    for row, entry_id in zip(rows, append_many("exchange.landed", said), strict=True):
        row.entry_id = entry_id
    files = [_file(row, one) for row, one in zip(rows, plain, strict=True)]
    Transmission.objects.bulk_create(rows)
    TransmittedFile.objects.bulk_create(files)
    _take(plain, now)
    _settle(agreement, plain)
    TransmissionEvent.objects.bulk_create([_event(row, now) for row in rows])
    Receipt.objects.bulk_create(
        [
            receipt_of(row, [file], ReceiptKind.LANDED, (POSITIVE, row.reason), entry_id=row.entry_id,
                       checkpoint=checkpoint)
            for row, file in zip(rows, files, strict=True)
        ]
    )  # fmt: skip
    Work.objects.bulk_create([_work(row, now) for row in rows])


def _row(agreement: Agreement, one: Plain, *, test: bool, now: datetime) -> Transmission:
    return Transmission(
        id=new_id(), program=agreement.program, agreement=agreement, version=agreement.version,
        channel=Channel.SFTP.value, test=test, sequence=one.number, counted=not test, digests=[one.upload.sha256],
        state=State.LANDED.value, reason="test-delivery" if test else "landed", at=now, changed_at=now,
    )  # fmt: skip


def _file(row: Transmission, one: Plain) -> TransmittedFile:
    return TransmittedFile(
        program=row.program, transmission=row, name=one.new, folded=folded(one.new), content=one.upload.id,
        size=one.upload.size, sha256=one.upload.sha256,
    )  # fmt: skip


def _event(row: Transmission, now: datetime) -> TransmissionEvent:
    return TransmissionEvent(
        program=row.program, transmission=row, state=row.state, reason=row.reason, by=actor_name(), at=now,
        entry_id=row.entry_id,
    )  # fmt: skip


def _work(row: Transmission, now: datetime) -> Work:
    return Work(program=row.program, transmission=row, step=Step.VALIDATE.value, next_at=now, changed_at=now)


def _take(plain: Sequence[Plain], now: datetime) -> None:
    columns: Mapping[str, list[uuid.UUID] | list[str]] = {
        "id": [one.upload.id for one in plain],
        "name": [one.new for one in plain],
        "folded": [folded(one.new) for one in plain],
    }
    with bulk_cursor() as cursor:
        cursor.execute(_LANDED, [Proof.RENAME.value, now, *columns.values()])
        if cursor.rowcount != len(plain):
            raise Unavailable("an upload was taken back while it was to land")


def _settle(agreement: Agreement, plain: Sequence[Plain]) -> None:
    abouts = {f"upload:{one.upload.id}": (AlarmKind.WAITING, "landed") for one in plain}
    abouts |= {f"sequence:{agreement.id}:{one.number}": (AlarmKind.GAP, "arrived") for one in plain
               if one.number is not None}  # fmt: skip
    rows = Alarm.objects.filter(about__in=list(abouts), program=agreement.program, settled_at__isnull=True)
    for about in rows.values_list("about", flat=True):
        kind, because = abouts[about]
        settle_alarm(kind, about, because=because)
