"""Plan a run: decide, render, seal and queue every usable row, a thousand at a time, each chunk one transaction."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, NamedTuple

import psycopg

from harborline.consent.facts import ConsentStanding, Doubt
from harborline.consent.selectors import standings
from harborline.consent.services import ask_about_number
from harborline.kernel import Decision, Outcome, allow, hold, refuse
from harborline.law import Profile
from harborline.ledger.services import record_batch
from harborline.messaging.columns import Id, hot_cursor, raw_ids, spelled
from harborline.messaging.facts import MessageKind, RunState
from harborline.messaging.models import NoticeRun
from harborline.messaging.notices.caseload import Row
from harborline.messaging.notices.rendering import Rendering, TextMaker
from harborline.messaging.notices.verdicts import Verdicts, planned_item
from harborline.messaging.notices.windows import Windows
from harborline.messaging.notices.writing import (
    MessageDraft,
    Origin,
    RecipientDraft,
    queue,
    write_messages,
    write_recipients,
)
from harborline.messaging.rules import Situation, may_notify
from harborline.messaging.sealing import seal_spelled
from harborline.messaging.words.templates import Template
from harborline.people.facts import RecipientFacts
from harborline.people.selectors import recipients
from harborline.vault.services import blind_indexes

__all__ = ["CHUNK_ROWS", "Plan", "chunks", "planned_item"]

CHUNK_ROWS = 1000
KEY_BYTES = 32
Known = tuple[bytes, RecipientFacts | None]
"""The blind index of a row's number, and what is on file about its participant on its case."""
_COUNT = "UPDATE messaging_noticerun SET message_count = message_count + %s WHERE id = %s"
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


