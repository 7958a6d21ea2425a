"""Tell somebody outside: asked by one person, approved by another, kept with its law, recipient and fields."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from harborline.disclosure.facts import (
    Basis,
    OffsetPart,
    Payment,
    Place,
    Recipient,
    ReleaseFacts,
    Road,
    Step,
    Tie,
    Told,
)
from harborline.disclosure.models import Release
from harborline.disclosure.outside.rules import may_release
from harborline.disclosure.overriding import actor_now, order_stands
from harborline.disclosure.revealing import neutral, nothing_on_file
from harborline.disclosure.rules import may_ask_release
from harborline.disclosure.ties import kin_of, tie_now
from harborline.kernel import Decision, Invalid, NotFound, Refused, allow, clock
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record, record_apart
from harborline.people.facts import WHEREABOUTS, HeldName, PersonAtHand, Shield
from harborline.people.selectors import held_fields, person_at_hand, protection_age
from harborline.vault.services import seal_text
from harborline.walls import current

_NAME_MAX = 120
_REASON_MAX = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody outside is to be told, and how: `recipient` is their name, `override` a court's order."""

    recipient_kind: Recipient
    recipient: str
    basis: Basis
    reference: str
    fields: Sequence[HeldName]
    road: Road
    place: Place
    payment: Payment = Payment.NONE
    steps: frozenset[Step] = frozenset()
    offset_parts: frozenset[OffsetPart] = frozenset()
    override: uuid.UUID | None = None


def ask_release(participant_id: uuid.UUID, wanted: Wanted) -> uuid.UUID:
    """Ask that somebody outside is told; another person approves. What can never be approved is refused at once.

    The refusal is recorded apart. Raises `NotFound`, `Invalid`, `Refused` (a shield is nothing on file).
    """
    at, me, context = clock.now(), actor_now(), current()
    if not wanted.recipient.strip() or len(wanted.recipient) > _NAME_MAX:
        raise Invalid("name who is told, in at most {most} signs", "recipient", most=_NAME_MAX)
    person = person_at_hand(participant_id, now=at)
    if person is None:
        raise NotFound("no such participant here")
    made = new_id()
    row = Release(
        id=made, program=context.program, county=person.county, participant_id=participant_id,
        person_id=person.person_id, recipient_kind=wanted.recipient_kind.value,
        recipient=sealed_recipient(made, wanted.recipient.strip()), basis=wanted.basis.value,
        reference=wanted.reference.strip()[:120], fields=[one.value for one in wanted.fields],
        offset_parts=sorted(one.value for one in wanted.offset_parts),
        steps=sorted(one.value for one in wanted.steps), road=wanted.road.value,
        place=wanted.place.value, payment=wanted.payment.value, override=wanted.override, asked_by=me, asked_at=at,
    )  # fmt: skip
    tie, kin = tie_now(participant_id, person, at=at)
    theirs = may_ask_release(tie=tie, kin=kin)
    if not theirs.allowed:
        _refuse(row, theirs)
    decision = _judged(row, person.shield, "")
    if not decision.allowed and decision.reason != "second-person-needed":
        _refuse(row, decision)
    row.save(force_insert=True)
    record("disclosure.release-asked", subject=f"participant:{participant_id}", content=_content(row))
    return row.id


def approve_release(release_id: uuid.UUID) -> None:
    """Approve what somebody else asked: from now on it counts as told. Everything is asked again from today's facts.

    Raises `NotFound`, `Refused`; the refusal is recorded apart. Source: NC-CSS-22-18:every-transmission-confidential.
    """
    at, me = clock.now(), actor_now()
    row, person = _waiting(release_id, at)
    # Who approves need not work with the person, but is not of their family.
    kin = kin_of(uuid.UUID(current().actor.id), current().actor.name, person)
    for decision in (
        may_ask_release(tie=Tie.SUPERVISOR, kin=kin),
        _judged(row, person.shield, me),
        _there_to_tell(row, at),
    ):
        if not decision.allowed:
            _refuse(row, decision)
    row.approved_by, row.released_at = me, at
    row.save(update_fields=["approved_by", "released_at"])
    content = {**_content(row), "approved_by": me, "clauses": list(decision.clauses)}
    record("disclosure.released", subject=f"participant:{row.participant_id}", content=content)


