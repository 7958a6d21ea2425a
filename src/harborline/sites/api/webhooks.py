"""Addresses of other systems that hear of changes."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from harborline.messaging.services import accepting
from harborline.sites.api.answers import done, said
from harborline.sites.api.entrance import JSON, MachineKey, machine_of, once_of, reading
from harborline.sites.api.identity import identity
from harborline.sites.api.refusals import READS, WRITES
from harborline.sites.api.shapes import EventsOut, HookIn, HookOut, HooksOut, MadeHookOut, SecretOut
from harborline.workforce.facts import Scope

router = Router(tags=["webhooks"])


@router.post(
    "/webhooks",
    auth=MachineKey(Scope.WEBHOOKS_WRITE, content_type=JSON),
    response={201: MadeHookOut, **WRITES},
    url_name="webhooks",
    operation_id="makeWebhook",
    summary="Let an address hear of changes",
)
def make_webhook(request: HttpRequest, body: HookIn) -> HttpResponse:
    """Let an https address hear of changes. Its secret is in this answer and is not shown again."""
    machine, once_key = machine_of(request), once_of(request)
    return done(accepting.make_hook(machine, url=body.url, kinds=list(body.events), once_key=once_key))


@router.get(
    "/webhooks",
    auth=MachineKey(Scope.WEBHOOKS_READ),
    response={200: HooksOut, **READS},
    url_name="webhooks",
    operation_id="listWebhooks",
    summary="List the webhooks of this key",
)
def list_webhooks(request: HttpRequest) -> HttpResponse:
    """Every webhook of this key, with how its events fare."""
    with reading(request) as machine:
        found = accepting.hooks_of(machine)
    return said(200, {"webhooks": [_shown(one) for one in found]})


@router.get(
    "/webhooks/{webhook_id}",
    auth=MachineKey(Scope.WEBHOOKS_READ),
    response={200: HookOut, **READS},
    url_name="webhook",
    operation_id="readWebhook",
    summary="Ask about one webhook",
)
def read_webhook(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """One webhook, with how its events fare."""
    with reading(request) as machine:
        found = accepting.hook_of(machine, identity(webhook_id))
    return said(200, _shown(found))


@router.delete(
    "/webhooks/{webhook_id}",
    auth=MachineKey(Scope.WEBHOOKS_WRITE),
    response={204: None, **READS},
    url_name="webhook",
    operation_id="endWebhook",
    summary="Tell an address nothing more",
)
def end_webhook(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """End a webhook; what was not delivered is given up."""
    with reading(request) as machine:
        accepting.end_hook(machine, identity(webhook_id))
    return HttpResponse(status=204)


@router.post(
    "/webhooks/{webhook_id}/secret",
    auth=MachineKey(Scope.WEBHOOKS_WRITE),
    response={201: SecretOut, **WRITES},
    url_name="webhook-secret",
    operation_id="changeWebhookSecret",
    summary="Change the secret of a webhook",
)
def change_secret(request: HttpRequest, webhook_id: str) -> HttpResponse:
    """A new secret, shown this once. For 24 hours events are signed with the old one too."""
    return done(accepting.change_secret(machine_of(request), identity(webhook_id), once_key=once_of(request)))


@router.get(
    "/webhooks/{webhook_id}/events",
    auth=MachineKey(Scope.WEBHOOKS_READ),
    response={200: EventsOut, **READS},
    url_name="webhook-events",
    operation_id="listWebhookEvents",
    summary="List the events of a webhook",
)
def list_events(
    request: HttpRequest,
    webhook_id: str,
    state: Literal["waiting", "delivered", "dead"] | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> HttpResponse:
    """The newest events of a webhook; `dead` ones were given up after twelve tries in some three days."""
    wanted = accepting.EventState[state.upper()] if state else None
    with reading(request) as machine:
        found = accepting.events_of(machine, identity(webhook_id), state=wanted, limit=limit)
    return said(200, {"events": [asdict(one) for one in found]})


def _shown(one: accepting.HookFacts) -> dict[str, Any]:
    return {
        "id": one.id,
        "url": one.url,
        "events": list(one.kinds),
        "created_at": one.created_at,
        "counts": dict(one.counts),
    }
