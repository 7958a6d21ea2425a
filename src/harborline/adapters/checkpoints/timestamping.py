"""A time-stamping authority (RFC 3161): its token shows when a checkpoint existed at the latest."""

from __future__ import annotations

import hashlib
import http.client
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from harborline.kernel import Invalid, Unavailable
from harborline.ledger.facts import Differs, Receipt, SignedHead
from harborline.ledger.ports import LogTiles

MAX_ANSWER_BYTES = 200_000
TIMEOUT_S = 20.0
REQUEST_TYPE = "application/timestamp-query"
# Tag of the certificates in SignedData ([0] IMPLICIT), and the bit that announces a length of several bytes.
_CERTIFICATES, _LONG = 0xA0, 0x80


@dataclass(frozen=True, slots=True)
class TimestampingAuthority:
    """`url` takes requests (RFC 3161 section 3.4); `roots` are the certificates its tokens must lead to."""

    url: str
    roots: tuple[x509.Certificate, ...]
    every_s: float = 3600.0
    timeout_s: float = TIMEOUT_S

    def __post_init__(self) -> None:
        """Take web addresses only, and no authority that could not be checked."""
        if not self.url.startswith(("https://", "http://")):
            raise Invalid("the address of a time-stamping authority begins with https:// (or http://)", "url")
        if not self.roots:
            raise Invalid("needs the certificate of the authority's root, to check its tokens", "roots")

    def hold(self, checkpoint: SignedHead, log: LogTiles) -> Receipt:
        """Have the checkpoint stamped; the receipt is the answer (DER), checked. Raises `Unavailable`."""
        del log
        request = TimestampRequestBuilder().data(checkpoint.note).hash_algorithm(HashAlgorithm.SHA256).build()
        answer = self._asked(request.as_bytes())
        try:
            _verify(_decoded(answer), checkpoint.note, self.roots, request)
        except (ValueError, VerificationError) as wrong:
            raise Unavailable(
                f"the time-stamping authority answered with a token that does not hold: {wrong}"
            ) from None
        return Receipt(answer)

    def newest(self, origin: str) -> bytes | None:
        """None: an authority keeps no checkpoints, we keep its tokens."""
        del origin
        return None

    def _asked(self, body: bytes) -> bytes:
        request = urllib.request.Request(self.url, body, {"Content-Type": REQUEST_TYPE}, method="POST")  # noqa: S310 - checked above
        try:
            with urllib.request.urlopen(request, timeout=self.timeout_s) as answer:  # noqa: S310 - as above
                content: bytes = answer.read(MAX_ANSWER_BYTES + 1)
        except urllib.error.HTTPError as refused:
            refused.close()
            raise Unavailable(f"the time-stamping authority answered {refused.code}") from None
        except (OSError, http.client.HTTPException) as wrong:
            raise Unavailable(f"the time-stamping authority cannot be reached ({type(wrong).__name__})") from None
        if len(content) > MAX_ANSWER_BYTES:
            raise Unavailable("the time-stamping authority answered with more than it should", permanent=True)
        return content


def stamped_at(token: bytes, note: bytes, roots: tuple[x509.Certificate, ...]) -> datetime:
    """When a checkpoint was stamped, when the token holds for it; raises `Differs` when it does not."""
    try:
        response = _decoded(token)
        _verify(response, note, roots, None)
    except (ValueError, VerificationError) as wrong:
        raise Differs(f"does not hold for this checkpoint: {wrong}", "time stamp") from None
    return response.tst_info.gen_time


def root_certificates(path: Path) -> tuple[x509.Certificate, ...]:
    """The certificates in a PEM file; raises `Invalid`."""
    try:
        return tuple(x509.load_pem_x509_certificates(path.read_bytes()))
    except (OSError, ValueError):
        raise Invalid("must be a readable file of certificates in PEM", str(path)) from None


def _decoded(answer: bytes) -> TimeStampResponse:
    """The answer taken apart; raises `ValueError`.

    The library insists on the order that DER gives to a set of certificates, which widely used authorities do not
    keep. The signature does not cover that set, so it is put in order first.
    """
    try:
        return decode_timestamp_response(answer)
    except ValueError:
        return decode_timestamp_response(_in_order(answer))


def _in_order(answer: bytes) -> bytes:
    # TimeStampResp > timeStampToken > [0] > SignedData (RFC 3161 section 2.4.2, RFC 5652 section 5.1).
    place, end = _element(answer, 0)
    _, after_status = _element(answer, place)
    token, _ = _element(answer, after_status)
    _, after_type = _element(answer, token)
    explicit, _ = _element(answer, after_type)
    place, end = _element(answer, explicit)
    while place < end:
        start, after = _element(answer, place)
        if answer[place] == _CERTIFICATES:
            members: list[bytes] = []
            while start < after:
                _, following = _element(answer, start)
                members.append(answer[start:following])
                start = following
            return answer[: _element(answer, place)[0]] + b"".join(sorted(members)) + answer[after:]
        place = after
    return answer


def _element(content: bytes, place: int) -> tuple[int, int]:
    """Where the contents of the DER element at `place` begin and end; raises `ValueError` beyond the end."""
    if place + 2 > len(content):
        raise ValueError("cut off")
    length, start = content[place + 1], place + 2
    if length & _LONG:
        size = length & ~_LONG
        length, start = int.from_bytes(content[start : start + size], "big"), start + size
    if start + length > len(content):
        raise ValueError("cut off")
    return start, start + length


def _verify(
    response: TimeStampResponse, note: bytes, roots: tuple[x509.Certificate, ...], request: TimeStampRequest | None
) -> None:
    builder = VerifierBuilder.from_request(request) if request is not None else VerifierBuilder()
    for root in roots:
        builder = builder.add_root_certificate(root)
    builder.build().verify(response, hashlib.sha256(note).digest())
