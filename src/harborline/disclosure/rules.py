"""Who may learn what: opening a field, breaking the glass, the written policy, automatic enforcement; pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta
from typing import Final

from harborline.disclosure.facts import (
    SURNAME,
    FieldState,
    GlassReason,
    Kin,
    LookGroup,
    OpeningFacts,
    Policy,
    Sign,
    Tie,
)
from harborline.kernel import Decision, Invalid, allow, hold, refuse, rule, strictest
from harborline.law import Profile
from harborline.people.facts import WHEREABOUTS, HeldName

NEUTRAL: Final = frozenset({"whereabouts-blocked", "field-blocked"})
"""Reasons that never leave the record: outside it they are, word for word, that nothing is on file."""

_SSN: Final = re.compile(r"([0-9]{3})[- ]?([0-9]{2})[- ]?([0-9]{4})").fullmatch
_REVIEWS: Final = frozenset({"supervisor", "security-officer", "state-operator"})
_KEEPS_POLICY: Final = frozenset({"state-operator", "security-officer"})


def may_open(*, facts: OpeningFacts, profile: Profile) -> Decision:
    """Whether one field opens to one worker now.

    1. The policy names the purpose and the field for the role. 2. The worker is tied to the person by work. 3. The
    person is neither the worker nor of their family. 4. Tax information opens to those trained in it. 5. Only then
    the shield is looked at, so that nothing before it depends on whether somebody is protected.
    """
    decision = strictest(
        (
            in_the_policy(facts=facts),
            tied_by_work(facts=facts),
            not_of_ones_own(facts=facts),
            cleared_for_tax(facts=facts),
        )
    )
    return whereabouts_open(facts=facts, profile=profile) if decision.allowed else decision


@rule("OFFSET-8.2:data-by-purpose", "OFFSET-8.1:proceedings")
def in_the_policy(*, facts: OpeningFacts) -> Decision:
    """Only what the written policy names for this purpose and role; anything else is not even there."""
    if facts.state is FieldState.BLOCKED:
        return refuse("field-blocked")
    return refuse("field-stays-hidden") if facts.state is FieldState.HIDDEN else allow()


@rule("OFFSET-8.2:only-as-necessary")
def tied_by_work(*, facts: OpeningFacts) -> Decision:
    """Caseload, team, supervisor, stand-in, a recent contact or a broken glass; working here is not enough."""
    return allow() if facts.tie is not None else refuse("no-tie-to-this-person")


@rule("OFFSET-8.2:only-as-necessary")
def not_of_ones_own(*, facts: OpeningFacts) -> Decision:
    """Nobody opens their own record or their family's, whatever the emergency."""
    return allow() if facts.kin in (Kin.NONE, Kin.CLEARED) else refuse("own-or-family-record")


@rule("OFFSET-8.2:only-as-necessary")
def may_see_page(*, kin: Kin) -> Decision:
    """Pages about oneself or one's family stay closed, whatever they show."""
    return allow() if kin in (Kin.NONE, Kin.CLEARED) else refuse("own-or-family-record")


@rule("OFFSET-8.2:only-as-necessary")
def may_write(*, tie: Tie | None, kin: Kin, tax: bool, tax_cleared: bool) -> Decision:
    """Whoever works with the person writes a value down; not in an emergency, never about one's own or family."""
    if tie is None or tie is Tie.BROKEN_GLASS:
        return refuse("no-tie-to-this-person")
    if kin not in (Kin.NONE, Kin.CLEARED):
        return refuse("own-or-family-record")
    return refuse("not-trained-in-tax-information") if tax and not tax_cleared else allow()


@rule("OFFSET-8.1:harm", "OFFSET-8.2:only-as-necessary")
def may_protect(*, kin: Kin) -> Decision:
    """Anybody may protect somebody who calls, tied or not; for oneself or one's family a colleague does it."""
    return allow() if kin in (Kin.NONE, Kin.CLEARED) else refuse("own-or-family-protection")


def needs_second_word(*, field: str, known: bool) -> bool:
    """Whether a value counts only once two people wrote it down; the same for everybody, protected or not.

    Where somebody is always does; a Social Security number where one is on file. Source: OFFSET-8.1:harm,
    OFFSET-8.2:integrity.
    """
    return field in WHEREABOUTS or (field == HeldName.SSN and known)


