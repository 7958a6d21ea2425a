"""What consent hears from people: contacts that took place, numbers that ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from harborline.consent.facts import ConsentKind, Ending
from harborline.consent.keeping import end
from harborline.consent.models import Consent
from harborline.consent.rules import lapses_at_contact
from harborline.consent.selectors import facts_of
from harborline.people.facts import ContactEvent, NumberChange
from harborline.people.ports import ContactListener, NumberListener
from harborline.walls import current


class LapseAtContact(ContactListener):
    """At the next contact a spoken permission without a signed release lapses.

    Source: MN-WIC-9.6:written-at-next-contact.
    """

    def contacts_took_place(self, contacts: Sequence[ContactEvent]) -> None:
        """End the spoken permissions that these contacts end, as of the contact."""
        latest: dict[object, datetime] = {}
        for contact in contacts:
            latest[contact.participant_id] = max(contact.at, latest.get(contact.participant_id, contact.at))
        standing = Consent.objects.filter(
            program=current().program,
            kind=ConsentKind.VERBAL.value,
            ended_at__isnull=True,
            participant_id__in=[contact.participant_id for contact in contacts],
        )
        for consent in standing:
            at = latest[consent.participant_id]
            if not lapses_at_contact(consent=facts_of(consent), contact_at=at).allowed:
                end([consent], Ending.LAPSED, at=at)


class NumberEnds(NumberListener):
    """A consent is for a number: when the number is no longer its holder's, the consent ends."""

    def numbers_ended(self, changes: Sequence[NumberChange]) -> None:
        """End what was given for these numbers by these participants."""
        ended = {(change.participant_id, change.phone_idx): change.at for change in changes}
        standing = Consent.objects.filter(
            program=current().program,
            ended_at__isnull=True,
            participant_id__in=[change.participant_id for change in changes],
        )
        gone = [consent for consent in standing if (consent.participant_id, bytes(consent.phone_idx)) in ended]
        for at in {ended[consent.participant_id, bytes(consent.phone_idx)] for consent in gone}:
            batch = [one for one in gone if ended[one.participant_id, bytes(one.phone_idx)] == at]
            end(batch, Ending.NUMBER_CHANGED, at=at)
