"""The form of one hand-over, encoded by hand: constant parts once, words through a table that remembers."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote_plus

from harborline.adapters.twilio.accounts import TwilioAccount
from harborline.messaging.ports import OutgoingText

LONGEST_VALIDITY_S: Final = 36_000
# The provider keeps neither the words nor the number, and does not rewrite characters behind our back.
_TAIL: Final = "&ContentRetention=discard&AddressRetention=obfuscate&SmartEncoded=false"


class _Encoded(dict[int, str]):
    """Code point → its form encoding, worked out once per character."""

    def __missing__(self, code: int) -> str:
        """Encode a character; lone surrogates become the replacement character."""
        mark = chr(code)
        encoded = "%EF%BF%BD" if "\ud800" <= mark <= "\udfff" else quote_plus(mark)
        self[code] = encoded
        return encoded


ENCODED: Final = _Encoded()


class Forms:
    """Writes the forms of one sender."""

    def __init__(self, account: TwilioAccount) -> None:
        origin = "MessagingServiceSid" if account.origin.startswith("MG") else "From"
        self._attempts = account.attempts
        self._middle = f"&{origin}={quote_plus(account.origin)}&StatusCallback={quote_plus(account.callbacks)}"
        self._end = f"{quote_plus('/')}{_TAIL}&ValidityPeriod="

    def form(self, text: OutgoingText) -> bytes:
        """To, Body, origin, the callback address with the signed attempt, retention, validity in seconds."""
        to, body = text.to, text.text.translate(ENCODED)
        to = f"%2B{to[1:]}" if to[:1] == "+" and to[1:].isalnum() and to.isascii() else to.translate(ENCODED)
        validity_s = min(max(text.expires_in_s, 1), LONGEST_VALIDITY_S)
        token = self._attempts.token(text.attempt_id)
        return f"To={to}&Body={body}{self._middle}{token}{self._end}{validity_s}".encode("ascii")
