"""Read a caseload, open a run, plan it: the first half of a run's life."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

from django.db.models import Max

from harborline.kernel import Decision, Invalid, NotFound, Outcome, Refused
from harborline.kernel.clock import now as clock_now
from harborline.kernel.ids import new_id
from harborline.law import Profile, profile
from harborline.ledger.services import record
from harborline.messaging.facts import RunState
from harborline.messaging.models import NoticeRun, Recipient, Sender
from harborline.messaging.notices.badrows import BadRowFile
from harborline.messaging.notices.caseload import BadRow, CaseloadReader, Known, Row
from harborline.messaging.notices.checking import check_rows, usable
from harborline.messaging.notices.grouping import Groups
from harborline.messaging.notices.moments import within_a_year
from harborline.messaging.notices.planner import Plan, chunks
from harborline.messaging.notices.rendering import text_maker
from harborline.messaging.notices.verdicts import Verdicts
from harborline.messaging.notices.windows import Windows
from harborline.messaging.rules import may_release, may_start
from harborline.messaging.words.numbers import e164
from harborline.people.facts import ROLES
from harborline.people.selectors import county_codes, offices, protection_age
from harborline.vault.blobs import BlobDirectory
from harborline.walls import ALL_COUNTIES, Actor, acting, current
from harborline.walls.cursor import bulk_cursor

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Opened:
    """A run that was read and accepted: its id, its state, and what the file held."""

    id: uuid.UUID
    state: RunState
    rows: int
    bad_rows: int
    bad_by_code: dict[str, int]
    first_bad: tuple[BadRow, ...]
    groups: Groups = field(compare=False, repr=False)


def known_values(program: str, current_profile: Profile, *, allow_fictional: bool) -> Known:
    """What a caseload of this program may name."""
    return Known(
        counties=county_codes(program),
        roles=ROLES[current_profile.kind],
        offices=frozenset(offices(program)),
        number=lambda raw: e164(raw, allow_fictional=allow_fictional),
        zone=current_profile.zones[0],
    )


def open_run(
    source: IO[bytes],
    *,
    source_name: str,
    template_key: str,
    roles: frozenset[str],
    blobs: BlobDirectory,
    allow_fictional: bool,
    scheduled_at: datetime | None = None,
    hold: bool = False,
    strict: bool = False,
) -> Opened:
    """Accept a caseload for one template, inside the caller's context; planning follows (`plan_run`).

    1. May this role start runs? 2. Is the template known? 3. Read the file whole: a file that cannot be used is
    refused before anything is written. 4. Keep it sealed, with the list of bad rows. 5. Open the run: `hold` keeps
    it ready for a look at the exact texts; above the profile's size it waits for a second person.
    """
    context = current()
    settings = profile(context.program)
    _must(may_start(roles=roles, profile=settings))
    within_a_year(scheduled_at)
    texts = text_maker(context.program, template_key)
    known = known_values(context.program, settings, allow_fictional=allow_fictional)
    bad_rows = BadRowFile()
    digest = _sha256(source)
    checked = check_rows(source, source_name, known, bad_rows)
    if strict and checked.bad_rows:
        first = checked.first_bad[0]
        raise Invalid(
            f"{checked.bad_rows} rows cannot be used; the first {first.problem}. Nothing was sent",
            f"{source_name}, row {first.row_no}, column {first.column}",
        )
    group = f"{context.program}/caseloads"
    source_blob, bad_blob = str(new_id()), str(new_id()) if checked.bad_rows else ""
    blobs.put(source_blob, _rewound(source), group=group)
    if bad_blob:
        blobs.put(bad_blob, bad_rows.stream(), group=group)
    run = NoticeRun.objects.create(
        program=context.program,
        sender=sender_of(context.program),
        template_key=template_key,
        template_sha256=texts.sha256,
        profile_sha256=settings.sha256,
        source_name=source_name[-200:],
        source_sha256=digest,
        source_blob=source_blob,
        bad_rows_blob=bad_blob,
        state=_first_state(len(checked.groups), context.actor, settings, scheduled_at, hold=hold).value,
        started_by=context.actor.id,
        created_at=clock_now(),
        scheduled_at=scheduled_at,
        row_count=checked.rows,
        bad_row_count=checked.bad_rows,
    )
    record(
        "notice.run-opened",
        subject=f"run:{run.id}",
        content={
            "run": str(run.id),
            "template": template_key,
            "template_sha256": texts.sha256,
            "source_sha256": digest,
            "rows": checked.rows,
            "bad_rows": checked.bad_rows,
            "state": run.state,
        },
    )
    return Opened(
        run.id,
        RunState(run.state),
        checked.rows,
        checked.bad_rows,
        dict(checked.bad),
        tuple(checked.first_bad),
        checked.groups,
    )


def _must(decision: Decision) -> None:
    if decision.outcome is not Outcome.ALLOW:
        raise Refused(decision)


def _sha256(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while block := source.read(1 << 20):
        digest.update(block)
    source.seek(0)
    return digest.hexdigest()


def _rewound(source: IO[bytes]) -> IO[bytes]:
    source.seek(0)
    return source


def _first_state(
    recipients: int, actor: Actor, settings: Profile, scheduled_at: datetime | None, *, hold: bool
) -> RunState:
    if hold:
        return RunState.READY
    released = may_release(recipients=recipients, started_by=actor.id, approved_by="", profile=settings)
    if released.outcome is not Outcome.ALLOW:
        return RunState.AWAITING_APPROVAL
    return RunState.SCHEDULED if scheduled_at and scheduled_at > clock_now() else RunState.RUNNING


def sender_of(program: str) -> Sender:
    """The program's active sender, a paused one only when there is no other; raises `NotFound` when none is set up."""
    senders = Sender.objects.filter(program=program, active=True).order_by("rank", "key")
    sender = senders.filter(paused_reason="").first() or senders.first()
    if sender is None:
        raise NotFound(f"{program} has no active sender; set one up before the first run")
    return sender


