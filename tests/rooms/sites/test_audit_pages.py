"""The auditor: for a time, reading only, drawing by lot, and leaving a trace."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from tests.rooms.sites.cast import ALL, SignedIn, make_worker, sign_in
from tests.rooms.town import NC, as_state

from harborline.kernel import clock
from harborline.ledger.models import Content
from harborline.ledger.services import record_batch
from harborline.people.selectors import participant_id
from harborline.sites.doors import doors
from harborline.sites.permissions import PERMISSIONS
from harborline.workforce.facts import StaffRole
from harborline.workforce.selectors import placings_of
from harborline.workforce.services import assign

DAY = timedelta(days=1)


@pytest.fixture
def ada(signed_in: SignedIn) -> Client:
    """Ada, auditor for a month, signed in."""
    worker = make_worker("ada")
    with as_state():
        assign(worker, program=NC, role=StaffRole.AUDITOR, county=ALL, until_at=clock.now() + 30 * DAY)
    client = Client()
    sign_in(client, worker)
    return client


def form(**changed: str) -> dict[str, str]:
    """Five accesses of yesterday and today."""
    today = clock.now().astimezone(ZoneInfo("America/New_York")).date()
    given = {"kind": "accesses", "first": (today - DAY).isoformat(), "last": today.isoformat(), "size": "5"}
    return given | {"seed": "3 5 1"} | changed


class TestAnAuditor:
    """Ada."""

    def test_draws_looks_and_takes_the_evidence_along(self, ada: Client, signed_in: SignedIn) -> None:
        """Dev's refused door is an access; her own look is in the log."""
        signed_in("dev").get(reverse("console:vendors"))
        page = ada.post(reverse("console:audit"), form()).headers["Location"]
        shown = ada.get(page).content.decode()
        assert "sites.door-refused" in shown
        assert "3 5 1" in shown
        file = json.loads(ada.get(f"{page}evidence.json").content)
        assert file["population"] == len(file["entries"])
        assert page in ada.get(reverse("console:audit")).content.decode()
        with as_state():
            assert Content.objects.filter(kind="oversight.sample-opened").count() == 2

    def test_is_shown_a_decision_about_many(self, ada: Client) -> None:
        """The entry of a whole run, whose number and root stand under `items`; hours are those of the program."""
        with as_state():
            record_batch("notice.planned", subject="run:1", items=[bytes(32)] * 3, content={"chunk": 1})
        page = ada.post(reverse("console:audit"), form(kind="decisions", size="100")).headers["Location"]
        shown = ada.get(page)
        assert shown.status_code == 200
        assert "notice.planned" in shown.content.decode()
        assert "&#x27;count&#x27;: 3" in shown.content.decode()
        taken = ada.get(f"{page}evidence.json")
        assert taken.headers["Content-Disposition"] == 'attachment; filename="evidence.json"'
        assert "UTC" not in ada.get(reverse("console:audit")).content.decode().partition("<main")[2]

    def test_only_reads(self) -> None:
        """Of every form in the console the role opens none but the draw."""
        carried = PERMISSIONS[StaffRole.AUDITOR]
        writes = {one.view for one in doors().values() if one.method == "POST" and one.permission in carried}
        shared = set.intersection(*(set(each) for each in PERMISSIONS.values()))
        own = {one.view for one in doors().values() if one.method == "POST" and one.permission in shared}
        assert writes - own == {"console:audit"}

    def test_reads_of_people_what_the_lot_drew(self, ada: Client, signed_in: SignedIn) -> None:
        """No list of anybody's texts, no text, no account of what was told outside: samples alone show people."""
        with as_state():
            who = participant_id(NC, "P-1")
        run, text = uuid.uuid4(), uuid.uuid4()
        for view, one in (
            ("console:notice-people", run), ("console:notice-missed", run), ("console:notice-bad-rows", run),
            ("console:notice-texts", run), ("console:message", text), ("console:proof", text),
            ("console:participant", who), ("console:fields", who), ("console:releases", who),
            ("console:accounting", who),
        ):  # fmt: skip
            assert ada.get(reverse(view, args=[one])).status_code == 403, view
        for view in ("console:notices", "console:dashboard", "console:unclear"):
            assert ada.get(reverse(view)).status_code == 403, view
        assert ada.get(reverse("console:home")).status_code == 200

    @pytest.mark.parametrize(
        "wrong",
        [{"seed": ""}, {"size": "0"}, {"size": "101"}, {"kind": "everything"}, {"first": "2999-01-01"}, {"last": "x"},
         {"last": "2999-01-01"}, {"last": "9999-12-31"}, {"first": ""}],
    )  # fmt: skip
    def test_draws_nothing_from_a_wrong_form(self, ada: Client, wrong: dict[str, str]) -> None:
        """The page says what is wrong."""
        assert ada.post(reverse("console:audit"), form(**wrong)).status_code == 200
        assert "Nothing yet." in ada.get(reverse("console:audit")).content.decode()

    @pytest.mark.parametrize("name", ["cora", "eli", "sol", "olga"])
    def test_is_nobody_else(self, signed_in: SignedIn, name: str) -> None:
        """Those who are audited draw no samples."""
        client = signed_in(name)
        assert client.get(reverse("console:audit")).status_code == 403
        assert client.post(reverse("console:audit"), form()).status_code == 403

    def test_looks_for_a_time_that_was_said(self, signed_in: SignedIn) -> None:
        """An auditor without a last day, or for a year, is not even proposed."""
        sol, worker = signed_in("sol"), make_worker("ida")
        with as_state():
            assign(worker, program=NC, role=StaffRole.CASE_MANAGER, county="37063", until_at=clock.now() + DAY)
        for last in ("", (clock.now() + 366 * DAY).date().isoformat(), "9999-12-31"):
            answer = sol.post(
                reverse("console:worker-assign", args=[worker.id]),
                {"role": "auditor", "county": "*", "last_day": last},
            )
            assert answer.status_code == 302
        assert {one.role for one in placings_of(worker.id, NC)} == {"case-manager"}
        assert "Proposed" not in sol.get(reverse("console:worker", args=[worker.id])).content.decode()
