"""The way in: ordered chunks, sealed before they touch the disk, resumed at the right place, harmless when repeated."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import IO, Final

from django.db.models import Sum

from harborline.documents.checking import drop, queue_checks, refused
from harborline.documents.facts import Held, Order, Problem, Receipt, State, Step, Today
from harborline.documents.keeping import (
    blobs,
    digest_of,
    keep,
    read_all,
    room_for,
    seal_words,
)
from harborline.documents.limits import CHUNK_MAX, DAY, limits
from harborline.documents.models import Chunk, Document, Submission
from harborline.documents.once import same_papers, sent_before
from harborline.documents.receipts import receipt_of
from harborline.documents.rules import may_begin, may_bring_in
from harborline.documents.sniffing import HEAD_BYTES, archive_at_end, harmless_name, kind_of
from harborline.documents.steps import acted_by, document_row, log, must, step, subject_of
from harborline.kernel import NotFound, Refused, clock, hold, refuse
from harborline.kernel.ids import new_id
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.people.selectors import open_cases, party_facts
from harborline.walls import current

_SIGNS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER: Final = (4, 4, 4)
NAME: Final = "name"


class DatabaseIntake:
    """`documents.ports.Intake`: rows say what is held, blobs hold it; a row is written after its blob is durable."""

    def begin(
        self,
        order: Order,
        *,
        name: str,
        size: int,
        submission_id: uuid.UUID | None = None,
        once: uuid.UUID | None = None,
    ) -> Held:
        """Begin a file in a new submission or an open one."""
        limit = limits()
        submission = _open_one(order, submission_id) if submission_id else sent_before(order)
        known = _begun_before(submission, once, size)
        if known is not None:
            return _held(known)
        if submission is not None and submission.closed_at is not None:
            submission, order = None, replace(order, once=None)
        files = submission.documents.exclude(state=State.DROPPED).count() if submission else 0
        must(may_begin(
            size=size, largest=limit.file_bytes, files=files, most_files=limit.files, room=room_for(size),
            today=_today(order, new=submission is None),
        ))  # fmt: skip
        submission = submission or _new_submission(order)
        return _held(_new_document(submission, name, size, once))

    def held(self, document_id: uuid.UUID, *, participant_id: uuid.UUID | None) -> Held:
        """How much is kept."""
        return _held(_owned(document_id, participant_id))

    def append(self, document_id: uuid.UUID, offset: int, content: bytes, *, participant_id: uuid.UUID | None) -> Held:
        """Take bytes at their place, once; the same bytes again are harmless."""
        return _append(document_id, offset, content, participant_id, [])

    def finish(self, document_id: uuid.UUID, *, participant_id: uuid.UUID | None) -> Held:
        """The file is whole."""
        row = _owned(document_id, participant_id, locked=True)
        if row.state == State.COMING:
            if row.size < row.announced:
                return _held(row, taken=False)
            _received(row)
        return _held(row)

    def close(self, submission_id: uuid.UUID, *, participant_id: uuid.UUID | None) -> Receipt:
        """The submission is whole."""
        # Without its key: whoever takes a last piece holds the document and touches the submission only by reference.
        rows = Submission.objects.select_for_update(no_key=True).filter(id=submission_id, program=current().program)
        row = rows.filter(participant_id=participant_id).first()
        if row is None:
            raise NotFound("no such submission here")
        if row.closed_at is None:
            _close(row)
        return receipt_of(row)

    def take(self, order: Order, files: Sequence[tuple[str, int, IO[bytes]]]) -> Receipt:
        """Take whole files in one go."""
        if not files:
            must(refuse("no-papers").stamped("documents.intake", _WAYS))
        before = sent_before(order)
        if before is not None:
            if before.closed_at is not None and same_papers(before, files):
                return receipt_of(before)
            order = replace(order, once=None)  # the same form, sent again with other papers
        kept: list[str] = []
        try:
            return self._all_of(order, files, kept)
        except BaseException:
            # The rows go with the caller's transaction, the blobs would stay behind.
            for blob in kept:
                blobs().remove(blob)
            raise

    def _all_of(self, order: Order, files: Sequence[tuple[str, int, IO[bytes]]], kept: list[str]) -> Receipt:
        submission_id: uuid.UUID | None = None
        for name, size, source in files:
            begun = self.begin(order, name=name, size=size, submission_id=submission_id)
            submission_id = begun.submission_id
            self._take_one(begun, source, kept)
        assert submission_id is not None
        return self.close(submission_id, participant_id=order.participant_id)

    def _take_one(self, begun: Held, source: IO[bytes], kept: list[str]) -> None:
        whose, offset = document_row(begun.document_id).submission.participant_id, 0
        for piece in read_all(source, at_most=begun.size):
            offset = _append(begun.document_id, offset, piece, whose, kept).offset
        if not self.finish(begun.document_id, participant_id=whose).taken:
            must(refuse("paper-broke-off").stamped("documents.intake", _WAYS))


_WAYS = ("NC-CSS-22-18:portal-upload", "MN-WIC-9.6:secure-submission-ways")


def _append(
    document_id: uuid.UUID, offset: int, content: bytes, participant_id: uuid.UUID | None, kept: list[str]
) -> Held:
    row = _owned(document_id, participant_id, locked=True)
    if offset < row.size and content:
        return _held(row, taken=_same_again(row, offset, content))
    if row.state != State.COMING or offset != row.size or not content:
        return _held(row, taken=not content and offset == row.size)
    if offset + len(content) > row.announced or len(content) > CHUNK_MAX:
        raise Refused(refuse("more-than-announced").stamped("documents.intake", _WAYS))
    if not room_for(len(content)):
        raise Refused(hold("no-room-for-papers").stamped("documents.intake", _WAYS))
    kept.append(_keep_chunk(row, content))
    return _held(row)


def _begun_before(submission: Submission | None, once: uuid.UUID | None, size: int) -> Document | None:
    if submission is None or once is None:
        return None
    rows = submission.documents.exclude(state=State.DROPPED).select_related("submission")
    return rows.filter(once=once, announced=size).first()


def _today(order: Order, *, new: bool) -> Today:
    if order.participant_id is None or order.way.by_staff:
        return Today()
    limit = limits()
    rows = Submission.objects.filter(
        program=current().program, participant_id=order.participant_id, begun_at__gt=clock.now() - DAY
    )
    papers = Document.objects.filter(submission__in=rows).exclude(state=State.DROPPED)
    held = papers.aggregate(size=Sum("announced"))["size"] or 0
    return Today(held, rows.count() + new, limit.day_bytes, limit.day_submissions)


def _open_one(order: Order, submission_id: uuid.UUID) -> Submission:
    rows = Submission.objects.select_for_update(no_key=True).filter(id=submission_id, program=current().program)
    found = rows.filter(participant_id=order.participant_id, closed_at__isnull=True).first()
    if found is None:
        raise NotFound("no such open submission here")
    return found


def _new_submission(order: Order) -> Submission:
    case_id = _case_of(order)
    context, now = current(), clock.now()
    row = Submission(
        id=new_id(), program=context.program, county=order.county, number=_number(), way=order.way.value,
        participant_id=order.participant_id, case_id=case_id, by=acted_by(), begun_at=now, once=order.once,
    )  # fmt: skip
    content = {"submission": row.number, "way": order.way.value, "case": str(case_id or "")}
    row.entry_id = record("documents.begun", subject=subject_of(row), content=content)
    row.save(force_insert=True)
    return row


def _case_of(order: Order) -> uuid.UUID | None:
    if order.participant_id is None:
        must(may_bring_in(chosen_is_theirs=True, open_cases=0, unknown=True))
        return None
    person = party_facts(order.participant_id)
    if person is None or person.county != order.county:
        raise NotFound("no such participant here")
    cases = [case for case, _number in open_cases(order.participant_id)]
    theirs = order.case_id is None or order.case_id in cases
    must(may_bring_in(chosen_is_theirs=theirs, open_cases=len(cases), unknown=False))
    return order.case_id or (cases[0] if len(cases) == 1 else None)


def _number() -> str:
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(length)) for length in _NUMBER)


def _new_document(submission: Submission, name: str, size: int, once: uuid.UUID | None) -> Document:
    now, made = clock.now(), new_id()
    sealed = seal_words(harmless_name(name), program=submission.program, document=made, place=NAME)
    row = Document(
        id=made, program=submission.program, county=submission.county, submission=submission, name=sealed,
        announced=size, state=State.COMING.value, begun_at=now, changed_at=now,
        once=None if once and submission.documents.filter(once=once).exists() else once,
    )  # fmt: skip
    row.save(force_insert=True)
    log(row, "announced", {"size": size})
    return row


def _owned(document_id: uuid.UUID, participant_id: uuid.UUID | None, *, locked: bool = False) -> Document:
    row = document_row(document_id, locked=locked)
    if row.submission.participant_id != participant_id or row.state == State.DROPPED:
        raise NotFound("no such document here")
    return row


def _held(row: Document, *, taken: bool = True) -> Held:
    return Held(row.id, row.submission_id, row.size, row.announced, taken)


def _same_again(row: Document, offset: int, content: bytes) -> bool:
    # A chunk that was taken before, or whose answer was lost: its digest says that nothing changes.
    # A piece of another length is not taken; its sender learns the right place and goes on from there.
    chunk = Chunk.objects.filter(document=row, offset=offset).first()
    if chunk is None or chunk.size != len(content):
        return False
    if chunk.sha256 != hashlib.sha256(content).hexdigest():
        raise Refused(refuse("other-bytes-at-the-same-place").stamped("documents.intake", _WAYS))
    return True


def _keep_chunk(row: Document, content: bytes) -> str:
    blob = keep(content, program=row.program, document=row.id)
    try:
        Chunk.objects.create(
            program=row.program, county=row.county, document=row, offset=row.size, size=len(content),
            sha256=hashlib.sha256(content).hexdigest(), blob=blob,
        )  # fmt: skip
        row.size += len(content)
        row.changed_at = clock.now()
        row.save(update_fields=["size", "changed_at"])
    except BaseException:
        blobs().remove(blob)
        raise
    return blob


def _received(row: Document) -> None:
    sha256, head, tail = digest_of(row)
    found = kind_of(head[:HEAD_BYTES])
    if not isinstance(found, Problem) and archive_at_end(tail):
        found = Problem.ARCHIVE
    row.sha256, row.received_at = sha256, clock.now()
    row.save(update_fields=["sha256", "received_at"])
    step(row, State.RECEIVED, detail={"size": row.size})
    if isinstance(found, Problem):
        refused(row, Step.SNIFF, found)
        return
    row.kind, row.next_at = found.value, clock.now()
    row.save(update_fields=["kind", "next_at"])
    queue_checks(row.id, row.program)


def _close(row: Submission) -> None:
    # Locked first: a last piece that is just being taken makes its document one of those received.
    for unfinished in row.documents.select_for_update().filter(state=State.COMING):
        drop(unfinished)
    found = row.documents.exclude(state=State.DROPPED).aggregate(size=Sum("size"))
    row.closed_at = clock.now()
    papers: list[Json] = [
        {"document": str(one.id), "size": one.size, "sha256": one.sha256}
        for one in row.documents.exclude(state=State.DROPPED).order_by("begun_at", "id")
    ]
    content: dict[str, Json] = {"submission": row.number, "papers": papers, "size": found["size"] or 0}
    row.entry_id = record("documents.handed-in", subject=subject_of(row), content=content)
    row.save(update_fields=["closed_at", "entry_id"])
