"""Take a text from a handset: keep it sealed, do what it asks, tell who must know, answer at most once."""

from __future__ import annotations

import hashlib
import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.db import IntegrityError

from harborline.consent.facts import Doubt, Means
from harborline.consent.selectors import suppressed_numbers
from harborline.consent.services import ask_about_number, hold_possible, start_again, suppress
from harborline.kernel import Refused, ports
from harborline.kernel.clock import now as clock_now
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.messaging.answering.queueing import queue_text
from harborline.messaging.answering.wording import answer_in, approved_in_danger
from harborline.messaging.conversations.alerts import raise_alerts, tell_alerts
from harborline.messaging.conversations.facts import TextCame, ThreadFacts
from harborline.messaging.conversations.keeping import Words, seal_words
from harborline.messaging.conversations.routing import Person, people_of, place
from harborline.messaging.conversations.rules import (
    EMERGENCY,
    NOT_READ,
    STOPPED,
    may_answer_by_itself,
    may_be_shown,
    says_only_to_call_911,
)
from harborline.messaging.facts import InboundText, MessageKind
from harborline.messaging.inbound.classify import Classification, classify
from harborline.messaging.models import InboundMessage, Message, Sender
from harborline.messaging.ports import InboundListener
from harborline.people.selectors import discreet_texts, party_facts
from harborline.vault.services import blind_index
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

_REF_SIGNS = 80


@dataclass(frozen=True, slots=True)
class Taken:
    """What a text was taken for and which answer, if any, is on its way."""

    inbound_id: uuid.UUID
    effect: str
    reply_id: uuid.UUID | None


@dataclass(slots=True)
class _Text:
    """One text on its way in: as it came, what it was taken for, who may have written it."""

    came: InboundText
    words: str
    ref: str
    phone_idx: bytes
    found: Classification
    sender: Sender
    people: list[Person] = field(default_factory=list)

    @property
    def program(self) -> str:
        return self.sender.program


def take_inbound(program: str, text: InboundText) -> Taken:
    """Keep one inbound text and act on it; the same text told twice changes nothing.

    1. Told before? 2. Keep it sealed, in the threads of those whose number it is. 3. Stop before everything else, then
    danger, start, help, a possible stop, private things, nothing; all in one transaction. 4. With words of danger
    whoever is on call is told, before anything is answered. 5. At most one answer, queued to go within the profile's
    reply time or not at all. Source: 47 CFR 64.1200(a)(10), (12); MN-WIC-9.6:text-warn-and-redirect.
    """
    try:
        taken, left = _taken(program, text)
    except IntegrityError:
        # The same text, or the person's first two, came at the same moment: the other one stands by now.
        taken, left = _taken(program, text)
    if left is None:
        return taken
    tell_alerts(program)
    with _unit(program):
        kept = InboundMessage.objects.get(id=taken.inbound_id)
        return replace(taken, reply_id=_answer(left, kept, EMERGENCY))


def _taken(program: str, text: InboundText) -> tuple[Taken, _Text | None]:
    # With words of danger the text is answered after whoever is on call was told, so the text is handed back.
    with _unit(program):
        read = _read(program, text)
        told = InboundMessage.objects.filter(carrier_ref=read.ref).first()
        if told is not None:
            return Taken(told.id, "told-before", told.reply_message_id), None
        read.people = people_of(read.phone_idx)
        kept, answer = _take(read)
        if read.found.crisis:
            return Taken(kept.id, kept.effect, None), read
        return Taken(kept.id, kept.effect, _answer(read, kept, answer)), None


def _unit(program: str) -> AbstractContextManager[Context]:
    return acting(Actor("participant", "handset"), program=program, counties=ALL_COUNTIES, purpose="inbound-text")


def _read(program: str, text: InboundText) -> _Text:
    # A carrier's form may hold halves of signs that no encoding knows: they become the sign for "unreadable".
    words = text.text.encode("utf-8", "replace").decode()
    sender = Sender.objects.get(program=program, key=text.sender)
    return _Text(text, words, _ref(text.carrier_ref), blind_index("phone", text.from_number), classify(words), sender)


def _ref(carrier_ref: str) -> str:
    if len(carrier_ref) <= _REF_SIGNS and carrier_ref.isprintable():
        return carrier_ref
    return f"sha256:{hashlib.sha256(carrier_ref.encode('utf-8', 'replace')).hexdigest()}"


def _take(read: _Text) -> tuple[InboundMessage, str]:
    identifier = new_id()
    effect, answer = _act(read, identifier)
    kept = _keep(read, identifier, effect)
    needs_reading = not read.found.bare or bool(read.came.media_count)
    threads = place(kept, read.people, language=_language(read), needs_reading=needs_reading)
    if read.found.crisis:
        raise_alerts(kept, threads, at=clock_now())
    _publish(kept, threads)
    return kept, answer


def _act(read: _Text, identifier: uuid.UUID) -> tuple[str, str]:
    # The effect for the record, and the key of the answer ("" for none). Words of danger are never answered by
    # anything but the emergency line, not even by a confirmation.
    found, stopped = read.found, bool(suppressed_numbers(read.program, [read.phone_idx]))
    if found.opt_out in ("exact", "clear"):
        answer = "" if stopped else STOPPED
        return _stop(read, identifier), EMERGENCY if found.crisis else answer
    effect, answer = _otherwise(read, stopped=stopped)
    return effect, EMERGENCY if found.crisis else answer


