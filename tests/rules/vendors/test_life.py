"""A vendor's life: which step may be taken, in which order, by whom, and what stops it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.rules.vendors.lives import (
    ANSWERS,
    LETTER,
    NC,
    NOW,
    OPERATOR,
    SECURITY,
    TODAY,
    before,
    life,
    plus,
    reviewed,
    step,
    steps,
    without,
)

from harborline.kernel import Decision
from harborline.vendors.facts import Band, Hit, LifeFacts, LifeState, ScreeningStanding, StepFacts, StepKind
from harborline.vendors.life.rules import may_take, next_step, stands, state_of
from harborline.vendors.screening.lists import categories

WEEK = timedelta(days=7)
HIT = Hit("us-fcc-covered-list:1", "Huawei Technologies Company", Band.MATCH, "why")


def taken(one: StepFacts, whole: LifeFacts, *, roles: frozenset[str] = OPERATOR, now: datetime = NOW) -> Decision:
    """The answer to a step."""
    return may_take(step=one, life=whole, roles=roles, categories=categories(), now=now)


def again(kind: StepKind, **changes: Any) -> StepFacts:  # noqa: ANN401 - parts of a step
    """The step as a good life has it, with other words."""
    found = next(one for one in steps() if one.kind is kind)
    on, by = changes.pop("on", found.on), changes.pop("by", found.by)
    return step(kind, on, by, **{**found.detail, **changes})


class TestTheWay:
    """From the request to going live."""

    @pytest.mark.clause("NC-CSS-22-18:prior-written-permission", shows="allows")
    @pytest.mark.clause("NC-CSS-22-18:contract-vetted", shows="allows")
    @pytest.mark.clause("NC-CSS-22-18:subcontractor-signs", shows="allows")
    @pytest.mark.clause("NC-CSS-22-18:moa-covers-sharing", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:889-certification", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:889-flow-down", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:prohibited-vendors", shows="allows")
    def test_can_be_gone_step_by_step(self) -> None:
        """Each step of a good life is allowed where the ones before it are done."""
        whole = steps()
        for at, one in enumerate(whole):
            roles = SECURITY if one.detail.get("area") == "security" else OPERATOR
            decision = taken(one, life(steps=tuple(whole[:at])), roles=roles)
            assert decision.allowed, (one.kind, decision.reason)

    @pytest.mark.parametrize(
        "kind", [StepKind.PERMITTED, StepKind.CONTRACTED, StepKind.VETTED, StepKind.MEMORANDUM, StepKind.LIVE]
    )
    def test_has_no_short_cut(self, kind: StepKind) -> None:
        """With any step before it missing, a step is refused."""
        whole = steps()
        upto = [one for one in whole if one.kind is not kind and whole.index(one) < whole.index(again_of(kind, whole))]
        for left_out in {one.kind for one in upto}:
            rest = tuple(one for one in upto if one.kind is not left_out)
            assert not taken(again(kind), life(steps=rest)).allowed, left_out

    def test_is_shown_with_its_next_step(self) -> None:
        """The page says what comes next; a life that is live has nothing left to do."""
        assert next_step(before(StepKind.CONTRACTED)) is StepKind.CONTRACTED
        assert next_step(life()) is None
        assert next_step(life(steps=())) is StepKind.SUBMITTED

    def test_ends_for_good(self) -> None:
        """After the permission was taken back nothing more is done; a new life begins."""
        over = plus(step(StepKind.REVOKED, TODAY, because="ended"))
        assert taken(again(StepKind.CONTRACTED, on=TODAY), over).reason == "life-is-over"
        assert next_step(over) is None

    @pytest.mark.parametrize("kind", [StepKind.SUBMITTED, StepKind.LIVE])
    def test_takes_no_step_twice_that_stands(self, kind: StepKind) -> None:
        """Submitted once, live once."""
        assert taken(step(kind, TODAY, "worker:zoe", why="x"), life()).reason == "step-is-done"


def again_of(kind: StepKind, whole: list[StepFacts]) -> StepFacts:
    """The step of that kind in a life."""
    return next(one for one in whole if one.kind is kind)


class TestTheOrderOfDates:
    """A contract before the permission is refused and shown."""

    @pytest.mark.clause("NC-CSS-22-18:prior-written-permission", shows="refuses")
    @pytest.mark.parametrize("days", [0, -1, -400])
    def test_puts_the_permission_before_the_contract(self, days: int) -> None:
        """The same day is not before."""
        early = again(StepKind.CONTRACTED, on=LETTER + timedelta(days=days))
        assert taken(early, before(StepKind.CONTRACTED)).reason == "contract-before-permission"

    @pytest.mark.parametrize("kind", [StepKind.CONTRACTED, StepKind.PERMITTED, StepKind.CERTIFIED])
    def test_knows_no_paper_of_tomorrow(self, kind: StepKind) -> None:
        """A contract dated in the future is refused, whoever signed it."""
        assert taken(again(kind, on=TODAY + timedelta(days=1)), before(kind)).reason == "date-in-the-future"

    @pytest.mark.parametrize("kind", [StepKind.PERMITTED, StepKind.VETTED, StepKind.MEMORANDUM, StepKind.CERTIFIED])
    def test_puts_each_paper_after_the_one_it_follows(self, kind: StepKind) -> None:
        """A letter older than its reviews, a memorandum older than the contract."""
        assert taken(again(kind, on=date(2025, 1, 1)), before(kind)).reason == "dates-out-of-order"

    def test_lets_a_letter_be_renewed(self) -> None:
        """The contract followed the first letter; a second one may be newer than it."""
        renewed = again(
            StepKind.PERMITTED,
            on=date(2026, 11, 1),
            valid_from="2027-01-01T00:00:00Z",
            valid_until="2028-01-01T00:00:00Z",
        )
        assert taken(renewed, life()).allowed
        later = datetime(2027, 1, 5, tzinfo=UTC)
        assert stands(life=plus(renewed), now=later).allowed is stands(life=life(), now=later).allowed is True


class TestThePeople:
    """Roles, and two of them where it counts."""

    def test_who_ask_do_not_decide(self) -> None:
        """Ann submitted: she neither reviews nor permits nor opens."""
        for kind in (StepKind.REVIEWED, StepKind.PERMITTED, StepKind.LIVE):
            assert taken(again(kind, by="worker:ann"), before(kind)).reason == "needs-another-person"

    def test_who_record_the_contract_do_not_examine_it(self) -> None:
        """Ann recorded it, Bob examines."""
        assert taken(again(StepKind.VETTED, by="worker:ann"), before(StepKind.VETTED)).reason == "needs-another-person"

    def test_of_program_and_security_are_two(self) -> None:
        """One person wears one hat."""
        first = reviewed(LETTER)[0]
        second = step(StepKind.REVIEWED, LETTER, first.by, area="security", approve=True, reviewer="R", reason="")
        whole = life(steps=(*before(StepKind.REVIEWED).steps, first))
        assert taken(second, whole, roles=SECURITY).reason == "needs-another-person"

    def test_of_another_role_are_refused(self) -> None:
        """A letter is recorded by the state's operator; security is judged by the security officer."""
        assert (
            taken(again(StepKind.PERMITTED), before(StepKind.PERMITTED), roles=SECURITY).reason
            == "role-may-not-take-step"
        )
        verdict = reviewed(LETTER)[1]
        assert taken(verdict, before(StepKind.REVIEWED), roles=OPERATOR).reason == "role-may-not-take-step"
        assert (
            taken(again(StepKind.SUBMITTED), life(steps=()), roles=frozenset({"auditor"})).reason
            == "role-may-not-take-step"
        )

    def test_who_suspend_do_not_resume(self) -> None:
        """Whoever saw the danger is not the one to call it over."""
        stopped = plus(step(StepKind.SUSPENDED, TODAY, "worker:sol", because="breach"))
        assert (
            taken(step(StepKind.RESUMED, TODAY, "worker:sol", because="over"), stopped).reason == "needs-another-person"
        )
        assert taken(step(StepKind.RESUMED, TODAY, "worker:bob", because="over"), stopped).allowed

    @pytest.mark.parametrize("kind", [StepKind.SUSPENDED, StepKind.REVOKED])
    def test_may_all_stop(self, kind: StepKind) -> None:
        """Stopping needs no second person and no particular role."""
        assert taken(step(kind, TODAY, "worker:ann", because="now"), life(), roles=frozenset()).allowed


