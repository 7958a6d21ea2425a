"""Letters and the call list on the console: one asks with a reason, another approves, and each person can tell."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client
from django.urls import reverse
from tests.rooms.sites.cast import SignedIn
from tests.rooms.sites.test_console import caseload, id_of, page, row
from tests.rooms.town import BEN, NC, as_state

from harborline.disclosure.models import BulkOrder, Look, Manifest
from harborline.disclosure.selectors import who_looked
from harborline.messaging.selectors import runs
from harborline.messaging.services import plan_run


@pytest.fixture
def missed(signed_in: SignedIn, carrier: None) -> uuid.UUID:
    """A notice that did not reach Ben, who never said yes; answers the run."""
    started = {
        "template": "appointment-reminder",
        "caseload": caseload(row("P-2", "C-100", "noncustodial-parent", BEN)),
    }
    signed_in("olga").post(reverse("console:start"), started)
    with as_state():
        run = runs()[0]
    plan_run(run.id, program=NC)
    return run.id


def ask(client: Client, run_id: uuid.UUID, group: str = "letters") -> str:
    """Ask for a file; what the page says then."""
    form = {"group": group, "purpose": "outreach", "reason": "the office is closed on Monday"}
    client.post(reverse("console:notice-ask-files", args=[run_id]), form)
    return page(client, "console:notice-missed", run_id)


def approve(client: Client, run_id: uuid.UUID) -> None:
    """Say yes to what waits."""
    with as_state():
        order = BulkOrder.objects.get(approved_at__isnull=True)
    client.post(reverse("console:notice-approve-files", args=[run_id, order.id]))


@pytest.mark.parametrize(("group", "view"), [("letters", "console:notice-letters"), ("calls", "console:notice-calls")])
class TestAFileOfManyPeople:
    """Who was not reached, as letters and as a call list."""

    def test_is_not_one_click_away(self, missed: uuid.UUID, signed_in: SignedIn, group: str, view: str) -> None:
        """Nobody has it before a second person approved, and nothing is opened."""
        client, address = signed_in("olga"), reverse(view, args=[missed])
        assert client.get(address).status_code == 403
        assert "Asked. Another person must approve it" in ask(client, missed, group)
        approve(client, missed)
        assert client.get(address).status_code == 403
        with as_state():
            assert not Manifest.objects.exists()
            assert not Look.objects.exists()

    def test_is_made_by_who_asked_once_another_approved(
        self, missed: uuid.UUID, signed_in: SignedIn, group: str, view: str
    ) -> None:
        """Eli reads what it is for and says yes; Olga has her file, Eli has none."""
        client, other, address = signed_in("olga"), signed_in("eli"), reverse(view, args=[missed])
        ask(client, missed, group)
        said = page(other, "console:notice-missed", missed)
        assert "About 1 person. the office is closed on Monday" in said
        approve(other, missed)
        assert client.get(address).status_code == 200
        assert other.get(address).status_code == 403
        with as_state():
            assert Manifest.objects.get().told == 1

    def test_counts_for_the_person(self, missed: uuid.UUID, signed_in: SignedIn, group: str, view: str) -> None:
        """Ben's own list of who looked says that the state did."""
        client = signed_in("olga")
        ask(client, missed, group)
        approve(signed_in("eli"), missed)
        client.get(reverse(view, args=[missed]))
        ben = id_of(NC, "P-2")
        with as_state():
            assert who_looked(ben) == [("state-operator", 1)]


class TestAskingForIt:
    """The form."""

    def test_takes_no_kind_it_does_not_know(self, missed: uuid.UUID, signed_in: SignedIn) -> None:
        """A made-up form asks for nothing."""
        ask(signed_in("olga"), missed, "everything")
        with as_state():
            assert not BulkOrder.objects.exists()

    def test_stands_in_the_written_policy(self, missed: uuid.UUID, signed_in: SignedIn) -> None:
        """As everything that opens does."""
        said = page(signed_in("olga"), "console:policy")
        assert "Names and addresses for letters, many people at once" in said
        assert "Write to or call who got no text" in said
