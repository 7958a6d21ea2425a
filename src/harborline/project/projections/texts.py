"""Attempts, answers, receipts and set-asides of texts against the batch entries that commit to them.

An entry of many texts holds one commitment for each. It is computed again from the row, under the key of its text,
and must be among them. A text whose content was destroyed has no key any more, and its rows say nothing to compare.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeAlias, TypeVar

from django.db.models import Count

from harborline.kernel import Broken, NotFound
from harborline.ledger.facts import Difference
from harborline.ledger.selectors import items_of
from harborline.messaging.commitments import commit
from harborline.messaging.models import Attempt, AttemptOutcome, MessageContent, ReceiptRecord, SetAside
from harborline.messaging.reports import items
from harborline.messaging.reports.items import Item
from harborline.project.projections.rows import chunks

# What is asked of one row: its name, its entry, its text, its item.
Told: TypeAlias = "tuple[str, uuid.UUID, uuid.UUID, Item]"
R = TypeVar("R", AttemptOutcome, ReceiptRecord)


class Texts:
    """The projection of the messaging room."""

    def differences(self, program: str) -> Iterator[Difference]:
        """Rows that are not what their entries commit to, and attempts whose rows are gone."""
        batches = _Batches()
        for attempts in chunks(Attempt.objects.filter(program=program).order_by("entry_id", "id")):
            yield from _compared(batches, [_attempted(row) for row in attempts])
        for answers in chunks(AttemptOutcome.objects.filter(program=program).order_by("entry_id", "attempt_id")):
            yield from _compared(batches, _with_texts(answers, _answered))
        for receipts in chunks(ReceiptRecord.objects.filter(program=program).order_by("entry_id", "id")):
            yield from _compared(batches, _with_texts(receipts, _received))
        for put_off in chunks(SetAside.objects.filter(program=program).order_by("entry_id", "id")):
            yield from _compared(batches, [_set_aside(row) for row in put_off])
        yield from _missing_attempts(program, batches)


def _attempted(row: Attempt) -> Told:
    item = items.attempted(message_id=row.message_id, attempt_id=row.id, carrier=row.carrier, at=row.at)
    return f"messaging_attempt {row.id}", row.entry_id, row.message_id, item


def _answered(row: AttemptOutcome, text: uuid.UUID) -> Told:
    item = items.answered(message_id=text, attempt_id=row.attempt_id, answer=row.answer, code=row.code, at=row.at)
    return f"messaging_attemptoutcome {row.attempt_id}", row.entry_id, text, item


def _received(row: ReceiptRecord, text: uuid.UUID) -> Told:
    item = items.receipt(message_id=text, attempt_id=row.attempt_id, receipt=row.receipt, code=row.code, at=row.at)
    return f"messaging_receiptrecord {row.id}", row.entry_id, text, item


def _set_aside(row: SetAside) -> Told:
    item = items.set_aside(
        message_id=row.message_id, outcome=row.outcome, reason=row.reason, clauses=row.clauses, at=row.at
    )
    return f"messaging_setaside {row.id}", row.entry_id, row.message_id, item


def _with_texts(rows: Sequence[R], told: Callable[[R, uuid.UUID], Told]) -> list[Told]:
    ids = [row.attempt_id for row in rows]
    texts = dict(Attempt.objects.filter(id__in=ids).values_list("id", "message_id"))
    return [told(row, texts[row.attempt_id]) for row in rows if row.attempt_id in texts]


class _Batches:
    """The items of the entry that is being looked at; rows come in the order of their entries."""

    def __init__(self) -> None:
        self._entry: uuid.UUID | None = None
        self._items: Collection[bytes] | None = None

    def items(self, entry_id: uuid.UUID) -> Collection[bytes] | None:
        """The item commitments; None when they are destroyed. Raises `Broken` when they are not the entry's."""
        if entry_id != self._entry:
            self._entry, self._items = entry_id, None
            try:
                self._items = Counter(items_of(entry_id))
            except NotFound:
                self._items = None
        return self._items


def _compared(batches: _Batches, told: Sequence[Told]) -> Iterator[Difference]:
    texts = {text for _, _, text, _ in told}
    kept = MessageContent.objects.filter(message_id__in=texts).values_list("message_id", "commit_key")
    keys = {text: bytes(key) for text, key in kept if key}
    for where, entry_id, text, item in told:
        try:
            among = batches.items(entry_id)
        except Broken as wrong:
            yield Difference(where, str(wrong))
            continue
        if among is not None and text in keys and commit(keys[text], item) not in among:
            yield Difference(where, "is not what its entry commits to")


def _missing_attempts(program: str, batches: _Batches) -> Iterator[Difference]:
    # Every item of a claim is one attempt; answers and receipts may have been told twice, so they are not counted.
    counted = Attempt.objects.filter(program=program).values("entry_id").annotate(rows=Count("id")).order_by("entry_id")
    for one in counted.iterator():
        try:
            among = batches.items(one["entry_id"])
        except Broken:
            continue
        if among is not None and len(among) != one["rows"]:
            yield Difference(
                f"messaging_attempt of entry {one['entry_id']}", f"has {one['rows']} rows, the entry {len(among)} items"
            )