class TestAReview:
    """Program, security, legal, IT."""

    def test_that_says_no_ends_the_request(self) -> None:
        """No letter follows; the request may be submitted again and is judged anew."""
        whole = life(steps=(*before(StepKind.REVIEWED).steps, *reviewed(LETTER, legal=False)))
        assert not taken(again(StepKind.PERMITTED), whole).allowed
        assert state_of(life=whole, now=NOW)[0] is LifeState.DECLINED
        assert taken(step(StepKind.SUBMITTED, LETTER, why="better"), whole).allowed

    def test_counts_only_for_the_request_it_read(self) -> None:
        """Submitted anew, all four look again."""
        whole = life(steps=(*before(StepKind.PERMITTED).steps, step(StepKind.SUBMITTED, LETTER, why="changed")))
        assert not taken(again(StepKind.PERMITTED), whole).allowed


class TestWhatAStepMustHold:
    """Papers with something missing."""

    @pytest.mark.clause("NC-CSS-22-18:contract-vetted", shows="refuses")
    def test_a_contract_says_everything_the_program_asks(self) -> None:
        """Each single check left out is refused; so is an examination nobody signed."""
        for left_out in NC.checks:
            short = again(StepKind.VETTED, checks=[one for one in NC.checks if one != left_out])
            assert taken(short, before(StepKind.VETTED)).reason == "contract-lacks-something"
        assert taken(again(StepKind.VETTED, signer=" "), before(StepKind.VETTED)).reason == "contract-lacks-something"

    @pytest.mark.clause("NC-CSS-22-18:subcontractor-signs", shows="refuses")
    @pytest.mark.clause("NC-CSS-22-18:moa-covers-sharing", shows="refuses")
    @pytest.mark.parametrize("version", ["", "NCDHHS-DSS MOA 2019-02-01", "MOA"])
    def test_the_memorandum_is_the_very_version(self, version: str) -> None:
        """An older or unnamed one is another one."""
        signed = again(StepKind.MEMORANDUM, version=version)
        assert taken(signed, before(StepKind.MEMORANDUM)).reason == "another-memorandum"

    @pytest.mark.clause("MN-WIC-9.6:889-certification", shows="refuses")
    @pytest.mark.parametrize(("change", "reason"), [
        ({"uses_covered": True}, "covered-equipment-in-use"),
        ({"uses_covered": None}, "covered-equipment-in-use"),
        ({"signer": ""}, "signature-missing"),
    ])  # fmt: skip
    def test_the_certification_says_no_covered_equipment(self, change: dict[str, Any], reason: str) -> None:
        """Yes, no answer, and no signature are all no certification."""
        assert taken(again(StepKind.CERTIFIED, **change), before(StepKind.CERTIFIED)).reason == reason

    @pytest.mark.clause("MN-WIC-9.6:889-flow-down", shows="refuses")
    def test_the_certification_flows_down(self) -> None:
        """Not agreed with the company's own contractors, or not found in the contract."""
        assert (
            taken(again(StepKind.CERTIFIED, flow_down=False), before(StepKind.CERTIFIED)).reason == "flow-down-missing"
        )
        whole = [one for one in before(StepKind.CERTIFIED).steps if one.kind is not StepKind.VETTED]
        silent = again(StepKind.VETTED, checks=["encryption"])
        assert "flow-down-missing" in taken(again(StepKind.CERTIFIED), life(steps=(*whole, silent))).reason


