"""The checks of a document: first bytes, malware scanner, structure, pixel copies. No answer is never clean."""

from __future__ import annotations

import io
import uuid
from collections.abc import Generator, Sequence
from contextlib import AbstractContextManager, closing, suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from django.db import transaction
from PIL import Image
from procrastinate.exceptions import AlreadyEnqueued

from harborline.documents.facts import (
    Checks,
    Isolation,
    Kind,
    Outcome,
    Problem,
    RawPage,
    State,
    Step,
)
from harborline.documents.keeping import blobs, blobs_of, forget, keep, original
from harborline.documents.limits import PAGES_MAX, UNFINISHED_FOR, limits
from harborline.documents.models import Chunk, Copy, Document
from harborline.documents.ports import BrokeOffError, Sandbox, UnusableError
from harborline.documents.routing import holder_of
from harborline.documents.rules import BROKE_OFF_MAX, clean, pause_after
from harborline.documents.scanning import scanned
from harborline.documents.steps import document_row, step, verdict
from harborline.kernel import Broken, NotFound, Unavailable, clock, ports
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

SYSTEM: Final = Actor("system", "documents")
LEASE: Final = timedelta(minutes=5)
QUALITY: Final = 82
_DUE_AT_ONCE: Final = 20
LOG = structlog.get_logger("documents")


@dataclass(frozen=True, slots=True)
class _Drawn:
    blob: str
    width: int
    height: int


def queue_checks(document_id: uuid.UUID, program: str) -> None:
    """Let the queue check a document, in the caller's transaction; one that waits there already is not queued twice."""
    from harborline.documents.tasks import check  # noqa: PLC0415 - tasks register where they are used

    later = check.configure(queueing_lock=f"check:{document_id}")
    with suppress(AlreadyEnqueued), transaction.atomic():
        later.defer(document=str(document_id), program=program)


def refused(row: Document, look: Step, problem: Problem, found: str = "") -> None:
    """A look found something: the document is refused for good, its original stays sealed."""
    verdict(row, look, Outcome.FOUND, found or problem.value)
    row.problem, row.next_at = problem.value, None
    row.save(update_fields=["problem", "next_at"])
    step(row, State.REFUSED, problem.value)


def drop(row: Document) -> None:
    """An upload that was never finished: its bytes go."""
    forget(blobs_of(row))
    Chunk.objects.filter(document=row).delete()
    step(row, State.DROPPED, "never-finished")


def check_document(document_id: uuid.UUID, program: str) -> None:
    """Take a document through its checks; one that is taken, or not due, is left alone.

    Whatever goes wrong is no answer: the document waits and is tried again, and no other document waits for it.
    """
    row = _claimed(document_id, program)
    if row is None:
        return
    drawn: list[_Drawn] = []
    try:
        isolation = _looks(row, drawn)
        with _acting(program):
            ours = _still_ours(row)
            if ours is not None:
                _checked(ours, isolation, drawn)
        if ours is None:
            _undraw(drawn)
    except Exception as wrong:  # noqa: BLE001 - no paper may keep the others from being looked at
        with _acting(program):
            ours = _still_ours(row)
            if ours is not None:  # else what was drawn may be in use; the sweep knows
                _undraw(drawn)
                _gone_wrong(ours, wrong)


def _still_ours(claimed: Document) -> Document | None:
    # A look that took longer than its lease may find the paper settled, or with another look.
    row = document_row(claimed.id, locked=True)
    return row if row.state == State.RECEIVED and row.next_at == claimed.next_at else None


def _gone_wrong(row: Document, wrong: Exception) -> None:
    match wrong:
        case UnusableError():
            refused(row, Step.COPY, wrong.problem)
        case _HarmfulError():
            refused(row, Step.SCAN, Problem.HARMFUL, wrong.name)
        case _NoAnswerError():
            _wait(row, wrong)
        case Unavailable():
            _wait(row, _NoAnswerError(Step.COPY, str(wrong)))
        case _:
            unread = isinstance(wrong, NotFound | Broken | OSError)
            LOG.error("paper-not-checked", document=str(row.id), error=type(wrong).__name__)
            _wait(row, _NoAnswerError(Step.COPY, "original-not-readable" if unread else "check-failed"))


class _HarmfulError(Exception):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


class _NoAnswerError(Exception):
    def __init__(self, look: Step, why: str, *, broke_off: bool = False) -> None:
        super().__init__(why)
        self.look, self.broke_off = look, broke_off


