"""Answers as JSON, with the words for what was decided."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import HttpResponse

from harborline.kernel.clock import iso
from harborline.messaging.services import accepting
from harborline.sites.sentences import words

SAME = {"Idempotency-Replayed": "true"}


def said(status: int, content: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> HttpResponse:
    """A JSON answer."""
    body = json.dumps(content, default=_spelled, separators=(",", ":"))
    return HttpResponse(body, status=status, content_type="application/json", headers=headers)


def done(answer: accepting.Answer) -> HttpResponse:
    """What a request that was carried out is answered; one that came again is marked."""
    return said(answer.status, answer.content, SAME if answer.repeated else None)


def decision(outcome: str, reason: str, clauses: tuple[str, ...] | list[str]) -> dict[str, Any]:
    """A decision with its sentence."""
    return {"outcome": outcome, "reason": reason, "clauses": list(clauses), "detail": sentence(reason)}


@lru_cache(maxsize=512)
def sentence(reason: str) -> str:
    """The reason and the next step in plain English."""
    told = words(reason)
    return f"{told.sentence} {told.next_step}"


def _spelled(value: object) -> str:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
