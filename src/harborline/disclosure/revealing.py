"""Open one field of one person: gather, ask the rule, commit the record apart, then show."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import IntegrityError

from harborline.disclosure.facts import FieldState, OpeningFacts, Revealed
from harborline.disclosure.overriding import open_override, use_override
from harborline.disclosure.policies_in_force import policy_now
from harborline.disclosure.rules import NEUTRAL, may_open
from harborline.disclosure.ties import tie_now
from harborline.kernel import Decision, Invalid, NotFound, Refused, clock, refuse
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record_apart
from harborline.people.facts import WHEREABOUTS, HeldName, PersonAtHand, Shield
from harborline.people.selectors import held_fields, open_value, person_at_hand
from harborline.walls import acting, current
from harborline.walls.cursor import bulk_cursor
from harborline.workforce.facts import TrainingSubject
from harborline.workforce.selectors import trained_subjects

APART = "apart"
_SHOWN = 4
_COLUMNS = (
    "id", "program", "county", "participant_id", "person_id", "field", "purpose", "tie", "state", "outcome", "reason",
    "tax", "policy", "actor", "role", "remote", "override", "entry_id", "at",
)  # fmt: skip
_KEEP = (
    f"INSERT INTO disclosure_reveal ({', '.join(_COLUMNS)})"
    f" VALUES ({', '.join('%(' + name + ')b' for name in _COLUMNS)})"
)


@dataclass(frozen=True, slots=True)
class _Asked:
    participant_id: uuid.UUID
    field: HeldName
    purpose: str
    roles: frozenset[str]
    remote: str
    actor: str
    at: datetime
    override: uuid.UUID | None


@dataclass(frozen=True, slots=True)
class _Judged:
    person: PersonAtHand
    facts: OpeningFacts
    decision: Decision
    policy: str


def reveal(
    participant_id: uuid.UUID,
    field: HeldName,
    *,
    purpose: str,
    roles: Collection[str],
    remote: str = "",
    override: uuid.UUID | None = None,
) -> Revealed:
    """Open one field of one participant for a purpose of the written policy, to the worker of the context.

    The record is committed on a connection of its own before the value is read, and a refusal too: both stay when the
    caller's work is undone. Nothing on file, a field that may not even be named and whereabouts that are shielded
    answer the same: a `Revealed` without a value. Raises `NotFound` for a participant who is not in sight, `Refused`
    for everything else a rule refuses. Source: OFFSET-8.1, OFFSET-8.2:systems-controls.
    """
    context, at = current(), clock.now()
    actor = f"{context.actor.kind}:{context.actor.id}"
    asked = _Asked(participant_id, HeldName(field), purpose, frozenset(roles), remote[:64], actor, at, override)
    if context.actor.kind != "worker":
        raise Invalid("only a worker opens a protected field", "actor")
    judged = _judge(asked)
    if judged is None:
        _refused_out_of_sight(asked)
        raise NotFound("no such participant here")
    reveal_id, judged = _kept(asked, judged)
    if not judged.decision.allowed and judged.decision.reason not in NEUTRAL:
        raise Refused(judged.decision)
    value, source = _opened(reveal_id, participant_id)
    state = judged.facts.state if value else FieldState.CLEAR
    shown = _masked(value) if value and state is FieldState.MASKED else value
    tax = judged.facts.tax and value is not None
    return Revealed(asked.field.value, shown, state, tax, source, reveal_id)


def _kept(asked: _Asked, judged: _Judged) -> tuple[uuid.UUID, _Judged]:
    try:
        return _keep(asked, judged), judged
    except IntegrityError:
        # Another request used the court's order this moment: for this one it is used up.
        again = _judge(replace(asked, override=None)) if asked.override else None
        if again is None:
            raise
        return _keep(asked, again), again


def _opened(reveal_id: uuid.UUID, participant_id: uuid.UUID) -> tuple[str | None, str]:
    with bulk_cursor() as cursor:
        cursor.execute("SELECT field, source, sealed FROM disclosure_open(%b)", [reveal_id], binary=True)
        row = cursor.fetchone()
    if row is None or row[2] is None:
        return None, ""
    return open_value(current().program, participant_id, row[0], row[2]), row[1]


def _judge(asked: _Asked) -> _Judged | None:
    context = current()
    law = profile(context.program)
    person = person_at_hand(asked.participant_id, now=asked.at)
    if person is None:
        return None
    worker, (tie, kin) = uuid.UUID(context.actor.id), tie_now(asked.participant_id, person, at=asked.at)
    held = {one.field: one for one in held_fields(asked.participant_id, now=asked.at)}.get(asked.field)
    tax = held is not None and held.tax
    # Letters go to the substitute address, else home: without one it is the home address that opens here, and to
    # nobody who would not see it. Were it empty for all but the protected, it would tell who is.
    to_write_to = asked.field is HeldName.SUBSTITUTE_ADDRESS
    policy = policy_now(context.program, asked.at)
    facts = OpeningFacts(
        field=asked.field.value,
        purpose=asked.purpose,
        state=policy.state_of(asked.purpose, asked.roles, asked.field, tax=tax),
        tie=tie,
        kin=kin,
        shield=Shield(own=False, shared=False) if to_write_to and held else person.shield,
        whereabouts=to_write_to or asked.field in WHEREABOUTS,
        override=asked.override is not None
        and open_override(asked.override, asked.participant_id, asked.field.value, asked.at),
        protection_age=asked.at - person.protections_as_of if person.protections_as_of else None,
        tax=tax,
        tax_cleared=tax and TrainingSubject.TAX.value in trained_subjects(worker, now=asked.at),
    )
    return _Judged(person, facts, may_open(facts=facts, profile=law), policy.sha256)


def _keep(asked: _Asked, judged: _Judged) -> uuid.UUID:
    context, decision, facts = current(), judged.decision, judged.facts
    reveal_id = new_id()
    kind = "disclosure.field-opened" if decision.allowed else "disclosure.field-refused"
    used = asked.override if decision.reason == "court-override" else None
    content = {
        "event": "view", "reveal": str(reveal_id), "field": facts.field, "purpose": facts.purpose,
        "tie": facts.tie.value if facts.tie else "", "state": facts.state.value, "outcome": decision.outcome.value,
        "reason": decision.reason, "clauses": list(decision.clauses), "tax": facts.tax, "policy": judged.policy,
        "roles": sorted(asked.roles), "origin": asked.remote, "override": str(used or ""),
    }  # fmt: skip
    with acting(
        context.actor, program=context.program, counties=context.counties, purpose=context.purpose, using=APART
    ):
        entry_id = record_apart(kind, subject=f"participant:{asked.participant_id}", content=content)
        if used is not None:
            use_override(used, county=judged.person.county, at=asked.at, using=APART)
        row = {
            "id": reveal_id, "program": context.program, "county": judged.person.county,
            "participant_id": asked.participant_id, "person_id": judged.person.person_id, "field": facts.field,
            "purpose": facts.purpose[:40], "tie": facts.tie.value if facts.tie else "", "state": facts.state.value,
            "outcome": decision.outcome.value, "reason": decision.reason, "tax": facts.tax, "policy": judged.policy,
            "actor": asked.actor, "role": ",".join(sorted(asked.roles))[:80], "remote": asked.remote,
            "override": used, "entry_id": entry_id, "at": asked.at,
        }  # fmt: skip
        with bulk_cursor(APART) as cursor:
            cursor.execute(_KEEP, row)
    return reveal_id


def _refused_out_of_sight(asked: _Asked) -> None:
    content = {
        "event": "view", "field": asked.field.value, "purpose": asked.purpose[:40], "outcome": "refuse",
        "reason": "not-in-sight", "origin": asked.remote,
    }  # fmt: skip
    record_apart("disclosure.field-refused", subject=f"participant:{asked.participant_id}", content=content)


def _masked(value: str) -> str:
    return "•" * max(len(value) - _SHOWN, _SHOWN) + (value[-_SHOWN:] if len(value) > _SHOWN else "")


def neutral(decision: Decision) -> Decision:
    """The face of a decision for anybody outside the record: a shield is nothing on file."""
    return nothing_on_file() if decision.reason in NEUTRAL else decision


def nothing_on_file() -> Decision:
    """What is not there, and what looks like it."""
    return refuse("nothing-on-file").stamped("disclosure.rules.in_the_policy", ("OFFSET-8.2:data-by-purpose",))
