"""Who stands at the door: the worker, the program they work in, what that lets them do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.http import HttpRequest

from harborline.kernel import Decision, Refused, clock, refuse
from harborline.law import profile
from harborline.messaging.rules import may_start
from harborline.sites.permissions import permissions_of, roles_with
from harborline.walls import Actor, acting
from harborline.workforce.selectors import Dossier, dossier

PROGRAM = "program"


@dataclass(frozen=True, slots=True)
class Entrance:
    """A worker at one door of a program: the actor of the records, and what the assignments let them do there.

    `counties` and `roles` are those of the assignments that carry the permission of the door, so that a role in one
    county opens nothing in another; `permissions` and `every_role` are of all assignments, for what pages offer.
    """

    actor: Actor
    program: str
    programs: tuple[str, ...]
    counties: tuple[str, ...]
    roles: frozenset[str]
    permissions: frozenset[str]
    every_role: frozenset[str]

    @property
    def may_start(self) -> Decision:
        """Whether this worker starts notices: the permission of the role, and the program's own letter."""
        if "notices:start" not in self.permissions:
            return refuse("role-may-not-start-runs").stamped("sites.permissions", ("OFFSET-8.2:data-by-purpose",))
        return may_start(roles=self.every_role, profile=profile(self.program))

    @property
    def starts(self) -> bool:
        """Whether pages offer to start a notice."""
        return self.may_start.allowed

    @property
    def zone(self) -> str:
        """The zone in which the program's pages tell the time."""
        return profile(self.program).zones[0]

    @contextmanager
    def acting(self, purpose: str) -> Iterator[None]:
        """One unit of work of this worker, for a purpose."""
        with acting(self.actor, program=self.program, counties=self.counties, purpose=purpose):
            yield


def enter(request: HttpRequest, permission: str = "") -> Entrance:
    """The entrance of the signed-in worker into the program chosen for this session, at a door with this permission.

    Raises `Refused` when nothing is assigned, the account is off, or training or the signed requirements lapsed.
    """
    file, now = own_dossier(request), clock.now()
    programs = file.programs(now)
    chosen = str(request.session.get(PROGRAM, ""))
    program = chosen if chosen in programs else (programs[0] if programs else "")
    held = file.roles(program, now)
    roles = held & roles_with(permission) if permission else held
    actor, counties = file.actor(program, now, roles)
    return Entrance(actor, program, programs, counties, roles, permissions_of(held), held)


def own_dossier(request: HttpRequest) -> Dossier:
    """What is on file about the signed-in worker; read once in a request, however many ask."""
    worker = request.user
    assert worker.is_authenticated
    found = getattr(request, "dossier", None)
    if not isinstance(found, Dossier) or found.worker.pk != worker.pk:
        found = dossier(worker)
        request.dossier = found  # type: ignore[attr-defined]  # read back above
    return found


def entrance(request: HttpRequest) -> Entrance:
    """The entrance that the doors middleware put on the request."""
    found = getattr(request, "entrance", None)
    assert isinstance(found, Entrance)
    return found


def entrance_or_none(request: HttpRequest) -> Entrance | None:
    """The entrance, or None on pages before signing in; a worker who may not work has none either."""
    found = getattr(request, "entrance", None)
    if isinstance(found, Entrance):
        return found
    if not getattr(request, "user", None) or not request.user.is_authenticated:
        return None
    try:
        return enter(request)
    except Refused:
        return None
