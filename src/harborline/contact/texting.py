"""Texts in contacts: a person's text to the portal's number stands in their contact; its words stay with the texts.

Messaging tells of texts (`messaging.ports`); what becomes of their words is its own business: where texts are
destroyed after viewing, nothing of them is left here, since nothing of them was ever here.
"""

from __future__ import annotations

import uuid

from harborline.consent.facts import CONTACT_US
from harborline.contact.answering import answered
from harborline.contact.asking import due, wrote_in
from harborline.contact.facts import BY_TEXT, EntryKind
from harborline.contact.keeping import add_entry
from harborline.contact.models import ContactEntry, ContactThread
from harborline.contact.routing import placed
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.messaging.ports import TextCame, ThreadChanged
from harborline.people.selectors import party_facts

# What asks for a person: a bare stop, start or help is done by the machine.
_FOR_STAFF = frozenset({"kept", "private-things", "held-for-staff", "crisis"})


class ContactTexts:
    """Hears of texts (`InboundListener`) and of answers to them (`ThreadListener`)."""

    def text_came(self, came: TextCame) -> None:
        """Put a text into the open contact of who wrote it; to the portal's own thread a contact begins with it.

        Whoever is on call hears of words of danger from the texts themselves, not once more from here.
        """
        if came.effect not in _FOR_STAFF:
            return
        for thread in came.threads:
            if thread.participant_id is None:
                continue
            open_ones = ContactThread.objects.select_for_update().filter(
                participant_id=thread.participant_id, closed_at__isnull=True
            )
            contact = open_ones.order_by("-opened_at").first()
            if contact is None and thread.platform == CONTACT_US:
                contact = _begun_by_text(came, thread.participant_id)
            if contact is not None:
                add_entry(
                    contact, EntryKind.TEXT_IN, at=came.received_at, danger=came.crisis,
                    thread_id=thread.thread_id, text_id=thread.text_id,
                )  # fmt: skip
                contact.danger = contact.danger or came.crisis
                wrote_in(contact, profile(came.program), at=came.received_at, danger=False)

    def thread_changed(self, change: ThreadChanged) -> None:
        """An answer by text is our last word in the contact that has its thread."""
        if change.what != "answered":
            return
        stands = ContactEntry.objects.filter(thread_id=change.thread_id).order_by("-at").first()
        contact = ContactThread.objects.select_for_update().filter(id=stands.contact_id).first() if stands else None
        if contact is not None and contact.closed_at is None:
            entry = add_entry(
                contact, EntryKind.TEXT_OUT, at=change.at, thread_id=change.thread_id, message_id=change.message_id
            )
            answered(contact, entry)


def _begun_by_text(came: TextCame, participant_id: uuid.UUID) -> ContactThread | None:
    person = party_facts(participant_id)
    if person is None:
        return None
    law, place = profile(came.program), placed(participant_id, person.county)
    contact = ContactThread(
        id=new_id(), program=came.program, county=person.county, participant_id=participant_id, topic=BY_TEXT,
        language=person.language, office=place.office, worker_id=place.worker_id, opened_at=came.received_at,
        last_in_at=came.received_at, answer_by_at=due(place.office, law, came.received_at), danger=came.crisis,
        once=came.inbound_id.bytes,
    )  # fmt: skip
    content = {"contact": str(contact.id), "topic": BY_TEXT, "office": place.office}
    contact.entry_id = record("contact.begun", subject=f"participant:{participant_id}", content=content)
    contact.save(force_insert=True)
    return contact
