"""What others may ask workforce to do."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings
from django.contrib.auth.hashers import make_password

from harborline.kernel import Invalid, Refused, clock, refuse
from harborline.ledger.services import record
from harborline.walls import current
from harborline.workforce import attempts
from harborline.workforce.agency_dialogue import begin_agency_sign_in, finish_agency_sign_in
from harborline.workforce.days import day_of
from harborline.workforce.duties import charge_duty, keep_duty
from harborline.workforce.facts import AccountKind, StaffRole, TrainingSubject
from harborline.workforce.giving import (
    assign,
    decide_proposal,
    end_assignment,
    end_own_session,
    end_sessions,
    give_assignment,
    leave_work,
    let_in,
    take_assignment,
)
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.machines import Issued, forget_machine_keys, issue_key, revoke_key
from harborline.workforce.models import Acknowledgement, Assignment, Training, Worker, Workers
from harborline.workforce.office_rules import account_term, may_be_first, may_give_access, stays_off
from harborline.workforce.passwords import remember_password, take_password
from harborline.workforce.penalties import decide_penalty, is_dismissed, open_register, propose_penalty, sign_penalty
from harborline.workforce.placing import (
    as_themselves,
    ask_cover,
    decide_cover,
    end_cover,
    join_team,
    leave_team,
    must,
    open_team,
    set_supervisor,
    who,
)
from harborline.workforce.requirements import statement as newest_statement
from harborline.workforce.resetting import (
    ask_return,
    decide_reset,
    first_password,
    give_password,
    reset_second_factor,
)
from harborline.workforce.standing import account_standing
from harborline.workforce.tokens import issue_login_token, read_login_token

TRAINING_DAYS = 365

__all__ = [
    "Issued",
    "acknowledge",
    "as_themselves",
    "ask_cover",
    "ask_return",
    "assign",
    "authenticate",
    "begin_agency_sign_in",
    "charge_duty",
    "decide_cover",
    "decide_penalty",
    "decide_proposal",
    "decide_reset",
    "end_assignment",
    "end_cover",
    "end_employment",
    "end_own_session",
    "end_sessions",
    "enter_training",
    "finish_agency_sign_in",
    "forget_machine_keys",
    "give_assignment",
    "give_password",
    "hire",
    "issue_key",
    "issue_login_token",
    "join_team",
    "keep_duty",
    "leave_team",
    "let_in",
    "open_register",
    "open_team",
    "propose_penalty",
    "read_login_token",
    "record_training",
    "release_lock",
    "reset_second_factor",
    "revoke_key",
    "set_password",
    "set_supervisor",
    "sign_penalty",
    "sign_requirements",
    "take_assignment",
    "take_on",
    "take_on_first",
    "terminate",
]


def hire(
    *,
    email: str,
    name: str,
    number: str,
    password: str | None = None,
    kind: AccountKind = AccountKind.REGULAR,
    expires_at: datetime | None = None,
) -> Worker:
    """Make an account; without a password nobody can sign in to it. Raises `Invalid` for a weak password.

    The account opens nothing until an assignment, training and a signed acknowledgement are there. A temporary or
    emergency one ends at `expires_at`; raises `Refused` when that is too late.
    """
    now = clock.now()
    must(account_term(kind=kind, expires_at=expires_at, now=now, profile=sign_in_profile()))
    worker = Worker(
        email=Workers.normalized(email),
        name=name,
        number=number,
        created_at=now,
        kind=kind.value,
        expires_at=expires_at,
    )
    worker.set_unusable_password()
    if password is not None:
        take_password(worker, password)
    worker.save(force_insert=True)
    if password is not None:
        remember_password(worker, password)
    # Signing in again for something sensitive and enrolling a second factor both ask allauth for a verified address.
    EmailAddress.objects.create(user=worker, email=worker.email, primary=True, verified=True)
    record("workforce.hired", subject=f"worker:{worker.id}", content={"number": number, "account": kind.value})
    return worker


def take_on(
    *,
    email: str,
    name: str,
    number: str,
    kind: AccountKind,
    expires_at: datetime | None,
    roles: frozenset[str],
) -> Worker:
    """Make an account as a security officer; raises `Refused`, or `Invalid` for an address or number in use."""
    must(may_give_access(roles=roles, actor_is_worker=False))
    if Worker.objects.filter(email=Workers.normalized(email)).exists():
        raise Invalid("belongs to an account already", "e-mail")
    if Worker.objects.filter(number=number).exists():
        raise Invalid("belongs to an account already", "number")
    return hire(email=email, name=name, number=number, kind=kind, expires_at=expires_at)


def take_on_first(*, email: str, name: str, number: str, completed: date, certificate: str) -> tuple[Worker, str]:
    """Make the first security officers of the context's program; answers the worker and a password for one use.

    Only while the program has fewer than two: from then on they make accounts themselves. Raises `Refused`.
    """
    program = current().program
    rows = Assignment.objects.filter(program=program, role=StaffRole.SECURITY_OFFICER.value)
    must(may_be_first(officers=rows.values("worker_id").distinct().count()))
    worker = hire(email=email, name=name, number=number)
    assign(worker, program=program, role=StaffRole.SECURITY_OFFICER)
    expires = completed + timedelta(days=TRAINING_DAYS)
    record_training(worker, course="security", completed=completed, expires=expires, certificate=certificate)
    return worker, first_password(worker)


def set_password(worker: Worker, password: str) -> None:
    """Set the password a worker chose; raises `Invalid` saying what is wrong with it."""
    take_password(worker, password)
    worker.password_given = False
    worker.save(update_fields=["password", "password_changed_at", "password_given"])
    remember_password(worker, password)
    record("workforce.password-set", subject=f"worker:{worker.id}", content={})


def enter_training(
    worker: Worker,
    *,
    course: str,
    subject: TrainingSubject,
    completed: date,
    certificate: str,
    roles: frozenset[str],
) -> None:
    """Record a completed course as a security officer; it counts for a year. Raises `Refused`, `Invalid`."""
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{worker.id}"))
    if completed > day_of(worker.id, clock.now()):
        raise Invalid("must not be after today", "day of the course")
    expires = completed + timedelta(days=TRAINING_DAYS)
    record_training(
        worker, course=course, subject=subject, completed=completed, expires=expires, certificate=certificate
    )


def record_training(
    worker: Worker,
    *,
    course: str,
    completed: date,
    expires: date,
    certificate: str,
    subject: TrainingSubject = TrainingSubject.SECURITY,
) -> None:
    """Record a completed course about one subject with its certificate. Source: OFFSET-8.2:trained."""
    if expires <= completed:
        raise Invalid("training must expire after it was completed", "expires")
    Training.objects.create(
        worker=worker,
        course=course,
        subject=subject.value,
        completed_date=completed,
        expires_date=expires,
        certificate=certificate,
    )
    named = {"course": course, "subject": subject.value, "certificate": certificate}
    content = {**named, "expires": expires.isoformat()}
    record("workforce.trained", subject=f"worker:{worker.id}", content=content)


def acknowledge(
    worker: Worker, *, statement: str, expires: date, language: str = "", signed_as: str = "", sha256: str = ""
) -> None:
    """Record that the worker signed the statement of requirements and penalties. Source: OFFSET-8.2:informed."""
    Acknowledgement.objects.create(
        worker=worker,
        statement=statement,
        language=language,
        signed_as=signed_as,
        wording_sha256=sha256,
        signed_at=clock.now(),
        expires_date=expires,
    )
    content = {"statement": statement, "expires": expires.isoformat(), "language": language, "words": sha256}
    record("workforce.acknowledged", subject=f"worker:{worker.id}", content=content)


def sign_requirements(worker: Worker, *, name: str, language: str, typed: str) -> None:
    """The worker signs the newest statement by typing their own name; it counts for a year.

    `name` is the statement that was on the page. Raises `Invalid` when the typed name is another one, or when the
    words were changed meanwhile. Source: OFFSET-8.2:informed, OFFSET-8.0:personal-liability.
    """
    shown = newest_statement(language)
    if name != shown.name:
        raise Invalid("the words were changed; read them again", "statement")
    if " ".join(typed.split()).casefold() != " ".join(worker.name.split()).casefold():
        raise Invalid("must be your own name, as your account shows it", "name")
    expires = day_of(worker.id, clock.now()) + timedelta(days=shown.valid_days)
    acknowledge(
        worker,
        statement=shown.name,
        expires=expires,
        language=shown.language,
        signed_as=" ".join(typed.split()),
        sha256=shown.sha256,
    )


def terminate(worker: Worker, *, last_day: date) -> None:
    """Turn the account off from `last_day` on; its work ends with it, and its sessions if that is today or past."""
    leave_work(worker, last_day)


def end_employment(worker: Worker, *, last_day: date, roles: frozenset[str]) -> None:
    """Turn an account off from `last_day` on, as a security officer; raises `Refused`.

    One that is off stays off, and a dismissal is not put off: nobody is let in again by one person.
    """
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{worker.id}"))
    today, said = day_of(worker.id, clock.now()), worker.terminated_on
    must(stays_off(said=said, today=today, dismissed=is_dismissed(worker), last_day=last_day))
    terminate(worker, last_day=last_day)


def release_lock(worker: Worker, *, roles: frozenset[str]) -> None:
    """Let a locked worker try again, as a security officer; raises `Refused`."""
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{worker.id}"))
    attempts.release(worker)


def authenticate(email: str, password: str, totp: str | None = None) -> Worker:
    """Sign a worker in at the command line; counted and locked like the console.

    Raises `Refused` with `too-many-tries` (and until when) or with `sign-in-failed`, the same for an unknown
    address, a wrong password, a wrong or missing code, no code app at all, a password somebody else gave, and an
    account that is off.
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
    worker.last_login = clock.now()
    worker.save(update_fields=["last_login"])
    attempts.passed(worker, way="cli")
    return worker


def _proves(worker: Worker, password: str, totp: str | None) -> bool:
    if worker.password_given or not worker.check_password(password):
        return False
    if not account_standing(worker).allowed:
        return False
    seed = Authenticator.objects.filter(user_id=worker.pk, type=Authenticator.Type.TOTP).first()
    if seed is None:
        return not getattr(settings, "SECOND_FACTOR_REQUIRED", True)
    return bool(totp and TOTP(seed).validate_code(totp))
