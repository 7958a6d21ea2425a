"""Which step of a vendor's life may be taken, by whom, and what the life amounts to today. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Final

from harborline.kernel import Decision, allow, refuse, rule, strictest
from harborline.vendors.facts import Area, Band, Category, LifeFacts, LifeState, StepFacts, StepKind
from harborline.vendors.life.answers import answers_clear

OPERATOR: Final = "state-operator"
SECURITY: Final = "security-officer"
SUPERVISOR: Final = "supervisor"
_STEER: Final = frozenset({OPERATOR, SECURITY})
_ROLES: Final[Mapping[StepKind, frozenset[str]]] = {
    StepKind.PERMITTED: frozenset({OPERATOR}),
    StepKind.CONTRACTED: frozenset({OPERATOR}),
    StepKind.VETTED: frozenset({OPERATOR}),
    StepKind.MEMORANDUM: frozenset({OPERATOR}),
}
_STOPS: Final = frozenset({StepKind.SUSPENDED, StepKind.REVOKED})
_AREA_ROLES: Final[Mapping[str, frozenset[str]]] = {
    Area.PROGRAM.value: frozenset({OPERATOR, SUPERVISOR}),
    Area.SECURITY.value: frozenset({SECURITY}),
}
ORDER: Final = (
    StepKind.SUBMITTED, StepKind.REVIEWED, StepKind.PERMITTED, StepKind.CONTRACTED, StepKind.VETTED,
    StepKind.MEMORANDUM, StepKind.CERTIFIED, StepKind.ANSWERED, StepKind.SCREENED, StepKind.LIVE,
)  # fmt: skip
"""The way to going live. Answers and screening may be given early; everything else waits for the step before."""
_EARLY: Final = frozenset({StepKind.ANSWERED, StepKind.SCREENED})
_ANY_TIME: Final = frozenset(
    {
        StepKind.TAX_FIELD, StepKind.TAX_NOTICE, StepKind.TAX_VISIT, StepKind.TAX_CERTIFIED,
        StepKind.SUSPENDED, StepKind.REVOKED,
    }
)  # fmt: skip
_NOT_THE_SAME: Final[Mapping[StepKind, StepKind]] = {
    StepKind.REVIEWED: StepKind.SUBMITTED,
    StepKind.PERMITTED: StepKind.SUBMITTED,
    StepKind.VETTED: StepKind.CONTRACTED,
    StepKind.LIVE: StepKind.SUBMITTED,
    StepKind.RESUMED: StepKind.SUSPENDED,
}


def may_take(
    *,
    step: StepFacts,
    life: LifeFacts,
    roles: frozenset[str],
    categories: Mapping[str, Category],
    now: datetime,
) -> Decision:
    """Whether this step may be taken by whoever records it.

    1. The role. 2. Another person where two are needed. 3. The steps before are done. 4. The dates stand in order.
    5. What the step itself must hold.
    """
    return strictest(
        (
            role_fits(step=step, roles=roles, simulated=life.simulated),
            second_person(step=step, life=life),
            steps_in_order(step=step, life=life),
            dates_in_order(step=step, life=life, today=now.date()),
            contract_after_permission(step=step, life=life),
            contract_examined(step=step, life=life),
            memorandum_countersigned(step=step, life=life),
            certified(step=step),
            flow_down_agreed(step=step, life=life),
            answered(step=step, categories=categories, today=now.date()),
            ready_to_go_live(step=step, life=life, categories=categories, now=now),
        )
    )


@rule("OFFSET-8.2:systems-controls")
def role_fits(*, step: StepFacts, roles: frozenset[str], simulated: bool) -> Decision:
    """Each step belongs to a role; stopping is open to whoever may steer vendors at all.

    A simulated company has nobody to ask, and carries nothing off this machine.
    """
    if simulated or step.kind in _STOPS:
        return allow()
    wanted = _ROLES.get(step.kind, _STEER)
    if step.kind is StepKind.REVIEWED:
        wanted = _AREA_ROLES.get(str(step.detail.get("area")), _STEER)
    return allow() if roles & wanted else refuse("role-may-not-take-step")


@rule("OFFSET-8.2:systems-controls")
def second_person(*, step: StepFacts, life: LifeFacts) -> Decision:
    """Who asks does not decide; who records a contract does not examine it; program and security are two people."""
    if life.simulated:
        return allow("simulated")
    other = life.last(_NOT_THE_SAME[step.kind]) if step.kind in _NOT_THE_SAME else None
    if other is not None and other.by == step.by:
        return refuse("needs-another-person")
    if step.kind is StepKind.REVIEWED:
        pair = {Area.PROGRAM.value, Area.SECURITY.value}
        mine = {area for area, one in reviews(life).items() if one.by == step.by and area != step.detail.get("area")}
        if step.detail.get("area") in pair and mine & pair:
            return refuse("needs-another-person")
    return allow()


@rule("NC-CSS-22-18:prior-written-permission")
def steps_in_order(*, step: StepFacts, life: LifeFacts) -> Decision:
    """Nothing after the end, nothing before its turn, nothing twice that stands."""
    if life.last(StepKind.REVOKED) is not None:
        return refuse("life-is-over")
    if step.kind in _ANY_TIME:
        return allow()
    if step.kind is StepKind.RESUMED:
        return allow() if suspended(life) else refuse("not-suspended")
    if _stands_already(step.kind, life):
        return refuse("step-is-done")
    if step.kind is StepKind.RECERTIFIED:
        return allow() if life.last(StepKind.LIVE) is not None else refuse("step-before-is-missing")
    needed = ORDER[:1] if step.kind in _EARLY else ORDER[: ORDER.index(step.kind)]
    missing = [kind for kind in needed if not done(life, kind) and kind not in _EARLY and step.kind is not kind]
    return refuse("step-before-is-missing") if missing else allow()


@rule("NC-CSS-22-18:prior-written-permission")
def dates_in_order(*, step: StepFacts, life: LifeFacts, today: date) -> Decision:
    """No paper is of tomorrow, and none is older than the paper it follows."""
    if step.on > today:
        return refuse("date-in-the-future")
    if step.kind not in ORDER or step.kind in _EARLY:
        return allow()
    before = [
        one.on
        for one in life.steps
        if one.kind in ORDER and one.kind not in _EARLY and ORDER.index(one.kind) < ORDER.index(step.kind)
    ]
    # A renewed letter follows the request and its reviews only; a contract's own rule says which letter it follows.
    if step.kind is StepKind.CONTRACTED:
        return allow()
    return refuse("dates-out-of-order") if before and step.on < max(before) else allow()


@rule("NC-CSS-22-18:prior-written-permission")
def contract_after_permission(*, step: StepFacts, life: LifeFacts) -> Decision:
    """PRIOR means before: the contract bears a later day than the first letter of permission."""
    if step.kind is not StepKind.CONTRACTED:
        return allow()
    letters = [one.on for one in life.steps if one.kind is StepKind.PERMITTED]
    return refuse("contract-before-permission") if not letters or step.on <= min(letters) else allow()


@rule("NC-CSS-22-18:contract-vetted")
def contract_examined(*, step: StepFacts, life: LifeFacts) -> Decision:
    """The contract says everything the program asks a contract to say, and somebody of the program signed for it."""
    if step.kind is not StepKind.VETTED:
        return allow()
    wanted = set(life.checks) | ({"exhibit-7"} if life.sees_tax else set())
    if not wanted <= set(step.detail.get("checks", ())) or not str(step.detail.get("signer", "")).strip():
        return refuse("contract-lacks-something")
    return allow()


@rule("NC-CSS-22-18:subcontractor-signs", "NC-CSS-22-18:moa-covers-sharing")
def memorandum_countersigned(*, step: StepFacts, life: LifeFacts) -> Decision:
    """The company signed the very version of the memorandum that holds between state and counties."""
    if step.kind is not StepKind.MEMORANDUM:
        return allow()
    if not life.memorandum or step.detail.get("version") != life.memorandum:
        return refuse("another-memorandum")
    return allow() if str(step.detail.get("signer", "")).strip() else refuse("signature-missing")


@rule("MN-WIC-9.6:889-certification")
def certified(*, step: StepFacts) -> Decision:
    """The company certifies, signed, that it does not and will not use covered equipment or services."""
    if step.kind not in {StepKind.CERTIFIED, StepKind.RECERTIFIED}:
        return allow()
    if step.detail.get("uses_covered") is not False:
        return refuse("covered-equipment-in-use")
    return allow() if str(step.detail.get("signer", "")).strip() else refuse("signature-missing")


@rule("MN-WIC-9.6:889-flow-down")
def flow_down_agreed(*, step: StepFacts, life: LifeFacts) -> Decision:
    """The certification stands in the contract as well, and in those of the company's own contractors."""
    if step.kind is not StepKind.CERTIFIED:
        return allow()
    vetted = life.last(StepKind.VETTED)
    found = vetted is not None and "889-flow-down" in vetted.detail.get("checks", ())
    return allow() if found and step.detail.get("flow_down") is True else refuse("flow-down-missing")


