"""A file with protected values: prepared, approved by another, opened once, written by its layout, fetched."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from tests.rooms.disclosure.desk import COUNTIES, as_worker, open_desk, protect, train_in_tax, who, worker
from tests.rooms.exchange.house import Office, open_office
from tests.rooms.exchange.house import as_worker as at_state
from tests.rooms.town import MN, NC, as_state

from harborline.disclosure.models import Manifest, Release
from harborline.disclosure.selectors import releases
from harborline.disclosure.services import reveal_for_transmission
from harborline.exchange import layouts
from harborline.exchange.facts import PreparedFacts, PreparedState, Terms
from harborline.exchange.models import Agreement, PreparedFile, PreparedRecord, TransmittedFile
from harborline.exchange.selectors import prepared_in_sight, prepared_one
from harborline.exchange.services import (
    activate,
    approve_prepared,
    end_agreement,
    open_content,
    prepare_file,
    redraft,
    send_file,
    send_prepared,
    suspend,
    withdraw_prepared,
)
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.ledger.selectors import entries_of
from harborline.ledger.services import forget_origin
from harborline.people.facts import HeldName, Source
from harborline.people.services import hold_value
from harborline.project.actors import Acting
from harborline.project.exchange_room import looking, steps
from harborline.walls import ALL_COUNTIES, Actor

ANA, BEN = "123456789", "219099999"
OWN = """
name = "locate"
version = 1
title = "Locate data for a county"
valid_from = 2026-01-01
source = "Agreement of 2026-01-05, annex A"
code_pages = ["ascii"]
framings = ["lf"]

[[record]]
name = "person"
role = "detail"
length = 50
fields = [
  { name = "case_id", start = 1, end = 10, kind = "upper", required = true, evidence = "verified" },
  { name = "ssn", start = 11, end = 19, kind = "ssn", required = true, evidence = "verified" },
  { name = "address", start = 20, end = 50, kind = "upper", evidence = "verified" },
]
"""
TELLS: Mapping[str, Any] = {
    "recipient": "iv-d-office", "basis": "program-duty", "fields": {"ssn": "ssn", "address": "address"},
    "optional": ["address"],
}  # fmt: skip
TABLE = "participant,case_id\nP-1,C-100\nP-2,C-100\nP-3,C-100\n"


@pytest.fixture
def locate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An agency's own layout with a number and an address."""
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts/locate.1.toml").write_text(OWN)
    monkeypatch.setenv("HARBORLINE_LAYOUTS", str(tmp_path / "layouts"))
    layouts.forget()
    yield
    monkeypatch.undo()
    layouts.forget()


@pytest.fixture
def county(db: None, locate: None, tmp_path: Path) -> Iterator[Office]:
    """Wake County has an agreement for numbers and addresses; Cora's people have numbers that fit the layout."""
    open_desk(tmp_path)
    for number, ssn in (("P-1", "123-45-6789"), ("P-2", "219-09-9999")):
        found = who(number)
        with as_state():
            hold_value(found, HeldName.SSN, ssn, source=Source.CASE_SYSTEM)
    yield open_office(tmp_path, "locate", direction="out", naming="LOC{seq:4}.DAT", layout="locate", tells=TELLS)
    forget_origin()


def prepared(office: Office, table: str = TABLE, name: str = "LOC0001.DAT", **more: Any) -> PreparedFacts:  # noqa: ANN401 - as the service
    """Olga of the state prepares a file."""
    with as_worker("olga", "exchange"):
        return prepare_file(office.agreement.id, name, io.BytesIO(table.encode()), **more)


def approved(office: Office, **more: Any) -> PreparedFacts:  # noqa: ANN401 - as the service
    """Olga prepares it, and Eli approves."""
    made = prepared(office, **more)
    with as_worker("eli", "exchange"):
        approve_prepared(made.id)
    return made


def sent(made: PreparedFacts) -> None:
    """Olga sends it."""
    with as_worker("olga", "exchange"):
        send_prepared(made.id)
        assert prepared_one(made.id).state is PreparedState.SENT


