"""Ask registers about numbers and act on what they and carriers tell; inside `walls.acting` of the whole program."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date
from typing import IO

from django.conf import settings

from harborline.consent.facts import Doubt, NumberInUse
from harborline.consent.services import ask_about_number, number_ended, numbers_in_use
from harborline.kernel import Invalid, clock, ports
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.messaging.hygiene.facts import Answer, BadLine, Dead, Question, Report
from harborline.messaging.hygiene.files import ISO, read_answers, read_deactivations
from harborline.messaging.hygiene.ports import NumberRegister
from harborline.messaging.hygiene.records import NumberCheck
from harborline.messaging.hygiene.rules import must_ask, still_theirs
from harborline.vault.services import blind_index
from harborline.walls import ALL_COUNTIES, current

CHUNK = 500


def questions(*, everything: bool = False) -> Iterator[Question]:
    """The numbers a register must be asked about now: those with a permission, not asked for thirty days.

    The date of each is the day of its newest permission: a later change of owner is what matters. Opens numbers.
    """
    _whole_program()
    today = clock.now().date()
    batch: list[NumberInUse] = []
    for one in numbers_in_use():
        batch.append(one)
        if len(batch) == CHUNK:
            yield from _due(batch, today, everything=everything)
            batch = []
    yield from _due(batch, today, everything=everything)


def ask_register(name: str) -> Report:
    """Ask the served register of that name about every number that is due, and act on its answers."""
    register = ports.serving(NumberRegister, name)
    return _take(register.ask(questions()), register=register.name, digest="")


def take_answers(source: IO[bytes], *, name: str, register: str, date_format: str = ISO) -> Report:
    """Take a register's answers from a file: all its good lines, the bad ones named.

    A number given up since its owner agreed ends: no permission stands, nothing is sent, staff look for the new one.
    Raises `Invalid` for a file that is not such a table. The same file again changes nothing.
    """
    digest = _digest(source)
    answers = read_answers(source, name=name, date_format=date_format, allow_fictional=settings.FICTIONAL_NUMBERS)
    return _take(answers, register=register, digest=digest)


def take_deactivations(source: IO[bytes], *, name: str, carrier: str, date_format: str = ISO) -> Report:
    """Take a carrier's file of numbers switched off; the good lines count, the bad ones are named.

    Numbers nobody here gave permission for are counted and left alone.
    """
    _whole_program()
    report = Report()
    known = {one.phone_idx: one for one in numbers_in_use()}
    lines = read_deactivations(source, name=name, date_format=date_format, allow_fictional=settings.FICTIONAL_NUMBERS)
    for line in lines:
        report.lines += 1
        if isinstance(line, BadLine):
            report.bad.append(line)
        else:
            _switch_off(line, known, carrier, report)
    record(
        "numbers.deactivations-taken",
        subject=f"program:{current().program}",
        content={"carrier": carrier, "lines": report.lines, "ended": report.ended, "bad": len(report.bad)},
    )
    return report


def _switch_off(line: Dead, known: dict[bytes, NumberInUse], carrier: str, report: Report) -> None:
    here = known.get(blind_index("phone", line.number))
    if here is None or (line.off_on is not None and here.since_at.date() > line.off_on):
        # Unknown here, or agreed to after it was switched off: then it already is somebody's again.
        report.unknown += 1
    elif number_ended(line.number, why=Doubt.DEACTIVATED, source=f"deactivation file of {carrier}"[:80]):
        report.ended += 1


def _take(answers: Iterable[Answer | BadLine], *, register: str, digest: str) -> Report:
    _whole_program()
    if not register.strip():
        raise Invalid("name the register that answered", "register")
    report = Report()
    for line in answers:
        report.lines += 1
        if isinstance(line, BadLine):
            report.bad.append(line)
        else:
            _act(line, register[:80], digest, report)
    return report


def _act(answer: Answer, register: str, digest: str, report: Report) -> None:
    program, idx = current().program, blind_index("phone", answer.number)
    if digest and NumberCheck.objects.filter(phone_idx=idx, file_sha256=digest, program=program).exists():
        return
    decision = still_theirs(answer=answer.reassigned, sure_on=answer.sure_on)
    content = {"register": register, "answer": answer.reassigned.value, "sure_on": answer.sure_on.isoformat()}
    entry = record("numbers.register-answered", subject=f"number:{idx.hex()}", content=content)
    NumberCheck.objects.create(
        id=new_id(),
        program=program,
        phone_idx=idx,
        sure_on=answer.sure_on,
        answer=answer.reassigned.value,
        register=register,
        file_sha256=digest,
        at=clock.now(),
        by=f"{current().actor.kind}:{current().actor.id}"[:80],
        entry_id=entry,
    )
    if decision.reason == "number-has-a-new-owner":
        report.ended += number_ended(answer.number, why=Doubt.REASSIGNED, source=register)
    elif not decision.allowed:
        report.asked += bool(ask_about_number(answer.number, why=Doubt.REASSIGNED, message_ref=register))


def _due(batch: list[NumberInUse], today: date, *, everything: bool) -> Iterator[Question]:
    asked: dict[bytes, date] = {}
    for idx, at in NumberCheck.objects.filter(
        program=current().program, phone_idx__in=[one.phone_idx for one in batch]
    ).values_list("phone_idx", "at"):
        asked[bytes(idx)] = max(at.date(), asked.get(bytes(idx), at.date()))
    for one in batch:
        if everything or must_ask(last_asked=asked.get(one.phone_idx), today=today):
            yield Question(one.number, one.since_at.date())


def _whole_program() -> None:
    if current().counties != ALL_COUNTIES:
        raise Invalid("numbers are asked about for a whole program, in all its counties", "counties")


def _digest(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := source.read(1 << 20):
        digest.update(block)
    source.seek(0)
    return digest.hexdigest()
