"""What others may ask about people; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import psycopg

from harborline.kernel import NotFound, clock
from harborline.law import profile
from harborline.people.expected import Expected, next_appointments
from harborline.people.facts import (
    FeedKind,
    HeldFacts,
    OfficeFacts,
    PartyFacts,
    ProtectionChange,
    ProtectionFacts,
    Reach,
    RecipientFacts,
)
from harborline.people.holding import held_of, open_value, person_at_hand, redactable_of, shields_of
from harborline.people.models import (
    CaseManagerAssignment,
    CaseParty,
    County,
    FeedImport,
    Office,
    Participant,
    PhoneNumber,
    Protection,
)
from harborline.people.portal.handing import MadeStart, PortalStanding, portal_standing, renewals_waiting, starts_told
from harborline.people.portal.keys import has_passphrase
from harborline.people.portal.visits import own_number
from harborline.people.portal.wishes import WishFacts, own_wishes, waiting_wishes, wish_at, wishes_of
from harborline.people.protecting import STAFF
from harborline.people.sealing import Identity, open_field, open_identity
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

__all__ = [
    "Expected",
    "MadeStart",
    "PortalStanding",
    "WishFacts",
    "asked_discreet",
    "case_managers",
    "cases_managed_by",
    "county_codes",
    "county_known",
    "county_names",
    "discreet_texts",
    "ended_protections",
    "feed_history",
    "has_passphrase",
    "held_fields",
    "held_of",
    "holders_of_number",
    "names_for",
    "next_appointments",
    "offices",
    "open_cases",
    "open_value",
    "own_number",
    "own_wishes",
    "participant_id",
    "participant_ids",
    "participant_numbers",
    "party_facts",
    "people_managed_by",
    "person_at_hand",
    "portal_standing",
    "protection_age",
    "protection_as_of",
    "protections_of",
    "reach",
    "reach_many",
    "recipients",
    "redactable_of",
    "renewals_waiting",
    "rows_of",
    "shields_of",
    "starts_told",
    "texting_blocks",
    "waiting_wishes",
    "wish_at",
    "wishes_of",
]

_RECIPIENTS = """
WITH asked AS MATERIALIZED (
  SELECT k.n::int AS n, k.participant, k.kase, k.phone
    FROM unnest(%(participants)b::text[], %(cases)b::text[], %(phones)b::bytea[])
         WITH ORDINALITY AS k(participant, kase, phone, n)
), found AS MATERIALIZED (
  SELECT a.n, a.phone, t.id AS participant_id, t.person_id, c.id AS case_id, t.county, y.role, y.adult,
         t.language, t.zone
    FROM asked a
    JOIN people_participant t ON t.program = %(program)s AND t.external_id = a.participant AND t.gone_at IS NULL
    JOIN people_case c ON c.program = %(program)s AND c.external_id = a.kase AND c.open
    JOIN people_caseparty y ON y.case_id = c.id AND y.participant_id = t.id AND y.ended_at IS NULL
)
SELECT n, participant_id, person_id, case_id, county, role, adult, language, zone, phone FROM found
"""

# Asked apart from the facts: a join of both would be found by comparing every pair.
_FLAGS = """
SELECT n, protected, texts_chosen, conflict
  FROM people_flags(%(persons)b::uuid[], %(phones)b::bytea[], %(at)s)
"""
_UNKNOWN = (True, False, True)

_PERSONS = "SELECT id, person_id FROM people_participant WHERE id = ANY (%(ids)b::uuid[])"

_NAMES = """
SELECT DISTINCT mine.participant_id, p.id, p.source, p.identity
  FROM people_caseparty mine
  JOIN people_caseparty each ON each.case_id = mine.case_id
  JOIN people_participant t ON t.id = each.participant_id
  JOIN people_person p ON p.id = t.person_id
 WHERE mine.participant_id = ANY (%(ids)b::uuid[])
"""

_HOLDERS = """
SELECT DISTINCT n.participant_id, n.county, y.case_id, y.role
  FROM people_phonenumber n
  JOIN people_caseparty y ON y.participant_id = n.participant_id AND y.adult AND y.ended_at IS NULL
 WHERE n.program = %(program)s AND n.phone_idx = %(phone)s AND n.until_at IS NULL
