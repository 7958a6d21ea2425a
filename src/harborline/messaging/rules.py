"""What must be true before a notice goes to one person: pure, in numbered steps, judged again at hand-over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from harborline.consent.facts import ConsentStanding
from harborline.consent.rules import may_text
from harborline.kernel import Decision, allow, hold, refuse, rule, strictest
from harborline.law import Profile
from harborline.messaging.facts import DispatchState, Verdict

_PROVES: Final = frozenset({"state-operator", "supervisor"})
NO_NEWS = "no-news"
"""Why an unclear text expired: nobody ever told what became of it."""
NOT_ARRIVED = "settled-not-arrived"


@dataclass(frozen=True, slots=True)
class Situation:
    """The facts about one recipient that decide; equal situations share one decision.

    `county_agrees`: the file and the record name the same county. `texts_chosen`: a protected person asked for texts.
    `number_conflict`: both parties of one case use, or used, this number. `appointment_ahead`: it is still to come.
    """

    on_file: bool
    county_agrees: bool
    protected: bool
    texts_chosen: bool
    number_conflict: bool
    has_number: bool
    template_in_language: bool
    appointment_ahead: bool
    standing: ConsentStanding


@rule("NC-CSS-22-18:opt-in", "MN-WIC-9.6:permission-first")
def recipient_known(*, situation: Situation) -> Decision:
    """Nobody is texted who is not on file with a number: missing facts refuse."""
    if not situation.on_file:
        return refuse("not-on-file")
    if not situation.county_agrees:
        return refuse("other-county-on-file")
    if not situation.has_number:
        return refuse("no-number")
    return allow()


@rule("OFFSET-8.1:harm", "OFFSET-8.1:protective-order", "MN-WIC-9.6:safeguards-private-data")
def texting_is_safe(*, situation: Situation, profile: Profile) -> Decision:
    """A protected person gets no text unless they chose it; a number both parties of a case use waits for staff."""
    if situation.number_conflict:
        return hold("number-used-by-both-parties")
    if situation.protected and not situation.texts_chosen and profile.texting.protected_texts == "refuse":
        return refuse("no-texts-by-safety-choice")
    return allow()


@rule("OFFSET-8.1:protective-order", "OFFSET-8.2:integrity", "MN-WIC-9.6:safeguards-private-data")
def protections_current(*, age: timedelta | None, profile: Profile) -> Decision:
    """Protection data older than the profile's limit, or never loaded, holds every send."""
    if age is None:
        return hold("protections-never-loaded")
    if age > timedelta(hours=profile.texting.protection_max_age_h):
        return hold("protections-too-old")
    return allow()


@rule("NC-CSS-22-18:lawful-notifications", "MN-WIC-9.6:text-easy")
def worth_saying(*, situation: Situation) -> Decision:
    """A reminder is for an appointment to come, in a language the template has."""
    if not situation.appointment_ahead:
        return refuse("appointment-passed")
    if not situation.template_in_language:
        return hold("no-template-in-language")
    return allow()


@dataclass(frozen=True, slots=True)
class RecentTexts:
    """Notices that went to one number: how many in 24 hours and in seven days, and when the first of each went."""

    day: int
    week: int
    first_of_day_at: datetime | None
    first_of_week_at: datetime | None


NO_TEXTS = RecentTexts(0, 0, None, None)


@rule("NC-CSS-22-18:lawful-notifications", "MN-WIC-9.6:local-it-legal")
def within_caps(*, recent: RecentTexts, profile: Profile) -> Decision:
    """No number gets more notices in a day or a week than the profile allows; the next waits its turn."""
    if recent.day >= profile.texting.cap_per_day and recent.first_of_day_at:
        return hold("day-is-full", until=recent.first_of_day_at + timedelta(days=1))
    if recent.week >= profile.texting.cap_per_week and recent.first_of_week_at:
        return hold("week-is-full", until=recent.first_of_week_at + timedelta(days=7))
    return allow()


# The letters a program answers to: a decision cites these and no other agency's.
_LETTERS = {"NC": "NC-CSS-22-18", "MN": "MN-WIC-9.6", "CA": "CA-CSS-03-11"}


