"""What the carrier's answer to one hand-over means; pure, and unknown wherever it could mean two things."""

from __future__ import annotations

import json
import uuid
from typing import Any, Final

from harborline.adapters.twilio.codes import Meaning, meaning_of
from harborline.messaging.ports import HandOver, HandOverResult, Trouble

CONFIGURATION_WAIT_S: Final = 60.0
LONGEST_WAIT_S: Final = 3600.0
LONGEST_REFERENCE: Final = 80
_OK, _REDIRECT, _SERVER, _TIMEOUT, _TOO_MANY, _RESTING = 200, 300, 500, 408, 429, 503
_TROUBLES: Final = {
    Meaning.THROTTLED: Trouble.PACE,
    Meaning.RESTING: Trouble.LINE,
    Meaning.ACCOUNT: Trouble.ACCOUNT,
}
_NOT_LET_IN: Final = frozenset({401, 403, 407})


def read_answer(attempt_id: uuid.UUID, *, status: int, body: bytes, retry_after: str) -> HandOverResult:
    """One complete HTTP answer as a result.

    2xx with a sid is accepted. 429, and 503 in the provider's own form, are busy. 4xx with an error code is rejected,
    unless the code speaks of our account or its queue: then busy, with what stood in the way. Everything else (5xx,
    redirects, answers that are not the provider's) is unknown: the text may be out.
    """
    said = _parsed(body)
    if _OK <= status < _REDIRECT:
        return _accepted(attempt_id, said, status)
    wait_s = _seconds(retry_after)
    code = _code(said)
    if status == _TOO_MANY:
        return _busy(attempt_id, code or f"http-{status}", Trouble.PACE, wait_s)
    if status >= _SERVER:
        if status == _RESTING and code:
            return _busy(attempt_id, code, Trouble.LINE, wait_s)
        return HandOverResult(attempt_id, HandOver.UNKNOWN, code=code or f"http-{status}", retry_after_s=wait_s)
    if status < 400 or status == _TIMEOUT:  # noqa: PLR2004 - a redirect, or a request the server gave up reading
        return unknown(attempt_id, f"http-{status}")
    return _client_error(attempt_id, status, code, wait_s)


def unknown(attempt_id: uuid.UUID, code: str) -> HandOverResult:
    """Nobody can say whether the carrier has it."""
    return HandOverResult(attempt_id, HandOver.UNKNOWN, code=code)


def unreached(attempt_id: uuid.UUID, code: str, wait_s: float) -> HandOverResult:
    """Nothing of the request left this machine: the carrier surely does not have it; it may be tried again."""
    return _busy(attempt_id, code, Trouble.LINE, wait_s)


def _busy(attempt_id: uuid.UUID, code: str, trouble: Trouble, wait_s: float | None) -> HandOverResult:
    return HandOverResult(attempt_id, HandOver.BUSY, code=code, retry_after_s=wait_s, trouble=trouble)


def _client_error(attempt_id: uuid.UUID, status: int, code: str, wait_s: float | None) -> HandOverResult:
    if not code:
        if status in _NOT_LET_IN:
            return _busy(attempt_id, f"http-{status}", Trouble.ACCOUNT, wait_s or CONFIGURATION_WAIT_S)
        return unknown(attempt_id, f"http-{status}")
    meaning = meaning_of(code)
    if meaning in _TROUBLES:
        wait_s = wait_s or (CONFIGURATION_WAIT_S if meaning is Meaning.ACCOUNT else None)
        return _busy(attempt_id, code, _TROUBLES[meaning], wait_s)
    return HandOverResult(attempt_id, HandOver.REJECTED, code=code, opted_out=meaning is Meaning.STOPPED)


def _accepted(attempt_id: uuid.UUID, said: dict[str, Any], status: int) -> HandOverResult:
    sid = said.get("sid")
    if isinstance(sid, str) and 0 < len(sid) <= LONGEST_REFERENCE and sid.isascii() and sid.isprintable():
        return HandOverResult(attempt_id, HandOver.ACCEPTED, carrier_ref=sid)
    return unknown(attempt_id, f"http-{status}-unreadable")


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body.decode())
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _code(said: dict[str, Any]) -> str:
    code = said.get("code")
    return str(code) if isinstance(code, int) and not isinstance(code, bool) and 0 < code < 1_000_000 else ""  # noqa: PLR2004 - codes have up to six digits


def _seconds(retry_after: str) -> float | None:
    if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 8:  # noqa: PLR2004 - a date, or nonsense, is not read
        return min(float(retry_after), LONGEST_WAIT_S)
    return None