def turn_down_release(release_id: uuid.UUID, *, because: str) -> None:
    """Say no to what somebody asked, with a reason: it waits no more, and nothing was told.

    Raises `NotFound`, `Invalid` without a reason. Source: NC-CSS-22-18:every-transmission-confidential.
    """
    at, me = clock.now(), actor_now()
    if not because.strip() or len(because) > _REASON_MAX:
        raise Invalid("say why, in at most {most} signs", "because", most=_REASON_MAX)
    row, _person = _waiting(release_id, at)
    row.turned_down_by, row.turned_down_at, row.turned_down_because = me, at, because.strip()
    row.save(update_fields=["turned_down_by", "turned_down_at", "turned_down_because"])
    content = {**_content(row), "turned_down_by": me, "because": row.turned_down_because}
    record("disclosure.release-turned-down", subject=f"participant:{row.participant_id}", content=content)


def _waiting(release_id: uuid.UUID, at: datetime) -> tuple[Release, PersonAtHand]:
    rows = Release.objects.select_for_update().filter(released_at__isnull=True, turned_down_at__isnull=True)
    row = rows.filter(id=release_id).first()
    person = person_at_hand(row.participant_id, now=at) if row else None
    if row is None or person is None:
        raise NotFound("no such release that waits here")
    return row, person


def _judged(row: Release, shield: Shield, approver: str) -> Decision:
    at, program = clock.now(), current().program
    held = {one.field: one for one in held_fields(row.participant_id, now=at)}
    told = tuple(
        Told(name, held[name].tax, held[name].source, bool(held[name].verified_by))
        if name in held
        else Told(name, tax=name == HeldName.OFFSET)
        for name in row.fields
    )
    facts = ReleaseFacts(
        kind=profile(program).kind,
        recipient=Recipient(row.recipient_kind),
        basis=Basis(row.basis),
        reference=row.reference,
        steps=frozenset(Step(one) for one in row.steps),
        fields=told,
        offset_parts=frozenset(OffsetPart(one) for one in row.offset_parts),
        road=Road(row.road),
        place=Place(row.place),
        payment=Payment(row.payment),
        shield=shield,
        protection_age=protection_age(program, now=at),
        override=_ordered(row, at),
        asked_by=row.asked_by,
        approved_by=approver,
    )
    return may_release(facts=facts, profile=profile(program))


def _there_to_tell(row: Release, at: datetime) -> Decision:
    # Nothing is told that is not there; of what is shielded this answers the same. What the offset program told stands
    # in the case system, and what a court ordered is not looked for here.
    if _ordered(row, at):
        return allow()
    held = {HeldName.OFFSET.value, *(one.field for one in held_fields(row.participant_id, now=at))}
    return allow() if set(row.fields) <= held else nothing_on_file()


def _ordered(row: Release, at: datetime) -> bool:
    # An order names one field: whatever else of the whereabouts is asked for stays behind the shield. It opens the
    # field once to whoever carries it to the court, and stands behind one release.
    hidden = sorted({name for name in row.fields if name in WHEREABOUTS})
    if row.override is None or len(hidden) != 1:
        return False
    told = Release.objects.filter(override=row.override, released_at__isnull=False).exists()
    return not told and order_stands(row.override, row.participant_id, hidden[0], at)


def _refuse(row: Release, decision: Decision) -> None:
    content = {**_content(row), "reason": decision.reason, "clauses": list(decision.clauses)}
    record_apart("disclosure.release-refused", subject=f"participant:{row.participant_id}", content=content)
    raise Refused(neutral(decision))


def _content(row: Release) -> dict[str, str | list[str]]:
    return {
        "release": str(row.id), "recipient": row.recipient_kind, "basis": row.basis, "reference": row.reference,
        "fields": list(row.fields), "road": row.road, "place": row.place, "payment": row.payment,
        "offset_parts": list(row.offset_parts), "steps": list(row.steps), "asked_by": row.asked_by,
    }  # fmt: skip


def sealed_recipient(release_id: uuid.UUID, name: str) -> bytes:
    """The name of who is told, sealed for one release."""
    return seal_text(name, group=f"{current().program}/people", context=f"release:{release_id}:recipient")