def terms_of(county: Office) -> dict[str, Any]:
    """The terms in force."""
    with as_state():
        row = Agreement.objects.get(id=county.agreement.id)
        return Terms.read(row.versions.get(number=row.version).terms).said()


def in_force(county: Office, said: Mapping[str, Any]) -> None:
    """Other terms, by two persons."""
    with at_state("olga"):
        redraft(county.agreement.id, terms=said)
    with at_state("oscar"):
        activate(county.agreement.id)


def fetched(office: Office, name: str = "LOC0001.DAT") -> list[str]:
    """What the partner reads in its folder."""
    download = office.boxes.fetch(office.guest, f"{office.root}/out/{name}")
    content = download.read(0, download.size)
    download.close(sent_all=True)
    return content.decode("ascii").splitlines()


def refused(made: PreparedFacts, reason: str, by: str = "olga") -> None:
    """It is not sent, nothing was opened, nothing is in the partner's folder."""
    with pytest.raises(Refused, match=reason), as_worker(by, "exchange"), transaction.atomic():
        send_prepared(made.id)
    with as_state():
        assert not Manifest.objects.exists()
        assert not TransmittedFile.objects.exists()


def kinds(made: PreparedFacts) -> set[str]:
    """What the log says about it."""
    with as_state():
        return {one.kind for one in entries_of(f"transmission:{made.id}")}


class TestAFileWithProtectedValues:
    """From the table to the partner."""

    @pytest.mark.clause("OFFSET-8.3:exchange-safeguarded", shows="allows")
    @pytest.mark.clause("NC-CSS-22-18:every-transmission-confidential", shows="keeps")
    def test_goes_to_the_partner_and_into_everybodys_accounting(self, county: Office) -> None:
        """Prepared by Olga, approved by Eli; Kim, of whom no number is on file, is not in it."""
        made = approved(county)
        sent(made)
        assert fetched(county) == [
            f"C-100     {ANA}{'12 ELM ST, RALEIGH':31}", f"C-100     {BEN}{'9 OAK ST, RALEIGH':31}"
        ]  # fmt: skip
        with as_worker("cora"):
            (row,) = releases(who("P-1"))
            assert releases(who("P-3")) == []
        assert (row.recipient, row.recipient_kind, row.fields) == ("Wake County", "iv-d-office", ("address", "ssn"))
        assert (row.reference, row.asked_by, row.approved_by) == ("locate LOC0001.DAT", "W-OLGA", "W-ELI")
        assert kinds(made) == {
            "exchange.file-prepared", "exchange.file-prepared-approved", "disclosure.bulk-opened",
            "exchange.file-prepared-sent",
        }  # fmt: skip

    def test_keeps_nothing_of_its_table_once_it_is_sent(self, county: Office) -> None:
        """The cells are in the sealed file; and nobody of ours reads that."""
        sent(approved(county))
        with as_state():
            assert not PreparedRecord.objects.filter(cells__isnull=False).exists()
            file = TransmittedFile.objects.get()
            with pytest.raises(Refused, match="opened-for-the-partner-only"):
                open_content(file.id, because="checked")

    def test_holds_only_the_fields_that_were_prepared(self, county: Office) -> None:
        """The agreement allows the address as well."""
        sent(approved(county, fields=[HeldName.SSN]))
        assert fetched(county) == [f"C-100     {ANA}".ljust(50), f"C-100     {BEN}".ljust(50)]

    def test_leaves_out_whose_value_does_not_fit(self, county: Office) -> None:
        """One number that no such number can be does not spoil the file; nothing was told about Ben."""
        ben = who("P-2")
        with as_state():
            hold_value(ben, HeldName.SSN, "000-00-0000", source=Source.CASE_SYSTEM)
        made = approved(county)
        sent(made)
        assert [line[10:19] for line in fetched(county)] == [ANA]
        with as_state():
            assert prepared_one(made.id).sent_records == 1
        with as_worker("cora"):
            assert releases(ben) == []

    def test_goes_through_openpgp_where_the_agreement_says_so(self, county: Office) -> None:
        """It takes the road of every other file: without a key of the partner's nothing goes."""
        said = {**terms_of(county), "encryption": "openpgp"}
        in_force(county, said)
        made = approved(county)
        with pytest.raises(Refused, match="partner-has-no-key"), as_worker("olga"), transaction.atomic():
            send_prepared(made.id)
        with as_state():
            assert not Release.objects.exists()