"""


def recipients(
    program: str, keys: Sequence[tuple[str, str, bytes]], *, now: datetime | None = None
) -> list[RecipientFacts | None]:
    """What decides about each (participant number, case number, phone index), in that order; None: not on file.

    Two round trips, meant for up to 2,000 keys. On file means: the participant is current, the case is open, and the
    one is a party of the other, within the counties of the context. Protections and shared numbers are looked up
    across all counties of the agency. Source: OFFSET-8.1:protective-order, OFFSET-8.1:harm.
    """
    answers: list[RecipientFacts | None] = [None] * len(keys)
    if not keys:
        return answers
    at = now or clock.now()
    with bulk_cursor() as cursor:
        cursor.execute(
            _RECIPIENTS,
            {
                "program": program,
                "participants": [key[0] for key in keys],
                "cases": [key[1] for key in keys],
                "phones": [key[2] for key in keys],
            },
            binary=True,
        )
        found = cursor.fetchall()
        persons = [row[2] for row in found]
        cursor.execute(_FLAGS, {"persons": persons, "phones": [row[9] for row in found], "at": at}, binary=True)
        flags = {place: tuple(said) for place, *said in cursor}
        wished = _wished(cursor, persons)
    for place, (n, participant, person, case, county, role, adult, language, zone, _) in enumerate(found, 1):
        protected, chosen, conflict = flags.get(place, _UNKNOWN)
        answers[n - 1] = RecipientFacts(
            participant,
            person,
            case,
            county,
            role,
            adult,
            protected,
            chosen,
            conflict,
            language,
            zone or None,
            protected or person in wished,
        )
    return answers


def asked_discreet(participant_id: uuid.UUID) -> bool:
    """Whether this participant asked here for texts that tell nothing; says nothing of protections."""
    return Participant.objects.filter(id=participant_id, discreet=True).exists()


def discreet_texts(participant_ids: Iterable[uuid.UUID], *, now: datetime | None = None) -> set[uuid.UUID]:
    """Those of the participants whose texts tell no date, place or program: they asked for it, or are protected."""
    flagged = _flags_of(participant_ids, now or clock.now())
    with bulk_cursor() as cursor:
        people = dict(cursor.execute(_PERSONS, {"ids": list(flagged)}, binary=True).fetchall())
        wished = _wished(cursor, list(people.values()))
    return {each for each, (protected, _, _) in flagged.items() if protected or people.get(each) in wished}


def _wished(cursor: psycopg.Cursor[Any], persons: list[uuid.UUID]) -> set[uuid.UUID]:
    cursor.execute("SELECT people_discreet(%(persons)b::uuid[])", {"persons": persons}, binary=True)
    return {row[0] for row in cursor}


def texting_blocks(
    program: str, participant_ids: Iterable[uuid.UUID], *, now: datetime | None = None
) -> set[uuid.UUID]:
    """Those of the participants who are protected, in any county, and did not choose texts."""
    del program  # the context says it; the name stays for the caller's reading
    flagged = _flags_of(participant_ids, now or clock.now())
    return {each for each, (protected, chosen, _) in flagged.items() if protected and not chosen}


def _flags_of(participant_ids: Iterable[uuid.UUID], at: datetime) -> dict[uuid.UUID, tuple[bool, bool, bool]]:
    ids = list(set(participant_ids))
    if not ids:
        return {}
    with bulk_cursor() as cursor:
        people = cursor.execute(_PERSONS, {"ids": ids}, binary=True).fetchall()
        asked = {"persons": [row[1] for row in people], "phones": [b""] * len(people), "at": at}
        cursor.execute(_FLAGS, asked, binary=True)
        flags = {place: (protected, chosen, conflict) for place, protected, chosen, conflict in cursor}
    return {person[0]: flags.get(place, _UNKNOWN) for place, person in enumerate(people, 1)}


def held_fields(participant_id: uuid.UUID, *, now: datetime | None = None) -> list[HeldFacts]:
    """What is held about one participant in sight, without the values, by name of the field.

    Nothing of the whereabouts of a protected person is listed: that looks the same as having nothing on file.
    Source: OFFSET-8.1:harm.
    """
    return sorted(held_of([participant_id], now or clock.now()), key=lambda one: one.field)


def people_managed_by(numbers: Collection[str]) -> int:
    """How many participants in sight are on open cases that workers with these numbers manage now."""
    with bulk_cursor() as cursor:
        row = cursor.execute(
            "SELECT count(DISTINCT y.participant_id) FROM people_casemanagerassignment m"
            " JOIN people_case c ON c.id = m.case_id AND c.open"
            " JOIN people_caseparty y ON y.case_id = m.case_id AND y.ended_at IS NULL"
            " WHERE m.until_at IS NULL AND m.worker_number = ANY (%b::text[])",
            [sorted(numbers)],
        ).fetchone()
    return int(row[0]) if row else 0


def protections_of(person_id: uuid.UUID) -> list[ProtectionFacts]:
    """The protections of a person, standing and ended, the newest first; for those whose work that is."""
    rows = Protection.objects.filter(person_id=person_id).order_by("-from_at", "-id")
    return [
        ProtectionFacts(
            row.id,
            row.person_id,
            row.kind,
            row.reason,
            row.source,
            row.from_at,
            row.until_at,
            row.ended_at,
            by_staff=row.reported_by.startswith(STAFF),
            recorded_by=row.recorded_by,
        )
        for row in rows
    ]


def ended_protections(now: datetime) -> list[ProtectionChange]:
    """The protections of the agency's program that ran out by themselves: their last day is over, nobody ended them."""
    rows = Protection.objects.filter(
        until_at__lte=now, ended_at__isnull=True, reported_by__in=[current().program, f"{STAFF}{current().program}"]
    )
    return [ProtectionChange(row.id, row.person_id, "expired", row.until_at) for row in rows if row.until_at]


