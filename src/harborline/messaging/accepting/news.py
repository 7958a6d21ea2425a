"""Read what happened and write it down as news for webhooks: ids and states, never words or numbers.

Nothing on the way of a text waits for this: the appended records of sending are read afterwards, each once. A record
counts as seen for good only when every transaction that could still add an earlier one is over (PostgreSQL's own
numbers of transactions say so); until then it is read again, and its news, being known by its source, is not doubled.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import psycopg

from harborline.kernel import clock
from harborline.kernel.ids import new_id
from harborline.messaging import columns
from harborline.messaging.accepting.facts import EventKind
from harborline.messaging.accepting.once import digest_of
from harborline.messaging.accepting.records import NewsMark, Webhook
from harborline.messaging.facts import DispatchState
from harborline.messaging.ports import HandOver
from harborline.walls.cursor import bulk_cursor

OVERLAP_MS: Final = 10_000
"""Ids that hold a moment are read again this far back: those of one moment come in any order."""
RECENT_MS: Final = 120_000
_MILLISECONDS = 80
_NEWS_OF_ANSWERS: Final = {
    HandOver.ACCEPTED.value: DispatchState.ACCEPTED.word,
    HandOver.REJECTED.value: DispatchState.REJECTED.word,
    HandOver.UNKNOWN.value: DispatchState.UNKNOWN.word,
}
_ENDS_AT_ONCE: Final = [int(DispatchState.LAPSED), int(DispatchState.WITHHELD)]

_SNAPSHOT = """
SELECT pg_snapshot_xmin(s)::text::bigint, pg_snapshot_xmax(s)::text::bigint FROM pg_current_snapshot() AS s
"""
_ENDS = """
SELECT coalesce((SELECT max(id) FROM messaging_receiptrecord), 0), coalesce((SELECT max(id) FROM messaging_setaside), 0)
"""
_OWN = "JOIN messaging_acceptedtext t ON t.message_id = {0}.message_id WHERE t.machine_id = ANY (%(machines)b::uuid[])"
_RECEIPTS = f"""
SELECT r.id::text, t.id, t.machine_id, r.receipt, r.at
  FROM messaging_receiptrecord r JOIN messaging_attempt a ON a.id = r.attempt_id {_OWN.format("a")}
   AND r.id > %(after)b
"""
_SET_ASIDE = f"""
SELECT s.id::text, t.id, t.machine_id, d.state, s.at
  FROM messaging_setaside s JOIN messaging_dispatch d ON d.message_id = s.message_id {_OWN.format("s")}
   AND s.id > %(after)b AND d.state = ANY (%(states)b::smallint[])
"""
_SETTLED = f"""
SELECT s.id::text, t.id, t.machine_id, d.state, s.at
  FROM messaging_settlement s JOIN messaging_dispatch d ON d.message_id = s.message_id {_OWN.format("s")}
   AND s.id > %(after)b
"""
_ATTEMPTS = f"SELECT a.id FROM messaging_attempt a {_OWN.format('a')} AND a.id > %(after)b"
_ANSWERS = f"""
SELECT o.attempt_id, t.id, t.machine_id, o.answer, o.at
  FROM messaging_attemptoutcome o JOIN messaging_attempt a ON a.id = o.attempt_id {_OWN.format("a")}
   AND o.attempt_id = ANY (%(attempts)b::uuid[])
"""
_RUNS = """
SELECT id, started_by, state FROM messaging_noticerun
 WHERE program = %(program)b AND started_by = ANY (%(starters)b::text[])
   AND (finished_at IS NULL OR finished_at > %(since)b - interval '1 hour')
"""
_CANCELLED = f"""
SELECT d.message_id::text, t.id, t.machine_id, d.state, d.changed_at
  FROM messaging_dispatch d {_OWN.format("d")} AND d.run_id = ANY (%(runs)b::uuid[]) AND d.state = %(cancelled)b
"""
_RECENT = """
SELECT 1 FROM messaging_acceptedtext WHERE id > %(since)b AND machine_id = ANY (%(machines)b::uuid[]) LIMIT 1
"""
_WRITE = """
INSERT INTO messaging_webhookevent (id, program, webhook_id, source, kind, body, state, made_at, due_at, tries,
                                    last_answer)
