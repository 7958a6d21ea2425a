"""Ways to sign in that somebody else sets anew: by two people, neither of whom could then sign in as the worker.

A new password comes in two halves: who asks is shown the first, who says yes the second, and the worker hears both.
A second factor is removed by two people as well, who learn nothing by it.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import timedelta

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from harborline.kernel import Decision, NotFound, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.vault.services import blind_index
from harborline.walls import current
from harborline.workforce import attempts
from harborline.workforce.days import day_of
from harborline.workforce.facts import ALL, PRIVILEGED_ROLES, Reset, ResetKind
from harborline.workforce.giving import close_sessions
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.models import Assignment, Worker
from harborline.workforce.office_rules import may_decide_reset, may_give_access, may_return
from harborline.workforce.passwords import remember_password, take_password
from harborline.workforce.placing import must, who
from harborline.workforce.reset_models import CredentialReset, CredentialResetDecision
from harborline.workforce.standing import apart, trained_since


def give_password(worker: Worker, *, roles: frozenset[str]) -> str:
    """Ask for a password for one use, as a security officer: the worker chooses their own at the next sign-in.

    Nothing changes before a second person says yes. Answers the first half of the password, for who asked and tells
    it to the worker; empty when somebody else asked already. Raises `Refused`.
    """
    return _asked(worker, ResetKind.PASSWORD, roles)


def first_password(worker: Worker) -> str:
    """The password of an account made a moment ago at the machine, by nobody who has an account here."""
    return _gave(worker, secrets.token_hex(6))


def reset_second_factor(worker: Worker, *, roles: frozenset[str]) -> None:
    """Ask that a lost second factor is removed: once a second person says yes, the worker sets a new one up.

    An account at the agency's provider is bound anew, too. Raises `Refused`.
    """
    _asked(worker, ResetKind.FACTOR, roles)


def ask_return(worker: Worker, *, roles: frozenset[str]) -> str:
    """Ask that somebody whose employment ended gets the account again, as a security officer; a second person decides.

    Needs security training since the account went off. Answers like `give_password`. Raises `Refused`.
    """
    must(_may_return(worker))
    return _asked(worker, ResetKind.RETURN, roles)


def decide_reset(reset_id: uuid.UUID, *, approved: bool, roles: frozenset[str]) -> tuple[Worker, str]:
    """Say yes or no, as a second person, to what an officer asked for in the context's program.

    A supervisor says it for workers of their own counties who steer nothing. Answers the worker and the second half
    of the new password, if it was one and the answer is yes. Raises `Refused`, `NotFound`.
    """
    row = CredentialReset.objects.filter(id=reset_id, program=current().program, two_people=True).first()
    if row is None:
        raise NotFound("no such reset in this program")
    worker = Worker.objects.select_for_update().get(id=row.worker_id)  # two answers at once queue behind one another
    decided = CredentialResetDecision.objects.filter(reset=row).exists()
    must(
        may_decide_reset(
            roles=roles,
            below=_below(worker, row),
            asked_by=row.asked_by,
            decided_by=who(),
            worker=f"worker:{worker.id}",
            decided=decided,
        )
    )
    must(apart(row.asked_by, who(), now=clock.now()))
    if approved and row.what == ResetKind.RETURN:
        must(_may_return(worker))
    CredentialResetDecision.objects.create(reset=row, approved=approved, decided_by=who(), decided_at=clock.now())
    content = {"reset": str(row.id), "what": row.what, "approved": "yes" if approved else "no"}
    record("workforce.reset-decided", subject=f"worker:{worker.id}", content=content)
    if not approved:
        return worker, ""
    if row.what == ResetKind.RETURN:
        _returned(worker)
    if row.what == ResetKind.FACTOR:
        _unbound(worker)
        return worker, ""
    first = first_half(row.id)
    return worker, _gave(worker, first).removeprefix(first)


def resets(program: str) -> list[Reset]:
    """What waits for a second person in the program, the newest first."""
    rows = CredentialReset.objects.filter(program=program, two_people=True, decision=None)
    return [_reset(row) for row in rows.select_related("worker").order_by("-asked_at")]


def resets_of(worker_id: uuid.UUID) -> list[Reset]:
    """What others asked and did to a worker's way to sign in, for as long as `reset_days`, the newest first."""
    since = clock.now() - timedelta(days=sign_in_profile().reset_days)
    rows = CredentialReset.objects.filter(worker_id=worker_id, asked_at__gt=since)
    return [_reset(row) for row in rows.select_related("worker", "decision").order_by("-asked_at")]


