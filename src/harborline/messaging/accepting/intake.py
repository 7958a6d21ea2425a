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
from harborline.messaging.notices.planner import Judged, Known, Plan, Written, known
from harborline.messaging.notices.verdicts import Verdicts
from harborline.messaging.notices.windows import Windows
from harborline.messaging.rules import may_start
from harborline.messaging.selectors.faces import shown_as
from harborline.people.selectors import participant_ids
from harborline.workforce.facts import MachineFacts

PURPOSE: Final = "api-messages"
ACCEPTED: Final = 202
TELLS_WITH: Final = "with-another-row"
TOLD_BEFORE: Final = "told-before"

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
    _round, most=MOST_TEXTS, weight=lambda order: len(order.items), pause_s=0.008
)


def _carried_out(machine: MachineFacts, orders: Sequence[Order]) -> list[Answer | Exception]:
    now = clock.now()
    with unit(machine, PURPOSE):
        with hot_cursor(pipelined=True) as cursor:
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
        intake.ask_staff()
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
    on_file: Known
    row: Row


@dataclass(slots=True)
class _Intake:
    """What one transaction needs to accept texts of one machine."""

    machine: MachineFacts
    now: datetime
    cursor: psycopg.Cursor[Any]
    verdicts: dict[uuid.UUID, Verdicts] = field(default_factory=dict)
    told: dict[Place, dict[str, Any]] = field(default_factory=dict)
    _judged: list[tuple[Plan, list[list[Judged]]]] = field(default_factory=list)

    def take(self, orders: Sequence[Order]) -> list[Answer | Exception]:
        """Decide and write the texts of all orders; an order with unusable texts is answered what is wrong."""
        offered = catalogue(self.machine.program)
        usable = [self._usable(order, offered) for order in orders]
        places = [
            ((request, number), text)
            for request, texts in enumerate(usable)
            if not isinstance(texts, Exception)
            for number, text in enumerate(texts)
        ]
        texts = self._texts(places, offered)
        # In one order for everybody, so that two rounds that open the same runs wait for each other in a row.
        for template in sorted({text.usable.item.template for text in texts}):
            self._write([text for text in texts if text.usable.item.template == template], template, offered)
        return [
            found if isinstance(found, Exception) else self._told(request, len(found))
            for request, found in enumerate(usable)
        ]

    def ask_staff(self) -> None:
        """Let staff find out whose a number is where that is not clear."""
        for plan, judged in self._judged:
            plan.ask_staff(judged)

    def _texts(self, places: Sequence[tuple[Place, Usable]], offered: Catalogue) -> list[_Text]:
        program = self.machine.program
        found = known(program, [(one.item.participant, one.item.case, one.number) for _, one in places])
        strangers = {one.item.participant for (_, one), (_, facts) in zip(places, found, strict=True) if facts is None}
        people = participant_ids(program, strangers) if strangers else {}
        texts = []
        for (place, usable), on_file, identifier in zip(places, found, new_ids(len(places)), strict=True):
            item, facts = usable.item, on_file[1]
            if facts is not None:
                county, language = facts.county, item.language or facts.language
            else:
                county = county_of(people.get(item.participant), self.machine.county, usable.office, offered)
                language = item.language or "en"
            row = usable.row(0, county, language, offered.office_of(county))
            texts.append(_Text(place, usable, identifier, on_file, row))
        return texts

    def _usable(self, order: Order, offered: Catalogue) -> tuple[Usable, ...] | Exception:
        try:
            return checked(order.items, offered, now=self.now, allow_fictional=settings.FICTIONAL_NUMBERS)
        except UnusableItemsError as unusable:
            return unusable

    def _told(self, request: int, count: int) -> Answer:
        return Answer(ACCEPTED, {"messages": [self.told[request, number] for number in range(count)]})

    def _write(self, texts: Sequence[_Text], template: str, offered: Catalogue) -> None:
        maker = offered.texts(template)
        place = take_rows(self.cursor, self.machine, maker, rows=len(texts), now=self.now)
        for row_no, text in enumerate(texts, place.first_row):
            text.row = text.row._replace(row_no=row_no)
        verdicts = _VERDICTS.pop(place.run_id, None) or Verdicts(place.run_id, offered.profile)
        self.verdicts[place.run_id] = verdicts
        plan = Plan(
            program=self.machine.program,
            run_id=place.run_id,
            sender_id=place.sender_id,
            profile=offered.profile,
            texts=maker,
            windows=Windows.of(offered.profile),
            protection_age=offered.protection_age(self.now),
            now=self.now,
            verdicts=verdicts,
        )
        by_row = {text.row.row_no: text for text in texts}
        together = groups([(text.place, text.row) for text in texts])
        judged = plan.judge_rows(together, [by_row[row.row_no].on_file for group in together for row in group])
        self._judged.append((plan, judged))
        self._accept(plan.write_rows(self.cursor, judged), by_row, template, place.run_id)

    def _accept(
        self, written: Sequence[Written], by_row: Mapping[int, _Text], template: str, run_id: uuid.UUID
    ) -> None:
        texts = [by_row[row.row_no] for row in written]
        self.cursor.execute(
            _ACCEPT,
            {
                "program": self.machine.program,
                "machine": self.machine.id,
                "run": run_id,
                "now": self.now,
                "ids": columns.ids([text.id for text in texts]),
                "counties": columns.texts([row.county for row in written]),
                "rows": columns.integers([row.row_no for row in written]),
                "messages": columns.ids([row.message_id for row in written]),
            },
        )
        for row, text in zip(written, texts, strict=True):
            decision, speaker = row.decision, by_row.get(row.with_row_no or 0)
            face = shown_as(decision.outcome.value, decision.reason, decision.clauses, decision.rule)
            state = first_state(decision.outcome.value, decision.reason, queued=row.message_id is not None)
            self.told[text.place] = {
                "id": str(text.id),
                "template": template,
                "state": state,
                "decision": {"outcome": face.outcome, "reason": face.reason, "clauses": list(face.clauses)},
                "told_with": str(speaker.id) if speaker else None,
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
