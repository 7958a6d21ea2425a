"""What a person does with their own contacts: ask, write more, read. In the context of the person's county."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from harborline.consent.facts import CONTACT_US, ConsentFacts
from harborline.consent.selectors import platforms_open
from harborline.consent.services import opt_in_by_app
from harborline.contact.danger import raise_alert
from harborline.contact.facts import EntryKind, Kept
from harborline.contact.keeping import add_entry, digest_of
from harborline.contact.models import ContactEntry, ContactThread
from harborline.contact.routing import placed
from harborline.contact.rules import answer_by, begun_by_the_person, may_ask, may_open_again, not_too_many
from harborline.contact.topics import topic_of
from harborline.contact.wording import readable
from harborline.kernel import Decision, Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.law import Profile, profile
from harborline.ledger.services import record
from harborline.messaging.inbound.classify import classify
from harborline.people.selectors import offices, party_facts, reach
from harborline.vault.services import blind_index
from harborline.walls import current

SPOKEN: Final = ("en", "es", "so", "hmn")
"""The languages a person may ask to be answered in; those nobody here judges are read over by an interpreter."""
WRITES_PER_QUESTION: Final = 3
"""How often a person adds to one question in a day, for each new question the profile lets them ask."""
_TOKEN_MOST: Final = 100


def ask(participant_id: uuid.UUID, *, topic: str, words: str, language: str, once: str) -> Kept:
    """Begin a contact for the participant; `once` names the form, so that one sent twice makes one contact.

    Words of danger raise an alert, told to whoever is on call after the commit. Raises `Invalid` for
    words or a topic that cannot be used, `Refused` without the opt-in the program asks for or beyond the day's limit,
    `NotFound` for nobody here. Source: MN-WIC-9.6:contact-us-opt-in.
    """
    law, now = profile(current().program), clock.now()
    _insist(begun_by_the_person(actor_kind=current().actor.kind))
    said, key = readable(words), _once(once)
    chosen = topic_of(law.program, topic)
    if chosen.submits:
        raise Invalid("papers and photos go to Submit documents", "topic")
    person = party_facts(participant_id)
    if person is None:
        raise NotFound("no such participant here")
    known = ContactThread.objects.filter(participant_id=participant_id, once=key).first()
    if known is not None:
        return Kept(known.id, danger=known.danger, fresh=False)
    _insist(may_ask(opt_in=opt_in_of(participant_id, now=now), profile=law, now=now))
    since = now - timedelta(days=1)
    today = ContactThread.objects.filter(participant_id=participant_id, opened_at__gt=since).count()
    _insist(not_too_many(asked_today=today, profile=law))
    wanted = language if language in SPOKEN else person.language
    try:
        with transaction.atomic():
            return _begun(law, participant_id, person.county, topic=chosen.key, words=said, language=wanted, once=key)
    except IntegrityError:
        # The same form came at the same moment: the other one stands by now.
        other = ContactThread.objects.get(participant_id=participant_id, once=key)
        return Kept(other.id, danger=other.danger, fresh=False)


def write_more(contact_id: uuid.UUID, *, participants: Collection[uuid.UUID], words: str, once: str) -> Kept:
    """Add the person's words to a contact of theirs; a closed one opens again while it may.

    Raises as `ask` does, and `NotFound` for a contact that is not theirs.
    """
    law, now = profile(current().program), clock.now()
    _insist(begun_by_the_person(actor_kind=current().actor.kind))
    contact, said, key = own(contact_id, participants), readable(words), _once(once)
    known = ContactEntry.objects.filter(contact=contact, once=key).first()
    if known is not None:
        return Kept(contact.id, danger=known.danger, fresh=False)
    _insist(may_ask(opt_in=opt_in_of(contact.participant_id, now=now), profile=law, now=now))
    _insist(may_open_again(closed_at=contact.closed_at, profile=law, now=now))
    _insist(not_too_many(asked_today=_written_today(contact, now) // WRITES_PER_QUESTION, profile=law))
    danger = classify(said, lang=contact.language).crisis
    if contact.closed_at is not None:
        open_again(contact, at=now)
    add_entry(contact, EntryKind.WROTE, at=now, words=said, once=key, danger=danger)
    wrote_in(contact, law, at=now, danger=danger)
    return Kept(contact.id, danger=danger, fresh=True)


def _written_today(contact: ContactThread, now: datetime) -> int:
    since = now - timedelta(days=1)
    return ContactEntry.objects.filter(contact=contact, kind=EntryKind.WROTE.value, at__gt=since).count()


def read_by_person(contact_id: uuid.UUID, *, participants: Collection[uuid.UUID]) -> None:
    """The person looks at their contact: staff see that the newest answer was read. Raises `NotFound`."""
    contact = own(contact_id, participants)
    unread = contact.last_out_at is not None and (
        contact.person_read_at is None or contact.person_read_at < contact.last_out_at
    )
    if unread:
        contact.person_read_at = clock.now()
        contact.save(update_fields=["person_read_at"])
        content = {"contact": str(contact.id)}
        record("contact.read-by-person", subject=f"participant:{contact.participant_id}", content=content)


def opt_in(participant_id: uuid.UUID, *, shown: str, language: str) -> None:
    """Keep the person's opt-in to texts of the portal, with the words that were shown; twice changes nothing.

    It covers the portal alone. Raises `Invalid` when there is no number on file, `Refused` where the program's profile
    does not let it cover the portal. Source: MN-WIC-9.6:contact-us-opt-in.
    """
    if opt_in_of(participant_id, now=clock.now()) is not None:
        return
    number = reach(participant_id).phone
    if number is None:
        raise Invalid("there is no telephone number on file", "number")
    action = {"pressed": "contact-us", "shown": shown}
    opt_in_by_app(participant_id, number, platform=CONTACT_US, action=action, portal=True, language=language)


def opt_in_of(participant_id: uuid.UUID, *, now: datetime) -> ConsentFacts | None:
    """The person's opt-in to the portal's texts for the number on file, if there is one."""
    number = reach(participant_id).phone
    return platforms_open(participant_id, blind_index("phone", number), now=now).get(CONTACT_US) if number else None


def own(contact_id: uuid.UUID, participants: Collection[uuid.UUID]) -> ContactThread:
    """A contact of one of the participants, locked; raises `NotFound` for any other, as for none."""
    rows = ContactThread.objects.select_for_update().filter(id=contact_id, participant_id__in=list(participants))
    found = rows.filter(program=current().program).first()
    if found is None:
        raise NotFound("there is no such question")
    return found


def open_again(contact: ContactThread, *, at: datetime) -> None:
    """Open a closed contact again."""
    contact.closed_at, contact.closed_as, contact.reopened_at = None, "", at
    contact.save(update_fields=["closed_at", "closed_as", "reopened_at"])
    add_entry(contact, EntryKind.REOPENED, at=at)


def wrote_in(contact: ContactThread, law: Profile, *, at: datetime, danger: bool) -> None:
    """The person said something: it waits on us, and whoever is on call is told of danger."""
    answered = contact.last_out_at is not None and contact.last_out_at >= contact.last_in_at
    if answered or contact.answer_by_at is None:
        contact.answer_by_at = due(contact.office, law, at)
    contact.last_in_at = max(at, contact.last_in_at)
    contact.danger = contact.danger or danger
    contact.save(update_fields=["answer_by_at", "last_in_at", "danger"])
    if danger:
        raise_alert(contact, at=at)


def due(office: str, law: Profile, at: datetime) -> datetime:
    """Until when a question of this moment is answered by an office."""
    return answer_by(asked_at=at, days=law.contact.answer_days, zone=_zone(office, law))


def _zone(office: str, law: Profile) -> str:
    known = offices(law.program).get(office)
    return known.zone if known else law.zones[0]


def _begun(
    law: Profile, participant_id: uuid.UUID, county: str, *, topic: str, words: str, language: str, once: bytes
) -> Kept:
    at, place = clock.now(), placed(participant_id, county)
    danger = classify(words, lang=language).crisis
    contact = ContactThread(
        id=new_id(), program=law.program, county=county, participant_id=participant_id, topic=topic,
        language=language, office=place.office, worker_id=place.worker_id, opened_at=at, last_in_at=at,
        answer_by_at=due(place.office, law, at), danger=danger, once=once,
    )  # fmt: skip
    contact.entry_id = record(
        "contact.begun",
        subject=f"participant:{participant_id}",
        content={"contact": str(contact.id), "topic": topic, "office": place.office},
    )
    contact.save(force_insert=True)
    add_entry(contact, EntryKind.ASKED, at=at, words=words, danger=danger)
    if danger:
        raise_alert(contact, at=at)
    return Kept(contact.id, danger=danger, fresh=True)


def _once(token: str) -> bytes:
    if not token or len(token) > _TOKEN_MOST:
        raise Invalid("open the page again and send the form once more", "once")
    return digest_of("contact-form", token)


def _insist(decision: Decision) -> None:
    if not decision.allowed:
        raise Refused(decision)