def _stop(read: _Text, identifier: uuid.UUID) -> str:
    number, at = read.came.from_number, read.came.received_at
    means = Means.WRONG_NUMBER if read.found.wrong_number else Means.TEXT
    suppress(number, means, words=f"text {identifier}: {read.found.opt_out}, {read.found.step}", at=at)
    if read.found.wrong_number:
        ask_about_number(number, why=Doubt.WRONG_NUMBER, message_ref=read.ref, at=at)
        return "stopped-wrong-number"
    return "stopped"


def _otherwise(read: _Text, *, stopped: bool) -> tuple[str, str]:
    found, number = read.found, read.came.from_number
    if found.opt_out == "possible":
        if not stopped:
            hold_possible(number, message_ref=read.ref, at=read.came.received_at)
        return ("crisis" if found.crisis else "held-for-staff"), "reply-help" if found.help else ""
    if found.crisis:
        return "crisis", EMERGENCY
    if found.start:
        return _start(read)
    if found.help:
        return "help", "reply-help"
    if not may_be_shown(private=found.private, media_count=read.came.media_count).allowed:
        return "private-things", "reply-not-safe"
    return "kept", "" if found.bare else NOT_READ


def _start(read: _Text) -> tuple[str, str]:
    try:
        start_again(
            read.came.from_number,
            keyword="START" if read.found.bare else f"text {read.ref}",
            shown=STOPPED,
            message_ref=read.ref,
            at=read.came.received_at,
        )
    except Refused as refused:
        return f"start-{refused.decision.reason}"[:64], "reply-help"
    return "started", "reply-welcome"


def _keep(read: _Text, identifier: uuid.UUID, effect: str) -> InboundMessage:
    found, came = read.found, read.came
    sealed, commitment = seal_words(read.program, identifier, Words(came.from_number, read.words))
    entry_id = record(
        "inbound.taken",
        subject=f"number:{read.phone_idx.hex()}",
        content={
            "inbound": str(identifier),
            "effect": effect,
            "opt_out": found.opt_out,
            "step": found.step,
            "crisis": found.crisis,
            "private": list(found.private),
            "words": commitment,
        },
    )
    return InboundMessage.objects.create(
        id=identifier,
        program=read.program,
        sender_id=read.sender.id,
        carrier_ref=read.ref,
        phone_idx=read.phone_idx,
        sealed=sealed,
        opt_out=found.opt_out,
        start=found.start,
        help=found.help,
        crisis=found.crisis,
        private=list(found.private),
        wrong_number=found.wrong_number,
        media_count=min(came.media_count, 99),
        language=found.language,
        effect=effect,
        received_at=came.received_at,
        entry_id=entry_id,
    )


def _publish(kept: InboundMessage, threads: list[ThreadFacts]) -> None:
    came = TextCame(
        program=kept.program,
        inbound_id=kept.id,
        received_at=kept.received_at,
        effect=kept.effect,
        opt_out=kept.opt_out,
        crisis=kept.crisis,
        private=tuple(kept.private),
        threads=tuple(threads),
    )
    for listener in ports.serving_all(InboundListener).values():
        listener.text_came(came)


def _answer(read: _Text, kept: InboundMessage, key: str) -> uuid.UUID | None:
    if not key:
        return None
    law, at = profile(read.program), clock_now()
    until = read.came.received_at + timedelta(seconds=law.texting.reply_wait_s)
    language = _language(read)
    discreet = bool(discreet_texts([person.participant_id for person in read.people]))
    template, words = answer_in(law, key, language, discreet=discreet)
    reason = _why_not(read, key, words, language, discreet=discreet, at=at, until=until)
    if reason:
        content = {"inbound": str(kept.id), "answer": key, "reason": reason}
        record("inbound.not-answered", subject=f"number:{read.phone_idx.hex()}", content=content)
        return None
    reply_id = queue_text(
        read.sender, law, kind=MessageKind.REPLY, to=read.came.from_number, phone_idx=read.phone_idx, words=words,
        template=template, language=language, at=at, until=until,
    )  # fmt: skip
    InboundMessage.objects.filter(id=kept.id).update(reply_message_id=reply_id)
    return reply_id


def _why_not(read: _Text, key: str, words: str, language: str, *, discreet: bool, at: datetime, until: datetime) -> str:
    """Why nothing is answered: too late to be presumed welcome, no words in the language, too many answers already."""
    if at >= until:
        return "too-late"
    if not words:
        return "no-template-in-language"
    if key == EMERGENCY:
        approved = approved_in_danger(profile(read.program), language, discreet=discreet)
        decision = says_only_to_call_911(words=words, approved=approved)
        if not decision.allowed:
            return decision.reason
    sent = Message.objects.filter(
        program=read.program,
        phone_idx=read.phone_idx,
        kind=MessageKind.REPLY.value,
        created_at__gt=at - timedelta(days=1),
    ).values_list("template_key", "created_at")
    decision = may_answer_by_itself(key=key, sent=list(sent), now=at)
    return "" if decision.allowed else decision.reason


def _language(read: _Text) -> str:
    # The language the text is in; where it does not tell, the one the person has on file.
    if read.found.language_told:
        return read.found.language
    spoken = [facts.language for person in read.people if (facts := party_facts(person.participant_id))]
    return spoken[0] if spoken else "en"
