"""Who may learn a field: each condition alone, and all of them together."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.disclosure.facts import FieldState, GlassReason, Kin, OpeningFacts, Tie
from harborline.disclosure.policy import read, shipped, shipped_text
from harborline.disclosure.registry.business_days import after_business_days, federal_holidays, is_business_day
from harborline.disclosure.rules import (
    UNREVIEWED_MAX,
    can_be_looked_up,
    in_force,
    may_approve_many,
    may_approve_policy,
    may_ask_many,
    may_ask_override,
    may_break_glass,
    may_enforce_automatically,
    may_open,
    may_open_many,
    may_review,
    may_write,
)
from harborline.kernel import Decision, Invalid, Outcome
from harborline.law import Profile, profile
from harborline.people.facts import Shield

NC = profile("nc-css")
GOOD = OpeningFacts(
    field="address",
    purpose="enforcement",
    state=FieldState.CLEAR,
    tie=Tie.CASELOAD,
    kin=Kin.NONE,
    shield=Shield(own=False, shared=False),
    whereabouts=True,
    override=False,
    protection_age=timedelta(hours=1),
    tax=False,
    tax_cleared=False,
)


def asked(law: Profile = NC, /, **changed: Any) -> Decision:  # noqa: ANN401 - fields by name
    """The decision about the good facts, changed."""
    return may_open(facts=dataclasses.replace(GOOD, **changed), profile=law)


class TestAnOpening:
    """Everything must be right at once."""

    @pytest.mark.clause("OFFSET-8.2:data-by-purpose", shows="allows")
    @pytest.mark.clause("OFFSET-8.1:proceedings", shows="allows")
    def test_is_allowed_for_a_purpose_of_the_policy(self) -> None:
        """The case's worker, for enforcement."""
        assert asked().allowed

    @pytest.mark.parametrize("state", [FieldState.HIDDEN, FieldState.BLOCKED])
    @pytest.mark.clause("OFFSET-8.2:data-by-purpose", shows="refuses")
    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    @pytest.mark.clause("OFFSET-8.1:proceedings", shows="refuses")
    def test_is_refused_where_the_policy_does_not_open(self, state: FieldState) -> None:
        """Hidden is named and never shown, blocked is not even named."""
        assert asked(state=state).outcome is Outcome.REFUSE

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"tie": None}, "no-tie-to-this-person"),
            ({"kin": Kin.SELF}, "own-or-family-record"),
            ({"kin": Kin.HOUSEHOLD, "tie": Tie.BROKEN_GLASS}, "own-or-family-record"),
            ({"tax": True}, "not-trained-in-tax-information"),
            ({"tax": True, "tax_cleared": True, "tie": Tie.BROKEN_GLASS}, "no-glass-for-tax-information"),
            ({"shield": Shield(own=True, shared=True)}, "whereabouts-blocked"),
            ({"shield": Shield(own=False, shared=True)}, "whereabouts-blocked"),
            ({"protection_age": None}, "protections-never-loaded"),
            ({"protection_age": timedelta(hours=25)}, "protections-too-old"),
        ],
    )
    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    @pytest.mark.clause("OFFSET-8.4:tax-refund", shows="refuses")
    def test_is_refused_when_one_thing_is_wrong(self, changed: dict[str, Any], reason: str) -> None:
        """Each of them alone is enough."""
        assert asked(**changed).reason == reason

    @pytest.mark.clause("OFFSET-8.4:tax-refund", shows="allows")
    def test_of_tax_information_needs_the_course(self) -> None:
        """Fay is trained."""
        assert asked(tax=True, tax_cleared=True).allowed

    def test_of_what_is_not_whereabouts_asks_no_shield(self) -> None:
        """A protected person's number still withholds income."""
        assert asked(whereabouts=False, shield=Shield(own=True, shared=True), protection_age=None).allowed

    def test_is_allowed_by_a_court_in_spite_of_the_shield(self) -> None:
        """Only by it."""
        assert asked(shield=Shield(own=True, shared=True), override=True).reason == "court-override"

    def test_of_the_other_parties_follows_the_profile(self) -> None:
        """An agency may let the case's own worker see whoever is not protected; never the protected person."""
        law = dataclasses.replace(NC, protection=dataclasses.replace(NC.protection, open_other_parties=True))
        assert asked(law, shield=Shield(own=False, shared=True)).allowed
        assert not asked(law, shield=Shield(own=False, shared=True), tie=Tie.TEAM).allowed
        assert not asked(law, shield=Shield(own=True, shared=True)).allowed

    @given(
        state=st.sampled_from(list(FieldState)),
        tie=st.none() | st.sampled_from(list(Tie)),
        kin=st.sampled_from(list(Kin)),
        tax=st.booleans(),
        cleared=st.booleans(),
        age=st.sampled_from([None, timedelta(hours=1), timedelta(hours=30)]),
    )
    def test_never_says_anything_about_a_shield_but_through_one_reason(
        self, *, state: FieldState, tie: Tie | None, kin: Kin, tax: bool, cleared: bool, age: timedelta | None
    ) -> None:
        """Whatever else is asked: with and without a shield the answers differ in nothing but `whereabouts-blocked`."""
        facts: dict[str, Any] = {
            "state": state,
            "tie": tie,
            "kin": kin,
            "tax": tax,
            "tax_cleared": cleared,
            "protection_age": age,
        }
        free, shielded = asked(**facts), asked(**facts, shield=Shield(own=True, shared=True))
        assert free == shielded or (free.allowed and shielded.reason == "whereabouts-blocked")


