"""Make an export's content of what was collected: third parties taken out, everybody named as they may be; pure."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from harborline.messaging.selectors.transcripts import Life, NotSent
from harborline.oversight.collecting import Collected
from harborline.oversight.facts import Selection
from harborline.oversight.ports import BookParty, ConsentEvent, ConsentRecord, EntryEvidence, OpenedEntry
from harborline.oversight.redaction import Cleaned, Known, Redactor
from harborline.retention.facts import Tombstone

SHARED = "the number is used by more than one person"
OF_ONE_PERSON = "words of ours stand in the export of one person"


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
    workers: Mapping[str, str]
    evidence: Mapping[uuid.UUID, EntryEvidence]


@dataclass(slots=True)
class _Around:
    """The people around the texts of an export, and the redactor of each of them."""

    program: str
    book: Sequence[BookParty]
    one_person: bool
    keeps_where: bool
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
            keeps_where=self.keeps_where,
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


def assemble(found: Collected, *, keeps_where: bool = True) -> Dossier:
    """The content of an export; without `keeps_where` nobody's numbers and addresses stay in it, one's own neither."""
    around = _Around(
        found.program, found.book, found.one_person, keeps_where, found.public_numbers, found.public_addresses
    )
    labels = _labels(found.book, found.about, one_person=found.one_person)
    subject = next((one for one in found.book if found.one_person and one.participant_id in found.about), None)
    return Dossier(
        program=found.program,
        selection=found.selection,
        subject=subject,
        case_names=found.case_names,
        labels=labels,
        texts=tuple(_shown(life, around, labels, found.graves, found.about) for life in found.texts),
        rows=tuple(found.rows),
        consents=tuple(_consent(one, around, labels) for one in found.consents),
        stops=tuple(found.stops),
        views=tuple(found.views),
        workers=found.workers,
        evidence=found.evidence,
    )


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
    if not around.one_person and life.direction == "out" and life.kind != "reply":
        # Any party may read it: words that tell nothing, beside those that do, would tell who is protected; words that
        # tell a day and an office, where somebody will be.
        return TextShown(life, None, "", OF_ONE_PERSON, None, label)
    number = (life.number or "") if around.one_person and around.keeps_where else ""
    return TextShown(life, around.words_of(life, about), number, "", None, label)


def _consent(one: ConsentRecord, around: _Around, labels: Mapping[uuid.UUID, str]) -> ConsentShown:
    redactor = around.redactor(frozenset({one.participant_id}))
    evidence = one.evidence
    if evidence is not None:
        evidence = {name: redactor.theirs(value, one.language).words for name, value in sorted(evidence.items())}
    return ConsentShown(one, labels.get(one.participant_id, ""), evidence)
