"""What every request passes: headers, the doors table, the watch over idle sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import logout
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBadRequest,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import render
from django.urls import reverse

from harborline.disclosure.services import look
from harborline.kernel import Decision, NotFound, Outcome, Refused, Unavailable, clock, refuse
from harborline.ledger.services import record_apart
from harborline.sites.doors import (
    BEFORE_PASSWORD,
    BEFORE_SECOND_FACTOR,
    OWN,
    PARTICIPANT,
    WHILE_LOCKED,
    Door,
    doors,
    methods,
)
from harborline.sites.entrance import Entrance, enter, own_dossier
from harborline.sites.nearness import WHOSE, closed
from harborline.sites.settings import HEADERS
from harborline.sites.visiting import find_visit, to_entering
from harborline.workforce.rules import password_stands, second_factor_shown, session_stands
from harborline.workforce.selectors import agency_name, sign_in_profile

Answer = Callable[[HttpRequest], HttpResponse]
BACKGROUND = "X-Background"
NUL: Final = "\x00"
UTF8: Final = frozenset({"utf-8", "utf8"})
MACHINES: Final = ("/carriers/", "/api/", "/log/", "/witness/")
FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
PORTAL: Final = "/portal/"
SEEN, OPENED, LOCKED, CAME = "seen_s", "opened_s", "locked_after", "came_from"
# Two requests at once each save the session they read: what need not be written is not, or one would undo the other.
SEEN_EVERY_S: Final = 20
PAGE_MAX: Final = 24  # signs of a page's name that a record of a look holds
OVER: Final = {"idle-too-long": "idle", "day-is-over": "day"}


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


class CleanMiddleware:
    """Answer 400 to what no browser of ours sends and no table takes: NUL anywhere, words in another code than UTF-8.

    It stands before everything that reads a form, so that nobody has to ask again. The doors of
    machines are not held to it: they read bytes themselves and answer in their own form, and a text that asks to stop
    does so whatever stands around the word.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or refuse in a few plain words."""
        if request.path_info.startswith(MACHINES):
            return self._answer(request)
        if _foreign(request) or _holds_nul(request):
            return HttpResponseBadRequest("This request cannot be read.\n", content_type="text/plain; charset=utf-8")
        return self._answer(request)


def _foreign(request: HttpRequest) -> bool:
    charset = (request.content_params or {}).get("charset", "utf-8")
    return charset.strip("\"' ").lower() not in UTF8


def _holds_nul(request: HttpRequest) -> bool:
    if NUL in request.path_info or any(NUL in part for pair in _pairs(request.GET) for part in pair):
        return True
    # Only forms are read here; what else comes in a body is read by the door it goes to, as it comes.
    if request.method != "POST" or request.content_type not in FORMS:
        return False
    names = [(key, str(getattr(one, "name", ""))) for key, files in request.FILES.lists() for one in files]
    return any(NUL in part for pair in (*_pairs(request.POST), *names) for part in pair)


def _pairs(given: QueryDict) -> list[tuple[str, str]]:
    return [(key, value) for key, values in given.lists() for value in values]


class SignedInMiddleware:
    """Keep the list of where somebody is signed in: when they come from elsewhere, else every few seconds.

    Each time costs a commit, which a page need not wait for.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, the list kept before."""
        if not request.user.is_authenticated:
            return self._answer(request)
        came = f"{get_adapter().get_client_ip(request)} {request.headers.get('User-Agent', '')[:200]}"
        fresh = clock.now().timestamp() - float(request.session.get(SEEN, 0)) <= SEEN_EVERY_S
        if fresh and request.session.get(CAME) == came:
            return self._answer(request)
        if request.session.get(CAME) != came:
            request.session[CAME] = came
        UserSession.objects.create_from_request(request)
        return self._answer(request)


class WatchMiddleware:
    """End sessions of accounts that are off, that were idle too long or lasted too long; lock screens left alone.

    What a page fetches by itself is no activity. Limits come from the sign-in profile. Source: IRS Publication 1075,
    AC-11 and AC-12 (see `workforce.profiles`).
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or lead to signing in when the session is over, or to showing oneself when it is locked."""
        worker = request.user
        if not worker.is_authenticated:
            return self._answer(request)
        now = clock.now()
        why = "" if own_dossier(request).account(now).allowed else "off"
        _unlock(request, now.timestamp())
        stands = _stands(request, now)
        why = why or OVER.get(stands.reason, "")
        if why:
            logout(request)
            return to_sign_in(request, why)
        if stands.outcome is Outcome.HOLD and LOCKED not in request.session:
            request.session[LOCKED] = len(_proofs(request))
        if LOCKED in request.session:
            return self._answer(request) if _opens_locked(request) else to_show_oneself(request)
        request.session.setdefault(OPENED, now.timestamp())
        if not _background(request) and now.timestamp() - float(request.session.get(SEEN, 0)) > SEEN_EVERY_S:
            request.session[SEEN] = now.timestamp()
        return self._answer(request)


def _stands(request: HttpRequest, now: datetime) -> Decision:
    moment = now.timestamp()
    opened, seen = (datetime.fromtimestamp(float(request.session.get(name, moment)), UTC) for name in (OPENED, SEEN))
    return session_stands(opened_at=opened, seen_at=seen, now=now, profile=sign_in_profile())


def _proofs(request: HttpRequest) -> list[dict[str, Any]]:
    return list(get_authentication_records(request, request.user))


def _unlock(request: HttpRequest, moment: float) -> None:
    # Somebody showed themselves since the screen was locked: there is one more proof in the session.
    if LOCKED in request.session and len(_proofs(request)) > int(request.session[LOCKED]):
        del request.session[LOCKED]
        request.session[SEEN] = moment


def _opens_locked(request: HttpRequest) -> bool:
    return request.path_info in {reverse(name) for name in WHILE_LOCKED}


def _background(request: HttpRequest) -> bool:
    return request.headers.get(BACKGROUND) == "1"


def to_show_oneself(request: HttpRequest) -> HttpResponse:
    """Lead to the page that asks for the password or the second factor again, and back here afterwards."""
    fragment = bool(getattr(request, "htmx", False))
    back = request.get_full_path() if request.method == "GET" and not fragment and not _background(request) else ""
    query = urlencode({"next": back or reverse("console:home"), "why": "idle"})
    address = f"{reverse(_way_to_show(request))}?{query}"
    if not fragment:
        return HttpResponseRedirect(address)
    return HttpResponse(status=204, headers={"HX-Redirect": address})


def _way_to_show(request: HttpRequest) -> str:
    worker = request.user
    assert worker.is_authenticated
    if agency_name() and _by_agency(request):
        return "own:agency-start"
    if worker.has_usable_password():
        return "account_reauthenticate"
    passkeys = is_mfa_enabled(worker, [Authenticator.Type.WEBAUTHN])
    return "mfa_reauthenticate_webauthn" if passkeys else "mfa_reauthenticate"


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

    def process_view(
        self, request: HttpRequest, _view: object, _args: object, named: Mapping[str, Any]
    ) -> HttpResponse | None:
        """None to go on, else the answer at a door that stays shut. Raises `Http404` for what is not declared."""
        assert request.resolver_match is not None
        name = request.resolver_match.view_name
        method = "GET" if request.method == "HEAD" else str(request.method)
        door = doors().get((name, method))
        if door is None:
            return _undeclared(name)
        if door.permission == PARTICIPANT:
            return _visiting(request)
        return _guarded(request, door, named) if door.permission else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say a refusal in plain words; what may not be seen is not found; what is not there yet comes later."""
        site = "portal" if request.path_info.startswith(PORTAL) else "sites"
        if isinstance(error, NotFound):
            return page(request, f"{site}/not_found.html", 404)
        if isinstance(error, Refused):
            return page(request, f"{site}/refused.html", 403, decision=error.decision)
        if isinstance(error, Unavailable):
            return page(request, f"{site}/later.html", 503)
        return None