@rule("MN-WIC-9.6:prohibited-vendors")
def answered(*, step: StepFacts, categories: Mapping[str, Category], today: date) -> Decision:
    """What no name can show was asked: owners above a tenth, covered equipment, each class of devices."""
    if step.kind is not StepKind.ANSWERED:
        return allow()
    return answers_clear(answers=step.detail, categories=categories, today=today)


def ready_to_go_live(
    *, step: StepFacts, life: LifeFacts, categories: Mapping[str, Category], now: datetime
) -> Decision:
    """Going live asks for everything at once, as the gate will from then on; tax fields are asked for when they go."""
    if step.kind is not StepKind.LIVE:
        return allow()
    answers = life.last(StepKind.ANSWERED)
    found = [all_steps_done(life=life, until=StepKind.LIVE), no_prohibited_vendor(life=life, today=now.date())]
    found += [subprocessors_live(life=life), permission_in_term(life=life, now=now)]
    if answers is not None:
        found.append(answers_clear(answers=answers.detail, categories=categories, today=now.date()))
    return strictest(found)


def stands(*, life: LifeFacts, now: datetime) -> Decision:
    """Whether a life is live at `now`: every step done, nothing that stops it. The gate asks this every time."""
    return strictest(
        (
            all_steps_done(life=life, until=None),
            not_stopped(life=life),
            permission_in_term(life=life, now=now),
            no_prohibited_vendor(life=life, today=now.date()),
            recertified_in_time(life=life, today=now.date()),
            subprocessors_live(life=life),
        )
    )


