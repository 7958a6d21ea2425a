"""The pages of files between agencies, as the people who work with them see them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.rooms.exchange.house import REMOTE, TERMS, Office, new_key, sign_log
from tests.rooms.sites.cast import ALL, SignedIn, make_worker, sign_in
from tests.rooms.town import NC, as_state

from harborline.exchange.mailboxes import DatabaseMailboxes
from harborline.exchange.models import (
    Agreement,
    Alarm,
    Credential,
    Medium,
    Partner,
    PreparedFile,
    Shipment,
    Transmission,
)
from harborline.exchange.services import watch
from harborline.kernel import clock
from harborline.ledger.services import forget_origin
from harborline.people.facts import HeldName, Source
from harborline.people.selectors import participant_id
from harborline.people.services import hold_value
from harborline.walls import ALL_COUNTIES
from harborline.workforce.facts import StaffRole
from harborline.workforce.selectors import colleagues
from harborline.workforce.services import assign

TAGS = re.compile(r"<[^>]+>")
ONE = b"first week\n" * 50


def words(answer: Any) -> str:  # noqa: ANN401 - a response of the client
    """The words of a page."""
    return " ".join(TAGS.sub(" ", answer.content.decode()).split())


def day(days: int) -> str:
    """A day so many days from now, as a form sends it."""
    return (clock.now().date() + timedelta(days=days)).isoformat()


AGREEMENT = {
    "title": "Arrears every week", "key": "arrears", "holds": TERMS["holds"], "purpose": TERMS["purpose"],
    "direction": "both", "channel": "sftp", "level": "confidential", "fti": "no", "encryption": "none",
    "naming": "ARR{seq:4}.DAT", "size_mb": "100", "expires_date": day(300), "rhythm": "", "day": "", "due": "",
}  # fmt: skip


class Desk:
    """Two people at their windows, and a county."""

    def __init__(self, signed_in: SignedIn) -> None:
        self.olga, self.sol = signed_in("olga"), signed_in("sol")
        oscar = make_worker("oscar")
        with as_state():
            assign(oscar, program=NC, role=StaffRole.STATE_OPERATOR, county=ALL)
        self.oscar = Client()
        sign_in(self.oscar, oscar)

    def partner(self) -> Partner:
        """Olga writes the county down."""
        said = {"name": "Wake County", "key": "wake", "kind": "county", "vendor": "", "contact": "919-555-0100"}
        answer = self.olga.post(reverse("console:exchange-partner-new"), said)
        assert answer.status_code == 302, words(answer)
        with as_state():
            return Partner.objects.get()

    def agreement(self, partner: Partner) -> Agreement:
        """Olga drafts, Oscar puts it in force."""
        answer = self.olga.post(reverse("console:exchange-agreement-new", args=[partner.id]), AGREEMENT)
        assert answer.status_code == 302, words(answer)
        with as_state():
            made = Agreement.objects.get()
        act = reverse("console:exchange-agreement-act", args=[made.id])
        assert "second person" in words(self.olga.post(act, {"do": "activate"}, follow=True))
        assert "The agreement is in force." in words(self.oscar.post(act, {"do": "activate"}, follow=True))
        return made

    def key(self, partner: Partner) -> bytes:
        """Olga adds a key, Oscar confirms it by telephone."""
        line, wire = new_key()
        said = {"kind": "ssh", "login": "wake-login", "public_key": line, "digest": "", "networks": "192.0.2.0/24",
                "from_date": day(-1), "until_date": day(300)}  # fmt: skip
        answer = self.olga.post(reverse("console:exchange-key-new", args=[partner.id]), said)
        assert answer.status_code == 302, words(answer)
        with as_state():
            row = Credential.objects.get()
        act = reverse("console:exchange-key", args=[partner.id, row.id])
        wrong = {"do": "confirm", "read_back": "SHA256:another", "how": "by telephone"}
        assert "not the fingerprint" in words(self.oscar.post(act, wrong, follow=True))
        right = {"do": "confirm", "read_back": row.digest, "how": "by telephone"}
        assert "The key is confirmed." in words(self.oscar.post(act, right, follow=True))
        return wire


@pytest.fixture
def desk(signed_in: SignedIn, tmp_path: Path) -> Iterator[Desk]:
    """The office, with a log that is signed."""
    (tmp_path / "blobs").mkdir(exist_ok=True)
    made = Desk(signed_in)
    sign_log(tmp_path)
    yield made
    forget_origin()


@pytest.fixture
def office(desk: Desk) -> Office:
    """The county's machine, let in by what the pages wrote."""
    partner = desk.partner()
    agreement, wire = desk.agreement(partner), desk.key(partner)
    boxes = DatabaseMailboxes(list)
    return Office(agreement, boxes.admit("wake-login", wire, REMOTE), boxes, wire)