class TestAnEmergency:
    """Named, shown, rare, reviewed by somebody else."""

    @pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="allows")
    def test_opens_with_reason_and_reference(self) -> None:
        """A hearing today, with its docket."""
        assert may_break_glass(
            reason=GlassReason.COURT_HEARING, reference="26-CV-1", kin=Kin.NONE, unreviewed=UNREVIEWED_MAX - 1
        ).allowed

    @pytest.mark.parametrize(
        ("reason", "reference", "kin", "unreviewed"),
        [
            (None, "call 1", Kin.NONE, 0),
            (GlassReason.DANGER, "  ", Kin.NONE, 0),
            (GlassReason.DANGER, "call 1", Kin.FAMILY, 0),
            (GlassReason.DANGER, "call 1", Kin.NONE, UNREVIEWED_MAX),
        ],
    )
    @pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="refuses")
    def test_is_refused_otherwise(self, reason: GlassReason | None, reference: str, kin: Kin, unreviewed: int) -> None:
        """Without a reason, a reference, for the family, or with three that wait."""
        assert not may_break_glass(reason=reason, reference=reference, kin=kin, unreviewed=unreviewed).allowed

    @pytest.mark.parametrize(
        "reference", ["x", "?", "xxxxxxxx", "1111", "  a b c ", "call", "---- 1", "asap", "no no no"]
    )
    @pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="refuses")
    def test_names_what_can_be_looked_up(self, reference: str) -> None:
        """A letter, one sign many times, one word without a number: whoever reviews it finds nothing."""
        decision = may_break_glass(reason=GlassReason.DANGER, reference=reference, kin=Kin.NONE, unreviewed=0)
        assert decision.reason == "emergency-without-reference"

    @pytest.mark.parametrize(
        "reference",
        ["call 14:05", "22 CVD 100", "at the front desk", "Sheriff Johnson", "llamada de las 9", "informe 7"],
    )
    def test_is_believed_what_somebody_can_look_up(self, reference: str) -> None:
        """A number, a day, an hour, a name with what it is."""
        assert can_be_looked_up(reference)

    def test_is_not_reviewed_by_who_broke_it(self) -> None:
        """Nor by a worker without the role."""
        assert may_review(roles={"supervisor"}, reviewer="worker:1", opened_by="worker:2").allowed
        assert not may_review(roles={"supervisor"}, reviewer="worker:1", opened_by="worker:1").allowed
        assert not may_review(roles={"case-manager"}, reviewer="worker:1", opened_by="worker:2").allowed