def plan_run(
    run_id: uuid.UUID,
    *,
    program: str,
    blobs: BlobDirectory,
    allow_fictional: bool,
    progress: Progress = lambda _done, _all: None,
    groups: Groups | None = None,
) -> int:
    """Decide, render, seal and queue every usable row; each chunk is one transaction. Answers the texts queued.

    Call it outside a transaction; `groups` are those of `open_run`, else the file is read once more to find them.
    Interrupted, it goes on where it stopped: rows that have their decision are passed
    over, so nobody is queued twice.
    """
    actor = Actor("system", f"planner:{run_id}")
    with acting(actor, program=program, counties=ALL_COUNTIES, purpose="notice-run"):
        run = _unplanned(run_id)
        if run is None:
            return 0
        plan = _plan(run)
        known = known_values(program, profile(program), allow_fictional=allow_fictional)
        decided = _decided_rows(run)
    queued = done = 0
    with blobs.open(run.source_blob, group=f"{program}/caseloads") as stream:
        if groups is None:
            groups = check_rows(stream, run.source_name, known).groups
            stream.seek(0)
        rows = usable(CaseloadReader(known).read(stream, run.source_name))
        for chunk in chunks(_open_groups(groups.gather(rows), decided)):
            with acting(actor, program=program, counties=ALL_COUNTIES, purpose="notice-run"):
                queued += plan.chunk(chunk)
            done += sum(len(group) for group in chunk)
            progress(done, len(groups))
    with acting(actor, program=program, counties=ALL_COUNTIES, purpose="notice-run"):
        NoticeRun.objects.filter(id=run_id).update(planned_at=clock_now())
        record("notice.run-planned", subject=f"run:{run_id}", content={"run": str(run_id), "texts": queued})
    return queued


def _unplanned(run_id: uuid.UUID) -> NoticeRun | None:
    run = NoticeRun.objects.select_related("sender").filter(id=run_id).first()
    if run is None:
        raise NotFound("no such run")
    return None if run.planned_at or run.state == RunState.CANCELLED else run


def _plan(run: NoticeRun) -> Plan:
    settings = profile(run.program)
    return Plan(
        program=run.program,
        run_id=run.id,
        sender_id=run.sender_id,
        profile=settings,
        texts=text_maker(run.program, run.template_key, sha256=run.template_sha256),
        windows=Windows.of(settings),
        protection_age=protection_age(run.program),
        now=clock_now(),
        verdicts=Verdicts(run.id, settings),
    )


def _decided_rows(run: NoticeRun) -> bytearray:
    # One byte for each row of the file, not a set: a run of a million rows may go on from its middle.
    rows = Recipient.objects.filter(run_id=run.id)
    decided = bytearray((rows.aggregate(last=Max("row_no"))["last"] or 0) + 1)
    for row_no in rows.values_list("row_no", flat=True).iterator(10_000):
        decided[row_no] = 1
    return decided


def _open_groups(groups: Iterator[list[Row]], decided: bytearray) -> Iterator[list[Row]]:
    last = len(decided)
    return (group for group in groups if group[0].row_no >= last or not decided[group[0].row_no])


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A run at this moment: its state, texts that left the queue, that may go now or are on their way, that wait."""

    state: RunState
    gone: int
    due: int
    waiting: int


_PROGRESS = """
SELECT r.state, r.message_count,
       (SELECT coalesce(sum(cardinality(l.message_ids)), 0) FROM messaging_lot l
         WHERE l.run_id = r.id AND l.due_at <= %(now)s),
       (SELECT coalesce(sum(cardinality(l.message_ids)), 0) FROM messaging_lot l
         WHERE l.run_id = r.id AND l.due_at > %(now)s),
       (SELECT count(*) FROM messaging_flight f, unnest(f.message_ids) AS m(id)
          JOIN messaging_dispatch d ON d.message_id = m.id WHERE d.run_id = r.id)
  FROM messaging_noticerun r WHERE r.id = %(run)s
"""


def progress_of(run_id: uuid.UUID) -> RunProgress:
    """How far a run is, counted from what is still queued or on its way; raises `NotFound` for a hidden run."""
    with bulk_cursor() as cursor:
        row = cursor.execute(_PROGRESS, {"run": run_id, "now": clock_now()}).fetchone()
    if row is None:
        raise NotFound("no such run")
    state, texts, due, waiting, flying = row
    return RunProgress(RunState(state), max(0, texts - due - waiting - flying), due + flying, waiting)


def latest(limit: int = 50) -> list[NoticeRun]:
    """The newest runs of the context's program."""
    return list(NoticeRun.objects.filter(program=current().program).order_by("-created_at")[:limit])


def bad_rows_csv(run_id: uuid.UUID, blobs: BlobDirectory) -> bytes:
    """The list of a run's bad rows as CSV; it holds no value of any row."""
    run = NoticeRun.objects.filter(id=run_id).first()
    if run is None:
        raise NotFound("no such run")
    if not run.bad_rows_blob:
        return BadRowFile().stream().read()
    with blobs.open(run.bad_rows_blob, group=f"{run.program}/caseloads") as stream:
        return stream.read()