def social_security_number(said: str) -> str:
    """A Social Security number as `900-00-1234`; raises `Invalid` for what cannot be one.

    Nine digits with or without hyphens or spaces. Numbers from 900 on are taken too, whatever their group: who has no
    other has a taxpayer number there. Source: SSA, POMS RM 10201.030 (no area 000 or 666, group 00 or serial 0000).
    """
    found = _SSN(said.strip())
    if found is None or found[1] in ("000", "666") or found[3] == "0000" or (found[2] == "00" and found[1] < "900"):
        raise Invalid("is no Social Security number; write nine digits", "value")
    return "-".join(found.groups())


@rule("OFFSET-8.2:only-as-necessary", "OFFSET-8.2:data-by-purpose")
def may_ask_release(*, tie: Tie | None, kin: Kin) -> Decision:
    """Whoever works with the person asks that somebody outside is told; never about one's own or family."""
    if kin not in (Kin.NONE, Kin.CLEARED):
        return refuse("own-or-family-record")
    return allow() if tie is not None else refuse("no-tie-to-this-person")


@rule("OFFSET-8.4:tax-refund", "OFFSET-8.2:trained")
def cleared_for_tax(*, facts: OpeningFacts) -> Decision:
    """Federal tax information opens to those whose training in it is current, and never through a broken glass."""
    if not facts.tax:
        return allow()
    if not facts.tax_cleared:
        return refuse("not-trained-in-tax-information")
    return refuse("no-glass-for-tax-information") if facts.tie is Tie.BROKEN_GLASS else allow()


@rule("OFFSET-8.1:protective-order", "OFFSET-8.1:harm")
def whereabouts_open(*, facts: OpeningFacts, profile: Profile) -> Decision:
    """Whereabouts stay closed while anybody on one of the person's cases is protected; a court alone overrides.

    Protections that are too old, or were never loaded, hold everybody's alike.
    """
    if not facts.whereabouts:
        return allow()
    if facts.protection_age is None:
        return hold("protections-never-loaded")
    if facts.protection_age > timedelta(hours=profile.texting.protection_max_age_h):
        return hold("protections-too-old")
    if not facts.shield.own and not facts.shield.shared:
        return allow()
    if facts.override:
        return allow("court-override")
    nearest = facts.tie in (Tie.CASELOAD, Tie.SUPERVISOR) and profile.protection.open_other_parties
    return allow() if nearest and not facts.shield.own else refuse("whereabouts-blocked")


@rule("OFFSET-8.2:only-as-necessary", "OFFSET-8.2:routine-monitoring")
def may_break_glass(*, reason: GlassReason | None, reference: str, kin: Kin, unreviewed: int) -> Decision:
    """An emergency has a name and a paper or call to show; never for one's own, never with three unreviewed."""
    if reason is None:
        return refuse("emergency-without-reason")
    if not can_be_looked_up(reference):
        return refuse("emergency-without-reference")
    if kin not in (Kin.NONE, Kin.CLEARED):
        return refuse("own-or-family-record")
    return refuse("too-many-unreviewed-emergencies") if unreviewed >= UNREVIEWED_MAX else allow()


UNREVIEWED_MAX: Final = 3


def can_be_looked_up(reference: str) -> bool:
    """Whether words may lead somebody else to a paper, call, hearing or colleague.

    They hold a number, day or hour beside some word, or two words; a letter or a sign pressed many times is none.
    Our own measure: what was written is read by whoever reviews it.
    """
    signs = [sign for sign in reference.casefold() if sign.isalnum()]
    words = [word for word in _WORD.findall(reference) if len(word) >= _SHORTEST_WORD]
    if len(signs) < _FEWEST_SIGNS or len(set(signs)) < _SHORTEST_WORD:
        return False
    return any(sign.isdigit() for sign in signs) or len(set(words)) > 1


_WORD: Final = re.compile(r"[^\W\d_]+")
_SHORTEST_WORD, _FEWEST_SIGNS = 3, 4


@rule("OFFSET-8.2:data-by-purpose", "OFFSET-8.2:only-as-necessary")
def may_ask_many(*, state: FieldState, reason: str) -> Decision:
    """Many people's names, numbers or addresses are asked for a purpose the written policy names, with a reason."""
    if not state.opens:
        return refuse("not-in-the-policy")
    return allow() if reason.strip() else refuse("reason-for-many-missing")


@rule("OFFSET-8.2:only-as-necessary", "OFFSET-8.2:routine-monitoring")
def may_approve_many(*, roles: Collection[str], asked_by: str, approver: str) -> Decision:
    """A supervisor, the state or the security officer approves; nobody approves what they asked themselves."""
    if not _REVIEWS & set(roles):
        return refuse("role-may-not-review")
    return refuse("same-person") if approver == asked_by else allow()


