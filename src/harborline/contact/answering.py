"""A worker's answer in a contact: checked for where it is read, kept behind the sign-in, told of by a neutral text."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Final

from harborline.contact.asking import open_again
from harborline.contact.facts import NOTE_MOST, REASON_MOST, Answered, Checked, EntryKind, Remark
from harborline.contact.keeping import add_entry, add_step, digest_of
from harborline.contact.models import ContactEntry, ContactThread
from harborline.contact.routing import at_hand
from harborline.contact.rules import leads_to_documents, reads_well, tells_only_the_person
from harborline.contact.seeing import insist_sees
from harborline.contact.wording import readable
from harborline.kernel import Decision, Invalid, NotFound, Outcome, Refused, clock, strictest
from harborline.messaging.services import tell_waiting
from harborline.messaging.words.guard import Kind, judge, names_in, text_tokens
from harborline.people.selectors import names_for
from harborline.walls import current

JUDGED: Final = frozenset({"en", "es"})
LEADS: Final = "leads-to-documents"
# What only a text must not say; behind the sign-in the person may read it about themselves.
_OF_TEXTS: Final = frozenset({Kind.RESERVED_REPLY_WORD})


def compose_check(contact_id: uuid.UUID, words: str, *, language: str, leads: bool = False) -> Checked:
    """Say what would become of an answer, without keeping it; raises `NotFound`.

    `leads`: the way to "Submit documents" stands under it. Judged for a page behind the sign-in, not for a text: it may
    be private, but tells nothing of anybody else. Source: MN-WIC-9.6:contact-us-no-documents.
    """
    return _checked(here(contact_id), words, language, leads=leads)


def answer(
    contact_id: uuid.UUID, words: str, *, language: str, once: str, leads: bool = False, reason: str = ""
) -> Answered:
    """Keep an answer; it waits on the person then, and who agreed to it gets a text that a message waits.

    `reason` lets an answer go that is only held. The same form twice makes one answer. Raises `NotFound`, and
    `Refused` with the strictest decision.
    """
    contact, key = here(contact_id, locked=True), digest_of("contact-answer", once)
    known = ContactEntry.objects.filter(contact=contact, once=key).first()
    if known is not None:
        return Answered(known.id, told=known.message_id is not None)
    checked, because = _checked(contact, words, language, leads=leads), reason.strip()[:REASON_MOST]
    _insist(checked.decisions, because)
    now = clock.now()
    if contact.closed_at is not None:
        open_again(contact, at=now)
    told = tell_waiting(contact.participant_id).message_id
    detail = LEADS if leads else ""
    if because:
        add_step(contact, EntryKind.NOTE, at=now, words=because, detail="worded-so-on-purpose")
    entry = add_entry(
        contact, EntryKind.ANSWERED, at=now, words=checked.words, detail=detail, once=key, message_id=told
    )
    answered(contact, entry)
    return Answered(entry.id, told=told is not None)


def write_note(contact_id: uuid.UUID, words: str) -> None:
    """Keep a note for staff alone; raises `NotFound`, `Invalid`."""
    add_step(here(contact_id, locked=True), EntryKind.NOTE, at=clock.now(), words=readable(words, most=NOTE_MOST))


def answered(contact: ContactThread, entry: ContactEntry) -> None:
    """Our answer is the last word: nothing is due from us."""
    contact.last_out_at, contact.answer_by_at = entry.at, None
    contact.seen_at = contact.seen_at or entry.at
    contact.save(update_fields=["last_out_at", "answer_by_at", "seen_at"])


def here(contact_id: uuid.UUID, *, locked: bool = False) -> ContactThread:
    """A contact in sight of the context's counties that the worker may see; raises `NotFound`, `Refused`."""
    rows = ContactThread.objects.select_for_update() if locked else ContactThread.objects.all()
    found = rows.filter(id=contact_id, program=current().program).first()
    if found is None:
        raise NotFound("there is no such question here")
    insist_sees(found)
    return found


def _checked(contact: ContactThread, raw: str, language: str, *, leads: bool) -> Checked:
    try:
        words = readable(raw)
    except Invalid:
        words = raw.strip()
    judged = judge(words, program=contact.program, lang=language)
    remarks = [one for one in judged.findings if one.kind not in _OF_TEXTS]
    kinds = {one.kind for one in remarks}
    decisions = (
        reads_well(kinds=kinds, length=len(words), judged=language in JUDGED),
        leads_to_documents(kinds=kinds, leads=leads),
        tells_only_the_person(kinds=kinds, others_named=_names_others(contact, words)),
    )
    return Checked(
        strictest(decisions),
        decisions,
        tuple(Remark(one.kind.value, one.start, one.end) for one in remarks),
        words,
    )


def _names_others(contact: ContactThread, words: str) -> bool:
    who = contact.participant_id
    own = at_hand(who, clock.now()).names
    tokens = text_tokens(words)
    return bool(names_in(tokens, names_for([who]).get(who, ())) - names_in(tokens, own))


def _insist(decisions: Iterable[Decision], reason: str) -> None:
    against = [one for one in decisions if not one.allowed]
    if any(one.outcome is Outcome.REFUSE for one in against) or (against and not reason):
        raise Refused(strictest(against))
