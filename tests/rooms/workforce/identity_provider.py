"""An identity provider of our own on a port: discovery, authorization code with PKCE (S256), RS256 identity tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

CLIENT, SECRET, KEY_ID = "harborline", "a secret of the tests", "key-1"


def encoded(content: bytes) -> str:
    """Base64 for addresses, without padding (RFC 7515)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def whole(number: int) -> str:
    """A number of a key (RFC 7518, 6.3.1)."""
    return encoded(number.to_bytes((number.bit_length() + 7) // 8, "big"))


@dataclass
class Provider:
    """The provider: `claims` is whom the next code is for, `header` and `key` how the token is signed."""

    issuer: str = ""
    named: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": KEY_ID})
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    stranger: rsa.RSAPrivateKey | None = None
    token: str = ""
    waiting: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def discovery(self) -> dict[str, Any]:
        """The discovery document."""
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.named or self.issuer} | {name: f"{self.issuer}/{at}" for name, at in names.items()}

    def keys(self) -> dict[str, Any]:
        """The public key."""
        numbers = self.key.public_key().public_numbers()
        one = {"kty": "RSA", "kid": KEY_ID, "use": "sig", "alg": "RS256", "n": whole(numbers.n), "e": whole(numbers.e)}
        return {"keys": [one]}

    def authorize(self, asked: dict[str, str]) -> str:
        """Somebody proved who they are: back to the client with a code."""
        self.asked.append(asked)
        code = secrets.token_urlsafe(16)
        self.waiting[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def change(self, given: dict[str, str]) -> dict[str, Any] | None:
        """A code for an identity token, once, for who holds the secret and the verifier."""
        asked = self.waiting.pop(given.get("code", ""), None)
        proof = encoded(hashlib.sha256(given.get("code_verifier", "").encode()).digest())
        right = asked and asked["code_challenge"] == proof and asked["redirect_uri"] == given.get("redirect_uri")
        if not right or given.get("client_id") != CLIENT or given.get("client_secret") != SECRET:
            self.refused.append(given.get("code", ""))
            return None
        return {"access_token": "unused", "token_type": "Bearer", "id_token": self.token or self.signed()}

    def signed(self) -> str:
        """The identity token."""
        now = int(time.time())
        standard = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "jti": secrets.token_hex(8)}
        claims = {name: value for name, value in (standard | self.claims).items() if value is not None}
        content = f"{encoded(json.dumps(self.header).encode())}.{encoded(json.dumps(claims).encode())}"
        key = self.stranger or self.key
        signature = key.sign(content.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{content}.{encoded(signature)}"


@contextmanager
def provided() -> Iterator[Provider]:
    """The provider on a free port of this machine."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Discovery, keys, authorization."""
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.end_headers()
                return
            self.say(provider.keys() if parts.path == "/keys" else provider.discovery())

        def do_POST(self) -> None:
            """The token."""
            length = int(self.headers["Content-Length"])
            given = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            self.say(provider.change(given))

        def say(self, content: dict[str, Any] | None) -> None:
            """JSON."""
            self.send_response(200 if content else 400)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content or {"error": "invalid_grant"}).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
