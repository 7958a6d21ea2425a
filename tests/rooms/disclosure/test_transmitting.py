"""Many values for an approved file: opened once by one manifest, judged by source and shield, accounted for."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Collection, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.rooms.disclosure.desk import SSN, as_worker, asked, protect, train_in_tax, who, worker
from tests.rooms.disclosure.test_releasing import wanted
from tests.rooms.town import MN, as_state

from harborline.disclosure.facts import Basis, OffsetPart, Payment, Recipient, TransmissionFacts
from harborline.disclosure.models import Manifest
from harborline.disclosure.ports import Transmissions
from harborline.disclosure.selectors import releases
from harborline.disclosure.services import Opened, approve_release, ask_release, reveal_for_transmission
from harborline.kernel import Refused, allow, clock, ports, refuse
from harborline.ledger.selectors import entries_of
from harborline.people.facts import HeldName, Source
from harborline.people.models import CaseManagerAssignment
from harborline.people.services import hold_value
from harborline.project.embedded import admin_connection
from harborline.walls import ALL_COUNTIES, Actor, acting

SSNS = {SSN, "900-00-5678"}


class Prepared:
    """Files that are prepared for partners, as the room that sends them would tell."""

    def __init__(self) -> None:
        self.files: dict[uuid.UUID, TransmissionFacts] = {}

    def transmission(self, transmission_id: uuid.UUID) -> TransmissionFacts | None:
        """The one with this id."""
        return self.files.get(transmission_id)

    def add(self, *numbers: str, fields: tuple[HeldName, ...] = (HeldName.SSN,), **changed: Any) -> uuid.UUID:  # noqa: ANN401 - facts by name
        """A file about some people, prepared by one and approved by another."""
        made = uuid.uuid4()
        facts = TransmissionFacts(
            id=made, recipient="Virginia DCSE", kind=Recipient.OTHER_STATE, basis=Basis.AGREEMENT,
            reference="locate LOC0001.DAT", fields=fields, needed=frozenset(fields),
            participants=tuple(who(number) for number in numbers), prepared_by=f"worker:{worker('cora').id}",
            approved_by=f"worker:{worker('eli').id}", standing=allow(),
        )  # fmt: skip
        self.files[made] = dataclasses.replace(facts, **changed)
        return made


@pytest.fixture
def files(town: Path) -> Iterator[Prepared]:
    """Disclosure asks these files; the room that really sends them is served again afterwards."""
    before, prepared = ports.serving(Transmissions), Prepared()
    ports.serve(Transmissions, prepared)
    yield prepared
    ports.serve(Transmissions, before)


def opened(made: uuid.UUID, by: str = "eli") -> dict[str, str]:
    """The values somebody opened for a file, each with its field."""
    found: dict[str, str] = {}

    def into(values: Opened) -> Collection[uuid.UUID]:
        found.update({value: field for each in values.values() for field, value in each.items()})
        return set(values)

    with as_worker(by):
        reveal_for_transmission(made, into)
    return found


def refused(made: uuid.UUID, reason: str, by: str = "eli") -> None:
    """Opening it is refused, the record of that stays, and nothing was opened."""
    with pytest.raises(Refused, match=reason), as_worker(by), transaction.atomic():
        reveal_for_transmission(made, set)
    with as_state():
        assert "disclosure.bulk-refused" in {one.kind for one in entries_of(f"transmission:{made}")}


def said_of(made: uuid.UUID) -> Any:  # noqa: ANN401 - a row
    """The one manifest of a file."""
    with as_state():
        return Manifest.objects.get(transmission_id=made)


class TestAFile:
    """Values of an approved transmission."""

    @pytest.mark.clause("OFFSET-8.3:exchange-safeguarded", shows="allows")
    def test_opens_its_values_by_one_manifest_once(self, files: Prepared) -> None:
        """One entry of the log counts them all; the second time is refused and recorded."""
        made = files.add("P-1", "P-2", "P-3")
        assert set(opened(made)) == SSNS
        manifest = said_of(made)
        assert (manifest.asked, manifest.told, len(manifest.held)) == (3, 2, 2)
        with as_state():
            assert [one.kind for one in entries_of(f"transmission:{made}")] == ["disclosure.bulk-opened"]
        refused(made, "opened-before")

    def test_records_its_manifest_before_and_for_good(self, files: Prepared) -> None:
        """What the caller takes back takes the accounting back, never that the values were opened."""
        made = files.add("P-1")
        with as_worker("eli"), transaction.atomic():
            reveal_for_transmission(made, set)
            transaction.set_rollback(True)
        with admin_connection("harborline") as connection:
            rows = connection.execute("SELECT told FROM disclosure_manifest").fetchall()
        assert rows == [(1,)]
        with as_worker("cora"):
            assert releases(who("P-1")) == []
        refused(made, "opened-before")

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"approved_by": ""}, "transmission-not-approved"),
            ({"intact": False}, "changed-since-approved"),
            ({"standing": refuse("agreement-expired")}, "agreement-expired"),
            ({"kind": Recipient.PARTNER}, "field-not-for-this-recipient"),
        ],
    )
    def test_opens_nothing_without(self, files: Prepared, changed: dict[str, Any], reason: str) -> None:
        """An approval of what it is now, an agreement in force, a recipient the law names."""
        refused(files.add("P-1", **changed), reason)

    def test_approved_by_who_prepared_it_opens_nothing(self, files: Prepared) -> None:
        """Two people."""
        refused(files.add("P-1", prepared_by="worker:a", approved_by="worker:a"), "same-person")

    def test_accounts_for_who_is_in_it_at_last(self, files: Prepared) -> None:
        """Ben's number did not fit the file: nothing was told about him."""
        made, ana = files.add("P-1", "P-2"), who("P-1")
        with as_worker("eli"):
            reveal_for_transmission(made, lambda opened: {each for each in opened if each == ana})
        with as_worker("cora"):
            assert (len(releases(ana)), len(releases(who("P-2")))) == (1, 0)

    def test_that_nobody_prepared_opens_nothing(self, files: Prepared) -> None:
        """Whatever number somebody thinks of."""
        del files
        refused(uuid.uuid4(), "transmission-not-approved")

    def test_of_another_worker_opens_nothing_past_the_function(self, files: Prepared) -> None:
        """The manifest belongs to who made it."""
        opened(files.add("P-1"))
        with as_worker("eli"):
            (manifest,) = asked("SELECT id FROM disclosure_manifest")
            assert asked("SELECT count(*) FROM disclosure_open_many(%s, 1, 9)", manifest) == (1,)
        with as_worker("ned"):
            assert asked("SELECT count(*) FROM disclosure_open_many(%s, 1, 9)", manifest) == (0,)