class TestACourtsOrder:
    """Two people, a docket, ten days."""

    @pytest.mark.parametrize(
        ("changed", "allowed"),
        [({}, True), ({"docket": ""}, False), ({"expires": timedelta(days=11)}, False),
         ({"approved_by": "worker:1"}, False), ({"roles": {"case-manager"}}, False)],
    )  # fmt: skip
    def test_needs_all_of_it(self, changed: dict[str, object], allowed: bool) -> None:
        """Each missing part refuses."""
        facts = {
            "roles": {"supervisor"}, "court": "District Court", "docket": "26-CV-1", "asked_by": "worker:1",
            "approved_by": "worker:2", "expires": timedelta(days=3),
        }  # fmt: skip
        assert may_ask_override(**{**facts, **changed}).allowed is allowed  # type: ignore[arg-type]  # facts by name


class TestEnforcement:
    """A protected obligor leaves it where the profile says."""

    def test_stops_for_the_protected_unless_the_agency_keeps_it(self) -> None:
        """As it ships, a protected obligor is not enforced by machine."""
        kept = dataclasses.replace(NC, protection=dataclasses.replace(NC.protection, enforce_flagged=True))
        assert may_enforce_automatically(shielded=False, profile=NC).allowed
        assert not may_enforce_automatically(shielded=True, profile=NC).allowed
        assert may_enforce_automatically(shielded=True, profile=kept).allowed


class TestThePolicy:
    """Written as data, read whole or not at all."""

    @pytest.mark.parametrize("program", ["nc-css", "mn-wic"])
    def test_that_ships_blocks_what_it_does_not_name(self, program: str) -> None:
        """An unknown purpose, a role without a row."""
        policy = shipped(program)
        group = policy.rows[0].group
        assert policy.state("curiosity", frozenset({"supervisor"}), group) is FieldState.BLOCKED
        assert policy.state(policy.rows[0].purpose, frozenset({"auditor"}), group) is not FieldState.CLEAR

    def test_gives_several_roles_the_mildest_state(self) -> None:
        """A supervisor who is an auditor too."""
        roles = frozenset({"auditor", "supervisor"})
        assert shipped("nc-css").state("enforcement", roles, "identity-number") is FieldState.CLEAR

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('state = "clear"', 'state = "open"'),
            ('roles = ["case-manager", "supervisor"]', 'roles = ["janitor"]'),
            ('clause = "OFFSET-8.4:tax-refund"', 'clause = "OFFSET-9"'),
            ("effective = 2026-01-01", 'effective = "soon"'),
            ("[[row]]", "[[row"),
            ('purposes = ["customer-service"]\nroles = ["case-manager", "supervisor"]\ngroups = ["mailing"]',
             'purposes = ["customer-service"]\nroles = ["case-manager"]\ngroups = ["identity-number"]'),
        ],
    )  # fmt: skip
    def test_that_cannot_be_used_is_refused_by_its_row(self, old: str, new: str) -> None:
        """An unknown state, role, clause or day; broken TOML; a line twice."""
        text = shipped_text("nc-css")
        assert old in text
        with pytest.raises(Invalid):
            read(text.replace(old, new, 1), program="nc-css", version=1)

    def test_in_force_is_the_newest_approved_whose_day_has_come(self) -> None:
        """Not tomorrow's, not one that waits."""
        base = shipped("nc-css")
        made = [
            dataclasses.replace(base, version=number, effective=day, approved_by=by)
            for number, day, by in (
                (1, date(2026, 2, 1), "b"),
                (2, date(2026, 3, 1), ""),
                (3, date(2026, 2, 15), "b"),
                (4, date(2026, 9, 1), "b"),
            )
        ]
        found = in_force(versions=made, today=date(2026, 8, 31))
        assert found is not None
        assert found.version == 3

    def test_is_approved_by_another_person_for_a_day_to_come(self) -> None:
        """Two people of the state or security."""
        facts = {"roles": {"security-officer"}, "proposed_by": "a", "effective": date(2026, 2, 1)}
        assert may_approve_policy(approver="b", today=date(2026, 2, 1), **facts).allowed  # type: ignore[arg-type]  # facts by name
        assert not may_approve_policy(approver="a", today=date(2026, 2, 1), **facts).allowed  # type: ignore[arg-type]  # as above
        assert not may_approve_policy(approver="b", today=date(2026, 2, 2), **facts).allowed  # type: ignore[arg-type]  # as above