def _reset(row: CredentialReset) -> Reset:
    decision = getattr(row, "decision", None)
    return Reset(
        id=row.id,
        worker_id=row.worker_id,
        worker_name=row.worker.name,
        what=ResetKind(row.what),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        decided_by=decision.decided_by if decision else "",
        approved=decision.approved if decision else None if row.two_people else True,
    )


def _asked(worker: Worker, what: ResetKind, roles: frozenset[str]) -> str:
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{worker.id}"))
    now, program = clock.now(), current().program
    Worker.objects.select_for_update().get(id=worker.id)  # two requests at once queue behind one another
    same = CredentialReset.objects.filter(worker=worker, program=program, what=what.value)
    waits = same.filter(two_people=True, decision=None).first()
    if waits is not None:
        return first_half(waits.id) if waits.asked_by == who() and what is not ResetKind.FACTOR else ""
    made = CredentialReset.objects.create(
        id=new_id(),
        worker=worker,
        program=program,
        what=what.value,
        two_people=True,
        halves=True,
        unfactored=what is ResetKind.RETURN or not Authenticator.objects.filter(user=worker).exists(),
        asked_by=who(),
        asked_at=now,
    )
    content = {"reset": str(made.id), "what": what.value}
    record("workforce.reset-proposed", subject=f"worker:{worker.id}", content=content)
    return "" if what is ResetKind.FACTOR else first_half(made.id)


def first_half(reset_id: uuid.UUID) -> str:
    """The half that who asked tells the worker; worked out anew, so that it stands nowhere."""
    digest = blind_index("reset-half", str(reset_id)).hex()
    return f"{digest[:6]}-{digest[6:12]}-"


def _below(worker: Worker, row: CredentialReset) -> bool:
    # Whether a supervisor may say yes: all of the worker's work is in the supervisor's counties, and steers nothing.
    rows = list(Assignment.objects.filter(worker=worker).exclude(until_at__lte=clock.now()))
    mine, places = frozenset(current().counties), {one.county for one in rows}
    steers = any(one.role in PRIVILEGED_ROLES or one.program != row.program for one in rows)
    return bool(places) and not steers and (ALL in mine or places <= mine)


def _may_return(worker: Worker) -> Decision:
    now, off = clock.now(), worker.terminated_on
    since = off is not None and trained_since(worker.id, off, now=now)
    return may_return(off_from=off, today=day_of(worker.id, now), trained_since=since)


def _returned(worker: Worker) -> None:
    # Nothing of before opens the account: work, teams and supervision ended with it, second factor and password go.
    off, worker.terminated_on, worker.let_in_at = worker.terminated_on, None, clock.now()
    worker.save(update_fields=["terminated_on", "let_in_at"])
    record("workforce.returned", subject=f"worker:{worker.id}", content={"off_from": off.isoformat() if off else ""})
    _unbound(worker)


def _gave(worker: Worker, first: str) -> str:
    password = f"{first}{secrets.token_hex(3)}-{secrets.token_hex(3)}!A"
    take_password(worker, password)
    worker.password_given = True
    worker.save(update_fields=["password", "password_changed_at", "password_given"])
    remember_password(worker, password)
    close_sessions(worker)
    attempts.release(worker)
    record("workforce.password-given", subject=f"worker:{worker.id}", content={})
    return password


def _unbound(worker: Worker) -> None:
    Authenticator.objects.filter(user=worker).delete()
    SocialAccount.objects.filter(user=worker).delete()
    close_sessions(worker)
    record("workforce.second-factor-reset", subject=f"worker:{worker.id}", content={})
