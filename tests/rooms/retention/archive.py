"""Old texts of the standing cast, written with the product's own writers."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from tests.rooms.town import ANA, MN, NC, as_state

from harborline.kernel.ids import new_id
from harborline.law.schedules import Trigger
from harborline.ledger.services import record
from harborline.messaging.facts import DispatchState, MessageKind
from harborline.messaging.models import Dispatch, Sender
from harborline.messaging.notices.writing import MessageDraft, Origin, queue, write_messages
from harborline.messaging.sealing import seal_text_for
from harborline.people.models import Case, Participant
from harborline.retention.services import note_closings, tell_program_event
from harborline.vault.services import blind_index
from harborline.walls import ALL_COUNTIES, Actor, Context, acting
from harborline.walls.cursor import bulk_cursor

NOW = datetime(2031, 3, 2, 12, tzinfo=UTC)
SENT = datetime(2021, 5, 6, 14, tzinfo=UTC)
OPERATOR, SUPERVISOR = frozenset({"state-operator"}), frozenset({"supervisor"})


def worker(name: str, program: str = NC) -> AbstractContextManager[Context]:
    """A worker of the whole state."""
    return acting(Actor("worker", name), program=program, counties=ALL_COUNTIES, purpose="records")


def sender(program: str) -> Sender:
    """The program's number."""
    found, _ = Sender.objects.get_or_create(
        key=f"{program}-main", defaults={"program": program, "number": "+19195550100", "carrier": "simulator"}
    )
    return found


def texts(
    count: int = 1,
    *,
    program: str = NC,
    person: str = "P-1",
    case: str | None = "C-100",
    number: str = ANA,
    at: datetime = SENT,
    state: DispatchState = DispatchState.DELIVERED,
) -> list[uuid.UUID]:
    """Texts sent at `at`, a minute apart; called inside `acting`."""
    someone = Participant.objects.get(program=program, external_id=person)
    about = Case.objects.get(program=program, external_id=case).id if case else None
    return [_text(program, someone, about, number, at + timedelta(minutes=place), state) for place in range(count)]


def _text(  # noqa: PLR0917 - what one text is
    program: str, someone: Participant, case_id: uuid.UUID | None, number: str, at: datetime, state: DispatchState
) -> uuid.UUID:
    identifier = new_id()
    draft = MessageDraft(
        id=identifier,
        county=someone.county,
        row_no=None,
        participant_id=someone.id,
        case_id=case_id,
        consent_id=None,
        phone_idx=blind_index("phone", number),
        language="en",
        encoding="gsm7",
        segments=1,
        sealed=seal_text_for(program, identifier, number, "Your appointment is on Monday."),
        commit_key=os.urandom(32),
        due_at=at,
        last_due_at=at,
        zones="America/New_York",
        dedupe_key=None,
    )
    origin = Origin(program, MessageKind.REPLY, None, sender(program).id, "appointment-reminder", "0" * 64)
    with bulk_cursor() as cursor:
        queue(cursor, origin, [draft], at)
        entry = record(
            "message.reply-queued", subject=f"participant:{someone.id}", content={"message": str(identifier)}
        )
        write_messages(cursor, origin, [draft], entry, at)
    queued = state is DispatchState.QUEUED
    Dispatch.objects.filter(message_id=identifier).update(
        state=int(state), due_at=at if queued else None, changed_at=at + timedelta(minutes=1)
    )
    return identifier


def close_case(external_id: str, *, seen_at: datetime, program: str = NC) -> None:
    """The case system closed a case, and the nightly upkeep saw it at `seen_at`. Called outside `acting`."""
    with as_state(program):
        Case.objects.filter(program=program, external_id=external_id).update(open=False)
    note_closings(program, now=seen_at)


def release_years(years: Sequence[int], *, program: str = NC, trigger: Trigger = Trigger.CONTROLLER_RELEASE) -> None:
    """The controller's memorandum (or the final report) came out for these fiscal years, two years after their end."""
    with worker("records-officer", program):
        for year in years:
            day = datetime(year + 2, 1, 15, tzinfo=UTC).date()
            tell_program_event(trigger, year, day, source="Memorandum 2026-1", roles=OPERATOR)


__all__ = ["MN", "NC", "as_state"]