class TestBusinessDays:
    """Federal holidays, observed days too."""

    @pytest.mark.parametrize(
        ("year", "days"),
        [
            (2026, ["01-01", "01-19", "02-16", "05-25", "06-19", "07-03", "09-07", "10-12", "11-11", "11-26", "12-25"]),
            (2027, ["01-01", "01-18", "02-15", "05-31", "06-18", "07-05", "09-06", "10-11", "11-11", "11-25", "12-24",
                    "12-31"]),
        ],
    )  # fmt: skip
    def test_know_the_holidays(self, year: int, days: list[str]) -> None:
        """As the federal calendar lists them; New Year's Day 2028 is a Saturday and kept the day before."""
        assert sorted(f"{day:%m-%d}" for day in federal_holidays(year)) == days

    def test_are_counted_without_weekends_and_holidays(self) -> None:
        """Five business days from Friday 20 November 2026 pass Thanksgiving."""
        assert after_business_days(date(2026, 11, 20), 5) == date(2026, 11, 30)
        assert not is_business_day(date(2026, 11, 26))


class TestWriting:
    """A value down about somebody."""

    def test_is_for_who_works_with_the_person(self) -> None:
        """By whatever tie."""
        for tie in set(Tie) - {Tie.BROKEN_GLASS}:
            assert may_write(tie=tie, kin=Kin.NONE, tax=False, tax_cleared=False).allowed

    @pytest.mark.parametrize(
        ("tie", "kin", "tax"),
        [
            (None, Kin.NONE, False),
            (Tie.BROKEN_GLASS, Kin.NONE, False),
            (Tie.CASELOAD, Kin.SELF, False),
            (Tie.CASELOAD, Kin.FAMILY, False),
            (Tie.CASELOAD, Kin.NONE, True),
        ],
    )
    def test_is_for_nobody_else(self, tie: Tie | None, kin: Kin, *, tax: bool) -> None:
        """Nor in an emergency, about one's own, or from a tax office without the training."""
        assert not may_write(tie=tie, kin=kin, tax=tax, tax_cleared=False).allowed


class TestManyPeopleAtOnce:
    """Letters and call lists: the policy, a reason, two people, one day."""

    def test_open_to_who_asked_for_a_day(self) -> None:
        """Approved a minute ago, and named by the policy."""
        assert may_open_many(state=FieldState.CLEAR, approved=True, age=timedelta(minutes=1)).allowed

    @pytest.mark.parametrize(
        ("state", "approved", "age", "reason"),
        [
            (FieldState.CLEAR, False, None, "second-person-needed"),
            (FieldState.BLOCKED, True, timedelta(minutes=1), "not-in-the-policy"),
            (FieldState.CLEAR, True, timedelta(days=1), "approval-ran-out"),
        ],
    )
    def test_stay_closed(self, state: FieldState, approved: bool, age: timedelta | None, reason: str) -> None:
        """Alone, against today's policy, or a day later."""
        assert may_open_many(state=state, approved=approved, age=age).reason == reason

    def test_are_asked_for_with_a_reason_and_approved_by_another(self) -> None:
        """A role that reviews, and never who asked."""
        assert may_ask_many(state=FieldState.CLEAR, reason="ice").allowed
        assert may_ask_many(state=FieldState.CLEAR, reason=" ").reason == "reason-for-many-missing"
        assert may_approve_many(roles={"supervisor"}, asked_by="worker:1", approver="worker:2").allowed
        assert may_approve_many(roles={"supervisor"}, asked_by="worker:1", approver="worker:1").reason == "same-person"
        assert may_approve_many(roles={"case-manager"}, asked_by="worker:1", approver="worker:2").reason == (
            "role-may-not-review"
        )