class TestWhereabouts:
    """Of people on a protected case."""

    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    def test_are_not_in_the_file_and_nothing_says_why(self, county: Office) -> None:
        """The records look as those of people whose address nobody knows."""
        protect("P-1")
        made = approved(county)
        sent(made)
        assert fetched(county) == [f"C-100     {ANA}".ljust(50), f"C-100     {BEN}".ljust(50)]
        with as_state():
            said = [one.content for one in entries_of(f"transmission:{made.id}")]
        assert "protect" not in str(said)

    def test_leave_the_record_out_where_it_needs_them(self, county: Office) -> None:
        """A file of addresses alone: nobody of the case is in it, and it is not even sent."""
        protect("P-1")
        in_force(county, {**terms_of(county), "tells": {**TELLS, "optional": []}})
        refused(approved(county), "nobody-in-the-file")


class TestItIsRefused:
    """Whatever is missing."""

    def test_before_a_second_person_approved(self, county: Office) -> None:
        """And the one who prepared it does not approve."""
        made = prepared(county)
        refused(made, "transmission-not-approved")
        with pytest.raises(Refused, match="needs-a-second-person"), as_worker("olga"):
            approve_prepared(made.id)

    @pytest.mark.parametrize(("stop", "reason"), [(suspend, "agreement-suspended"), (end_agreement, "agreement-ended")])
    def test_under_an_agreement_that_is_notin_force(self, county: Office, stop: Any, reason: str) -> None:  # noqa: ANN401 - a service
        """Stopped after it was approved."""
        made = approved(county)
        with at_state("olga"):
            stop(county.agreement.id, because="a leak")
        refused(made, reason)

    def test_under_an_agreement_that_has_expired(self, county: Office) -> None:
        """A year later."""
        made = approved(county, fields=[HeldName.SSN])
        clock.shift(timedelta(days=400))
        try:
            refused(made, "agreement-expired")
        finally:
            clock.shift(timedelta(0))

    def test_when_a_record_changed_after_the_approval(self, county: Office) -> None:
        """Past every service, in the table itself: Ben's record becomes Ana's."""
        made = approved(county)
        with as_state():
            PreparedRecord.objects.filter(number=2).update(participant_id=who("P-1"))
        refused(made, "changed-since-approved")

    def test_when_the_fields_changed_after_the_approval(self, county: Office) -> None:
        """Approved was the number alone."""
        made = approved(county, fields=[HeldName.SSN])
        with as_state():
            PreparedFile.objects.update(fields=["ssn", "address"])
        refused(made, "changed-since-approved")

    def test_when_the_terms_changed_after_the_approval(self, county: Office) -> None:
        """Whatever they say now."""
        made = approved(county)
        in_force(county, terms_of(county))
        refused(made, "changed-since-approved")

    def test_when_it_changed_before_the_approval(self, county: Office) -> None:
        """The second person approves what the first prepared."""
        made = prepared(county)
        with as_state():
            PreparedRecord.objects.filter(number=1).delete()
            PreparedFile.objects.update(records=2)
        with pytest.raises(Refused, match="changed-since-prepared"), as_worker("eli"):
            approve_prepared(made.id)

    def test_the_second_time(self, county: Office) -> None:
        """Used once: neither by its own service nor by disclosure's."""
        made = approved(county)
        sent(made)
        with pytest.raises(Refused, match="prepared-file-is-over"), as_worker("olga"), transaction.atomic():
            send_prepared(made.id)
        with pytest.raises(Refused, match="transmission-not-approved"), as_worker("olga"), transaction.atomic():
            reveal_for_transmission(made.id, set)

    def test_after_it_was_taken_back(self, county: Office) -> None:
        """With a reason; its cells are forgotten, and its name is free again."""
        made = approved(county)
        with pytest.raises(Invalid), as_worker("eli"):
            withdraw_prepared(made.id, because=" ")
        with as_worker("eli"):
            withdraw_prepared(made.id, because="wrong week")
        refused(made, "prepared-file-is-over")
        with as_state():
            assert not PreparedRecord.objects.filter(cells__isnull=False).exists()
        sent(approved(county))

    @pytest.mark.parametrize(
        ("tells", "reason"),
        [
            ({"recipient": "iv-a"}, "allowed"),
            ({"recipient": "federal-office"}, "allowed"),
            ({"recipient": "other-state", "basis": "agreement"}, "allowed"),
            ({"fields": {"ssn": "ssn", "income": "address"}, "recipient": "iv-a"}, "field-not-for-this-recipient"),
            (
                {"fields": {"ssn": "ssn", "employer": "address"}, "recipient": "federal-office"},
                "field-not-for-this-recipient",
            ),
        ],
    )
    def test_where_the_law_does_not_let_the_partner_have_it(
        self, county: Office, tells: Mapping[str, Any], reason: str
    ) -> None:
        """Refused when it is prepared, before anybody works on it."""
        in_force(county, {**terms_of(county), "tells": {**TELLS, "optional": [], **tells}})
        if reason == "allowed":
            assert prepared(county).state is PreparedState.WAITING
            return
        with pytest.raises(Refused, match=reason):
            prepared(county)

    @pytest.mark.clause("OFFSET-8.3:exchange-safeguarded", shows="refuses")
    def test_cannot_go_round_the_judging(self, county: Office) -> None:
        """A file that is there already is refused under these terms, and nothing of it is kept."""
        with as_worker("olga", "exchange"):
            with pytest.raises(Refused, match="prepare-this-file"):
                send_file(county.agreement.id, "LOC0001.DAT", io.BytesIO(b"somebody's number"))
            assert not TransmittedFile.objects.exists()

    @pytest.mark.clause("OFFSET-8.2:trained", shows="refuses")
    def test_with_tax_information_is_handed_on_by_the_trained_only(self, county: Office) -> None:
        """Olga may after her course; then only the partner's key is missing."""
        tax = {"tells": None, "fti": True, "encryption": "openpgp", "signature": True}
        in_force(county, {**terms_of(county), **tax})
        with as_worker("olga", "exchange"), pytest.raises(Refused, match="not-trained-in-tax-information"):
            send_file(county.agreement.id, "LOC0001.DAT", io.BytesIO(b"somebody's number"))
        train_in_tax("olga")
        with as_worker("olga", "exchange"), pytest.raises(Refused, match="partner-has-no-key"):
            send_file(county.agreement.id, "LOC0001.DAT", io.BytesIO(b"somebody's number"))

    def test_under_an_agreement_that_tells_nothing(self, county: Office) -> None:
        """Files may go under it, but no protected values."""
        in_force(county, {**terms_of(county), "tells": None})
        with pytest.raises(Refused, match="agreement-tells-no-fields"):
            prepared(county)