SELECT id, %(program)b, w, s, k, b, 1, %(now)b, %(now)b, 0, ''
FROM unnest(%(ids)b::uuid[], %(hooks)b::uuid[], %(sources)b::bytea[], %(kinds)b::text[], %(bodies)b::text[])
     AS t(id, w, s, k, b)
ON CONFLICT (webhook_id, source) DO NOTHING
"""


class News(NamedTuple):
    """One piece of news for the webhooks of one machine (None: every webhook of its kind and county)."""

    machine_id: uuid.UUID | None
    kind: EventKind
    source: str
    at: datetime
    told: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading found: how much news, and whether more is about to come."""

    news: int
    open: bool


def read_news(program: str, *, now: datetime | None = None) -> Reading:
    """Write news of what happened since the last reading, inside the program's context.

    One reader at a time: another finds the mark taken and leaves.
    """
    at = now or clock.now()
    hooks = _hooks(program)
    if not hooks:
        return Reading(0, open=False)
    NewsMark.objects.get_or_create(program=program, defaults={"read_at": at, "state": {}})
    mark = NewsMark.objects.select_for_update(skip_locked=True).filter(program=program).first()
    if mark is None:
        return Reading(0, open=True)
    with bulk_cursor() as cursor:
        reader = _Reader(cursor, program, list({hook.machine_id for hook in hooks}), mark.state, mark.read_at)
        news = reader.read()
        written = write_news(cursor, program, hooks, news, at)
        soon = reader.soon()
    mark.state, mark.read_at = reader.state, at
    mark.save(update_fields=["state", "read_at"])
    return Reading(written, open=bool(written or soon))


def begin_news(program: str) -> None:
    """Let news begin here, with the first webhook of a program: what was before is none."""
    if Webhook.objects.filter(program=program, ended_at__isnull=True).exists():
        return
    with bulk_cursor() as cursor:
        state = {"done": _here(cursor)}
    NewsMark.objects.update_or_create(program=program, defaults={"read_at": clock.now(), "state": state})


def write_news(
    cursor: psycopg.Cursor[Any], program: str, hooks: Sequence[Webhook], news: Iterable[News], now: datetime
) -> int:
    """Queue news for each webhook that hears of its kind; what is known by its source stays as it is."""
    rows = [
        (hook.id, digest_of(one.source), one.kind.value, _body(one))
        for one in news
        for hook in hooks
        if one.machine_id in {None, hook.machine_id} and one.kind.value in hook.kinds
    ]
    if not rows:
        return 0
    columns.takes_columns(cursor).execute(
        _WRITE,
        {
            "program": program,
            "now": now,
            "ids": columns.ids([new_id() for _ in rows]),
            "hooks": columns.ids([row[0] for row in rows]),
            "sources": columns.byteas([row[1] for row in rows]),
            "kinds": columns.texts([row[2] for row in rows]),
            "bodies": columns.unique_texts([row[3] for row in rows]),
        },
    )
    return cursor.rowcount


def _hooks(program: str) -> list[Webhook]:
    return list(Webhook.objects.filter(program=program, ended_at__isnull=True))


def _body(one: News) -> str:
    told = {"type": one.kind.value, "timestamp": clock.iso(one.at), "data": dict(one.told)}
    return json.dumps(told, separators=(",", ":"))


def _here(cursor: psycopg.Cursor[Any]) -> dict[str, int]:
    cursor.execute(_ENDS, binary=True)
    receipts, asides = cursor.fetchone() or (0, 0)
    return {"receipts": receipts, "asides": asides, "moment": (new_id().int >> _MILLISECONDS) - OVERLAP_MS}


