"""Texts one by one: hand them in, ask what became of them."""

from __future__ import annotations

import base64
import binascii
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router
from pydantic import StringConstraints

from harborline.kernel import Invalid, Refused
from harborline.messaging.services import accepting
from harborline.sites.api.answers import decision, done, said
from harborline.sites.api.entrance import JSON, MachineKey, machine_of, once_of, paced, reading, refused
from harborline.sites.api.identity import identity
from harborline.sites.api.refusals import READS, WRITES
from harborline.sites.api.shapes import MessageOut, MessagePage, MessagesIn, MessagesOut
from harborline.workforce.facts import Scope

router = Router(tags=["messages"])
Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_\-]{22}$")]


@router.post(
    "/messages",
    auth=MachineKey(Scope.MESSAGES_WRITE, content_type=JSON),
    response={202: MessagesOut, **WRITES},
    url_name="messages",
    operation_id="sendMessages",
    summary="Hand in texts",
)
def send_messages(request: HttpRequest, body: MessagesIn) -> HttpResponse:
    """Hand in 1 to 500 texts. Each is decided like a row of a caseload; the answer says what was decided.

    Texts of one request with the same phone, day and office become one text. Nothing is sent twice: the same text
    for the same appointment is `told-before`. Either all texts of a request are usable, or none is taken.
    """
    machine = machine_of(request)
    paced(machine, len(body.messages) - 1)
    spelled = body.model_dump_json()
    items = tuple(_item(number, each.model_dump()) for number, each in enumerate(body.messages))
    order = accepting.Order(once_of(request), accepting.digest_of("messages", spelled), items)
    try:
        answer = accepting.accept(machine, order)
    except Refused as refusal:
        refused(machine, "messages", refusal)
        raise
    return done(_worded(answer))


@router.get(
    "/messages",
    auth=MachineKey(Scope.MESSAGES_READ),
    response={200: MessagePage, **READS},
    url_name="messages",
    operation_id="listMessages",
    summary="List texts",
)
def list_messages(
    request: HttpRequest, cursor: Cursor | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> HttpResponse:
    """The texts of the program that this key may see, newest first."""
    before = _opened(cursor) if cursor else None
    with reading(request):
        found = accepting.text_states(before=before, limit=limit + 1)
    page = [_listed(one) for one in found[:limit]]
    following = _cursor(found[limit - 1].id) if len(found) > limit else None
    return said(200, {"messages": page, "next": following})


@router.get(
    "/messages/{message_id}",
    auth=MachineKey(Scope.MESSAGES_READ),
    response={200: MessageOut, **READS},
    url_name="message",
    operation_id="readMessage",
    summary="Ask about one text",
)
def read_message(request: HttpRequest, message_id: str) -> HttpResponse:
    """Where one text is and why. Neither its words nor its number are told."""
    with reading(request):
        found = accepting.text_state(identity(message_id))
    return said(200, {**_listed(found), "steps": [asdict(step) for step in found.steps]})


def _item(number: int, told: Mapping[str, Any]) -> accepting.TextItem:
    appointment = told["appointment"]
    try:
        at = datetime.fromisoformat(appointment) if appointment else None
    except ValueError:
        problem = (number, "appointment", "is no day of the calendar")
        raise accepting.UnusableItemsError([problem]) from None
    return accepting.TextItem(**{**told, "appointment": at})


def _worded(answer: accepting.Answer) -> accepting.Answer:
    texts = [{**text, "decision": decision(**text["decision"])} for text in answer.content["messages"]]
    return accepting.Answer(answer.status, {"messages": texts}, repeated=answer.repeated)


def _listed(one: accepting.TextState) -> dict[str, Any]:
    return {
        "id": one.id,
        "template": one.template,
        "state": one.state,
        "decision": decision(one.outcome, one.reason, one.clauses),
        "told_with": one.told_with,
        "accepted_at": one.accepted_at,
        "next_at": one.next_at,
    }


def _cursor(last: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def _opened(cursor: str) -> uuid.UUID:
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(f"{cursor}=="))
    except (ValueError, binascii.Error):
        raise Invalid("is not a cursor that this address gave", "cursor") from None