def row() -> Transmission:
    """The newest delivery."""
    with as_state():
        return Transmission.objects.order_by("-at")[0]


class TestTheBeginning:
    """An empty office."""

    def test_says_that_nothing_needs_anybody(self, desk: Desk) -> None:
        """And offers to add a partner."""
        shown = words(desk.olga.get(reverse("console:exchange")))
        assert "Nothing. Everything that was expected arrived." in shown
        assert "Add a partner" in shown

    def test_is_closed_to_case_managers(self, signed_in: SignedIn, desk: Desk) -> None:
        """Files between agencies are no case work."""
        assert signed_in("cora").get(reverse("console:exchange")).status_code == 403

    @pytest.mark.parametrize(
        ("channel", "said"),
        [("ftp", "Plain FTP is not allowed"), ("e-mail", "Files between partners do not go by e-mail")],
    )
    def test_refuses_the_ways_of_before_with_the_remedy(self, desk: Desk, channel: str, said: str) -> None:
        """Plain FTP, and files by mail."""
        address = reverse("console:exchange-agreement-new", args=[desk.partner().id])
        answer = desk.olga.post(address, {**AGREEMENT, "channel": channel})
        assert answer.status_code == 422
        assert said in words(answer)
        assert "Choose SFTP" in words(answer)

    def test_names_the_field_that_is_wrong(self, desk: Desk) -> None:
        """A pattern that no name may follow."""
        address = reverse("console:exchange-agreement-new", args=[desk.partner().id])
        answer = desk.olga.post(address, {**AGREEMENT, "naming": "../{seq}"})
        assert (answer.status_code, "Names of the files" in words(answer)) == (422, True)


class TestAnArrival:
    """From the county's machine to the posted file."""

    @pytest.mark.clause("CA-CSS-03-11:fewer-hands", shows="keeps")
    def test_is_seen_checked_opened_and_posted(self, office: Office, desk: Desk) -> None:
        """With its receipts, which anybody may keep."""
        office.deliver("ARR0001.DAT", ONE)
        page = reverse("console:exchange-delivery", args=[row().id])
        assert "Arrived" in words(desk.olga.get(page))
        office.work()
        shown = desk.olga.get(page).content.decode()
        file = re.search(r"/console/exchange/files/[^/]+/", shown)
        receipt = re.search(r"/console/exchange/receipts/[^/]+/", shown)
        assert file is not None
        assert receipt is not None
        said = {"because": "the county asked about one record"}
        assert desk.olga.get(file.group()).status_code == 405
        assert desk.olga.post(file.group(), {"because": " "}).status_code != 200
        assert desk.olga.post(file.group(), said).getvalue() == ONE
        assert desk.sol.post(file.group(), said).status_code == 403
        assert said["because"] in words(desk.olga.get(page))
        assert hashlib.sha256(ONE).hexdigest() in desk.olga.get(receipt.group()).content.decode()
        act = reverse("console:exchange-delivery-act", args=[row().id])
        done = desk.olga.post(act, {"do": "take", "because": "posted in the case system"}, follow=True)
        assert "marked as posted" in words(done)
        assert row().state == "processed"

    def test_that_contradicts_another_is_let_go_by_two(self, office: Office, desk: Desk) -> None:
        """One asks, the other confirms."""
        office.deliver("ARR0001.DAT", ONE)
        with pytest.raises(Exception, match="name-used"):
            office.deliver("ARR0001.DAT", b"other\n")
        assert "Two deliveries contradict each other" in words(desk.olga.get(reverse("console:exchange")))
        act, said = reverse("console:exchange-delivery-act", args=[row().id]), {"do": "release", "because": "checked"}
        assert "Another person must confirm" in words(desk.olga.post(act, said, follow=True))
        assert "second person" in words(desk.olga.post(act, said, follow=True))
        assert "It goes on." in words(desk.oscar.post(act, said, follow=True))

    def test_without_proof_is_shown_and_alarms_after_fifteen_minutes(self, office: Office, desk: Desk) -> None:
        """With the remedy; somebody settles it."""
        office.put("ARR0001.DAT", ONE)
        assert "Waiting for proof" in words(desk.olga.get(reverse("console:exchange")))
        with as_state():
            assert watch(clock.now() + timedelta(minutes=14)) == 0
            assert watch(clock.now() + timedelta(minutes=16)) == 1
            alarm = Alarm.objects.get()
        assert "Ask the partner to sign in again and to rename it" in words(desk.olga.get(reverse("console:exchange")))
        settle = reverse("console:exchange-alarm", args=[alarm.id])
        assert "settled" in words(desk.olga.post(settle, {"because": "they send it again"}, follow=True))
        assert "they send it again" in words(desk.olga.get(reverse("console:exchange-settled")))


