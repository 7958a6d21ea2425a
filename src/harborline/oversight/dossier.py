"""Gather what an export holds: texts with their lives, consents, views; third parties taken out."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from harborline.kernel import NotFound, ports
from harborline.law import Profile, profile
from harborline.messaging.selectors.transcripts import Asked, Life, NotSent, lives, not_sent
from harborline.oversight.facts import Selection
from harborline.oversight.ports import (
    BookParty,
    ConsentEvent,
    ConsentRecord,
    ConsentRecords,
    OpenedEntry,
    PartyBook,
    RecordProver,
)
from harborline.oversight.redaction import Cleaned, Known, Redactor
from harborline.people.selectors import offices
from harborline.retention.facts import Tombstone
from harborline.retention.selectors import destroyed
from harborline.vault.services import blind_index

VIEWS = frozenset({"message.opened", "oversight.exported"})
SHARED = "the number is used by more than one person"


@dataclass(frozen=True, slots=True)
class TextShown:
    """One text as the export shows it: its life, its words as they may leave, why they are not there."""

    life: Life
    words: Cleaned | None
    number: str
    withheld: str
    grave: Tombstone | None
    label: str


@dataclass(frozen=True, slots=True)
class ConsentShown:
    """One consent with its evidence as it may leave."""

    consent: ConsentRecord
    label: str
    evidence: Mapping[str, str] | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything one export holds, ready to be written.

    `subject` is the one person it is about, None when it is about several; `labels` name participants.
    """

    program: str
    selection: Selection
    subject: BookParty | None
    case_names: Mapping[uuid.UUID, str]
    labels: Mapping[uuid.UUID, str]
    texts: tuple[TextShown, ...]
    rows: tuple[NotSent, ...]
    consents: tuple[ConsentShown, ...]
    stops: tuple[ConsentEvent, ...]
    views: tuple[OpenedEntry, ...]


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selection resolved: the participants it is about, what to ask messaging for, the county it belongs to."""

    asked: Asked
    participants: frozenset[uuid.UUID]
    county: str
    one_person: bool


@dataclass(slots=True)
class _Around:
    """The people around the texts of an export, and the redactor of each of them."""

    program: str
    book: Sequence[BookParty]
    one_person: bool
    public_numbers: frozenset[str]
    public_addresses: tuple[str, ...]
    made: dict[frozenset[uuid.UUID], Redactor] = field(default_factory=dict)
    by_case: dict[uuid.UUID, list[BookParty]] = field(default_factory=dict)
    by_person: dict[uuid.UUID, list[BookParty]] = field(default_factory=dict)
    person_of: dict[uuid.UUID, uuid.UUID] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Find neighbours quickly."""
        for one in self.book:
            self.by_person.setdefault(one.person_id, []).append(one)
            self.person_of[one.participant_id] = one.person_id
            for case in one.cases:
                self.by_case.setdefault(case, []).append(one)

    def redactor(self, holders: frozenset[uuid.UUID]) -> Redactor:
        """The redactor for texts of these participants."""
        if holders not in self.made:
            self.made[holders] = self._redactor({self.person_of[one] for one in holders if one in self.person_of})
        return self.made[holders]

    def _redactor(self, persons: set[uuid.UUID]) -> Redactor:
        mine = [one for person in persons for one in self.by_person[person]]
        near = [one for own in mine for case in own.cases for one in self.by_case[case]]
        others = [one for one in near if one.person_id not in persons]
        known = Known(
            other_names=_joined(one.names for one in others),
            other_numbers=frozenset(_joined(one.numbers for one in others)),
            other_addresses=_joined(one.addresses for one in others),
            own_names=_joined(one.names for one in mine),
            own_numbers=frozenset(_joined(one.numbers for one in mine)),
            own_addresses=_joined(one.addresses for one in mine),
            public_numbers=self.public_numbers,
            public_addresses=self.public_addresses,
            keeps_own=self.one_person,
        )
        return Redactor(known, program=self.program)

    def words_of(self, life: Life, about: frozenset[uuid.UUID]) -> Cleaned:
        """The words of a text as they may leave."""
        redactor = self.redactor(life.holders or (about if self.one_person else frozenset()))
        if life.direction == "in" or life.kind == "answer":
            return redactor.theirs(life.words or "", life.language or "en")
        return redactor.ours(life.words or "")


