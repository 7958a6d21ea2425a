"""What `harborline export` does: ask, wait for the log, pack, hand the file out."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from harborline.kernel import Invalid, Unavailable
from harborline.kernel.clock import iso, monotonic_s
from harborline.messaging.words.numbers import e164
from harborline.oversight import selectors, services
from harborline.oversight.facts import Before, ExportRow, LegalBasis, Request, Selection
from harborline.project import engine
from harborline.project.actors import Acting, acting_worker
from harborline.project.retention_words import midnight

WAIT_S = 30.0
T = TypeVar("T")
_STEP_S = 0.3


@dataclass(frozen=True, slots=True)
class Order:
    """What was typed: days are of the program's zone, the end exclusive."""

    program: str
    person: str = ""
    case: str = ""
    number: str = ""
    since: str = ""
    until: str = ""
    basis: str = ""
    reason: str = ""
    reference: str = ""
    recipient: str = ""
    steps: tuple[str, ...] = ()


def request_of(order: Order) -> Request:
    """The request as typed; raises `Invalid` naming the option."""
    known = [basis.value for basis in LegalBasis]
    if not order.basis:
        raise Invalid(f"name the legal basis: {', '.join(known)}", "--legal-basis")
    if order.basis not in known:
        raise Invalid(f"is not a legal basis; there are {', '.join(known)}", "--legal-basis")
    steps = [step.value for step in Before]
    if not set(order.steps) <= set(steps):
        raise Invalid(f"there are {', '.join(steps)}", "--step")
    selection = Selection(
        person=order.person.strip(),
        case=order.case.strip(),
        number=e164(order.number, allow_fictional=True) if order.number else "",
        from_at=midnight(order.program, order.since, "--from"),
        until_at=midnight(order.program, order.until, "--to"),
    )
    return Request(
        selection=selection,
        basis=LegalBasis(order.basis),
        reason=order.reason,
        reference=order.reference,
        recipient=order.recipient,
        done_before=frozenset(Before(step) for step in order.steps),
    )


def ask(order: Order, acting_as: str) -> tuple[Acting, uuid.UUID]:
    """Ask for an export; answers who asked and its id."""
    request = request_of(order)
    who = acting_worker(acting_as, order.program)
    with who.acting("export"):
        return who, services.ask_export(request, roles=who.roles).id


def approve(export_id: uuid.UUID, program: str, acting_as: str) -> None:
    """Approve what somebody else asked for."""
    who = acting_worker(acting_as, program)
    with who.acting("export"):
        services.approve_export(export_id, roles=who.roles)


def make(who: Acting, export_id: uuid.UUID, out: Path) -> ExportRow:
    """Pack an export and give it its name; waits until what it holds is under a signed checkpoint."""
    services.check_free(out)
    made = _made(who, export_id)
    try:
        services.keep(made.stream, out)
    finally:
        made.stream.close()
    with who.acting("export"):
        return selectors.export(export_id)


def _made(who: Acting, export_id: uuid.UUID) -> services.Packed:
    return services.make_export(export_id, unit=lambda: who.acting("export"), until_signed=until_signed)


def until_signed(work: Callable[[], T]) -> T:
    """Do what needs a signed checkpoint, again until there is one; raises `Unavailable` after half a minute.

    Where no service runs, nobody signs the log: a sequencer of our own does, and stands by where one works.
    """
    until = monotonic_s() + WAIT_S
    with ExitStack() as stack:
        started = False
        while True:
            try:
                return work()
            except Unavailable as waiting:
                if waiting.permanent or monotonic_s() > until:
                    raise
            if not started:
                stack.enter_context(engine.children([("worker", "sequence")]))
                started = True
            time.sleep(_STEP_S)


def check(order: Order, out: Path) -> None:
    """Raise `Invalid` for what cannot be asked or written, before anything is recorded."""
    request_of(order)
    services.check_free(out)


def plain(row: ExportRow) -> dict[str, object]:
    """An export as JSON."""
    return {name: _spelled(value) for name, value in asdict(row).items()}


def _spelled(value: object) -> object:
    if isinstance(value, datetime):
        return iso(value)
    return str(value) if isinstance(value, uuid.UUID) else value


def listed(program: str, acting_as: str) -> list[ExportRow]:
    """The exports in sight."""
    who = acting_worker(acting_as, program)
    with who.acting("export"):
        return selectors.exports()


def owner(program: str, acting_as: str) -> Acting:
    """The worker who acts, for an export asked for before."""
    return acting_worker(acting_as, program)
