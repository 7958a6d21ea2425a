"""Staff look at documents: page by page as pixels, the original only for a reason; every look is recorded."""

from __future__ import annotations

import io
import uuid
from collections.abc import Collection, Iterator

from PIL import Image

from harborline.disclosure.selectors import nearness
from harborline.disclosure.services import look_once
from harborline.documents.checking import jpeg
from harborline.documents.facts import Looking, Problem, State
from harborline.documents.keeping import fetch, original, seal_words
from harborline.documents.limits import CHUNK_MAX, WORDS_MAX
from harborline.documents.models import Copy, Document, View
from harborline.documents.rules import may_look_behind, may_open_original, may_see
from harborline.documents.scanning import scanned
from harborline.documents.steps import acted_by, document_row, log, must
from harborline.kernel import Invalid, NotFound, Refused, clock, refuse
from harborline.kernel.ids import new_id
from harborline.ledger.facts import Json
from harborline.ledger.services import record_apart
from harborline.walls import current
from harborline.workforce.facts import StaffRole
from harborline.workforce.selectors import number_of

BECAUSE = "because"
_LEADS = frozenset({StaffRole.SUPERVISOR, StaffRole.STATE_OPERATOR})
_SLIGHTLY = {90: Image.Transpose.ROTATE_270, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_90}


def looking_at(row: Document, *, roles: Collection[str]) -> Looking:
    """What ties the worker of the context to a document's person."""
    context, person = current(), row.submission.participant_id
    handed = bool(row.handed_to) and number_of(acted_by()) == row.handed_to
    lead = bool(_LEADS & set(roles))
    if person is None:
        return Looking(kin=False, shielded=False, tied=False, handed=handed, unknown=True, supervisor=lead)
    near = nearness(person, uuid.UUID(context.actor.id), name=context.actor.name)
    if near is None:
        raise NotFound("no such document here")
    return Looking(near.kin, near.shielded, near.tied, handed, unknown=False, supervisor=lead)


def seen_by(document_id: uuid.UUID, *, roles: Collection[str], locked: bool = False) -> Document:
    """A document that the worker of the context may see; raises `NotFound`, or `Refused`, which is recorded."""
    row = document_row(document_id, locked=locked)
    said = may_see(looking=looking_at(row, roles=roles))
    if not said.allowed:
        content = {"document": str(row.id), "reason": said.reason}
        record_apart("documents.view-refused", subject=f"document:{row.id}", content=content)
        raise Refused(said)
    return row


def view(document_id: uuid.UUID, *, roles: Collection[str]) -> None:
    """The worker opens the page of a document; recorded."""
    row = seen_by(document_id, roles=roles)
    _marked(row, roles)
    _viewed(row, "page")


def page_image(
    document_id: uuid.UUID, page: int, *, edition: int | None = None, because: str = "", roles: Collection[str]
) -> bytes:
    """One page as a JPEG, turned as staff turned it; recorded. Raises `NotFound`, `Refused`, `Invalid`.

    `edition` None is the newest; an older one shows what was blacked out since, which asks for a reason.
    """
    row = seen_by(document_id, roles=roles)
    if not State(row.state).shown:
        raise NotFound("no such page here")
    newest = copy_of(row, page, edition=row.edition)
    shown = newest if edition is None else copy_of(row, page, edition=edition)
    _marked(row, roles)
    if shown.edition < newest.edition:
        _bounded(because)
        must(may_look_behind(because=because))
        _viewed(row, "unblackened", page=page, because=because.strip(), edition=shown.edition)
    else:
        _viewed(row, "copy", page=page)
    content = fetch(shown.blob, program=row.program, document=row.id)
    if not shown.turn:
        return content
    with Image.open(io.BytesIO(content), formats=["JPEG"]) as opened:
        return jpeg(opened.transpose(_SLIGHTLY[shown.turn]))


def copy_of(row: Document, page: int, *, edition: int) -> Copy:
    """The newest copy of a page up to an edition; raises `NotFound`."""
    found = Copy.objects.filter(document=row, page=page, edition__lte=edition).order_by("-edition").first()
    if found is None:
        raise NotFound("no such page here")
    return found


def open_original(document_id: uuid.UUID, *, because: str, roles: Collection[str]) -> Iterator[bytes]:
    """The file as it was sent, in pieces, for a reason that is kept; looked through for malware once more.

    Raises `Refused`, `NotFound`, and `Unavailable` while no scanner answers.
    """
    row = seen_by(document_id, roles=roles)
    _bounded(because)
    must(may_open_original(state=State(row.state), harmful=row.problem == Problem.HARMFUL, because=because))
    with original(row) as source:
        found = scanned(source)
    if found:
        log(row, "harm-found-later", {"found": found})
        raise Refused(refuse("original-is-harmful").stamped("documents.viewing", ("OFFSET-8.2:only-as-necessary",)))
    _marked(row, roles)
    _viewed(row, "original", because=because.strip())
    return _pieces(row)


def _bounded(because: str) -> None:
    if len(because) > WORDS_MAX:
        raise Invalid("at most {most} signs", "because", most=WORDS_MAX)


def _pieces(row: Document) -> Iterator[bytes]:
    source = original(row)

    def flow() -> Iterator[bytes]:
        with source:
            while piece := source.read(CHUNK_MAX):
                yield piece

    return flow()


def _marked(row: Document, roles: Collection[str]) -> None:
    # The watch and the person's own list count looks at people, whatever page they were at.
    if row.submission.participant_id is not None:
        look_once(row.submission.participant_id, page="paper", roles=roles)


def _viewed(row: Document, what: str, *, page: int = 0, because: str = "", edition: int | None = None) -> None:
    made = new_id()
    sealed = seal_words(because, program=row.program, document=row.id, place=f"{BECAUSE}:{made}") if because else None
    kind = "original-opened" if what == "original" else "viewed"
    behind: dict[str, Json] = {} if edition is None else {"edition": edition}
    entry_id = log(row, kind, {"what": what, "page": page, "because": because, **behind})
    View.objects.create(
        id=made, program=row.program, county=row.county, document=row, what=what, page=page, because=sealed,
        by=acted_by(), at=clock.now(), entry_id=entry_id,
    )  # fmt: skip
