"""Papers end when the schedule says so: bytes, pictures and names go with their keys, what happened stays."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

from tests.rooms.documents.house import CASE_MANAGER, House, only, state_of
from tests.rooms.documents.papers import photo
from tests.rooms.town import as_state

from harborline.documents.disposal import Papers
from harborline.documents.facts import Label, State
from harborline.documents.models import Chunk, Copy, Event
from harborline.documents.selectors import papers_of
from harborline.documents.services import accept_document
from harborline.kernel import clock
from harborline.retention.selectors import preview
from harborline.vault.facts import Grounds

GROUNDS = Grounds("nc-css/keep@1", "45 CFR 303.11(e)")


class TestPapers:
    """The series `papers` of the schedule."""

    def test_are_offered_once_settled_and_go_with_their_keys(self, lasting_house: House, blobs: Path) -> None:
        """While they wait for staff never; accepted ones lose bytes, pictures and name, and keep their steps."""
        house = lasting_house
        paper = only(house.hands_in(photo(), names=["my order.jpg"]))
        papers, later = Papers(), clock.now() + timedelta(days=1)
        with as_state():
            assert papers.candidates(before=later, after=None, limit=9) == []
        with house.worker("cora"):
            accept_document(paper.id, label=Label.ORDER, roles=CASE_MANAGER)
        assert [path for path in blobs.rglob("*") if path.is_file()]
        with as_state():
            (found,) = papers.candidates(before=later, after=None, limit=9)
            assert found.concerns.participants == frozenset({house.people["P-1"]})
            assert papers.candidates(before=later, after=uuid.UUID(int=2**128 - 1), limit=9) == []
            assert preview("papers").offered
            assert papers.dispose([found.id], GROUNDS) == 1
            assert papers.look([found.id]) == []
            assert papers.dispose([found.id], GROUNDS) == 0
            assert papers.finish(GROUNDS) == 0
        with as_state():
            assert not Chunk.objects.exists()
            assert not Copy.objects.exists()
            assert Event.objects.filter(document_id=paper.id, state=State.ACCEPTED.value).exists()
        assert [path for path in blobs.rglob("*") if path.is_file()] == []
        assert state_of(paper.id).sha256 == paper.sha256
        with house.person("P-1"):
            (line,) = papers_of(house.people["P-1"])
        assert (line.name, line.state) == ("", State.ACCEPTED)
