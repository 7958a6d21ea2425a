"""Hold, reconcile, release: what others may ask recovery to do; inside `walls.acting` of the program."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from harborline.kernel import Decision, NotFound, Refused, clock, ports
from harborline.kernel.clock import iso
from harborline.ledger.facts import Json
from harborline.ledger.selectors import epochs
from harborline.ledger.services import record
from harborline.recovery.facts import Direction, HoldKind, ProviderRecord, Reconciled, Releaser, Step
from harborline.recovery.formats import read_provider, read_stops
from harborline.recovery.models import Reconciliation, SendingHold, SentBefore
from harborline.recovery.ports import LogOutside, Registers, SenderGate
from harborline.recovery.rules import log_explained, may_release
from harborline.recovery.selectors import WORDS, hold_facts, open_hold
from harborline.vault.services import blind_index, blind_indexes, seal_text
from harborline.walls import current

__all__ = ["hold_after_restore", "reconcile_log", "reconcile_provider", "reconcile_stops", "release"]

_CHUNK = 2_000


def hold_after_restore(kind: HoldKind, *, as_of_at: datetime | None, set_id: str = "", why: str = "") -> SendingHold:
    """Hold all sending of the program, in the records and at the gate of its senders.

    An open hold stays and is answered: the earlier one knows where the tables ended first.
    """
    program = current().program
    ports.serving(SenderGate).close(program)
    standing = open_hold(program)
    if standing is not None:
        return standing
    at = clock.now()
    content: dict[str, Json] = {
        "kind": kind.value,
        "set": set_id,
        "as_of": iso(as_of_at) if as_of_at else "",
        "why": why,
    }
    entry_id = record("recovery.sending-held", subject="sending", content=content)
    epoch = max((one.number for one in epochs()), default=1)
    return SendingHold.objects.create(
        program=program, kind=kind.value, set_id=set_id, as_of_at=as_of_at, epoch=epoch, held_at=at, entry_id=entry_id
    )


def reconcile_stops(content: bytes, *, accept_bad: bool = False) -> Reconciled:
    """Bring in a list of numbers that asked to stop (from the carrier, other systems, paper); each is stopped now.

    With unusable rows the step counts as done only when they are accepted.
    Raises `NotFound` without an open hold, `Invalid` for a file that is no such list.
    """
    held, registers = _open(), ports.serving(Registers)
    numbers, bad = read_stops(content, registers.number)
    news = registers.stop(numbers, source=f"restore:{held.id}", at=clock.now()) if numbers else 0
    found = Reconciled(len(numbers), news, len(numbers) - news, tuple(bad))
    _done(held, Step.STOPS, content, found, accept_bad=accept_bad)
    return found


def reconcile_provider(content: bytes, *, accept_bad: bool = False) -> Reconciled:
    """Bring in the provider's record of texts since the tables end, so that none is sent twice and no stop is lost.

    Texts out that the tables do not know are kept by number and words: the claim asks for them. Texts in that the
    tables do not know are taken as if they came now. Raises as `reconcile_stops`.
    """
    held, registers = _open(), ports.serving(Registers)
    records, bad = read_provider(content, registers.number)
    known = registers.known([one.reference for one in records])
    fresh = [one for one in records if one.reference not in known and one.gone]
    out = [one for one in fresh if one.direction is Direction.OUT]
    kept = _keep_sent(held, out)
    taken = registers.take_inbound([one for one in fresh if one.direction is Direction.IN])
    found = Reconciled(len(records), kept + taken, len(records) - kept - taken, tuple(bad))
    _done(held, Step.PROVIDER, content, found, accept_bad=accept_bad)
    return found


def reconcile_log() -> Decision:
    """Look whether the published log is explained: by the tables themselves, or by a new life of the log that cites it.

    Raises `Refused` (hold) while it is not, `NotFound` without an open hold.
    """
    held = _open()
    log = ports.serving(LogOutside).facts(held.epoch)
    decision = log_explained(log=log)
    if not decision.allowed:
        raise Refused(decision)
    _done(held, Step.LOG, b"", Reconciled(log.published, max(0, log.published - log.in_tables), 0))
    return decision


def release(*, first: Releaser, second: Releaser | None, reason: str) -> SendingHold:
    """Let the program send again. Raises `Refused` with what is missing, `NotFound` without an open hold."""
    held = _open()
    decision = may_release(held=hold_facts(held), first=first, second=second, reason=reason)
    if not decision.allowed or second is None:
        raise Refused(decision)
    record(
        "recovery.sending-released",
        subject="sending",
        content={"hold": str(held.id), "first": first.who, "second": second.who, "clauses": list(decision.clauses)},
    )
    held.released_at, held.released_by, held.approved_by = clock.now(), first.who[:80], second.who[:80]
    held.reason = seal_text(reason.strip(), group=f"{held.program}/recovery", context=f"hold:{held.id}:reason")
    held.save(update_fields=["released_at", "released_by", "approved_by", "reason"])
    if open_hold(held.program) is None:
        ports.serving(SenderGate).open(held.program)
    return held


def _open() -> SendingHold:
    found = open_hold(current().program)
    if found is None:
        raise NotFound("sending of this program is not held; there is nothing to reconcile")
    return found


def _keep_sent(held: SendingHold, records: Sequence[ProviderRecord]) -> int:
    before = SentBefore.objects.filter(hold=held).count()
    for start in range(0, len(records), _CHUNK):
        chunk = records[start : start + _CHUNK]
        phones = blind_indexes("phone", [one.number for one in chunk])
        SentBefore.objects.bulk_create(
            [
                SentBefore(
                    program=held.program,
                    hold=held,
                    phone_idx=phone,
                    words_idx=None if one.words is None else blind_index(WORDS, one.words),
                    reference=one.reference,
                    sent_at=one.at,
                )
                for one, phone in zip(chunk, phones, strict=True)
            ],
            ignore_conflicts=True,
        )
    return SentBefore.objects.filter(hold=held).count() - before


def _done(held: SendingHold, step: Step, content: bytes, found: Reconciled, *, accept_bad: bool = False) -> None:
    digest = hashlib.sha256(content).hexdigest() if content else ""
    actor = current().actor
    entry_id = record(
        "recovery.reconciled",
        subject="sending",
        content={
            "hold": str(held.id),
            "step": step.value,
            "source": digest,
            "rows": found.rows,
            "news": found.news,
            "bad": len(found.bad),
            "bad_accepted": accept_bad,
        },
    )
    Reconciliation.objects.create(
        program=held.program,
        hold=held,
        step=step.value,
        source_sha256=digest,
        row_count=found.rows,
        news_count=found.news,
        bad_count=len(found.bad),
        bad_accepted=accept_bad,
        at=clock.now(),
        by=f"{actor.kind}:{actor.id}"[:80],
        entry_id=entry_id,
    )
