"""At the hand-over: equal situations share one decision, caps are exact, the carrier gets the rest of the hour."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.consent.facts import ConsentKind, ConsentStanding, ConsentState
from harborline.consent.rules import may_text
from harborline.kernel import Decision, Outcome, allow, hold
from harborline.law import profile
from harborline.messaging.facts import MessageKind
from harborline.messaging.notices.windows import Windows
from harborline.messaging.rules import cited, within_caps
from harborline.messaging.sending.due import ClaimFacts, Due, counted
from harborline.messaging.sending.judging import Judge

NOW = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
NC = profile("nc-css")
GIVEN = ConsentStanding(ConsentKind.KEYWORD.value, ConsentState.GIVEN.value, None, None, None, False, False)  # noqa: FBT003 - neither stopped nor in doubt
CASE, PERSON = uuid.UUID(int=1).bytes, uuid.UUID(int=2).bytes


def due(phone: bytes = b"phone-1", *, kind: MessageKind = MessageKind.NOTICE, zones: str = "America/New_York") -> Due:
    """One text that is due."""
    last = NOW + timedelta(days=2)
    return Due(uuid.uuid4().bytes, None, "37183", zones, last, 0, kind.value, CASE, PERSON, phone, 1, b"", b"", NOW)


def facts(
    *,
    standing: ConsentStanding = GIVEN,
    recent: dict[bytes, list[datetime]] | None = None,
    blocked: frozenset[bytes] = frozenset(),
    stopped: frozenset[bytes] = frozenset(),
    current: Decision | None = None,
    phones: tuple[bytes, ...] = (b"phone-1", b"phone-2"),
) -> ClaimFacts:
    """What is known at this moment."""
    return ClaimFacts(
        allow() if current is None else current,
        {(CASE, phone): standing for phone in phones},
        set(blocked),
        set(stopped),
        recent or {},
        {},
    )


def judged(items: list[Due], known: ClaimFacts, *, now: datetime = NOW) -> list[Decision]:
    """The decisions of one claim."""
    return Judge(NC, Windows(NC), now).decide(items, known)


class TestCaps:
    """Three in a day, five in a week, counted by the moment of each hand-over."""

    def test_are_exact_within_one_claim(self) -> None:
        """Of five texts to one number that are due together three go; the others wait for a day's end."""
        found = judged([due() for _ in range(5)], facts())
        assert [one.allowed for one in found] == [True, True, True, False, False]
        assert {one.reason for one in found[3:]} == {"day-is-full"}
        assert {one.until for one in found[3:]} == {NOW + timedelta(days=1)}

    def test_count_each_number_by_itself(self) -> None:
        """Another number has its own three."""
        items = [due(phone) for _ in range(4) for phone in (b"phone-1", b"phone-2")]
        assert [one.allowed for one in judged(items, facts())] == [True] * 6 + [False] * 2

    def test_let_the_next_go_when_the_first_is_a_day_old(self) -> None:
        """To the second: one that went exactly twenty-four hours ago counts no more."""
        old = [NOW - timedelta(days=1), NOW - timedelta(hours=2), NOW - timedelta(hours=1)]
        first, second = judged([due(), due()], facts(recent={b"phone-1": old}))
        assert first.allowed
        assert (second.reason, second.until) == ("day-is-full", NOW + timedelta(hours=22))

    def test_of_a_week_hold_until_the_first_of_them_is_a_week_old(self) -> None:
        """Five in seven days are enough."""
        lately = [NOW - timedelta(days=6, hours=hours) for hours in (5, 4, 3, 2, 1)]
        (found,) = judged([due()], facts(recent={b"phone-1": lately}))
        assert (found.reason, found.until) == ("week-is-full", NOW + timedelta(hours=19))

    def test_do_not_count_answers(self) -> None:
        """An answer to the person's own text goes whatever they had."""
        (found,) = judged([due(kind=MessageKind.REPLY)], facts(recent={b"phone-1": [NOW] * 9}))
        assert found.allowed

    @given(
        ago=st.lists(st.integers(0, 8 * 24 * 60 - 1), max_size=12),
        texts=st.integers(1, 8),
    )
    def test_are_never_passed(self, ago: list[int], texts: int) -> None:
        """Whatever went before: with what this claim lets through no day and no week is over its cap."""
        before = sorted(NOW - timedelta(minutes=minutes) for minutes in ago if minutes < 7 * 24 * 60)
        known = {b"phone-1": list(before)} if before else {}
        went = sum(one.allowed for one in judged([due() for _ in range(texts)], facts(recent=known)))
        if went:
            assert sum(at > NOW - timedelta(days=1) for at in before) + went <= NC.texting.cap_per_day
            assert len(before) + went <= NC.texting.cap_per_week
        rest = within_caps(recent=counted([*before, *[NOW] * went], NOW), profile=NC)
        assert went == texts or not rest.allowed


