"""What the command line shows before and beside a run: its texts, when it is through, unclear texts, senders."""

from __future__ import annotations

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from harborline.law import profile
from harborline.messaging import services as messaging
from harborline.messaging.facts import Knowledge, Verdict
from harborline.messaging.selectors import (
    Because,
    Estimate,
    EstimateReason,
    carrier_status,
    estimate,
    exact_texts,
    run,
    unclear_texts,
)
from harborline.project.actors import Acting, acting_worker

# What decides when a run is through, in words; {count} and {at} come with the reason.
_WORDS = {
    Because.PACE: "The sender goes at {count:,} parts a second.",
    Because.DAY_LIMIT: "The carrier takes {count:,} parts in its day.",
    Because.HOURS: "{count:,} texts wait for a lawful hour; the first comes at {at}.",
    Because.CAPS: "{count:,} numbers had enough notices lately and wait.",
    Because.RUNS_BEFORE: "{count:,} parts of earlier notices go first.",
    Because.SCHEDULED: "It begins at {at}.",
    Because.NOT_PLANNED: "Not every row is decided yet.",
    Because.NOT_RELEASED: "It was not released; the moments are told from now on.",
    Because.SENDER_STOPPED: "The sender may not send now; the moments hold once it may.",
    Because.PROTECTIONS_OLD: "The nightly safety file is too old: nothing goes before it is loaded.",
    Because.SLOW_CARRIER: "The later moment allows for a carrier that gives half of its pace.",
    Because.TOO_LATE: "Up to {count:,} texts would not go before their appointment.",
}


def show_preview(program: str, run_id: uuid.UUID, acting_as: str, console: Console, *, as_json: bool) -> dict[str, Any]:
    """The exact texts of a planned run and its estimate; looking at texts is recorded."""
    who = acting_worker(acting_as, program)
    with who.acting("notice-run"):
        texts, expected = exact_texts(run_id), estimate(run_id)
    if not as_json:
        table = Table(title="Texts as phones get them")
        for heading in ("language", "parts", "phones", "text"):
            table.add_column(heading, justify="right" if heading in {"parts", "phones"} else "left")
        for one in texts:
            table.add_row(one.language, str(one.segments), f"{one.recipients:,}", one.text)
        console.print(table)
        show_estimate(program, expected, console)
    return {"texts": [asdict(one) for one in texts], "estimate": estimate_json(expected)}


def show_status(program: str, run_id: uuid.UUID, acting_as: str, console: Console, *, as_json: bool) -> dict[str, Any]:
    """Where a run stands and when it is through."""
    who = acting_worker(acting_as, program)
    with who.acting("notice-run"):
        found, progress, expected = run(run_id), messaging.progress_of(run_id), estimate(run_id)
    told = {
        "run": str(run_id), "state": progress.state.value, "gone": progress.gone, "due": progress.due,
        "waiting": progress.waiting, "by_state": found.counts, "estimate": estimate_json(expected),
    }  # fmt: skip
    if not as_json:
        console.print(
            f"{progress.state.value}: {progress.gone:,} texts are through, {progress.due:,} may go now, "
            f"{progress.waiting:,} wait for their hour"
        )
        show_estimate(program, expected, console)
    return told


def show_estimate(program: str, expected: Estimate, console: Console) -> None:
    """From when to when a run may be through, and what decides it."""
    if not expected.texts:
        console.print("Nothing is left to send.")
        return
    console.print(
        f"{expected.texts:,} texts in {expected.segments:,} parts: through between "
        f"{_local(program, expected.earliest_at)} and {_local(program, expected.latest_at)}"
    )
    for reason in expected.reasons:
        console.print(f"  {reason_words(program, reason)}", highlight=False)


def reason_words(program: str, reason: EstimateReason) -> str:
    """One reason as a sentence."""
    return _WORDS[reason.code].format(count=reason.count, at=_local(program, reason.at))


def estimate_json(expected: Estimate) -> dict[str, Any]:
    """The estimate for machines: moments in UTC, reasons by code."""
    return {
        "texts": expected.texts,
        "segments": expected.segments,
        "earliest_at": _utc(expected.earliest_at),
        "latest_at": _utc(expected.latest_at),
        "too_late": {"earliest": expected.too_late[0], "latest": expected.too_late[1]},
        "reasons": [{"code": one.code.value, "count": one.count, "at": _utc(one.at)} for one in expected.reasons],
    }


def show_unclear(program: str, acting_as: str, console: Console) -> None:
    """The texts nobody can answer for, the newest first."""
    who = acting_worker(acting_as, program)
    table = Table(title="Texts nobody can answer for")
    for heading in ("message", "person", "county", "handed over", "given up by the carrier"):
        table.add_column(heading, no_wrap=heading == "message")
    with who.acting("notice-run"):
        for one in unclear_texts():
            times = (_local(program, one.handed_at), _local(program, one.expires_at))
            table.add_row(str(one.message_id), one.external_id, one.county, *times)
    console.print(table)


def settle(
    program: str, message: uuid.UUID, acting_as: str, *, verdict: Verdict, how: Knowledge, note: str = ""
) -> str:
    """Settle one unclear text; answers what stands now in words."""
    who = acting_worker(acting_as, program)
    with who.acting("settle-text"):
        state = messaging.settle_unknown(message, verdict, how=how, note=note)
    if verdict is Verdict.ARRIVED:
        return f"message {message}: {state.word}, as a person found out"
    return f"message {message}: it did not arrive; `harborline notices again` sends it as a new text"


def send_again(program: str, message: uuid.UUID, acting_as: str) -> str:
    """Let one text go again as a new one; answers the new text in words."""
    who = acting_worker(acting_as, program)
    with who.acting("send-again"):
        return f"queued as message {messaging.send_again(message)}"


def show_senders(program: str, acting_as: str, console: Console) -> None:
    """The program's senders and whether they may send."""
    who = acting_worker(acting_as, program)
    table = Table(title="Senders")
    for heading in ("sender", "carrier", "may send", "why not", "queued"):
        table.add_column(heading, justify="right" if heading == "queued" else "left")
    with who.acting("notice-run"):
        for one in carrier_status():
            why = one.paused_reason or one.reason
            table.add_row(one.sender, one.carrier, "no" if why else "yes", why, f"{one.queued:,}")
    console.print(table)


def let_go_on(program: str, sender: str, acting_as: str) -> str:
    """Let a paused sender send again; answers what happened in words."""
    who = _steering(acting_as, program)
    with who.acting("notice-run"):
        return f"{sender} sends again" if messaging.let_go_on(sender) else f"{sender} was not paused"


def _steering(acting_as: str, program: str) -> Acting:
    who = acting_worker(acting_as, program)
    who.must_steer("resume")
    return who


def _local(program: str, moment: datetime | None) -> str:
    if moment is None:
        return "later than three weeks from now"
    return f"{moment.astimezone(ZoneInfo(profile(program).zones[0])):%Y-%m-%d %H:%M %Z}"


def _utc(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
