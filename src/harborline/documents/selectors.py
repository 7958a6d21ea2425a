"""What others may ask about documents; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Min, Q, QuerySet

from harborline.documents.facts import Begun, EventLine, Isolation, PaperLine, Receipt, State, ViewLine
from harborline.documents.keeping import open_words
from harborline.documents.limits import UNFINISHED_FOR, Limits, limits
from harborline.documents.listing import lines
from harborline.documents.models import Chunk, Copy, Document, Event, Submission, Verdict, View
from harborline.documents.ports import Sandbox, Scanner
from harborline.documents.receipts import receipt_of, receipt_pdf
from harborline.documents.routing import holders
from harborline.documents.rules import may_see
from harborline.documents.steps import acted_by, document_row
from harborline.documents.viewing import BECAUSE, looking_at
from harborline.kernel import NotFound, clock, ports
from harborline.people.selectors import cases_managed_by
from harborline.walls import current
from harborline.workforce.selectors import number_of, worker_standing

__all__ = [
    "Desk",
    "Paper",
    "Standing",
    "begun_by",
    "desk",
    "intake_limits",
    "paper",
    "papers_of",
    "receipt",
    "receipt_by_id",
    "receipt_pdf",
    "standing",
    "submissions_of",
]

MOST: Final = 200
_OPEN: Final = (State.WITH_WORKER, State.CHECKED)
_BEFORE: Final = (State.RECEIVED,)


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for staff: the worker's own, the office's, what is with others, what is being checked, refused.

    `next` is the place from which to go on in what is not the worker's own; 0 where nothing follows.
    """

    mine: list[PaperLine]
    office: list[PaperLine]
    others: list[PaperLine]
    checking: list[PaperLine]
    refused: list[PaperLine]
    next: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the newest edition."""

    number: int
    width: int
    height: int
    turn: int
    redacted: bool


@dataclass(frozen=True, slots=True)
class Paper:
    """One document as staff see it: the line, pages, what happened, who looked, what the checks found."""

    line: PaperLine
    edition: int
    pages: list[Page]
    events: list[EventLine]
    views: list[ViewLine]
    verdicts: list[tuple[str, str, str, datetime]]


@dataclass(frozen=True, slots=True)
class Standing:
    """How the intake stands: isolation of the reader, whether a scanner is set up, what waits and since when.

    `blind`: nothing is looked through, as in a demonstration.
    """

    isolation: Isolation
    full_required: bool
    scanner: bool
    blind: bool
    waiting: int
    waiting_since_at: datetime | None
    newest_answer: str


def desk(*, roles: Collection[str], most: int = MOST, after: int = 0) -> Desk:
    """The documents in the worker's counties that wait, the longest waiting first; those they may not see are left out.

    A worker who stands in for another finds the other's documents among their own; no county is too busy for them.
    Of what is not the worker's, `most` are looked at from place `after` on; `Desk.next` is the place to go on at.
    """
    numbers = _own_numbers()
    own = _perhaps_own(numbers)
    waiting = _rows().filter(state__in=_OPEN).order_by("received_at", "id")
    first = list(waiting.filter(own)[:most]) if not after else []
    rest = list(waiting.exclude(own)[after : after + most + 1])
    rows = _visible([*first, *rest[:most]], roles)
    held = holders(rows)
    found = Desk([], [], [], [], [], next=after + most if len(rest) > most else 0)
    for line in lines(rows, holders=held):
        if not line.holder:
            found.office.append(line)
        elif line.holder in numbers:
            found.mine.append(line)
        else:
            found.others.append(line)
    if after:
        return found
    before = _visible(list(_rows().filter(state__in=_BEFORE).order_by("received_at")[:most]), roles)
    refused = _visible(list(_rows().filter(state=State.REFUSED).order_by("-changed_at")[: most // 4]), roles)
    found.checking.extend(lines(before))
    found.refused.extend(lines(refused))
    return found


def _perhaps_own(numbers: frozenset[str]) -> Q:
    # Handed to the worker, or on a case the worker manages; who has it in the end is for `holders` to say.
    follows = Q(handed_to__isnull=True, submission__case_id__in=cases_managed_by(numbers))
    return Q(handed_to__in=numbers) | follows


def paper(document_id: uuid.UUID, *, roles: Collection[str]) -> Paper:
    """One document the worker may see; raises `NotFound`. Its opening is recorded by `services.view`."""
    row = document_row(document_id)
    if not may_see(looking=looking_at(row, roles=roles)).allowed:
        raise NotFound("no such document here")
    newest: dict[int, Copy] = {}
    for copy in Copy.objects.filter(document=row).order_by("edition"):
        newest[copy.page] = copy
    events = Event.objects.filter(document=row).order_by("at", "id")
    looks = Verdict.objects.filter(document=row).order_by("at", "id")
    return Paper(
        line=lines([row], holders=holders([row]))[0],
        edition=row.edition,
        pages=[
            Page(number, one.width, one.height, one.turn, one.edition > 0) for number, one in sorted(newest.items())
        ],
        events=[EventLine(State(one.state), one.reason, one.by, one.at) for one in events],
        views=_views(row),
        verdicts=[(one.step, one.outcome, one.found, one.at) for one in looks],
    )


def papers_of(participant_id: uuid.UUID, *, most: int = MOST) -> list[PaperLine]:
    """Every document a participant handed in, the newest first: for the person, and for those who may see theirs."""
    rows = _rows().filter(submission__participant_id=participant_id).exclude(state__in=(State.DROPPED, State.COMING))
    return lines(rows.order_by("-begun_at", "-id")[:most])


def begun_by(participant_id: uuid.UUID) -> list[Begun]:
    """Files of a participant's that came in only in part and can still be gone on with, the newest first."""
    since = clock.now() - UNFINISHED_FOR
    rows = _rows().filter(submission__participant_id=participant_id, submission__closed_at=None, state=State.COMING)
    listed = list(rows.filter(size__gt=0, changed_at__gt=since).order_by("-changed_at")[: limits().files])
    pieces: dict[uuid.UUID, list[tuple[int, int, str]]] = {row.id: [] for row in listed}
    for one in Chunk.objects.filter(document__in=listed).order_by("offset"):
        pieces[one.document_id].append((one.offset, one.size, one.sha256))
    return [Begun(one.id, one.submission_id, one.name, one.size, tuple(pieces[one.id])) for one in lines(listed)]


