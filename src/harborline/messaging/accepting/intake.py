"""Accept texts: each is decided like a row of a caseload and kept with its intent before its request is answered.

Requests of one machine that come at the same moment share a transaction (`gathering`). When it fails, each is carried
out alone, so that what is wrong with one never hurts another.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import psycopg
from django.conf import settings
from django.db import IntegrityError, OperationalError

from harborline.kernel import Outcome, Refused, Unavailable, clock
from harborline.kernel.ids import new_ids
from harborline.law import profile
from harborline.messaging import columns
from harborline.messaging.accepting.catalogue import Catalogue, catalogue
from harborline.messaging.accepting.checking import Place, UnusableItemsError, Usable, checked, county_of, groups
from harborline.messaging.accepting.facts import MOST_TEXTS, Answer, Order
from harborline.messaging.accepting.gathering import Gathering
from harborline.messaging.accepting.once import (
    TRIES,
    AgainError,
    keep,
    may_try_again,
    repeated,
    told_before,
    unit,
)
from harborline.messaging.accepting.runs import take_rows
from harborline.messaging.accepting.waking import wake_for
from harborline.messaging.columns import hot_cursor
from harborline.messaging.notices.caseload import Row
from harborline.messaging.notices.planner import Plan
from harborline.messaging.notices.verdicts import Verdicts
from harborline.messaging.notices.windows import Windows
from harborline.messaging.rules import may_start
from harborline.messaging.selectors.faces import shown_as
from harborline.people.selectors import participant_ids, protection_age, recipients
from harborline.workforce.facts import MachineFacts

PURPOSE: Final = "api-messages"
ACCEPTED: Final = 202
TELLS_WITH: Final = "with-another-row"
TOLD_BEFORE: Final = "told-before"

_DECIDED = """
SELECT r.row_no, r.county, r.message_id, r.with_row_no, d.outcome, d.reason, d.rule, d.clauses
  FROM messaging_recipient r JOIN messaging_rundecision d ON d.id = r.decision_id
 WHERE r.run_id = %(run)b AND r.row_no = ANY (%(rows)b::int[])
