"""What every request passes: headers, the doors table, the watch over idle sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from harborline.kernel import Decision, NotFound, Refused, Unavailable, clock, refuse
from harborline.ledger.services import record_apart
from harborline.sites.doors import Door, doors, methods
from harborline.sites.entrance import Entrance, enter
from harborline.sites.settings import HEADERS
from harborline.workforce.facts import SIGN_IN_PROFILES

Answer = Callable[[HttpRequest], HttpResponse]
BACKGROUND = "X-Background"
SEEN, OPENED = "seen_s", "opened_s"


class HeadersMiddleware:
    """Put the headers of `sites.settings.HEADERS` on every page that says nothing else."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the headers set."""
        response = self._answer(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class WatchMiddleware:
    """End sessions that were idle too long or lasted too long; what a page fetches by itself is no activity.

    Limits come from the sign-in profile. Source: IRS Publication 1075, AC-11 and AC-12 (see `workforce.facts`).
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to signing in when the session is over."""
        if not request.user.is_authenticated:
            return self._answer(request)
        moment = clock.now().timestamp()
        why = _over(request, moment)
        if why:
            logout(request)
            return to_sign_in(request, why)
        request.session.setdefault(OPENED, moment)
        if not _background(request):
            request.session[SEEN] = moment
        return self._answer(request)


def _over(request: HttpRequest, moment: float) -> str:
    limits = SIGN_IN_PROFILES[getattr(settings, "HARBORLINE_SIGN_IN_PROFILE", "irs-1075")]
    seen, opened = request.session.get(SEEN, moment), request.session.get(OPENED, moment)
    if timedelta(seconds=moment - seen) >= limits.idle:
        return "idle"
    return "day" if timedelta(seconds=moment - opened) >= limits.absolute else ""


def _background(request: HttpRequest) -> bool:
    return request.headers.get(BACKGROUND) == "1"


def to_sign_in(request: HttpRequest, why: str = "") -> HttpResponse:
    """Lead to the sign-in page and back here afterwards; a fragment tells htmx to load the whole page."""
    fragment = bool(getattr(request, "htmx", False))
    back = request.get_full_path() if request.method == "GET" and not fragment else ""
    query = urlencode({key: value for key, value in (("next", back), ("why", why)) if value})
    address = f"{reverse('account_login')}?{query}"
    if not fragment:
        return HttpResponseRedirect(address)
    return HttpResponse(status=204, headers={"HX-Redirect": address})


class DoorsMiddleware:
    """Open only declared doors, to workers who carry the permission; a refusal is recorded.

    Source: OFFSET-8.2:systems-controls, OFFSET-8.2:routine-monitoring.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self._answer(request)

    def process_view(self, request: HttpRequest, _view: object, _args: object, _named: object) -> HttpResponse | None:
        """None to go on, else the answer at a door that stays shut. Raises `Http404` for what is not declared."""
        assert request.resolver_match is not None
        name = request.resolver_match.view_name
        method = "GET" if request.method == "HEAD" else str(request.method)
        door = doors().get((name, method))
        if door is None:
            return _undeclared(name)
        return _guarded(request, door) if door.permission else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say a refusal in plain words; what may not be seen is not found; what is not there yet comes later."""
        if isinstance(error, NotFound):
            return page(request, "sites/not_found.html", 404)
        if isinstance(error, Refused):
            return page(request, "sites/refused.html", 403, decision=error.decision)
        if isinstance(error, Unavailable):
            return page(request, "sites/later.html", 503)
        return None


def _undeclared(name: str) -> HttpResponse:
    allowed = methods(name)
    if not allowed:
        raise Http404
    return HttpResponseNotAllowed(allowed)


def _guarded(request: HttpRequest, door: Door) -> HttpResponse | None:
    user = request.user
    if not user.is_authenticated:
        return to_sign_in(request)
    if getattr(settings, "SECOND_FACTOR_REQUIRED", True) and not is_mfa_enabled(user):
        return HttpResponseRedirect(reverse("mfa_activate_totp"))
    try:
        entrance = enter(request)
    except Refused as refused:
        return page(request, "sites/no_access.html", 403, decision=refused.decision)
    request.entrance = entrance  # type: ignore[attr-defined]  # read back by sites.entrance
    if door.permission in entrance.permissions:
        return None
    return _refused(request, door, entrance)


def _refused(request: HttpRequest, door: Door, entrance: Entrance) -> HttpResponse:
    with entrance.acting("door"):
        record_apart(
            "sites.door-refused",
            subject=f"worker:{entrance.actor.id}",
            content={"door": door.view, "method": door.method, "permission": door.permission},
        )
    return page(request, "sites/refused.html", 403, decision=_not_in_role())


def _not_in_role() -> Decision:
    return refuse("not-in-your-role").stamped("sites.permissions", ("OFFSET-8.2:data-by-purpose",))


def page(request: HttpRequest, template: str, status: int, **context: Any) -> HttpResponse:  # noqa: ANN401 - anything a template shows
    """A whole page with its status."""
    return render(request, template, context, status=status)