class _Reader:
    """One reading of a program's records; `state` is the mark before and, once read, after."""

    def __init__(
        self,
        cursor: psycopg.Cursor[Any],
        program: str,
        machines: list[uuid.UUID],
        state: Mapping[str, Any],
        since: datetime,
    ) -> None:
        self._cursor, self._program, self._since = cursor, program, since
        self._asked = {"machines": machines}
        self.state: dict[str, Any] = {"attempts": [], "runs": {}, **state}

    def read(self) -> list[News]:
        """Everything new; the mark moves on."""
        self._cursor.execute(_SNAPSHOT)
        oldest, newest = self._cursor.fetchone() or (0, 0)
        here = _here(self._cursor)
        done = self.state.setdefault("done", here)
        news = [*self._steps(done), *self._answers(done), *self._notices()]
        waiting = self.state.get("next")
        if waiting is not None and oldest >= waiting["until"]:
            self.state["done"], waiting = waiting["here"], None
        self.state["next"] = waiting or {"until": newest, "here": here}
        return news

    def soon(self) -> bool:
        """Whether more is about to come: attempts without an answer, or texts accepted in the last two minutes."""
        since = uuid.UUID(int=((new_id().int >> _MILLISECONDS) - RECENT_MS) << _MILLISECONDS)
        return bool(self.state["attempts"] or self._ask(_RECENT, since=since))

    def _steps(self, done: Mapping[str, int]) -> Iterable[News]:
        moment = uuid.UUID(int=done["moment"] << _MILLISECONDS)
        for source, text, machine, receipt, at in self._ask(_RECEIPTS, after=done["receipts"]):
            yield _text_news(machine, text, receipt, f"receipt:{source}", at)
        ended = self._ask(_SET_ASIDE, after=done["asides"], states=_ENDS_AT_ONCE)
        for source, text, machine, state, at in ended:
            yield _text_news(machine, text, DispatchState(state).word, f"aside:{source}", at)
        for source, text, machine, state, at in self._ask(_SETTLED, after=moment):
            yield _text_news(machine, text, DispatchState(state).word, f"settled:{source}", at)

    def _answers(self, done: Mapping[str, int]) -> Iterable[News]:
        moment = uuid.UUID(int=done["moment"] << _MILLISECONDS)
        fresh = {str(row[0]) for row in self._ask(_ATTEMPTS, after=moment)}
        waiting = {*self.state["attempts"], *fresh}
        answered = list(self._ask(_ANSWERS, attempts=[uuid.UUID(each) for each in waiting]))
        self.state["attempts"] = sorted(waiting - {str(row[0]) for row in answered})
        for attempt, text, machine, answer, at in answered:
            if answer in _NEWS_OF_ANSWERS:
                yield _text_news(machine, text, _NEWS_OF_ANSWERS[answer], f"answer:{attempt}", at)

    def _notices(self) -> Iterable[News]:
        starters = [str(machine) for machine in self._asked["machines"]]
        runs = list(self._ask(_RUNS, program=self._program, starters=starters, since=self._since))
        known: dict[str, list[Any]] = self.state["runs"]
        changed = [row for row in runs if known.get(str(row[0]), ["", 0])[0] != row[2]]
        self.state["runs"] = {str(row[0]): known.get(str(row[0]), ["", 0]) for row in runs}
        for run_id, machine, state in changed:
            count = self.state["runs"][str(run_id)][1] + 1
            self.state["runs"][str(run_id)] = [state, count]
            told = {"notice": str(run_id), "state": state}
            yield News(uuid.UUID(machine), EventKind.NOTICE_STATE, f"run:{run_id}:{count}", clock.now(), told)
        over = [row[0] for row in changed if row[2] == DispatchState.CANCELLED.word]
        for source, text, machine, state, at in self._ask(
            _CANCELLED, runs=over, cancelled=int(DispatchState.CANCELLED)
        ):
            yield _text_news(machine, text, DispatchState(state).word, f"cancelled:{source}", at)

    def _ask(self, statement: str, **facts: object) -> list[tuple[Any, ...]]:
        self._cursor.execute(statement, {**self._asked, **facts}, binary=True)
        return self._cursor.fetchall()


def _text_news(machine: uuid.UUID, text: uuid.UUID, state: str, source: str, at: datetime) -> News:
    return News(machine, EventKind.MESSAGE_STATE, source, at, {"message": str(text), "state": state})