class TestADeparture:
    """A file for the county."""

    def test_waits_is_picked_up_and_confirmed(self, office: Office, desk: Desk) -> None:
        """The name is the agreed one; the partner's word ends it."""
        send = reverse("console:exchange-send", args=[office.agreement.id])
        wrong = desk.olga.post(send, {"file": SimpleUploadedFile("notes.txt", b"x")})
        assert (wrong.status_code, "agreement&#x27;s naming" in wrong.content.decode()) == (422, True)
        desk.olga.post(send, {"file": SimpleUploadedFile("ARR0009.DAT", ONE)})
        assert office.names("out") == ["ARR0009.DAT"]
        download = office.boxes.fetch(office.guest, f"{office.root}/out/ARR0009.DAT")
        assert download.read(3, 10) == ONE[3:13]
        download.close(sent_all=True)
        assert row().state == "sent"
        word = reverse("console:exchange-acknowledge", args=[row().id])
        assert "word is kept" in words(desk.olga.post(word, {"how": "they called"}, follow=True))
        assert row().state == "acknowledged"


class TestTheOtherPages:
    """Each opens, in both languages."""

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_open(self, office: Office, desk: Desk, language: str) -> None:
        """With a delivery on them."""
        office.deliver("ARR0001.DAT", ONE)
        pages = [
            *(reverse(f"console:exchange{end}") for end in ("", "-deliveries", "-calendar", "-settled", "-media")),
            reverse("console:exchange-partner", args=[office.agreement.partner_id]),
            reverse("console:exchange-agreement", args=[office.agreement.id]),
            reverse("console:exchange-terms", args=[office.agreement.id]),
            reverse("console:exchange-key-new", args=[office.agreement.partner_id]),
            reverse("console:exchange-shipment-new"),
            reverse("console:exchange-delivery", args=[row().id]),
        ]
        for address in pages:
            answer = desk.olga.get(address, headers={"accept-language": language})
            assert answer.status_code == 200, address
            title = "Archivos entre agencias" if language == "es" else "Files between agencies"
            assert title in words(answer), address

    @pytest.mark.clause("CA-CSS-03-11:written-policies", shows="keeps")
    def test_print_the_policy(self, office: Office, desk: Desk) -> None:
        """As PDF and as text, from the agreement in force."""
        pdf = desk.olga.get(reverse("console:exchange-policy", args=["pdf"]))
        assert pdf.content.startswith(b"%PDF-")
        text = desk.olga.get(reverse("console:exchange-policy", args=["txt"])).content.decode()
        assert "Wake County: Arrears every week" in text
        assert "Plain FTP is not used" in text


