"""What staff do for the portal: codes handed over, by whom, until when, and who looks at that."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from tests.rooms.sites.cast import SignedIn
from tests.rooms.sites.test_portal_entering import family_of
from tests.rooms.sites.visitors import let_in
from tests.rooms.town import NC, WAKE, as_state

from harborline.disclosure.models import Look
from harborline.kernel import Invalid, clock
from harborline.kernel.ids import new_id
from harborline.people.models import Participant
from harborline.people.portal_models import PortalStart
from harborline.people.services import make_start, settle_wish, start_paper, wish
from harborline.workforce.facts import StaffRole
from harborline.workforce.models import Worker
from harborline.workforce.places import Supervision
from harborline.workforce.services import assign


class TestTheConsole:
    """What staff do."""

    def test_hands_over_a_code_on_a_paper(self, signed_in: SignedIn) -> None:
        """Cora prints it: no name, no case, no program in words; the code on it works."""
        cora = signed_in("cora")
        with as_state():
            ben = Participant.objects.get(external_id="P-2").id
        assert b"none yet" in cora.get(f"/console/participants/{ben}/portal/").content
        answer = cora.post(f"/console/participants/{ben}/portal/code/", {"way": "in-person", "language": "en"})
        assert answer.headers["Content-Type"] == "application/pdf"
        words = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
        code = re.search(r"(?:[A-Z2-9]{4}-){4}[A-Z2-9]{4}", words)
        assert code is not None
        assert "Torres" not in words
        assert Client().post("/portal/nc-css/start/", {"start": code.group()}).status_code == 302

    def test_does_not_reach_another_countys_people(self, signed_in: SignedIn) -> None:
        """Dev makes no code for Ben."""
        with as_state():
            ben = Participant.objects.get(external_id="P-2").id
        dev = signed_in("dev")
        assert dev.get(f"/console/participants/{ben}/portal/").status_code == 404
        assert (
            dev.post(f"/console/participants/{ben}/portal/code/", {"way": "letter", "language": "en"}).status_code
            == 404
        )
        with as_state():
            assert PortalStart.objects.count() == 0

    def test_shows_a_link_once(self, signed_in: SignedIn) -> None:
        """It names neither person nor case."""
        with as_state():
            ben = Participant.objects.get(external_id="P-2").id
        answer = signed_in("cora").post(f"/console/participants/{ben}/portal/code/", {"way": "link", "language": "en"})
        link = re.search(r"/portal/nc-css/start/([A-Z0-9-]+)/", answer.content.decode())
        assert link is not None
        assert str(ben) not in link.group()

    def test_does_not_renew_by_letter(self, signed_in: SignedIn) -> None:
        """A new passphrase needs somebody who saw the person."""
        with as_state():
            ben = Participant.objects.get(external_id="P-2").id
        form = {"way": "letter", "language": "en", "renews": "on"}
        assert signed_in("cora").post(f"/console/participants/{ben}/portal/code/", form).status_code == 302
        with as_state():
            assert PortalStart.objects.count() == 0

    def test_makes_no_code_for_ones_own_family(self, signed_in: SignedIn) -> None:
        """Whoever holds the code comes in as that person: Cora does not make one for her brother."""
        with as_state():
            ben = Participant.objects.get(external_id="P-2").id
        cora = signed_in("cora")
        family_of(cora, "P-2")
        answer = cora.post(f"/console/participants/{ben}/portal/code/", {"way": "in-person", "language": "en"})
        assert answer.status_code == 403
        with as_state():
            assert PortalStart.objects.count() == 0

    def test_makes_no_code_for_somebody_who_is_no_part_of_the_workers_work(self, signed_in: SignedIn) -> None:
        """Ned works in the same county: a code would show him what the fields refuse; in an emergency he says so."""
        ned = signed_in("ned")
        with as_state():
            ben = Participant.objects.get(external_id="P-2").id
            assign(Worker.objects.get(email="ned@example.gov"), program=NC, role=StaffRole.CASE_MANAGER, county=WAKE)
        address, form = f"/console/participants/{ben}/portal/code/", {"way": "in-person", "language": "en"}
        said = ned.post(address, form, follow=True)
        assert b"This person is not part of your work now." in said.content
        with as_state():
            assert PortalStart.objects.count() == 0
        glass = {"glass-reason": "caller-waiting", "glass-reference": "at the front desk"}
        ned.post(reverse("console:glass", args=[ben]), glass)
        assert ned.post(address, form).headers["Content-Type"] == "application/pdf"

    def test_writes_down_who_made_a_code_and_tells_the_person(self, signed_in: SignedIn) -> None:
        """The look is on record; whoever comes in as Ben reads on the first page that a code was made."""
        with as_state():
            ben = Participant.objects.get(external_id="P-2").id
        signed_in("cora").post(f"/console/participants/{ben}/portal/code/", {"way": "in-person", "language": "en"})
        with as_state():
            assert Look.objects.get().page == "portal-code"
        assert b"a code to come in." in let_in("P-2").get("/portal/home/").content
        assert b"Codes we made for you" not in let_in("P-1").get("/portal/home/").content

    def test_shows_a_second_person_who_renewed_a_passphrase(self, signed_in: SignedIn) -> None:
        """Cora made the code; Eli looks at it, once. Not Cora, and not whoever made it."""
        with as_state():
            ben = Participant.objects.get(external_id="P-2").id
        cora, eli = signed_in("cora"), signed_in("eli")
        with as_state():
            one, above = (Worker.objects.get(email=f"{name}@example.gov") for name in ("cora", "eli"))
            Supervision.objects.create(id=new_id(), worker=one, supervisor=above, program=NC, from_at=clock.now())
        form = {"way": "in-person", "language": "en", "renews": "on"}
        cora.post(f"/console/participants/{ben}/portal/code/", form)
        with as_state():
            made = PortalStart.objects.get().id
        assert b"W-CORA" in eli.get("/console/portal/").content
        assert b"W-CORA" not in cora.get("/console/portal/").content
        assert cora.post(f"/console/portal/renewals/{made}/").status_code == 403
        eli.post(f"/console/portal/renewals/{made}/")
        with as_state():
            assert PortalStart.objects.get().reviewed_by.startswith("worker:")
        assert b"W-CORA" not in eli.get("/console/portal/").content
        eli.post(f"/console/participants/{ben}/portal/code/", form)
        with as_state():
            own = PortalStart.objects.get(reviewed_at__isnull=True).id
        eli.post(f"/console/portal/renewals/{own}/")
        with as_state():
            assert PortalStart.objects.get(id=own).reviewed_at is None

    def test_sends_a_code_to_the_safe_contact_only_where_there_is_one(self, town: Path) -> None:
        """One that was confirmed with the person."""
        with as_state():
            ben = Participant.objects.get(external_id="P-2").id
            with pytest.raises(Invalid):
                make_start(ben, way="safe-contact")
            asked = wish(ben, "safe-contact", "My mother, 919-555-0177")
            with pytest.raises(Invalid):
                make_start(ben, way="safe-contact")
            settle_wish(asked, "confirmed")
            assert make_start(ben, way="safe-contact").code

    def test_names_the_last_day_as_the_place_counts_days(self, town: Path) -> None:
        """A code made late in the evening of Raleigh works to the end of the day the paper names, there."""
        shifted, zone = clock.shifted(), ZoneInfo("America/New_York")
        evening = clock.now().astimezone(zone).replace(hour=22, minute=30)
        try:
            clock.shift(shifted + (evening - clock.now().astimezone(zone)) + timedelta(days=1))
            made_on = clock.now().astimezone(zone).date()
            with as_state():
                start = make_start(Participant.objects.get(external_id="P-2").id, way="in-person")
                until = PortalStart.objects.get().expires_at
            assert start.until == made_on + timedelta(days=2)
            assert until.astimezone(zone).replace(tzinfo=None) == datetime.combine(
                start.until + timedelta(days=1), time.min
            )
            words = PdfReader(BytesIO(start_paper(start, language="en"))).pages[0].extract_text()
            assert f"{start.until:%m/%d/%Y}" in words
        finally:
            clock.shift(shifted)
