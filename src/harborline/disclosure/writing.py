"""Write down a protected value: who told it, and which other source confirmed it."""

from __future__ import annotations

import uuid

from harborline.disclosure.rules import may_write
from harborline.disclosure.ties import tie_now
from harborline.kernel import NotFound, Refused, clock
from harborline.ledger.services import record_apart
from harborline.people.facts import TAX_SOURCES, HeldName, Source
from harborline.people.selectors import person_at_hand
from harborline.people.services import hold_value
from harborline.walls import current
from harborline.workforce.facts import TrainingSubject
from harborline.workforce.selectors import trained_subjects


def write_value(
    participant_id: uuid.UUID, field: HeldName, value: str, *, source: Source, verified_by: Source | None = None
) -> uuid.UUID:
    """Write down one value about a participant, as the worker of the context heard it; what stood before is history.

    A value from another source than the tax agency takes the place of one from there, and is none of its information
    any more. Raises `NotFound`, `Invalid` for an empty value or a confirmation by the same or a tax source, `Refused`
    (recorded apart). Source: 45 CFR 303.21(a); IRS Publication 1075, 2.C.5.
    """
    context, at = current(), clock.now()
    person = person_at_hand(participant_id, now=at)
    if person is None:
        raise NotFound("no such participant here")
    worker, tax = uuid.UUID(context.actor.id), source in TAX_SOURCES
    tie, kin = tie_now(participant_id, person, at=at)
    decision = may_write(
        tie=tie,
        kin=kin,
        tax=tax,
        tax_cleared=tax and TrainingSubject.TAX.value in trained_subjects(worker, now=at),
    )
    if not decision.allowed:
        content = {"field": field.value, "source": source.value, "reason": decision.reason}
        record_apart("disclosure.value-refused", subject=f"participant:{participant_id}", content=content)
        raise Refused(decision)
    return hold_value(participant_id, field, value, source=source, verified_by=verified_by)
