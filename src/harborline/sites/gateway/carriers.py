"""What carriers post: nothing is believed before its signature, nothing is fetched, nothing is told back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from django.views.decorators.csrf import csrf_exempt

from harborline.adapters.twilio import callbacks
from harborline.adapters.twilio.accounts import CARRIER, TwilioAccount, TwilioAccounts
from harborline.adapters.twilio.signature import SETTINGS_HEADER, SIGNATURE_HEADER, Form, verified
from harborline.kernel import Invalid, NotFound, clock, ports
from harborline.kernel.natural import natural
from harborline.messaging.services import take_inbound, take_receipts
from harborline.sites.gateway.metrics import WEBHOOKS

log = structlog.get_logger(__name__)

FORM = "application/x-www-form-urlencoded"
NOTHING_TO_SAY = b"<Response></Response>"
_SIGNATURE, _SETTINGS = (HttpHeaders.to_wsgi_name(name) for name in (SIGNATURE_HEADER, SETTINGS_HEADER))
Told = Callable[[TwilioAccount, Form, str], HttpResponse]


class NotBelieved(Exception):  # noqa: N818 - the name says what happened
    """Not from the carrier, or not about a text of ours."""


def from_carrier(kind: str) -> Callable[[Told], Callable[..., HttpResponse]]:
    """Let a view see only what the carrier signed.

    1. A sender of ours. 2. A form of bearable size. 3. Signed over the configured address, whatever Host says. Who
    fails gets 403, 413 or 400 without a word; a signed form that cannot be read gets 400.
    """

    def guard(view: Told) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def guarded(request: HttpRequest, sender: str, token: str = "") -> HttpResponse:
            try:
                response = view(*_believed(request, sender, kind, token), token)
            except NotBelieved:
                return _refused(kind, sender, 403)
            except Invalid:
                return _refused(kind, sender, 400)
            WEBHOOKS.labels(kind, "taken").inc()
            return response

        return guarded

    return guard


def _believed(request: HttpRequest, sender: str, kind: str, token: str) -> tuple[TwilioAccount, Form]:
    try:
        account = ports.serving(TwilioAccounts).named(sender)
    except NotFound:
        raise NotBelieved from None
    length = request.META.get("CONTENT_LENGTH") or "0"
    if request.content_type != FORM or natural(length, most=callbacks.LONGEST_BODY_BYTES) is None:
        raise Invalid("is not a form, or too large", "body")
    form = callbacks.read_form(request.body)
    signed = verified(
        url=_address(account, request, kind, token),
        form=form,
        signature=request.META.get(_SIGNATURE, ""),
        settings=request.META.get(_SETTINGS, ""),
        auth_token=account.auth_token,
        shared_keys=account.shared_keys,
    )
    if not signed:
        raise NotBelieved
    return account, form


def _address(account: TwilioAccount, request: HttpRequest, kind: str, token: str) -> str:
    # The configured address, never the one the request claims; only its query is taken as it came.
    query = request.META.get("QUERY_STRING", "")
    place = f"{account.callbacks}{token}/" if kind == "status" else account.inbound
    return f"{place}?{query}" if query else place


def _refused(kind: str, sender: str, status: int) -> HttpResponse:
    WEBHOOKS.labels(kind, "refused").inc()
    log.warning("webhook refused", kind=kind, sender=sender[:40], status=status)
    return HttpResponse(status=status)


@from_carrier("status")
def status(account: TwilioAccount, form: Form, token: str) -> HttpResponse:
    """Take what the network says about the attempt that the address names."""
    try:
        attempt_id = account.attempts.attempt(token)
    except NotFound:
        raise NotBelieved from None
    take_receipts(account.program, CARRIER, callbacks.receipts(form, attempt_id=attempt_id, at=clock.now()))
    return HttpResponse(status=204)


@from_carrier("inbound")
def inbound(account: TwilioAccount, form: Form, _token: str) -> HttpResponse:
    """Take a text a person wrote; the same MessageSid told again changes nothing. The answer goes its own way."""
    take_inbound(account.program, callbacks.inbound(form, sender=account.sender, at=clock.now()))
    return HttpResponse(NOTHING_TO_SAY, content_type="text/xml")