def cited(decision: Decision, profile: Profile) -> Decision:
    """The decision with the clauses that bind this program; all of them when none of its own letters is named."""
    letters = {_LETTERS.get(profile.state, ""), "OFFSET-8" if profile.kind == "iv-d" else ""}
    own = tuple(clause for clause in decision.clauses if _letter(clause) in letters)
    return replace(decision, clauses=own or decision.clauses)


def _letter(clause: str) -> str:
    name = clause.split(":", 1)[0]
    return "OFFSET-8" if name.startswith("OFFSET-8") else name


def may_notify(*, situation: Situation, profile: Profile, protection_age: timedelta | None, now: datetime) -> Decision:
    """Whether this person may get this notice; the strictest step decides, an earlier one before a later one.

    1. On file, in that county, with a number. 2. Protections loaded and fresh. 3. Safe to text. 4. Consent stands
    and nobody on this number asked to stop. 5. Still worth saying, in their language.
    """
    return strictest(
        (
            recipient_known(situation=situation),
            protections_current(age=protection_age, profile=profile),
            texting_is_safe(situation=situation, profile=profile),
            may_text(standing=situation.standing, profile=profile, now=now),
            worth_saying(situation=situation),
        )
    )


@rule("NC-CSS-22-18:exclusive-vendor")
def may_fail_over(*, surely_not_accepted: bool, profile: Profile) -> Decision:
    """A text goes over a second carrier only where the program may have one, and the first surely did not accept it."""
    if not profile.texting.second_carrier:
        return refuse("one-carrier-only")
    if not surely_not_accepted:
        return refuse("first-carrier-may-have-it")
    return allow()


@rule("NC-CSS-22-18:state-text-service")
def may_start(*, roles: frozenset[str], profile: Profile) -> Decision:
    """Only the roles the profile names start a run: in nc-css the state, never a county."""
    if roles & frozenset(profile.texting.run_roles):
        return allow()
    return refuse("role-may-not-start-runs")


APPROVERS = frozenset({"supervisor", "state-operator"})
"""Who may be the second person of a run, besides those who may start one."""


@rule("NC-CSS-22-18:state-text-service")
def may_steer(*, step: str, roles: frozenset[str], profile: Profile) -> Decision:
    """Whoever may start runs also steers them; a supervisor may be the second person."""
    allowed = frozenset(profile.texting.run_roles) | (APPROVERS if step == "approve" else frozenset())
    if roles & allowed:
        return allow()
    return refuse("role-may-not-steer-runs")


@rule("OFFSET-8.2:systems-controls")
def may_release(*, recipients: int, started_by: str, approved_by: str, profile: Profile) -> Decision:
    """Above the profile's size a second person releases the run."""
    if recipients <= profile.texting.approve_above:
        return allow()
    if not approved_by:
        return hold("needs-second-person")
    if approved_by == started_by:
        return refuse("second-person-is-the-first")
    return allow()


@rule("OFFSET-8.2:integrity")
def may_settle(*, state: int, reason: str, verdict: Verdict) -> Decision:
    """A person settles only what is unclear, and only as arrived or not: its expiry is the clock's to tell."""
    unclear = state == DispatchState.UNKNOWN or (state == DispatchState.EXPIRED and reason == NO_NEWS)
    if not unclear:
        return refuse("text-is-not-unclear")
    if verdict is Verdict.EXPIRED:
        return refuse("verdict-not-a-persons")
    return allow()


@rule("OFFSET-8.2:integrity")
def may_send_again(*, state: int, reason: str, before: bool, still_ahead: bool) -> Decision:
    """Only what somebody found not to have arrived goes again, once, while it is still worth it."""
    if state != DispatchState.FAILED or reason != NOT_ARRIVED:
        return refuse("may-have-arrived")
    if before:
        return refuse("sent-again-before")
    if not still_ahead:
        return refuse("appointment-passed")
    return allow()


@rule("OFFSET-8.1:harm")
def may_prove(*, roles: Collection[str]) -> Decision:
    """A proof has the very words a telephone got, and so tells who gets words that tell nothing.

    It is for those who look after protections anyway.
    """
    return allow() if _PROVES & set(roles) else refuse("role-may-not-prove")
