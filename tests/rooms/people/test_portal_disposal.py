"""What people leave behind in the portal ends when the schedule says so."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from tests.rooms.town import as_state

from harborline.kernel import clock
from harborline.people.models import Case, Participant
from harborline.people.portal_models import PortalKey, PortalStart, PortalVisit, PortalWish
from harborline.people.services import (
    begin_visit,
    choose_passphrase,
    end_visit,
    make_start,
    settle_wish,
    wish,
)
from harborline.project.portal_disposal import PortalTraces
from harborline.retention.selectors import preview
from harborline.vault.facts import Grounds

GROUNDS = Grounds("nc-css/keep@1", "45 CFR 303.11(e)")
WORDS = "blue kettle on friday"


def leaves_traces() -> tuple[uuid.UUID, set[uuid.UUID]]:
    """Ben came and left, has his second passphrase, his second code and a second safe contact; what is over of it."""
    ben = Participant.objects.get(external_id="P-2")
    end_visit(begin_visit(ben.person_id, way="code"))
    for _ in range(2):
        choose_passphrase(ben.person_id, WORDS)
        make_start(ben.id, way="letter")
        settle_wish(wish(ben.id, "safe-contact", "My mother"), "confirmed")
    wish(ben.id, "phone", "919-555-0155")
    over = {
        PortalVisit.objects.get().id,
        PortalKey.objects.order_by("chosen_at", "id")[0].id,
        PortalStart.objects.order_by("made_at", "id")[0].id,
        PortalWish.objects.filter(field="safe-contact").order_by("settled_at", "id")[0].id,
    }
    begin_visit(ben.person_id, way="code")
    return ben.id, over


@pytest.mark.usefixtures("town")
class TestTheSeries:
    """`portal` of the schedules."""

    def test_offers_what_is_over_and_nothing_that_counts(self, town: Path) -> None:
        """The visit that stands, the passphrase, the open code, the safe contact and the waiting wish stay."""
        traces, later = PortalTraces(), clock.now() + timedelta(days=1)
        with as_state():
            ben, over = leaves_traces()
            found = traces.candidates(before=later, after=None, limit=9)
            assert {one.id for one in found} == over
            assert [one.id for one in found] == sorted(over)
            assert {one.concerns.participants for one in found} == {frozenset({ben})}
            assert {one.concerns.cases for one in found} == {frozenset({Case.objects.get(external_id="C-100").id})}
            assert traces.candidates(before=later, after=max(over), limit=9) == []
            assert [one.id for one in traces.candidates(before=later, after=None, limit=2)] == sorted(over)[:2]
            assert preview("portal").offered

    def test_goes_once(self, town: Path) -> None:
        """The rows are deleted; a second run finds nothing, and what counts is still there."""
        traces = PortalTraces()
        with as_state():
            over = leaves_traces()[1]
            assert traces.dispose(sorted(over), GROUNDS) == 4
            assert traces.look(sorted(over)) == []
            assert traces.dispose(sorted(over), GROUNDS) == 0
            assert traces.finish(GROUNDS) == 0
            left = [kind.objects.count() for kind in (PortalVisit, PortalKey, PortalStart, PortalWish)]
        assert left == [1, 1, 1, 2]
