"""What others may ask workforce to do."""

from __future__ import annotations

from datetime import date, datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from harborline.kernel import Invalid, Refused, clock, refuse
from harborline.ledger.services import record
from harborline.workforce import attempts
from harborline.workforce.facts import ALL, StaffRole
from harborline.workforce.machines import Issued, forget_machine_keys, issue_key, revoke_key
from harborline.workforce.models import Acknowledgement, Assignment, Training, Worker, Workers
from harborline.workforce.rules import account_on
from harborline.workforce.selectors import facts_of
from harborline.workforce.tokens import issue_login_token, read_login_token

__all__ = [
    "Issued",
    "acknowledge",
    "assign",
    "authenticate",
    "end_assignment",
    "forget_machine_keys",
    "hire",
    "issue_key",
    "issue_login_token",
    "read_login_token",
    "record_training",
    "release_lock",
    "revoke_key",
    "set_password",
    "terminate",
]


def hire(*, email: str, name: str, number: str, password: str | None = None) -> Worker:
    """Make an account; without a password nobody can sign in to it. Raises `Invalid` for a weak password.

    The account opens nothing until an assignment, training and a signed acknowledgement are there.
    """
    worker = Worker(email=Workers.normalized(email), name=name, number=number, created_at=clock.now())
    worker.set_unusable_password()
    if password is not None:
        _take_password(worker, password)
    worker.save(force_insert=True)
    # Signing in again for something sensitive and enrolling a second factor both ask allauth for a verified address.
    EmailAddress.objects.create(user=worker, email=worker.email, primary=True, verified=True)
    record("workforce.hired", subject=f"worker:{worker.id}", content={"number": number})
    return worker


def set_password(worker: Worker, password: str) -> None:
    """Give the worker a new password; raises `Invalid` saying what is wrong with it."""
    _take_password(worker, password)
    worker.save(update_fields=["password", "password_changed_at"])
    record("workforce.password-set", subject=f"worker:{worker.id}", content={})


def assign(
    worker: Worker,
    *,
    program: str,
    role: StaffRole,
    county: str = ALL,
    from_at: datetime | None = None,
    until_at: datetime | None = None,
) -> Assignment:
    """Give a role in a program, for one county (FIPS) or all, from now or `from_at` until `until_at` (exclusive)."""
    made = Assignment.objects.create(
        worker=worker,
        program=program,
        county=county,
        role=role.value,
        from_at=from_at or clock.now(),
        until_at=until_at,
    )
    content = {"program": program, "county": county, "role": role.value}
    record("workforce.assigned", subject=f"worker:{worker.id}", content=content)
    return made


def end_assignment(assignment: Assignment) -> None:
    """End an assignment now."""
    assignment.until_at = clock.now()
    assignment.save(update_fields=["until_at"])
    record("workforce.assignment-ended", subject=f"worker:{assignment.worker_id}", content={"id": str(assignment.id)})


def record_training(worker: Worker, *, course: str, completed: date, expires: date, certificate: str) -> None:
    """Record a completed course with its certificate. Source: OFFSET-8.2:trained."""
    if expires <= completed:
        raise Invalid("training must expire after it was completed", "expires")
    Training.objects.create(
        worker=worker, course=course, completed_date=completed, expires_date=expires, certificate=certificate
    )
    content = {"course": course, "expires": expires.isoformat(), "certificate": certificate}
    record("workforce.trained", subject=f"worker:{worker.id}", content=content)


def acknowledge(worker: Worker, *, statement: str, expires: date) -> None:
    """Record that the worker signed the statement of requirements and penalties. Source: OFFSET-8.2:informed."""
    Acknowledgement.objects.create(worker=worker, statement=statement, signed_at=clock.now(), expires_date=expires)
    content = {"statement": statement, "expires": expires.isoformat()}
    record("workforce.acknowledged", subject=f"worker:{worker.id}", content=content)


def terminate(worker: Worker, *, last_day: date) -> None:
    """Turn the account off from `last_day` on and end its sessions if that is today or past."""
    worker.terminated_on = last_day
    worker.save(update_fields=["terminated_on"])
    if last_day <= clock.now().date():
        for session in UserSession.objects.filter(user=worker):
            session.end()
    record("workforce.terminated", subject=f"worker:{worker.id}", content={"last_day": last_day.isoformat()})


def release_lock(worker: Worker) -> None:
    """Let a locked worker try again."""
    attempts.release(worker)


def authenticate(email: str, password: str, totp: str | None = None) -> Worker:
    """Sign a worker in at the command line; counted and locked like the console.

    Raises `Refused` with `too-many-tries` (and until when) or with `sign-in-failed`, the same for an unknown
    address, a wrong password, a wrong or missing code, and an account that is off.
    """
    started = attempts.start(email, way="cli")
    if not started.allowed:
        raise Refused(started)
    worker = Worker.objects.filter(email=Workers.normalized(email)).first()
    if worker is None:
        make_password(password)  # as slow as looking at a real password: the time does not tell who works here
    if worker is None or not _proves(worker, password, totp):
        attempts.failed(email, way="cli")
        raise Refused(refuse("sign-in-failed"))
    attempts.passed(worker, way="cli")
    return worker


def _proves(worker: Worker, password: str, totp: str | None) -> bool:
    now = clock.now()
    if not worker.check_password(password):
        return False
    if not account_on(worker=facts_of(worker), today=now.date(), now=now).allowed:
        return False
    seed = Authenticator.objects.filter(user_id=worker.pk, type=Authenticator.Type.TOTP).first()
    return seed is None or bool(totp and TOTP(seed).validate_code(totp))


def _take_password(worker: Worker, password: str) -> None:
    try:
        validate_password(password, worker)
    except ValidationError as weak:
        raise Invalid(" ".join(weak.messages), "password") from None
    worker.set_password(password)
    worker.password_changed_at = clock.now()
