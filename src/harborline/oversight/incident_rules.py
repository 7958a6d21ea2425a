"""What a report may say, which clocks run, who closes an incident: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from harborline.kernel import Decision, allow, refuse, rule
from harborline.oversight.incident_facts import NOBODY, Clock, Known, Told
from harborline.oversight.incident_words import private_places

_STEERS: Final = frozenset({"security-officer", "state-operator"})


@rule("OFFSET-8.4:tax-refund", "OFFSET-8.2:integrity")
def may_report(*, told: Told, now: datetime, known: Known = NOBODY) -> Decision:
    """Anybody reports, at once, certain or not; without names, numbers, birth dates, amounts or addresses of people.

    Source: IRS Publication 1075 (Nov 2021) 1.8: within 24 hours, without tax information in the report.
    """
    if not told.description.strip() or not told.elements:
        return refuse("incident-without-description")
    if told.found_at > now or told.occurred_at > told.found_at:
        return refuse("incident-found-before-it-was")
    return refuse("report-holds-private-data") if private_places(told, known) else allow()


def running(*, told: Told, state: str, clocks: Iterable[Clock], now: datetime) -> list[tuple[Clock, datetime]]:
    """The clocks that run for an incident, each with the moment it ends, the first first.

    They run from when it was found, whenever it became known that they do; those of discipline from `now`.
    """
    found = [
        (one, (now if one.discipline else told.found_at) + timedelta(hours=one.hours))
        for one in clocks
        if one.hours and _applies(one, told, state)
    ]
    return sorted(found, key=lambda each: (each[1], each[0].key))


def unset(*, told: Told, state: str, clocks: Iterable[Clock]) -> tuple[Clock, ...]:
    """Who must be told of an incident, too, by when only the agency can say: it has not said so yet."""
    return tuple(one for one in clocks if not one.hours and _applies(one, told, state))


def _applies(one: Clock, told: Told, state: str) -> bool:
    return (
        (told.tax or not one.tax)
        and (not one.states or state in one.states)
        and (not one.over or told.people > one.over)
        and (not one.discipline or bool(told.discipline.strip()))
    )


@rule("OFFSET-8.2:routine-monitoring")
def may_amend(*, roles: Collection[str], closed: bool, told: Told, now: datetime, known: Known = NOBODY) -> Decision:
    """A security officer or state operator says what became known later, while the incident is open, without data."""
    if not _STEERS & set(roles):
        return refuse("role-may-not-steer-incidents")
    return refuse("already-decided") if closed else may_report(told=told, now=now, known=known)


@rule("OFFSET-8.2:routine-monitoring")
def may_steer_incident(*, roles: Collection[str], closed: bool, open_steps: int, closes: bool, shown: str) -> Decision:
    """A security officer or state operator says what was done, with what shows it; closes when nothing is open."""
    if not _STEERS & set(roles):
        return refuse("role-may-not-steer-incidents")
    if closed:
        return refuse("already-decided")
    if closes:
        return refuse("incident-clocks-still-run") if open_steps else allow()
    return allow() if shown.strip() else refuse("step-without-evidence")
