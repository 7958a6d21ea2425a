"""Who acts at the command line: a worker who signed in, never the operating-system account."""

from __future__ import annotations

import getpass
import os
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from harborline.kernel import Invalid, Refused, refuse
from harborline.kernel.clock import now
from harborline.law import profile
from harborline.project.home import home
from harborline.walls import Actor, Context, acting
from harborline.workforce.facts import StaffRole
from harborline.workforce.models import Worker
from harborline.workforce.selectors import actor_for, roles_of
from harborline.workforce.services import authenticate, issue_login_token, read_login_token

PASSWORD_VARIABLE = "HARBORLINE_PASSWORD"  # noqa: S105 - the name of a variable
# Who may take which step with a run, besides the roles that may start one.
_APPROVERS = frozenset({StaffRole.SUPERVISOR.value, StaffRole.STATE_OPERATOR.value})


@dataclass(frozen=True, slots=True)
class Acting:
    """A worker in one program: the actor, the counties they see, their roles."""

    actor: Actor
    program: str
    counties: tuple[str, ...]
    roles: frozenset[str]

    def acting(self, purpose: str) -> AbstractContextManager[Context]:
        """A unit of work as this worker."""
        return acting(self.actor, program=self.program, counties=self.counties, purpose=purpose)

    def must_steer(self, step: str) -> None:
        """Raise `Refused` when none of the worker's roles may take this step with a run."""
        starters = frozenset(profile(self.program).texting.run_roles)
        allowed = starters | _APPROVERS if step == "approve" else starters
        if not self.roles & allowed:
            decision = refuse("role-may-not-steer-runs")
            raise Refused(decision.stamped("project.actors", ("NC-CSS-22-18:state-text-service",)))


def token_file() -> Path:
    """Where the command line keeps its sealed proof of sign-in."""
    return home() / "login.token"


def acting_worker(name: str, program: str) -> Acting:
    """The worker who acts in `program`: `name` (asks for the password), else the one who signed in.

    Raises `Refused` when nobody did, or when the worker may not work there, `Invalid` for an unknown program.
    """
    profile(program)
    worker = sign_in(name) if name else _signed_in()
    actor, counties = actor_for(worker, program)
    return Acting(actor, program, counties, roles_of(worker, program, now=now()))


def _signed_in() -> Worker:
    try:
        return read_login_token(token_file())
    except Refused:
        raise Invalid("nobody is signed in; run `harborline login --as E-MAIL`, or name yourself", "--as") from None


def sign_in(email: str, *, totp: str = "") -> Worker:
    """Check password (asked for, or from `HARBORLINE_PASSWORD`) and code; a kept sign-in of the same worker counts."""
    kept = _kept_token_of(email)
    if kept is not None:
        return kept
    password = os.environ.get(PASSWORD_VARIABLE) or _ask(f"Password of {email}: ")
    return authenticate(email, password, totp or os.environ.get("HARBORLINE_TOTP") or None)


def _kept_token_of(email: str) -> Worker | None:
    try:
        worker = read_login_token(token_file())
    except Refused:
        return None
    return worker if worker.email == email.strip().lower() else None


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise Invalid(f"set {PASSWORD_VARIABLE}, or run it in a terminal to be asked", "--as")
    return getpass.getpass(question)


def keep_sign_in(worker: Worker) -> str:
    """Keep the sign-in for later commands; answers until when, in words."""
    until = issue_login_token(worker, token_file())
    return f"signed in as {worker.email} until {until:%Y-%m-%d %H:%M} UTC"
