"""The door of accepting: what other systems may ask for through the API (`messaging.services.accepting`)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from django.conf import settings

from harborline.kernel import Invalid
from harborline.messaging.accepting.catalogue import catalogue, forget_catalogues
from harborline.messaging.accepting.checking import UnusableItemsError
from harborline.messaging.accepting.facts import (
    MOST_TEXTS,
    Answer,
    EventFacts,
    EventState,
    HookFacts,
    NoticeState,
    Order,
    Step,
    TextItem,
    TextState,
)
from harborline.messaging.accepting.hooks import change_secret, end_hook, events_of, hook_of, hooks_of, make_hook
from harborline.messaging.accepting.intake import accept, forget_verdicts
from harborline.messaging.accepting.once import digest_of, once, unit
from harborline.messaging.accepting.reading import notice_state, text_state, text_states
from harborline.messaging.accepting.runs import forget_runs
from harborline.messaging.accepting.waking import forget_waking
from harborline.messaging.notices import runs
from harborline.messaging.notices.caseload import COLUMNS
from harborline.messaging.notices.moments import within_a_year
from harborline.messaging.notices.steering import cancel_run, pause_run, resume_run
from harborline.messaging.words.templates import APPOINTMENT, OFFICE, Template
from harborline.vault.blobs import BlobDirectory
from harborline.walls import current
from harborline.workforce.facts import MachineFacts

__all__ = [
    "MOST_TEXTS",
    "Answer",
    "EventFacts",
    "EventState",
    "HookFacts",
    "NoticeState",
    "Order",
    "Step",
    "TextItem",
    "TextState",
    "UnusableItemsError",
    "accept",
    "accept_notice",
    "change_secret",
    "described",
    "digest_of",
    "end_hook",
    "events_of",
    "forget",
    "hook_of",
    "hooks_of",
    "make_hook",
    "notice_state",
    "notices_there_are",
    "steer_notice",
    "text_state",
    "text_states",
    "unit",
    "within_a_year",
]

CREATED, DONE = 201, 200
NOTICES = "api-notices"
_STEPS: dict[str, Callable[..., object]] = {"pause": pause_run, "resume": resume_run, "cancel": cancel_run}


def accept_notice(
    machine: MachineFacts,
    caseload: bytes,
    *,
    template: str,
    once_key: bytes,
    schedule: datetime | None = None,
    hold: bool = False,
) -> Answer:
    """Open a notice for a caseload file; the queue worker plans it. The file is sealed, its name is not kept.

    Raises `Refused`, `NotFound` for an unknown template, `Invalid` for a file that cannot be used.
    Source: NC-CSS-22-18:state-text-service.
    """
    body = digest_of("notice", template, str(schedule), str(hold), caseload)

    def work() -> Answer:
        opened = _opened(machine, caseload, template, schedule, hold=hold)
        _plan_later(opened.id)
        bad = [
            {"row": row.row_no, "column": row.column, "code": row.code, "problem": row.problem}
            for row in opened.first_bad
        ]
        told = {"id": str(opened.id), "state": opened.state.value, "rows": opened.rows, "bad_rows": opened.bad_rows}
        return Answer(CREATED, {**told, "first_bad_rows": bad})

    return once(machine, once_key, body, work, purpose=NOTICES)


def _opened(
    machine: MachineFacts, caseload: bytes, template: str, schedule: datetime | None, *, hold: bool
) -> runs.Opened:
    try:
        return runs.open_run(
            BytesIO(caseload),
            source_name=f"API: {machine.name}",
            template_key=template,
            roles=machine.roles,
            blobs=BlobDirectory(settings.BLOB_DIRECTORY),
            allow_fictional=settings.FICTIONAL_NUMBERS,
            scheduled_at=schedule,
            hold=hold,
        )
    except Invalid as wrong:
        # A file without its header shows a person's row where the names of columns should be: say none of them.
        header = wrong.where.endswith(", row 1")
        told = f"has another header than {','.join(COLUMNS)}" if header else wrong.problem
        raise Invalid(told, "caseload") from None


def steer_notice(machine: MachineFacts, run_id: uuid.UUID, step: str, *, once_key: bytes) -> Answer:
    """Pause, resume or cancel a notice; raises `Refused` for a role or state that does not allow it, `NotFound`."""

    def work() -> Answer:
        _STEPS[step](run_id, roles=machine.roles)
        return Answer(DONE, {"id": str(run_id), "state": notice_state(run_id).state})

    return once(machine, once_key, digest_of("steer", step, str(run_id)), work, purpose=NOTICES)


def notices_there_are() -> list[Template]:
    """The approved notices of the context's program, by key."""
    return [one for _, one in sorted(catalogue(current().program).templates.items())]


def forget() -> None:
    """Forget what this process remembers of programs and runs: between tests."""
    forget_catalogues()
    forget_runs()
    forget_verdicts()
    forget_waking()


def _plan_later(run_id: uuid.UUID) -> None:
    from harborline.messaging.tasks import plan  # noqa: PLC0415 - tasks register with the queue only where it is used

    plan.defer(run_id=str(run_id), program=current().program)


def described(one: Template) -> dict[str, Any]:
    """A template as other systems may know it."""
    return {
        "key": one.key,
        "version": one.version,
        "title": dict(one.title),
        "words": dict(one.words),
        "needs_appointment": bool(one.needs & APPOINTMENT),
        "needs_office": bool(one.needs & OFFICE),
    }
