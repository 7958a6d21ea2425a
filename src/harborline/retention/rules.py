"""When a record may go, what holds it, and who may say so: pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from harborline.kernel import Decision, allow, hold, refuse, rule
from harborline.law.schedules import Limit, Schedule, Series, Term, Trigger
from harborline.retention.facts import Candidate, Due, Governing, HoldFacts

PLACERS = frozenset({"state-operator", "supervisor", "security-officer"})
RELEASERS = {
    # "the state places and releases": North Carolina's agreement with the counties.
    "iv-d": frozenset({"state-operator", "security-officer"}),
    "wic": frozenset({"state-operator", "security-officer", "supervisor"}),
}
Years = Mapping[tuple[Trigger, int], datetime]
"""What the program told for its fiscal years: (trigger, year) → the moment."""


def fiscal_year(moment: datetime, starts: tuple[int, int]) -> int:
    """The fiscal year a moment lies in, named after the year in which it ends (1 October 2026 is in 2027)."""
    begun = (moment.month, moment.day) >= starts
    return moment.year + 1 if begun and starts != (1, 1) else moment.year


def due(*, record: Candidate, series: str, governing: Sequence[Governing], years: Years, now: datetime) -> Due:
    """When one record may and must go under the schedules that govern it.

    1. The schedule in force when it was made governs it. 2. Every later one governs it too, and the longer life wins,
    unless a second person approved that the later one reaches back: then it takes the place of all before it.
    3. Within a schedule the longest of the minimums and the strictest of the maximums hold. 4. A trigger that has not
    happened keeps a minimum from ending. Source: NC-CSS-22-18:keep-all-texts, MN-WIC-9.6:text-delete-after-viewing.
    """
    answers = [_under(record, one, series, years) for one in applying(record.at, governing, series, now)]
    if not answers:
        return Due(None, None, None)
    waits = tuple(dict.fromkeys(trigger for one in answers for trigger in one.waits_for))
    from_at = None if waits else max(one.from_at for one in answers if one.from_at is not None)
    by_at = _latest([one.by_at for one in answers])
    with_minimum = waits or any(one.ripe_at == one.from_at for one in answers)
    conflict = from_at is not None and by_at is not None and by_at < from_at
    return Due(from_at, by_at, from_at if with_minimum else by_at, waits, conflict)


def applying(at: datetime, governing: Sequence[Governing], series: str, now: datetime) -> list[Schedule]:
    """The schedules that govern a record made at `at`, oldest first; `governing` is in the order of coming into force.

    A record older than every schedule is governed by the first.
    """
    found: list[Schedule] = []
    for one in governing:
        if one.from_at > now:
            break
        if not one.schedule.has(series):
            continue
        if one.from_at <= at or one.reaches_back:
            found = []
        found.append(one.schedule)
    return found


def _under(record: Candidate, schedule: Schedule, series: str, years: Years) -> Due:
    rules = schedule.of(series)
    begun = {trigger: record.events[trigger] for trigger in record.events}
    year = fiscal_year(record.at, schedule.fiscal_year_starts)
    begun.update({trigger: moment for (trigger, of), moment in years.items() if of == year})
    minimums = [(term, _end(term, begun)) for term in rules.limits(Limit.MINIMUM)]
    maximums = [end for end in (_end(term, begun) for term in rules.limits(Limit.MAXIMUM)) if end is not None]
    waits = tuple(term.trigger for term, end in minimums if end is None)
    by_at = min(maximums, default=None)
    if waits:
        return Due(None, by_at, None, waits)
    from_at = max([record.at, *(end for _, end in minimums if end is not None)])
    return Due(from_at, by_at, from_at if minimums else by_at)


def _end(term: Term, begun: Mapping[Trigger, datetime]) -> datetime | None:
    return term.period.after(begun[term.trigger]) if term.trigger in begun else None


def _latest(moments: Sequence[datetime | None]) -> datetime | None:
    # One schedule without an end is an end for none of them.
    known = [moment for moment in moments if moment is not None]
    return max(known) if len(known) == len(moments) else None


def oldest_worth_asking(series: Series, now: datetime) -> datetime:
    """No record made after this can be ripe: every clock begins with the record or later."""
    terms = series.limits(Limit.MINIMUM) or series.limits(Limit.MAXIMUM)
    waits = [term.period.after(now) - now for term in terms]
    # Periods by the calendar differ by where they begin; three days cover leap years and short months.
    shortest = (max if series.limits(Limit.MINIMUM) else min)(waits, default=timedelta())
    return now - max(shortest - timedelta(days=3), timedelta()) if shortest > timedelta(days=3) else now


def covers(hold: HoldFacts, record: Candidate, series: str) -> bool:
    """Whether a hold keeps a record: every part of the hold fits; what is not known of the record fits everything."""
    if hold.series and hold.series != series:
        return False
    if hold.from_at is not None and record.at < hold.from_at:
        return False
    if hold.until_at is not None and record.at >= hold.until_at:
        return False
    return not hold.whom or _about(hold, record)


def _about(hold: HoldFacts, record: Candidate) -> bool:
    about = record.concerns
    same_case = about.cases is None or bool(about.cases & hold.cases)
    same_person = about.participants is None or bool(about.participants & hold.participants)
    same_number = about.numbers is None or bool(about.numbers & hold.numbers)
    if hold.whom == "case":
        # A text that names no case belongs to the case when it is to or from one of its parties.
        return same_case or (not about.cases and (same_person or same_number))
    return same_person or same_number if hold.whom == "person" else same_number


@rule("NC-CSS-22-18:keep-all-texts", "MN-WIC-9.6:text-delete-after-viewing")
def may_dispose(*, series: Series, due: Due, held: bool, now: datetime) -> Decision:
    """A record goes only when every clock has run and nothing holds it; a hold wins over everything.

    1. What is never destroyed stays. 2. A hold. 3. A trigger that has not happened. 4. The least time. 5. Where there
    is no least, it may go from the start and must go at the most.
    """
    if series.action != "destroy":
        return refuse("never-destroyed")
    if held:
        return hold("on-hold")
    if due.from_at is None:
        return hold("clock-has-not-begun")
    if now < due.from_at:
        return hold("kept-longer", until=due.from_at)
    return allow("overdue" if due.by_at is not None and now >= due.by_at else "may-go")


@rule("OFFSET-8.2:systems-controls", "NC-CSS-22-18:keep-all-texts", "MN-WIC-9.6:safeguards-private-data")
def second_person(*, first: str, second: str) -> Decision:
    """What takes two people takes two: whoever asked does not also confirm."""
    if not first or not second:
        return refuse("nobody-named")
    return refuse("same-person") if first == second else allow()


@rule("OFFSET-8.2:systems-controls", "NC-CSS-22-18:keep-all-texts", "MN-WIC-9.6:safeguards-private-data")
def may_prepare(*, roles: Collection[str], statewide: bool) -> Decision:
    """A state operator, supervisor or security officer prepares a disposal, for the whole program only."""
    if not PLACERS & set(roles):
        return refuse("role-may-not-prepare-disposal")
    return allow() if statewide else refuse("disposal-is-for-the-whole-program")


@rule("OFFSET-8.2:systems-controls", "NC-CSS-22-18:keep-all-texts", "MN-WIC-9.6:safeguards-private-data")
def may_approve(*, roles: Collection[str], approver: str) -> Decision:
    """Only the role the schedule names approves a disposal."""
    return allow() if approver in roles else refuse("role-may-not-approve-disposal")


@rule("OFFSET-8.2:systems-controls", "NC-CSS-22-18:keep-all-texts", "MN-WIC-9.6:safeguards-private-data")
def may_place(*, roles: Collection[str], statewide: bool, of_somebody: bool) -> Decision:
    """A state operator, supervisor or security officer places a hold; one without a person, for the whole state."""
    if not PLACERS & set(roles):
        return refuse("role-may-not-hold")
    return allow() if of_somebody or statewide else refuse("wide-hold-needs-the-state")


@rule("OFFSET-8.2:systems-controls", "NC-CSS-22-18:keep-all-texts", "MN-WIC-9.6:safeguards-private-data")
def may_release(*, roles: Collection[str], kind: str) -> Decision:
    """In child support the state releases a hold; `kind` is the program's."""
    return allow() if RELEASERS[kind] & set(roles) else refuse("role-may-not-release")