@rule("NC-CSS-22-18:contract-vetted", "NC-CSS-22-18:subcontractor-signs", "MN-WIC-9.6:889-certification")
def all_steps_done(*, life: LifeFacts, until: StepKind | None) -> Decision:
    """Every step to going live was taken, up to and without `until`."""
    wanted = ORDER if until is None else ORDER[: ORDER.index(until)]
    return allow() if all(done(life, kind) for kind in wanted) else refuse("vendor-not-live")


@rule("NC-CSS-22-18:prior-written-permission")
def not_stopped(*, life: LifeFacts) -> Decision:
    """Nobody suspended it and nobody took the permission back."""
    if life.last(StepKind.REVOKED) is not None:
        return refuse("permission-revoked")
    return refuse("vendor-suspended") if suspended(life) else allow()


@rule("NC-CSS-22-18:prior-written-permission")
def permission_in_term(*, life: LifeFacts, now: datetime) -> Decision:
    """A letter has begun and has not ended; a renewed one may wait its turn."""
    letters = [one for one in life.steps if one.kind is StepKind.PERMITTED]
    if not letters:
        return refuse("no-written-permission")
    if any(_moment(one, "valid_from") <= now < _moment(one, "valid_until") for one in letters):
        return allow()
    waiting = now < _moment(letters[-1], "valid_from")
    return refuse("permission-not-yet-valid" if waiting else "permission-expired")


@rule("MN-WIC-9.6:prohibited-vendors", "MN-WIC-9.6:vendor-lists")
def no_prohibited_vendor(*, life: LifeFacts, today: date) -> Decision:
    """Screened within the year against every list the program asks for, and nothing found that nobody cleared.

    A simulated company buys nothing and needs no list that was never brought in.
    """
    screening = life.screening
    if screening.confirmed:
        return refuse("vendor-prohibited")
    if screening.band is not Band.CLEAR:
        return refuse("vendor-on-a-list" if screening.band is Band.MATCH else "screening-to-review")
    if screening.missing and not life.simulated:
        return refuse("list-never-loaded")
    at = screening.screened_at
    if at is None or today >= at.date() + timedelta(days=life.recertify_days):
        return refuse("screening-out-of-date")
    return allow()