class Written(NamedTuple):
    """One row as it was written: the decision as recorded, its message where one was queued, who speaks for it."""

    row_no: int
    county: str
    decision: Decision
    message_id: Id | None
    with_row_no: int | None


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
    verdicts: Verdicts
    situations: dict[tuple[object, ...], Decision] = field(default_factory=dict)

    def chunk(self, groups: list[list[Row]]) -> int:
        """Decide and write one chunk of whole groups inside the current transaction; answers the texts queued."""
        if self._cancelled():
            return 0
        rows = [row for group in groups for row in group]
        with hot_cursor() as cursor:
            judged = self.judge_rows(groups, self.known(rows))
            # What is written asks for no answers but one, so the server is not waited for after each statement.
            with cursor.connection.pipeline():
                written = self.write_rows(cursor, judged)
        self.ask_staff(judged)
        return sum(row.message_id is not None for row in written)

    def _cancelled(self) -> bool:
        # Locked against a cancellation that comes while this chunk is written.
        state = NoticeRun.objects.select_for_update(no_key=True).values_list("state", flat=True).get(id=self.run_id)
        return bool(state == RunState.CANCELLED)

    def known(self, rows: Sequence[Row]) -> list[Known]:
        """What is on file for each row."""
        return known(self.program, [(row.participant_ref, row.case_ref, row.number) for row in rows])

    def judge_rows(self, groups: Sequence[Sequence[Row]], on_file: Sequence[Known]) -> list[list[Judged]]:
        """Decide about every row of whole groups with what is on file, given row by row."""
        asked = [(facts.case_id, idx) for idx, facts in on_file if facts is not None]
        standing, known_of = iter(standings(self.program, asked)), iter(on_file)
        return [[self._next(row, *next(known_of), standing) for row in group] for group in groups]

    def _next(self, row: Row, idx: bytes, facts: RecipientFacts | None, standing: Iterator[ConsentStanding]) -> Judged:
        return self._one(row, idx, facts, next(standing) if facts is not None else NOBODY)

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
            self.texts.speaks(row.language, discreet=facts is not None and facts.discreet),
            self.texts.moment(row.appointment) > self.now,
            standing.kind,
            standing.state,
            standing.suppressed,
            standing.held,
            standing.platform,
        )
        found = self.situations.get(key)
        if found is None:
            found = self.situations[key] = may_notify(
                situation=_situation(key, standing.without_identity()),
                profile=self.profile,
                protection_age=self.protection_age,
                now=self.now,
            )
        return found

    def _worded(self, judged: Judged) -> Decision:
        row, facts = judged.row, judged.facts
        if facts is None:
            return refuse("not-on-file")
        made = self.texts.render(row.language, row.appointment, row.office, discreet=facts.discreet)
        judged.rendering = made
        if made.decision.outcome is not Outcome.ALLOW:
            return made.decision
        window = self.windows.for_number(row.number, row.zip, facts.zone, self.now)
        judged.zones = window.zones
        judged.due_at = window.due_at
        if window.due_at is None or window.due_at >= self.texts.moment(row.appointment):
            return NO_HOUR
        return judged.decision

    def write_rows(self, cursor: psycopg.Cursor[Any], groups: list[list[Judged]]) -> list[Written]:
        """Write what was decided, in the order of the rows; nothing is asked back but which texts are new.

        `cursor` is the transaction's `hot_cursor`; the run is locked.
        """
        speakers = [_speaker(group) for group in groups]
        drafts = self._message_drafts([speaker for speaker in speakers if speaker is not None])
        fresh = queue(cursor, self._origin(self.texts), drafts, self.now)
        told = {draft.row_no: draft for draft in drafts}
        rows: list[RecipientDraft] = []
        commitments: list[bytes] = []
        written: list[Written] = []
        for group, speaker in zip(groups, speakers, strict=True):
            for entry in group:
                row, commitment, decision = self._recipient(cursor, entry, speaker, told.get(entry.row.row_no), fresh)
                rows.append(row)
                commitments.append(commitment)
                written.append(Written(row.row_no, row.county, decision, row.message_id, row.with_row_no))
        numbers = [row.row_no for row in rows]
        entry_id = record_batch(
            "notice.planned",
            subject=f"run:{self.run_id}",
            items=commitments,
            content={"run": str(self.run_id), "first_row": min(numbers), "last_row": max(numbers)},
        )
        kept = [draft for draft in drafts if draft.id in fresh]
        self._write_messages(cursor, kept, {entry.row.row_no: entry for entry in speakers if entry}, entry_id)
        write_recipients(cursor, self.program, self.run_id, rows, entry_id)
        cursor.execute(_COUNT, [len(kept), self.run_id])
        return written

    def _write_messages(
        self, cursor: psycopg.Cursor[Any], kept: list[MessageDraft], speakers: dict[int, Judged], entry_id: uuid.UUID
    ) -> None:
        # A few discreet texts stand among the others, with the words of another template.
        def words_of(draft: MessageDraft) -> str:
            rendering = speakers[draft.row_no or 0].rendering
            return rendering.template.sha256 if rendering else ""

        for sha256, drafts in groupby(sorted(kept, key=words_of), key=words_of):
            quiet = self.texts.discreet
            template = quiet if quiet is not None and quiet.sha256 == sha256 else self.texts
            write_messages(cursor, self._origin(template), list(drafts), entry_id, self.now)

    def _origin(self, template: TextMaker | Template) -> Origin:
        return Origin(self.program, MessageKind.NOTICE, self.run_id, self.sender_id, template.key, template.sha256)

    def _message_drafts(self, speakers: list[Judged]) -> list[MessageDraft]:
        keys = blind_indexes("notice", [self._sameness(entry.row) for entry in speakers])
        noise = os.urandom(KEY_BYTES * len(speakers))
        commit_keys = (noise[start : start + KEY_BYTES] for start in range(0, len(noise), KEY_BYTES))
        return [self._draft(*each) for each in zip(speakers, raw_ids(len(speakers)), keys, commit_keys, strict=True)]

    def _sameness(self, row: Row) -> str:
        # What makes a second text the same text: re-running a file must find every one of these taken.
        at = row.appointment.isoformat(timespec="minutes")
        return f"{self.program}|{self.texts.key}|{row.number}|{at}|{row.office}"

    def _draft(self, entry: Judged, identifier: bytes, dedupe_key: bytes, commit_key: bytes) -> MessageDraft:
        facts, rendering, due_at = entry.facts, entry.rendering, entry.due_at
        assert facts is not None and rendering is not None and due_at is not None  # noqa: PT018 - an allowed row has all three
        row = entry.row
        return MessageDraft(
            identifier,
            row.county,
            row.row_no,
            facts.participant_id,
            facts.case_id,
            entry.standing.consent_id,
            entry.phone_idx,
            row.language,
            rendering.encoding,
            rendering.segments,
            seal_spelled(self.program, identifier, row.number, rendering.spelled),
            commit_key,
            due_at,
            self.texts.moment(row.appointment),
            entry.zones,
            dedupe_key,
        )

    def _recipient(
        self,
        cursor: psycopg.Cursor[Any],
        entry: Judged,
        speaker: Judged | None,
        draft: MessageDraft | None,
        fresh: set[Any],
    ) -> tuple[RecipientDraft, bytes, Decision]:
        decision, with_row = entry.decision, None
        if speaker is not None and speaker is not entry and decision.outcome is Outcome.ALLOW:
            decision, with_row = WITH_ANOTHER, speaker.row.row_no
        elif draft is not None and draft.id not in fresh:
            decision, draft = TOLD_BEFORE, None
        row, facts, verdict = entry.row, entry.facts, self.verdicts.of(cursor, decision)
        key = draft.commit_key if draft else os.urandom(KEY_BYTES)
        message = f'"{spelled(draft.id)}"' if draft else '""'
        text = entry.rendering.spelled if draft and entry.rendering else '""'
        recipient = RecipientDraft(
            facts.county if facts else row.county,
            row.row_no,
            verdict.id,
            facts.participant_id if facts else None,
            row.participant_ref,
            draft.id if draft else None,
            with_row,
            self.texts.moment(row.appointment),
            row.office,
            row.language,
            # The key lives with the content of the message, to be destroyed with it, and nowhere else.
            b"" if draft else key,
        )
        return recipient, verdict.form.commit(key, message, str(row.row_no), text), verdict.decision

    def ask_staff(self, groups: Sequence[Sequence[Judged]]) -> None:
        """Where both parents are on one number nothing goes to it until staff have found out whose it is."""
        for entry in (entry for group in groups for entry in group):
            if entry.decision.reason == BOTH_PARTIES:
                ask_about_number(entry.row.number, why=Doubt.BOTH_PARENTS, at=self.now)


def known(program: str, keys: Sequence[tuple[str, str, str]]) -> list[Known]:
    """What is on file for each (participant number, case number, phone number), in that order."""
    indexes = blind_indexes("phone", [number for _, _, number in keys])
    asked = [(participant, case, idx) for (participant, case, _), idx in zip(keys, indexes, strict=True)]
    return list(zip(indexes, recipients(program, asked), strict=True))


def _stamped(decision: Decision) -> Decision:
    clauses = ("NC-CSS-22-18:lawful-notifications", "MN-WIC-9.6:local-it-legal")
    return decision.stamped("messaging.notices.one_text_per_group", clauses)


BOTH_PARTIES = "number-used-by-both-parties"
WITH_ANOTHER = _stamped(allow("with-another-row"))
TOLD_BEFORE = _stamped(hold("told-before"))
NO_HOUR = _stamped(refuse("no-lawful-hour-left"))


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
    if len(group) == 1:
        return group[0] if group[0].decision.outcome is Outcome.ALLOW else None
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
