"""Plan a run: decide, render, seal and queue every usable row, a thousand at a time, each chunk one transaction."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import psycopg

from harborline.consent.facts import ConsentStanding
from harborline.consent.selectors import standings
from harborline.kernel import Decision, Outcome, allow, hold, refuse
from harborline.kernel.ids import new_id, new_ids
from harborline.law import Profile
from harborline.ledger.services import record_batch
from harborline.messaging.commitments import commit
from harborline.messaging.facts import MessageKind, RunState
from harborline.messaging.models import NoticeRun, RunDecision
from harborline.messaging.notices.caseload import Row
from harborline.messaging.notices.rendering import Rendering, TextMaker
from harborline.messaging.notices.windows import Windows
from harborline.messaging.notices.writing import (
    MessageDraft,
    Origin,
    RecipientDraft,
    queue,
    write_messages,
    write_recipients,
)
from harborline.messaging.rules import Situation, cited, may_notify
from harborline.messaging.sealing import seal_text_for
from harborline.people.facts import RecipientFacts
from harborline.people.selectors import recipients
from harborline.vault.services import blind_indexes
from harborline.walls.cursor import along_indexes, bulk_cursor

CHUNK_ROWS = 1000
NOBODY = ConsentStanding.none()


@dataclass(slots=True)
class Judged:
    """One row with what is known and decided about it."""

    row: Row
    phone_idx: bytes
    facts: RecipientFacts | None
    standing: ConsentStanding
    decision: Decision
    rendering: Rendering | None = None
    due_at: datetime | None = None
    zones: str = ""


@dataclass(slots=True)
class Plan:
    """What one run needs to judge its rows; lives for one planning pass."""

    program: str
    run_id: uuid.UUID
    sender_id: uuid.UUID
    profile: Profile
    texts: TextMaker
    windows: Windows
    protection_age: timedelta | None
    now: datetime
    decisions: dict[tuple[str, ...], uuid.UUID] = field(default_factory=dict)
    situations: dict[tuple[object, ...], Decision] = field(default_factory=dict)

    def chunk(self, groups: list[list[Row]]) -> int:
        """Decide and write one chunk of whole groups inside the current transaction; answers the texts queued."""
        if self._cancelled():
            return 0
        with bulk_cursor() as cursor:
            along_indexes(cursor)
            each = iter(self._judge([row for group in groups for row in group]))
            return self._write(cursor, [[next(each) for _ in group] for group in groups])

    def _cancelled(self) -> bool:
        # Locked against a cancellation that comes while this chunk is written.
        state = NoticeRun.objects.select_for_update(no_key=True).values_list("state", flat=True).get(id=self.run_id)
        return bool(state == RunState.CANCELLED)

    def _judge(self, rows: list[Row]) -> list[Judged]:
        indexes = blind_indexes("phone", [row.number for row in rows])
        known = recipients(
            self.program,
            [(row.participant_ref, row.case_ref, idx) for row, idx in zip(rows, indexes, strict=True)],
        )
        asked = [(facts.case_id, idx) for facts, idx in zip(known, indexes, strict=True) if facts is not None]
        standing = iter(standings(self.program, asked))
        return [
            self._one(row, idx, facts, next(standing) if facts is not None else NOBODY)
            for row, idx, facts in zip(rows, indexes, known, strict=True)
        ]

    def _one(self, row: Row, phone_idx: bytes, facts: RecipientFacts | None, standing: ConsentStanding) -> Judged:
        judged = Judged(row, phone_idx, facts, standing, self._decided(row, facts, standing))
        if judged.decision.outcome is Outcome.ALLOW:
            judged.decision = self._worded(judged)
        return judged

    def _decided(self, row: Row, facts: RecipientFacts | None, standing: ConsentStanding) -> Decision:
        # Equal situations share one decision; the key holds every fact a rule may see, and nothing personal.
        key = (
            facts is not None
            and (facts.county == row.county, facts.protected, facts.texts_chosen, facts.phone_conflict),
            bool(row.number),
            self.texts.speaks(row.language),
            self.texts.moment(row.appointment) > self.now,
            standing.without_identity(),
        )
        found = self.situations.get(key)
        if found is None:
            found = may_notify(
                situation=_situation(key, standing),
                profile=self.profile,
                protection_age=self.protection_age,
                now=self.now,
            )
            self.situations[key] = found
        return found

    def _worded(self, judged: Judged) -> Decision:
        row, facts = judged.row, judged.facts
        if facts is None:
            return refuse("not-on-file")
        judged.rendering = self.texts.render(row.language, row.appointment, row.office)
        if not judged.rendering.decision.allowed:
            return judged.rendering.decision
        window = self.windows.for_number(row.number, row.zip, facts.zone, self.now)
        judged.zones = window.zones
        judged.due_at = window.due_at
        if window.due_at is None or window.due_at >= self.texts.moment(row.appointment):
            return _stamped(refuse("no-lawful-hour-left"))
        return judged.decision

    def _write(self, cursor: psycopg.Cursor[Any], groups: list[list[Judged]]) -> int:
        speakers = [speaker for group in groups if (speaker := _speaker(group))]
        drafts = self._message_drafts(speakers)
        origin = self._origin()
        fresh = queue(cursor, origin, drafts, self.now)
        told = {draft.row_no: draft for draft in drafts}
        rows = [
            self._recipient(cursor, entry, speaker, told.get(entry.row.row_no), fresh)
            for group, speaker in ((group, _speaker(group)) for group in groups)
            for entry in group
        ]
        numbers = [row.row_no for row in rows]
        entry_id = record_batch(
            "notice.planned",
            subject=f"run:{self.run_id}",
            items=[row.commitment for row in rows],
            content={"run": str(self.run_id), "first_row": min(numbers), "last_row": max(numbers)},
        )
        kept = [draft for draft in drafts if draft.id in fresh]
        write_messages(cursor, origin, kept, entry_id, self.now)
        write_recipients(cursor, self.program, self.run_id, rows, entry_id)
        return len(kept)

    def _origin(self) -> Origin:
        texts = self.texts
        return Origin(self.program, MessageKind.NOTICE, self.run_id, self.sender_id, texts.key, texts.sha256)

    def _message_drafts(self, speakers: list[Judged]) -> list[MessageDraft]:
        keys = blind_indexes("notice", [self._sameness(entry.row) for entry in speakers])
        return [
            self._draft(entry, identifier, key)
            for entry, identifier, key in zip(speakers, new_ids(len(speakers)), keys, strict=True)
        ]

    def _sameness(self, row: Row) -> str:
        # What makes a second text the same text: re-running a file must find every one of these taken.
        return f"{self.program}|{self.texts.key}|{row.number}|{row.appointment:%Y-%m-%dT%H:%M}|{row.office}"

    def _draft(self, entry: Judged, identifier: uuid.UUID, dedupe_key: bytes) -> MessageDraft:
        facts, rendering, due_at = entry.facts, entry.rendering, entry.due_at
        assert facts is not None and rendering is not None and due_at is not None  # noqa: PT018 - an allowed row has all three
        row = entry.row
        return MessageDraft(
            id=identifier,
            county=row.county,
            row_no=row.row_no,
            participant_id=facts.participant_id,
            case_id=facts.case_id,
            consent_id=entry.standing.consent_id,
            phone_idx=entry.phone_idx,
            language=row.language,
            encoding=rendering.encoding,
            segments=rendering.segments,
            sealed=seal_text_for(self.program, identifier, row.number, rendering.text),
            commit_key=os.urandom(32),
            due_at=due_at,
            last_due_at=self.texts.moment(row.appointment),
            zones=entry.zones,
            dedupe_key=dedupe_key,
        )

    def _recipient(
        self,
        cursor: psycopg.Cursor[Any],
        entry: Judged,
        speaker: Judged | None,
        draft: MessageDraft | None,
        fresh: set[uuid.UUID],
    ) -> RecipientDraft:
        decision, message_id, with_row = entry.decision, None, None
        if decision.outcome is Outcome.ALLOW and speaker is not None and speaker is not entry:
            decision, with_row = _stamped(allow("with-another-row")), speaker.row.row_no
        elif draft is not None and draft.id not in fresh:
            decision = _stamped(hold("told-before"))
        elif draft is not None:
            message_id = draft.id
        row, decision = entry.row, cited(decision, self.profile)
        recipient = RecipientDraft(
            county=entry.facts.county if entry.facts else row.county,
            row_no=row.row_no,
            decision_id=self._decision_id(cursor, decision),
            participant_id=entry.facts.participant_id if entry.facts else None,
            participant_ref=row.participant_ref,
            message_id=message_id,
            with_row_no=with_row,
            appointment_at=self.texts.moment(row.appointment),
            office=row.office,
            language=row.language,
            commit_key=draft.commit_key if message_id and draft else os.urandom(32),
        )
        recipient.commitment = commit(recipient.commit_key, self._item(recipient, decision, entry.rendering))
        if message_id:
            # The key lives with the content of the message, to be destroyed with it, and nowhere else.
            recipient.commit_key = b""
        return recipient

    def _item(
        self, recipient: RecipientDraft, decision: Decision, rendering: Rendering | None
    ) -> dict[str, str | int | list[str] | None]:
        return planned_item(
            run_id=self.run_id,
            row_no=recipient.row_no,
            message_id=recipient.message_id,
            decision=decision,
            profile_sha256=self.profile.sha256,
            text=rendering.text if rendering and recipient.message_id else "",
        )

    def _decision_id(self, cursor: psycopg.Cursor[Any], decision: Decision) -> uuid.UUID:
        sha256 = self.profile.sha256
        key = (decision.outcome.value, decision.reason, decision.rule, sha256, *decision.clauses)
        if key not in self.decisions:
            identifier = new_id()
            cursor.execute(
                "INSERT INTO messaging_rundecision"
                " (id, program, run_id, outcome, reason, rule, clauses, profile_sha256)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [identifier, self.program, self.run_id, *key[:3], list(decision.clauses), sha256],
            )
            self.decisions[key] = identifier
        return self.decisions[key]


def planned_item(
    *, run_id: uuid.UUID, row_no: int, message_id: uuid.UUID | None, decision: Decision, profile_sha256: str, text: str
) -> dict[str, str | int | list[str] | None]:
    """What the commitment of a planned recipient holds; the verifier of one person's record builds it again."""
    return {
        "kind": "notice.planned",
        "run": str(run_id),
        "row": row_no,
        "message": str(message_id) if message_id else "",
        "outcome": decision.outcome.value,
        "reason": decision.reason,
        "rule": decision.rule,
        "clauses": list(decision.clauses),
        "profile": profile_sha256,
        "text": text,
    }


