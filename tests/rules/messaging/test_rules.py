"""May this notice go to this person, may this run start and be released: every step both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.consent.facts import ConsentKind, ConsentStanding, ConsentState
from harborline.kernel import Decision, Outcome, hold, refuse
from harborline.law import profile
from harborline.messaging.rules import (
    NO_TEXTS,
    RecentTexts,
    Situation,
    cited,
    may_fail_over,
    may_notify,
    may_release,
    may_start,
    may_steer,
    protections_current,
    recipient_known,
    texting_is_safe,
    within_caps,
    worth_saying,
)

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
NC, MN = profile("nc-css"), profile("mn-wic")
PROGRAMS = pytest.mark.parametrize("program", ["nc-css", "mn-wic"])
FRESH = timedelta(hours=6)
SIGNED = ConsentStanding(ConsentKind.SIGNED_RELEASE.value, ConsentState.GIVEN.value, None, None, None, False, False)  # noqa: FBT003 - neither stopped nor in doubt
# Ben, for whom everything is in order; each test changes one thing about him.
BEN = Situation(
    on_file=True,
    county_agrees=True,
    protected=False,
    texts_chosen=False,
    number_conflict=False,
    has_number=True,
    template_in_language=True,
    appointment_ahead=True,
    standing=SIGNED,
)
ANA = replace(BEN, protected=True)


def asked(situation: Situation, *, program: str = "nc-css", age: timedelta | None = FRESH) -> Decision:
    """The whole question for one person."""
    return may_notify(situation=situation, profile=profile(program), protection_age=age, now=NOW)


class TestSomebodyUnknown:
    """Missing facts refuse."""

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="refuses")
    @pytest.mark.parametrize(
        ("situation", "reason"),
        [
            (replace(BEN, on_file=False), "not-on-file"),
            (replace(BEN, county_agrees=False), "other-county-on-file"),
            (replace(BEN, has_number=False), "no-number"),
        ],
    )
    def test_is_not_texted(self, situation: Situation, reason: str) -> None:
        """Not on file, in another county than the file says, without a number."""
        decision = recipient_known(situation=situation)
        assert (decision.outcome, decision.reason) == (Outcome.REFUSE, reason)

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="allows")
    def test_is_not_who_is_on_file_with_a_number(self) -> None:
        """Ben is known."""
        assert recipient_known(situation=BEN).allowed


class TestAProtectedPerson:
    """Whoever holds the phone can read a text."""

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="refuses")
    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:safeguards-private-data", shows="refuses")
    @PROGRAMS
    def test_gets_no_text(self, program: str) -> None:
        """Ana is protected and did not ask for texts."""
        decision = texting_is_safe(situation=ANA, profile=profile(program))
        assert (decision.outcome, decision.reason) == (Outcome.REFUSE, "no-texts-by-safety-choice")

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="allows")
    @pytest.mark.clause("OFFSET-8.1:harm", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:safeguards-private-data", shows="allows")
    @pytest.mark.parametrize("situation", [BEN, replace(ANA, texts_chosen=True)])
    @PROGRAMS
    def test_gets_texts_by_their_own_choice(self, situation: Situation, program: str) -> None:
        """Ana who chose texts is as free as Ben."""
        assert texting_is_safe(situation=situation, profile=profile(program)).allowed

    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    @pytest.mark.parametrize("situation", [BEN, ANA, replace(ANA, texts_chosen=True)])
    def test_waits_like_anybody_when_both_parties_use_the_number(self, situation: Situation) -> None:
        """Nobody can tell who would read it."""
        decision = texting_is_safe(situation=replace(situation, number_conflict=True), profile=NC)
        assert (decision.outcome, decision.reason) == (Outcome.HOLD, "number-used-by-both-parties")


class TestProtectionData:
    """A send rests on knowing today who is protected."""

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:safeguards-private-data", shows="refuses")
    @pytest.mark.clause("OFFSET-8.2:integrity", shows="refuses")
    @pytest.mark.parametrize(
        ("age", "reason"),
        [
            (None, "protections-never-loaded"),
            (timedelta(hours=24, seconds=1), "protections-too-old"),
            (timedelta(days=30), "protections-too-old"),
        ],
    )
    @PROGRAMS
    def test_holds_every_send_when_old_or_absent(self, age: timedelta | None, reason: str, program: str) -> None:
        """The nightly file did not come, or never came."""
        decision = protections_current(age=age, profile=profile(program))
        assert (decision.outcome, decision.reason) == (Outcome.HOLD, reason)

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:safeguards-private-data", shows="allows")
    @pytest.mark.clause("OFFSET-8.2:integrity", shows="allows")
    @pytest.mark.parametrize("age", [timedelta(0), FRESH, timedelta(hours=24)])
    @PROGRAMS
    def test_lets_sends_through_while_fresh(self, age: timedelta, program: str) -> None:
        """Down to the last second of the twenty-four hours."""
        assert protections_current(age=age, profile=profile(program)).allowed


class TestAReminder:
    """Is worth its text only for an appointment to come, in words the person reads."""

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="refuses")
    def test_of_a_past_appointment_is_not_sent(self) -> None:
        """It would only confuse."""
        decision = worth_saying(situation=replace(BEN, appointment_ahead=False))
        assert (decision.outcome, decision.reason) == (Outcome.REFUSE, "appointment-passed")

    @pytest.mark.clause("MN-WIC-9.6:text-easy", shows="refuses")
    def test_in_a_language_the_template_lacks_waits(self) -> None:
        """Somebody can translate it."""
        decision = worth_saying(situation=replace(BEN, template_in_language=False))
        assert (decision.outcome, decision.reason) == (Outcome.HOLD, "no-template-in-language")

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:text-easy", shows="allows")
    def test_of_an_appointment_to_come_is_sent(self) -> None:
        """In Ben's language."""
        assert worth_saying(situation=BEN).allowed


