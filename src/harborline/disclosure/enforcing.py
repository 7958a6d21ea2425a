"""Before obligors are enforced automatically: who of them leaves it, because somebody could find them through it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from harborline.disclosure.rules import may_check_enforcement, may_enforce_automatically
from harborline.kernel import NotFound, Refused, clock
from harborline.law import profile
from harborline.ledger.services import record
from harborline.people.selectors import participant_id, person_at_hand
from harborline.walls import current

NOT_HERE = "not-here"


def check_enforcement(numbers: Sequence[str], *, roles: Collection[str]) -> list[tuple[str, str]]:
    """Of each participant (number in the case system): `allow`, `refuse`, or `not-here`; one entry tells how many.

    Raises `Refused`. Source: OFFSET-8.1:harm (a protected obligor leaves automatic enforcement where the profile says).
    """
    decision = may_check_enforcement(roles=roles)
    if not decision.allowed:
        raise Refused(decision)
    found = [(number, _one(number)) for number in numbers]
    content = {said: sum(one == said for _number, one in found) for said in ("allow", "refuse", NOT_HERE)}
    record("disclosure.enforcement-checked", subject=f"program:{current().program}", content=content)
    return found


def _one(number: str) -> str:
    at, program = clock.now(), current().program
    try:
        who = participant_id(program, number)
    except NotFound:
        return NOT_HERE
    person = person_at_hand(who, now=at)
    if person is None:
        return NOT_HERE
    return may_enforce_automatically(shielded=person.shield.own, profile=profile(program)).outcome.value