class TestTheTable:
    """What cannot be prepared says why."""

    @pytest.mark.parametrize(
        ("table", "said"),
        [
            ("", "header"),
            ("case_id\nC-100\n", "participant"),
            ("participant,case_id\n", "records"),
            ("participant,case_id,ssn\nP-1,C-100,123456789\n", "protected"),
            ("participant,case_id,shoe\nP-1,C-100,44\n", "no column"),
            ("participant,case_id\nP-1\n", "cells"),
            ("participant,case_id\nP-1,C-100,more\n", "cells"),
            ("participant,case_id\n ,C-100\n", "names nobody"),
            ("participant,case_id\nP-77,C-100\n", "nobody you may see"),
            ("participant,case_id\nP-1,\n", "does not fit locate: case_id"),
            ("participant,case_id\nP-1,a longer case than fits\n", "does not fit locate: case_id"),
            ('participant,case_id\n"P-1,C-100\n', "CSV"),
        ],
    )
    def test_is_refused(self, county: Office, table: str, said: str) -> None:
        """Before anything is written down."""
        with pytest.raises(Invalid, match=said):
            prepared(county, table)
        with as_state():
            assert not PreparedFile.objects.exists()

    def test_has_a_name_as_agreed_and_once(self, county: Office) -> None:
        """Neither one that waits nor one that was sent."""
        with pytest.raises(Invalid, match="naming"):
            prepared(county, name="OTHER.DAT")
        sent(approved(county))
        with pytest.raises(Invalid, match="used"):
            prepared(county)
        prepared(county, name="LOC0002.DAT")
        with pytest.raises(Invalid, match="used"):
            prepared(county, name="loc0002.dat")


