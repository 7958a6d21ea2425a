"""One witness behind its submission address."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass

from harborline.kernel import Invalid, Unavailable
from harborline.ledger.facts import WitnessReply

MAX_ANSWER_BYTES = 100_000
TIMEOUT_S = 15.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A witness answers itself; a redirect is an answer like any other."""

    def redirect_request(self, *_arguments: object, **_options: object) -> None:
        """Follow nothing."""


_OPENER = urllib.request.build_opener(_NoRedirect)


@dataclass(frozen=True, slots=True)
class HttpWitness:
    """`url` is the submission prefix, such as `https://witness.state.example/harborline`."""

    url: str
    timeout_s: float = TIMEOUT_S

    def __post_init__(self) -> None:
        """Take web addresses only."""
        if not self.url.startswith(("https://", "http://")):
            raise Invalid("the address of a witness begins with https:// (or http://)", "witness")

    def add_checkpoint(self, body: bytes) -> WitnessReply:
        """Send one request; raises `Unavailable` when the witness cannot be reached or talks without end."""
        request = urllib.request.Request(  # noqa: S310 - checked above
            f"{self.url.rstrip('/')}/add-checkpoint", body, {"Content-Type": "application/octet-stream"}, method="POST"
        )
        try:
            with _OPENER.open(request, timeout=self.timeout_s) as answer:
                return _read(answer)
        except urllib.error.HTTPError as refused:
            with refused:
                return _read(refused)
        except (OSError, http.client.HTTPException) as wrong:
            raise Unavailable(f"the witness at {self.url} cannot be reached ({type(wrong).__name__})") from None


def _read(answer: http.client.HTTPResponse | urllib.error.HTTPError) -> WitnessReply:
    content = answer.read(MAX_ANSWER_BYTES + 1)
    if len(content) > MAX_ANSWER_BYTES:
        raise Unavailable("a witness answered with more than it should", permanent=True)
    return WitnessReply(answer.status or 0, answer.headers.get("Content-Type", ""), content)
