"""Writes plain deliveries that were judged, many at once: the same rows, entries and receipts as one by one.

One statement writes every row of a group; the entries of the log are one more, or one for each 500.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harborline.exchange.alarming import settle_alarm
from harborline.exchange.drafts import Draft
from harborline.exchange.facts import AlarmKind, State, Step
from harborline.exchange.gathering import actor_name
from harborline.exchange.models import Agreement, Alarm, Transmission, TransmittedFile, Upload
from harborline.exchange.naming import folded
from harborline.exchange.receipting import POSITIVE, receipt_of, told_of
from harborline.exchange.wording import Channel, Proof, ReceiptKind
from harborline.kernel import Unavailable, clock
from harborline.kernel.ids import new_ids
from harborline.ledger.services import append_many
from harborline.walls.cursor import bulk_cursor

_WRITE = """
WITH v AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%(rows)b::json) AS v(
    id uuid, upload uuid, name text, folded text, size bigint, sha256 text, sequence bigint, entry uuid, file uuid,
    event uuid, receipt uuid, receipt_name text, note text, work uuid, written bool, blob text, credential uuid,
    begun timestamptz, closed timestamptz)
), taken AS (
  UPDATE exchange_upload AS u
  SET name = v.name, folded = v.folded, proof = %(proof)b, state = 'landed', changed_at = %(now)b
  FROM v WHERE v.written AND u.id = v.upload AND u.state = 'uploaded' RETURNING u.id
), came AS (
  INSERT INTO exchange_upload (id, program, agreement_id, partner_id, credential_id, box, name, folded, state, size,
                               sha256, proof, begun_at, changed_at, closed_at)
  SELECT upload, %(program)b, %(agreement)b, %(partner)b, credential, %(box)b, name, folded, 'landed', size,
         sha256, %(proof)b, begun, %(now)b, closed FROM v WHERE NOT written
), parts AS (
  INSERT INTO exchange_part (program, content, number, blob, size)
  SELECT %(program)b, upload, 0, blob, size FROM v WHERE blob IS NOT NULL
), deliveries AS (
  INSERT INTO exchange_transmission (id, program, agreement_id, version, outgoing, channel, test, external_id, sequence,
                                     counted, digests, state, reason, counts, asked_by, asked_because, at, changed_at,
                                     entry_id)
  SELECT id, %(program)b, %(agreement)b, %(version)b, false, %(channel)b, %(test)b, '', sequence, NOT %(test)b,
         ARRAY[sha256], %(state)b, %(reason)b, '{}', '', '', %(now)b, %(now)b, entry FROM v
), files AS (
  INSERT INTO exchange_transmittedfile (id, program, transmission_id, name, folded, content, size, sha256, plain_sha256)
  SELECT file, %(program)b, id, name, folded, upload, size, sha256, '' FROM v
), events AS (
  INSERT INTO exchange_transmissionevent (id, program, transmission_id, state, reason, detail, by, at, entry_id)
  SELECT event, %(program)b, id, %(state)b, %(reason)b, '{}', %(by)b, %(now)b, entry FROM v
), receipts AS (
  INSERT INTO exchange_receipt (id, program, transmission_id, kind, number, verdict, reason, name, note, theirs, at)
  SELECT receipt, %(program)b, id, %(kind)b, 1, %(verdict)b, %(reason)b, receipt_name, convert_to(note, 'UTF8'), false,
         %(now)b FROM v
), steps AS (
  INSERT INTO exchange_work (id, program, transmission_id, step, state, tries, next_at, error, changed_at)
  SELECT work, %(program)b, id, %(step)b, 'queued', 0, %(now)b, '', %(now)b FROM v
)
SELECT count(*) FROM taken
"""


@dataclass(frozen=True, slots=True)
class Plain:
    """One file that was closed under `old` and is to be `new`; `number` is what its name says of its place."""

    old: str
    new: str
    upload: Upload | Draft
    number: int | None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Where a group lands: the agreement and its box (test or not), the log's checkpoint, whether alarms wait."""

    agreement: Agreement
    box: str
    test: bool
    checkpoint: bytes
    alarms: bool


