"""Telling somebody outside: by two people, by law, recorded whole."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from tests.rooms.disclosure.desk import (
    OFFICER,
    SUPERVISOR,
    as_worker,
    opened,
    protect,
    who,
)
from tests.rooms.town import as_state

from harborline.disclosure.facts import Basis, Kin, OffsetPart, Payment, Place, Recipient, Road
from harborline.disclosure.models import Release
from harborline.disclosure.selectors import overrides_of, releases
from harborline.disclosure.services import (
    Wanted,
    approve_override,
    approve_release,
    ask_override,
    ask_release,
    declare_kin,
    turn_down_release,
)
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.ledger.selectors import entries_of
from harborline.people.facts import HeldName


def wanted(**changed: Any) -> Wanted:  # noqa: ANN401 - fields by name
    """The number goes to another state's agency by a secure file."""
    given: dict[str, Any] = {
        "recipient_kind": Recipient.OTHER_STATE,
        "recipient": "Virginia DCSE",
        "basis": Basis.PROGRAM,
        "reference": "",
        "fields": [HeldName.SSN],
        "road": Road.SECURE_FILE,
        "place": Place.PREMISES,
    }
    return Wanted(**{**given, **changed})


class TestARelease:
    """Asked, approved, kept."""

    def test_counts_once_another_person_approved_it(self, town: Path) -> None:
        """Cora asks, Eli approves; law, recipient, fields and both names stand in the accounting."""
        found = who("P-1")
        with as_worker("cora"):
            release = ask_release(found, wanted())
            (row,) = releases(waiting=True)
            assert (row.id, row.released_at) == (release, None)
            with pytest.raises(Refused, match="same-person"), transaction.atomic():
                approve_release(release)
        with as_worker("eli"):
            approve_release(release)
            (row,) = releases(found)
        assert (row.recipient, row.basis, row.fields) == ("Virginia DCSE", "program-duty", ("ssn",))
        assert (row.asked_by, row.approved_by) == ("W-CORA", "W-ELI")
        with as_state():
            kinds = [one.kind for one in entries_of(f"participant:{found}")]
            assert {"disclosure.released", "disclosure.release-asked"} <= set(kinds)
            assert b"Virginia" not in bytes(Release.objects.get().recipient)

    @pytest.mark.clause("NC-CSS-22-18:every-transmission-confidential", shows="refuses")
    def test_is_turned_down_with_a_reason(self, town: Path) -> None:
        """It waits no more, cannot be approved later, and is in no accounting; the reason stands."""
        found = who("P-1")
        with as_worker("cora"):
            release = ask_release(found, wanted())
        with as_worker("eli"):
            with pytest.raises(Invalid), transaction.atomic():
                turn_down_release(release, because="  ")
            turn_down_release(release, because="Virginia has no such case")
            assert releases(waiting=True) == []
            with pytest.raises(NotFound):
                approve_release(release)
            with pytest.raises(NotFound):
                turn_down_release(release, because="again")
            (row,) = releases(found)
        assert (row.released_at, row.turned_down_by, row.turned_down_because) == (
            None, "W-ELI", "Virginia has no such case",
        )  # fmt: skip

    def test_keeps_parts_payment_place_and_steps_for_who_approves_and_for_the_accounting(self, town: Path) -> None:
        """What the court is told of an offset: date and amount, no source."""
        found = who("P-1")
        parts = frozenset({OffsetPart.DATE, OffsetPart.AMOUNT})
        to_court = wanted(
            recipient_kind=Recipient.COURT, recipient="District Court", basis=Basis.COURT_ORDER, reference="D-1",
            fields=[HeldName.OFFSET], offset_parts=parts, payment=Payment.TAX_REFUND, road=Road.PAPER,
        )  # fmt: skip
        with as_worker("cora"):
            release = ask_release(found, to_court)
        with as_worker("eli"):
            (before,) = releases(waiting=True)
            approve_release(release)
            (after,) = releases(found)
        for row in (before, after):
            assert (row.parts, row.payment, row.place) == (("amount", "date"), "tax-refund", "agency-premises")

    def test_is_not_seen_from_another_county(self, town: Path) -> None:
        """Dev finds neither Ana nor what was told about her."""
        found = who("P-1")
        with as_worker("cora"):
            release = ask_release(found, wanted())
        with as_worker("dev"):
            assert releases() == []
            with pytest.raises(NotFound):
                approve_release(release)
            with pytest.raises(NotFound):
                ask_release(found, wanted())

    def test_of_protected_whereabouts_sounds_like_an_empty_field(self, town: Path) -> None:
        """The refusal says that nothing is on file; the record knows why."""
        protect("P-1")
        found = who("P-1")
        with as_worker("cora"):
            release = ask_release(found, wanted(fields=[HeldName.ADDRESS]))
        with as_worker("eli"), pytest.raises(Refused, match="nothing-on-file"), transaction.atomic():
            approve_release(release)
        with as_state():
            newest = entries_of(f"participant:{found}")[0]
        assert (newest.kind, newest.content["reason"]) == ("disclosure.release-refused", "whereabouts-blocked")

    @pytest.mark.parametrize("protected", [True, False])
    def test_of_what_nobody_has_on_file_is_not_approved(self, town: Path, *, protected: bool) -> None:
        """No accounting says that an employer was told of whom none is known; a protection changes nothing."""
        if protected:
            protect("P-1")
        found = who("P-1")
        with as_worker("cora"):
            release = ask_release(found, wanted(fields=[HeldName.EMPLOYER], override=uuid4()))
        with as_worker("eli"), pytest.raises(Refused, match="nothing-on-file"), transaction.atomic():
            approve_release(release)

    def test_is_asked_again_from_the_facts_of_the_day(self, town: Path) -> None:
        """Ana is protected between the question and the approval."""
        found = who("P-1")
        with as_worker("cora"):
            release = ask_release(found, wanted(fields=[HeldName.ADDRESS]))
        protect("P-1")
        with as_worker("eli"), pytest.raises(Refused), transaction.atomic():
            approve_release(release)

    def test_to_the_court_that_ordered_it_is_told_once(self, town: Path) -> None:
        """The order opens the field once to whoever carries it, and stands behind one release."""
        protect("P-1")
        found = who("P-1")
        with as_worker("eli"):
            order = ask_override(
                found, HeldName.ADDRESS, court="District Court", docket="26-CV-1",
                expires_at=clock.now() + timedelta(days=3), roles=SUPERVISOR,
            )  # fmt: skip
        with as_worker("sol"):
            approve_override(order, roles=OFFICER)
        to_court = wanted(
            recipient_kind=Recipient.COURT, recipient="District Court", basis=Basis.COURT_ORDER, reference="26-CV-1",
            fields=[HeldName.ADDRESS], road=Road.PAPER, override=order,
        )  # fmt: skip
        with as_worker("cora"):
            first, second = ask_release(found, to_court), ask_release(found, to_court)
        with as_worker("eli"):
            approve_release(first)
            with pytest.raises(Refused), transaction.atomic():
                approve_release(second)
        assert opened("cora", "P-1", HeldName.ADDRESS, override=order).value == "12 Elm St, Raleigh"
        with as_state():
            (kept,) = overrides_of(found)
            assert kept.used_at is not None

    def test_by_an_order_for_one_field_tells_nothing_else(self, town: Path) -> None:
        """The court asked for the address: the employer beside it stays closed, in either order."""
        protect("P-1")
        found = who("P-1")
        with as_worker("eli"):
            order = ask_override(
                found, HeldName.ADDRESS, court="District Court", docket="26-CV-1",
                expires_at=clock.now() + timedelta(days=3), roles=SUPERVISOR,
            )  # fmt: skip
        with as_worker("sol"):
            approve_override(order, roles=OFFICER)
        for fields in ([HeldName.ADDRESS, HeldName.EMPLOYER], [HeldName.EMPLOYER, HeldName.ADDRESS]):
            both = wanted(
                recipient_kind=Recipient.COURT, recipient="District Court", basis=Basis.COURT_ORDER,
                reference="26-CV-1", fields=fields, road=Road.PAPER, override=order,
            )  # fmt: skip
            with as_worker("cora"):
                release = ask_release(found, both)
            with as_worker("eli"), pytest.raises(Refused, match="nothing-on-file"), transaction.atomic():
                approve_release(release)

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_is_asked_by_whoever_works_with_the_person_and_not_by_family(self, town: Path) -> None:
        """Ned has nothing to do with Ana; Cora is of her family now, and Eli too, who would approve."""
        found = who("P-1")
        with as_worker("ned"), pytest.raises(Refused, match="no-tie-to-this-person"), transaction.atomic():
            ask_release(found, wanted())
        with as_worker("cora"):
            release = ask_release(found, wanted())
        for name in ("cora", "eli"):
            with as_worker(name):
                declare_kin(found, Kin.FAMILY)
        with as_worker("cora"), pytest.raises(Refused, match="own-or-family-record"), transaction.atomic():
            ask_release(found, wanted())
        with as_worker("eli"), pytest.raises(Refused, match="own-or-family-record"), transaction.atomic():
            approve_release(release)

    def test_without_a_name_is_no_request(self, town: Path) -> None:
        """Somebody is told, not nobody."""
        with as_worker("cora"), pytest.raises(Invalid):
            ask_release(who("P-1"), wanted(recipient=" "))
