"""A notice run with people of two counties, written with the product's own writers."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from harborline.kernel import Decision, allow, clock, hold, refuse
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record_batch
from harborline.messaging.columns import hot_cursor
from harborline.messaging.commitments import commit
from harborline.messaging.facts import DispatchState, MessageKind, ReceiptEvent, RunState
from harborline.messaging.models import Attempt, Dispatch, Message, MessageContent, NoticeRun, RunDecision, Sender
from harborline.messaging.notices.verdicts import planned_item
from harborline.messaging.notices.windows import Windows
from harborline.messaging.notices.writing import (
    MessageDraft,
    Origin,
    RecipientDraft,
    queue,
    write_messages,
    write_recipients,
)
from harborline.messaging.ports import HandOver, HandOverResult
from harborline.messaging.sealing import seal_text_for
from harborline.messaging.sending import claims
from harborline.messaging.sending.due import Due, read_due
from harborline.messaging.sending.outcomes import Answered, Whose, record_outcomes
from harborline.messaging.sending.putting_off import put_off
from harborline.messaging.sending.receipts import record_receipts
from harborline.people.facts import HeldName, Source
from harborline.people.models import Agency, FeedImport, Office, Participant, Person, PhoneNumber, Program, Protection
from harborline.people.sealing import Identity, seal_field, seal_identity
from harborline.people.services import hold_value
from harborline.vault.services import blind_index
from harborline.walls import ALL_COUNTIES, Actor, Context, acting
from harborline.walls.cursor import bulk_cursor

WAKE, DURHAM = "37183", "37063"
PROGRAM = "nc-css"
MONDAY = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
FIRST_ROW = 2
TEXT = "NC Child Support Services: you have an appointment on Nov 23 at 9:00 AM."

ALLOWED = allow().stamped("messaging.rules.worth_saying", ("NC-CSS-22-18:lawful-notifications",))
NO_CONSENT = refuse("no-consent").stamped("consent.rules.may_text", ("NC-CSS-22-18:opt-in",))
STOPPED = refuse("asked-to-stop").stamped("consent.rules.may_text", ("NC-CSS-22-18:opt-in",))
UNSAFE = refuse("no-texts-by-safety-choice").stamped("messaging.rules.texting_is_safe", ("OFFSET-8.1:harm",))
BOTH_PARTIES = hold("number-used-by-both-parties").stamped("messaging.rules.texting_is_safe", ("OFFSET-8.1:harm",))
TOLD_BEFORE = hold("told-before").stamped(
    "messaging.notices.one_text_per_group", ("NC-CSS-22-18:lawful-notifications",)
)
WITH_ANOTHER = allow("with-another-row").stamped(
    "messaging.notices.one_text_per_group", ("NC-CSS-22-18:lawful-notifications",)
)


def as_state() -> AbstractContextManager[Context]:
    """The state's operator, who runs the texting service for all counties."""
    return acting(Actor("worker", "olga"), program=PROGRAM, counties=ALL_COUNTIES, purpose="notice-run")


def as_cora() -> AbstractContextManager[Context]:
    """Cora works in Wake County."""
    return acting(Actor("worker", "cora"), program=PROGRAM, counties=(WAKE,), purpose="case-work")


def as_dev() -> AbstractContextManager[Context]:
    """Dev works in Durham County."""
    return acting(Actor("worker", "dev"), program=PROGRAM, counties=(DURHAM,), purpose="case-work")


@dataclass
class Line:
    """One row of the caseload as the planner would have judged it."""

    decision: Decision
    person: Participant | None = None
    reference: str = "P-0"
    county: str = WAKE
    language: str = "en"
    at: datetime = MONDAY
    text: str = TEXT
    number: str = "+19195550101"
    with_row_no: int | None = None


