"""Requests that come together share their work, and each hears of its own."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from harborline.kernel.clock import monotonic_s
from harborline.messaging.accepting.gathering import Gathering


class Slow:
    """Work that waits until it is let go, and notes what it was given."""

    def __init__(self) -> None:
        self.rounds: list[list[int]] = []
        self.began = threading.Event()
        self.go = threading.Event()

    def __call__(self, _key: str, orders: Sequence[int]) -> list[int | Exception]:
        """Double each; negative ones fail alone, a hundred fails for all."""
        self.rounds.append(list(orders))
        self.began.set()
        self.go.wait(10)
        if 100 in orders:
            raise RuntimeError("all")
        return [ValueError(str(order)) if order < 0 else 2 * order for order in orders]


class TestOneAlone:
    """Nobody else is there."""

    def test_is_served_at_once(self) -> None:
        """It never waits for company."""
        slow = Slow()
        slow.go.set()
        gathering = Gathering[str, int, int](slow, most=10)
        assert [gathering.join("a", number) for number in (1, 2)] == [2, 4]
        assert slow.rounds == [[1], [2]]


class TestThoseWhoComeMeanwhile:
    """One is at work already."""

    def together(self, slow: Slow, orders: Sequence[int], *, most: int = 10, weight: int = 1) -> list[object]:
        """What became of each; the first is at work before the others come."""
        gathering = Gathering[str, int, int](slow, most=most, weight=lambda _order: weight)

        def one(order: int) -> object:
            try:
                return gathering.join("a", order)
            except Exception as error:  # noqa: BLE001 - looked at below
                return error

        with ThreadPoolExecutor(len(orders)) as pool:
            first = pool.submit(one, orders[0])
            slow.began.wait(10)
            others = [pool.submit(one, order) for order in orders[1:]]
            while len(gathering._waiting.get("a", ())) < len(orders) - 1:
                threading.Event().wait(0.01)
            slow.go.set()
            return [each.result(10) for each in (first, *others)]

    def test_share_the_next_round(self) -> None:
        """All of them in one, each with its own answer."""
        slow = Slow()
        assert self.together(slow, [1, 2, 3, 4]) == [2, 4, 6, 8]
        assert slow.rounds[0] == [1]
        assert sorted(slow.rounds[1]) == [2, 3, 4]
        assert len(slow.rounds) == 2

    def test_go_in_rounds_of_bearable_size(self) -> None:
        """No round grows without end."""
        slow = Slow()
        assert self.together(slow, [1, 2, 3, 4, 5], most=2) == [2, 4, 6, 8, 10]
        assert [len(each) for each in slow.rounds] == [1, 2, 2]

    def test_may_be_too_heavy_for_company(self) -> None:
        """One that is heavier than a round has a round of its own."""
        slow = Slow()
        assert self.together(slow, [1, 2, 3], most=2, weight=5) == [2, 4, 6]
        assert [len(each) for each in slow.rounds] == [1, 1, 1]

    def test_fail_each_for_itself(self) -> None:
        """What is wrong with one is told to that one."""
        answers = self.together(Slow(), [1, 2, -3, 4])
        assert isinstance(answers[2], ValueError)
        assert [answers[0], answers[1], answers[3]] == [2, 4, 8]

    def test_all_hear_when_the_work_breaks(self) -> None:
        """Nobody is left waiting, and the next round is served."""
        slow = Slow()
        answers = self.together(slow, [1, 100, 3])
        assert [isinstance(each, RuntimeError) for each in answers] == [False, True, True]
        assert Gathering[str, int, int](slow, most=2).join("a", 4) == 8


class TestOthers:
    """Another key."""

    def test_do_not_wait(self) -> None:
        """One system's work does not hold up another's."""
        slow = Slow()
        gathering = Gathering[str, int, int](slow, most=10)
        with ThreadPoolExecutor(1) as pool:
            first = pool.submit(gathering.join, "a", 1)
            slow.began.wait(10)
            slow.go.set()
            assert gathering.join("b", 2) == 4
            assert first.result(10) == 2


@pytest.mark.parametrize("threads", [32])
def test_thousands_from_many_threads_each_get_their_own(threads: int) -> None:
    """Under load nobody gets another's answer, and nobody none."""
    gathering = Gathering[str, int, int](lambda _key, orders: [order * 3 for order in orders], most=50)
    with ThreadPoolExecutor(threads) as pool:
        assert list(pool.map(lambda number: gathering.join(str(number % 3), number), range(3_000))) == [
            number * 3 for number in range(3_000)
        ]


class TestThoseWhoWereTogetherAMomentAgo:
    """They come again one after the other."""

    def test_are_waited_for(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The first of the next round gives the others a moment, so that they share it again."""
        slow = Slow()
        gathering = Gathering[str, int, int](slow, most=10, pause_s=0.01)

        def until_others_wait(_pause_s: float) -> None:
            while len(gathering._waiting["a"]) < 2:
                threading.Event().wait(0.01)

        monkeypatch.setattr("harborline.messaging.accepting.gathering.LATELY_S", 60)
        monkeypatch.setattr("harborline.messaging.accepting.gathering.time.sleep", until_others_wait)
        slow.go.set()
        assert gathering.join("a", 1) == 2
        gathering._company_s["a"] = monotonic_s()
        with ThreadPoolExecutor(3) as pool:
            assert sorted(pool.map(lambda number: gathering.join("a", number), (2, 3, 4))) == [4, 6, 8]
        assert [len(each) for each in slow.rounds] == [1, 3]

    def test_tell_whether_a_round_follows(self) -> None:
        """Who works knows whether somebody waits, so that what can wait is left to them."""
        slow = Slow()
        gathering = Gathering[str, int, int](slow, most=10)
        with ThreadPoolExecutor(2) as pool:
            first = pool.submit(gathering.join, "a", 1)
            slow.began.wait(10)
            assert not gathering.others_wait("a")
            second = pool.submit(gathering.join, "a", 2)
            while not gathering.others_wait("a"):
                threading.Event().wait(0.01)
            slow.go.set()
            assert [first.result(10), second.result(10)] == [2, 4]
        assert not gathering.others_wait("a")