class TestTheQuestions:
    """What no name answers."""

    def asked(self, **changes: Any) -> str:  # noqa: ANN401 - answers
        """The reason for an answer."""
        given = step(StepKind.ANSWERED, LETTER + WEEK, **{**ANSWERS, **changes})
        return taken(given, before(StepKind.ANSWERED)).reason

    @pytest.mark.clause("MN-WIC-9.6:prohibited-vendors", shows="refuses")
    @pytest.mark.parametrize(("changes", "reason"), [
        ({"uses_covered": True}, "covered-equipment-in-use"),
        ({"uses_covered": None}, "equipment-not-answered"),
        ({"none_above_tenth": None}, "owners-not-answered"),
        ({"owners": [{"name": "Big", "percent": 10.5}]}, "owners-not-answered"),
        ({"none_above_tenth": False}, "owners-not-answered"),
        ({"categories": {}}, "devices-not-answered"),
    ])  # fmt: skip
    def test_must_all_be_answered(self, changes: dict[str, Any], reason: str) -> None:
        """Missing and contradicting answers refuse."""
        assert self.asked(**changes) == reason

    def test_know_what_a_tenth_is(self) -> None:
        """Exactly ten percent is not more than ten."""
        assert self.asked(owners=[{"name": "Tenth", "percent": 10.0}]) == "allowed"
        assert self.asked(owners=[{"name": "Big", "percent": 10.5}], none_above_tenth=False) == "allowed"

    @pytest.mark.parametrize(("answer", "allowed"), [
        ({"supplies": True, "made": "us"}, True),
        ({"supplies": True, "made": "abroad"}, False),
        ({"supplies": True, "made": "abroad", "exception": "conditional-approval", "document": "CA-1"}, True),
        ({"supplies": True, "made": "abroad", "exception": "conditional-approval", "document": " "}, False),
        ({"supplies": True, "made": "abroad", "exception": "because", "document": "CA-1"}, False),
        ({"supplies": None}, False),
    ])  # fmt: skip
    def test_ask_where_a_device_is_made(self, answer: dict[str, Any], allowed: bool) -> None:
        """A router from abroad needs its conditional approval, with its number."""
        given = {**ANSWERS["categories"], "routers": answer}
        assert (self.asked(categories=given) == "allowed") is allowed

    def test_know_when_an_exception_ends(self) -> None:
        """A drone on the Blue UAS list is excepted until the end of 2027."""
        drone = {"supplies": True, "made": "abroad", "exception": "blue-uas-list", "document": "B-1"}
        given = step(
            StepKind.ANSWERED, TODAY, **{**ANSWERS, "categories": {**ANSWERS["categories"], "uncrewed-aircraft": drone}}
        )
        assert taken(given, before(StepKind.ANSWERED)).allowed
        late = datetime(2028, 1, 1, tzinfo=UTC)
        assert taken(given, before(StepKind.ANSWERED), now=late).reason == "covered-device"


