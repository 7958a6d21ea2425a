"""Telling somebody outside: by two people, by law, recorded whole; and many values for an approved file."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.rooms.disclosure.desk import (
    OFFICER,
    SSN,
    SUPERVISOR,
    as_worker,
    asked,
    opened,
    protect,
    who,
    worker,
)
from tests.rooms.town import as_state

from harborline.disclosure.facts import Basis, Kin, Place, Recipient, Road, TransmissionFacts
from harborline.disclosure.models import Release
from harborline.disclosure.ports import Transmissions
from harborline.disclosure.selectors import overrides_of, releases
from harborline.disclosure.services import (
    Wanted,
    approve_override,
    approve_release,
    ask_override,
    ask_release,
    declare_kin,
    reveal_for_transmission,
)
from harborline.kernel import Invalid, NotFound, Refused, clock, ports
from harborline.ledger.selectors import entries_of
from harborline.people.facts import HeldName
from harborline.people.models import CaseManagerAssignment


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


class Prepared:
    """Files that are prepared for partners, as the room that sends them would tell."""

    def __init__(self) -> None:
        self.files: dict[uuid.UUID, TransmissionFacts] = {}

    def transmission(self, transmission_id: uuid.UUID) -> TransmissionFacts | None:
        """The one with this id."""
        return self.files.get(transmission_id)

    def add(self, *participants: uuid.UUID, field: str = "ssn", approved_by: str = "worker:b") -> uuid.UUID:
        """A file with one field of some participants."""
        made = uuid.uuid4()
        self.files[made] = TransmissionFacts(made, "Federal offset", field, participants, "worker:a", approved_by)
        return made


@pytest.fixture
def files(town: Path) -> Iterator[Prepared]:
    """Disclosure asks these files."""
    prepared = Prepared()
    ports.serve(Transmissions, prepared)
    yield prepared
    ports.serve(Transmissions, Prepared())


class TestTheAccounting:
    """Everything that was told outside, wherever."""

    @pytest.mark.clause("NC-CSS-22-18:every-transmission-confidential", shows="keeps")
    def test_tells_of_every_county_and_of_every_file(self, files: Prepared) -> None:
        """What Durham told about Ana, and the file her number went into, stand in the accounting of Wake."""
        with as_state():
            CaseManagerAssignment.objects.update(worker_number="W-SOL")
        with as_worker("sol"):
            release = ask_release(who("P-9"), wanted())
        with as_worker("eli"):
            approve_release(release)
        made = files.add(who("P-1"))
        with as_worker("cora"):
            reveal_for_transmission(made, HeldName.SSN)
            rows = releases(who("P-1"))
        assert {one.recipient for one in rows} == {"Virginia DCSE", "Federal offset"}
        assert all(one.released_at for one in rows)


class TestAFile:
    """Many values of one field, for one approved transmission."""

    def test_opens_its_values_by_one_manifest_once(self, files: Prepared) -> None:
        """The second time is refused."""
        made = files.add(who("P-1"), who("P-2"))
        with as_worker("cora"):
            assert set(reveal_for_transmission(made, HeldName.SSN).values()) == {SSN, "900-00-5678"}
            with pytest.raises((Invalid, IntegrityError)), transaction.atomic():
                reveal_for_transmission(made, HeldName.SSN)

    def test_leaves_out_whereabouts_of_everybody_on_a_protected_case(self, files: Prepared) -> None:
        """Ana is protected: neither hers nor Ben's address goes out."""
        protect("P-1")
        made = files.add(who("P-1"), who("P-2"), field="address")
        with as_worker("cora"):
            assert reveal_for_transmission(made, HeldName.ADDRESS) == {}

    def test_that_nobody_approved_opens_nothing(self, files: Prepared) -> None:
        """And the try is recorded."""
        made = files.add(who("P-1"), approved_by="")
        with as_worker("cora"), pytest.raises(Refused, match="transmission-not-approved"):
            reveal_for_transmission(made, HeldName.SSN)
        with as_state():
            assert [one.kind for one in entries_of(f"transmission:{made}")] == ["disclosure.bulk-refused"]

    def test_of_another_worker_opens_nothing_past_the_function(self, files: Prepared) -> None:
        """The manifest belongs to who made it."""
        made = files.add(who("P-1"))
        with as_worker("cora"):
            reveal_for_transmission(made, HeldName.SSN)
            (manifest,) = asked("SELECT id FROM disclosure_manifest")
        with as_worker("ned"):
            assert asked("SELECT count(*) FROM disclosure_open_many(%s)", manifest) == (0,)
        assert worker("ned").number == "W-NED"