def _visiting(request: HttpRequest) -> HttpResponse | None:
    # A worker who is signed in is no participant: a visit is all that opens these doors.
    visit = find_visit(request)
    if visit is None:
        return to_entering()
    request.visit = visit  # type: ignore[attr-defined]  # read back by sites.portal.visiting
    return None


def _undeclared(name: str) -> HttpResponse:
    allowed = methods(name)
    if not allowed:
        raise Http404
    return HttpResponseNotAllowed(allowed)


def _guarded(request: HttpRequest, door: Door, named: Mapping[str, Any]) -> HttpResponse | None:
    if not request.user.is_authenticated:
        return to_sign_in(request)
    step = _step_before(request, door)
    if step is not None or door.permission == OWN:
        return step
    try:
        entrance = enter(request, door.permission)
    except Refused as refused:
        return page(request, "sites/no_access.html", 403, decision=refused.decision)
    request.entrance = entrance  # type: ignore[attr-defined]  # read back by sites.entrance
    if door.permission not in entrance.permissions:
        return _refused(request, door, entrance)
    return _own_or_family(request, door, entrance, named) if not WHOSE.keys().isdisjoint(named) else None


def _own_or_family(
    request: HttpRequest, door: Door, entrance: Entrance, named: Mapping[str, Any]
) -> HttpResponse | None:
    # That somebody tried their own or their family's record stays on record, whatever door it was.
    with entrance.acting("door"):
        found = closed(door.view, named)
        if found is None:
            return None
        person, decision = found
        page_name = door.view.partition(":")[2]
        kind = {"kind": "people.participant-opened"} if page_name == "participant" else {}
        look(person, page=page_name[:PAGE_MAX], roles=entrance.roles, **kind)
    return page(request, "sites/refused.html", 403, decision=decision)


def _step_before(request: HttpRequest, door: Door) -> HttpResponse | None:
    worker = request.user
    assert worker.is_authenticated
    # 1. a password of one's own that is not too old, 2. a second factor set up, 3. shown in this session.
    changed, given = worker.password_changed_at, worker.password_given
    fresh = password_stands(given=given, changed_at=changed, now=clock.now(), profile=sign_in_profile())
    if not fresh.allowed and worker.has_usable_password() and not _by_agency(request):
        return None if door.view in BEFORE_PASSWORD else HttpResponseRedirect(reverse("account_change_password"))
    if not getattr(settings, "SECOND_FACTOR_REQUIRED", True):
        return None
    enrolled = is_mfa_enabled(worker, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
    shown = second_factor_shown(methods=_proofs(request), enrolled=enrolled)
    if shown.allowed or (not enrolled and door.view in BEFORE_SECOND_FACTOR):
        return None
    if shown.outcome is Outcome.HOLD:
        return HttpResponseRedirect(reverse("mfa_activate_totp"))
    logout(request)
    return to_sign_in(request, "factor")


def _by_agency(request: HttpRequest) -> bool:
    # Whoever came by the agency's provider shows no password of ours.
    return any(one.get("method") == "socialaccount" for one in _proofs(request))


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