class TestTheWholeQuestion:
    """All steps together: the strictest decides, and among equals the earlier step."""

    @PROGRAMS
    def test_allows_ben(self, program: str) -> None:
        """Everything is in order."""
        assert asked(BEN, program=program).allowed

    @pytest.mark.parametrize(
        ("situation", "age", "reason"),
        [
            (replace(ANA, on_file=False, appointment_ahead=False), FRESH, "not-on-file"),
            (replace(ANA, standing=ConsentStanding.none()), FRESH, "no-texts-by-safety-choice"),
            (replace(BEN, standing=ConsentStanding.none(), appointment_ahead=False), FRESH, "no-consent"),
            (replace(BEN, appointment_ahead=False), FRESH, "appointment-passed"),
            (replace(BEN, number_conflict=True), None, "protections-never-loaded"),
            (replace(BEN, number_conflict=True, template_in_language=False), FRESH, "number-used-by-both-parties"),
        ],
    )
    def test_names_the_earliest_of_equally_strict_reasons(
        self, situation: Situation, age: timedelta | None, reason: str
    ) -> None:
        """On file, protections, safety, consent, worth: in this order."""
        assert asked(situation, age=age).reason == reason

    @pytest.mark.parametrize(
        ("situation", "age", "reason"),
        [
            (ANA, None, "no-texts-by-safety-choice"),
            (replace(BEN, standing=ConsentStanding.none(suppressed=True)), None, "asked-to-stop"),
            (replace(BEN, number_conflict=True, appointment_ahead=False), FRESH, "appointment-passed"),
        ],
    )
    def test_lets_a_later_no_beat_an_earlier_wait(
        self, situation: Situation, age: timedelta | None, reason: str
    ) -> None:
        """What can never go does not stand among what waits."""
        decision = asked(situation, age=age)
        assert (decision.outcome, decision.reason) == (Outcome.REFUSE, reason)

    @given(
        situation=st.builds(
            Situation,
            *[st.booleans()] * 8,
            standing=st.sampled_from([SIGNED, ConsentStanding.none(), replace(SIGNED, suppressed=True)]),
        ),
        age=st.sampled_from([None, FRESH, timedelta(days=2)]),
        program=st.sampled_from(["nc-css", "mn-wic"]),
    )
    def test_never_allows_what_one_step_does_not(
        self, situation: Situation, age: timedelta | None, program: str
    ) -> None:
        """Whatever the facts: on file, safe, consented, fresh and worth it, or no text; always with clauses."""
        decision = asked(situation, program=program, age=age)
        in_order = situation.on_file and situation.county_agrees and situation.has_number
        safe = not situation.number_conflict and (not situation.protected or situation.texts_chosen)
        worth = situation.appointment_ahead and situation.template_in_language
        assert decision.allowed == bool(in_order and safe and worth and situation.standing == SIGNED and age == FRESH)
        assert decision.clauses