def protection_as_of(program: str) -> datetime | None:
    """The moment of which the newest protections feed of the program tells; None when there never was one."""
    newest = FeedImport.objects.filter(program=program, kind=FeedKind.PROTECTIONS.value).order_by("-as_of").first()
    return newest.as_of if newest else None


def protection_age(program: str, *, now: datetime | None = None) -> timedelta | None:
    """How old the program's protection data is; None when it was never loaded."""
    as_of = protection_as_of(program)
    return None if as_of is None else (now or clock.now()) - as_of


def names_for(participant_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, ...]]:
    """Every name of every party of these participants' cases: what a text to them must not say. Opens sealed names."""
    ids = list(set(participant_ids))
    with bulk_cursor() as cursor:
        rows = cursor.execute(_NAMES, {"ids": ids}, binary=True).fetchall() if ids else []
    opened: dict[uuid.UUID, Identity] = {}
    names: dict[uuid.UUID, list[str]] = {each: [] for each in ids}
    for participant, person, source, sealed in rows:
        if person not in opened:
            opened[person] = open_identity(source, person, sealed)
        names[participant] += opened[person].names
    return {each: tuple(dict.fromkeys(found)) for each, found in names.items()}


def reach(participant_id: uuid.UUID) -> Reach:
    """Name, number and language of one participant; raises `NotFound`. Opens sealed values."""
    found = reach_many([participant_id])
    if not found:
        raise NotFound("no such participant here")
    return found[0]


def reach_many(participant_ids: Iterable[uuid.UUID]) -> list[Reach]:
    """Name, number and language of each participant the context may see, in the order of the case system's numbers."""
    ids = list(participant_ids)
    rows = list(Participant.objects.filter(id__in=ids).select_related("person").order_by("external_id"))
    numbers = _current_numbers(ids)
    return [_reach(row, numbers.get(row.id)) for row in rows]


def holders_of_number(program: str, phone_idx: bytes) -> list[tuple[uuid.UUID, str, uuid.UUID, str]]:
    """The adults whose current number this is: (participant, county, case, role), one for each of their cases."""
    with bulk_cursor() as cursor:
        cursor.execute(_HOLDERS, {"program": program, "phone": phone_idx}, binary=True)
        return [(row[0], row[1], row[2], row[3]) for row in cursor]


def numbers_held(indexes: Collection[bytes]) -> set[bytes]:
    """Those of these numbers, by blind index, that somebody in sight has now."""
    rows = PhoneNumber.objects.filter(phone_idx__in=list(indexes), until_at__isnull=True)
    return {bytes(index) for index in rows.values_list("phone_idx", flat=True)}


def open_cases(participant_id: uuid.UUID) -> list[tuple[uuid.UUID, str]]:
    """The open cases of a participant in sight: each case's row and its number in the case system, by that number."""
    rows = CaseParty.objects.filter(participant_id=participant_id, ended_at__isnull=True, case__open=True)
    return [
        (case, number)
        for case, number in rows.order_by("case__external_id").values_list("case_id", "case__external_id")
    ]


def participant_id(program: str, external_id: str) -> uuid.UUID:
    """The participant with this number in the case system; raises `NotFound`."""
    found = Participant.objects.filter(program=program, external_id=external_id).values_list("id", flat=True).first()
    if found is None:
        raise NotFound("no participant with that number here")
    return found


