"""A witness for the logs of others, where this installation is one.

Source: C2SP tlog-witness. A request is believed by the signature of the log it is from, and by nothing else.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from harborline.kernel import clock, ports
from harborline.kernel.natural import natural
from harborline.sites.gateway.ports import WitnessDesk

LONGEST_BODY_BYTES: Final = 1_000_000


@csrf_exempt
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """Cosign a checkpoint that continues the one before; 404 where this installation is no witness."""
    desk = ports.serving_all(WitnessDesk).get("")
    if desk is None:
        return HttpResponse(status=404)
    length = request.META.get("CONTENT_LENGTH") or "0"
    if natural(length, most=LONGEST_BODY_BYTES) is None:
        return HttpResponse(status=413)
    answer = desk.add_checkpoint(request.body, int(clock.now().timestamp()))
    return HttpResponse(answer.body, content_type=answer.content_type, status=answer.status)