class TestTheWalls:
    """Who may open a file at all."""

    def test_nobody_opens_people_of_another_county(self, files: Prepared) -> None:
        """Dev works in Durham; the file is about Wake. Olga of the state sees both."""
        made = files.add("P-1", "P-2")
        refused(made, "not-in-sight", by="dev")
        assert set(opened(made, by="olga")) == SSNS

    def test_nobody_opens_people_of_another_program(self, files: Prepared) -> None:
        """The very same file, asked for from the WIC program."""
        made = files.add("P-1")
        actor = Actor("worker", str(worker("eli").id))
        with (
            pytest.raises(Refused, match="not-in-sight"),
            acting(actor, program=MN, counties=ALL_COUNTIES, purpose="exchange"),
        ):
            reveal_for_transmission(made, set)


class TestWhereabouts:
    """Of people on a case with somebody who is protected."""

    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    def test_stay_behind_and_nothing_says_why(self, files: Prepared) -> None:
        """Ben is protected: his and Ana's stay; Otto's goes. Kim, of whom nothing is on file, counts the same."""
        protect("P-2")
        made = files.add("P-1", "P-2", "P-3", "P-5", fields=(HeldName.ADDRESS,))
        assert opened(made, by="olga") == {"3 Pine St, Durham": "address"}
        manifest = said_of(made)
        assert (manifest.asked, manifest.told) == (4, 1)
        with as_state():
            (entry,) = entries_of(f"transmission:{made}")
        assert (entry.content["told"], entry.content["left_out"]) == (1, 3)
        assert "protect" not in str(entry.content)

    def test_take_the_whole_person_out_of_the_file(self, files: Prepared) -> None:
        """Unless the agreement says that a record goes without: then the number alone goes."""
        protect("P-1")
        both = (HeldName.SSN, HeldName.ADDRESS)
        refused(files.add("P-1", "P-2", fields=both), "nobody-in-the-file")
        made = files.add("P-1", "P-2", fields=both, needed=frozenset({HeldName.SSN}))
        assert opened(made) == dict.fromkeys(SSNS, "ssn")

    def test_wait_while_protections_are_old(self, files: Prepared) -> None:
        """Nobody knows then who is protected; a number tells of no place, and goes."""
        made, number = files.add("P-5", fields=(HeldName.ADDRESS,)), files.add("P-1")
        clock.shift(timedelta(days=10))
        try:
            refused(made, "protections-too-old", by="olga")
            assert set(opened(number)) == {SSN}
        finally:
            clock.shift(timedelta(0))