class TestTheWalls:
    """Who sees a prepared file."""

    @pytest.mark.clause("CA-CSS-03-11:prevent-unauthorised", shows="refuses")
    def test_another_county_sees_nothing_of_it(self, county: Office) -> None:
        """Dev of Durham neither lists, nor reads, nor approves, nor sends a file about Wake."""
        made = prepared(county)
        with as_worker("dev", "exchange"):
            assert prepared_in_sight() == []
            for step in (prepared_one, approve_prepared, send_prepared):
                with pytest.raises(NotFound):
                    step(made.id)
            with pytest.raises(Invalid, match="nobody you may see"):
                prepare_file(county.agreement.id, "LOC0002.DAT", io.BytesIO(TABLE.encode()))
        with as_worker("ned", "exchange"):
            assert [one.id for one in prepared_in_sight()] == [made.id]

    def test_a_file_about_two_counties_is_the_states(self, county: Office) -> None:
        """Wake and Durham: each sees half of its people, and nothing of it."""
        made = prepared(county, "participant,case_id\nP-1,C-100\nP-5,D-200\n")
        for name, seen in (("dev", 0), ("ned", 0), ("olga", 1)):
            with as_worker(name, "exchange"):
                assert len(prepared_in_sight()) == seen
        with as_worker("ned", "exchange"), pytest.raises(NotFound):
            approve_prepared(made.id)

    def test_another_program_sees_nothing_of_it(self, county: Office) -> None:
        """Not even in all of its counties."""
        made = prepared(county)
        with at_state("olga", MN):
            assert prepared_in_sight() == []
            with pytest.raises(NotFound):
                prepared_one(made.id)


class TestAtTheCommandLine:
    """The same steps, by people who are signed in."""

    def test_is_prepared_approved_sent_and_listed(self, county: Office, tmp_path: Path) -> None:
        """Each line names the next command; nothing of a value is said."""
        (tmp_path / "people.csv").write_text(TABLE)
        olga, eli = acting_as("olga"), acting_as("eli")
        said = [steps.prepare(olga, "locate", tmp_path / "people.csv", name="LOC0001.DAT", fields=["ssn"])]
        assert [one["state"] for one in looking.prepared(olga).facts["prepared"]] == ["waiting"]
        said.append(steps.approve_prepared(eli, "LOC0001.DAT"))
        said.append(steps.send_prepared(olga, "LOC0001.DAT"))
        assert said[-1] == "ready for the partner as number 1: 2 of 3 records"
        assert looking.prepared(acting_as("dev")).lines == ["No file is prepared."]
        assert ANA not in " ".join([*said, *looking.prepared(olga).lines])

    def test_says_what_cannot_be_done(self, county: Office, tmp_path: Path) -> None:
        """A field nobody knows, a file nobody prepared."""
        (tmp_path / "people.csv").write_text(TABLE)
        olga = acting_as("olga")
        with pytest.raises(Invalid, match="is one of ssn"):
            steps.prepare(olga, "locate", tmp_path / "people.csv", name="LOC0001.DAT", fields=["shoe"])
        with pytest.raises(NotFound, match="exchange prepared"):
            steps.approve_prepared(olga, "LOC0001.DAT")
        steps.prepare(olga, "locate", tmp_path / "people.csv", name="LOC0001.DAT", fields=[])
        assert steps.withdraw_prepared(olga, "LOC0001.DAT", because="wrong").startswith("taken back")


def acting_as(name: str) -> Acting:
    """One of the cast, signed in."""
    found = worker(name)
    return Acting(Actor("worker", str(found.id)), NC, COUNTIES.get(name, ALL_COUNTIES), frozenset())
