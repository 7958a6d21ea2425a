"""How long somebody stays signed in, with what, and how long a password holds: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from harborline.kernel import Decision, allow, hold, refuse, rule
from harborline.workforce.facts import SignInProfile


@rule("OFFSET-8.2:systems-controls")
def session_stands(*, opened_at: datetime, seen_at: datetime, now: datetime, profile: SignInProfile) -> Decision:
    """A session ends after its day and after a while without anybody; a shorter while locks the screen."""
    if now >= opened_at + profile.absolute:
        return refuse("day-is-over")
    if now >= seen_at + profile.idle:
        return refuse("idle-too-long")
    if now >= seen_at + profile.idle_lock:
        return hold("screen-locked")
    return allow()


@rule("OFFSET-8.2:systems-controls")
def second_factor_shown(*, methods: Sequence[Mapping[str, Any]], enrolled: bool) -> Decision:
    """In this very session a second factor was shown; who has none yet gets one first.

    `methods` are the session's proofs (`method`: password, mfa, socialaccount). A sign-in at the agency's own
    identity provider counts when the provider said that it asked for more than a password (`second_factor`).
    """
    if any(one.get("method") == "mfa" or one.get("second_factor") is True for one in methods):
        return allow()
    if not enrolled:
        return hold("second-factor-missing")
    return refuse("second-factor-not-shown")


@rule("OFFSET-8.2:systems-controls")
def password_stands(*, given: bool, changed_at: datetime | None, now: datetime, profile: SignInProfile) -> Decision:
    """A password that somebody else knows, or that is too old, is changed before anything else."""
    if given:
        return hold("password-known-to-another")
    if changed_at is not None and now >= changed_at + profile.password_longest:
        return hold("password-too-old")
    return allow()


@rule("OFFSET-8.2:systems-controls")
def password_may_change(*, given: bool, changed_at: datetime | None, now: datetime, profile: SignInProfile) -> Decision:
    """Nobody runs through the list of earlier passwords in one afternoon; a given password is changed at once."""
    if given or changed_at is None or now >= changed_at + profile.password_shortest:
        return allow()
    return hold("password-too-young", until=changed_at + profile.password_shortest)
