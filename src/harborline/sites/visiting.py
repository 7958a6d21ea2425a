"""Who is visiting: kept in the session, proved with every page, told to the walls."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views import View

from harborline.kernel import clock
from harborline.law import profile, profiles
from harborline.people.facts import OwnParticipant, VisitFacts
from harborline.people.services import begin_visit, end_visit, visit_at
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

VISIT, PROGRAM, SEEN = "visit", "visit_program", "visit_seen_s"
ASKED, STARTED, STARTED_AT = "portal_asked", "portal_started", "portal_started_s"
_OURS: Final = (VISIT, PROGRAM, SEEN, ASKED, STARTED, STARTED_AT)
BACKGROUND: Final = "X-Background"
# Written this seldom: two requests at once each save the session they read.
_SEEN_EVERY_S: Final = 20


@dataclass(frozen=True, slots=True)
class Visit:
    """A participant inside: the facts of the visit, and the units of work done for it."""

    facts: VisitFacts

    @property
    def program(self) -> str:
        """The program's key."""
        return self.facts.program

    @property
    def kind(self) -> str:
        """`iv-d` or `wic`: pages say "your case manager" or "your clinic" by it."""
        return profile(self.program).kind

    @property
    def person_id(self) -> uuid.UUID:
        """The person."""
        return self.facts.person_id

    @property
    def participant(self) -> OwnParticipant:
        """Their participant: the first by number when several counties know them."""
        return self.facts.participants[0]

    @property
    def participants(self) -> tuple[OwnParticipant, ...]:
        """All their participants in this program, by number; one for each county that knows them."""
        return self.facts.participants

    @property
    def cases(self) -> tuple[uuid.UUID, ...]:
        """The cases they are a party of."""
        return self.facts.cases

    @property
    def actor(self) -> Actor:
        """As records name them."""
        return Actor("participant", str(self.person_id))

    @property
    def zone(self) -> str:
        """The zone in which pages tell the time."""
        return profile(self.program).zones[0]

    def acting(self, purpose: str) -> AbstractContextManager[Context]:
        """One unit of work of this person: every table shows what is theirs, or nothing."""
        facts = self.facts
        return acting(self.actor, program=facts.program, counties=facts.counties, purpose=purpose, own=facts.own)

    def on_their_word(self, purpose: str) -> AbstractContextManager[Context]:
        """One unit of work that the program does on the person's word, past their own rows.

        For services that must also touch what others see: a stop for a number, a thread in a worker's inbox. Nothing
        that is read in it may be shown to the person.
        """
        return acting(self.actor, program=self.program, counties=self.facts.counties, purpose=purpose)


def open_visit(request: HttpRequest, program: str, person_id: uuid.UUID, *, way: str) -> None:
    """Begin a visit in a new session: whoever used this browser before leaves nothing to it."""
    request.session.flush()
    with as_portal(program, "portal-entering"):
        visit_id = begin_visit(person_id, way=way)
    request.session.update({VISIT: str(visit_id), PROGRAM: program, SEEN: clock.now().timestamp()})


def close_visit(request: HttpRequest) -> bool:
    """End the visit and forget the session, also where somebody only began to come in; False: there was neither.

    A worker who is signed in stays so.
    """
    ours = _ended(request)
    if not request.user.is_authenticated:
        request.session.flush()
    return ours


def leave_at_sign_in(sender: object, request: HttpRequest | None = None, **named: object) -> None:
    """A worker signs in where somebody is visiting: the visit ends, and nothing of it stays in the worker's session."""
    del sender, named
    if request is not None:
        _ended(request)


def _ended(request: HttpRequest) -> bool:
    program, visit_id = _kept(request)
    if visit_id is not None:
        with as_portal(program, "portal-leaving"):
            end_visit(visit_id)
    kept = [request.session.pop(key, None) for key in _OURS]
    return any(kept)


def find_visit(request: HttpRequest) -> Visit | None:
    """The visit of this session if it still stands; marks it as touched unless the page fetched by itself."""
    program, visit_id = _kept(request)
    if visit_id is None:
        return None
    seen = float(request.session.get(SEEN, 0))
    with as_portal(program, "portal-visit"):
        facts = visit_at(visit_id, seen_at=datetime.fromtimestamp(seen, UTC))
    if facts is None:
        request.session.flush()
        return None
    now = clock.now().timestamp()
    if now - seen > _SEEN_EVERY_S and request.headers.get(BACKGROUND) != "1":
        request.session[SEEN] = now
    return Visit(facts)


def visit_of(request: HttpRequest) -> Visit:
    """The visit that the doors middleware put on the request."""
    found = getattr(request, "visit", None)
    assert isinstance(found, Visit)
    return found


def visit_or_none(request: HttpRequest) -> Visit | None:
    """The visit, or None on pages before coming in."""
    found = getattr(request, "visit", None)
    return found if isinstance(found, Visit) else None


def to_entering() -> HttpResponse:
    """Lead somebody without a visit to the way in; neither program nor page of before is kept."""
    return HttpResponseRedirect(f"{reverse('portal:front')}?{urlencode({'why': 'over'})}")


@contextmanager
def as_portal(program: str, purpose: str) -> Iterator[Context]:
    """The portal's own unit of work, before and around visits."""
    with acting(Actor("system", "portal"), program=program, counties=ALL_COUNTIES, purpose=purpose) as context:
        yield context


def _kept(request: HttpRequest) -> tuple[str, uuid.UUID | None]:
    program, visit = str(request.session.get(PROGRAM, "")), str(request.session.get(VISIT, ""))
    if program not in profiles() or not visit:
        return "", None
    return program, uuid.UUID(visit)


class OwnPage(View):
    """A page of somebody's own: the whole of it is one unit of work behind the walls of their person.

    `purpose` names the work in records. What a page raises undoes what it wrote.
    """

    purpose: ClassVar[str]
    http_method_names = ["get", "head"]

    def dispatch(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:  # noqa: ANN401 - as the base class
        """Answer inside the unit of work."""
        with self.visit.acting(self.purpose), timezone.override(self.visit.zone):
            return super().dispatch(request, *args, **named)

    @property
    def visit(self) -> Visit:
        """Whose page it is."""
        return visit_of(self.request)

    def page(self, template: str, *, status: int = 200, **facts: Any) -> HttpResponse:  # noqa: ANN401 - whatever a template shows
        """The template with these facts."""
        return render(self.request, template, facts, status=status)
