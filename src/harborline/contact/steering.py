"""What staff do with a contact besides answering: look, take, give, pass on, close, open again."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from harborline.contact.answering import here
from harborline.contact.asking import due, open_again
from harborline.contact.danger import is_alarming
from harborline.contact.facts import SAID_BY_PERSON, ClosedAs, ContactState, EntryKind, Standing
from harborline.contact.keeping import add_entry, add_step, words_of
from harborline.contact.models import ContactEntry, ContactThread
from harborline.contact.routing import at_hand, at_work, is_family, placed, row_in
from harborline.contact.rules import may_close, may_have, may_open_again, may_pass_on, state_of
from harborline.disclosure.services import look
from harborline.kernel import Decision, Invalid, Refused, clock
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.people.selectors import offices
from harborline.walls import ALL_COUNTIES, acting, current


def open_contact(contact_id: uuid.UUID, *, roles: Collection[str]) -> None:
    """A worker looks at a contact: recorded with what ties them to the person, before anything is shown.

    Raises `NotFound`. Source: OFFSET-8.2:routine-monitoring.
    """
    contact = here(contact_id, locked=True)
    look(contact.participant_id, page="contact", roles=roles, kind="contact.opened")
    if contact.seen_at is None:
        contact.seen_at = clock.now()
        contact.save(update_fields=["seen_at"])


def assign(contact_id: uuid.UUID, worker_id: uuid.UUID | None) -> None:
    """Give a contact to a worker of its county, or (None) back to the office's queue; raises `NotFound`, `Refused`."""
    contact = here(contact_id, locked=True)
    if worker_id is not None:
        person, name = at_hand(contact.participant_id, clock.now()), at_work(worker_id, contact.county)
        kin = name is not None and is_family(worker_id, name, person)
        _insist(may_have(works_there=name is not None, kin=kin))
    if contact.worker_id == worker_id:
        return
    contact.worker_id = worker_id
    contact.save(update_fields=["worker_id"])
    add_step(contact, EntryKind.ASSIGNED, at=clock.now(), detail=str(worker_id or ""))


def pass_on(contact_id: uuid.UUID, office: str) -> uuid.UUID:
    """Give a contact to another office; answers the contact as that office has it.

    Within the county it moves. To another county a new contact begins there for the person's row in that county, with
    the person's words, and this one closes. Never to another program, never out of the county of somebody shielded.
    Raises `NotFound`, `Refused`. Source: OFFSET-8.1:harm.
    """
    contact, now = here(contact_id, locked=True), clock.now()
    known = offices(contact.program).get(office)
    same = known is not None and known.county == contact.county
    there = None
    if known is not None and not same:
        person = at_hand(contact.participant_id, now)
        there = row_in(person.person_id, known.county)
        shielded = person.shield.own or person.shield.shared
    else:
        shielded = False
    _insist(may_pass_on(known=known is not None, same_county=same, served_there=there is not None, shielded=shielded))
    if there is None or known is None:
        return _within(contact, office, now)
    _insist(may_close(state=_state(contact), how=ClosedAs.PASSED_ON, alarming=is_alarming(contact)))
    return _elsewhere(contact, there, known.county, office, now)


def close(contact_id: uuid.UUID, how: ClosedAs) -> None:
    """Close a contact as answered, or because no response is needed; raises `NotFound`, `Refused`."""
    contact, now = here(contact_id, locked=True), clock.now()
    if how is ClosedAs.PASSED_ON:
        raise Invalid("choose the office it goes to", "office")
    _insist(may_close(state=_state(contact), how=how, alarming=is_alarming(contact)))
    _closed(contact, how, now)


def reopen(contact_id: uuid.UUID) -> None:
    """Open a closed contact again, as when an answer was not the last word; raises `NotFound`, `Refused`."""
    contact, now = here(contact_id, locked=True), clock.now()
    law = profile(contact.program)
    if contact.closed_at is None:
        return
    _insist(may_open_again(closed_at=contact.closed_at, profile=law, now=now))
    open_again(contact, at=now)
    contact.answer_by_at = due(contact.office, law, now)
    contact.save(update_fields=["answer_by_at"])


def _within(contact: ContactThread, office: str, now: datetime) -> uuid.UUID:
    if contact.office != office:
        contact.office, contact.worker_id = office, None
        contact.save(update_fields=["office", "worker_id"])
        add_step(contact, EntryKind.OFFICE, at=now, detail=office)
    return contact.id


def _elsewhere(contact: ContactThread, participant_id: uuid.UUID, county: str, office: str, now: datetime) -> uuid.UUID:
    said = [one.value for one in SAID_BY_PERSON]
    entries = list(ContactEntry.objects.filter(contact=contact, kind__in=said).order_by("at", "id"))
    words, context = words_of(contact, entries), current()
    with acting(context.actor, program=context.program, counties=ALL_COUNTIES, purpose=context.purpose):
        moved = ContactThread(
            id=new_id(), program=contact.program, county=county, participant_id=participant_id, topic=contact.topic,
            language=contact.language, office=office, worker_id=placed(participant_id, county).worker_id,
            opened_at=contact.opened_at, last_in_at=contact.last_in_at, answer_by_at=contact.answer_by_at or now,
            danger=contact.danger, moved_from=contact.id, once=contact.id.bytes,
        )  # fmt: skip
        content = {"contact": str(moved.id), "topic": moved.topic, "office": office, "from": str(contact.id)}
        moved.entry_id = record("contact.begun", subject=f"participant:{participant_id}", content=content)
        moved.save(force_insert=True)
        for one in entries:
            add_entry(moved, EntryKind(one.kind), at=one.at, words=words.get(one.id, ""), detail="passed-on")
    contact.moved_to = moved.id
    contact.save(update_fields=["moved_to"])
    add_step(contact, EntryKind.PASSED_ON, at=now, detail=office)
    _closed(contact, ClosedAs.PASSED_ON, now)
    return moved.id


def _closed(contact: ContactThread, how: ClosedAs, now: datetime) -> None:
    contact.closed_at, contact.closed_as, contact.answer_by_at = now, how.value, None
    contact.save(update_fields=["closed_at", "closed_as", "answer_by_at"])
    add_entry(contact, EntryKind.CLOSED, at=now, detail=how.value)


def _state(contact: ContactThread) -> ContactState:
    return state_of(standing=standing_of(contact))


def standing_of(contact: ContactThread) -> Standing:
    """The moments of a contact as its rules see them."""
    return Standing(contact.last_in_at, contact.last_out_at, contact.seen_at, contact.reopened_at, contact.closed_at)


def _insist(decision: Decision) -> None:
    if not decision.allowed:
        raise Refused(decision)
