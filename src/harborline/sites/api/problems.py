"""Refusals in the form of RFC 9457: what is wrong in one sentence, the next step, the clauses; never the input."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse

from harborline.kernel import Decision
from harborline.sites.sentences import WORDS

CONTENT_TYPE: Final = "application/problem+json"
DOCS: Final = "/api/v1/docs"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: HTTP status, title, what to do next."""

    status: int
    title: str
    next_step: str


_ASK_OFFICER = "Ask the security officer of your program for a key that fits."
_SEE_DOCS = f"See {DOCS}."

KINDS: Final[Mapping[str, Kind]] = {
    "not-readable": Kind(400, "The request cannot be read", "Send JSON in UTF-8, as the description says."),
    "key-missing": Kind(401, "A machine key is needed", "Send it in the header Authorization: Bearer hlk_…"),
    "key-not-valid": Kind(401, "This key opens nothing", _ASK_OFFICER),
    "outside-the-scopes-of-this-key": Kind(403, "This key is not for that", _ASK_OFFICER),
    "role-may-not-start-runs": Kind(
        403, "The role of this key may not send", "Ask the state office to send, or for a template."
    ),
    "not-allowed": Kind(403, "This is not allowed", "Ask your program's state office."),
    "nothing-here": Kind(404, "There is nothing here", "Check the address and the id."),
    "method-not-allowed": Kind(405, "Not with this method", "The header Allow names the methods there are."),
    "not-now": Kind(409, "Not in this state", "Ask for the state first, then take a step that fits it."),
    "length-required": Kind(411, "The length is missing", "Send the header Content-Length."),
    "too-large": Kind(413, "The request is too large", "Send less at once."),
    "content-type": Kind(415, "Not in this form", "Send the content type that the description names."),
    "not-usable": Kind(
        422, "Something in the request cannot be used", "Correct what `errors` names and send it again."
    ),
    "once-key-missing": Kind(
        400, "The header Idempotency-Key is needed", "Send a new random value with each new request, 1 to 128 signs."
    ),
    "once-key-used-otherwise": Kind(
        422, "This Idempotency-Key came with another request", "Send a new key with a new request."
    ),
    "too-many": Kind(429, "Too many requests", "Wait the seconds that Retry-After names."),
    "broken": Kind(500, "Something went wrong on our side", "Send the same request with the same key again later."),
    "unavailable": Kind(503, "Not available right now", "Send the same request with the same key again later."),
}
_BY_STATUS: Final = {400: "not-readable", 403: "not-allowed", 404: "nothing-here", 405: "method-not-allowed",
                     411: "length-required", 413: "too-large", 415: "content-type"}  # fmt: skip


def problem(
    code: str,
    detail: str = "",
    *,
    clauses: Iterable[str] = (),
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """The answer for one kind of problem; `detail` replaces the sentence, never the next step."""
    kind = KINDS[code]
    body: dict[str, Any] = {
        "type": f"{DOCS}#{code}",
        "title": kind.title,
        "status": kind.status,
        "detail": f"{detail or kind.title + '.'} {kind.next_step}",
        "clauses": list(clauses),
    }
    if errors:
        body["errors"] = [dict(error) for error in errors]
    return HttpResponse(json.dumps(body), status=kind.status, content_type=CONTENT_TYPE, headers=headers)


def of_decision(decision: Decision) -> HttpResponse:
    """The answer to a refusal: its own kind, else by the words staff read, with the clauses."""
    reason = decision.reason
    if reason in KINDS:
        headers = {"WWW-Authenticate": "Bearer"} if KINDS[reason].status == 401 else None  # noqa: PLR2004 - RFC 9110
        return problem(reason, clauses=decision.clauses, headers=headers)
    code = "not-now" if reason.startswith("run-is-") or reason == "moment-has-passed" else "not-allowed"
    said = WORDS.get(reason)
    return problem(code, str(said.sentence) if said else "", clauses=decision.clauses)


def of_status(status: int, headers: Mapping[str, str]) -> HttpResponse:
    """The answer that stands for a bare one with this status, keeping Allow and Retry-After."""
    kept = {name: headers[name] for name in ("Allow", "Retry-After") if name in headers}
    return problem(_BY_STATUS.get(status, "broken" if status >= 500 else "not-readable"), headers=kept)  # noqa: PLR2004 - RFC 9110
