"""What `harborline notices` does: send a caseload with the processes it needs, and steer runs."""

from __future__ import annotations

import os
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Column, Table

from harborline.kernel import Invalid, NotFound, Refused
from harborline.kernel.clock import monotonic_s
from harborline.kernel.ports import serving
from harborline.messaging import services as messaging
from harborline.messaging.facts import DispatchState, RunCounts, RunState
from harborline.messaging.models import Dispatch, Sender
from harborline.messaging.ports import Carrier, CarrierMaker
from harborline.messaging.selectors import estimate, run_counts, runs
from harborline.messaging.selectors.papers import call_list_csv, letters_pdf
from harborline.messaging.sending.dispatcher import Dispatcher, SenderFacts
from harborline.project import engine, outlook
from harborline.project.actors import Acting, acting_worker
from harborline.project.home import home
from harborline.walls import ALL_COUNTIES, Actor, acting

POLL_S = 0.25
LONGEST_WAIT_S = 3600


@dataclass(frozen=True, slots=True)
class SendOrder:
    """What the command line asked for."""

    program: str
    template: str
    caseload: Path
    acting_as: str
    scheduled_at: datetime | None
    hold: bool
    strict: bool
    wait: bool
    out: Path | None
    second: str = ""
    with_service: bool = True
    papers: bool = True


@dataclass(frozen=True, slots=True)
class SendReport:
    """What became of it."""

    run_id: uuid.UUID
    state: str
    rows: int
    bad_rows: int
    counts: RunCounts
    seconds: float
    folder: Path

    def as_json(self) -> dict[str, Any]:
        """The report for machines."""
        return {
            "run": str(self.run_id),
            "state": self.state,
            "rows": self.rows,
            "bad_rows": self.bad_rows,
            "allowed": self.counts.allowed,
            "grouped": self.counts.grouped,
            "held": self.counts.held,
            "refused": self.counts.refused,
            "already": self.counts.already,
            "messages": self.counts.messages,
            "by_state": self.counts.by_state,
            "by_reason": [
                {"outcome": one.outcome, "reason": one.reason, "clauses": list(one.clauses), "count": one.count}
                for one in self.counts.by_reason
            ],
            "seconds": round(self.seconds, 2),
            "folder": str(self.folder),
        }


def dispatcher_for(program: str, sender_key: str, *, drain: bool) -> Dispatcher:
    """The dispatcher of one sender with the adapter that serves its carrier."""
    with acting(Actor("system", "dispatch"), program=program, counties=ALL_COUNTIES, purpose="start"):
        found = Sender.objects.filter(program=program, active=True).order_by("rank", "key")
        sender = found.filter(key=sender_key).first() if sender_key else found.first()
    if sender is None:
        raise NotFound(f"{program} has no active sender {sender_key}".rstrip())
    facts = SenderFacts(
        sender.id,
        program,
        sender.key,
        sender.carrier,
        sender.segments_per_s,
        sender.segments_per_day,
        sender.day_zone,
    )
    return Dispatcher(facts, carrier_for(sender), drain=drain)


def carrier_for(sender: Sender) -> Carrier:
    """A carrier of the sender's kind; the wiring serves one maker for each."""
    return serving(CarrierMaker, sender.carrier).make(sender)


def send_caseload(order: SendOrder, console: Console) -> SendReport:
    """Open, plan and send; prints progress while it runs and the counts after."""
    began = monotonic_s()
    who = acting_worker(order.acting_as, order.program)
    with open_file(order.caseload) as source, who.acting("notice-run"):
        opened = messaging.open_run(
            source,
            source_name=order.caseload.name,
            template_key=order.template,
            roles=who.roles,
            scheduled_at=order.scheduled_at,
            hold=order.hold,
            strict=order.strict,
        )
    folder = order.out or home() / "runs" / str(opened.id)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _tell_bad_rows(opened, order, folder, who, console)
    if order.second and opened.state is RunState.AWAITING_APPROVAL:
        steer(order.program, opened.id, order.second, "approve", None)
    with engine.children(_children(order)), _bars(console) as bars:
        _plan(opened, order, bars)
        progress = _watch(opened.id, bars, who) if order.wait else runs_progress(opened.id, who)
    counts = _counts(opened.id, who)
    show_counts(counts, console)
    if order.wait and order.papers:
        _write_papers(opened.id, folder, who, console)
    if progress.state in (RunState.READY, RunState.AWAITING_APPROVAL, RunState.SCHEDULED) or progress.waiting:
        _tell_estimate(opened.id, order, who, console)
    _tell_state(progress, opened.id, order, console)
    return SendReport(
        opened.id, progress.state.value, opened.rows, opened.bad_rows, counts, monotonic_s() - began, folder
    )


