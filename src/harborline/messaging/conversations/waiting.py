"""A text that says only that a message waits behind the sign-in: never what it is, from whom, or why.

Whoever has something for a person to read there asks for it; the words are the approved ones of `message-waiting`,
or the discreet ones. Everything is asked twice: when it is queued and when it is handed over.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from harborline.consent.facts import CONTACT_US, ConsentStanding
from harborline.consent.selectors import held_numbers, platforms_open, standings, suppressed_numbers
from harborline.kernel import Decision, clock, refuse, strictest
from harborline.law import Profile, profile
from harborline.messaging.answering.queueing import About, queue_text
from harborline.messaging.conversations.facts import AnswerFacts
from harborline.messaging.conversations.rules import may_tell_waiting, number_known, number_open, waiting_told_once
from harborline.messaging.facts import MessageKind
from harborline.messaging.models import Message, Sender
from harborline.messaging.notices.rendering import Rendering, text_maker
from harborline.messaging.notices.runs import sender_of
from harborline.messaging.notices.windows import Windows
from harborline.messaging.rules import protections_current
from harborline.people.facts import Reach
from harborline.people.selectors import (
    discreet_texts,
    holders_of_number,
    offices,
    party_facts,
    protection_age,
    reach,
    texting_blocks,
)
from harborline.vault.services import blind_index
from harborline.walls import current

WAITING: Final = "message-waiting"
LIFETIME: Final = timedelta(days=2)
"""After this the text says nothing any more; the message behind the sign-in stays."""
ANY_TIME: Final = datetime(2000, 1, 1, 12)  # noqa: DTZ001 - local to an office, as templates take appointments
_NO_SENDER = refuse("no-sender").stamped("messaging.conversations.waiting", ("NC-CSS-22-18:state-text-service",))


@dataclass(frozen=True, slots=True)
class Waiting:
    """What became of such a text: on its way (`message_id`), or why there is none."""

    message_id: uuid.UUID | None
    decision: Decision


def tell_waiting(participant_id: uuid.UUID) -> Waiting:
    """Queue the text for a participant in sight, in the language and the way they chose, or say why none goes.

    It goes only to somebody who agreed to texts of this program or of its portal, at most once a day; outside the
    lawful hours it waits for the next one. Raises `NotFound`.
    Source: MN-WIC-9.6:contact-us-opt-in, NC-CSS-22-18:opt-in.
    """
    program, now = current().program, clock.now()
    law, person = profile(program), reach(participant_id)
    sender = Sender.objects.filter(program=program, active=True).first()
    known = number_known(number=person.phone is not None)
    if person.phone is None or sender is None:
        return Waiting(None, known if person.phone is None else _NO_SENDER)
    idx, placed = blind_index("phone", person.phone), Windows.of(law).for_number(person.phone, "", None, now)
    made = _words(program, person)
    told = waiting_told_once(last_at=_last(idx), now=now)
    decision = strictest((made.decision, told, waiting_allowed(participant_id, idx, law=law, now=now)))
    at = placed.due_at
    if not decision.allowed or at is None:
        return Waiting(None, decision)
    county = party_facts(participant_id)
    message_id = queue_text(
        sender_of(program),
        law,
        kind=MessageKind.ANSWER,
        to=person.phone,
        phone_idx=idx,
        words=made.text,
        template=made.template,
        language=person.language,
        at=at,
        until=at + LIFETIME,
        about=About(county.county if county else next(iter(current().counties)), participant_id, placed.zones),
    )
    return Waiting(message_id, decision)


def waiting_allowed(participant_id: uuid.UUID, idx: bytes, *, law: Profile, now: datetime) -> Decision:
    """Whether such a text may go to this person's number now: number, safety, permission, protections; not the hour."""
    facts = _facts(participant_id, idx, now)
    return strictest(
        (
            number_open(facts=facts),
            may_tell_waiting(opt_in=facts.opt_in, standing=facts.standing, profile=law, now=now),
            protections_current(age=protection_age(law.program, now=now), profile=law),
        )
    )


def judge_waiting(
    program: str, messages: Iterable[tuple[uuid.UUID, str]], *, now: datetime
) -> dict[uuid.UUID, Decision]:
    """For each (message id, zones) that is such a text: whether it may go now; the others are left out."""
    wanted, law = dict(messages), profile(program)
    rows = Message.objects.filter(
        program=program, id__in=list(wanted), template_key__in=(WAITING, "discreet"), participant_id__isnull=False
    )
    return {
        row.id: strictest(
            (
                waiting_allowed(row.participant_id, bytes(row.phone_idx), law=law, now=now),
                number_known(number=_still_theirs(row.participant_id, bytes(row.phone_idx))),
                Windows.of(law).decide(wanted[row.id], now),
            )
        )
        for row in rows
        if row.participant_id is not None
    }


def _facts(who: uuid.UUID, idx: bytes, now: datetime) -> AnswerFacts:
    program = current().program
    holders = holders_of_number(program, idx)
    theirs = [case for holder, _, case, _ in holders if holder == who]
    found = [one for one in standings(program, [(case, idx) for case in theirs], now=now) if one.holder == who]
    roles = {role for _, _, case, role in holders if case in theirs}
    return AnswerFacts(
        platform=CONTACT_US,
        last_in_at=None,
        opt_in=platforms_open(who, idx, now=now).get(CONTACT_US),
        standing=next(iter(found), ConsentStanding.none()),
        suppressed=bool(suppressed_numbers(program, [idx])),
        held=bool(held_numbers(program, [idx])),
        texts_off=bool(texting_blocks(program, [who], now=now)),
        number_conflict={"custodial-party", "noncustodial-parent"} <= roles,
    )


def _words(program: str, person: Reach) -> Rendering:
    texts = text_maker(program, WAITING)
    quiet = bool(discreet_texts([person.participant_id]))
    # No date and no place stands in these words: any will do.
    return texts.render(person.language, ANY_TIME, next(iter(offices(program))), discreet=quiet)


def _last(idx: bytes) -> datetime | None:
    found = Message.objects.filter(
        program=current().program, phone_idx=idx, kind=MessageKind.ANSWER.value, template_key__in=(WAITING, "discreet")
    )
    return found.order_by("-created_at").values_list("created_at", flat=True).first()


def _still_theirs(who: uuid.UUID, idx: bytes) -> bool:
    number = reach(who).phone
    return number is not None and blind_index("phone", number) == idx
