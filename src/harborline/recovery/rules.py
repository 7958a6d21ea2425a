"""When sending may go on after tables were restored: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from harborline.kernel import Decision, allow, hold, refuse, rule
from harborline.recovery.facts import HoldFacts, LogFacts, Releaser, SentFacts, Step

RELEASERS = frozenset({"state-operator", "security-officer", "supervisor"})
# The same words to the same number are the same notice for this long after they went.
SAME_NOTICE = timedelta(days=30)
_NOT_DONE = {
    Step.STOPS: "stops-not-reconciled",
    Step.LOG: "log-not-reconciled",
    Step.PROVIDER: "provider-not-reconciled",
}


@rule("NC-CSS-22-18:opt-in", "MN-WIC-9.6:permission-first", "OFFSET-8.2:integrity")
def may_send_now(*, held: HoldFacts | None) -> Decision:
    """Nothing is sent from tables that were restored and have forgotten who asked to stop since."""
    return allow() if held is None else hold("tables-were-restored")


@rule("OFFSET-8.2:integrity")
def log_explained(*, log: LogFacts) -> Decision:
    """What was published and is not in the tables is explained by a new life of the log that cites the old one."""
    if log.epoch > log.epoch_at_hold:
        return allow("new-epoch")
    if not log.one_history:
        return hold("log-tells-another-history")
    if log.published > log.in_tables:
        return hold("log-is-ahead")
    return allow("nothing-to-explain")


@rule("NC-CSS-22-18:opt-in", "MN-WIC-9.6:permission-first", "OFFSET-8.2:systems-controls")
def may_release(*, held: HoldFacts, first: Releaser, second: Releaser | None, reason: str) -> Decision:
    """Sending goes on when stops, log and provider were reconciled and two people with the right say so, with a reason.

    1. Every step is done. 2. A reason is given. 3. Two different people. 4. Each has the role.
    """
    if held.open_steps:
        return hold(_NOT_DONE[held.open_steps[0]])
    if not reason.strip():
        return refuse("reason-missing")
    if second is None:
        return hold("needs-second-person")
    if second.who == first.who:
        return refuse("second-person-is-the-first")
    if not (first.roles & RELEASERS and second.roles & RELEASERS):
        return refuse("role-may-not-release-sending")
    return allow()


@rule("NC-CSS-22-18:lawful-notifications", "MN-WIC-9.6:local-it-legal")
def not_sent_already(*, sent: Sequence[SentFacts], created_at: datetime, now: datetime) -> Decision:
    """A text that the provider has sent already is not sent again.

    1. The same words to the same number within thirty days. 2. Where the provider kept no words: any text to that
    number that was queued before the hold.
    """
    if any(one.same_words and now - one.sent_at < SAME_NOTICE for one in sent):
        return refuse("already-sent-before-restore")
    if any(one.same_words is None and created_at <= one.held_at for one in sent):
        return refuse("may-have-been-sent-before-restore")
    return allow()
