"""Who may give work, let somebody stand in, and how long an account lives: pure."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final

from harborline.kernel import Decision, allow, refuse, rule
from harborline.workforce.facts import (
    ALL,
    AccountKind,
    CoverFacts,
    CoverState,
    SignInProfile,
    StaffRole,
)

_GIVE_ACCESS: Final = frozenset({StaffRole.SECURITY_OFFICER.value})
_DECIDE_COVER: Final = frozenset(
    {StaffRole.SUPERVISOR.value, StaffRole.STATE_OPERATOR.value, StaffRole.SECURITY_OFFICER.value}
)
_DECIDE_RESET: Final = frozenset({StaffRole.SECURITY_OFFICER.value, StaffRole.STATE_OPERATOR.value})
_SUPERVISES: Final = frozenset({StaffRole.SUPERVISOR.value})
_SATURDAY: Final = 5
_FIRST_OFFICERS: Final = 2


@rule("OFFSET-8.2:systems-controls")
def may_give_access(*, roles: frozenset[str], actor_is_worker: bool) -> Decision:
    """Only a security officer makes accounts and gives or takes work, and never their own."""
    if actor_is_worker:
        return refuse("not-for-oneself")
    if roles & _GIVE_ACCESS:
        return allow()
    return refuse("role-may-not-give-access")


@rule("OFFSET-8.2:routine-monitoring")
def supervises_in_no_ring(*, below: bool) -> Decision:
    """Nobody is supervised, directly or not, by whom they supervise: they would review each other's findings."""
    return refuse("supervises-in-a-ring") if below else allow()


@rule("OFFSET-8.2:systems-controls")
def stays_off(*, said: date | None, today: date, dismissed: bool, last_day: date) -> Decision:
    """A day that is here, or that a dismissal set, may become an earlier one and never a later one."""
    fixed = said is not None and (said <= today or dismissed)
    return refuse("account-stays-off") if fixed and said is not None and last_day > said else allow()


@rule("OFFSET-8.2:systems-controls", "OFFSET-8.2:trained")
def may_return(*, off_from: date | None, today: date, trained_since: bool) -> Decision:
    """Who comes back to work was away, and was trained again since the account went off; two people always decide.

    `off_from` is the day from which the account is off.
    """
    if off_from is None or off_from > today:
        return refuse("account-is-on")
    return allow() if trained_since else refuse("training-since-needed")


@rule("OFFSET-8.2:systems-controls")
def may_decide_reset(
    *, roles: frozenset[str], below: bool, asked_by: str, decided_by: str, worker: str, decided: bool
) -> Decision:
    """A second person decides once, neither who asked nor whose account it is.

    That is an officer or a state operator; or a supervisor, when all of the worker's work is in their counties and
    steers nothing (`below`).
    """
    if not roles & _DECIDE_RESET and not (roles & _SUPERVISES and below):
        return refuse("reset-needs-another" if roles & _SUPERVISES else "role-may-not-give-access")
    if decided_by == worker:
        return refuse("not-for-oneself")
    return second_person_gives(asked_by=asked_by, decided_by=decided_by, decided=decided)


@rule("OFFSET-8.2:systems-controls")
def independent(
    *, asked_by: str, decided_by: str, holds_asker: frozenset[str], holds_decider: frozenset[str]
) -> Decision:
    """Two people are two only while neither could lately sign in as the other.

    `holds_asker` and `holds_decider` are those who saw a password of the one or the other that was the whole way in.
    """
    if asked_by in holds_decider or decided_by in holds_asker:
        return refuse("one-gave-the-other-the-way-in")
    return allow()


@rule("OFFSET-8.2:systems-controls")
def may_be_first(*, officers: int) -> Decision:
    """Whoever runs the machine makes two security officers, who check one another; no third one."""
    return allow() if officers < _FIRST_OFFICERS else refuse("program-has-its-officers")


