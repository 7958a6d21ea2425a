"""Who may sign in and who may work: pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from harborline.kernel import Decision, allow, hold, refuse, rule, strictest
from harborline.workforce.facts import (
    LONGEST_KEY_TERM,
    Attempt,
    AttemptKind,
    Grant,
    MachineFacts,
    SignInProfile,
    StaffRole,
    WorkerFacts,
)

_FORGIVEN = (AttemptKind.PASSED, AttemptKind.RELEASED)
_KEEP_KEYS = frozenset({StaffRole.SECURITY_OFFICER.value, StaffRole.STATE_OPERATOR.value})


@rule("OFFSET-8.2:systems-controls")
def may_try(*, attempts: Sequence[Attempt], profile: SignInProfile, now: datetime) -> Decision:
    """Too many tries in a row close an address for a while, whether or not it belongs to anybody.

    `attempts` are the events of one address, oldest first. A try counts from its start, so that tries made at once
    count too; a sign-in that passed or a release by staff forgives those before it.
    """
    started: list[datetime] = []
    for attempt in attempts:
        if attempt.kind in _FORGIVEN:
            started.clear()
        elif attempt.kind is AttemptKind.PROVEN:
            del started[-1:]
        elif attempt.kind is AttemptKind.STARTED and attempt.at > now - profile.within:
            started.append(attempt.at)
    if len(started) < profile.tries or now >= started[-1] + profile.lock:
        return allow()
    return hold("too-many-tries", until=started[-1] + profile.lock)


@rule("OFFSET-8.2:systems-controls")
def account_on(*, worker: WorkerFacts, today: date, now: datetime) -> Decision:
    """An account that is off, past the worker's last day, past its own end, or unused for too long opens nothing."""
    if not worker.active:
        return refuse("account-off")
    if worker.terminated_on is not None and today >= worker.terminated_on:
        return refuse("employment-ended")
    if worker.expires_at is not None and now >= worker.expires_at:
        return refuse("account-expired")
    if worker.used_at and worker.unused_limit and now >= worker.used_at + worker.unused_limit:
        return refuse("account-unused")
    return allow()


@rule("OFFSET-8.2:trained")
def trained(*, worker: WorkerFacts, today: date) -> Decision:
    """No work without current training in security procedures."""
    if worker.trained_until is None:
        return refuse("never-trained")
    if today >= worker.trained_until:
        return refuse("training-lapsed")
    return allow()


@rule("OFFSET-8.2:informed")
def informed(*, worker: WorkerFacts, today: date) -> Decision:
    """No work before the worker has signed to know the requirements and the penalties, and again when that lapses."""
    if worker.informed_until is None:
        return refuse("requirements-not-signed")
    if today >= worker.informed_until:
        return refuse("requirements-signature-lapsed")
    return allow()


@rule("OFFSET-8.2:only-as-necessary")
def assigned(*, grants: Sequence[Grant], program: str, now: datetime) -> Decision:
    """Only an assignment in force opens a program."""
    if any(grant.program == program and grant.in_force(now) for grant in grants):
        return allow()
    return refuse("not-assigned")


def may_work(*, worker: WorkerFacts, grants: Sequence[Grant], program: str, today: date, now: datetime) -> Decision:
    """Whether a worker may work in a program now: 1. account on, 2. trained, 3. informed, 4. assigned."""
    return strictest(
        (
            account_on(worker=worker, today=today, now=now),
            trained(worker=worker, today=today),
            informed(worker=worker, today=today),
            assigned(grants=grants, program=program, now=now),
        )
    )


@rule("OFFSET-8.2:systems-controls")
def may_keep_keys(*, roles: frozenset[str]) -> Decision:
    """Only a security officer or a state operator gives keys to machines and takes them back."""
    if roles & _KEEP_KEYS:
        return allow()
    return refuse("role-may-not-keep-keys")


@rule("OFFSET-8.2:systems-controls")
def key_term(*, issued_at: datetime, expires_at: datetime) -> Decision:
    """A machine key ends, and within a year."""
    if expires_at <= issued_at:
        return refuse("key-would-be-over")
    if expires_at - issued_at > LONGEST_KEY_TERM:
        return refuse("key-term-too-long")
    return allow()


@rule("OFFSET-8.2:systems-controls")
def key_opens(*, key: MachineFacts | None, proven: bool, now: datetime) -> Decision:
    """A key that is unknown, wrong, over or revoked opens nothing, and nobody is told which of these it is.

    `proven`: the secret that came with it is the one whose digest is kept.
    """
    if key is not None and proven and key.revoked_at is None and key.issued_at <= now < key.expires_at:
        return allow()
    return refuse("key-not-valid")


@rule("OFFSET-8.2:data-by-purpose")
def key_covers(*, scopes: frozenset[str], asked: str) -> Decision:
    """A machine does only what its key names, whatever its role may."""
    if asked in scopes:
        return allow()
    return refuse("outside-the-scopes-of-this-key")