"""
_ACCEPT = """
INSERT INTO messaging_acceptedtext (id, program, county, machine_id, run_id, row_no, message_id, accepted_at)
SELECT id, %(program)b, c, %(machine)b, %(run)b, r, m, %(now)b
FROM unnest(%(ids)b::uuid[], %(counties)b::text[], %(rows)b::int[], %(messages)b::uuid[]) AS t(id, c, r, m)
"""


def accept(machine: MachineFacts, order: Order) -> Answer:
    """Carry out one request for texts; raises `Refused`, `UnusableItemsError` or `Unavailable`.

    Source: NC-CSS-22-18:state-text-service, NC-CSS-22-18:opt-in, MN-WIC-9.6:permission-first.
    """
    return _TOGETHER.join(machine, order)


def must_start(machine: MachineFacts) -> None:
    """Raise `Refused` unless the role of this key may start notices in its program."""
    decision = may_start(roles=machine.roles, profile=profile(machine.program))
    if decision.outcome is not Outcome.ALLOW:
        raise Refused(decision)


def _round(machine: MachineFacts, orders: Sequence[Order]) -> list[Answer | Exception]:
    for _ in range(TRIES):
        try:
            return _carried_out(machine, orders)
        except (AgainError, IntegrityError):
            continue
        except OperationalError as error:
            if may_try_again(error):
                continue
            return _each_alone(machine, orders, error)
        except Exception as error:  # noqa: BLE001 - one bad order must not take the others with it
            return _each_alone(machine, orders, error)
    return [Unavailable("others are in the way", retry_after_s=1) for _ in orders]


def _each_alone(machine: MachineFacts, orders: Sequence[Order], error: Exception) -> list[Answer | Exception]:
    if len(orders) == 1:
        return [error]
    return [_round(machine, [order])[0] for order in orders]


_TOGETHER: Final = Gathering[MachineFacts, Order, Answer](
    _round, most=MOST_TEXTS, weight=lambda order: len(order.items)
)


def _carried_out(machine: MachineFacts, orders: Sequence[Order]) -> list[Answer | Exception]:
    now = clock.now()
    with unit(machine, PURPOSE), hot_cursor() as cursor:
        told = told_before(cursor, machine, [order.once for order in orders])
        fresh = _fresh(orders, told)
        must_start(machine)
        intake = _Intake(machine, now, cursor)
        done = intake.take(list(fresh.values())) if fresh else []
        made = dict(zip(fresh, done, strict=True))
        kept = [
            (order.once, order.body, answer)
            for order in fresh.values()
            if isinstance(answer := made[order.once], Answer)
        ]
        if kept:
            keep(cursor, machine, kept)
    remember(intake.verdicts)
    if kept:
        wake_for(machine)
    known = {**told, **{key: (body, answer) for key, body, answer in kept}}
    return [_answer(order, known, made) for order in orders]


# What was written of the decisions of each open run; taken out while a round is at work, so that one that is undone
# leaves nothing behind.
_VERDICTS: dict[uuid.UUID, Verdicts] = {}
_MOST_REMEMBERED: Final = 500


def remember(verdicts: Mapping[uuid.UUID, Verdicts]) -> None:
    """Keep for the next round what this one has committed."""
    if len(_VERDICTS) > _MOST_REMEMBERED:
        _VERDICTS.clear()
    _VERDICTS.update(verdicts)


def forget_verdicts() -> None:
    """Forget what was written: between tests."""
    _VERDICTS.clear()


def _fresh(orders: Sequence[Order], told: Mapping[bytes, object]) -> dict[bytes, Order]:
    # Of two in one round with the same key the first is carried out, the other hears the same.
    found: dict[bytes, Order] = {}
    for order in orders:
        if order.once not in told:
            found.setdefault(order.once, order)
    return found


def _answer(
    order: Order, known: Mapping[bytes, tuple[bytes, Answer]], made: Mapping[bytes, Answer | Exception]
) -> Answer | Exception:
    if order.once not in known:
        failed = made[order.once]
        assert isinstance(failed, Exception)
        return failed
    try:
        return repeated(known[order.once], order.body)
    except Refused as refused:
        return refused


@dataclass(slots=True)
class _Text:
    """One text on its way: where it was asked for, its row, and under which id the machine will know it."""

    place: Place
    usable: Usable
    id: uuid.UUID
    row: Row | None = None


@dataclass(slots=True)
class _Intake:
    """What one transaction needs to accept texts of one machine."""

    machine: MachineFacts
    now: datetime
    cursor: psycopg.Cursor[Any]
    verdicts: dict[uuid.UUID, Verdicts] = field(default_factory=dict)
    told: dict[Place, dict[str, Any]] = field(default_factory=dict)

    def take(self, orders: Sequence[Order]) -> list[Answer | Exception]:
        """Decide and write the texts of all orders; an order with unusable texts is answered what is wrong."""
        known = catalogue(self.machine.program)
        usable = [self._usable(order, known) for order in orders]
        places = [
            ((request, number), text)
            for request, texts in enumerate(usable)
            if not isinstance(texts, Exception)
            for number, text in enumerate(texts)
        ]
        ids = new_ids(len(places))
        texts = [_Text(place, text, identifier) for (place, text), identifier in zip(places, ids, strict=True)]
        # In one order for everybody, so that two rounds that open the same runs wait for each other in a row.
        for template in sorted({text.usable.item.template for text in texts}):
            self._write([text for text in texts if text.usable.item.template == template], template, known)
        return [
            found if isinstance(found, Exception) else self._told(request, len(found))
            for request, found in enumerate(usable)
        ]

    def _usable(self, order: Order, known: Catalogue) -> tuple[Usable, ...] | Exception:
        try:
            return checked(order.items, known, now=self.now, allow_fictional=settings.FICTIONAL_NUMBERS)
        except UnusableItemsError as unusable:
            return unusable

    def _told(self, request: int, count: int) -> Answer:
        return Answer(ACCEPTED, {"messages": [self.told[request, number] for number in range(count)]})

    def _write(self, texts: Sequence[_Text], template: str, known: Catalogue) -> None:
        maker = known.texts(template)
        place = take_rows(self.cursor, self.machine, maker, rows=len(texts), now=self.now)
        self._number_rows(texts, known, place.first_row)
        verdicts = _VERDICTS.pop(place.run_id, None) or Verdicts(place.run_id, known.profile)
        self.verdicts[place.run_id] = verdicts
        plan = Plan(
            program=self.machine.program,
            run_id=place.run_id,
            sender_id=place.sender_id,
            profile=known.profile,
            texts=maker,
            windows=Windows.of(known.profile),
            protection_age=protection_age(self.machine.program),
            now=self.now,
            verdicts=verdicts,
        )
        plan.chunk(groups([(text.place, text.row) for text in texts if text.row is not None]), self.cursor)
        self._keep(texts, template, place.run_id)

    def _number_rows(self, texts: Sequence[_Text], known: Catalogue, first: int) -> None:
        items = [text.usable.item for text in texts]
        people = participant_ids(self.machine.program, {item.participant for item in items})
        languages = self._languages([text for text in texts if text.usable.item.language is None])
        for row_no, text in enumerate(texts, first):
            item = text.usable.item
            county = county_of(people.get(item.participant), self.machine.county, text.usable.office, known)
            language = item.language or languages.get(text.place, "en")
            text.row = text.usable.row(row_no, county, language, known.office_of(county))

    def _languages(self, texts: Sequence[_Text]) -> dict[Place, str]:
        keys = [(text.usable.item.participant, text.usable.item.case, b"") for text in texts]
        found = recipients(self.machine.program, keys, now=self.now)
        return {text.place: facts.language for text, facts in zip(texts, found, strict=True) if facts is not None}

    def _keep(self, texts: Sequence[_Text], template: str, run_id: uuid.UUID) -> None:
        by_row = {text.row.row_no: text for text in texts if text.row is not None}
        self.cursor.execute(_DECIDED, {"run": run_id, "rows": columns.integers(list(by_row))}, binary=True)
        decided = {row[0]: row for row in self.cursor}
        self.cursor.execute(
            _ACCEPT,
            {
                "program": self.machine.program,
                "machine": self.machine.id,
                "run": run_id,
                "now": self.now,
                "ids": columns.ids([text.id for text in by_row.values()]),
                "counties": columns.texts([decided[row_no][1] for row_no in by_row]),
                "rows": columns.integers(list(by_row)),
                "messages": columns.ids([decided[row_no][2] for row_no in by_row]),
            },
        )
        for row_no, text in by_row.items():
            _, _, message_id, with_row, outcome, reason, rule, clauses = decided[row_no]
            face = shown_as(outcome, reason, clauses, rule)
            self.told[text.place] = {
                "id": str(text.id),
                "template": template,
                "state": first_state(outcome, reason, queued=message_id is not None),
                "decision": {"outcome": face.outcome, "reason": face.reason, "clauses": list(face.clauses)},
                "told_with": str(by_row[with_row].id) if with_row in by_row else None,
            }


def first_state(outcome: str, reason: str, *, queued: bool) -> str:
    """The state of a text that was just decided: queued, told-with-another, told-before, held or refused."""
    if queued:
        return "queued"
    if reason == TELLS_WITH:
        return "told-with-another"
    if reason == TOLD_BEFORE:
        return TOLD_BEFORE
    return "held" if outcome == Outcome.HOLD.value else "refused"