@dataclass
class Scene:
    """One run of the appointment reminder."""

    run: NoticeRun
    decisions: dict[Decision, uuid.UUID] = field(default_factory=dict)
    next_row: int = FIRST_ROW

    def plan(self, lines: Sequence[Line]) -> list[uuid.UUID | None]:
        """Write the rows with their decisions and, where texts are allowed, their texts; answers the texts' ids."""
        drafts: list[MessageDraft] = []
        rows: list[RecipientDraft] = []
        commitments: list[bytes] = []
        for line in lines:
            draft = self._draft(line) if line.decision == ALLOWED else None
            row, commitment = self._recipient(line, draft)
            rows.append(row)
            commitments.append(commitment)
            drafts += [draft] if draft else []
            self.next_row += 1
        self._write(drafts, rows, commitments)
        return [uuid.UUID(str(row.message_id)) if row.message_id else None for row in rows]

    def _write(self, drafts: list[MessageDraft], rows: list[RecipientDraft], commitments: list[bytes]) -> None:
        now = clock.now()
        origin = Origin(
            PROGRAM,
            MessageKind.NOTICE,
            self.run.id,
            self.run.sender_id,
            self.run.template_key,
            self.run.template_sha256,
        )
        with bulk_cursor() as cursor:
            queue(cursor, origin, drafts, now)
            entry_id = record_batch(
                "notice.planned",
                subject=f"run:{self.run.id}",
                items=commitments,
                content={"run": str(self.run.id), "first_row": rows[0].row_no, "last_row": rows[-1].row_no},
            )
            write_messages(cursor, origin, drafts, entry_id, now)
            write_recipients(cursor, PROGRAM, self.run.id, rows, entry_id)

    def _draft(self, line: Line) -> MessageDraft:
        identifier = new_id()
        return MessageDraft(
            id=identifier,
            county=line.county,
            row_no=self.next_row,
            participant_id=line.person.id if line.person else None,
            case_id=None,
            consent_id=None,
            phone_idx=blind_index("phone", line.number),
            language=line.language,
            encoding="gsm7",
            segments=1,
            sealed=seal_text_for(PROGRAM, identifier, line.number, line.text),
            commit_key=os.urandom(32),
            due_at=line.at - timedelta(days=1),
            last_due_at=line.at,
            zones="America/New_York",
            dedupe_key=os.urandom(16),
        )

    def _recipient(self, line: Line, draft: MessageDraft | None) -> tuple[RecipientDraft, bytes]:
        key = draft.commit_key if draft else os.urandom(32)
        row = RecipientDraft(
            county=line.county,
            row_no=self.next_row,
            decision_id=self._decision(line.decision),
            participant_id=line.person.id if line.person else None,
            participant_ref=line.person.external_id if line.person else line.reference,
            message_id=draft.id if draft else None,
            with_row_no=line.with_row_no,
            appointment_at=line.at,
            office="WAKE-1",
            language=line.language,
            commit_key=b"" if draft else key,
        )
        item = planned_item(
            run_id=self.run.id,
            row_no=row.row_no,
            message_id=uuid.UUID(str(draft.id)) if draft else None,
            decision=line.decision,
            profile_sha256=profile(PROGRAM).sha256,
            text=line.text if draft else "",
        )
        return row, commit(key, item)

    def _decision(self, decision: Decision) -> uuid.UUID:
        if decision not in self.decisions:
            made = RunDecision.objects.create(
                program=PROGRAM,
                run=self.run,
                outcome=decision.outcome.value,
                reason=decision.reason,
                rule=decision.rule,
                clauses=list(decision.clauses),
                profile_sha256=profile(PROGRAM).sha256,
            )
            self.decisions[decision] = made.id
        return self.decisions[decision]

    def move(self, message_id: uuid.UUID | None, state: DispatchState, reason: str = "") -> None:
        """Put a text where the carrier left it."""
        assert message_id is not None
        Dispatch.objects.filter(message_id=message_id).update(state=int(state), due_at=None, reason=reason)


def open_scene(state: RunState = RunState.RUNNING) -> Scene:
    """A run that was opened a moment ago."""
    sender, _ = Sender.objects.get_or_create(
        key="nc-main", defaults={"program": PROGRAM, "number": "+19195550100", "carrier": "simulator"}
    )
    run = NoticeRun.objects.create(
        program=PROGRAM,
        sender=sender,
        template_key="appointment-reminder",
        template_sha256="0" * 64,
        profile_sha256=profile(PROGRAM).sha256,
        source_name="caseload.csv",
        source_sha256="0" * 64,
        source_blob=str(new_id()),
        state=state.value,
        started_by="olga",
        created_at=clock.now(),
    )
    return Scene(run)


def add_person(
    reference: str,
    name: str,
    *,
    county: str = WAKE,
    language: str = "en",
    address: str = "",
    substitute: str = "",
    number: str = "",
) -> Participant:
    """A participant with sealed name, address and number."""
    person_id, participant_id = new_id(), new_id()
    Person.objects.create(
        id=person_id,
        agency="nc-dhhs",
        source=PROGRAM,
        external_id=reference,
        identity=seal_identity(PROGRAM, person_id, Identity(name)),
        identity_digest=b"digest",
    )
    found = Participant.objects.create(
        id=participant_id,
        program=PROGRAM,
        county=county,
        external_id=reference,
        person_id=person_id,
        language=language,
        row_digest=b"digest",
    )
    for held, value in ((HeldName.ADDRESS, address), (HeldName.SUBSTITUTE_ADDRESS, substitute)):
        if value:
            hold_value(participant_id, held, value, source=Source.CASE_SYSTEM)
    if number:
        PhoneNumber.objects.create(
            program=PROGRAM,
            county=county,
            participant=found,
            e164=seal_field(PROGRAM, participant_id, "phone", number),
            phone_idx=blind_index("phone", number),
            since_at=MONDAY - timedelta(days=400),
        )
    return found


