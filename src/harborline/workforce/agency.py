"""Signing in with the agency's own identity provider: whose account there opens which account here.

Accounts are made here, by a security officer; the provider only says who comes. An account there is bound to the one
here at its first sign-in, by the work e-mail that the provider vouches for, and from then on by the provider's own
name for it. The libraries of the dialogue (`workforce.agency_provider`) are read only where a provider is set.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from harborline.kernel import Refused
from harborline.workforce import attempts
from harborline.workforce.agency_settings import PROVIDER
from harborline.workforce.models import Worker, Workers
from harborline.workforce.rules import agency_account_fits, second_factor_vouched
from harborline.workforce.selectors import account_standing


def turned_away() -> ImmediateHttpResponse:
    """Back to the sign-in page, with the same words whatever was wrong."""
    return ImmediateHttpResponse(HttpResponseRedirect(f"{reverse('account_login')}?why=agency"))


class AgencyAccounts(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Nobody signs up; the provider is the one of the settings; every attempt that came to nothing is recorded."""

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:  # noqa: ANN401
        """The agency's provider; raises the library's DoesNotExist where none is set."""
        from harborline.workforce.agency_provider import AgencyProvider  # noqa: PLC0415 - as said above

        return AgencyProvider(request, app=self.get_app(request, provider=provider, client_id=client_id))

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:  # noqa: ARG002
        """Nobody makes their own account."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in whose account this is; raises the answer that leads back for everybody else."""
        address = next((each.email for each in sociallogin.email_addresses if each.verified), "")
        try:
            worker = _owner(sociallogin, address)
        except Refused:
            attempts.failed(address or "unknown", way=PROVIDER)
            raise turned_away() from None
        if not sociallogin.is_existing:
            sociallogin.connect(request, worker)
            attempts.note("workforce.agency-account-bound", f"worker:{worker.pk}", {"provider": PROVIDER})
        if request.user.is_authenticated:
            logout(request)
        said, accepted = sociallogin.account.extra_data, sociallogin.provider.app.settings["acr"]
        vouched = second_factor_vouched(amr=said.get("amr"), acr=said.get("acr"), accepted=frozenset(accepted))
        record_authentication(request, worker, "socialaccount", provider=PROVIDER, second_factor=vouched.allowed)

    def on_authentication_error(self, request: HttpRequest, provider: object, **_named: object) -> None:
        """Keep that it came to nothing, and lead back."""
        del request, provider
        attempts.failed("unknown", way=PROVIDER)
        raise turned_away()


def _owner(sociallogin: SocialLogin, address: str) -> Worker:
    # The account here; raises `Refused` for nobody, somebody else, and an account that is off.
    known = sociallogin.user if sociallogin.is_existing else None
    worker = known or Worker.objects.filter(email=Workers.normalized(address)).first()
    bound = SocialAccount.objects.filter(user=worker).exists() if worker else False
    fits = agency_account_fits(known=known is not None, found=worker is not None, bound_elsewhere=bound)
    if worker is None or not fits.allowed:
        raise Refused(fits)
    standing = account_standing(worker)
    if not standing.allowed:
        raise Refused(standing)
    return worker
