"""Place and release holds: each takes two people; the hold keeps from the moment it is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from harborline.kernel import Invalid, NotFound, clock, ports
from harborline.law import profile
from harborline.ledger.services import record
from harborline.retention.acting import actor, everywhere, insist, one_at_a_time
from harborline.retention.facts import HoldFacts, HoldScope, HoldState
from harborline.retention.governing import in_force
from harborline.retention.models import Hold
from harborline.retention.ports import Parties, Party
from harborline.retention.rules import may_place, may_release, second_person
from harborline.retention.sealing import HoldWords, open_words, seal_words
from harborline.vault.services import blind_index
from harborline.walls import ALL_COUNTIES, current

KEEPING = (HoldState.ASKED.value, HoldState.STANDING.value, HoldState.RELEASE_ASKED.value)


def place_hold(scope: HoldScope, *, reason: str, roles: Collection[str]) -> uuid.UUID:
    """Ask for a hold; it keeps everything it covers from now on, and stands once another person confirms it.

    Raises `NotFound` for a person, case or number nobody here knows, `Invalid` for an empty scope or reason,
    `Refused` for a role that may not. Source: NC-CSS-22-18:keep-all-texts (litigation, breach).
    """
    context = current()
    statewide = context.counties == ALL_COUNTIES
    insist(may_place(roles=roles, statewide=statewide, of_somebody=scope.of_somebody))
    _check(scope, reason)
    one_at_a_time(context.program)
    anchor = _anchor(scope)
    hold_id, entry_id = uuid.uuid4(), record("retention.hold-asked", subject=f"program:{context.program}",
        content={"series": scope.series, "of_somebody": scope.of_somebody, "reason": reason})  # fmt: skip
    words = HoldWords(covers=said(scope), reason=reason)
    Hold.objects.create(
        id=hold_id,
        program=context.program,
        series=scope.series,
        from_at=scope.from_at,
        until_at=scope.until_at,
        words=seal_words(context.program, hold_id, words),
        placed_by=actor(),
        placed_at=clock.now(),
        entry_id=entry_id,
        **anchor,
    )
    return hold_id


def _check(scope: HoldScope, reason: str) -> None:
    if not reason.strip():
        raise Invalid("say why: the case before the court, the request, the breach", "--reason")
    if scope.empty:
        raise Invalid("give a person, a case, a number, a series or a span of time", "hold")
    if sum(map(bool, (scope.person, scope.case, scope.number))) > 1:
        raise Invalid("one hold is about a person, a case or a number; place several", "hold")
    if scope.from_at and scope.until_at and scope.from_at >= scope.until_at:
        raise Invalid("the span ends before it begins", "--to")
    if scope.series:
        in_force(current().program, clock.now()).of(scope.series)


def _anchor(scope: HoldScope) -> dict[str, object]:
    parties = ports.serving(Parties)
    if scope.person:
        found = parties.participant_named(scope.person)
        return {"participant_id": found, "county": parties.person(found).county}
    if scope.case:
        found = parties.case_named(scope.case)
        return {"case_id": found, "county": parties.case(found).county}
    if scope.number:
        idx = blind_index("phone", scope.number)
        if not parties.knows_number(idx):
            raise NotFound("nobody here has or had that number")
        return {"phone_idx": idx}
    return {}


def said(scope: HoldScope) -> str:
    """A scope in words, for the list of holds."""
    parts = [
        f"person {scope.person}" if scope.person else "",
        f"case {scope.case}" if scope.case else "",
        f"number ending in {scope.number[-4:]}" if scope.number else "",
        f"series {scope.series}" if scope.series else "",
        f"from {scope.from_at:%Y-%m-%d}" if scope.from_at else "",
        f"until {scope.until_at:%Y-%m-%d}" if scope.until_at else "",
    ]
    return ", ".join(part for part in parts if part)


def confirm_hold(hold_id: uuid.UUID, *, roles: Collection[str]) -> None:
    """Confirm a hold somebody else asked for; raises `NotFound`, `Refused` for the same person or role, `Invalid`."""
    found = _hold(hold_id)
    insist(may_place(roles=roles, statewide=current().counties == ALL_COUNTIES, of_somebody=_of_somebody(found)))
    insist(second_person(first=found.placed_by, second=actor()))
    _must_be(found, HoldState.ASKED)
    found.confirmed_by, found.confirmed_at, found.state = actor(), clock.now(), HoldState.STANDING.value
    found.save(update_fields=["confirmed_by", "confirmed_at", "state"])
    _tell("retention.hold-confirmed", found)


def ask_release(hold_id: uuid.UUID, *, reason: str, roles: Collection[str]) -> None:
    """Ask that a hold be released; it keeps until another person releases it. A hold only asked for may be asked back.

    Raises `NotFound`, `Refused` for a role that may not, `Invalid` without a reason or when it is not standing.
    """
    found = _hold(hold_id)
    insist(may_release(roles=roles, kind=profile(found.program).kind))
    if not reason.strip():
        raise Invalid("say why", "--reason")
    _must_be(found, HoldState.STANDING, HoldState.ASKED)
    words = open_words(found.program, found.id, found.words)
    found.words = seal_words(found.program, found.id, HoldWords(words.covers, words.reason, reason))
    found.release_asked_by, found.release_asked_at = actor(), clock.now()
    found.state = HoldState.RELEASE_ASKED.value
    found.save(update_fields=["words", "release_asked_by", "release_asked_at", "state"])
    _tell("retention.hold-release-asked", found, reason=reason)


def release_hold(hold_id: uuid.UUID, *, roles: Collection[str]) -> None:
    """Release a hold whose release somebody else asked for; from now on its records live by their schedule again."""
    found = _hold(hold_id)
    insist(may_release(roles=roles, kind=profile(found.program).kind))
    insist(second_person(first=found.release_asked_by or actor(), second=actor()))
    _must_be(found, HoldState.RELEASE_ASKED)
    found.released_by, found.released_at, found.state = actor(), clock.now(), HoldState.RELEASED.value
    found.save(update_fields=["released_by", "released_at", "state"])
    _tell("retention.hold-released", found)


def _hold(hold_id: uuid.UUID) -> Hold:
    context = current()
    one_at_a_time(context.program)
    found = Hold.objects.select_for_update().filter(id=hold_id, program=context.program).first()
    if found is None or not in_sight(found):
        raise NotFound("no such hold")
    return found


def in_sight(hold: Hold) -> bool:
    """Whether the context may see a hold: one of its counties, or one of the whole state."""
    counties = current().counties
    return counties == ALL_COUNTIES or not hold.county or hold.county in counties


def _of_somebody(hold: Hold) -> bool:
    return bool(hold.participant_id or hold.case_id or hold.phone_idx)


def _must_be(hold: Hold, *states: HoldState) -> None:
    if hold.state not in {state.value for state in states}:
        raise Invalid("the hold is {state}", "hold", state=hold.state)


def _tell(kind: str, hold: Hold, **more: str) -> None:
    record(kind, subject=f"program:{hold.program}", content={"hold": str(hold.id), **more})


def keeping(program: str) -> list[HoldFacts]:
    """Every hold that keeps records now, with what its person or case stands for today, across all counties."""
    with everywhere():
        rows = Hold.objects.filter(program=program, state__in=KEEPING)
        return [_facts(row, _party(row)) for row in rows]


def _party(hold: Hold) -> Party:
    parties = ports.serving(Parties)
    if hold.participant_id:
        return parties.person(hold.participant_id)
    if hold.case_id:
        return parties.case(hold.case_id)
    numbers = frozenset({bytes(hold.phone_idx)}) if hold.phone_idx else frozenset()
    return Party(frozenset(), frozenset(), numbers, "")


def _facts(hold: Hold, party: Party) -> HoldFacts:
    whom = "person" if hold.participant_id else "case" if hold.case_id else "number" if hold.phone_idx else ""
    return HoldFacts(
        id=hold.id,
        whom=whom,
        participants=party.participants,
        cases=party.cases,
        numbers=party.numbers,
        series=hold.series,
        from_at=hold.from_at,
        until_at=hold.until_at,
    )
