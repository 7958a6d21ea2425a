"""The people of a run, one line each."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.rooms.messaging.scene import (
    ALLOWED,
    BOTH_PARTIES,
    DURHAM,
    MONDAY,
    NO_CONSENT,
    STOPPED,
    TOLD_BEFORE,
    UNSAFE,
    WITH_ANOTHER,
    Line,
    Scene,
    add_person,
    as_cora,
    as_dev,
    as_state,
    open_scene,
)

from harborline.kernel import Invalid, NotFound
from harborline.messaging.facts import DispatchState
from harborline.messaging.selectors import Filters, messages, not_reached
from harborline.walls import ALL_COUNTIES, Actor, acting


class TestTheLinesOfARun:
    """The table behind the counts."""

    def test_stand_in_the_order_of_the_file(self, scene: Scene) -> None:
        """With the decision, or where the text is."""
        with as_state():
            (message_id, *_) = scene.plan([Line(ALLOWED), Line(BOTH_PARTIES), Line(NO_CONSENT), Line(TOLD_BEFORE)])
            page = messages(scene.run.id)
        assert [row.state for row in page.rows] == ["queued", "held", "refused", "already"]
        assert [row.row_no for row in page.rows] == [2, 3, 4, 5]
        assert page.rows[0].message_id == message_id
        assert page.rows[2].clauses == ("NC-CSS-22-18:opt-in",)

    def test_show_the_text_that_speaks_for_a_sibling(self, scene: Scene) -> None:
        """Two children, one text: both lines lead to it."""
        with as_state():
            (message_id,) = scene.plan([Line(ALLOWED)])
            scene.plan([Line(WITH_ANOTHER, with_row_no=2)])
            scene.move(message_id, DispatchState.DELIVERED)
            rows = messages(scene.run.id).rows
        assert [(row.message_id, row.state) for row in rows] == [(message_id, "delivered")] * 2

    @pytest.mark.parametrize(
        ("filters", "rows"),
        [
            (Filters(state="queued"), [2]),
            (Filters(state="refused"), [4]),
            (Filters(outcome="hold"), [3]),
            (Filters(reason="no-consent"), [4]),
            (Filters(county=DURHAM), []),
            (Filters(reason="no-such-reason"), []),
        ],
    )
    def test_can_be_narrowed(self, scene: Scene, filters: Filters, rows: list[int]) -> None:
        """By state, outcome, reason, county."""
        with as_state():
            scene.plan([Line(ALLOWED), Line(BOTH_PARTIES), Line(NO_CONSENT)])
            assert [row.row_no for row in messages(scene.run.id, filters).rows] == rows

    def test_refuse_a_state_nobody_knows(self, scene: Scene) -> None:
        """A typing error is named."""
        with as_state(), pytest.raises(Invalid):
            messages(scene.run.id, Filters(state="gone"))

    def test_come_in_pages(self, scene: Scene) -> None:
        """The last page is short."""
        with as_state():
            scene.plan([Line(NO_CONSENT) for _ in range(5)])
            page = messages(scene.run.id, page=3, per_page=2)
        assert ([row.row_no for row in page.rows], page.total, page.pages) == ([6], 5, 3)

    def test_of_wake_are_hidden_from_durham(self, scene: Scene) -> None:
        """Dev sees his county's line alone."""
        with as_state():
            scene.plan([Line(NO_CONSENT), Line(NO_CONSENT, county=DURHAM)])
        with as_dev():
            assert [row.row_no for row in messages(scene.run.id).rows] == [3]

    def test_of_another_program_do_not_exist(self, scene: Scene) -> None:
        """WIC staff cannot ask about a child support run."""
        wic = acting(Actor("worker", "w"), program="mn-wic", counties=ALL_COUNTIES, purpose="notice-run")
        with wic, pytest.raises(NotFound):
            messages(scene.run.id)


