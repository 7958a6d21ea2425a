"""Strangers' input: what is sent to every door, how its fields are found, what an answer may never be."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import transaction
from django.http import QueryDict
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils.datastructures import MultiValueDict

from harborline.sites.doors import Door

VALUES: Final[Mapping[str, str]] = {
    "nothing": "",
    "words": "x",
    "blanks": " \t\r\n\v",
    "right to left": "\u202e\u2066txt.exe\u2069\u200f",
    "beyond the first plane": "\U0001f9d2\u200d\U0001f469 \U0010fffd",
    "controls": "a\x01\x1b[2J\x7f\x85b\ufeff\ufffe",
    "a superscript": "²",
    "digits of another script": "١٢٣",
    "thousands of digits": "9" * 5_000,
    "a number without end": "1e999999",
    "not a number": "NaN",
    "below zero": "-1",
    "beyond the column": "99999999999999999999",
    "a day that is none": "2026-02-30",
    "the first of all days": "0001-01-01",
    "the last of all days": "9999-12-31",
    "an hour that is none": "2026-11-01T25:61",
    "somebody else's id": str(uuid.UUID(int=7)),
    "half an id": "01a1fd98-c55a-706f",
    "a path": "../../../etc/passwd",
    "markup": "<script>alert(1)</script>{{ 7*7 }}{% debug %}",
    "a query": "' OR 1=1; DROP TABLE people_case; --",
    "a format": "%s %(x)s {0} {x!r} %n",
    "very long": "A" * 100_000,
    "very long, of two bytes": "é" * 60_000,
}
NUL: Final = "before\x00after"
SURROGATE: Final = b"%ED%A0%80"
FAULTS: Final = (b"Traceback", b"psycopg", b"site-packages", b"OperationalError", b"DataError", b"Error at /")


def converters() -> Mapping[str, Mapping[str, str]]:
    """Of every URL by name, its parts and their kinds."""
    return {
        name: {part: type(each.pattern.converters.get(part)).__name__ for part in each.pattern.regex.groupindex}
        for name, each in _walk(get_resolver().url_patterns)
    }


def _walk(found: Sequence[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in found:
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, f"{namespace}{each.namespace}:" if each.namespace else namespace)
        else:
            yield f"{namespace}{each.name or ''}", each


WORDS: Final[Mapping[str, str]] = {
    "program": "nc-css", "series": "texts-in", "clause": "NC-CSS-22-18:link-vetted", "number": "W-CORA", "step": "sign",
    "document": "checklist", "start": "x-1", "form": "pdf",
}  # fmt: skip


def address(door: Door, ids: Mapping[str, Any]) -> str:
    """A door's address with these ids, else with a guessed one."""
    parts = converters()[door.view]
    kinds: dict[str, Any] = {"UUIDConverter": uuid.UUID(int=7), "IntConverter": 1}
    return reverse(door.view, kwargs={part: ids.get(part, WORDS.get(part, kinds.get(kind, "x-1"))) for part, kind in
                                      parts.items()})  # fmt: skip


def standing_ids(**named: str) -> dict[str, Any]:
    """The id of a row of each kind that the current unit of work sees: part of an address to id."""
    found: dict[str, Any] = {}
    for part, name in {**_MODELS, **named}.items():
        row = apps.get_model(name).objects.order_by("pk").values_list("pk", flat=True).first()
        if row is not None:
            found[part] = row
    return found


_MODELS: Final = {
    "participant_id": "people.Participant", "consent_id": "consent.Consent", "worker_id": "workforce.Worker",
    "assignment_id": "workforce.Assignment", "contact_id": "contact.ContactThread", "run_id": "messaging.NoticeRun",
    "message_id": "messaging.Message", "thread_id": "messaging.Thread", "text_id": "messaging.ThreadText",
    "version_id": "messaging.TemplateVersion", "hold_id": "retention.Hold", "engagement_id": "vendors.Engagement",
    "approval_id": "vendors.Approval", "partner_id": "exchange.Partner", "agreement_id": "exchange.Agreement",
    "prepared_id": "exchange.PreparedFile",
    "incident_id": "oversight.Incident", "finding_id": "oversight.Finding", "document_id": "documents.Document",
    "submission_id": "documents.Submission",
}  # fmt: skip


@contextmanager
def asked_fields(monkeypatch: pytest.MonkeyPatch) -> Iterator[set[str]]:
    """The names that views look for in forms and queries, while the block runs."""
    asked: set[str] = set()

    def noting(name: str) -> None:
        original = getattr(MultiValueDict, name)

        def looked(self: Any, key: Any, *rest: Any, **named: Any) -> Any:  # noqa: ANN401 - as the original
            if isinstance(self, QueryDict) and isinstance(key, str) and key != "csrfmiddlewaretoken":
                asked.add(key)
            return original(self, key, *rest, **named)

        patch.setattr(MultiValueDict, name, looked)

    with monkeypatch.context() as patch:
        for each in ("__getitem__", "getlist", "__contains__"):
            noting(each)
        yield asked


class Stranger:
    """Somebody's browser that sends anything; whatever it changes is undone, and it stays signed in."""

    def __init__(self, client: Client) -> None:
        client.raise_request_exception = False
        self._client = client
        self._cookies = client.cookies.output(header="", sep=";")

    def send(self, method: str, place: str, told: Any = None, **more: Any) -> Any:  # noqa: ANN401 - as the client
        """One request, undone."""
        with transaction.atomic():
            self._client.cookies.load(self._cookies)
            act = self._client.post if method == "POST" else self._client.get
            answer: Any = act(place, told if told is not None else {}, **more)
            answer.body = b"" if answer.streaming else answer.content
            if answer.streaming:
                answer.close()
            transaction.set_rollback(True)
        return answer


def wrong_with(answer: Any, *, hidden: Sequence[bytes] = ()) -> str:  # noqa: ANN401 - a response of the client
    """What is wrong with an answer, in words; nothing when all is well."""
    if answer.status_code >= 500 and answer.status_code != 503:
        error = getattr(answer, "exc_info", None)
        return f"{answer.status_code} {error[0].__name__ if error else ''} {str(error[1])[:120] if error else ''}"
    told = [each for each in (*FAULTS, *hidden) if each in answer.body]
    return f"says {told}" if told else ""