def submissions_of(participant_id: uuid.UUID, *, most: int = MOST) -> list[Receipt]:
    """What a participant handed in, each with its files, the newest first."""
    rows = _handed_in().filter(participant_id=participant_id)
    return [receipt_of(row) for row in rows.order_by("-begun_at")[:most]]


def receipt(submission_id: uuid.UUID, *, participant_id: uuid.UUID | None) -> Receipt:
    """The receipt of a person's own submission; raises `NotFound` for any other."""
    row = _handed_in().filter(id=submission_id, participant_id=participant_id).first()
    if row is None:
        raise NotFound("no such receipt here")
    return receipt_of(row)


def _handed_in() -> QuerySet[Submission]:
    # Also where the person left before the end: what was received whole counts.
    there = Document.objects.filter(received_at__isnull=False).values("submission_id")
    return Submission.objects.filter(Q(closed_at__isnull=False) | Q(id__in=there), program=current().program)


def receipt_by_id(submission_id: uuid.UUID, *, roles: Collection[str]) -> Receipt:
    """The receipt of a submission whose papers the worker may see; raises `NotFound`."""
    rows = _rows().filter(submission_id=submission_id)
    if not rows or len(_visible(list(rows), roles)) != len(rows):
        raise NotFound("no such receipt here")
    return receipt_of(rows[0].submission)


def standing() -> Standing:
    """How the intake of the context's program stands."""
    waiting = _rows().filter(state=State.RECEIVED)
    newest = Verdict.objects.filter(program=current().program, outcome="no-answer").order_by("-at").first()
    return Standing(
        isolation=ports.serving(Sandbox).isolation(),
        full_required=limits().full_isolation,
        scanner=bool(ports.serving_all(Scanner)),
        blind=any(one.blind for one in ports.serving_all(Scanner).values()),
        waiting=waiting.count(),
        waiting_since_at=waiting.aggregate(since=Min("received_at"))["since"],
        newest_answer=newest.found if newest and waiting.exists() else "",
    )


def intake_limits() -> Limits:
    """What may be handed in."""
    return limits()


def _rows() -> QuerySet[Document]:
    return Document.objects.filter(program=current().program).select_related("submission")


def _visible(rows: list[Document], roles: Collection[str]) -> list[Document]:
    known: dict[tuple[uuid.UUID | None, str | None], bool] = {}
    for row in rows:
        key = (row.submission.participant_id, row.handed_to)
        if key not in known:
            known[key] = may_see(looking=looking_at(row, roles=roles)).allowed
    return [row for row in rows if known[row.submission.participant_id, row.handed_to]]


def _own_numbers() -> frozenset[str]:
    context = current()
    covers = worker_standing(uuid.UUID(context.actor.id), context.program).covers
    return (covers | {number_of(acted_by())}) - {""}


def _because(row: Document, seen: View) -> str:
    # What retention took has no reasons any more; that somebody looked stays.
    if not seen.because:
        return ""
    try:
        return open_words(seen.because, program=row.program, document=row.id, place=f"{BECAUSE}:{seen.id}")
    except NotFound:
        return ""


def _views(row: Document) -> list[ViewLine]:
    return [
        ViewLine(
            one.what,
            one.page,
            one.by,
            one.at,
            _because(row, one),
        )
        for one in View.objects.filter(document=row).order_by("-at", "-id")[:MOST]
    ]
