"""Ways to sign in that somebody else sets anew: one officer for most people, two for those who steer access.

Two as well for everybody who comes back to work: what one person turned off, or two decided, no one person undoes.
"""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount

from harborline.kernel import Decision, NotFound, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.walls import current
from harborline.workforce import attempts
from harborline.workforce.days import day_of
from harborline.workforce.facts import PRIVILEGED_ROLES, Reset, ResetKind
from harborline.workforce.giving import close_sessions
from harborline.workforce.models import Assignment, Worker
from harborline.workforce.office_rules import may_decide_reset, may_give_access, may_return, resets_alone
from harborline.workforce.passwords import remember_password, take_password
from harborline.workforce.placing import must, who
from harborline.workforce.reset_models import CredentialReset, CredentialResetDecision
from harborline.workforce.standing import apart, trained_since


def give_password(worker: Worker, *, roles: frozenset[str]) -> str:
    """Give a worker a password for one use, as a security officer: they choose their own at the next sign-in.

    Ends every session and opens the address again. Answers the password, which is shown this once; empty when the
    worker steers access themselves, so that a second person must say yes first.
    """
    return _gave(worker) if _asked(worker, ResetKind.PASSWORD, roles) else ""


def first_password(worker: Worker) -> str:
    """The password of an account made a moment ago at the machine, by nobody who has an account here."""
    return _gave(worker)


def reset_second_factor(worker: Worker, *, roles: frozenset[str]) -> bool:
    """Remove a lost second factor and end every session: the worker sets a new one up at the next sign-in.

    An account at the agency's provider is bound anew, too. Answers whether it is done: for somebody who steers
    access a second person must say yes first.
    """
    done = _asked(worker, ResetKind.FACTOR, roles)
    if done:
        _unbound(worker)
    return done


def ask_return(worker: Worker, *, roles: frozenset[str]) -> None:
    """Ask that somebody whose employment ended gets the account again, as a security officer; a second person decides.

    Needs security training since the account went off. Raises `Refused`.
    """
    must(_may_return(worker))
    _asked(worker, ResetKind.RETURN, roles)


def decide_reset(reset_id: uuid.UUID, *, approved: bool, roles: frozenset[str]) -> tuple[Worker, str]:
    """Say yes or no, as a second person, to what an officer asked for in the context's program.

    Answers the worker and the new password, if it was one and the answer is yes. Raises `Refused`, `NotFound`.
    """
    row = CredentialReset.objects.filter(id=reset_id, program=current().program, two_people=True).first()
    if row is None:
        raise NotFound("no such reset in this program")
    worker = Worker.objects.select_for_update().get(id=row.worker_id)  # two answers at once queue behind one another
    decided = CredentialResetDecision.objects.filter(reset=row).exists()
    must(
        may_decide_reset(
            roles=roles, asked_by=row.asked_by, decided_by=who(), worker=f"worker:{worker.id}", decided=decided
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
        return worker, _returned(worker)
    if row.what == ResetKind.PASSWORD:
        return worker, _gave(worker)
    _unbound(worker)
    return worker, ""


def resets(program: str) -> list[Reset]:
    """What waits for a second person in the program, the newest first."""
    rows = CredentialReset.objects.filter(program=program, two_people=True, decision=None).select_related("worker")
    return [
        Reset(row.id, row.worker_id, row.worker.name, ResetKind(row.what), row.asked_by, row.asked_at)
        for row in rows.order_by("-asked_at")
    ]


def _asked(worker: Worker, what: ResetKind, roles: frozenset[str]) -> bool:
    must(may_give_access(roles=roles, actor_is_worker=who() == f"worker:{worker.id}"))
    now, program = clock.now(), current().program
    alone = what is not ResetKind.RETURN and resets_alone(roles=_held(worker, now)).allowed
    same = CredentialReset.objects.filter(worker=worker, program=program, what=what.value)
    if not alone and same.filter(two_people=True, decision=None).exists():
        return False
    made = CredentialReset.objects.create(
        id=new_id(),
        worker=worker,
        program=program,
        what=what.value,
        two_people=not alone,
        unfactored=what is ResetKind.RETURN or not Authenticator.objects.filter(user=worker).exists(),
        asked_by=who(),
        asked_at=now,
    )
    if not alone:
        content = {"reset": str(made.id), "what": what.value}
        record("workforce.reset-proposed", subject=f"worker:{worker.id}", content=content)
    return alone


def _held(worker: Worker, now: datetime) -> frozenset[str]:
    # In whatever program: the same password opens all of them. Work that is still to come counts.
    rows = Assignment.objects.filter(worker=worker, role__in=PRIVILEGED_ROLES).exclude(until_at__lte=now)
    return frozenset(rows.values_list("role", flat=True))


def _may_return(worker: Worker) -> Decision:
    now, off = clock.now(), worker.terminated_on
    since = off is not None and trained_since(worker.id, off, now=now)
    return may_return(off_from=off, today=day_of(worker.id, now), trained_since=since)


def _returned(worker: Worker) -> str:
    # Nothing of before opens the account: work, teams and supervision ended with it, second factor and password go.
    off, worker.terminated_on, worker.let_in_at = worker.terminated_on, None, clock.now()
    worker.save(update_fields=["terminated_on", "let_in_at"])
    record("workforce.returned", subject=f"worker:{worker.id}", content={"off_from": off.isoformat() if off else ""})
    _unbound(worker)
    return _gave(worker)


def _gave(worker: Worker) -> str:
    password = "-".join(secrets.token_hex(3) for _ in range(3)).capitalize() + "!A"
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