def write_all(at: Circumstances, plain: Sequence[Plain]) -> None:
    """Write deliveries with their events, entries and receipts, inside the context of their partner's machine.

    Raises `Unavailable` when one of them was taken back meanwhile.
    """
    if not plain:
        return
    now, ids = clock.now(), iter(new_ids(len(plain) * 6))
    rows = [_row(at, one, next(ids), now) for one in plain]
    said = [(f"transmission:{row.id}", told_of(row, row.reason)) for row in rows]
    for row, entry_id in zip(rows, append_many("exchange.landed", said), strict=True):
        row.entry_id = entry_id
    written = [_told(row, one, at.checkpoint, ids) for row, one in zip(rows, plain, strict=True)]
    alike = {
        "program": at.agreement.program, "agreement": at.agreement.id, "partner": at.agreement.partner_id,
        "version": at.agreement.version, "box": at.box, "test": at.test, "proof": Proof.RENAME.value,
        "channel": Channel.SFTP.value, "state": rows[0].state, "reason": rows[0].reason, "by": actor_name(),
        "kind": ReceiptKind.LANDED.value, "verdict": POSITIVE, "step": Step.VALIDATE.value, "now": now,
    }  # fmt: skip
    with bulk_cursor() as cursor:
        taken = cursor.execute(_WRITE, {"rows": json.dumps(written, default=str), **alike}).fetchone()
    if taken is None or taken[0] != sum(one["written"] for one in written):
        raise Unavailable("an upload was taken back while it was to land")
    if at.alarms:
        _settle(at.agreement, plain)


def _row(at: Circumstances, one: Plain, row_id: uuid.UUID, now: datetime) -> Transmission:
    return Transmission(
        id=row_id, program=at.agreement.program, agreement=at.agreement, version=at.agreement.version,
        channel=Channel.SFTP.value, test=at.test, sequence=one.number, counted=not at.test, digests=[one.upload.sha256],
        state=State.LANDED.value, reason="test-delivery" if at.test else "landed", at=now, changed_at=now,
    )  # fmt: skip


def _told(row: Transmission, one: Plain, checkpoint: bytes, ids: Iterator[uuid.UUID]) -> dict[str, Any]:
    file = TransmittedFile(
        id=next(ids), program=row.program, transmission=row, name=one.new, folded=folded(one.new),
        content=one.upload.id, size=one.upload.size, sha256=one.upload.sha256,
    )  # fmt: skip
    receipt = receipt_of(row, [file], ReceiptKind.LANDED, (POSITIVE, row.reason), entry_id=row.entry_id,
                         checkpoint=checkpoint)  # fmt: skip
    told = {
        "id": row.id, "upload": file.content, "name": file.name, "folded": file.folded, "size": file.size,
        "sha256": file.sha256, "sequence": row.sequence, "entry": row.entry_id, "file": file.id, "event": next(ids),
        "receipt": next(ids), "receipt_name": receipt.name, "note": bytes(receipt.note).decode(), "work": next(ids),
        "written": True,
    }  # fmt: skip
    if isinstance(one.upload, Draft):
        told |= {
            "written": False, "credential": one.upload.guest.credential_id, "begun": one.upload.begun_at,
            "closed": one.upload.closed_at, "blob": one.upload.parts[0].blob if one.upload.parts else None,
        }  # fmt: skip
    return told


def alarms_about(agreement: Agreement, plain: Sequence[Plain]) -> dict[str, tuple[AlarmKind, str]]:
    """Which alarms a landing of these would settle, with the reason."""
    abouts = {f"upload:{one.upload.id}": (AlarmKind.WAITING, "landed") for one in plain}
    abouts |= {f"sequence:{agreement.id}:{one.number}": (AlarmKind.GAP, "arrived") for one in plain
               if one.number is not None}  # fmt: skip
    return abouts


def _settle(agreement: Agreement, plain: Sequence[Plain]) -> None:
    abouts = alarms_about(agreement, plain)
    rows = Alarm.objects.filter(about__in=list(abouts), program=agreement.program, settled_at__isnull=True)
    for about in rows.values_list("about", flat=True):
        kind, because = abouts[about]
        settle_alarm(kind, about, because=because)