def participant_numbers(ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The numbers in the case system of participants in sight; the others are left out."""
    return dict(Participant.objects.filter(id__in=list(ids)).values_list("id", "external_id"))


def rows_of(persons: Iterable[uuid.UUID]) -> dict[uuid.UUID, list[tuple[uuid.UUID, str]]]:
    """The participants in sight of each person, as (id, number in the case system)."""
    found: dict[uuid.UUID, list[tuple[uuid.UUID, str]]] = {}
    rows = Participant.objects.filter(person_id__in=list(persons)).order_by("external_id")
    for person, participant, number in rows.values_list("person_id", "id", "external_id"):
        found.setdefault(person, []).append((participant, number))
    return found


def participant_ids(program: str, external_ids: Iterable[str]) -> dict[str, tuple[uuid.UUID, str]]:
    """Id and county of the participants with these numbers in the case system; unknown ones are left out."""
    with bulk_cursor() as cursor:
        cursor.execute(
            "SELECT external_id, id, county FROM people_participant"
            " WHERE program = %s AND external_id = ANY (%s::text[])",
            [program, list(external_ids)],
            binary=True,
        )
        return {row[0]: (row[1], row[2]) for row in cursor}


def party_facts(participant_id: uuid.UUID) -> PartyFacts | None:
    """What decides whether a participant may consent; None when there is no such participant here."""
    found = Participant.objects.filter(id=participant_id, gone_at__isnull=True).first()
    if found is None:
        return None
    adult = CaseParty.objects.filter(participant_id=found.id, adult=True, ended_at__isnull=True, case__open=True)
    return PartyFacts(found.id, found.county, found.language, adult.exists())


def county_codes(program: str) -> frozenset[str]:
    """The FIPS codes of the counties in which the program has an office."""
    return frozenset(Office.objects.filter(program=program, active=True).values_list("county", flat=True))


def county_known(program: str, code: str) -> bool:
    """Whether a FIPS code is a county of the program's state; a new office, which knows none yet, takes any."""
    known = County.objects.filter(state=profile(program).state)
    return known.filter(fips=code).exists() or not known.exists()


def county_names(codes: Iterable[str]) -> dict[str, str]:
    """The names of counties by their FIPS codes; unknown codes are left out."""
    return dict(County.objects.filter(fips__in=list(codes)).values_list("fips", "name"))


def offices(program: str) -> dict[str, OfficeFacts]:
    """The program's offices by code."""
    rows = Office.objects.filter(program=program, active=True).order_by("code")
    return {
        row.code: OfficeFacts(row.code, row.county, row.names, row.hours, row.address, row.phone, row.zone)
        for row in rows
    }


def case_managers(case_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The number (in the case system) of the worker who manages each case now."""
    with bulk_cursor() as cursor:
        cursor.execute(
            "SELECT case_id, worker_number FROM people_casemanagerassignment"
            " WHERE case_id = ANY (%s::uuid[]) AND until_at IS NULL",
            [list(case_ids)],
            binary=True,
        )
        return {row[0]: row[1] for row in cursor}


def cases_managed_by(numbers: Collection[str]) -> set[uuid.UUID]:
    """The cases that workers with these numbers (in the case system) manage now."""
    rows = CaseManagerAssignment.objects.filter(worker_number__in=numbers, until_at=None)
    return set(rows.values_list("case_id", flat=True))


def feed_history(program: str, limit: int = 50) -> list[FeedImport]:
    """The newest feed imports of the program."""
    return list(FeedImport.objects.filter(program=program).order_by("-imported_at")[:limit])


def _current_numbers(ids: list[uuid.UUID]) -> dict[uuid.UUID, bytes]:
    with bulk_cursor() as cursor:
        cursor.execute(
            "SELECT participant_id, e164 FROM people_phonenumber"
            " WHERE participant_id = ANY (%s::uuid[]) AND until_at IS NULL",
            [ids],
            binary=True,
        )
        return {row[0]: row[1] for row in cursor}


def _reach(row: Participant, sealed_number: bytes | None) -> Reach:
    return Reach(
        participant_id=row.id,
        external_id=row.external_id,
        name=open_identity(row.person.source, row.person_id, bytes(row.person.identity)).name,
        phone=open_field(row.program, row.id, "phone", sealed_number) if sealed_number else None,
        language=row.language,
    )
