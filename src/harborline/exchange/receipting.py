"""Receipts and events of a delivery: written in the transaction of what they tell."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from harborline.exchange.facts import State
from harborline.exchange.gathering import actor_name
from harborline.exchange.models import Receipt, Transmission, TransmissionEvent, TransmittedFile
from harborline.exchange.ports import ReceiptSigner
from harborline.exchange.receipts import Receipt as Said
from harborline.exchange.receipts import RowError
from harborline.exchange.wording import ReceiptKind
from harborline.kernel import clock, ports
from harborline.ledger.facts import Json
from harborline.ledger.selectors import current_checkpoint
from harborline.ledger.services import record

POSITIVE, HELD, NEGATIVE = "positive", "held", "negative"
_RECORDED = {
    State.LANDED: "landed", State.VALIDATED: "validated", State.PROCESSED: "processed", State.HELD: "held",
    State.QUARANTINED: "quarantined", State.REJECTED: "rejected", State.SUPERSEDED: "superseded",
    State.TESTED: "tested", State.READY: "outbound-ready", State.SENDING: "outbound-sending",
    State.UNKNOWN: "outbound-unknown", State.SENT: "outbound-sent", State.ACKNOWLEDGED: "outbound-acknowledged",
    State.FAILED: "outbound-failed",
}  # fmt: skip


def change(row: Transmission, state: State, reason: str, *, detail: Mapping[str, Any] | None = None) -> uuid.UUID:
    """Move a delivery to a state: one event, one entry of the log, in the caller's transaction; the entry's id."""
    now, said = clock.now(), dict(detail or {})
    content = {**told_of(row, reason), **said}
    entry_id = record(f"exchange.{_RECORDED[state]}", subject=f"transmission:{row.id}", content=content)
    TransmissionEvent.objects.create(
        program=row.program, transmission=row, state=state.value, reason=reason, detail=said, by=actor_name(), at=now,
        entry_id=entry_id,
    )  # fmt: skip
    row.state, row.reason, row.changed_at = state.value, reason, now
    row.save(update_fields=["state", "reason", "changed_at"])
    return entry_id


def told_of(row: Transmission, reason: str) -> dict[str, Json]:
    """What every entry of the log about a delivery says."""
    return {
        "transmission": str(row.id), "agreement": row.agreement.key, "reason": reason, "digests": list(row.digests),
        "sequence": row.sequence,
    }  # fmt: skip


def issue(
    row: Transmission,
    kind: ReceiptKind,
    verdict: str,
    *,
    reason: str,
    entry_id: uuid.UUID,
    resend: bool = False,
    wrong: Sequence[RowError] = (),
) -> Receipt:
    """Sign a receipt and keep it; the same word is never said twice.

    Raises `Unavailable` before the log's first signed checkpoint.
    """
    earlier = Receipt.objects.filter(transmission=row, kind=kind.value, theirs=False).order_by("-number").first()
    if earlier is not None and (earlier.verdict, earlier.reason) == (verdict, reason):
        return earlier
    files = list(TransmittedFile.objects.filter(transmission=row).order_by("name"))
    made = receipt_of(
        row, files, kind, (verdict, reason), entry_id=entry_id, number=earlier.number + 1 if earlier is not None else 1,
        checkpoint=current_checkpoint(), resend=resend, wrong=wrong,
    )  # fmt: skip
    made.save(force_insert=True)
    return made


def receipt_of(
    row: Transmission,
    files: list[TransmittedFile],
    kind: ReceiptKind,
    word: tuple[str, str],
    *,
    entry_id: uuid.UUID,
    checkpoint: bytes,
    number: int = 1,
    resend: bool = False,
    wrong: Sequence[RowError] = (),
) -> Receipt:
    """A signed receipt that is not kept yet; `word` is its verdict and reason, `files` in the order of their names."""
    now, (verdict, reason) = clock.now(), word
    said = Said(
        kind=kind,
        external_id=row.external_id or "",
        transmission=str(row.id),
        agreement=row.agreement.key,
        partner=row.agreement.partner.key,
        sequence=row.sequence,
        verdict=verdict,
        reason=reason,
        resend=resend,
        test=row.test,
        counts=" ".join(f"{name}={value}" for name, value in sorted(row.counts.items())),
        at=clock.iso(now),
        entry=str(entry_id),
        files=tuple((one.name, one.size, one.sha256) for one in files),
        checkpoint=checkpoint,
        contents=tuple((one.name, one.plain_size or 0, one.plain_sha256) for one in files if one.plain_sha256),
        wrong=tuple(wrong),
    )
    return Receipt(
        program=row.program, transmission=row, kind=kind.value, number=number, verdict=verdict, reason=reason,
        name=_name(row, files, kind, number), note=ports.serving(ReceiptSigner).sign(said.text()), at=now,
    )  # fmt: skip


def _name(row: Transmission, files: list[TransmittedFile], kind: ReceiptKind, number: int) -> str:
    stem = files[0].name[:150] if files else str(row.id)
    again = f".{number}" if number > 1 else ""
    return f"{stem}.{row.id.hex[-8:]}.{kind.value}{again}.receipt"
