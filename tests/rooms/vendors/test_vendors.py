"""Approvals as records."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.rooms.town import MN, NC, as_state

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.vendors.facts import TEXTING
from harborline.vendors.models import Approval
from harborline.vendors.rules import may_carry
from harborline.vendors.selectors import approval_for, approvals
from harborline.vendors.services import approve_vendor, register_vendor, revoke


def _approve(
    key: str = "example-carrier", *, program: str = NC, days: int = 30, connector: str = "simulator"
) -> Approval:
    register_vendor(key, name="Example Carrier", connectors=[connector], simulated=True)
    now = clock.now()
    return approve_vendor(
        key,
        program=program,
        document_no="SIMULATED-1",
        signer="Nobody, this is a simulation",
        signed_on=(now - timedelta(days=2)).date(),
        valid_from_at=now - timedelta(days=1),
        valid_until_at=now + timedelta(days=days),
    )


def _carries(program: str = NC, *, in_days: int = 0) -> str:
    at = clock.now() + timedelta(days=in_days)
    return may_carry(approval=approval_for("simulator", program), program=program, purpose=TEXTING, now=at).reason


class TestAnApproval:
    """One program's, and only that program's."""

    def test_of_one_program_is_unknown_to_another(self, db: None) -> None:
        """Minnesota neither sees nor uses North Carolina's permission."""
        with as_state(NC):
            _approve()
        with as_state(MN):
            assert approvals(MN) == []
            assert not Approval.objects.exists()
            assert _carries(MN) == "vendor-not-approved"

    def test_lets_the_connector_work_and_ends_by_itself(self, db: None) -> None:
        """Today yes, after its last day no."""
        with as_state(NC):
            assert _carries() == "vendor-not-approved"
            _approve(days=30)
            assert (_carries(), _carries(in_days=31)) == ("allowed", "permission-expired")

    def test_ends_when_it_is_revoked(self, db: None) -> None:
        """At once; revoking twice changes nothing."""
        with as_state(NC):
            approval = _approve()
            revoke(approval.id, because="the contract ended")
            revoke(approval.id, because="again")
            assert _carries() == "permission-revoked"
            assert Approval.objects.get().revoked_because == "the contract ended"

    def test_can_be_given_anew_after_a_revocation(self, db: None) -> None:
        """The new permission counts, not the revoked one."""
        with as_state(NC):
            revoke(_approve(days=90).id, because="mistake")
            _approve(days=30)
            assert _carries() == "allowed"

    def test_of_a_second_vendor_is_refused_in_north_carolina(self, db: None) -> None:
        """One state vendor; after its end another may follow."""
        with as_state(NC):
            first = _approve()
            with pytest.raises(Refused, match="program-has-its-one-vendor"):
                _approve("other-carrier", connector="other")
            revoke(first.id, because="changed")
            _approve("other-carrier", connector="other")

    def test_needs_a_document_and_dates_in_order(self, db: None) -> None:
        """Signed before it begins, begun before it ends, with number and signer."""
        now = clock.now()
        good = {
            "program": NC, "document_no": "D-1", "signer": "S", "signed_on": now.date() - timedelta(days=1),
            "valid_from_at": now, "valid_until_at": now + timedelta(days=1),
        }  # fmt: skip
        wrong = (
            {"document_no": " "}, {"signer": ""}, {"data_elements": ()}, {"valid_until_at": now},
            {"valid_from_at": now - timedelta(days=5)},
        )  # fmt: skip
        with as_state(NC):
            register_vendor("v", name="V", connectors=["c"], simulated=True)
            for change in wrong:
                with pytest.raises(Invalid):
                    approve_vendor("v", **{**good, **change})  # type: ignore[arg-type]  # one field each
            with pytest.raises(NotFound):
                approve_vendor("nobody", **good)  # type: ignore[arg-type]  # as above