class TestAParcel:
    """A tape, from its announcement to its end."""

    def test_goes_through_every_hand(self, office: Office, desk: Desk) -> None:
        """Opened before a witness, handed over, read, landed, destroyed with a certificate."""
        written = {**AGREEMENT, "key": "tapes", "title": "Tapes", "channel": "media"}
        new = reverse("console:exchange-agreement-new", args=[office.agreement.partner_id])
        assert desk.olga.post(new, written).status_code == 302
        with as_state():
            tapes = Agreement.objects.get(key="tapes")
            ids = {one.name: str(one.id) for one in colleagues(NC, ALL_COUNTIES)}
        olga, oscar = (
            next(key for name, key in ids.items() if name.casefold().startswith(who)) for who in ("olga", "oscar")
        )
        desk.oscar.post(reverse("console:exchange-agreement-act", args=[tapes.id]), {"do": "activate"})
        said = {"agreement": str(tapes.id), "carrier": "Courier", "tracking": "T-1", "outer_seal": "S-1",
                "inner_seal": "S-2", "items": "1", "expected_on": day(2)}  # fmt: skip
        announce = reverse("console:exchange-shipment-new")
        assert str(office.agreement.id) not in desk.olga.get(announce).content.decode()
        for wrong in ({"agreement": str(office.agreement.id)}, {"expected_on": day(-9)}):
            assert desk.olga.post(announce, {**said, **wrong}).status_code != 302
        assert desk.olga.post(announce, said).status_code == 302
        with as_state():
            parcel = Shipment.objects.get()
        opening = {"seals_intact": "yes", "witness": oscar, "kind": "tape", "labels": "BC-0001",
                   "encrypted": "", "condition": "good", "discrepancy": ""}  # fmt: skip
        door = reverse("console:exchange-shipment", args=[parcel.id])
        for nobody in ("Olive Operator", olga, "", str(parcel.id)):
            assert desk.olga.post(door, {**opening, "witness": nobody}).status_code != 302
        assert desk.olga.post(door, opening).status_code == 302
        with as_state():
            tape = Medium.objects.get()
        page, act = (reverse(f"console:exchange-medium{end}", args=[tape.id]) for end in ("", "-act"))
        assert "Close it" not in words(desk.olga.get(page))
        taking = {"do": "take", "giver": tape.holder, "place": "Server room", "purpose": "reading"}
        assert "You hold the medium now." in words(desk.oscar.post(act, taking, follow=True))
        reading = {"do": "read", "device": "Drive 3", "tool": "dd 9.1", "write_blocked": "on", "read_errors": "0",
                   "image_sha256": hashlib.sha256(ONE).hexdigest(), "expected_sha256": "", "witness": olga,
                   "file": SimpleUploadedFile("ARR0001.DAT", ONE)}  # fmt: skip
        assert "its file landed" in words(desk.oscar.post(act, reading, follow=True))
        assert (row().channel, row().state) == ("media", "landed")
        closing = {"do": "close", "method": "shredded", "certificate": "C-77", "witness": olga}
        assert "closed" not in words(desk.oscar.post(act, {**closing, "witness": oscar}, follow=True))
        assert "closed" not in words(desk.oscar.post(act, {**closing, "witness": "Pat"}, follow=True))
        assert "The medium is closed." in words(desk.oscar.post(act, closing, follow=True))
        assert "already" in words(desk.oscar.post(act, closing, follow=True))
        assert "C-77" in words(desk.olga.get(page))


