"""Where an inbound text belongs: the threads of those whose number it is, and the worker each copy is for."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from harborline.consent.facts import CONTACT_US, NOTICES
from harborline.consent.selectors import platforms_open
from harborline.messaging.answering.queueing import STATEWIDE
from harborline.messaging.conversations.facts import THREAD_LIVES, ThreadFacts
from harborline.messaging.conversations.records import Thread, ThreadText
from harborline.messaging.models import InboundMessage, Message
from harborline.people.selectors import case_managers, holders_of_number, party_facts
from harborline.walls import current
from harborline.workforce.selectors import account_standing, worker_by_number


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a text may be from: the participant, their county, the cases they are an adult on."""

    participant_id: uuid.UUID
    county: str
    cases: tuple[uuid.UUID, ...]


def people_of(phone_idx: bytes) -> list[Person]:
    """The adults whose current number this is, else whom this program last texted there, else nobody."""
    found: dict[tuple[uuid.UUID, str], list[uuid.UUID]] = {}
    for participant, county, case, _ in holders_of_number(current().program, phone_idx):
        found.setdefault((participant, county), []).append(case)
    if found:
        return [Person(*who, tuple(sorted(cases))) for who, cases in sorted(found.items())]
    last = (
        Message.objects.filter(program=current().program, phone_idx=phone_idx, participant_id__isnull=False)
        .order_by("-created_at")
        .values_list("participant_id", "county")
        .first()
    )
    return [Person(last[0], last[1], ())] if last and last[0] else []


def place(
    inbound: InboundMessage, people: Iterable[Person], *, language: str, needs_reading: bool
) -> list[ThreadFacts]:
    """Put a text into the thread of each of the people, or of a stranger; answers the threads it is in."""
    placed = [_placed(inbound, person, language, needs_reading=needs_reading) for person in people]
    return placed or [_placed(inbound, None, language, needs_reading=needs_reading)]


def _placed(inbound: InboundMessage, person: Person | None, language: str, *, needs_reading: bool) -> ThreadFacts:
    thread = _thread(inbound, person, language)
    text = ThreadText.objects.create(
        program=inbound.program,
        county=thread.county,
        thread=thread,
        inbound=inbound,
        received_at=inbound.received_at,
        needs_reading=needs_reading,
        for_worker=_worker_for(person) if person else None,
    )
    return ThreadFacts(thread.id, text.id, thread.participant_id, thread.county, thread.platform)


def _thread(inbound: InboundMessage, person: Person | None, language: str) -> Thread:
    idx, at = bytes(inbound.phone_idx), inbound.received_at
    who = person.participant_id if person else None
    platform = _platform(who, idx, at) if who else NOTICES
    whose = Q(participant_id=who) if who else Q(participant__isnull=True)
    known = Thread.objects.filter(whose, program=inbound.program, phone_idx=idx, platform=platform)
    thread = known.select_for_update().first()
    if thread is None:
        return Thread.objects.create(
            program=inbound.program,
            county=person.county if person else STATEWIDE,
            participant_id=who,
            phone_idx=idx,
            platform=platform,
            language=_language(who, language),
            started_at=at,
            last_in_at=at,
        )
    thread.last_in_at = max(thread.last_in_at, at)
    thread.save(update_fields=["last_in_at"])
    return thread


def _platform(who: uuid.UUID, idx: bytes, at: datetime) -> str:
    # A thread of the portal that lives takes the text; else the platform the person gave permission for.
    living = Thread.objects.filter(participant_id=who, phone_idx=idx, platform=CONTACT_US)
    if living.filter(last_in_at__gte=at - THREAD_LIVES).exists():
        return CONTACT_US
    given = platforms_open(who, idx, now=at)
    return CONTACT_US if CONTACT_US in given and NOTICES not in given else NOTICES


def _language(who: uuid.UUID | None, language: str) -> str:
    facts = party_facts(who) if who else None
    return facts.language if facts else language


def _worker_for(person: Person) -> uuid.UUID | None:
    managers = case_managers(person.cases)
    for case in person.cases:
        worker = worker_by_number(managers[case]) if case in managers else None
        if worker is not None and account_standing(worker).allowed:
            return worker.id
    return None