class TestOneNumber:
    """Gets so many notices in a day and in a week, and no more."""

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:local-it-legal", shows="refuses")
    @pytest.mark.parametrize(
        ("day", "week", "reason", "after"),
        [(3, 3, "day-is-full", timedelta(days=1)), (0, 5, "week-is-full", timedelta(days=7))],
    )
    @PROGRAMS
    def test_that_had_enough_waits_its_turn(
        self, day: int, week: int, reason: str, after: timedelta, program: str
    ) -> None:
        """Until the first of them is a day, or a week, old."""
        first = NOW - timedelta(hours=5)
        recent = RecentTexts(day, week, first if day else None, first)
        decision = within_caps(recent=recent, profile=profile(program))
        assert decision.outcome is Outcome.HOLD
        assert (decision.reason, decision.until) == (reason, first + after)

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:local-it-legal", shows="allows")
    @pytest.mark.parametrize("recent", [NO_TEXTS, RecentTexts(2, 4, NOW, NOW)])
    @PROGRAMS
    def test_that_had_fewer_gets_the_next(self, recent: RecentTexts, program: str) -> None:
        """None yet, or one below both limits."""
        assert within_caps(recent=recent, profile=profile(program)).allowed


class TestStartingARun:
    """In North Carolina the state runs the service."""

    @pytest.mark.clause("NC-CSS-22-18:state-text-service", shows="allows")
    def test_is_for_the_state(self) -> None:
        """Whatever else the operator is."""
        assert may_start(roles=frozenset({"state-operator", "auditor"}), profile=NC).allowed

    @pytest.mark.clause("NC-CSS-22-18:state-text-service", shows="refuses")
    @pytest.mark.parametrize("roles", [set(), {"case-manager"}, {"supervisor", "security-officer"}])
    def test_is_not_for_a_county(self, roles: set[str]) -> None:
        """No role of a county, and nobody without one."""
        decision = may_start(roles=frozenset(roles), profile=NC)
        assert (decision.outcome, decision.reason) == (Outcome.REFUSE, "role-may-not-start-runs")
        assert decision.clauses == ("NC-CSS-22-18:state-text-service",)

    def test_is_for_clinics_in_minnesota(self) -> None:
        """Their letter leaves texting to the local agency."""
        assert may_start(roles=frozenset({"clinic-staff"}), profile=MN).allowed