class TestEqualSituations:
    """One decision for many, and the same one the rule would have made for each."""

    @given(
        state=st.sampled_from(list(ConsentState)),
        kind=st.sampled_from([None, *(one.value for one in ConsentKind)]),
        suppressed=st.booleans(),
        held=st.booleans(),
        expires=st.sampled_from([None, NOW - timedelta(seconds=1), NOW, NOW + timedelta(seconds=1)]),
    )
    def test_are_judged_like_each_alone(
        self, state: ConsentState, kind: str | None, suppressed: bool, held: bool, expires: datetime | None
    ) -> None:
        """Every permission there may be, with who gave it and without."""
        standing = ConsentStanding(kind, state.value, uuid.uuid4(), uuid.uuid4(), expires, suppressed, held)
        alone = cited(may_text(standing=standing, profile=NC, now=NOW), NC)
        first, second = judged([due(), due(b"phone-2")], facts(standing=standing))
        assert first == second
        assert (first.outcome, first.reason) == (alone.outcome, alone.reason if not alone.allowed else first.reason)

    def test_protection_data_that_is_too_old_holds_everything(self) -> None:
        """Whatever else is true."""
        (found,) = judged([due()], facts(current=hold("protections-too-old").stamped("r", ("OFFSET-8.1:harm",))))
        assert (found.outcome, found.reason) == (Outcome.HOLD, "protections-too-old")

    def test_a_protection_of_this_moment_wins_over_the_plan(self) -> None:
        """Somebody became protected after the run was planned: no text, whatever they gave permission for."""
        (found,) = judged([due()], facts(blocked=frozenset({PERSON})))
        assert (found.outcome, found.reason) == (Outcome.REFUSE, "no-texts-by-safety-choice")

    def test_an_unknown_standing_sends_nothing(self) -> None:
        """Missing facts refuse."""
        (found,) = judged([due()], facts(phones=()))
        assert found.reason == "no-consent"

    def test_a_test_text_respects_a_stop(self) -> None:
        """Even a worker's own phone that asked to stop."""
        stopped, other = judged(
            [due(kind=MessageKind.TEST), due(b"phone-2", kind=MessageKind.TEST)], facts(stopped=frozenset({b"phone-1"}))
        )
        assert (stopped.reason, other.allowed) == ("asked-to-stop", True)


class TestTheHour:
    """Where somebody may be."""

    @pytest.mark.parametrize(
        ("at", "reason"),
        [
            (datetime(2026, 11, 24, 0, 59, 59, tzinfo=UTC), "allowed"),
            (datetime(2026, 11, 24, 1, 0, tzinfo=UTC), "outside-hours"),
            (datetime(2026, 11, 24, 12, 59, 59, tzinfo=UTC), "outside-hours"),
            (datetime(2026, 11, 24, 13, 0, tzinfo=UTC), "allowed"),
        ],
    )
    def test_is_asked_at_the_hand_over(self, at: datetime, reason: str) -> None:
        """Eight in the evening is too late, eight in the morning is not too early, to the second."""
        (found,) = judged([due()], facts(), now=at)
        assert (found.reason if not found.allowed else "allowed") == reason

    def test_leaves_the_carrier_the_rest_of_it(self) -> None:
        """The expiry is the end of the hour in the strictest of the places, never later than that."""
        windows = Windows(NC)
        assert windows.closes_at("America/New_York", NOW) == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
        both = windows.closes_at("America/Chicago,America/New_York", NOW)
        assert both == datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