def _stamped(decision: Decision) -> Decision:
    clauses = ("NC-CSS-22-18:lawful-notifications", "MN-WIC-9.6:local-it-legal")
    return decision.stamped("messaging.notices.one_text_per_group", clauses)


def _situation(key: tuple[object, ...], standing: ConsentStanding) -> Situation:
    person = key[0] if isinstance(key[0], tuple) else (False, False, False, False)
    return Situation(
        on_file=key[0] is not False,
        county_agrees=bool(person[0]) or key[0] is False,
        protected=bool(person[1]),
        texts_chosen=bool(person[2]),
        number_conflict=bool(person[3]),
        has_number=bool(key[1]),
        template_in_language=bool(key[2]),
        appointment_ahead=bool(key[3]),
        standing=standing,
    )


def _speaker(group: list[Judged]) -> Judged | None:
    allowed = [entry for entry in group if entry.decision.outcome is Outcome.ALLOW]
    return min(allowed, key=lambda entry: (entry.row.appointment, entry.row.row_no), default=None)


def chunks(groups: Iterator[list[Row]]) -> Iterator[list[list[Row]]]:
    """Whole groups, gathered until a chunk holds about `CHUNK_ROWS` rows."""
    chunk: list[list[Row]] = []
    size = 0
    for group in groups:
        chunk.append(group)
        size += len(group)
        if size >= CHUNK_ROWS:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def known_decisions(run_id: uuid.UUID) -> dict[tuple[str, ...], uuid.UUID]:
    """The distinct decisions a run already has: when planning goes on after an interruption."""
    return {
        (row.outcome, row.reason, row.rule, row.profile_sha256, *row.clauses): row.id
        for row in RunDecision.objects.filter(run_id=run_id)
    }
