"""What Kannel's answer to one hand-over means; pure, and unknown wherever it could mean two things.

smsbox answers in plain words: 202 with `0: Accepted for delivery` or `3: Queued for later delivery`; 503 when the
bearerbox is full or gone; 403 for a wrong password and for a number no message centre takes; 400 for a form it cannot
use. Source: seen from Kannel 1.4.5.
"""

from __future__ import annotations

import uuid
from typing import Final

from harborline.messaging.ports import HandOver, HandOverResult

ACCOUNT_WAIT_S: Final = 60.0
FULL_WAIT_S: Final = 5.0
_ACCEPTED, _BAD_REQUEST, _FORBIDDEN, _NOT_FOUND, _FULL = 202, 400, 403, 404, 503


def read_answer(attempt_id: uuid.UUID, *, status: int, body: bytes) -> HandOverResult:
    """One complete HTTP answer as a result; the attempt's own id is the reference, since Kannel gives none."""
    said = body[:200].decode("ascii", "replace").strip()
    if status == _ACCEPTED and said[:2] in {"0:", "3:"}:
        return HandOverResult(attempt_id, HandOver.ACCEPTED, carrier_ref=str(attempt_id))
    if status == _FULL:
        return HandOverResult(attempt_id, HandOver.BUSY, code="kannel-full", retry_after_s=FULL_WAIT_S)
    if status == _FORBIDDEN and said.startswith("Authorization failed"):
        return HandOverResult(attempt_id, HandOver.BUSY, code="kannel-account", retry_after_s=ACCOUNT_WAIT_S)
    if status == _NOT_FOUND:
        return HandOverResult(attempt_id, HandOver.BUSY, code="kannel-address", retry_after_s=ACCOUNT_WAIT_S)
    if status in {_BAD_REQUEST, _FORBIDDEN}:
        code = "kannel-not-routable" if status == _FORBIDDEN else "kannel-refused"
        return HandOverResult(attempt_id, HandOver.REJECTED, code=code)
    return HandOverResult(attempt_id, HandOver.UNKNOWN, code=f"http-{status}")
