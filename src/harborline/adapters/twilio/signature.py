"""Webhook signatures: HMAC over the configured address and whatever parameters arrived, compared in constant time.

Source: the provider's "Validating signatures" (header X-Twilio-Signature) and, since SDK 9, the header
X-Twilio-Webhooks-Signature-Settings that names a shared key and HMAC_SHA256.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from harborline.kernel import Invalid

SIGNATURE_HEADER = "X-Twilio-Signature"
SETTINGS_HEADER = "X-Twilio-Webhooks-Signature-Settings"
SHA1, SHA256 = "HMAC_SHA1", "HMAC_SHA256"
_HASHES = {SHA1: hashlib.sha1, SHA256: hashlib.sha256}
_PORTS = {"https": 443, "http": 80}

Form = Mapping[str, Sequence[str]]


def sign(secret: str, url: str, form: Form, algorithm: str = SHA1) -> str:
    """Base64 of the HMAC over `url` and the sorted names with their sorted distinct values.

    Raises `Invalid` for an algorithm that is not known.
    """
    digest = _HASHES.get(algorithm)
    if digest is None:
        raise Invalid("is not a known signature algorithm", SETTINGS_HEADER)
    return base64.b64encode(hmac.digest(secret.encode(), (url + _joined(form)).encode(), digest)).decode()


def _joined(form: Form) -> str:
    """The sorted names, each with its sorted distinct values."""
    return "".join(name + value for name in sorted(form) for value in sorted(set(form[name])))


def verified(
    *, url: str, form: Form, signature: str, settings: str, auth_token: str, shared_keys: Mapping[str, str]
) -> bool:
    """Whether the carrier signed this request.

    1. No settings header: the account's token, SHA-1. 2. With one: its algorithm must be known; a key it names must
    be ours. SHA-256 without a key falls to nobody's secret and fails. 3. The address counts with and without its
    port, since the carrier writes both.
    """
    algorithm, key = parsed_settings(settings)
    if algorithm not in _HASHES:
        return False
    secret = shared_keys.get(key, "") if key or algorithm != SHA1 else auth_token
    if not secret or not signature:
        return False
    given = signature.encode("utf-8", "surrogateescape")
    expected = [sign(secret, address, form, algorithm).encode() for address in spellings(url)]
    return any([hmac.compare_digest(given, one) for one in expected])  # noqa: C419 - no early end


def parsed_settings(header: str) -> tuple[str, str]:
    """The algorithm (SHA-1 when none is named) and the key id of a settings header; upper case as the SDK has it."""
    named: dict[str, str] = {}
    for part in header.split(","):
        name, found, value = part.partition("=")
        if found and value.strip():
            named.setdefault(name.strip(), value.strip())
    return named.get("algorithm", SHA1).upper(), named.get("key", "")


def spellings(url: str) -> tuple[str, str]:
    """The address without and with its port."""
    begins = url.find("/", url.find("://") + 3)
    server, rest = (url, "") if begins < 0 else (url[:begins], url[begins:])
    bare, ported = _servers(server)
    return bare + rest, ported + rest


@lru_cache(maxsize=64)
def _servers(server: str) -> tuple[str, str]:
    parts = urlsplit(server)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.netloc.rpartition("@")[2].split(":")[0]
    port = parts.port or _PORTS.get(parts.scheme, 443)
    bare = parts._replace(netloc=host).geturl()
    return bare, parts._replace(netloc=f"{host}:{port}").geturl()