def protect(person: Participant) -> None:
    """Put a family violence indicator on a person."""
    Protection.objects.create(
        agency="nc-dhhs",
        person_id=person.person_id,
        reported_by=PROGRAM,
        kind="fvi",
        source="case system",
        from_at=MONDAY - timedelta(days=100),
    )


def load_protections(age: timedelta) -> None:
    """The nightly protections came in, as of so long ago."""
    FeedImport.objects.create(
        program=PROGRAM,
        kind="protections",
        sha256="0" * 64,
        as_of=clock.now() - age,
        imported_at=clock.now(),
        row_count=0,
        added=0,
        changed=0,
        removed=0,
        unchanged=0,
        entry_id=new_id(),
    )


def days_later(count: int) -> datetime:
    """Monday's appointment, so many days later."""
    return MONDAY + timedelta(days=count)


def due(message_id: uuid.UUID) -> Due:
    """A queued text as the dispatcher finds it."""
    with hot_cursor() as cursor:
        (found,) = read_due(cursor, [message_id.bytes])
    return found


def postpone(message_id: uuid.UUID, decision: Decision | None = None) -> None:
    """The dispatcher sets a due text aside."""
    if decision is None:
        decision = hold("outside-hours", until=clock.now() + timedelta(hours=8)).stamped(
            "messaging.hours.window.lawful_hour", ("NC-CSS-22-18:lawful-notifications",)
        )
    with hot_cursor() as cursor:
        put_off(cursor, a_claim(Message.objects.get(id=message_id).run), [(due(message_id), decision)], clock.now())


def a_claim(run: NoticeRun | None) -> claims.Claim:
    """What the dispatcher of the run's sender knows."""
    settings = profile(PROGRAM)
    sender_id = run.sender_id if run else new_id()
    return claims.Claim(PROGRAM, sender_id, "simulator", 1, settings, Windows.of(settings), clock.now())


def attempt(scene: Scene, message_id: uuid.UUID) -> uuid.UUID:
    """The dispatcher is about to hand a text over; answers the attempt."""
    with hot_cursor() as cursor:
        (claimed,) = claims.attempt(cursor, a_claim(scene.run), [due(message_id)], clock.now())
    return claimed.attempt_id


def answer(attempt_id: uuid.UUID, message_id: uuid.UUID, said: str, code: str = "") -> None:
    """The carrier answers."""
    row, kept = Message.objects.get(id=message_id), MessageContent.objects.get(message_id=message_id)
    made = Attempt.objects.get(id=attempt_id)
    result = HandOverResult(attempt_id, HandOver(said), carrier_ref="ref-1", code=code)
    answered = Answered(
        attempt_id, message_id, row.run_id, row.county, bytes(kept.commit_key), made.at, new_id(), 1, made.expires_at,
        result,
    )  # fmt: skip
    with hot_cursor() as cursor:
        record_outcomes(cursor, Whose(PROGRAM, made.sender_id), [answered], now=clock.now())


def tell(attempt_id: uuid.UUID, receipt: str, code: str = "") -> None:
    """The network tells what became of a text."""
    with bulk_cursor() as cursor:
        record_receipts(cursor, PROGRAM, [ReceiptEvent(attempt_id, receipt, code, clock.now())], now=clock.now())


def set_up() -> Scene:
    """A run, its office, and nobody in it yet."""
    with as_state():
        agency, _ = Agency.objects.get_or_create(key="nc-dhhs", defaults={"name": "NC DHHS", "state": "NC"})
        Program.objects.get_or_create(
            key=PROGRAM, defaults={"agency": agency, "kind": "iv-d", "name": "NC Child Support Services"}
        )
        Office.objects.get_or_create(
            program=PROGRAM,
            code="WAKE-1",
            defaults={
                "county": WAKE,
                "names": {"en": "Wake County office", "es": "Oficina del condado de Wake"},
                "hours": {"en": "8 AM to 5 PM", "es": "8 a.m. a 5 p.m."},
                "address": "220 Example Street, Raleigh, NC 27601",
                "phone": "919-555-0110",
                "zone": "America/New_York",
            },
        )
        return open_scene()