def open_file(path: Path) -> IO[bytes]:
    """The caseload; raises `Invalid` naming the file and the remedy when it cannot be read."""
    try:
        if not path.is_file():
            raise Invalid("there is no such file", str(path))
        return path.open("rb")
    except OSError as error:
        raise Invalid(f"cannot be read ({error.strerror}); check its permissions", str(path)) from None


def _children(order: SendOrder) -> list[tuple[str, ...]]:
    if not order.with_service:
        return []
    dispatch = ("worker", "dispatch", "--program", order.program)
    return [("worker", "sequence"), dispatch] if order.wait and not order.hold else [("worker", "sequence")]


def _bars(console: Console) -> Progress:
    columns = (TextColumn("{task.description:<10}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console, transient=not sys.stderr.isatty())


def _plan(opened: messaging.Opened, order: SendOrder, bars: Progress) -> None:
    task = bars.add_task("deciding", total=opened.rows - opened.bad_rows)
    messaging.plan_run(
        opened.id,
        program=order.program,
        opened=opened,
        progress=lambda done, all_rows: bars.update(task, completed=done, total=all_rows),
    )


def _watch(run_id: uuid.UUID, bars: Progress, who: Acting) -> messaging.RunProgress:
    """Wait until nothing that may go now is left; texts that wait for a lawful hour are not waited for."""
    task = bars.add_task("sending", total=None)
    until = monotonic_s() + LONGEST_WAIT_S
    while True:
        progress = runs_progress(run_id, who)
        bars.update(task, completed=progress.gone, total=progress.gone + progress.due)
        # A run without anything left in its queue is about to be called finished.
        left = progress.due or not progress.waiting
        if progress.state is not RunState.RUNNING or not left or monotonic_s() > until:
            return progress
        time.sleep(POLL_S)


def runs_progress(run_id: uuid.UUID, who: Acting) -> messaging.RunProgress:
    """How many texts of the run are through, and how many could go at this moment."""
    with who.acting("notice-run"):
        return messaging.progress_of(run_id)


def _counts(run_id: uuid.UUID, who: Acting) -> RunCounts:
    with who.acting("notice-run"):
        return run_counts(run_id)


def _tell_bad_rows(opened: messaging.Opened, order: SendOrder, folder: Path, who: Acting, console: Console) -> None:
    if not opened.bad_rows:
        return
    path = folder / "bad-rows.csv"
    with who.acting("notice-run"):
        _write_private(path, messaging.bad_rows_csv(opened.id))
    console.print(
        f"[bold yellow]{opened.bad_rows} of {opened.rows} rows cannot be used[/] (row, column, code, problem):"
    )
    for row in opened.first_bad:
        place = f", column {row.column}" if row.column else ""
        console.print(f"  {order.caseload.name}, row {row.row_no}{place}: {row.problem}", highlight=False)
    if opened.bad_rows > len(opened.first_bad):
        console.print(f"  and {opened.bad_rows - len(opened.first_bad)} more")
    console.print(f"all of them: {path}", highlight=False)


_FEEDS = "see harborline feeds import"
_REMEDIES = {
    "second-person-needed": "ask on the run's page, Who was not reached; another person approves",
    "approval-ran-out": "ask again on the run's page, Who was not reached",
    "not-in-the-policy": "the written policy does not name it",
}


def _write_papers(run_id: uuid.UUID, folder: Path, who: Acting, console: Console) -> None:
    """The people not reached, as a call list and as letters; held while protection data is old or nobody approved."""
    made = []
    with who.acting("notice-run"):
        for name, write in (("call-list.csv", call_list_csv), ("letters.pdf", letters_pdf)):
            try:
                content = write(run_id, roles=who.roles)
            except NotFound:
                continue
            except Refused as refused:
                console.print(
                    f"no {name}: {refused.decision.reason} ({_REMEDIES.get(refused.decision.reason, _FEEDS)})"
                )
                continue
            _write_private(folder / name, content)
            made.append(name)
    if made:
        console.print(f"people not reached: {' and '.join(made)} in {folder}", highlight=False, soft_wrap=True)


def _write_private(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)


def show_counts(counts: RunCounts, console: Console) -> None:
    """The counts by outcome and clause, and what became of the texts, as tables."""
    table = Table(title="Recipients by outcome and clause")
    for heading, justify in (("outcome", "left"), ("reason", "left"), ("clauses", "left"), ("people", "right")):
        table.add_column(heading, justify="right" if justify == "right" else "left")
    for one in counts.by_reason:
        table.add_row(one.outcome, one.reason, "\n".join(one.clauses), f"{one.count:,}")
    console.print(table)
    texts = Table(title="Texts")
    texts.add_column("state")
    texts.add_column("texts", justify="right")
    for state, count in sorted(counts.by_state.items()):
        texts.add_row(state, f"{count:,}")
    texts.add_row("all", f"{counts.messages:,}")
    console.print(texts)


def _tell_estimate(run_id: uuid.UUID, order: SendOrder, who: Acting, console: Console) -> None:
    # Before anything goes: a run that is kept, waits for a second person or for its moment.
    with who.acting("notice-run"):
        expected = estimate(run_id)
    outlook.show_estimate(order.program, expected, console)


def _tell_state(progress: messaging.RunProgress, run_id: uuid.UUID, order: SendOrder, console: Console) -> None:
    command = "harborline notices"
    words = {
        RunState.AWAITING_APPROVAL: f"waits for a second person: {command} approve --program {order.program} {run_id}",
        RunState.READY: f"is ready: {command} release --program {order.program} {run_id}",
        RunState.SCHEDULED: "waits for its moment",
        RunState.RUNNING: f"goes on: {progress.waiting:,} texts wait for a lawful hour, {progress.due:,} may go now",
    }
    console.print(f"run {run_id} {words.get(progress.state, progress.state.value)}", highlight=False, soft_wrap=True)


def show_runs(program: str, acting_as: str, console: Console) -> None:
    """The latest runs as a table."""
    who = acting_worker(acting_as, program)
    table = Table(Column("run", no_wrap=True), "state", "template", "file", "rows", "bad", "opened")
    with who.acting("notice-run"):
        for run in runs():
            opened_at = f"{run.created_at:%Y-%m-%d %H:%M} UTC"
            table.add_row(
                str(run.id), run.state, run.template_key, run.file_name, str(run.rows), str(run.bad_rows), opened_at,
            )  # fmt: skip
    console.print(table)


def show_run(program: str, run_id: uuid.UUID, acting_as: str, console: Console) -> None:
    """One run in numbers."""
    show_counts(_counts(run_id, acting_worker(acting_as, program)), console)


def steer(program: str, run_id: uuid.UUID, acting_as: str, step: str, at: datetime | None) -> str:
    """Take one step with a run; answers what happened in words."""
    who = acting_worker(acting_as, program)
    who.must_steer(step)
    with who.acting("notice-run"):
        if step == "cancel":
            return f"cancelled; {messaging.cancel_run(run_id)} texts will not go out"
        if step == "schedule":
            if at is None:
                raise Invalid("is needed", "--at")
            return messaging.schedule_run(run_id, at).value
        steps: dict[str, Callable[[uuid.UUID], RunState]] = {
            "release": messaging.release_run,
            "approve": messaging.approve_run,
            "pause": messaging.pause_run,
            "resume": messaging.resume_run,
        }
        return steps[step](run_id).value


def test_text(program: str, template: str, to: str, language: str, acting_as: str) -> str:
    """Send one test text and wait for what the carrier says; answers it in words."""
    who = acting_worker(acting_as, program)
    who.must_steer("test")
    with who.acting("test-text"):
        message_id = messaging.test_send(template_key=template, to=to, language=language)
    with engine.children([("worker", "dispatch", "--program", program, "--drain")]) as started:
        started[0].wait(60)
    with who.acting("test-text"):
        return f"message {message_id}: {DispatchState(messaging_state(message_id)).word}"


def messaging_state(message_id: uuid.UUID) -> int:
    """Where a message is (`DispatchState`)."""
    return int(Dispatch.objects.values_list("state", flat=True).get(message_id=message_id))
