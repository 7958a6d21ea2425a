"""Many values for one approved file: judged by their sources, one manifest, opened; one release for each person."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import IntegrityError

from harborline.disclosure.facts import Told, TransmissionFacts
from harborline.disclosure.models import Manifest, Release
from harborline.disclosure.outside.rules import (
    may_reveal_in_bulk,
    partner_may_be_told,
    protections_fresh,
    value_may_be_told,
)
from harborline.disclosure.overriding import actor_now
from harborline.disclosure.ports import Transmissions
from harborline.disclosure.releasing import sealed_recipient
from harborline.disclosure.revealing import APART
from harborline.kernel import Broken, Decision, Refused, clock, ports, refuse, strictest
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record_apart
from harborline.people.facts import WHEREABOUTS, HeldFacts
from harborline.people.selectors import held_of, open_value, protection_age, shields_of
from harborline.walls import acting, current
from harborline.walls.cursor import bulk_cursor
from harborline.workforce.facts import TrainingSubject
from harborline.workforce.selectors import trained_subjects

_AT_ONCE: Final = 250
"""So many people or values are asked for at once: what the database compares with each other grows with the square."""
_OPEN = "SELECT participant_id, field, sealed FROM disclosure_open_many(%b, %b::int, %b::int)"
_PEOPLE = "SELECT id, person_id, county FROM people_participant WHERE id = ANY (%b::uuid[])"


@dataclass(frozen=True, slots=True)
class PersonInSight:
    """Who a participant is, and in which county."""

    person_id: uuid.UUID
    county: str


Opened = Mapping[uuid.UUID, Mapping[str, str]]
"""The values for a file by participant and field; who has none stays out of the file."""
Into = Callable[[Opened], Collection[uuid.UUID]]


def reveal_for_transmission(transmission_id: uuid.UUID, into: Into) -> None:
    """Open the values of an approved transmission, once, and give them `into` the file, which answers who is in it.

    The manifest is committed before, on a connection of its own. Whereabouts of anybody on a case with somebody
    protected are left out, and so is every value that the partner may not have from its source; who then lacks a needed
    field is left out whole. For everybody in the file a release is kept in the caller's transaction, so that file and
    accounting stand or fall together.
    Raises `Refused` (recorded apart). Source: OFFSET-8.3:exchange-safeguarded, OFFSET-8.1:harm.
    """
    at = clock.now()
    transmission = _prepared(transmission_id)
    people = in_sight(transmission.participants) if transmission else {}
    decision = _judged(transmission, people, transmission_id, at)
    if transmission is None or not decision.allowed:
        raise _refused(transmission_id, decision)
    told = _told(transmission, people, at)
    if not told:
        raise _refused(transmission_id, refuse("nobody-in-the-file").stamped(decision.rule, decision.clauses))
    try:
        manifest = _keep(transmission, told, at)
    except IntegrityError:
        raise _refused(transmission_id, may_reveal_in_bulk(transmission=transmission, opened=True)) from None
    opened = _open(manifest, sum(map(len, told.values())))
    written = into(opened)
    _account(transmission, people, {who: values for who, values in opened.items() if who in written}, at)


def may_tell_partner(transmission: TransmissionFacts) -> Decision:
    """Whether the worker of the context may have this file told to its partner, whoever the people are in it."""
    context = current()
    cleared = transmission.tax and TrainingSubject.TAX.value in trained_subjects(
        uuid.UUID(context.actor.id), now=clock.now()
    )
    return partner_may_be_told(transmission=transmission, tax_cleared=cleared, profile=profile(context.program))


def _prepared(transmission_id: uuid.UUID) -> TransmissionFacts | None:
    try:
        found = ports.serving(Transmissions)
    except Broken:
        return None  # no room sends files here: nothing is approved
    return found.transmission(transmission_id)


def _judged(
    transmission: TransmissionFacts | None,
    people: Mapping[uuid.UUID, PersonInSight],
    transmission_id: uuid.UUID,
    at: datetime,
) -> Decision:
    opened = Manifest.objects.filter(transmission_id=transmission_id).exists()
    decision = may_reveal_in_bulk(transmission=transmission, opened=opened)
    if transmission is None or not decision.allowed:
        return decision
    if len(people) < len(set(transmission.participants)):
        return refuse("not-in-sight").stamped(decision.rule, decision.clauses)
    asked = [decision, may_tell_partner(transmission)]
    if any(name in WHEREABOUTS for name in transmission.fields):
        program = current().program
        asked.append(protections_fresh(age=protection_age(program, now=at), profile=profile(program)))
    return strictest(asked)


def in_sight(participants: Sequence[uuid.UUID]) -> dict[uuid.UUID, PersonInSight]:
    """Those of the participants the context may see."""
    with bulk_cursor() as cursor:
        cursor.execute(_PEOPLE, [list(set(participants))], binary=True)
        return {who: PersonInSight(person, county) for who, person, county in cursor}


def _told(
    transmission: TransmissionFacts, people: Mapping[uuid.UUID, PersonInSight], at: datetime
) -> dict[uuid.UUID, list[HeldFacts]]:
    # Which values go, by person: judged by what is known about them, none of them opened yet.
    order = list(people)
    shields = shields_of([people[who].person_id for who in order], at)
    shielded = {who for who, shield in zip(order, shields, strict=True) if shield.own or shield.shared}
    allowed: dict[tuple[str, bool, str, bool], bool] = {}
    found: dict[uuid.UUID, list[HeldFacts]] = {}
    for one in _held(order, at):
        if one.field not in transmission.fields or (one.field in WHEREABOUTS and one.participant_id in shielded):
            continue
        about = (one.field, one.tax, one.source, bool(one.verified_by))
        if about not in allowed:
            law = profile(current().program)
            allowed[about] = value_may_be_told(transmission=transmission, told=Told(*about), profile=law).allowed
        if allowed[about]:
            found.setdefault(one.participant_id, []).append(one)
    return {who: listed for who, listed in found.items() if transmission.needed <= {one.field for one in listed}}


def _held(participants: Sequence[uuid.UUID], at: datetime) -> Iterator[HeldFacts]:
    for first in range(0, len(participants), _AT_ONCE):
        yield from held_of(participants[first : first + _AT_ONCE], at)


def _keep(transmission: TransmissionFacts, told: Mapping[uuid.UUID, Sequence[HeldFacts]], at: datetime) -> uuid.UUID:
    context, made = current(), new_id()
    held = [one.id for listed in told.values() for one in listed]
    fields, asked = [name.value for name in transmission.fields], len(set(transmission.participants))
    content = {
        "manifest": str(made), "recipient": transmission.recipient, "recipient_kind": transmission.kind.value,
        "basis": transmission.basis.value, "reference": transmission.reference, "fields": list(fields), "asked": asked,
        "told": len(told), "left_out": asked - len(told), "values": len(held),
        "prepared_by": transmission.prepared_by, "approved_by": transmission.approved_by,
    }  # fmt: skip
    with acting(
        context.actor, program=context.program, counties=context.counties, purpose=context.purpose, using=APART
    ):
        entry = record_apart("disclosure.bulk-opened", subject=f"transmission:{transmission.id}", content=content)
        with bulk_cursor(APART) as cursor:
            cursor.execute(
                "INSERT INTO disclosure_manifest (id, program, transmission_id, fields, held, asked, told, actor,"
                " entry_id, at) VALUES (%b, %b, %b, %b::varchar[], %b::uuid[], %b, %b, %b, %b, %b)",
                [made, context.program, transmission.id, fields, held, asked, len(told), actor_now(), entry, at],
            )
    return made


def _open(manifest: uuid.UUID, values: int) -> dict[uuid.UUID, dict[str, str]]:
    program, opened = current().program, dict[uuid.UUID, dict[str, str]]()
    with bulk_cursor() as cursor:
        for first in range(1, values + 1, _AT_ONCE):
            cursor.execute(_OPEN, [manifest, first, first + _AT_ONCE - 1], binary=True)
            for who, field, sealed in cursor.fetchall():
                opened.setdefault(who, {})[field] = open_value(program, who, field, sealed)
    return opened


def _account(
    transmission: TransmissionFacts, people: Mapping[uuid.UUID, PersonInSight], opened: Opened, at: datetime
) -> None:
    program, rows = current().program, []
    for who, values in opened.items():
        made = new_id()
        rows.append(
            Release(
                id=made, program=program, county=people[who].county, participant_id=who,
                person_id=people[who].person_id, recipient_kind=transmission.kind.value,
                recipient=sealed_recipient(made, transmission.recipient), basis=transmission.basis.value,
                reference=transmission.reference[:120], fields=sorted(values),
                offset_parts=sorted(transmission.offset_parts), steps=[], road="secure-file",
                place=transmission.place.value, payment=transmission.payment.value, override=None,
                asked_by=transmission.prepared_by, asked_at=at, approved_by=transmission.approved_by, released_at=at,
            )
        )  # fmt: skip
    Release.objects.bulk_create(rows, batch_size=2000)


def _refused(transmission_id: uuid.UUID, decision: Decision) -> Refused:
    content = {"reason": decision.reason, "clauses": list(decision.clauses)}
    record_apart("disclosure.bulk-refused", subject=f"transmission:{transmission_id}", content=content)
    return Refused(decision)
