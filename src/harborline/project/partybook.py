"""People and consents as an export needs them: `oversight.ports` over the records of the rooms below."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from harborline.consent.keeping import evidence_of
from harborline.consent.models import Consent, Suppression
from harborline.consent.models import ConsentEvent as KeptEvent
from harborline.kernel import NotFound
from harborline.oversight.ports import BookParty, ConsentEvent, ConsentRecord
from harborline.people.models import Case, CaseParty, Participant, PhoneNumber
from harborline.people.sealing import open_field, open_identity
from harborline.people.selectors import redactable_of
from harborline.project.parties import PeopleParties
from harborline.vault.services import blind_indexes
from harborline.walls import current


class PeopleBook:
    """People's records as `oversight.ports.PartyBook`; within the walls of the context."""

    def rows_of_person(self, external_id: str) -> frozenset[uuid.UUID]:
        """Every participant row of the human being with this number in the case system; raises `NotFound`."""
        parties = PeopleParties()
        try:
            return parties.person(parties.participant_named(external_id)).participants
        except NotFound:
            raise NotFound("no person with that number here") from None

    def case_named(self, external_id: str) -> uuid.UUID:
        """The case with this number in the case system; raises `NotFound`."""
        return PeopleParties().case_named(external_id)

    def parties_of_case(self, case_id: uuid.UUID) -> frozenset[uuid.UUID]:
        """The participants on a case, past ones too."""
        return PeopleParties().case(case_id).participants

    def case_names(self, case_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
        """The numbers of cases in the case system."""
        rows = Case.objects.filter(program=current().program, id__in=list(case_ids))
        return dict(rows.values_list("id", "external_id"))

    def around(self, participants: Collection[uuid.UUID]) -> list[BookParty]:
        """These participants and everybody on any of their cases, past parties too. Opens sealed values."""
        program = current().program
        asked = set(participants)
        cases = set(CaseParty.objects.filter(participant_id__in=asked).values_list("case_id", flat=True))
        links = list(CaseParty.objects.filter(case_id__in=cases).values_list("participant_id", "case_id", "role"))
        ids = asked | {participant for participant, _, _ in links}
        rows = Participant.objects.select_related("person").filter(program=program, id__in=ids).order_by("external_id")
        numbers = _numbers(ids)
        where: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
        roles: dict[uuid.UUID, set[str]] = defaultdict(set)
        for participant, case, role in links:
            where[participant].add(case)
            roles[participant].add(role)
        addresses = redactable_of(program, ids)
        return [_party(row, numbers[row.id], where[row.id], roles[row.id], addresses.get(row.id, [])) for row in rows]


def _numbers(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, set[str]]:
    found: dict[uuid.UUID, set[str]] = defaultdict(set)
    for row in PhoneNumber.objects.filter(program=current().program, participant_id__in=list(ids)):
        found[row.participant_id].add(open_field(row.program, row.participant_id, "phone", bytes(row.e164)))
    return found


def _party(
    row: Participant, numbers: set[str], cases: set[uuid.UUID], roles: set[str], addresses: list[str]
) -> BookParty:
    identity = open_identity(row.person.source, row.person_id, bytes(row.person.identity))
    return BookParty(
        participant_id=row.id,
        person_id=row.person_id,
        external_id=row.external_id,
        county=row.county,
        cases=frozenset(cases),
        roles=tuple(sorted(roles)),
        names=identity.names,
        numbers=tuple(sorted(numbers)),
        addresses=tuple(addresses),
    )


class KeptConsents:
    """Consent's records as `oversight.ports.ConsentRecords`."""

    def of(self, participants: Collection[uuid.UUID]) -> list[ConsentRecord]:
        """Every consent of the participants in sight, in the order in which they were given."""
        rows = list(
            Consent.objects.filter(program=current().program, participant_id__in=list(participants)).order_by(
                "given_at", "id"
            )
        )
        events: dict[uuid.UUID, list[ConsentEvent]] = defaultdict(list)
        for one in KeptEvent.objects.filter(consent_id__in=[row.id for row in rows]).order_by("at", "id"):
            events[one.consent_id].append(ConsentEvent(one.kind, one.at, one.reason, one.entry_id))
        return [_consent(row, events[row.id]) for row in rows]

    def stops(self, numbers: Collection[str]) -> list[ConsentEvent]:
        """Requests to stop and to start again for these numbers in this program."""
        listed = sorted(numbers)
        rows: Any = Suppression.objects.filter(
            program=current().program, phone_idx__in=blind_indexes("phone", listed)
        ).order_by("at", "id")
        return [ConsentEvent(row.kind, row.at, row.means, row.entry_id) for row in rows]


def _consent(row: Consent, events: list[ConsentEvent]) -> ConsentRecord:
    return ConsentRecord(
        id=row.id,
        participant_id=row.participant_id,
        kind=row.kind,
        platform=row.platform,
        language=row.language,
        given_at=row.given_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        ended_as=row.ended_as,
        statement_sha256=row.statement_sha256,
        recorded_by=row.recorded_by,
        evidence={name: str(value) for name, value in evidence_of(row).items()} if row.evidence else None,
        events=tuple(events),
    )
