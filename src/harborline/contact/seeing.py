"""Which worker may see a person's questions: never family, and of somebody shielded only those whose work it is."""

from __future__ import annotations

import uuid
from typing import Final

from harborline.contact.models import ContactThread
from harborline.contact.rules import may_see
from harborline.disclosure.selectors import nearness
from harborline.kernel import Decision, NotFound, Refused, allow
from harborline.ledger.services import record_apart
from harborline.walls import current
from harborline.workforce.facts import StaffRole
from harborline.workforce.selectors import worker_standing

_LEADS: Final = frozenset({StaffRole.SUPERVISOR, StaffRole.SECURITY_OFFICER, StaffRole.STATE_OPERATOR})


def insist_sees(contact: ContactThread) -> None:
    """Raise `Refused` for family, and `NotFound` for what is not the worker's: a shield never announces itself.

    Both are recorded apart. Source: OFFSET-8.2:only-as-necessary.
    """
    decision = sees(contact)
    if decision.allowed:
        return
    content = {"contact": str(contact.id), "reason": decision.reason, "clauses": list(decision.clauses)}
    record_apart("contact.view-refused", subject=f"participant:{contact.participant_id}", content=content)
    if decision.reason == "question-of-family":
        raise Refused(decision)
    raise NotFound("there is no such question here")


def sees(contact: ContactThread) -> Decision:
    """Whether the worker of the context may see a contact; whoever is no worker acts for the agency."""
    context = current()
    if context.actor.kind != "worker":
        return allow()
    me = uuid.UUID(context.actor.id)
    near = nearness(contact.participant_id, me, name=context.actor.name)
    if near is None:
        raise NotFound("there is no such question here")
    mine = near.tied or contact.worker_id == me
    leads = near.shielded and not mine and bool(_LEADS & worker_standing(me, context.program).roles)
    return may_see(kin=near.kin, shielded=near.shielded, mine=mine, leads=leads)
