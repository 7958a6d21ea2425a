"""News is signed, so that the other system knows who it is from."""

from __future__ import annotations

import base64
import hashlib
import hmac

from harborline.messaging.accepting.signing import headers, new_secret, signature


class TestASignature:
    """After the Standard Webhooks specification."""

    def test_is_the_one_the_specification_shows(self) -> None:
        """The published example of that specification."""
        made = signature(
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1614265330,
            b'{"test": 2432232314}',
        )
        assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    def test_changes_with_every_part(self) -> None:
        """Neither id nor time nor words can be exchanged."""
        secret = new_secret()
        one = signature(secret, "a", 1, b"x")
        others = {
            signature(secret, "b", 1, b"x"),
            signature(secret, "a", 2, b"x"),
            signature(secret, "a", 1, b"y"),
            signature(new_secret(), "a", 1, b"x"),
        }
        assert len(others | {one}) == 5

    def test_stands_once_for_each_secret(self) -> None:
        """While secrets change, who knows either can check it."""
        old, new = new_secret(), new_secret()
        found = headers([new, old], "id", 7, b"{}")["webhook-signature"].split()
        for secret, each in zip((new, old), found, strict=True):
            key = base64.b64decode(secret.removeprefix("whsec_"))
            assert len(key) == 32
            expected = base64.b64encode(hmac.new(key, b"id.7.{}", hashlib.sha256).digest()).decode()
            assert each == f"v1,{expected}"
