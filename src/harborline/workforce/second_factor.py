"""Codes and passkeys at the sign-in: every try is counted and kept like a try of the password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.adapter import get_adapter as mfa_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm, ReauthenticateWebAuthnForm
from django.core.exceptions import ValidationError

from harborline.workforce import attempts
from harborline.workforce.models import Worker

Shown = TypeVar("Shown")


def counted(worker: Worker, way: str, look: Callable[[], Shown]) -> Shown:
    """Look at what was shown, counted before and kept afterwards; raises `ValidationError` when locked or wrong."""
    remote = str(context.request.META.get("REMOTE_ADDR", ""))
    if not attempts.start(worker.email, way=way, remote=remote).allowed:
        raise get_adapter().validation_error("too_many_login_attempts")
    try:
        shown = look()
    except ValidationError:
        attempts.failed(worker.email, way=way)
        raise
    attempts.proven(worker, way=way, remote=remote)
    return shown


class CodeForm(AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """A code of the app, or a recovery code, at the sign-in."""

    def clean_code(self) -> str:
        """The code, if it is right."""
        return str(counted(self.user, "code", super().clean_code))


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """A code again, for something sensitive or at a locked screen."""

    def clean_code(self) -> str:
        """The code, if it is right."""
        return str(counted(self.user, "code", super().clean_code))


class PasskeyForm(AuthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A passkey at the sign-in."""

    def clean_credential(self) -> Any:  # noqa: ANN401 - allauth's authenticator
        """The passkey that answered."""
        return counted(self.user, "passkey", lambda: _answered(super(PasskeyForm, self).clean_credential))


class PasskeyAgainForm(ReauthenticateWebAuthnForm):  # type: ignore[misc]  # allauth ships no types
    """A passkey again, for something sensitive or at a locked screen."""

    def clean_credential(self) -> Any:  # noqa: ANN401 - as above
        """The passkey that answered."""
        return counted(self.user, "passkey", lambda: _answered(super(PasskeyAgainForm, self).clean_credential))


def _answered(look: Callable[[], Authenticator]) -> Authenticator:
    # What a browser sends may be anything at all; every answer that cannot be read is a wrong one.
    try:
        return look()
    except (AttributeError, KeyError, TypeError, ValueError):
        raise mfa_adapter().validation_error("incorrect_code") from None
