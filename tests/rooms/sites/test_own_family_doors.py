"""Never one's own record or that of one's family: every door of the console that is about one person."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.apps import apps
from django.urls import reverse
from tests.rooms.sites.cast import SignedIn
from tests.rooms.sites.hostility import Stranger, address, converters, standing_ids
from tests.rooms.sites.test_hostile_forms import CONSOLE, opens
from tests.rooms.town import NC, as_state

from harborline.disclosure.facts import Kin
from harborline.disclosure.services import declare_kin
from harborline.people.models import Participant
from harborline.sites.nearness import OPEN, WHOSE
from harborline.walls import ALL_COUNTIES, Actor, acting
from harborline.workforce.models import Worker

ABOUT_A_PERSON = [door for door in CONSOLE if not WHOSE.keys().isdisjoint(converters()[door.view])]
OF_NOBODY = {
    "alert_id", "approval_id", "assignment_id", "agreement_id", "alarm_id", "clause", "cover_id", "credential_id",
    "delivery_id", "document", "engagement_id", "export_id", "file_id", "form", "hold_id", "import_id", "incident_id",
    "medium_id", "number", "order_id", "page", "paper_id", "partner_id", "penalty_id", "possible_id", "prepared_id",
    "proposal_id", "protection_id", "public_id", "receipt_id", "reset_id", "run_id", "sample_id", "series",
    "shipment_id", "step", "step_id", "task_id", "team_id", "transmission_id", "version_id", "worker_id",
}  # fmt: skip
"""Parts of addresses that name no one person's record, or stand beside one that does; each was looked at."""


class TestEveryDoorAboutAPerson:
    """Of the doors table, with the record of somebody whom the worker declared as family."""

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    @pytest.mark.parametrize("name", ["cora", "eli", "sol", "olga"])
    def test_stays_shut(self, signed_in: SignedIn, carrier: None, name: str) -> None:
        """Whatever the door is for: a page, a text, a thread, a paper, a proof, a way into the portal."""
        stranger = Stranger(signed_in(name))
        with as_state():
            ids = standing_ids()
            ids["participant_id"] = Participant.objects.get(external_id="P-1").pk
        _declared(name, ids["participant_id"])
        mine = [door for door in ABOUT_A_PERSON if "participant_id" in converters()[door.view] and opens(name, door)]
        assert mine
        answers = {
            f"{door.method} {door.view}": stranger.send(door.method, address(door, ids)).status_code
            for door in mine
            if door.view not in OPEN
        }
        assert {view: code for view, code in answers.items() if code != 403} == {}

    def test_is_known_by_its_address(self) -> None:
        """A new part of an address is a person's, and stands in the table, or it was looked at and is not."""
        parts = {part for door in CONSOLE for part in converters()[door.view]}
        assert parts <= WHOSE.keys() | OF_NOBODY

    def test_leads_to_whose_it_is(self) -> None:
        """Each row of the table is one that the product has."""
        for model, path in WHOSE.values():
            assert str(apps.get_model(model).objects.filter(**{f"{path}__isnull": False}).query)

    def test_lets_say_what_one_is(self, signed_in: SignedIn, carrier: None) -> None:
        """The doors that stay open are for saying so and for answering what was asked before."""
        del carrier
        cora = signed_in("cora")
        with as_state():
            ana = Participant.objects.get(external_id="P-1").pk
        answer = cora.post(reverse("console:kin", args=[ana]), {"kin-kin": "family"})
        assert answer.status_code == 302
        assert cora.get(reverse("console:participant", args=[ana])).status_code == 403

    def test_asks_for_no_export_of_them(self, signed_in: SignedIn, carrier: None) -> None:
        """Eli's sister's texts leave by somebody else."""
        del carrier
        eli = signed_in("eli")
        with as_state():
            _declared("eli", Participant.objects.get(external_id="P-1").pk)
        asked = {"person": "P-1", "basis": "program-administration", "reason": "a question"}
        assert eli.post(reverse("console:export-ask"), asked).status_code == 422
        assert eli.post(reverse("console:export-ask"), {**asked, "person": "P-2"}).status_code == 302


def _declared(name: str, participant_id: UUID) -> None:
    worker = Worker.objects.get(email=f"{name}@example.gov")
    with acting(Actor("worker", str(worker.id), worker.name), program=NC, counties=ALL_COUNTIES, purpose="fields"):
        declare_kin(participant_id, Kin.FAMILY)
