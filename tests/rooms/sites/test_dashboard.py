"""Texting in numbers: what each worker may see, and nothing that tells of one person's safety."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.messaging.scene import (
    ALLOWED,
    BOTH_PARTIES,
    NO_CONSENT,
    STOPPED,
    UNSAFE,
    Line,
    as_cora,
    as_state,
    set_up,
)

from harborline.kernel import Decision, Invalid, clock
from harborline.messaging.selectors.dashboard import overview
from harborline.messaging.steps import TEXTS_OFF


@pytest.mark.usefixtures("db")
class TestTheOverview:
    """Counts people and texts of the last days."""

    def test_counts_what_was_decided(self) -> None:
        """Allowed, held, refused; the sum is everybody."""
        scene = set_up()
        with as_state():
            scene.plan([Line(ALLOWED), Line(NO_CONSENT), Line(BOTH_PARTIES), Line(STOPPED), Line(UNSAFE)])
            found = overview(days=30)
        assert (found.runs, found.total.held, found.total.refused) == (1, 1, 3)

    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    @pytest.mark.parametrize("off", [UNSAFE, STOPPED])
    def test_never_tells_safety_from_a_request_to_stop(self, off: Decision) -> None:
        """Both stand in one line with one reason, whoever looks and however few there are."""
        scene = set_up()
        with as_state():
            scene.plan([Line(ALLOWED), Line(off)])
            (shown,) = overview(days=30).reasons
        assert (shown.reason, shown.count) == (TEXTS_OFF, 1)
        assert shown.clauses == ("NC-CSS-22-18:opt-in", "OFFSET-8.1:harm", "OFFSET-8.1:protective-order")

    def test_is_empty_before_anything_was_sent(self) -> None:
        """Every day stands there with nothing in it."""
        with as_cora():
            found = overview(days=7)
        assert (found.runs, len(found.by_day), found.by_county) == (0, 7, [])
        assert found.last - found.first == timedelta(days=6)

    @pytest.mark.parametrize("days", [0, -1, 367])
    def test_refuses_spans_that_make_no_sense(self, days: int) -> None:
        """Named, with the limits."""
        with as_state(), pytest.raises(Invalid, match="between 1 and 366"):
            overview(days=days)


class TestThePage:
    """Is there for those who read notices."""

    def test_shows_pictures_with_tables(self, signed_in: Callable[..., Any], carrier: None, town: Path) -> None:
        """Three charts, each with the same figures in a table."""
        page = signed_in("olga").get("/console/numbers/?days=7")
        assert page.status_code == 200
        assert page.content.count(b"<svg viewBox") == 3
        assert page.content.count(b"<figcaption") == 3
        assert str(clock.now().year).encode() in page.content

    @pytest.mark.parametrize("query", ["days=99999", "days=x", "county=00000", "county='--", "days=&county="])
    def test_answers_odd_questions_with_the_usual(
        self, signed_in: Callable[..., Any], carrier: None, query: str
    ) -> None:
        """Nothing breaks, nothing leaks."""
        assert signed_in("olga").get(f"/console/numbers/?{query}").status_code == 200
