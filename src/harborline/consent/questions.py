"""What staff must find out about a number: raised once for each person who has it, settled with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from harborline.consent.facts import Doubt, Settlement
from harborline.consent.keeping import actor, group
from harborline.consent.models import NumberQuestion
from harborline.consent.selectors import numbers_on_two_adults
from harborline.kernel import Invalid, NotFound, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.people.facts import Role
from harborline.people.selectors import holders_of_number
from harborline.vault.services import seal_text
from harborline.walls import ALL_COUNTIES, acting, current

_ANSWERS = frozenset({Settlement.RIGHT, Settlement.CORRECTED, Settlement.NOT_THEIRS})
_BOTH = frozenset({Role.CUSTODIAL_PARTY.value, Role.NONCUSTODIAL_PARENT.value})
REASON_SIGNS = 500


def ask(phone_idx: bytes, doubt: Doubt, *, message_ref: str = "", at: datetime) -> int:
    """Raise a question about a number with each adult whose current number it is; answers how many are new."""
    holders = {who: county for who, county, _, _ in holders_of_number(current().program, phone_idx)}
    return sum(_raise(who, county, phone_idx, doubt, message_ref, at) for who, county in holders.items())


def ask_about_shared_numbers(*, now: datetime | None = None) -> int:
    """Raise a question wherever both parents of one case have the same number; answers how many are new.

    Their notices are held anyway, at planning and at hand-over; this makes the task to ask.
    """
    moment = now or clock.now()
    return sum(
        ask(idx, Doubt.BOTH_PARENTS, at=moment) for idx in numbers_on_two_adults() if on_both_parents(_holders(idx))
    )


def on_both_parents(holders: Iterable[tuple[uuid.UUID, str, uuid.UUID, str]]) -> bool:
    """Say whether two of the holders (participant, county, case, role) are the two parents of one case."""
    parents: dict[uuid.UUID, set[str]] = {}
    for _, _, case, role in holders:
        parents.setdefault(case, set()).add(role)
    return any(roles >= _BOTH for roles in parents.values())


def settle_question(question_id: uuid.UUID, settlement: Settlement, *, reason: str) -> None:
    """Staff found out about a number; settling twice changes nothing.

    Raises `NotFound`, or `Invalid` without a reason or for an answer that is not one (a text that may mean "stop" is
    settled with `resolve_possible`). Nothing is switched on again by it: permission comes from the person.
    """
    if settlement not in _ANSWERS:
        raise Invalid(
            "is not an answer; there are {known}", "answer", known=", ".join(sorted(each.value for each in _ANSWERS))
        )
    words = written_reason(reason)
    question = NumberQuestion.objects.select_for_update().filter(id=question_id).first()
    if question is None or question.kind == Doubt.POSSIBLE_STOP.value:
        raise NotFound("no such question here")
    if question.settled_at is None:
        close([question], settlement.value, clock.now(), words)


def settle_possible(phone_idx: bytes, settlement: str, *, at: datetime) -> None:
    """Close the questions about a possible opt-out in every county: the answer is about the number."""
    context = current()
    with acting(context.actor, program=context.program, counties=ALL_COUNTIES, purpose=context.purpose):
        waiting = NumberQuestion.objects.filter(
            program=context.program, phone_idx=phone_idx, kind=Doubt.POSSIBLE_STOP.value, settled_at__isnull=True
        )
        close(list(waiting), settlement, at, "")


def close(questions: Sequence[NumberQuestion], settlement: str, at: datetime, reason: str) -> None:
    """Write the answer to questions, with its entry."""
    for question in questions:
        question.settled_at, question.settlement, question.settled_by = at, settlement, actor()
        question.reason = sealed_reason(reason, f"question:{question.id}")
        question.save(update_fields=["settled_at", "settlement", "settled_by", "reason"])
        content = {"question": str(question.id), "kind": question.kind, "settlement": settlement}
        record("consent.number-question-settled", subject=f"participant:{question.participant_id}", content=content)


def written_reason(reason: str) -> str:
    """The reason staff gave; raises `Invalid` when there is none or it is a letter."""
    words = reason.strip()
    if not words:
        raise Invalid("say why in a few words", "reason")
    if len(words) > REASON_SIGNS:
        raise Invalid("is longer than {most} signs; say it shortly", "reason", most=REASON_SIGNS)
    return words


def sealed_reason(reason: str, place: str) -> bytes:
    """A reason as it is kept; nothing for none."""
    return seal_text(reason, group=group(current().program), context=f"{place}:reason") if reason else b""


def _raise(who: uuid.UUID, county: str, phone_idx: bytes, doubt: Doubt, message_ref: str, at: datetime) -> bool:  # noqa: PLR0917 - the columns
    known = NumberQuestion.objects.filter(participant_id=who, phone_idx=phone_idx, kind=doubt.value)
    if known.filter(settled_at__isnull=True).exists():
        return False
    question = NumberQuestion(
        id=new_id(),
        program=current().program,
        county=county,
        participant_id=who,
        phone_idx=phone_idx,
        kind=doubt.value,
        message_ref=message_ref,
        raised_at=at,
    )
    NumberQuestion.objects.bulk_create([question], ignore_conflicts=True)
    content = {"question": str(question.id), "kind": doubt.value}
    record("consent.number-question-raised", subject=f"participant:{who}", content=content)
    return True


def _holders(phone_idx: bytes) -> list[tuple[uuid.UUID, str, uuid.UUID, str]]:
    return holders_of_number(current().program, phone_idx)
