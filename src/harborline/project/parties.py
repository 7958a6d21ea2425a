"""Who belongs to whom, read from people for the rooms that ask through ports: retention and oversight."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from harborline.kernel import NotFound
from harborline.messaging.models import InboundMessage, Message
from harborline.people.models import Case, CaseParty, Participant, PhoneNumber
from harborline.retention.ports import Party
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

_CASES_OF_NUMBERS = """
SELECT DISTINCT n.phone_idx, y.case_id
  FROM people_phonenumber n
  JOIN people_caseparty y ON y.participant_id = n.participant_id
 WHERE n.program = %(program)s AND n.phone_idx = ANY (%(phones)s::bytea[])
"""


class PeopleParties:
    """People's records as `retention.ports.Parties`; everything stays within the walls of the context."""

    def person(self, participant_id: uuid.UUID) -> Party:
        """Every row of the same human being in this program, their cases, every number they have or had."""
        program = current().program
        one = Participant.objects.filter(id=participant_id, program=program).first()
        if one is None:
            raise NotFound("no such participant here")
        rows = Participant.objects.filter(person_id=one.person_id, program=program)
        ids = frozenset(rows.values_list("id", flat=True))
        cases = frozenset(CaseParty.objects.filter(participant_id__in=ids).values_list("case_id", flat=True))
        return Party(ids, cases, _numbers(ids), one.county)

    def case(self, case_id: uuid.UUID) -> Party:
        """A case with its parties, past ones too, and every number they have or had."""
        one = Case.objects.filter(id=case_id, program=current().program).first()
        if one is None:
            raise NotFound("no such case here")
        ids = frozenset(CaseParty.objects.filter(case_id=case_id).values_list("participant_id", flat=True))
        return Party(ids, frozenset({case_id}), _numbers(ids), one.county)

    def participant_named(self, external_id: str) -> uuid.UUID:
        """The participant with this number in the case system; raises `NotFound`."""
        return _named(Participant.objects.filter(program=current().program, external_id=external_id), "participant")

    def case_named(self, external_id: str) -> uuid.UUID:
        """The case with this number in the case system; raises `NotFound`."""
        return _named(Case.objects.filter(program=current().program, external_id=external_id), "case")

    def knows_number(self, phone_idx: bytes) -> bool:
        """Whether anybody in sight has or had the number, or a text went to it or came from it."""
        kinds: tuple[Any, ...] = (PhoneNumber, Message, InboundMessage)
        return any(kind.objects.filter(program=current().program, phone_idx=phone_idx).exists() for kind in kinds)

    def cases_of(self, phone_idxs: Collection[bytes]) -> dict[bytes, frozenset[uuid.UUID]]:
        """The cases of everybody who has or had each number; a number of nobody is left out."""
        found: dict[bytes, set[uuid.UUID]] = {}
        with bulk_cursor() as cursor:
            cursor.execute(_CASES_OF_NUMBERS, {"program": current().program, "phones": list(phone_idxs)}, binary=True)
            for phone_idx, case_id in cursor:
                found.setdefault(bytes(phone_idx), set()).add(case_id)
        return {phone_idx: frozenset(cases) for phone_idx, cases in found.items()}

    def closed_cases(self) -> list[tuple[uuid.UUID, str]]:
        """Every closed case with its county."""
        return list(Case.objects.filter(program=current().program, open=False).values_list("id", "county"))


def _named(rows: Any, what: str) -> uuid.UUID:  # noqa: ANN401 - a query of either model
    found: uuid.UUID | None = rows.values_list("id", flat=True).first()
    if found is None:
        raise NotFound(f"no {what} with that number here")
    return found


def _numbers(ids: Iterable[uuid.UUID]) -> frozenset[bytes]:
    rows = PhoneNumber.objects.filter(participant_id__in=list(ids)).values_list("phone_idx", flat=True)
    return frozenset(bytes(idx) for idx in rows)