def _acting(program: str) -> AbstractContextManager[Context]:
    return acting(SYSTEM, program=program, counties=ALL_COUNTIES, purpose="documents")


def _claimed(document_id: uuid.UUID, program: str) -> Document | None:
    with _acting(program):
        now = clock.now()
        row = (
            Document.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("submission")
            .filter(id=document_id, program=program, state=State.RECEIVED, next_at__lte=now)
            .first()
        )
        if row is not None:
            row.next_at = now + LEASE
            row.save(update_fields=["next_at"])
        return row


def _looks(row: Document, drawn: list[_Drawn]) -> Isolation:
    with _acting(row.program):
        chunks = original(row)
    with chunks as source:
        _scan(source)
    isolation = ports.serving(Sandbox).isolation()
    said = clean(checks=Checks(frozenset(Step), isolation.level, limits().full_isolation))
    if not said.allowed:
        raise _NoAnswerError(Step.COPY, said.reason)
    with _acting(row.program):
        again = original(row)
    with again as source:
        _draw(row, source, drawn)
    return isolation


def _scan(source: io.BufferedReader) -> None:
    try:
        found = scanned(source)
    except Unavailable as none:
        raise _NoAnswerError(Step.SCAN, str(none)) from None
    if found:
        raise _HarmfulError(found)


def _draw(row: Document, source: io.BufferedReader, drawn: list[_Drawn]) -> None:
    with closing(_pages(row, source)) as pages:
        for page in pages:
            made = jpeg(Image.frombytes("RGB", (page.width, page.height), page.rgb))
            drawn.append(_Drawn(keep(made, program=row.program, document=row.id), page.width, page.height))


def _pages(row: Document, source: io.BufferedReader) -> Generator[RawPage]:
    # Only what the reader itself did to a paper counts against the paper: not a sandbox that does not start, and not
    # a disk that is full.
    try:
        yield from ports.serving(Sandbox).pages(source, Kind(row.kind), most=PAGES_MAX)
    except Unavailable as none:
        raise _NoAnswerError(Step.COPY, str(none), broke_off=isinstance(none, BrokeOffError)) from None


def jpeg(shown: Image.Image) -> bytes:
    """A page as a JPEG of ours: pixels and nothing else."""
    sink = io.BytesIO()
    shown.save(sink, "JPEG", quality=QUALITY)
    return sink.getvalue()


def _undraw(drawn: Sequence[_Drawn]) -> None:
    for one in drawn:
        blobs().remove(one.blob)


def _wait(row: Document, none: _NoAnswerError) -> None:
    verdict(row, none.look, Outcome.NO_ANSWER, str(none))
    row.tries += 1
    row.broken_off += none.broke_off
    if row.broken_off >= BROKE_OFF_MAX:
        row.save(update_fields=["tries", "broken_off"])
        refused(row, Step.COPY, Problem.TOO_HEAVY)
        return
    row.next_at = clock.now() + pause_after(row.tries)
    row.save(update_fields=["tries", "broken_off", "next_at"])


def _checked(row: Document, isolation: Isolation, drawn: Sequence[_Drawn]) -> None:
    for look in Step:
        verdict(row, look, Outcome.CLEAN)
    Copy.objects.bulk_create(
        Copy(program=row.program, county=row.county, document=row, edition=0, page=place, width=one.width,
             height=one.height, blob=one.blob)
        for place, one in enumerate(drawn, start=1)
    )  # fmt: skip
    row.pages, row.isolation, row.next_at = len(drawn), isolation.level.value, None
    row.save(update_fields=["pages", "isolation", "next_at"])
    step(row, State.CHECKED, isolation.level.value, detail={"pages": row.pages})
    holder, reason = holder_of(row)
    step(row, State.WITH_WORKER, reason, detail={"worker": holder})


def due(program: str) -> list[uuid.UUID]:
    """Documents whose checks are due, the longest waiting first."""
    with _acting(program):
        rows = Document.objects.filter(program=program, state=State.RECEIVED, next_at__lte=clock.now())
        return list(rows.order_by("next_at").values_list("id", flat=True)[:_DUE_AT_ONCE])


def tidy(program: str) -> int:
    """Drop uploads that nobody went on with; answers how many."""
    with _acting(program):
        before = clock.now() - UNFINISHED_FOR
        rows = list(
            Document.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("submission")
            .filter(program=program, state=State.COMING, changed_at__lt=before)[:_DUE_AT_ONCE]
        )
        for row in rows:
            drop(row)
        return len(rows)
