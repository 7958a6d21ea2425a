"""What a Kannel gateway calls with: believed by the signed attempt or the secret in the address, never by who asks."""

from __future__ import annotations

import hmac

import structlog
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from harborline.adapters.kannel import callbacks
from harborline.adapters.kannel.accounts import CARRIER, KannelAccount, KannelAccounts
from harborline.kernel import Invalid, NotFound, clock, ports
from harborline.messaging.services import take_inbound, take_receipts
from harborline.sites.gateway.metrics import WEBHOOKS

log = structlog.get_logger(__name__)


@csrf_exempt
@require_GET
def status(request: HttpRequest, sender: str, token: str) -> HttpResponse:
    """Take a delivery report about the attempt that the address names; Kannel repeats whatever is not answered 200."""
    try:
        account = _account(sender)
        attempt_id = account.attempts.attempt(token)
        events = callbacks.receipts(_query(request), attempt_id=attempt_id, at=clock.now())
    except NotFound:
        return _refused("kannel-status", sender, 403)
    except Invalid:
        return _refused("kannel-status", sender, 400)
    take_receipts(account.program, CARRIER, events)
    return _taken("kannel-status")


@csrf_exempt
@require_GET
def inbound(request: HttpRequest, sender: str, token: str) -> HttpResponse:
    """Take a text a person wrote; the same id told again changes nothing, the answer goes its own way."""
    try:
        account = _account(sender)
        if not hmac.compare_digest(token.encode(), account.inbound_token.encode()):
            return _refused("kannel-inbound", sender, 403)
        text = callbacks.inbound(_query(request), sender=account.sender, at=clock.now())
    except NotFound:
        return _refused("kannel-inbound", sender, 403)
    except Invalid:
        return _refused("kannel-inbound", sender, 400)
    take_inbound(account.program, text)
    return _taken("kannel-inbound")


def _account(sender: str) -> KannelAccount:
    return ports.serving(KannelAccounts).named(sender)


def _query(request: HttpRequest) -> str:
    return str(request.META.get("QUERY_STRING", ""))


def _taken(kind: str) -> HttpResponse:
    WEBHOOKS.labels(kind, "taken").inc()
    return HttpResponse(b"", content_type="text/plain")


def _refused(kind: str, sender: str, code: int) -> HttpResponse:
    WEBHOOKS.labels(kind, "refused").inc()
    log.warning("webhook refused", kind=kind, sender=sender[:40], status=code)
    return HttpResponse(status=code)
