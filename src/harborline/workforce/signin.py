"""How allauth signs workers in: lockout that outlives the request, nobody signs up, sealed second-factor seeds."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core import context as requests
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from harborline.kernel import clock
from harborline.vault.services import seal_text, unseal_text
from harborline.workforce import attempts
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.models import Worker
from harborline.workforce.rules import password_may_change
from harborline.workforce.selectors import account_standing
from harborline.workforce.services import as_themselves, set_password

SEEDS = "staff/second-factor"
# What allauth would tell by mail is an entry in the proof log instead.
TOLD: Final = {
    "mfa/email/totp_activated": ("workforce.second-factor-added", "totp"),
    "mfa/email/webauthn_added": ("workforce.second-factor-added", "webauthn"),
    "mfa/email/totp_deactivated": ("workforce.second-factor-removed", "totp"),
    "mfa/email/webauthn_removed": ("workforce.second-factor-removed", "webauthn"),
    "mfa/email/recovery_codes_generated": ("workforce.recovery-codes-made", "recovery_codes"),
}


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
        if not isinstance(found, Worker):
            return found
        if not account_standing(found).allowed:
            self.authentication_failed(request, **credentials)
            return None
        attempts.proven(found, way="web", remote=self.remote(request))
        return found

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:  # noqa: ANN401, ARG002
        """Keep the failed attempt, whatever becomes of the request."""
        attempts.failed(credentials.get("email") or "", way="web")

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Every step is passed, the second factor too."""
        super().login(request, user)
        if isinstance(user, Worker):
            shown = get_authentication_records(request, user)
            way = "agency" if any(one.get("method") == "socialaccount" for one in shown) else "web"
            attempts.passed(user, way=way, remote=self.remote(request))

    def reauthenticate(self, user: AbstractBaseUser, password: str) -> bool:
        """The password again, for something sensitive; counted like a sign-in."""
        right = bool(super().reauthenticate(user, password))
        if right and isinstance(user, Worker):
            attempts.passed(user, way="web")
        return right

    def clean_password(self, password: str, user: AbstractBaseUser | None = None) -> str:
        """A password that may be chosen now; raises `ValidationError` in words for the person."""
        if isinstance(user, Worker):
            decision = password_may_change(
                given=user.password_given,
                changed_at=user.password_changed_at,
                now=clock.now(),
                profile=sign_in_profile(),
            )
            if not decision.allowed:
                raise ValidationError(_("You changed your password less than a day ago. Wait a day, or tell security."))
        return str(super().clean_password(password, user))

    def set_password(self, user: AbstractBaseUser, password: str) -> None:
        """Take the password a worker chose: it is remembered and recorded."""
        assert isinstance(user, Worker)
        with as_themselves(user):
            set_password(user, password)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - allauth's own
        """On with the work, or with the next step before it."""
        return str(settings.LOGIN_REDIRECT_URL)

    def send_notification_mail(
        self, template_prefix: str, user: AbstractBaseUser, context: object = None, email: str | None = None
    ) -> None:
        """Record what was done to the account; a second factor just set up was shown in this session."""
        del context, email
        told = TOLD.get(template_prefix)
        if told is None or not isinstance(user, Worker):
            return
        kind, factor = told
        if kind == "workforce.second-factor-added":
            record_authentication(requests.request, user, "mfa", type=factor, enrolled=True)
        attempts.note(kind, f"worker:{user.pk}", {"factor": factor})

    @staticmethod
    def remote(request: HttpRequest) -> str:
        """The address of the other end of the connection; forwarded headers are not believed here."""
        return str(request.META.get("REMOTE_ADDR", ""))


class WorkerSessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]  # allauth ships no types
    """Whoever signs out everywhere else signs out at the command line, too."""

    def end_sessions(self, sessions: Iterable[UserSession]) -> None:
        """End them, and what was signed in by file."""
        ended = list(sessions)
        super().end_sessions(ended)
        Worker.objects.filter(id__in={one.user_id for one in ended}).update(signed_out_at=clock.now())


class SealedMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Seeds of second factors are sealed by the vault; the last second factor stays."""

    def encrypt(self, text: str) -> str:
        """Seal a seed or recovery seed for the database."""
        return base64.b64encode(seal_text(text, group=SEEDS, context="seed")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed seed; raises `Broken` when it was changed."""
        return unseal_text(base64.b64decode(encrypted_text), group=SEEDS, context="seed")

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one: nobody works without a second factor."""
        kinds = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
        others = Authenticator.objects.filter(user=authenticator.user_id, type__in=kinds)
        return bool(others.exclude(pk=authenticator.pk).exists())
