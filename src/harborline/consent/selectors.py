"""What others may ask about consent; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from harborline.consent.desk_listing import Unsigned, unsigned_by_appointment, waiting_spoken
from harborline.consent.facts import ConsentFacts, ConsentKind, ConsentStanding, ConsentState, Doubt, Ending
from harborline.consent.models import Consent, ConsentEvent, ConsentList, NumberQuestion, PossibleOptOut
from harborline.consent.portal_receipt import receipt_json, receipt_pdf
from harborline.consent.rules import best_of, state_of
from harborline.consent.trends import DayOfConsent, consent_by_day
from harborline.kernel import clock
from harborline.walls import ALL_COUNTIES, current
from harborline.walls.cursor import bulk_cursor

__all__ = [
    "DayOfConsent",
    "Unsigned",
    "consent_by_day",
    "consent_lists",
    "consents_of",
    "events_of",
    "facts_of",
    "held_numbers",
    "number_questions",
    "numbers_in_doubt",
    "numbers_on_two_adults",
    "platforms_open",
    "possible_opt_outs",
    "receipt_json",
    "receipt_pdf",
    "standings",
    "suppressed_numbers",
    "unfiled",
    "unsigned_by_appointment",
    "unsigned_spoken",
    "waiting_spoken",
]

_GIVEN = """
WITH asked AS MATERIALIZED (
  SELECT k.n::int AS n, k.kase, k.phone
    FROM unnest(%(cases)b::uuid[], %(phones)b::bytea[]) WITH ORDINALITY AS k(kase, phone, n)
)
SELECT a.n, c.id, c.participant_id, c.kind, c.platform, c.given_at, c.expires_at, c.ended_at, c.ended_as,
       c.source_list <> '' AS imported, c.attested_at
  FROM asked a
  JOIN consent_consent c ON c.program = %(program)s AND c.phone_idx = a.phone
  JOIN people_adult_numbers() h
    ON h.participant_id = c.participant_id AND h.case_id = a.kase AND h.phone_idx = c.phone_idx
 ORDER BY a.n, c.given_at DESC
"""

_NUMBER_BLOCKS = "SELECT n, stopped, held FROM consent_number_blocks(%(phones)b::bytea[])"

_SHARED = """
SELECT DISTINCT phone_idx FROM people_adult_numbers()
 GROUP BY case_id, phone_idx HAVING count(DISTINCT participant_id) > 1
"""

_Candidate = tuple[uuid.UUID, uuid.UUID, ConsentFacts]


def standings(
    program: str, keys: Sequence[tuple[uuid.UUID, bytes]], *, now: datetime | None = None
) -> list[ConsentStanding]:
    """For each (case id, phone index), in that order: the best consent of an adult on that case for that number.

    Two round trips, meant for up to 2,000 keys. A consent counts while the number is its holder's current one.
    Requests to stop and possible opt-outs are looked up across all programs and counties of the agency.
    """
    if not keys:
        return []
    at = now or clock.now()
    parameters = {"program": program, "cases": [key[0] for key in keys], "phones": [key[1] for key in keys]}
    blocks: list[tuple[bool, bool]] = [(True, True)] * len(keys)
    candidates: dict[int, list[_Candidate]] = {}
    with bulk_cursor() as blocking, bulk_cursor() as giving:
        # Both are asked before either answer is read: one round trip where the caller has a pipeline.
        blocking.execute(_NUMBER_BLOCKS, parameters, binary=True)
        giving.execute(_GIVEN, parameters, binary=True)
        for n, stopped, held in blocking:
            blocks[n - 1] = (stopped, held)
        for n, consent_id, holder, *facts in giving:
            candidates.setdefault(n - 1, []).append((consent_id, holder, _facts(*facts)))
    return [_standing(candidates.get(place, []), *block, at) for place, block in enumerate(blocks)]


def suppressed_numbers(program: str, phone_idxs: Iterable[bytes]) -> set[bytes]:
    """Those of the numbers that asked this agency to stop and did not start again with `program`."""
    return _blocked(program, phone_idxs, "stopped")


def held_numbers(program: str, phone_idxs: Iterable[bytes]) -> set[bytes]:
    """Those of the numbers for which a possible opt-out waits for staff."""
    return _blocked(program, phone_idxs, "held")


def facts_of(consent: Consent) -> ConsentFacts:
    """A consent's record as rules see it."""
    return _facts(
        consent.kind,
        consent.platform,
        consent.given_at,
        consent.expires_at,
        consent.ended_at,
        consent.ended_as,
        bool(consent.source_list),
        consent.attested_at,
    )


def platforms_open(participant_id: uuid.UUID, phone_idx: bytes, *, now: datetime) -> dict[str, ConsentFacts]:
    """The consents of a participant for a number that stand now, by platform, the newest of each."""
    given = Consent.objects.filter(participant_id=participant_id, phone_idx=phone_idx).order_by("given_at")
    found = {consent.platform: facts_of(consent) for consent in given if _stands(consent, now)}
    return dict(sorted(found.items()))


