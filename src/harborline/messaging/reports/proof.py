"""Make the proof of one text: open its commitments, find them in their entries, add the paths to the checkpoint."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from harborline.kernel import Broken, Decision, NotFound, Outcome, Refused, Unavailable
from harborline.ledger import selectors as ledger
from harborline.ledger.services import record
from harborline.messaging.commitments import commit
from harborline.messaging.models import (
    Attempt,
    AttemptOutcome,
    Message,
    MessageContent,
    ReceiptRecord,
    Recipient,
    SetAside,
)
from harborline.messaging.reports import items
from harborline.messaging.reports.bundle import EVENT, ITEMS, MESSAGE, Bundle, Step, path_to
from harborline.messaging.reports.items import Item
from harborline.messaging.reports.sent_lives import ABOUT_OTHERS
from harborline.messaging.rules import may_prove
from harborline.messaging.sealing import open_text_of
from harborline.messaging.selectors.faces import OFF_REASONS
from harborline.messaging.sending.records import Settlement
from harborline.walls import current

TRIES = 3


@dataclass(frozen=True, slots=True)
class MessageProof:
    """The proof of one text: the JSON file, and one C2SP tlog-proof (name, content) for each of its steps."""

    message_id: uuid.UUID
    json: bytes
    tlog_proofs: tuple[tuple[str, str], ...]


def message_proof(message_id: uuid.UUID, *, roles: Collection[str]) -> MessageProof:
    """Prove one text and every step recorded about it; the opening is recorded first.

    A step that says why texts are off for somebody, or something about another party, is never in it: a proof may be
    handed on. Raises `NotFound` for a hidden or destroyed text, `Refused` for a role that does not prove, `Unavailable`
    while its newest step is not under a signed checkpoint (seconds).
    """
    decision = may_prove(roles=roles)
    if not decision.allowed:
        raise Refused(decision)
    row = Message.objects.filter(id=message_id, program=current().program).first()
    kept = MessageContent.objects.filter(message_id=message_id).first() if row else None
    if row is None or kept is None or not kept.sealed:
        raise NotFound("no such message")
    record(
        "message.opened",
        subject=f"participant:{row.participant_id}" if row.participant_id else f"message:{row.id}",
        content={"message": str(row.id), "run": str(row.run_id or ""), "for": "proof"},
    )
    key = bytes(kept.commit_key)
    bundle = Bundle(row.id, key, _steps(row, key, open_text_of(row.program, row.id, kept.sealed).text))
    return MessageProof(row.id, bytes(bundle), tuple(bundle.tlog_proofs()))


def _steps(row: Message, key: bytes, text: str) -> tuple[Step, ...]:
    recorded = list(_recorded(row, text))
    for _ in range(TRIES):
        steps = tuple(_step(entry_id, item, key) for entry_id, item in recorded)
        # A checkpoint signed between two steps would leave them under different ones.
        if len({step.proof.checkpoint for step in steps}) == 1:
            return steps
    raise Unavailable("the log is growing too fast for one proof; try again", retry_after_s=1)


def _recorded(row: Message, text: str) -> Iterator[tuple[uuid.UUID, Item | None]]:
    """Every step with its entry, in the order of time, as it was committed."""
    yield row.entry_id, _planned(row, text)
    for one in SetAside.objects.filter(message_id=row.id).order_by("id"):
        if one.reason not in OFF_REASONS | ABOUT_OTHERS:
            yield (
                one.entry_id,
                items.set_aside(
                    message_id=row.id, outcome=one.outcome, reason=one.reason, clauses=one.clauses, at=one.at
                ),
            )
    for attempt in Attempt.objects.filter(message_id=row.id).order_by("at"):
        yield from _handed_over(row, attempt)
    for settled in Settlement.objects.filter(message_id=row.id).order_by("at"):
        yield (
            settled.entry_id,
            items.settled(message_id=row.id, attempt_id=settled.attempt_id, verdict=settled.verdict, at=settled.at),
        )


def _planned(row: Message, text: str) -> Item | None:
    # Answers and test texts are recorded one by one: their whole entry is about them.
    if row.run_id is None or row.row_no is None:
        return None
    found = Recipient.objects.select_related("decision").filter(run_id=row.run_id, row_no=row.row_no).first()
    if found is None:
        raise Broken("a notice without its row")
    made = found.decision
    decision = Decision(Outcome(made.outcome), made.reason, made.rule, tuple(made.clauses))
    return items.planned(
        run_id=row.run_id,
        row_no=row.row_no,
        message_id=row.id,
        decision=decision,
        profile_sha256=made.profile_sha256,
        text=text,
    )


def _handed_over(row: Message, attempt: Attempt) -> Iterable[tuple[uuid.UUID, Item]]:
    yield (
        attempt.entry_id,
        items.attempted(message_id=row.id, attempt_id=attempt.id, carrier=attempt.carrier, at=attempt.at),
    )
    for one in AttemptOutcome.objects.filter(attempt_id=attempt.id):
        yield (
            one.entry_id,
            items.answered(message_id=row.id, attempt_id=attempt.id, answer=one.answer, code=one.code, at=one.at),
        )
    for told in ReceiptRecord.objects.filter(attempt_id=attempt.id).order_by("id"):
        yield (
            told.entry_id,
            items.receipt(message_id=row.id, attempt_id=attempt.id, receipt=told.receipt, code=told.code, at=told.at),
        )


def _step(entry_id: uuid.UUID, item: Item | None, key: bytes) -> Step:
    entry, proof = ledger.leaf_of(entry_id), ledger.proof_of(entry_id)
    if item is None:
        return Step(None, 0, (), entry, ledger.opening_of(entry_id, [EVENT, MESSAGE]), proof)
    among = ledger.items_of(entry_id)
    try:
        place = among.index(commit(key, item))
    except ValueError:
        raise Broken(f"what is kept about a message is not what entry {entry_id} commits to") from None
    return Step(item, place, path_to(place, among), entry, ledger.opening_of(entry_id, [EVENT, ITEMS]), proof)
