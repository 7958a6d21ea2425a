"""What a page asks the database: a little, and no more when there is more of everything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.rooms.sites.cast import CAST, SignedIn, make_worker
from tests.rooms.town import NC, as_state

from harborline.workforce.facts import StaffRole
from harborline.workforce.models import Worker
from harborline.workforce.services import assign

BEFORE_ITS_OWN = 14
"""Session, worker, five about them, context, savepoints of the test, two notices of the frame."""


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements of both connections inside the block."""
    asked: list[str] = []
    with ExitStack() as stack:
        both = [stack.enter_context(CaptureQueriesContext(connections[alias])) for alias in ("default", "apart")]
        yield asked
    asked += [one["sql"] for each in both for one in each.captured_queries]


def questions_of(client: Client, view: str) -> int:
    """How many statements the page makes when it is looked at again."""
    client.get(reverse(view))
    with counted() as asked:
        assert client.get(reverse(view)).status_code == 200
    return len(asked)


class TestAPage:
    """Before it shows anything of its own."""

    def test_asks_little(self, signed_in: SignedIn) -> None:
        """The page that only offers a form."""
        assert questions_of(signed_in("cora"), "console:participants") <= BEFORE_ITS_OWN

    def test_asks_no_more_of_somebody_with_work_in_many_counties(self, signed_in: SignedIn) -> None:
        """Forty assignments are read at once, as one is."""
        cora = signed_in("cora")
        before = questions_of(cora, "console:participants")
        with as_state():
            for number in range(40):
                worker = Worker.objects.get(email="cora@example.gov")
                assign(worker, program=NC, role=StaffRole.CASE_MANAGER, county=f"{37001 + 2 * number:05d}")
        assert questions_of(cora, "console:participants") == before


class TestTheListOfWorkers:
    """Of those who look after accounts."""

    def test_asks_the_same_for_many(self, signed_in: SignedIn) -> None:
        """Four more workers cost no more questions."""
        sol = signed_in("sol")
        before = questions_of(sol, "console:workers"), questions_of(sol, "console:covers")
        for name in sorted(set(CAST) - {"sol", "clara"}):
            make_worker(name)
        assert (questions_of(sol, "console:workers"), questions_of(sol, "console:covers")) == before