@rule("OFFSET-8.2:systems-controls")
def second_person_gives(*, asked_by: str, decided_by: str, decided: bool) -> Decision:
    """What one person proposed, another one gives, once."""
    if decided:
        return refuse("already-decided")
    if asked_by == decided_by:
        return refuse("second-person-needed")
    return allow()


@rule("OFFSET-8.2:only-as-necessary")
def assignment_span(*, from_at: datetime, until_at: datetime | None, now: datetime) -> Decision:
    """Work is given from now or later, and ends after it begins: nothing is made right afterwards."""
    if until_at is not None and until_at <= from_at:
        return refuse("ends-before-it-begins")
    if from_at < now - timedelta(minutes=5):
        return refuse("begins-in-the-past")
    return allow()


@rule("OFFSET-8.2:only-as-necessary")
def cover_asked(
    *, same_person: bool, away: frozenset[str], stand_in: frozenset[str], from_at: datetime, until_at: datetime,
    now: datetime, limit: timedelta,
) -> Decision:  # fmt: skip
    """A stand-in is another worker of the same program and county, from now or later, for a short time.

    `away` and `stand_in` are the counties where they work now: who works elsewhere would see none of the people.
    """
    if same_person:
        return refuse("stands-in-for-oneself")
    if not away or not stand_in:
        return refuse("not-both-in-this-program")
    if ALL not in away | stand_in and not away & stand_in:
        return refuse("stand-in-in-another-county")
    span = assignment_span(from_at=from_at, until_at=until_at, now=now)
    if not span.allowed:
        return span
    if until_at - from_at > limit:
        return refuse("cover-too-long")
    return allow()


@rule("OFFSET-8.2:only-as-necessary")
def cover_decided(*, cover: CoverFacts, decided_by: str, roles: frozenset[str], now: datetime) -> Decision:
    """A supervisor, state operator or security officer who did not ask for it and gains nothing by it decides."""
    if not roles & _DECIDE_COVER:
        return refuse("role-may-not-decide-cover")
    if cover.approved is not None:
        return refuse("already-decided")
    if decided_by in (cover.asked_by, f"worker:{cover.stand_in}"):
        return refuse("second-person-needed")
    if cover.state(now) is CoverState.OVER:
        return refuse("cover-is-over")
    return allow()


@rule("OFFSET-8.2:only-as-necessary")
def cover_within(*, away: frozenset[str], stand_in: frozenset[str], decider: frozenset[str]) -> Decision:
    """Who lets somebody stand in, or ends it, is entitled to every county whose people open by it.

    Those are the counties where both work now, else where the one who is away works; `decider` are those of who
    decides.
    """
    shared = stand_in if ALL in away else away if ALL in stand_in else away & stand_in
    opened = shared or away
    return allow() if ALL in decider or opened <= decider else refuse("cover-of-another-county")


@rule("OFFSET-8.2:systems-controls")
def account_term(*, kind: AccountKind, expires_at: datetime | None, now: datetime, profile: SignInProfile) -> Decision:
    """Temporary and emergency accounts end by themselves, within the profile's business days."""
    if expires_at is not None and expires_at <= now:
        return refuse("account-would-be-over")
    if kind is AccountKind.REGULAR:
        return allow()
    if expires_at is None:
        return refuse("temporary-account-needs-an-end")
    if expires_at.date() > business_day_after(now.date(), profile.temporary_days):
        return refuse("temporary-account-too-long")
    return allow()


def business_day_after(day: date, count: int) -> date:
    """The day `count` business days after `day`; Saturdays and Sundays do not count, holidays do (the stricter way)."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < _SATURDAY
    return day


@rule("OFFSET-8.2:only-as-necessary")
def auditor_term(*, role: str, from_at: datetime, until_at: datetime | None, profile: SignInProfile) -> Decision:
    """An auditor looks for a time that is said beforehand, and not for longer than the profile lets."""
    if role != StaffRole.AUDITOR.value:
        return allow()
    if until_at is None:
        return refuse("auditor-needs-an-end")
    if until_at - from_at > timedelta(days=profile.auditor_days):
        return refuse("auditor-term-too-long")
    return allow()