class TestAFileWithProtectedValues:
    """Prepared at one window, approved at another."""

    TELLS = 'recipient = "iv-d-office"\nbasis = "program-duty"\n[fields]\nssn = "ssn"\n'
    TABLE = (
        b"participant,_type,submitting_state,case_id,ncp_last_name,ncp_first_name,arrearage_amount,transaction_type,"
        b"case_type\nP-2,case,NC,C100,TORRES,BEN,500,A,N\nP-3,case,NC,C100,TORRES,KIM,600,A,A\n"
    )

    @pytest.fixture
    def agreement(self, desk: Desk) -> Agreement:
        """Numbers go out under it; Ben's number is on file."""
        partner = desk.partner()
        said = {**AGREEMENT, "layout": "fop-case-submission-245@1", "tells": self.TELLS}
        assert desk.olga.post(reverse("console:exchange-agreement-new", args=[partner.id]), said).status_code == 302
        with as_state():
            made = Agreement.objects.get()
            hold_value(participant_id(NC, "P-2"), HeldName.SSN, "219-09-9999", source=Source.CASE_SYSTEM)
        desk.oscar.post(reverse("console:exchange-agreement-act", args=[made.id]), {"do": "activate"})
        return made

    def prepared(self, desk: Desk, agreement: Agreement) -> PreparedFile:
        """Olga fills the form in."""
        page = reverse("console:exchange-prepare", args=[agreement.id])
        assert "Protected fields in it" in words(desk.olga.get(page))
        said = {"name": "ARR0001.DAT", "told": ["ssn"], "table": SimpleUploadedFile("people.csv", self.TABLE)}
        answer = desk.olga.post(page, said)
        assert answer.status_code == 302, words(answer)
        with as_state():
            return PreparedFile.objects.get()

    def test_is_prepared_approved_and_sent(self, desk: Desk, agreement: Agreement) -> None:
        """Olga cannot approve it; Oscar can; its values are on no page, before or after."""
        row = self.prepared(desk, agreement)
        page = reverse("console:exchange-prepared", args=[row.id])
        approve = reverse("console:exchange-prepared-approve", args=[row.id])
        act = reverse("console:exchange-prepared-act", args=[row.id])
        assert "You prepared it. Another person approves." in words(desk.olga.get(page))
        assert "second person" in words(desk.olga.post(approve, follow=True))
        assert "Ask someone else to approve it." in words(desk.olga.post(act, {"do": "send"}, follow=True))
        assert "Approved. It can be sent now." in words(desk.oscar.post(approve, follow=True))
        assert "ready for the partner" in words(desk.olga.post(act, {"do": "send"}, follow=True))
        shown = words(desk.olga.get(page))
        assert "For the others there was nothing to tell." in shown
        with as_state():
            sent = Transmission.objects.get()
        delivery = words(desk.olga.get(reverse("console:exchange-delivery", args=[sent.id])))
        assert "It was opened for the partner alone." in delivery
        assert not [one for one in (shown, delivery) if "219-09-9999" in one or "219099999" in one]
        assert "Social Security number" in words(
            desk.olga.get(reverse("console:exchange-agreement", args=[agreement.id]))
        )

    def test_is_taken_back_with_a_reason(self, desk: Desk, agreement: Agreement) -> None:
        """And stands on the overview until then."""
        row = self.prepared(desk, agreement)
        overview = reverse("console:exchange")
        assert "Files with protected values" in words(desk.olga.get(overview))
        act = reverse("console:exchange-prepared-act", args=[row.id])
        assert "It is taken back." in words(
            desk.olga.post(act, {"do": "withdraw", "because": "too early"}, follow=True)
        )
        assert "Files with protected values" not in words(desk.olga.get(overview))

    def test_says_in_the_form_what_cannot_be_prepared(self, desk: Desk, agreement: Agreement) -> None:
        """Nobody has this number."""
        page = reverse("console:exchange-prepare", args=[agreement.id])
        table = SimpleUploadedFile("people.csv", self.TABLE.replace(b"P-2", b"P-77"))
        answer = desk.olga.post(page, {"name": "ARR0001.DAT", "told": ["ssn"], "table": table})
        assert answer.status_code == 422
        assert "nobody you may see has this number" in words(answer)

    def test_keeps_its_terms_when_others_are_drafted(self, desk: Desk, agreement: Agreement) -> None:
        """The form shows them as TOML, and takes them back as they were."""
        page = reverse("console:exchange-terms", args=[agreement.id])
        tells = desk.olga.get(page).context["form"].initial["tells"]
        said = {**AGREEMENT, "layout": "fop-case-submission-245@1", "tells": tells}
        assert desk.olga.post(page, said).status_code == 302
        with as_state():
            first, second = agreement.versions.order_by("number")
        assert first.terms["tells"] == second.terms["tells"]
        wrong = desk.olga.post(page, {**said, "tells": "recipient ="})
        assert "This is no TOML" in words(wrong)
