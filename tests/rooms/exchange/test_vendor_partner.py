"""A company as a partner: files go only while the program's written permission holds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.rooms.exchange.house import NC, TERMS, as_worker

from harborline.exchange.facts import PartnerKind
from harborline.exchange.models import Agreement
from harborline.exchange.selectors import agreement, standing
from harborline.exchange.services import activate, draft_agreement, register_partner
from harborline.kernel import Invalid, Refused, clock
from harborline.vendors.services import approve_vendor, register_vendor, revoke

pytestmark = pytest.mark.usefixtures("db")


def drafted() -> Agreement:
    """An agreement with a company, drafted by Olga."""
    ends = (clock.now() + timedelta(days=100)).date().isoformat()
    with as_worker("olga"):
        partner = register_partner(
            "scanner", name="Example Scanning LLC", kind=PartnerKind.VENDOR, vendor="scanning", contact="919-555-0100"
        )
        return draft_agreement(partner.id, "scans", title="Scans", terms={**TERMS, "expires_date": ends})


class TestACompany:
    """Its permission is asked every time."""

    def test_is_named_by_its_key(self) -> None:
        """A vendor that no page of vendors knows cannot be a partner."""
        with as_worker("olga"), pytest.raises(Invalid, match="name it"):
            register_partner("scanner", name="Example", kind=PartnerKind.VENDOR, contact="919-555-0100")

    def test_gets_nothing_without_permission(self) -> None:
        """The second person is refused with the vendors' reason."""
        made = drafted()
        with as_worker("oscar"), pytest.raises(Refused, match="vendor-not-approved"):
            activate(made.id)

    def test_gets_files_while_it_holds_and_not_a_moment_longer(self) -> None:
        """In force with the permission, closed with its end."""
        made, now = drafted(), clock.now()
        with as_worker("oscar"):
            register_vendor("scanning", name="Example Scanning LLC", connectors=["scans"], simulated=True)
            approval = approve_vendor(
                "scanning", program=NC, document_no="S-1", signer="Program Director",
                signed_on=now.date() - timedelta(days=2), valid_from_at=now - timedelta(days=1),
                valid_until_at=now + timedelta(days=300), purpose="files", data_elements=["case-file"],
            )  # fmt: skip
            activate(made.id)
            assert standing(agreement(made.id)).allowed
            revoke(approval.id, because="the contract ended")
            assert not standing(agreement(made.id)).allowed
