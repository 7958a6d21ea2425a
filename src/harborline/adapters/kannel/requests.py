"""One hand-over as Kannel's HTTP interface takes it: everything private in headers and body, nothing in the address.

An address ends up in access logs; headers and body do not. The words go as UTF-8 with the coding they need.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from harborline.adapters.kannel.accounts import KannelAccount
from harborline.messaging.ports import OutgoingText, coding_of

# Delivered, failed, given to the message centre, refused by it; not "buffered", which says nothing new.
REPORTS: Final = 1 | 2 | 8 | 16
_CODINGS: Final = {"gsm7": 0, "ucs2": 2}
SHORTEST_S: Final = 60


class Requests:
    """Writes the requests of one sender."""

    def __init__(self, account: KannelAccount) -> None:
        """Prepare what is the same for every text."""
        parts = urlsplit(account.base_url)
        self._attempts = account.attempts
        self._reports = account.reports
        self._head = (
            f"POST {parts.path.rstrip('/')}/cgi-bin/sendsms HTTP/1.1\r\nHost: {parts.netloc}\r\n"
            f"X-Kannel-Username: {account.username}\r\nX-Kannel-Password: {account.password}\r\n"
            f"X-Kannel-From: {account.origin}\r\nX-Kannel-DLR-Mask: {REPORTS}\r\n"
            "Content-Type: text/plain; charset=UTF-8\r\n"
        )

    def written(self, text: OutgoingText) -> bytes:
        """The whole request. Kannel counts validity in minutes: the window's rest, rounded down, never up."""
        body = text.text.encode("utf-8", "replace")
        token = self._attempts.token(text.attempt_id)
        head = (
            f"{self._head}X-Kannel-To: {text.to}\r\nX-Kannel-Coding: {_CODINGS[coding_of(text.text)]}\r\n"
            f"X-Kannel-Validity: {text.expires_in_s // 60}\r\n"
            f"X-Kannel-DLR-Url: {self._reports}{token}/?type=%d&ref=%F&said=%A\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode("ascii") + body
