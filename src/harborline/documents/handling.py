"""What staff do with a document: accept, ask again, file, turn, hand on, find out whose it is."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from harborline.disclosure.selectors import nearness
from harborline.documents.facts import Again, Label, Routing, State
from harborline.documents.limits import WORDS_MAX
from harborline.documents.models import Document, Submission
from harborline.documents.routing import holder_of, works_in
from harborline.documents.rules import goes_to_worker, may_settle
from harborline.documents.steps import document_row, log, must, step
from harborline.documents.viewing import copy_of, seen_by
from harborline.kernel import Invalid, NotFound, clock
from harborline.people.selectors import open_cases, party_facts
from harborline.workforce.selectors import worker_by_number

_RIGHT_ANGLE, _FULL_TURN = 90, 360


def accept_document(document_id: uuid.UUID, *, label: Label, roles: Collection[str]) -> None:
    """The paper is what was asked for; it is filed under a label. Raises `Refused`, `NotFound`."""
    row = _to_settle(document_id, roles)
    row.label = label.value
    row.save(update_fields=["label"])
    step(row, State.ACCEPTED, label.value)


def ask_again(document_id: uuid.UUID, *, why: Again, words: str, roles: Collection[str]) -> None:
    """The person is asked to send it again; `words` are for the person and sealed. Raises `Invalid`, `Refused`."""
    if len(words) > WORDS_MAX:
        raise Invalid("at most {most} signs", "words", most=WORDS_MAX)
    if why is Again.OTHER and not words.strip():
        raise Invalid("say in words what is wrong", "words")
    step(_to_settle(document_id, roles), State.AGAIN, why.value, words=words.strip())


def classify(document_id: uuid.UUID, *, label: Label, roles: Collection[str]) -> None:
    """File it under a label, whatever its state."""
    row = _to_settle(document_id, roles)
    log(row, "classified", {"label": label.value, "before": row.label})
    row.label, row.changed_at = label.value, clock.now()
    row.save(update_fields=["label", "changed_at"])


def turn_page(document_id: uuid.UUID, page: int, *, roles: Collection[str]) -> None:
    """Turn a page by a right angle, to the right, for everybody who looks from now on."""
    row = _to_settle(document_id, roles)
    shown = copy_of(row, page, edition=row.edition)
    shown.turn = (shown.turn + _RIGHT_ANGLE) % _FULL_TURN
    log(row, "turned", {"page": page, "turn": shown.turn})
    shown.save(update_fields=["turn"])


def hand_on(document_id: uuid.UUID, *, to: str, roles: Collection[str]) -> None:
    """Hand a document to a worker by number, or to the office (empty); never to family, never out of the county."""
    row = _to_settle(document_id, roles)
    worker = worker_by_number(to) if to else None
    if to and worker is None:
        raise Invalid("no worker has this number", "to")
    if worker is not None:
        person = row.submission.participant_id
        near = nearness(person, worker.id, name=worker.name) if person else None
        kin = near is not None and near.kin
        works = works_in(worker.id, row.program, row.county)
        must(goes_to_worker(routing=Routing(handed_to=to, manager="", manager_works=works, kin=kin)))
    row.handed_to = to
    row.save(update_fields=["handed_to"])
    step(row, State.WITH_WORKER, "handed-on", detail={"worker": to})


def say_whose(document_id: uuid.UUID, *, participant_id: uuid.UUID, roles: Collection[str]) -> None:
    """Papers of a submission nobody knew the person of: they are this participant's, and go to their case's manager."""
    # The submission before its documents, as everywhere: two workers at once must not each find it nobody's.
    Submission.objects.select_for_update(no_key=True).get(id=document_row(document_id).submission_id)
    row = seen_by(document_id, roles=roles, locked=True)
    submission = row.submission
    if submission.participant_id is not None:
        raise NotFound("this paper already belongs to somebody")
    person = party_facts(participant_id)
    if person is None or person.county != row.county:
        raise NotFound("no such participant here")
    cases = open_cases(participant_id)
    submission.participant_id = participant_id
    submission.case_id = cases[0][0] if len(cases) == 1 else None
    submission.save(update_fields=["participant_id", "case_id"])
    for each in Document.objects.select_related("submission").filter(submission=submission):
        log(each, "found-whose", {"participant": str(participant_id)})
        if State(each.state).shown:
            holder, reason = holder_of(each)
            step(each, State.WITH_WORKER, reason, detail={"worker": holder})


def _to_settle(document_id: uuid.UUID, roles: Collection[str]) -> Document:
    row = seen_by(document_id, roles=roles, locked=True)
    must(may_settle(state=State(row.state)))
    return row