class TestTaxInformation:
    """By the classification of the agreement and the source of each value."""

    @pytest.mark.clause("OFFSET-8.4:tax-refund", shows="refuses")
    def test_stays_out_value_by_value(self, files: Prepared) -> None:
        """Ben's number is from the IRS now: Ana's goes alone, and the count says no more."""
        with as_state():
            hold_value(who("P-2"), HeldName.SSN, "900-00-9999", source=Source.IRS)
        made = files.add("P-1", "P-2")
        assert set(opened(made)) == {SSN}
        assert (said_of(made).asked, said_of(made).told) == (2, 1)

    @pytest.mark.clause("OFFSET-8.4:tax-refund", shows="allows")
    def test_goes_to_an_office_of_the_program_by_somebody_trained(self, files: Prepared) -> None:
        """Under an agreement classified for it, and under no other."""
        with as_state():
            hold_value(who("P-1"), HeldName.OFFSET, "2026-03-01 512.00", source=Source.OFFSET_PROGRAM)
        tax: dict[str, Any] = {
            "fields": (HeldName.OFFSET,), "kind": Recipient.IVD_OFFICE, "tax": True, "payment": Payment.TAX_REFUND,
            "offset_parts": frozenset({OffsetPart.DATE, OffsetPart.AMOUNT}),
        }  # fmt: skip
        refused(files.add("P-1", **tax), "not-trained-in-tax-information")
        with as_state():
            train_in_tax("eli")
        refused(files.add("P-1", **{**tax, "tax": False}), "agreement-not-for-tax-information")
        assert opened(files.add("P-1", **tax)) == {"2026-03-01 512.00": "offset"}


class TestTheAccounting:
    """Everything that was told outside, wherever."""

    @pytest.mark.clause("NC-CSS-22-18:every-transmission-confidential", shows="keeps")
    def test_tells_of_every_county_and_of_every_file(self, files: Prepared) -> None:
        """What Durham told about Ana, and the file her number went into, stand in the accounting of Wake."""
        with as_state():
            CaseManagerAssignment.objects.update(worker_number="W-SOL")
            hold_value(who("P-9"), HeldName.SSN, "900-00-1234", source=Source.CASE_SYSTEM)
        with as_worker("sol"):
            release = ask_release(who("P-9"), wanted(recipient="Durham court"))
        with as_worker("eli"):
            approve_release(release)
        opened(files.add("P-1", "P-2", "P-3"))
        with as_worker("cora"):
            rows = {one.recipient: one for one in releases(who("P-1"))}
            assert releases(who("P-3")) == []
        assert set(rows) == {"Durham court", "Virginia DCSE"}
        file = rows["Virginia DCSE"]
        assert (file.fields, file.basis, file.reference) == (("ssn",), "agreement", "locate LOC0001.DAT")
        assert (file.asked_by, file.approved_by, file.road) == ("W-CORA", "W-ELI", "secure-file")
        assert file.released_at
