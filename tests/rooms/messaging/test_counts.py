"""A run in numbers."""

from __future__ import annotations

import pytest
from tests.rooms.messaging.scene import (
    ALLOWED,
    BOTH_PARTIES,
    DURHAM,
    NO_CONSENT,
    STOPPED,
    TOLD_BEFORE,
    UNSAFE,
    WITH_ANOTHER,
    Line,
    Scene,
    as_cora,
    as_dev,
    as_state,
)  # fmt: skip

from harborline.kernel import NotFound, clock
from harborline.kernel.ids import new_id
from harborline.messaging.facts import DispatchState
from harborline.messaging.selectors import run, run_counts, runs


class TestTheCountsOfARun:
    """What the operator reads after a run."""

    def test_tell_outcomes_apart(self, scene: Scene) -> None:
        """One text for two people, one held, two refused, one told before."""
        with as_state():
            scene.plan([Line(d) for d in (ALLOWED, BOTH_PARTIES, NO_CONSENT, UNSAFE, TOLD_BEFORE)])
            scene.plan([Line(WITH_ANOTHER, with_row_no=2)])
            counts = run_counts(scene.run.id)
        assert (counts.allowed, counts.grouped, counts.held, counts.refused, counts.already) == (1, 1, 1, 2, 1)
        assert counts.messages == 1
        assert counts.by_state == {"queued": 1}

    def test_tell_reasons_with_their_clauses(self, scene: Scene) -> None:
        """The strictest first, the most frequent before the rare."""
        with as_state():
            scene.plan([Line(NO_CONSENT), Line(NO_CONSENT), Line(ALLOWED)])
            by_reason = run_counts(scene.run.id).by_reason
        assert [(one.reason, one.count) for one in by_reason] == [("allowed", 1), ("no-consent", 2)]
        assert by_reason[1].clauses == ("NC-CSS-22-18:opt-in",)

    def test_are_those_of_the_counties_one_sees(self, scene: Scene) -> None:
        """Dev counts Durham's recipients and none of Wake's."""
        with as_state():
            scene.plan([Line(ALLOWED), Line(NO_CONSENT), Line(NO_CONSENT, county=DURHAM)])
        with as_dev():
            counts = run_counts(scene.run.id)
        assert (counts.allowed, counts.refused, counts.messages) == (0, 1, 0)

    def test_do_not_tell_a_county_who_is_protected(self, scene: Scene) -> None:
        """A block for safety and a STOP are counted as one thing, with the same clauses."""
        with as_state():
            scene.plan([Line(UNSAFE)])
        with as_cora():
            (safety,) = run_counts(scene.run.id).by_reason
        with as_state():
            scene.plan([Line(STOPPED)])
        with as_cora():
            (both,) = run_counts(scene.run.id).by_reason
        assert (safety.reason, safety.count) == ("texts-off", 1)
        assert (both.reason, both.count) == ("texts-off", 2)
        assert safety.clauses == both.clauses

    def test_do_not_tell_the_state_either(self, scene: Scene) -> None:
        """A file of one row, sent by the state's operator, says that texts are off and never why."""
        with as_state():
            scene.plan([Line(UNSAFE)])
            (safety,) = run_counts(scene.run.id).by_reason
        assert safety.reason == "texts-off"
        assert "no-texts-by-safety-choice" not in repr(safety)

    def test_of_an_unknown_run_do_not_exist(self, scene: Scene) -> None:
        """There is nothing here."""
        with as_state(), pytest.raises(NotFound):
            run_counts(new_id())

    def test_of_twenty_thousand_people_come_at_once(self, scene: Scene) -> None:
        """The progress page asks every second: two queries, well under a tenth of a second."""
        decisions = (ALLOWED, ALLOWED, ALLOWED, NO_CONSENT, UNSAFE, BOTH_PARTIES)
        with as_state():
            for start in range(0, 20_000, 2_000):
                scene.plan([Line(decisions[n % 6]) for n in range(start, start + 2_000)])
            took_s = []
            for _ in range(5):
                began = clock.monotonic_s()
                counts = run_counts(scene.run.id)
                took_s.append(clock.monotonic_s() - began)
        assert counts.allowed + counts.held + counts.refused == 20_000
        assert min(took_s) < 0.1, took_s


class TestTheListOfRuns:
    """The operator's first page."""

    def test_shows_the_newest_first_with_their_texts(self, scene: Scene) -> None:
        """State, file and how many texts are where."""
        with as_state():
            (message_id,) = scene.plan([Line(ALLOWED)])
            scene.move(message_id, DispatchState.DELIVERED)
            (summary,) = runs()
            assert summary == run(scene.run.id)
        assert summary.counts == {"delivered": 1}
        assert (summary.file_name, summary.state.value, summary.needs_approval) == ("caseload.csv", "running", False)

    def test_can_be_narrowed_to_one_state(self, scene: Scene) -> None:
        """Nothing waits for a second person."""
        with as_state():
            assert runs(state="awaiting-approval") == []
