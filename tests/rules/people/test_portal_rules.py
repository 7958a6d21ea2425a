"""Who comes into the portal, by what, and for how long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harborline.kernel import Outcome
from harborline.people.portal.coding import new_start
from harborline.people.portal.rules import (
    code_opens,
    may_get_code,
    passphrase_fits,
    start_opens,
    visit_stands,
)

NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
FREE: dict[str, Any] = {
    "holders": 1, "adult": True, "protected": False, "conflict": False, "passphrase": True, "doubtful": False,
    "stopped": False,
}  # fmt: skip
CODE: dict[str, Any] = {
    "matches": True, "second": True, "sent_at": NOW - timedelta(minutes=9), "tries": 3, "used_at": None, "now": NOW,
}  # fmt: skip


class TestACodeByText:
    """Where it may go."""

    @pytest.mark.clause("OFFSET-8.1:harm", shows="allows")
    def test_goes_to_one_grown_persons_own_number(self) -> None:
        """Nothing stands against it."""
        assert may_get_code(**FREE).allowed

    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    @pytest.mark.parametrize(
        ("fact", "value"),
        [("holders", 0), ("holders", 2), ("adult", False), ("conflict", True), ("passphrase", False)],
    )  # fmt: skip
    def test_goes_nowhere_else(self, fact: str, value: Any) -> None:  # noqa: ANN401 - a fact's value
        """Nobody's, two people's, a child's, the other parent's, that of somebody without a passphrase."""
        assert may_get_code(**{**FREE, fact: value}).outcome is Outcome.REFUSE

    @pytest.mark.parametrize("fact", ["stopped", "doubtful", "protected"])
    def test_goes_another_way_where_no_text_may_go(self, fact: str) -> None:
        """Staff reach the person without one, and are not told why."""
        assert may_get_code(**{**FREE, fact: True}) == may_get_code(**{**FREE, "stopped": True})
        assert may_get_code(**{**FREE, fact: True}).outcome is Outcome.HOLD
        assert may_get_code(**{**FREE, fact: True, "passphrase": False}).outcome is Outcome.REFUSE


class TestAnEnteredCode:
    """What it opens."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="allows")
    def test_opens_at_the_third_try_in_the_tenth_minute(self) -> None:
        """With the second item."""
        assert code_opens(**CODE).allowed

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    @pytest.mark.parametrize(
        ("fact", "value"),
        [("matches", False), ("second", False), ("sent_at", NOW - timedelta(minutes=10)), ("sent_at", None),
         ("tries", 4), ("used_at", NOW)],
    )  # fmt: skip
    def test_opens_nothing_otherwise(self, fact: str, value: Any) -> None:  # noqa: ANN401 - a fact's value
        """Wrong, alone, late, never sent, the fourth try, or used before."""
        assert not code_opens(**{**CODE, fact: value}).allowed


class TestACodeToBeginWith:
    """From a paper, a worker or a link."""

    @pytest.mark.parametrize(("way", "passphrase", "opens"), [
        ("letter", False, True), ("in-person", False, True), ("link", True, True), ("link", False, False),
    ])  # fmt: skip
    def test_begins_unless_it_is_only_a_link(self, way: str, passphrase: bool, opens: bool) -> None:
        """Whoever holds the phone holds the link: it needs the passphrase of somebody who was here before."""
        until = NOW + timedelta(minutes=1)
        found = start_opens(expires_at=until, used_at=None, way=way, passphrase=passphrase, protected=False, now=NOW)
        assert found.allowed is opens

    @pytest.mark.parametrize(("until", "used"), [(NOW, None), (NOW + timedelta(days=1), NOW)])
    def test_ends_in_time_and_after_use(self, until: datetime, used: datetime | None) -> None:
        """Late, used."""
        found = start_opens(expires_at=until, used_at=used, way="letter", passphrase=False, protected=False, now=NOW)
        assert not found.allowed

    @pytest.mark.parametrize(("way", "opens"), [("link", False), ("letter", True), ("in-person", True)])
    def test_opens_to_a_protected_person_but_never_as_a_link(self, way: str, opens: bool) -> None:
        """Whoever reads the messages on the phone has the link; the paper was handed to her."""
        until = NOW + timedelta(minutes=1)
        found = start_opens(expires_at=until, used_at=None, way=way, passphrase=True, protected=True, now=NOW)
        assert found.allowed is opens

    def test_is_long_and_never_the_same(self) -> None:
        """Twenty signs that are not mistaken for each other."""
        made = {new_start() for _ in range(50)}
        assert len(made) == 50
        assert all(len(one.replace("-", "")) == 20 and not set(one) & set("IO015") for one in made)


class TestAPassphrase:
    """What nobody else can know."""

    @pytest.mark.parametrize("words", ["blue kettle on friday", "Tr4uerweide am See"])
    def test_is_a_few_words(self, words: str) -> None:
        """Twelve signs or more."""
        assert passphrase_fits(words=words).allowed

    @pytest.mark.parametrize("words", ["short", "123456789012345", "aaaaaaaaaaaaaa", "ababababababab", "            "])
    def test_is_not_easy(self, words: str) -> None:
        """Short, digits alone, one sign again and again."""
        assert not passphrase_fits(words=words).allowed


class TestAVisit:
    """How long it lasts."""

    @pytest.mark.parametrize(
        ("begun", "seen", "stands"),
        [(119, 14, True), (120, 0, False), (30, 15, False), (0, 0, True)],
    )
    def test_ends_when_idle_or_old(self, begun: int, seen: int, stands: bool) -> None:
        """After a quarter of an hour without a touch, after two hours anyway."""
        found = visit_stands(
            begun_at=NOW - timedelta(minutes=begun), seen_at=NOW - timedelta(minutes=seen), ended_at=None, now=NOW
        )
        assert found.allowed is stands

    def test_does_not_begin_again(self) -> None:
        """Ended is ended."""
        assert not visit_stands(begun_at=NOW, seen_at=NOW, ended_at=NOW, now=NOW).allowed
