"""What is sent twice counts once, a relative has no door to the record, and who is meant is told."""

from __future__ import annotations

import re
import uuid

import pytest
from django.urls import reverse
from tests.rooms.sites.cast import SignedIn, make_worker
from tests.rooms.sites.test_disclosing_pages import page, words
from tests.rooms.town import DURHAM, NC, as_state

from harborline.disclosure.models import RegistryTask
from harborline.people.models import Participant, Protection
from harborline.workforce.facts import StaffRole
from harborline.workforce.selectors import placings_of, resets_of, worker_by_email
from harborline.workforce.services import assign

NIA = {
    "name": "Nia New", "email": "nia@example.gov", "number": "W-NIA", "kind": "regular",
    "role": "case-manager", "county": "37183",
}  # fmt: skip


@pytest.fixture
def ana(town: object) -> uuid.UUID:
    """Ana's row in Wake."""
    with as_state():
        return Participant.objects.get(external_id="P-1").id


class TestASecondClick:
    """The page of a form is named by its token; the same form again does nothing."""

    def test_makes_one_account_of_a_double_click(self, signed_in: SignedIn) -> None:
        """The second answer is the first: the browser threw that away."""
        sol, form = signed_in("sol"), NIA | {"csrfmiddlewaretoken": "page-1"}
        pages = [sol.post(reverse("console:worker-new"), form).content.decode() for _click in range(2)]
        halves = [re.findall(r"[0-9a-f]{6}-[0-9a-f]{6}-(?=<)", page) for page in pages]
        assert halves[0] == halves[1] != []
        nia = worker_by_email("nia@example.gov")
        assert len(placings_of(nia.id, NC)) == len(resets_of(nia.id)) == 1

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    def test_gives_work_once(self, signed_in: SignedIn) -> None:
        """A double click, and the same form of another page: ended once it is gone."""
        sol, worker = signed_in("sol"), make_worker("gil")
        with as_state():
            assign(worker, program=NC, role=StaffRole.CASE_MANAGER, county=DURHAM)
        assign_page, work = (
            reverse("console:worker-assign", args=[worker.id]),
            {"role": "case-manager", "county": "37183"},
        )
        before = len(placings_of(worker.id, NC))
        said = [
            sol.post(assign_page, {**work, "csrfmiddlewaretoken": token}, follow=True).content.decode()
            for token in ("page-1", "page-1", "page-2")
        ]
        assert "The work is given." in said[0]
        assert "This was sent before. It counts once." in said[1]
        assert "They have this work already" in said[2]
        assert len(placings_of(worker.id, NC)) == before + 1

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="allows")
    def test_stands_once_after_a_double_click(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """The same form twice, and the same words from another page: one protection, one task; ended once, it ends."""
        cora, eli = signed_in("cora"), signed_in("eli")
        form = {"protection-kind": "fvi", "protection-reason": "court-order", "protection-source": "call"}
        said = [
            words(cora.post(page(ana, "protect"), {**form, "csrfmiddlewaretoken": token}, follow=True))
            for token in ("page-1", "page-1", "page-2")
        ]
        assert "Recorded. It holds from now on" in said[0]
        assert "This was sent before. It counts once." in said[1]
        with as_state():
            (made,) = Protection.objects.filter(recorded_by__startswith="worker:")
            assert RegistryTask.objects.filter(person_id=made.person_id).count() == 1
        eli.post(reverse("console:protection-end", args=[ana, made.id]), {"because": "gone"})
        with as_state():
            assert not Protection.objects.filter(person_id=made.person_id, ended_at=None).exists()


class TestARelative:
    """Of whoever the record is about."""

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_leaves_a_relative_no_door_to_the_record(self, signed_in: SignedIn, ana: uuid.UUID) -> None:
        """Eli, her supervisor's family: no accounting, no list of who sees, and no word that shuts Cora out."""
        eli = signed_in("eli")
        doors = ("releases", "accounting", "accounting-pdf", "who-sees")
        assert {eli.get(page(ana, door)).status_code for door in doors} == {200}
        eli.post(page(ana, "kin"), {"kin-kin": "family"})
        for door in doors:
            assert eli.get(page(ana, door)).status_code == 403
        assert eli.post(page(ana, "releases"), {}).status_code == 403
        cora = signed_in("cora")
        for act in ("what-kin", "not-kin"):
            said = eli.post(page(ana, act), {"worker": "W-CORA", "kin": "family"}, follow=True)
            assert "Nobody opens their own record" in words(said)
        assert cora.get(page(ana, "fields")).status_code == 200


class TestWhoIsMeant:
    """Reads it on their own page."""

    def test_tells_the_worker_who_touched_their_sign_in(self, signed_in: SignedIn) -> None:
        """On Cora's own page: who asked, and that it waits."""
        sol, cora = signed_in("sol"), signed_in("cora")
        one = worker_by_email("cora@example.gov")
        sol.post(reverse("console:worker-factor", args=[one.id]))
        page = " ".join(cora.get(reverse("console:account")).content.decode().split())
        assert "Second factor to be removed. Asked by Sol" in page
        assert "Waits for a second person" in page
