"""The rules of contact: who begins one, until when it is answered, what an answer may say, who may have it. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from harborline.consent.facts import ConsentFacts
from harborline.consent.rules import may_text_in_contact_us
from harborline.contact.facts import WORDS_MOST, ClosedAs, ContactState, Standing
from harborline.kernel import Decision, allow, hold, refuse, rule
from harborline.law import Profile
from harborline.law.holidays import federal_holidays
from harborline.messaging.words.guard import Kind

_SATURDAY: Final = 5
_DAY_ENDS: Final = time(17, 0)
PERSON: Final = "participant"
_DAY: Final = timedelta(days=1)
_STYLE: Final = frozenset({Kind.HARD_TO_READ, Kind.ABBREVIATION, Kind.SHORTENED_URL})


def state_of(*, standing: Standing) -> ContactState:
    """Where a contact stands, from its moments alone.

    1. Closed. 2. Our answer is the last word: it waits on the person. 3. Opened again and not answered since.
    4. Nobody looked yet. 5. It waits on us.
    """
    if standing.closed_at is not None:
        return ContactState.CLOSED
    out = standing.last_out_at
    if standing.reopened_at is not None and (out is None or standing.reopened_at > out):
        return ContactState.REOPENED
    if out is not None and out >= standing.last_in_at:
        return ContactState.ON_PERSON
    return ContactState.NEW if standing.seen_at is None else ContactState.ON_US


def answer_by(*, asked_at: datetime, days: int, zone: str) -> datetime:
    """The end (five in the afternoon, local) of the `days`-th business day after the day of the question.

    Saturdays, Sundays and federal holidays do not count. The same for everybody.
    """
    place = ZoneInfo(zone)
    day, left = asked_at.astimezone(place).date(), max(days, 1)
    while left:
        day += _DAY
        left -= _is_business_day(day)
    return datetime.combine(day, _DAY_ENDS, tzinfo=place)


def _is_business_day(day: date) -> bool:
    return day.weekday() < _SATURDAY and day not in federal_holidays(day.year)


@rule("MN-WIC-9.6:contact-us-opt-in")
def begun_by_the_person(*, actor_kind: str) -> Decision:
    """A contact begins with the person; neither staff nor the machine begins one."""
    return allow() if actor_kind == PERSON else refuse("contact-not-started-by-person")


@rule("MN-WIC-9.6:contact-us-opt-in", "MN-WIC-9.6:text-app-opt-in")
def may_ask(*, opt_in: ConsentFacts | None, profile: Profile, now: datetime) -> Decision:
    """Where the program's letter asks for it, a person uses the portal's questions only with its own opt-in."""
    if profile.contact.without_opt_in:
        return allow()
    return may_text_in_contact_us(opt_in=opt_in, now=now)


@rule("OFFSET-8.2:systems-controls", "MN-WIC-9.6:safeguards-private-data")
def not_too_many(*, asked_today: int, profile: Profile) -> Decision:
    """One person opens only so many contacts a day: more is a machine, and hides what others ask."""
    return allow() if asked_today < profile.contact.asks_per_day else refuse("too-many-questions-today")


@rule("NC-CSS-22-18:route-to-case-manager", "MN-WIC-9.6:contact-us-opt-in")
def may_open_again(*, closed_at: datetime | None, profile: Profile, now: datetime) -> Decision:
    """A closed contact opens again for a while; later a new one is clearer."""
    if closed_at is None or now - closed_at <= timedelta(days=profile.contact.reopen_days):
        return allow()
    return refuse("contact-too-old")


@rule("MN-WIC-9.6:contact-us-no-documents", "NC-CSS-22-18:portal-upload")
def leads_to_documents(*, kinds: Collection[Kind], leads: bool) -> Decision:
    """Whoever needs papers or numbers leads the person to "Submit documents"; nobody asks for them here."""
    if Kind.REQUESTS_PRIVATE_INFO not in kinds:
        return allow()
    return allow() if leads else refuse("documents-by-new-contact")


@rule("OFFSET-8.1:harm", "MN-WIC-9.6:safeguards-private-data", "NC-CSS-22-18:pii-fti-in-texts")
def tells_only_the_person(*, kinds: Collection[Kind], others_named: bool) -> Decision:
    """Behind the sign-in an answer may be private, but a screen may have two readers.

    Tax information and words of family violence never stand there; an address, or the name of somebody else on the
    case, only with a written reason.
    """
    if Kind.FTI in kinds:
        return refuse("tax-information-in-answer")
    if Kind.DV in kinds:
        return refuse("danger-in-answer")
    if Kind.STREET_ADDRESS_OR_WHEREABOUTS in kinds:
        return hold("place-in-answer")
    return hold("somebody-else-in-answer") if others_named else allow()


@rule("MN-WIC-9.6:text-easy", "NC-CSS-22-18:lawful-notifications")
def reads_well(*, kinds: Collection[Kind], length: int, judged: bool) -> Decision:
    """An answer is short and plain; in a language nobody here judges it goes with the name of who read it over."""
    if length == 0:
        return refuse("nothing-to-send")
    if length > WORDS_MOST:
        return refuse("answer-too-long")
    if not judged:
        return hold("language-not-read-over")
    return hold("answer-hard-to-read") if _STYLE & frozenset(kinds) else allow()


@rule("OFFSET-8.1:harm", "MN-WIC-9.6:safeguards-private-data")
def may_pass_on(*, known: bool, same_county: bool, served_there: bool, shielded: bool) -> Decision:
    """A contact goes to an office of the same program: of its county, or of one where the person is served too.

    Of somebody shielded it leaves the county for none; that reads like an office that does not serve them, so that
    the list of offices tells nobody where a person is.
    """
    if not known:
        return refuse("not-an-office-of-this-program")
    if same_county:
        return allow()
    return refuse("office-does-not-serve-person") if shielded or not served_there else allow()


@rule("OFFSET-8.2:only-as-necessary", "NC-CSS-22-18:route-to-case-manager")
def may_have(*, works_there: bool, kin: bool) -> Decision:
    """Only somebody who works in the contact's county gets it, and nobody gets what their family asks."""
    if not works_there:
        return refuse("worker-not-in-this-county")
    return refuse("question-of-family") if kin else allow()


@rule("OFFSET-8.2:only-as-necessary", "OFFSET-8.1:harm")
def may_see(*, kin: bool, shielded: bool, mine: bool, leads: bool) -> Decision:
    """Staff of the county; nobody what their family asks; somebody shielded only those whose work it is.

    `mine`: tied to the person by work, or the contact is theirs.
    """
    if kin:
        return refuse("question-of-family")
    return refuse("question-not-your-work") if shielded and not (mine or leads) else allow()


@rule("NC-CSS-22-18:route-to-case-manager", "MN-WIC-9.6:contact-us-opt-in")
def may_close(*, state: ContactState, how: ClosedAs, alarming: bool) -> Decision:
    """Answered is only what was answered since the person's last word; words of danger are seen to first."""
    if state is ContactState.CLOSED:
        return refuse("contact-closed-already")
    if alarming:
        return refuse("alert-still-open")
    if how is ClosedAs.ANSWERED and state is not ContactState.ON_PERSON:
        return refuse("answer-it-first")
    return allow()
