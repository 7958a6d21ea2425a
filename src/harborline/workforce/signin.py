"""How allauth signs workers in: lockout that outlives the request, nobody signs up, sealed second-factor seeds."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest

from harborline.kernel import clock
from harborline.vault.services import seal_text, unseal_text
from harborline.workforce import attempts
from harborline.workforce.models import Worker
from harborline.workforce.rules import account_on
from harborline.workforce.selectors import facts_of

SEEDS = "staff/second-factor"


class WorkerAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are made by an administrator; every attempt is counted before the password is looked at."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth's own
        """Nobody makes their own account."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401 - allauth's own
        """Refuse while the address is locked, with the same words whether or not it belongs to anybody."""
        started = attempts.start(credentials.get("email") or "", way="web", remote=self.remote(request))
        if not started.allowed:
            raise self.validation_error("too_many_login_attempts")
        super().pre_authenticate(request, **credentials)

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:  # noqa: ANN401
        """The worker whose password it is, unless the account is off."""
        found: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if isinstance(found, Worker) and not _is_on(found):
            self.authentication_failed(request, **credentials)
            return None
        return found

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401, ARG002
        """Keep the failed attempt, whatever becomes of the request."""
        attempts.failed(credentials.get("email") or "", way="web")

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Every step is passed, the second factor too."""
        super().login(request, user)
        if isinstance(user, Worker):
            attempts.passed(user, way="web", remote=self.remote(request))

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """The password again, for something sensitive; counted like a sign-in."""
        right = bool(super().reauthenticate(user, password))
        if right and isinstance(user, Worker):
            attempts.passed(user, way="web")
        return right

    @staticmethod
    def remote(request: HttpRequest) -> str:
        """The address of the other end of the connection; forwarded headers are not believed here."""
        return str(request.META.get("REMOTE_ADDR", ""))


class SealedMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Seeds of second factors are sealed by the vault."""

    def encrypt(self, text: str) -> str:
        """Seal a seed or recovery seed for the database."""
        return base64.b64encode(seal_text(text, group=SEEDS, context="seed")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed seed; raises `Broken` when it was changed."""
        return unseal_text(base64.b64decode(encrypted_text), group=SEEDS, context="seed")


def _is_on(worker: Worker) -> bool:
    now = clock.now()
    return account_on(worker=facts_of(worker), today=now.date(), now=now).allowed
