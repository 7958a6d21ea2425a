"""May this vendor carry anything: no, unless somebody wrote yes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.rules.vendors.lives import life, plus, step, without

from harborline.kernel import Decision
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.vendors.facts import TEXT_ELEMENTS, ApprovalFacts, StepKind
from harborline.vendors.rules import may_approve_another, may_carry

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
GOOD = ApprovalFacts(
    id=new_id(),
    vendor="example-carrier",
    program="nc-css",
    purpose="texting",
    data_elements=frozenset(TEXT_ELEMENTS),
    document_no="NCDHHS-2026-17",
    signer="Program Director",
    signed_on=date(2026, 1, 5),
    valid_from_at=datetime(2026, 1, 10, tzinfo=UTC),
    valid_until_at=datetime(2027, 1, 10, tzinfo=UTC),
    life=life(),
)


def asked(approval: ApprovalFacts | None, *, program: str = "nc-css", now: datetime = NOW) -> Decision:
    """The answer for texts."""
    return may_carry(approval=approval, program=program, purpose="texting", now=now)


class TestAVendor:
    """Carries texts under a written permission in force, and not otherwise."""

    @pytest.mark.clause("NC-CSS-22-18:prior-written-permission", shows="allows")
    @pytest.mark.clause("NC-CSS-22-18:no-third-party-yet", shows="allows")
    @pytest.mark.clause("NC-CSS-22-18:exclusive-vendor", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:text-no-free-service", shows="allows")
    def test_carries_under_a_permission_in_force(self) -> None:
        """Letter, signer, data, dates: all there."""
        assert asked(GOOD).allowed

    @pytest.mark.clause("NC-CSS-22-18:no-third-party-yet", shows="refuses")
    def test_without_any_permission_carries_nothing(self) -> None:
        """So far nobody was permitted: the default is no."""
        decision = asked(None)
        assert decision.reason == "vendor-not-approved"
        assert decision.clauses == ("NC-CSS-22-18:no-third-party-yet",)

    def test_of_another_program_carries_nothing(self) -> None:
        """A permission is for one program."""
        assert asked(GOOD, program="mn-wic").reason == "vendor-approved-for-something-else"

    @pytest.mark.clause("NC-CSS-22-18:prior-written-permission", shows="refuses")
    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            ({"document_no": ""}, "no-written-permission"),
            ({"signer": ""}, "no-written-permission"),
            ({"data_elements": frozenset({"phone-number"})}, "permission-does-not-cover-data"),
            ({"data_elements": frozenset()}, "permission-does-not-cover-data"),
            ({"revoked_at": NOW}, "permission-revoked"),
            ({"valid_from_at": NOW + timedelta(seconds=1)}, "permission-not-yet-valid"),
            ({"signed_on": date(2026, 2, 1)}, "permission-not-yet-valid"),
            ({"valid_until_at": NOW}, "permission-expired"),
        ],
    )
    def test_with_a_flawed_permission_carries_nothing(self, change: dict[str, object], reason: str) -> None:
        """No document, no signer, other data, revoked, too early, signed afterwards, over."""
        assert asked(replace(GOOD, **change)).reason == reason  # type: ignore[arg-type]  # one field each

    @pytest.mark.parametrize(
        ("vendor_life", "reason"),
        [
            (None, "vendor-not-live"),
            (without(StepKind.LIVE), "vendor-not-live"),
            (without(StepKind.VETTED), "vendor-not-live"),
            (plus(step(StepKind.SUSPENDED, NOW.date(), because="a breach")), "vendor-suspended"),
            (life(subprocessors={"Below Inc": False}), "subprocessor-not-live"),
        ],
    )
    def test_with_a_letter_alone_carries_nothing(self, vendor_life: object, reason: str) -> None:
        """The letter holds, and yet: no life, not live, not examined, suspended, its own contractor not permitted."""
        assert asked(replace(GOOD, life=vendor_life)).reason == reason  # type: ignore[arg-type]  # one field

    def test_is_asked_for_the_data_that_goes_over(self) -> None:
        """More than the letter names is refused, even for the same purpose."""
        more = may_carry(approval=GOOD, program="nc-css", purpose="texting", now=NOW, elements=["person-name"])
        assert more.reason == "permission-does-not-cover-data"

    @pytest.mark.clause("NC-CSS-22-18:exclusive-vendor", shows="refuses")
    def test_beside_another_live_one_carries_nothing(self) -> None:
        """The state has one vendor."""
        assert asked(replace(GOOD, rivals=1)).reason == "second-vendor-live"

    @pytest.mark.clause("MN-WIC-9.6:text-no-free-service", shows="refuses")
    def test_that_is_free_of_charge_carries_nothing(self) -> None:
        """Free versions of texting services are out."""
        assert asked(replace(GOOD, free_service=True)).reason == "free-service"


class TestASecondVendor:
    """Where the profile knows one carrier."""

    @pytest.mark.clause("NC-CSS-22-18:exclusive-vendor", shows="refuses")
    def test_is_not_approved_while_the_first_is_live(self) -> None:
        """North Carolina."""
        assert may_approve_another(profile=profile("nc-css"), live_vendors=1).reason == "program-has-its-one-vendor"

    @pytest.mark.clause("NC-CSS-22-18:exclusive-vendor", shows="allows")
    def test_is_approved_when_none_is_live(self) -> None:
        """After the first one's permission ended."""
        assert may_approve_another(profile=profile("nc-css"), live_vendors=0).allowed
