"""The dialogue with the agency's identity provider: OpenID Connect, authorization code with PKCE (RFC 7636, S256).

Stricter than the library: every identity token's signature is checked, only with asymmetric keys; the discovery
document must name the very issuer that was set; every endpoint is reached over TLS.
Source: OpenID Connect Core 1.0, 3.1.3.7; OpenID Connect Discovery 1.0, 4.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import jwt
import requests
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from harborline.workforce.agency_settings import PROVIDER, safe_address

BACK: Final = "own:agency-back"
ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_NEEDED: Final = ("iss", "sub", "aud", "exp", "iat")
_KEPT: Final = ("amr", "acr")


class AgencyDialogue(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth ships no types
    """One dialogue with the provider, from the redirect to the identity token."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """The discovery document; raises `OAuth2Error` for another issuer's, or one with an open line."""
        found: dict[str, Any] = super().openid_config
        issuer = self.get_provider().app.settings["server_url"]
        if found.get("issuer") != issuer or not all(safe_address(str(found.get(each, ""))) for each in _ENDPOINTS):
            raise OAuth2Error("the discovery document is not that of this issuer, or names an address without TLS")
        return found

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:  # noqa: ARG002 - allauth's own
        """Where the provider sends the browser back to."""
        return str(request.build_absolute_uri(reverse(BACK)))

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        try:
            if jwt.get_unverified_header(id_token).get("alg") not in ALGORITHMS:
                raise OAuth2Error("the identity token is not signed with a key of the provider")
            claims: dict[str, Any] = jwtkit.verify_and_decode(
                credential=id_token,
                keys_url=self.openid_config["jwks_uri"],
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                lookup_kid=jwtkit.lookup_kid_jwk,
                verify_signature=True,
            )
        except (jwt.PyJWTError, KeyError, TypeError, ValueError):
            raise OAuth2Error("the identity token cannot be read") from None
        if any(not claims.get(each) for each in _NEEDED):
            raise OAuth2Error("the identity token lacks a claim that it must carry")
        return claims


class AgencyProvider(OpenIDConnectProvider):  # type: ignore[misc]  # allauth ships no types
    """The provider; of what it says about a person only the proofs they showed are kept."""

    oauth2_adapter_class = AgencyDialogue

    def get_pkce_params(self) -> dict[str, str]:
        """Always."""
        self.app.settings["oauth_pkce_enabled"] = True
        return dict(super().get_pkce_params())

    def get_default_scope(self) -> list[str]:
        """Who they are and their address; no profile."""
        return ["openid", "email"]

    def extract_extra_data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The proofs the provider names (`amr`, RFC 8176; `acr`), nothing about the person."""
        claims = data.get("id_token") or {}
        return {name: claims[name] for name in _KEPT if name in claims}


def start(request: HttpRequest, *, next_page: str | None) -> HttpResponse:
    """The redirect to the provider with a fresh state and PKCE challenge; back to signing in when it is not there."""
    provider = AgencyDialogue(request, PROVIDER).get_provider()
    try:
        answer: HttpResponse = provider.redirect(request, process=AuthProcess.LOGIN, next_url=next_page)
    except (OAuth2Error, requests.RequestException, KeyError, ValueError) as wrong:
        answer = render_authentication_error(request, provider, exception=wrong)
    return answer


def finish(request: HttpRequest) -> HttpResponse:
    """What the provider sent the browser back with: the code is changed for the identity token, then checked."""
    dialogue = AgencyDialogue(request, PROVIDER)
    try:
        answer: HttpResponse = OAuth2CallbackView.adapter_view(dialogue)(request)
    except (KeyError, TypeError, ValueError) as wrong:
        answer = render_authentication_error(request, dialogue.get_provider(), exception=wrong)
    return answer