def _joined(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one for part in parts for one in part))


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


def gather(program: str, selection: Selection, chosen: Chosen) -> Dossier:
    """Everything a selection holds, third parties taken out; raises `NotFound` when it holds nothing at all."""
    found = lives(chosen.asked)
    rows = [] if chosen.asked.phone_idx else not_sent(replace(chosen.asked, participants=chosen.participants))
    about = chosen.participants or frozenset(holder for life in found for holder in life.holders)
    consents, views = _records_about(about, found)
    rested_on = {life.consent_id for life in found}
    consents = [one for one in consents if one.id in rested_on or _within(selection, one.given_at)]
    if not (found or rows or consents):
        raise NotFound("nothing is on record for this selection")
    book = ports.serving(PartyBook).around(about | frozenset(one for life in found for one in life.holders))
    around = _around(program, book, one_person=chosen.one_person)
    labels = _labels(book, about, one_person=chosen.one_person)
    graves = destroyed([life.id for life in found if life.words is None])
    subject = next((one for one in book if chosen.one_person and one.participant_id in about), None)
    return Dossier(
        program=program,
        selection=selection,
        subject=subject,
        case_names=ports.serving(PartyBook).case_names({life.case_id for life in found if life.case_id}),
        labels=labels,
        texts=tuple(_shown(life, around, labels, graves, about) for life in found),
        rows=tuple(rows),
        consents=tuple(
            _consent(one, around, labels) for one in consents if one.id in rested_on or _within(selection, one.given_at)
        ),
        stops=tuple(_stops(book, about, around.person_of, selection)) if chosen.one_person else (),
        views=tuple(one for one in views if _within(selection, one.at)),
    )


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


def _around(program: str, book: Sequence[BookParty], *, one_person: bool) -> _Around:
    law: Profile = profile(program)
    places = offices(program).values()
    numbers = {_e164(law.callback), *(_e164(place.phone) for place in places)}
    addresses = tuple(place.address for place in places)
    return _Around(program, book, one_person, frozenset(numbers), addresses)


def _e164(written: str) -> str:
    return "+1" + "".join(sign for sign in written if sign.isdigit())[-10:]


def _labels(book: Sequence[BookParty], about: Collection[uuid.UUID], *, one_person: bool) -> dict[uuid.UUID, str]:
    if one_person:
        return dict.fromkeys(about, "the person")
    named = sorted((one for one in book if one.participant_id in about), key=lambda one: one.external_id)
    return {one.participant_id: one.external_id for one in named}


def _shown(
    life: Life,
    around: _Around,
    labels: Mapping[uuid.UUID, str],
    graves: Mapping[uuid.UUID, Tombstone],
    about: frozenset[uuid.UUID],
) -> TextShown:
    label = ", ".join(sorted({labels[one] for one in life.holders if one in labels}))
    if life.words is None:
        grave = graves.get(life.id)
        return TextShown(life, None, "", "destroyed under its schedule" if grave else "destroyed", grave, label)
    if life.direction == "in" and len({around.person_of.get(one, one) for one in life.holders}) > 1:
        return TextShown(life, None, "", SHARED, None, label)
    number = (life.number or "") if around.one_person else ""
    return TextShown(life, around.words_of(life, about), number, "", None, label)


def _consent(one: ConsentRecord, around: _Around, labels: Mapping[uuid.UUID, str]) -> ConsentShown:
    redactor = around.redactor(frozenset({one.participant_id}))
    evidence = one.evidence
    if evidence is not None:
        evidence = {name: redactor.theirs(value, one.language).words for name, value in sorted(evidence.items())}
    return ConsentShown(one, labels.get(one.participant_id, ""), evidence)


def _stops(
    book: Sequence[BookParty],
    about: Collection[uuid.UUID],
    persons: Mapping[uuid.UUID, uuid.UUID],
    selection: Selection,
) -> list[ConsentEvent]:
    # A number that somebody else around the cases also has or had speaks for nobody.
    mine = {persons[one] for one in about if one in persons}
    numbers = {number for one in book if one.person_id in mine for number in one.numbers}
    others = {number for one in book if one.person_id not in mine for number in one.numbers}
    found = ports.serving(ConsentRecords).stops(numbers - others)
    return [one for one in found if _within(selection, one.at)]
