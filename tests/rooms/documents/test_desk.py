"""What waits for staff, in a busy county and for two at once."""

from __future__ import annotations

import io
import threading
import uuid

import pytest
from tests.rooms.documents import papers
from tests.rooms.documents.house import House, only, state_of
from tests.rooms.town import WAKE, as_state

from harborline.documents.facts import Order, State, Way
from harborline.documents.models import Document
from harborline.documents.ports import Intake
from harborline.documents.selectors import desk
from harborline.documents.services import say_whose
from harborline.kernel import Fault, NotFound, ports

ROLES = ("case-manager",)


def of_the_office(house: House, count: int) -> list[uuid.UUID]:
    """Papers of nobody known that have waited longer than any other."""
    made = []
    for _ in range(count):
        row = only(house.hands_in(papers.photo(), check=False))
        with as_state():
            Document.objects.filter(id=row.id).update(state=State.WITH_WORKER, handed_to="", next_at=None)
        made.append(row.id)
    return made


class TestABusyCounty:
    """More papers wait than one page shows."""

    def test_never_hides_a_workers_own(self, house: House) -> None:
        """The newest paper of her own is there, the others go on on the next page."""
        others = of_the_office(house, 3)
        row = only(house.hands_in(papers.photo()))
        with house.worker("cora"):
            first = desk(roles=ROLES, most=2)
            assert [one.id for one in first.mine] == [row.id]
            assert [one.id for one in first.office] == others[:2]
            following = desk(roles=ROLES, most=2, after=first.next)
        assert ([one.id for one in following.office], following.mine, following.next) == (others[2:], [], 0)


class TestTwoWorkersAtOnce:
    """Each finds out whose papers these are."""

    def test_give_them_to_one_person_only(self, lasting_house: House) -> None:
        """The second is told that they belong to somebody."""
        house = lasting_house
        with house.worker("cora"):
            files = [(f"{at}.jpg", len(papers.photo()), io.BytesIO(papers.photo())) for at in range(2)]
            receipt = ports.serving(Intake).take(Order(WAKE, Way.MAIL), files)
        house.checks(receipt)
        said: list[str] = []
        start = threading.Barrier(2)

        def find(number: str, document: uuid.UUID) -> None:
            from django.db import connections  # noqa: PLC0415 - of this thread

            try:
                start.wait(20)
                with house.worker("cora"):
                    say_whose(document, participant_id=house.people[number], roles=ROLES)
                said.append(number)
            except NotFound:
                said.append("")
            except Fault as wrong:
                said.append(repr(wrong))
            finally:
                connections.close_all()

        threads = [
            threading.Thread(target=find, args=given)
            for given in zip(("P-1", "P-2"), (one.id for one in receipt.papers), strict=True)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        winner, loser = sorted(said, reverse=True)
        assert (winner in {"P-1", "P-2"}, loser) == (True, "")
        for one in receipt.papers:
            assert state_of(one.id).submission.participant_id == house.people[winner]


@pytest.mark.clause("NC-CSS-22-18:portal-upload", shows="keeps")
class TestClosingWhileTheLastPieceComes:
    """Two requests of one telephone at the same moment."""

    def test_drops_nothing_that_was_acknowledged(self, lasting_house: House) -> None:
        """Either the piece came too late and was not taken, or the file is on the receipt."""
        house, content = lasting_house, papers.photo()
        intake, whose = ports.serving(Intake), house.people["P-1"]
        for _ in range(4):
            with house.person("P-1"):
                held = intake.begin(Order(WAKE, Way.PORTAL, whose), name="a.jpg", size=len(content))
            taken, start = [False], threading.Barrier(2)

            def send(
                document: uuid.UUID = held.document_id, taken: list[bool] = taken, start: threading.Barrier = start
            ) -> None:
                from django.db import connections  # noqa: PLC0415 - of this thread

                start.wait(20)
                try:
                    with house.person("P-1"):
                        intake.append(document, 0, content, participant_id=whose)
                        taken[0] = intake.finish(document, participant_id=whose).taken
                except NotFound:
                    pass
                finally:
                    connections.close_all()

            thread = threading.Thread(target=send)
            thread.start()
            start.wait(20)
            with house.person("P-1"):
                receipt = intake.close(held.submission_id, participant_id=whose)
            thread.join()
            state = state_of(held.document_id).state
            assert (state == State.RECEIVED, len(receipt.papers) == 1) == (taken[0], taken[0])