class TestAVendorThatIsLive:
    """Judged anew each time."""

    def why(self, whole: LifeFacts, now: datetime = NOW) -> tuple[LifeState, str]:
        """State and reason."""
        state, decision = state_of(life=whole, now=now)
        return state, decision.reason

    @pytest.mark.clause("MN-WIC-9.6:vendor-lists", shows="allows")
    def test_stands_today(self) -> None:
        """Everything done and current."""
        assert self.why(life()) == (LifeState.LIVE, "allowed")

    @pytest.mark.parametrize("kind", [one for one in StepKind if one in {step.kind for step in steps()}])
    def test_does_not_stand_without_any_of_its_steps(self, kind: StepKind) -> None:
        """Leave one out and the gate is shut."""
        assert not stands(life=without(kind), now=NOW).allowed

    def test_expires_by_itself(self) -> None:
        """On the letter's last day, without anybody doing anything."""
        end = datetime(2027, 1, 10, tzinfo=UTC)
        assert self.why(life(), end - timedelta(seconds=1))[0] is LifeState.LIVE
        assert self.why(life(), end) == (LifeState.EXPIRED, "permission-expired")

    @pytest.mark.clause("MN-WIC-9.6:889-certification", shows="refuses")
    def test_is_certified_anew_every_year(self) -> None:
        """A year after the last certification it stops; certified again it goes on."""
        late = datetime(2027, 1, 12, tzinfo=UTC)
        letter = again(
            StepKind.PERMITTED,
            on=date(2026, 11, 1),
            valid_from="2027-01-01T00:00:00Z",
            valid_until="2028-01-01T00:00:00Z",
        )
        fresh = ScreeningStanding(screened_at=NOW)
        whole = life(steps=(*steps(), letter), screening=fresh)
        assert self.why(whole, late) == (LifeState.SUSPENDED, "recertification-overdue")
        renewed = step(StepKind.RECERTIFIED, TODAY, signer="CEO", uses_covered=False)
        assert self.why(life(steps=(*steps(), letter, renewed), screening=fresh), late)[0] is LifeState.LIVE

    @pytest.mark.clause("MN-WIC-9.6:prohibited-vendors", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:vendor-lists", shows="refuses")
    @pytest.mark.parametrize(("screening", "reason"), [
        (ScreeningStanding(open_hits=(HIT,), screened_at=NOW), "vendor-on-a-list"),
        (ScreeningStanding(open_hits=(Hit("x:1", "X", Band.REVIEW, ""),), screened_at=NOW), "screening-to-review"),
        (ScreeningStanding(confirmed=(HIT,), screened_at=NOW), "vendor-prohibited"),
        (ScreeningStanding(missing=("mn-prohibited-technology",), screened_at=NOW), "list-never-loaded"),
        (ScreeningStanding(), "screening-out-of-date"),
        (ScreeningStanding(screened_at=NOW - timedelta(days=365)), "screening-out-of-date"),
    ])  # fmt: skip
    def test_stops_for_what_screening_finds(self, screening: ScreeningStanding, reason: str) -> None:
        """A new list names it, nobody looked yet, somebody confirmed it, a list is missing, a year went by."""
        assert self.why(life(screening=screening)) == (LifeState.SUSPENDED, reason)

    def test_goes_on_with_a_hit_that_was_cleared(self) -> None:
        """Another company of a similar name."""
        cleared = ScreeningStanding(cleared=(HIT,), screened_at=NOW)
        assert self.why(life(screening=cleared))[0] is LifeState.LIVE

    def test_needs_its_own_contractors_live(self) -> None:
        """Each repeats the way; one that was named and has no permission stops everything."""
        assert self.why(life(subprocessors={"Below Inc": True}))[0] is LifeState.LIVE
        assert self.why(life(subprocessors={"Below Inc": False}))[1] == "subprocessor-not-live"
        named = step(StepKind.ANSWERED, TODAY, **{**ANSWERS, "subprocessors": ["Unknown Inc"]})
        assert self.why(plus(named))[1] == "subprocessor-without-permission"

    def test_is_not_live_after_a_new_contract_nobody_examined(self) -> None:
        """A second contract needs its own examination."""
        signed = step(StepKind.CONTRACTED, TODAY, number="C-2", until="2029-01-01")
        assert self.why(plus(signed))[1] == "vendor-not-live"

    def test_is_not_live_under_a_memorandum_that_was_replaced(self) -> None:
        """The program signs a new version: the old signature does not count."""
        assert self.why(life(memorandum="NCDHHS-DSS MOA 2027-02-01"))[1] == "vendor-not-live"


class TestASimulatedVendor:
    """The demonstration's carrier."""

    def test_needs_no_list_that_was_never_loaded(self) -> None:
        """It buys nothing with anybody's money."""
        missing = ScreeningStanding(missing=("mn-prohibited-technology",), screened_at=NOW)
        assert stands(life=life(screening=missing, simulated=True), now=NOW).allowed

    def test_ends_like_every_other(self) -> None:
        """Expiry, suspension and screening know no exception."""
        assert not stands(life=life(simulated=True), now=datetime(2027, 1, 10, tzinfo=UTC)).allowed
        stopped = life(simulated=True, steps=(*steps(), step(StepKind.SUSPENDED, TODAY, because="x")))
        assert not stands(life=stopped, now=NOW).allowed
        listed = ScreeningStanding(open_hits=(HIT,), screened_at=NOW)
        assert not stands(life=life(simulated=True, screening=listed), now=NOW).allowed