def _stands(consent: Consent, now: datetime) -> bool:
    return state_of(consent=facts_of(consent), now=now) in {ConsentState.GIVEN, ConsentState.TEMPORARY}


def consents_of(participant_id: uuid.UUID) -> list[Consent]:
    """Every consent a participant ever gave, newest first."""
    return list(Consent.objects.filter(participant_id=participant_id).order_by("-given_at"))


def events_of(consent_id: uuid.UUID) -> list[ConsentEvent]:
    """What happened to a consent, in order."""
    return list(ConsentEvent.objects.filter(consent_id=consent_id).order_by("at", "id"))


def unsigned_spoken(program: str, *, now: datetime | None = None) -> list[Consent]:
    """Spoken permissions that still stand and wait for a signed release, the first to lapse first."""
    open_ones = Consent.objects.filter(
        program=program, kind=ConsentKind.VERBAL.value, ended_at__isnull=True, expires_at__gt=now or clock.now()
    )
    return list(open_ones.order_by("expires_at"))


def unfiled(program: str) -> list[Consent]:
    """Spoken permissions whose line staff have not yet confirmed in the program's Information System."""
    return list(
        Consent.objects.filter(program=program, kind=ConsentKind.VERBAL.value, filed_at__isnull=True).order_by(
            "given_at"
        )
    )


def possible_opt_outs(program: str) -> list[PossibleOptOut]:
    """Texts that may mean "stop" and wait for staff of the context's counties, the first to fall due first.

    A worker of some counties sees those of numbers that somebody of these counties has.
    """
    waiting = PossibleOptOut.objects.filter(program=program, resolved_at__isnull=True)
    if current().counties != ALL_COUNTIES:
        theirs = NumberQuestion.objects.filter(
            program=program, kind=Doubt.POSSIBLE_STOP.value, settled_at__isnull=True
        ).values("phone_idx")
        waiting = waiting.filter(phone_idx__in=theirs)
    return list(waiting.order_by("due_at"))


def number_questions(program: str) -> list[NumberQuestion]:
    """What staff of the context's counties have to find out about numbers, the oldest first; possible stops apart."""
    waiting = NumberQuestion.objects.filter(program=program, settled_at__isnull=True)
    return list(waiting.exclude(kind=Doubt.POSSIBLE_STOP.value).order_by("raised_at"))


def numbers_in_doubt(program: str, phone_idxs: Iterable[bytes]) -> set[bytes]:
    """Those of the numbers about which staff have a question open: wrong, given up, or maybe somebody else's by now."""
    waiting = NumberQuestion.objects.filter(program=program, settled_at__isnull=True, phone_idx__in=list(phone_idxs))
    return {bytes(one) for one in waiting.values_list("phone_idx", flat=True)}


def numbers_on_two_adults() -> list[bytes]:
    """The current numbers that two adults of one case share, in the context's program and counties."""
    with bulk_cursor() as cursor:
        cursor.execute(_SHARED, binary=True)
        return [bytes(row[0]) for row in cursor]


def consent_lists(program: str) -> list[ConsentList]:
    """The lists taken over from earlier vendors, the newest first; those without `attested_at` wait."""
    return list(ConsentList.objects.filter(program=program).order_by("-imported_at"))


def _facts(  # noqa: PLR0917 - one column each, in the order of the query
    kind: str,
    platform: str,
    given_at: datetime,
    expires_at: datetime | None,
    ended_at: datetime | None,
    ended_as: str,
    imported: bool,  # noqa: FBT001 - a column
    attested_at: datetime | None,
) -> ConsentFacts:
    ending = Ending(ended_as) if ended_as else None
    return ConsentFacts(ConsentKind(kind), platform, given_at, expires_at, ended_at, ending, imported, attested_at)


def _standing(candidates: list[_Candidate], stopped: bool, held: bool, now: datetime) -> ConsentStanding:  # noqa: FBT001
    place = best_of((facts for _, _, facts in candidates), now=now)
    if place is None:
        return ConsentStanding.none(suppressed=stopped, held=held)
    consent_id, holder, facts = candidates[place]
    return ConsentStanding(
        kind=facts.kind.value,
        state=state_of(consent=facts, now=now).value,
        consent_id=consent_id,
        holder=holder,
        expires_at=facts.expires_at,
        suppressed=stopped,
        held=held,
        platform=facts.platform,
    )


def _blocked(program: str, phone_idxs: Iterable[bytes], column: str) -> set[bytes]:
    del program  # the function answers for the program of the context
    numbers = list(set(phone_idxs))
    if not numbers:
        return set()
    place: dict[str, int] = {"stopped": 1, "held": 2}
    with bulk_cursor() as cursor:
        rows: list[Any] = cursor.execute(
            "SELECT n, stopped, held FROM consent_number_blocks(%b::bytea[])", [numbers], binary=True
        ).fetchall()
    return {numbers[row[0] - 1] for row in rows if row[place[column]]}
