"""Rules of documents: what is taken in, what is called clean, where it goes, who sees it. Pure."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from harborline.documents.facts import Checks, IsolationLevel, Looking, Routing, State, Step, Today
from harborline.kernel import Decision, allow, hold, refuse, rule

_WAYS_IN = ("NC-CSS-22-18:portal-upload", "MN-WIC-9.6:secure-submission-ways")
_ROUTE = "NC-CSS-22-18:route-to-case-manager"
_NEED = "OFFSET-8.2:only-as-necessary"
_HARM = "OFFSET-8.1:harm"
_LOOKS: Final = frozenset(Step)
PAUSES: Final = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15))
"""After a look without an answer: how long until the next; the last one goes on for as long as it takes."""
BROKE_OFF_MAX: Final = 3
"""So often the reader may be stopped by its limits before a paper is called too heavy."""
REASON_MIN: Final = 5


@rule(*_WAYS_IN)
def may_begin(*, size: int, largest: int, files: int, most_files: int, room: bool, today: Today) -> Decision:
    """A file of a real and bearable size, in a submission that is not full, while there is room, not all day long."""
    if size <= 0:
        return refuse("paper-is-empty")
    if size > largest:
        return refuse("paper-too-large")
    if files >= most_files:
        return refuse("too-many-papers")
    if today.bytes + size > today.most_bytes or today.submissions > today.most_submissions:
        return hold("too-many-papers-today")
    return allow() if room else hold("no-room-for-papers")


@rule(*_WAYS_IN)
def may_bring_in(*, chosen_is_theirs: bool, open_cases: int, unknown: bool) -> Decision:
    """Papers belong to a case of the person who brings them; who is not known yet is found out by the office."""
    if unknown:
        return allow("nobody-known-yet")
    if not chosen_is_theirs:
        return refuse("not-their-case")
    return allow() if open_cases else refuse("no-open-case")


@rule(_NEED)
def clean(*, checks: Checks) -> Decision:
    """Only what every look called clean, with the reader shut in as the agency demands; no answer is not clean."""
    if checks.isolation is IsolationLevel.NONE:
        return hold("reader-not-shut-in")
    if checks.full_required and checks.isolation is not IsolationLevel.FULL:
        return hold("reader-not-shut-in")
    return allow() if checks.clean >= _LOOKS else hold("not-checked-yet")


@rule(_ROUTE, _HARM)
def goes_to_worker(*, routing: Routing) -> Decision:
    """To whom it was handed, else to the case's manager of today; never to family, never to nobody."""
    if routing.handed_to == "":
        return refuse("office-takes-it")
    if not (routing.handed_to or routing.manager):
        return refuse("case-has-no-manager")
    if routing.kin:
        return refuse("holder-is-family")
    return allow() if routing.manager_works else refuse("holder-may-not-work")


@rule(_NEED, _HARM)
def may_see(*, looking: Looking) -> Decision:
    """Staff of the county; not about family; papers of a protected case only by those whose work it is."""
    if looking.kin:
        return refuse("paper-of-family")
    if looking.unknown or looking.tied or looking.handed or looking.supervisor:
        return allow()
    return refuse("paper-not-your-work") if looking.shielded else allow()


@rule(_NEED)
def may_open_original(*, state: State, harmful: bool, because: str) -> Decision:
    """The file as it was sent: only for a reason in words, and never one in which something harmful was found."""
    if harmful:
        return refuse("original-is-harmful")
    if state in (State.COMING, State.DROPPED):
        return refuse("paper-not-there")
    return allow() if len(because.strip()) >= REASON_MIN else refuse("say-why-original")


@rule(_NEED)
def may_look_behind(*, because: str) -> Decision:
    """What was under a black box, in an edition before it: only for a reason in words."""
    return allow() if len(because.strip()) >= REASON_MIN else refuse("say-why-behind")


@rule(_ROUTE)
def may_settle(*, state: State) -> Decision:
    """Accept, ask again, file, hand on: once it was checked, and as often as staff find out more."""
    if state is State.REFUSED:
        return refuse("paper-was-refused")
    return allow() if state.shown else hold("not-checked-yet")


@rule(_NEED)
def still_the_page(*, drawn_on: tuple[int, int], newest: tuple[int, int]) -> Decision:
    """A box is where it was drawn: the page still has the edition and the turn it had then."""
    return allow() if drawn_on == newest else refuse("page-was-changed")


def pause_after(tries: int) -> timedelta:
    """How long until the next try after so many without an answer."""
    return PAUSES[min(tries, len(PAUSES)) - 1] if tries else timedelta(0)
