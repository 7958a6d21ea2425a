"""The settings of the agency's identity provider, read before anything else stands."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings

from harborline.kernel import Invalid

PROVIDER: Final = "agency"
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def safe_address(address: str) -> bool:
    """Whether an address is reached over TLS, or on this machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE))


def providers(*, issuer: str, client: str, secret_file: str, name: str, acr: str) -> dict[str, Any]:
    """The library's setting for one provider, or for none without an issuer; raises `Invalid`.

    `acr` are the values, with commas, by which the provider says that it asked for more than a password.
    """
    if not issuer:
        return {}
    if not safe_address(issuer):
        raise Invalid("is an https address", "HARBORLINE_OIDC_ISSUER")
    if not client:
        raise Invalid("is the client that the provider made for us", "HARBORLINE_OIDC_CLIENT")
    if find_spec("requests") is None or find_spec("jwt") is None:
        raise Invalid("needs the packages of django-allauth[socialaccount]", "HARBORLINE_OIDC_ISSUER")
    values = [each.strip() for each in acr.split(",") if each.strip()]
    options = {"server_url": issuer, "fetch_userinfo": False, "acr": values}
    app = {"provider_id": PROVIDER, "name": name, "client_id": client, "secret": _secret(secret_file)}
    return {"openid_connect": {"APPS": [app | {"settings": options}]}}


def _secret(path: str) -> str:
    try:
        found = Path(path).read_text(encoding="utf-8").strip() if path else ""
    except OSError:
        found = ""
    if not found:
        raise Invalid("names a file that holds the provider's secret", "HARBORLINE_OIDC_SECRET_FILE")
    return found


def agency_name() -> str:
    """What the sign-in page calls the provider; empty where none is set."""
    found = getattr(settings, "SOCIALACCOUNT_PROVIDERS", {}).get("openid_connect", {}).get("APPS", [])
    return str(found[0]["name"]) if found else ""