@rule("MN-WIC-9.6:889-certification")
def recertified_in_time(*, life: LifeFacts, today: date) -> Decision:
    """The certification was renewed within the year."""
    due = recertification_due(life)
    return allow() if due is not None and today < due else refuse("recertification-overdue")


@rule("NC-CSS-22-18:prior-written-permission")
def subprocessors_live(*, life: LifeFacts) -> Decision:
    """Every company the vendor passes anything on to is known here, went the same way, and is live itself."""
    answers = life.last(StepKind.ANSWERED)
    declared = set(answers.detail.get("subprocessors", ())) if answers is not None else set()
    if not declared <= set(life.subprocessors):
        return refuse("subprocessor-without-permission")
    return allow() if all(life.subprocessors.values()) else refuse("subprocessor-not-live")


def recertification_due(life: LifeFacts) -> date | None:
    """The day by which the certification must be renewed; None while there is none."""
    newest = life.last(StepKind.CERTIFIED, StepKind.RECERTIFIED)
    return None if newest is None else newest.on + timedelta(days=life.recertify_days)


def state_of(*, life: LifeFacts, now: datetime) -> tuple[LifeState, Decision]:
    """Where the life stands, and the decision of the gate behind it."""
    gate = stands(life=life, now=now)
    if life.last(StepKind.REVOKED) is not None:
        return LifeState.REVOKED, gate
    if gate.allowed:
        return LifeState.LIVE, gate
    if life.last(StepKind.LIVE) is not None:
        return (LifeState.EXPIRED if gate.reason == "permission-expired" else LifeState.SUSPENDED), gate
    if done(life, StepKind.PERMITTED):
        return LifeState.PERMITTED, gate
    if declined(life):
        return LifeState.DECLINED, gate
    return (LifeState.DRAFT if life.last(StepKind.SUBMITTED) is None else LifeState.IN_REVIEW), gate


def done(life: LifeFacts, kind: StepKind) -> bool:
    """Whether a step was taken and still counts."""
    if kind is StepKind.MEMORANDUM:
        signed = life.last(kind)
        return not life.memorandum or (signed is not None and signed.detail.get("version") == life.memorandum)
    if kind is StepKind.REVIEWED:
        found = reviews(life)
        return set(found) >= {area.value for area in Area} and all(one.detail.get("approve") for one in found.values())
    if kind is StepKind.VETTED:
        return _after(life, kind, StepKind.CONTRACTED)
    return life.last(kind) is not None


def next_step(life: LifeFacts) -> StepKind | None:
    """The first step on the way to going live that is not done; None for a life that has them all or is over."""
    if life.last(StepKind.REVOKED) is not None:
        return None
    if declined(life):
        return StepKind.SUBMITTED
    return next((kind for kind in ORDER if not done(life, kind)), None)


def reviews(life: LifeFacts) -> dict[str, StepFacts]:
    """The newest verdict of each area since the request was last submitted."""
    found: dict[str, StepFacts] = {}
    for step in life.steps:
        if step.kind is StepKind.SUBMITTED:
            found = {}
        if step.kind is StepKind.REVIEWED:
            found[str(step.detail.get("area"))] = step
    return found


def declined(life: LifeFacts) -> bool:
    """Whether an area said no to the request as it was last submitted."""
    return any(not one.detail.get("approve") for one in reviews(life).values())


def suspended(life: LifeFacts) -> bool:
    """Whether somebody suspended it and nobody resumed it since."""
    newest = life.last(StepKind.SUSPENDED, StepKind.RESUMED)
    return newest is not None and newest.kind is StepKind.SUSPENDED


def _stands_already(kind: StepKind, life: LifeFacts) -> bool:
    if kind is StepKind.SUBMITTED:
        return life.last(kind) is not None and not declined(life)
    return kind is StepKind.LIVE and life.last(kind) is not None


def _after(life: LifeFacts, kind: StepKind, other: StepKind) -> bool:
    newest = life.last(kind, other)
    return newest is not None and newest.kind is kind


def _moment(letter: StepFacts, name: str) -> datetime:
    return datetime.fromisoformat(str(letter.detail[name]))
