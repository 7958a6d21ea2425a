"""Write down a protected value: who told it, and which other source confirmed it.

Where somebody is, and a Social Security number in place of another, counts once two people wrote down the same. Nobody
finds out alone, by a value of their own making, whose whereabouts stay closed; and no slip replaces a number that is
right. What waits is kept as a digest.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from harborline.disclosure.models import SecondWord
from harborline.disclosure.overriding import actor_now
from harborline.disclosure.rules import may_write, needs_second_word, social_security_number
from harborline.disclosure.ties import tie_now
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record, record_apart
from harborline.people.facts import TAX_SOURCES, HeldName, Source
from harborline.people.rules import must_be_independent
from harborline.people.selectors import held_fields, person_at_hand
from harborline.people.services import hold_value
from harborline.vault.services import blind_index
from harborline.walls import current
from harborline.workforce.facts import TrainingSubject
from harborline.workforce.selectors import number_of, trained_subjects

WAITS: Final = timedelta(days=30)
"""How long a value waits for somebody else to write down the same."""


@dataclass(frozen=True, slots=True)
class WaitingWord:
    """A value that waits for a second person: of whom, which field, told by whom, written down by whom, when."""

    participant_id: uuid.UUID
    field: str
    source: str
    who: str
    at: datetime


def write_value(
    participant_id: uuid.UUID, field: HeldName, value: str, *, source: Source, verified_by: Source | None = None
) -> uuid.UUID | None:
    """Write down one value about a participant, as the worker of the context heard it; what stood before is history.

    None: it waits until another worker writes down the same, told by the same (`rules.needs_second_word`). A value from
    another source than the tax agency takes the place of one from there, and is none of its information any more.
    Raises `NotFound`, `Invalid` for an empty value, a number that is none or a confirmation by the same or a tax
    source, `Refused` (recorded apart). Source: 45 CFR 303.21(a); IRS Publication 1075, 2.C.5.
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
    said = social_security_number(value) if field is HeldName.SSN else value.strip()
    if not said:
        raise Invalid("is empty", "value")
    must_be_independent(source, verified_by)
    held = {one.field for one in held_fields(participant_id, now=at)}
    if needs_second_word(field=field, known=field.value in held) and not _said_before(
        participant_id, person.county, field, said, source, at
    ):
        return None
    return hold_value(participant_id, field, said, source=source, verified_by=verified_by)


def second_words(participant_id: uuid.UUID | None = None) -> list[WaitingWord]:
    """The values in sight that wait for a second person, of one participant or of all, the newest first."""
    rows = SecondWord.objects.filter(done_at__isnull=True, at__gt=clock.now() - WAITS).order_by("-at")
    if participant_id is not None:
        rows = rows.filter(participant_id=participant_id)
    return [WaitingWord(row.participant_id, row.field, row.source, number_of(row.by), row.at) for row in rows[:200]]


def _said_before(  # noqa: PLR0917 - what one value is
    participant_id: uuid.UUID, county: str, field: HeldName, said: str, source: Source, at: datetime
) -> bool:
    # Whether another worker wrote down the same; if not, this waits for one.
    me, digest = actor_now(), _digest(participant_id, field, source, said)
    open_ones = SecondWord.objects.select_for_update().filter(
        participant_id=participant_id, field=field.value, done_at__isnull=True
    )
    same = open_ones.filter(digest=digest, at__gt=at - WAITS).exclude(by=me).first()
    if same is not None:
        open_ones.update(done_at=at)
        return True
    open_ones.filter(by=me).update(done_at=at)
    SecondWord.objects.create(
        id=new_id(), program=current().program, county=county, participant_id=participant_id, field=field.value,
        source=source.value, digest=digest, by=me, at=at,
    )  # fmt: skip
    content = {"field": field.value, "source": source.value}
    record("disclosure.value-waits", subject=f"participant:{participant_id}", content=content)
    return False


def _digest(participant_id: uuid.UUID, field: HeldName, source: Source, said: str) -> bytes:
    return blind_index("second-word", f"{participant_id}|{field}|{source}|{' '.join(_words(said))}")


def _words(said: str) -> Iterable[str]:
    # Commas, dots, capitals and spaces make no other address.
    return "".join(sign if sign.isalnum() else " " for sign in said.casefold()).split()
