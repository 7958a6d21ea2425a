"""Collect what an export holds from the rooms below: every question to the database, and nothing that takes long."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from harborline.kernel import NotFound, ports
from harborline.law import profile
from harborline.messaging.selectors.transcripts import Asked, Life, NotSent, lives, not_sent
from harborline.oversight.facts import Selection
from harborline.oversight.ports import (
    BookParty,
    ConsentEvent,
    ConsentRecord,
    ConsentRecords,
    EntryEvidence,
    OpenedEntry,
    PartyBook,
    RecordProver,
)
from harborline.people.selectors import offices
from harborline.retention.facts import Tombstone
from harborline.retention.selectors import destroyed
from harborline.vault.services import blind_index
from harborline.workforce.selectors import number_of

VIEWS = frozenset({"message.opened", "oversight.exported"})


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selection resolved: the participants it is about, what to ask messaging for, the county it belongs to."""

    asked: Asked
    participants: frozenset[uuid.UUID]
    county: str
    one_person: bool


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything read for one export, third parties still in it: it leaves this process only through a `Dossier`.

    `about` are the participants it is about; `workers` names who acted by their numbers.
    """

    program: str
    selection: Selection
    one_person: bool
    about: frozenset[uuid.UUID]
    texts: Sequence[Life]
    rows: Sequence[NotSent]
    consents: Sequence[ConsentRecord]
    stops: Sequence[ConsentEvent]
    views: Sequence[OpenedEntry]
    book: Sequence[BookParty]
    graves: Mapping[uuid.UUID, Tombstone]
    case_names: Mapping[uuid.UUID, str]
    public_numbers: frozenset[str]
    public_addresses: tuple[str, ...]
    workers: Mapping[str, str]
    evidence: Mapping[uuid.UUID, EntryEvidence]


def choose(selection: Selection) -> Chosen:
    """Resolve a selection within the walls; raises `NotFound` for a person or case nobody here knows."""
    book = ports.serving(PartyBook)
    participants: frozenset[uuid.UUID] = frozenset()
    parties: frozenset[uuid.UUID] = frozenset()
    case_id = None
    if selection.person:
        participants = book.rows_of_person(selection.person)
    if selection.case:
        case_id = book.case_named(selection.case)
        parties = book.parties_of_case(case_id)
        if participants and not participants & parties:
            raise NotFound("this person is not on this case")
        participants &= parties
        parties = participants or parties
    asked = Asked(
        participants=participants,
        case_id=case_id,
        parties=parties,
        phone_idx=blind_index("phone", selection.number) if selection.number else None,
        from_at=selection.from_at,
        until_at=selection.until_at,
    )
    about = participants or parties
    counties = {one.county for one in book.around(about) if one.participant_id in about} if about else set()
    county = counties.pop() if len(counties) == 1 else ""
    return Chosen(asked, about, county, bool(selection.person))


def collect(program: str, selection: Selection, chosen: Chosen) -> Collected:
    """Everything a selection holds; raises `NotFound` when it holds nothing, `Unavailable` until it is all signed."""
    found = lives(chosen.asked)
    rows = [] if chosen.asked.phone_idx else not_sent(replace(chosen.asked, participants=chosen.participants))
    about = chosen.participants or frozenset(holder for life in found for holder in life.holders)
    consents, views = _records_about(about, found)
    rested_on = {life.consent_id for life in found}
    consents = [one for one in consents if one.id in rested_on or _within(selection, one.given_at)]
    if not (found or rows or consents):
        raise NotFound("nothing is on record for this selection")
    party_book = ports.serving(PartyBook)
    book = party_book.around(about | frozenset(one for life in found for one in life.holders))
    stops = _stops(book, about, selection) if chosen.one_person else []
    views = [one for one in views if _within(selection, one.at)]
    places = offices(program).values()
    return Collected(
        program=program,
        selection=selection,
        one_person=chosen.one_person,
        about=about,
        texts=found,
        rows=rows,
        consents=consents,
        stops=stops,
        views=views,
        book=book,
        graves=destroyed([life.id for life in found if life.words is None]),
        case_names=party_book.case_names({life.case_id for life in found if life.case_id}),
        public_numbers=frozenset({_e164(profile(program).callback), *(_e164(place.phone) for place in places)}),
        public_addresses=tuple(place.address for place in places),
        workers=_workers(found, consents, views),
        evidence=ports.serving(RecordProver).evidence(_entries(found, rows, consents, stops, views)),
    )


def _entries(
    found: Sequence[Life],
    rows: Sequence[NotSent],
    consents: Sequence[ConsentRecord],
    stops: Sequence[ConsentEvent],
    views: Sequence[OpenedEntry],
) -> set[uuid.UUID]:
    wanted: set[uuid.UUID | None] = {step.entry_id for life in found for step in life.steps}
    wanted |= {view.entry_id for life in found for view in life.seen} | {row.entry_id for row in rows}
    wanted |= {event.entry_id for consent in consents for event in consent.events}
    wanted |= {event.entry_id for event in stops} | {view.entry_id for view in views}
    return {one for one in wanted if one is not None}


def _workers(found: Sequence[Life], consents: Sequence[ConsentRecord], views: Sequence[OpenedEntry]) -> dict[str, str]:
    actors: Iterable[str] = {
        *(view.actor for life in found for view in life.seen),
        *(one.recorded_by for one in consents),
        *(view.actor for view in views),
    }
    return {actor: number_of(actor) for actor in actors}


def _records_about(about: frozenset[uuid.UUID], found: Sequence[Life]) -> tuple[list[ConsentRecord], list[OpenedEntry]]:
    if not about:
        return [], []
    subjects = [f"participant:{one}" for one in sorted(about)]
    # The opening of a text of nobody on file stands under the text itself.
    subjects += [f"message:{life.id}" for life in found if life.direction == "out" and not life.holders]
    return ports.serving(ConsentRecords).of(about), ports.serving(RecordProver).about(subjects, VIEWS)


def _within(selection: Selection, at: datetime) -> bool:
    return (selection.from_at is None or at >= selection.from_at) and (
        selection.until_at is None or at < selection.until_at
    )


def _e164(written: str) -> str:
    return "+1" + "".join(sign for sign in written if sign.isdigit())[-10:]


def _stops(book: Sequence[BookParty], about: frozenset[uuid.UUID], selection: Selection) -> list[ConsentEvent]:
    # A number that somebody else around the cases also has or had speaks for nobody.
    mine = {one.person_id for one in book if one.participant_id in about}
    numbers = {number for one in book if one.person_id in mine for number in one.numbers}
    others = {number for one in book if one.person_id not in mine for number in one.numbers}
    found = ports.serving(ConsentRecords).stops(numbers - others)
    return [one for one in found if _within(selection, one.at)]
