"""Who may sign in and who may work: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

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
    if worker.suspended:
        return refuse("account-suspended")
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
    if any(one.get("second_factor") is True for one in methods):
        return allow()
    if not enrolled:
        return hold("second-factor-missing")
    if any(one.get("method") == "mfa" for one in methods):
        return allow()
    return refuse("second-factor-not-shown")


@rule("OFFSET-8.2:systems-controls")
def second_factor_vouched(*, amr: object, acr: object, accepted: frozenset[str]) -> Decision:
    """The agency's identity provider says that it asked for more than a password; silence says nothing.

    `amr` and `acr` are the identity token's claims, as they came; `accepted` the values of `acr` that the agency named.
    Source: RFC 8176 ("mfa").
    """
    if isinstance(amr, list) and "mfa" in amr:
        return allow()
    if isinstance(acr, str) and acr in accepted:
        return allow()
    return hold("second-factor-missing")


@rule("OFFSET-8.2:systems-controls")
def agency_account_fits(*, known: bool, found: bool, bound_elsewhere: bool) -> Decision:
    """An account at the agency's identity provider opens the one account here that it was bound to, or finds it.

    `known`: it was bound before; `found`: the address that the provider vouches for has an account here;
    `bound_elsewhere`: that account is bound to another one there already, so that an address given to somebody new
    opens nothing.
    """
    if known:
        return allow()
    if not found or bound_elsewhere:
        return refuse("agency-account-unknown")
    return allow()


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
