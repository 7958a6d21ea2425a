"""In which roles somebody acts: asked here, so that no way in can leave it out."""

from __future__ import annotations

import uuid

from django.contrib.auth import get_user_model

from harborline.kernel import Outcome, Refused
from harborline.law import profile
from harborline.messaging.rules import may_steer
from harborline.walls import current
from harborline.workforce.selectors import roles_of


def acting_roles() -> frozenset[str]:
    """The roles of the worker who acts, in the context's program at this moment; none for anybody else."""
    context = current()
    if context.actor.kind != "worker":
        return frozenset()
    try:
        worker = get_user_model().objects.filter(id=uuid.UUID(context.actor.id)).first()
    except ValueError:
        return frozenset()
    return roles_of(worker, context.program) if worker is not None else frozenset()


def must_steer(step: str, roles: frozenset[str] | None) -> None:
    """Raise `Refused` unless these roles, else those of the worker who acts, may take the step with a run."""
    held = acting_roles() if roles is None else roles
    decision = may_steer(step=step, roles=held, profile=profile(current().program))
    if decision.outcome is not Outcome.ALLOW:
        raise Refused(decision)
