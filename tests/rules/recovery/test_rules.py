"""When sending may go on after tables were restored."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Outcome
from harborline.recovery.facts import HoldFacts, HoldKind, LogFacts, Releaser, SentFacts, Step
from harborline.recovery.rules import SAME_NOTICE, log_explained, may_release, may_send_now, not_sent_already

NOON = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
HELD = HoldFacts(HoldKind.RESTORED, NOON, NOON - timedelta(hours=9))
DONE = HoldFacts(HoldKind.RESTORED, NOON, NOON - timedelta(hours=9), frozenset(Step))
ELI = Releaser("worker:eli", frozenset({"supervisor"}))
STATE = Releaser("worker:state", frozenset({"state-operator"}))
CORA = Releaser("worker:cora", frozenset({"case-manager"}))


def log(in_tables: int, published: int, *, same: bool = True, epoch: int = 1, at_hold: int = 1) -> LogFacts:
    """How the log stands."""
    return LogFacts(in_tables, published, same, epoch, at_hold)


class TestSending:
    """Whether anything may leave."""

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="refuses")
    @pytest.mark.parametrize("held", [HELD, DONE])
    def test_waits_while_a_hold_is_open(self, held: HoldFacts) -> None:
        """Reconciled is not released: two people say so."""
        decision = may_send_now(held=held)
        assert (decision.outcome, decision.reason) == (Outcome.HOLD, "tables-were-restored")

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:permission-first", shows="allows")
    def test_goes_on_without_one(self) -> None:
        """An ordinary day."""
        assert may_send_now(held=None).allowed


class TestTheLog:
    """What was published and is not in the tables."""

    @pytest.mark.parametrize(
        ("facts", "outcome", "reason"),
        [
            (log(100, 100), Outcome.ALLOW, "nothing-to-explain"),
            (log(120, 100), Outcome.ALLOW, "nothing-to-explain"),
            (log(100, 101), Outcome.HOLD, "log-is-ahead"),
            (log(120, 100, same=False), Outcome.HOLD, "log-tells-another-history"),
            (log(100, 900, same=False, epoch=2), Outcome.ALLOW, "new-epoch"),
            (log(100, 900, epoch=2, at_hold=2), Outcome.HOLD, "log-is-ahead"),
        ],
    )
    def test_is_explained_by_the_tables_or_by_a_new_epoch(self, facts: LogFacts, outcome: Outcome, reason: str) -> None:
        """A new life of the log that was begun before the hold explains nothing of it."""
        decision = log_explained(log=facts)
        assert (decision.outcome, decision.reason) == (outcome, reason)

    @pytest.mark.clause("OFFSET-8.2:integrity", shows="keeps")
    def test_decisions_cite_their_clause(self) -> None:
        """Whole, right and complete."""
        assert log_explained(log=log(1, 2)).clauses == ("OFFSET-8.2:integrity",)


class TestReleasing:
    """Who may let a program send again, and when."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="allows")
    def test_takes_two_people_with_the_role_and_a_reason(self) -> None:
        """After every step."""
        assert may_release(held=DONE, first=ELI, second=STATE, reason="reconciled with the carrier").allowed

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    @pytest.mark.parametrize(
        ("first", "second", "reason", "told"),
        [
            (ELI, None, "reconciled", "needs-second-person"),
            (ELI, ELI, "reconciled", "second-person-is-the-first"),
            (ELI, Releaser(ELI.who, STATE.roles), "reconciled", "second-person-is-the-first"),
            (ELI, CORA, "reconciled", "role-may-not-release-sending"),
            (CORA, ELI, "reconciled", "role-may-not-release-sending"),
            (ELI, STATE, "  ", "reason-missing"),
        ],
    )
    def test_is_refused_otherwise(self, first: Releaser, second: Releaser | None, reason: str, told: str) -> None:
        """One person alone, twice the same, without the role, without a reason."""
        decision = may_release(held=DONE, first=first, second=second, reason=reason)
        assert not decision.allowed
        assert decision.reason == told

    @given(st.sets(st.sampled_from(list(Step)), max_size=2))
    def test_waits_for_every_step(self, done: set[Step]) -> None:
        """Whoever asks, and whatever was done before."""
        held = HoldFacts(HoldKind.SET_BACK, NOON, None, frozenset(done))
        decision = may_release(held=held, first=ELI, second=STATE, reason="reconciled")
        assert decision.outcome is Outcome.HOLD
        assert decision.reason == f"{held.open_steps[0].value}-not-reconciled"


class TestATextThatIsDue:
    """The provider may have sent it before the restore."""

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="refuses")
    @pytest.mark.clause("MN-WIC-9.6:local-it-legal", shows="refuses")
    def test_is_not_sent_again_with_the_same_words(self) -> None:
        """Also when its caseload is planned anew after the restore."""
        sent = [SentFacts(NOON - timedelta(hours=3), NOON, same_words=True)]
        for created_at in (NOON - timedelta(days=1), NOON + timedelta(hours=2)):
            decision = not_sent_already(sent=sent, created_at=created_at, now=NOON + timedelta(hours=3))
            assert decision.reason == "already-sent-before-restore"

    def test_is_not_sent_again_when_the_provider_kept_no_words(self) -> None:
        """What was queued before the hold may be it; what was queued since is not."""
        sent = [SentFacts(NOON - timedelta(hours=3), NOON, same_words=None)]
        before = not_sent_already(sent=sent, created_at=NOON - timedelta(hours=4), now=NOON)
        after = not_sent_already(sent=sent, created_at=NOON + timedelta(seconds=1), now=NOON)
        assert before.reason == "may-have-been-sent-before-restore"
        assert after.allowed

    @pytest.mark.clause("NC-CSS-22-18:lawful-notifications", shows="allows")
    @pytest.mark.clause("MN-WIC-9.6:local-it-legal", shows="allows")
    @pytest.mark.parametrize(
        "sent",
        [
            [],
            [SentFacts(NOON - timedelta(hours=3), NOON, same_words=False)],
            [SentFacts(NOON - SAME_NOTICE, NOON, same_words=True)],
        ],
    )
    def test_is_sent_when_it_is_another_one(self, sent: list[SentFacts]) -> None:
        """Other words, or the same ones long ago."""
        assert not_sent_already(sent=sent, created_at=NOON, now=NOON).allowed