class TestSteeringARun:
    """Release, schedule, pause, resume, cancel, test; and the second person's yes."""

    @pytest.mark.clause("NC-CSS-22-18:state-text-service", shows="allows")
    @pytest.mark.parametrize("step", ["release", "schedule", "pause", "resume", "cancel", "test", "approve"])
    def test_is_for_whoever_may_start_one(self, step: str) -> None:
        """The state's operator in North Carolina, clinic staff in Minnesota."""
        assert may_steer(step=step, roles=frozenset({"state-operator"}), profile=NC).allowed
        assert may_steer(step=step, roles=frozenset({"clinic-staff"}), profile=MN).allowed

    @pytest.mark.clause("NC-CSS-22-18:state-text-service", shows="refuses")
    @pytest.mark.parametrize("step", ["release", "schedule", "pause", "resume", "cancel", "test"])
    @pytest.mark.parametrize("roles", [set(), {"supervisor"}, {"case-manager", "auditor"}])
    def test_is_not_for_a_county(self, step: str, roles: set[str]) -> None:
        """Counties ask for templates; the runs are the state's."""
        assert may_steer(step=step, roles=frozenset(roles), profile=NC).reason == "role-may-not-steer-runs"

    def test_knows_a_supervisor_as_the_second_person(self) -> None:
        """Who looks at a run another started need not be able to start one."""
        assert may_steer(step="approve", roles=frozenset({"supervisor"}), profile=NC).allowed
        assert not may_steer(step="approve", roles=frozenset({"case-manager"}), profile=NC).allowed


class TestASecondCarrier:
    """What the first one surely did not accept may go over another, where the program may have one."""

    @pytest.mark.clause("NC-CSS-22-18:exclusive-vendor", shows="refuses")
    @pytest.mark.parametrize("surely", [True, False])
    def test_is_refused_where_one_vendor_carries_all(self, surely: bool) -> None:
        """North Carolina has one vendor under the statewide contract, whatever happened."""
        assert may_fail_over(surely_not_accepted=surely, profile=NC).reason == "one-carrier-only"

    @pytest.mark.clause("NC-CSS-22-18:exclusive-vendor", shows="allows")
    def test_takes_over_where_the_law_names_no_single_vendor(self) -> None:
        """Minnesota's section names none; what was surely not accepted goes over the other."""
        assert may_fail_over(surely_not_accepted=True, profile=MN).allowed

    def test_never_gets_what_the_first_may_have(self) -> None:
        """A late answer or a lost connection is no refusal: the text may be out."""
        assert may_fail_over(surely_not_accepted=False, profile=MN).reason == "first-carrier-may-have-it"


class TestReleasingARun:
    """A large one needs two people."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="allows")
    @pytest.mark.parametrize(("recipients", "second"), [(25_000, ""), (25_001, "eli"), (400_000, "eli")])
    def test_goes_ahead_when_small_or_seen_by_another(self, recipients: int, second: str) -> None:
        """At the limit one is enough; above it Eli said yes."""
        assert may_release(recipients=recipients, started_by="olive", approved_by=second, profile=NC).allowed

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    @pytest.mark.parametrize(
        ("second", "outcome", "reason"),
        [("", Outcome.HOLD, "needs-second-person"), ("olive", Outcome.REFUSE, "second-person-is-the-first")],
    )
    def test_above_the_limit_is_not_for_one_person(self, second: str, outcome: Outcome, reason: str) -> None:
        """Nobody is their own second."""
        decision = may_release(recipients=25_001, started_by="olive", approved_by=second, profile=NC)
        assert (decision.outcome, decision.reason) == (outcome, reason)


class TestTheClausesOnADecision:
    """Each program answers to its own letters."""

    BOTH = ("NC-CSS-22-18:opt-in", "MN-WIC-9.6:permission-first", "OFFSET-8.1:harm")

    def test_are_those_of_the_program(self) -> None:
        """North Carolina also answers to the federal offset guide; a WIC program does not."""
        decision = refuse("any").stamped("x", self.BOTH)
        assert cited(decision, NC).clauses == ("NC-CSS-22-18:opt-in", "OFFSET-8.1:harm")
        assert cited(decision, MN).clauses == ("MN-WIC-9.6:permission-first",)

    def test_are_never_none(self) -> None:
        """Where no letter of its own is named, all that were named stay."""
        decision = hold("any").stamped("x", ("OFFSET-8.1:harm",))
        assert cited(decision, MN).clauses == ("OFFSET-8.1:harm",)

    def test_are_all_that_changes(self) -> None:
        """Outcome, reason and rule stay."""
        decision = refuse("any").stamped("x", self.BOTH)
        assert replace(cited(decision, NC), clauses=self.BOTH) == decision
