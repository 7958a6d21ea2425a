"""What a report may say, which clocks run, who closes an incident: pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final

from harborline.kernel import Decision, allow, refuse, rule
from harborline.oversight.incident_facts import Clock, Told

_STEERS: Final = frozenset({"security-officer", "state-operator"})
# Numbers of people, accounts and amounts, mail addresses: the report names kinds of data, never the data.
_MONEY: Final = re.compile(r"[$€]\s?\d|\d\s?(?:dollars?|cents?|euros?|USD|EUR)\b|\b(?:USD|EUR)\s?\d", re.IGNORECASE)
# Days and hours are neither: 2026-11-20, 11/20/2026, 20.11.2026, 10:30, 10.30.
_WHEN: Final = re.compile(
    r"\b(?:19|20)\d{2}-(?:0\d|1[0-2])-(?:[0-2]\d|3[01])(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?)?(?![\d-])"
    r"|(?<![\d./])(?:[0-2]?\d|3[01])[./](?:[0-2]?\d|3[01])[./](?:19|20)\d{2}(?![\d./-])"
    r"|(?<![\d.,:-])(?:[01]?\d|2[0-3])[:.][0-5]\d(?::[0-5]\d)?(?![\d:-]|[.,]\d)"
)
# Whom to call is said with a telephone number and a mail address; of anything else nothing stands there either.
_CALLED: Final = re.compile(r"(?:\+?1[-. ]?)?\(?\b\d{3}\)?[-. ]\d{3}[-. ]\d{4}\b|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PRIVATE: Final = re.compile(
    r"\d{3}[-. ]?\d{2}[-. ]?\d{4}|\d[\d -]{6,}\d|[$€]\s?\d|\d+[.,]\d{2}\b|[\w.+-]+@(?!irs\.gov)[\w-]+\.\w+"
)


@rule("OFFSET-8.4:tax-refund", "OFFSET-8.2:integrity")
def may_report(*, told: Told, now: datetime) -> Decision:
    """Anybody reports, at once, certain or not; without numbers of people, amounts or addresses in any word.

    Source: IRS Publication 1075 (Nov 2021) 1.8: within 24 hours, without tax information in the report.
    """
    if not told.description.strip() or not told.elements:
        return refuse("incident-without-description")
    if told.found_at > now or told.occurred_at > told.found_at:
        return refuse("incident-found-before-it-was")
    words = (told.description, told.place, told.systems, told.discipline, _CALLED.sub(" ", told.contact))
    return refuse("report-holds-private-data") if any(map(_private, words)) else allow()


def _private(words: str) -> bool:
    return bool(_MONEY.search(words) or _PRIVATE.search(_WHEN.sub(" ", words)))


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
def may_amend(*, roles: Collection[str], closed: bool, told: Told, now: datetime) -> Decision:
    """A security officer or state operator says what became known later, while the incident is open, without data."""
    if not _STEERS & set(roles):
        return refuse("role-may-not-steer-incidents")
    return refuse("already-decided") if closed else may_report(told=told, now=now)


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