class TestAPersonWhoseTextsAreOff:
    """For safety or by their own word: staff cannot tell which."""

    def test_looks_the_same_in_both_cases(self, scene: Scene) -> None:
        """Same reason, same clauses, same outcome, found by the same filter."""
        with as_state():
            scene.plan([Line(UNSAFE), Line(STOPPED)])
        with as_cora():
            safety, stopped = messages(scene.run.id, Filters(reason="texts-off")).rows
        assert (safety.reason, safety.clauses, safety.outcome, safety.state) == (
            stopped.reason,
            stopped.clauses,
            stopped.outcome,
            stopped.state,
        )
        assert safety.reason == "texts-off"

    def test_is_not_found_by_naming_the_block(self, scene: Scene) -> None:
        """Asking for the safety block lists those who said STOP too."""
        with as_state():
            scene.plan([Line(UNSAFE), Line(STOPPED)])
            assert messages(scene.run.id, Filters(reason="no-texts-by-safety-choice")).total == 2

    def test_looks_the_same_when_the_block_came_after_planning(self, scene: Scene) -> None:
        """Withheld at the last moment, for whichever reason."""
        with as_state():
            first, second = scene.plan([Line(ALLOWED), Line(ALLOWED)])
            scene.move(first, DispatchState.WITHHELD, "no-texts-by-safety-choice")
            scene.move(second, DispatchState.WITHHELD, "asked-to-stop")
            rows = messages(scene.run.id).rows
            missed = not_reached(scene.run.id)
        assert rows[0].reason == rows[1].reason == "texts-off"
        assert rows[0].clauses == rows[1].clauses
        assert {one.reason for one in missed} == {"texts-off"}


class TestTheListOfPeopleNotReached:
    """How every run ends."""

    def test_names_everybody_held_refused_or_failed_once(self, scene: Scene) -> None:
        """And nobody whose text arrived or is on its way."""
        with as_state():
            delivered, failed, unknown, waiting = scene.plan([Line(ALLOWED, reference=f"P-{n}") for n in range(4)])
            scene.plan([Line(NO_CONSENT, reference="P-5"), Line(BOTH_PARTIES, reference="P-6")])
            scene.move(delivered, DispatchState.DELIVERED)
            scene.move(failed, DispatchState.FAILED, "network-failed")
            scene.move(unknown, DispatchState.UNKNOWN, "carrier-unknown")
            found = {one.external_id: (one.reason, one.next_step) for one in not_reached(scene.run.id)}
        assert waiting is not None
        assert found == {
            "P-1": ("network-failed", "call"),
            "P-2": ("carrier-unknown", "call-unsure"),
            "P-5": ("no-consent", "ask-permission"),
            "P-6": ("number-used-by-both-parties", "check-number"),
        }

    def test_has_one_row_for_a_person_with_two_appointments(self, scene: Scene) -> None:
        """Both appointments stand in it, the earlier first."""
        with as_state():
            scene.plan([Line(NO_CONSENT, at=MONDAY + timedelta(days=2)), Line(NO_CONSENT)])
            (one,) = not_reached(scene.run.id)
        assert [each.at for each in one.missed] == [MONDAY, MONDAY + timedelta(days=2)]

    def test_names_the_sibling_whose_shared_text_failed(self, scene: Scene) -> None:
        """One text for two people reached neither."""
        with as_state():
            (message_id,) = scene.plan([Line(ALLOWED, reference="P-1")])
            scene.plan([Line(WITH_ANOTHER, reference="P-2", with_row_no=2)])
            scene.move(message_id, DispatchState.EXPIRED, "network-expired")
            assert [one.external_id for one in not_reached(scene.run.id)] == ["P-1", "P-2"]

    @pytest.mark.parametrize(
        ("state", "missed"), [(DispatchState.DELIVERED, 0), (DispatchState.QUEUED, 0), (DispatchState.FAILED, 1)]
    )
    def test_leaves_out_whom_an_earlier_run_told(self, scene: Scene, state: DispatchState, missed: int) -> None:
        """Told before counts as told, unless that earlier text did not arrive."""
        with as_state():
            ana = add_person("P-1", "Ana Torres")
            (earlier,) = scene.plan([Line(ALLOWED, ana)])
            scene.move(earlier, state, "network-failed" if state is DispatchState.FAILED else "")
            again = open_scene()
            again.plan([Line(TOLD_BEFORE, ana)])
            found = not_reached(again.run.id)
        assert len(found) == missed
        assert all(one.reason == "network-failed" for one in found)
