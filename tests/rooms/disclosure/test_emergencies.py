"""An emergency that two people review at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import UUID

from django.db import connections
from tests.rooms.disclosure.desk import OFFICER, as_worker, who
from tests.rooms.town import as_state

from harborline.disclosure.facts import GlassReason, ReviewOutcome
from harborline.disclosure.models import GlassReview
from harborline.disclosure.services import break_glass, review_glass
from harborline.kernel import NotFound


def reviews(name: str, glass: UUID, outcome: ReviewOutcome) -> str:
    """Somebody reviews on a connection of their own."""
    try:
        with as_worker(name, "safeguards"):
            review_glass(glass, outcome, roles=OFFICER)
    except NotFound:
        return "nothing waits"
    finally:
        connections.close_all()
    return outcome.value


class TestTwoReviews:
    """At the same moment."""

    def test_are_the_first_one(self, lasting_town: Path) -> None:
        """The second waits and is told that nothing waits any more; nobody meets a fault."""
        for time in range(3):
            with as_worker("ned"):
                glass = break_glass(who("P-1"), reason=GlassReason.DANGER, reference=f"call {time}")
            with ThreadPoolExecutor(2) as pool:
                outcomes = (("sol", ReviewOutcome.JUSTIFIED), ("eli", ReviewOutcome.MISUSE))
                asked = [pool.submit(reviews, name, glass, outcome) for name, outcome in outcomes]
                said = [each.result() for each in asked]
            with as_state():
                found = GlassReview.objects.get(glass_id=glass).outcome
            assert sorted(said) == sorted([found, "nothing waits"])