@rule("OFFSET-8.2:data-by-purpose", "OFFSET-8.2:only-as-necessary")
def may_open_many(*, state: FieldState, approved: bool, age: timedelta | None) -> Decision:
    """Who asked opens them for a day after another person approved, while the policy still names it."""
    if not approved or age is None:
        return hold("second-person-needed")
    if not state.opens:
        return refuse("not-in-the-policy")
    return refuse("approval-ran-out") if age >= MANY_LASTS else allow()


MANY_LASTS: Final = timedelta(days=1)


@rule("OFFSET-8.2:routine-monitoring")
def may_review(*, roles: Collection[str], reviewer: str, opened_by: str) -> Decision:
    """A supervisor or the security officer looks at what somebody else opened."""
    if not _REVIEWS & set(roles):
        return refuse("role-may-not-review")
    return refuse("same-person") if reviewer == opened_by else allow()


_WEIGHTS: Final = {
    Sign.OWN: 100, Sign.FAMILY: 80, Sign.PROTECTED: 40, Sign.SURNAME: 30, Sign.MANY: 20, Sign.AGAIN: 10,
    Sign.UNEXPLAINED: 1,
}  # fmt: skip
MANY_PEOPLE: Final = 10
OFTEN: Final = 3


def signs_of(*, group: LookGroup) -> tuple[Sign, ...]:
    """What speaks for asking about these looks, the weightiest first. Source: OFFSET-8.2:routine-monitoring."""
    found = {
        Sign.OWN: group.kin == Kin.SELF,
        Sign.FAMILY: group.kin in (Kin.FAMILY, Kin.HOUSEHOLD),
        Sign.PROTECTED: group.shielded,
        Sign.SURNAME: group.kin == SURNAME,
        Sign.MANY: group.people >= MANY_PEOPLE,
        Sign.AGAIN: group.times >= OFTEN,
        Sign.UNEXPLAINED: True,
    }
    return tuple(sign for sign, there in found.items() if there)


def weight_of(*, group: LookGroup) -> int:
    """How early a supervisor should look at these looks; what the worker said about them already weighs half."""
    weight = 2 * sum(_WEIGHTS[sign] for sign in signs_of(group=group))
    return weight // 2 if group.said else weight


@rule("OFFSET-8.2:data-by-purpose")
def may_propose_policy(*, roles: Collection[str]) -> Decision:
    """The state or the security officer writes the policy."""
    return allow() if _KEEPS_POLICY & set(roles) else refuse("role-may-not-write-policy")


@rule("OFFSET-8.2:data-by-purpose")
def may_approve_policy(
    *, roles: Collection[str], proposed_by: str, approver: str, effective: date, today: date
) -> Decision:
    """Another person of those roles approves it, for a day that has not passed."""
    if not _KEEPS_POLICY & set(roles):
        return refuse("role-may-not-write-policy")
    if not approver or approver == proposed_by:
        return refuse("same-person")
    return refuse("policy-day-has-passed") if effective < today else allow()


def in_force(*, versions: Collection[Policy], today: date) -> Policy | None:
    """The approved version that holds today: the latest day of effect, of equal days the highest number."""
    ready = [one for one in versions if one.approved_by and one.effective <= today]
    return max(ready, key=lambda one: (one.effective, one.version), default=None)


@rule("OFFSET-8.1:harm")
def may_enforce_automatically(*, shielded: bool, profile: Profile) -> Decision:
    """A protected obligor leaves automatic enforcement unless the agency's profile keeps them in."""
    if not shielded or profile.protection.enforce_flagged:
        return allow()
    return refuse("not-enforced-automatically")


@rule("OFFSET-8.1:harm")
def may_check_enforcement(*, roles: Collection[str]) -> Decision:
    """The list tells who is protected, so only the state's operators and the security officer ask for it."""
    return allow() if _KEEPS_POLICY & set(roles) else refuse("role-may-not-check-enforcement")


@rule("OFFSET-8.1:harm", "OFFSET-8.1:protective-order")
def may_ask_override(
    *, roles: Collection[str], court: str, docket: str, asked_by: str, approved_by: str, expires: timedelta
) -> Decision:
    """A court's order, named with its docket, brought by one person and confirmed by another, for ten days at most."""
    if not _REVIEWS & set(roles):
        return refuse("role-may-not-override")
    if not court.strip() or not docket.strip():
        return refuse("court-or-docket-missing")
    if expires <= timedelta(0):
        return refuse("override-is-over")
    if expires > OVERRIDE_LONGEST:
        return refuse("override-too-long")
    if approved_by and approved_by == asked_by:
        return refuse("same-person")
    return allow()


OVERRIDE_LONGEST: Final = timedelta(days=10)
