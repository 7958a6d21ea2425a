"""What `harborline retention` does, as the worker who acts."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from harborline.kernel import Invalid, clock
from harborline.law.schedules import Mode, Trigger
from harborline.project.actors import Acting, acting_worker
from harborline.project.exporting import until_signed
from harborline.retention import selectors, services
from harborline.retention.facts import HoldRow, HoldScope, RunRow, RunState, SeriesPreview

_EVENTS = {trigger.value: trigger for trigger in Trigger if trigger.of_the_year}


@dataclass(frozen=True, slots=True)
class Told:
    """What a command answers: JSON for machines, lines for people."""

    facts: dict[str, Any]
    lines: list[str]


@dataclass(frozen=True, slots=True)
class Desk:
    """One worker at the records desk of a program."""

    who: Acting

    @classmethod
    def of(cls, acting_as: str, program: str) -> Desk:
        """The worker named, else the one signed in; raises `Refused`, `Invalid`."""
        return cls(acting_worker(acting_as, program))

    def preview(self, series: str) -> Told:
        """Count what is ripe."""
        with self.who.acting("retention"):
            found = [selectors.preview(series)] if series else selectors.previews()
        return Told({"program": self.who.program, "series": [_plain(one) for one in found]}, _preview_lines(found))

    def prepare(self, series: str) -> Told:
        """Fix what is ripe as a run."""
        if not series:
            raise Invalid("name the series to prepare", "--series")
        with self.who.acting("retention"):
            made = services.prepare_run(series, roles=self.who.roles)
            row = selectors.run(made.id)
        return Told(_plain(row), [*_run_lines([row]), f"Another person: harborline retention run {row.id} --approve"])

    def runs(self) -> Told:
        """The latest runs."""
        with self.who.acting("retention"):
            found = selectors.runs()
        return Told({"runs": [_plain(one) for one in found]}, _run_lines(found) or ["There is no disposal run."])

    def carry_out(self, run_id: uuid.UUID, *, approve: bool, withdraw: bool) -> Told:
        """Withdraw a run; or approve it where asked and carry it out, or go on with it."""
        if approve and withdraw:
            raise Invalid("approve it or withdraw it", "--withdraw")
        with self.who.acting("retention"):
            if withdraw:
                services.withdraw_run(run_id)
            elif approve and selectors.run(run_id).state is RunState.PREPARED:
                services.approve_run(run_id, roles=self.who.roles)
        if not withdraw:
            services.execute_run(run_id, program=self.who.program)
        with self.who.acting("retention"):
            row = selectors.run(run_id)
        return Told(_plain(row), _run_lines([row]))

    def certificate(self, run_id: uuid.UUID, out: Path) -> list[Path]:
        """Write the certificate's files; answers them."""
        made = until_signed(lambda: self._certificate(run_id))
        out.mkdir(parents=True, exist_ok=True)
        base = out / f"certificate-{run_id}"
        files = ((".json", made.json), (".pdf", made.pdf), (".tlog-proof", made.tlog_proof.encode()))
        for ending, content in files:
            base.with_suffix(ending).write_bytes(content)
        return [base.with_suffix(ending) for ending, _ in files]

    def _certificate(self, run_id: uuid.UUID) -> selectors.Certificate:
        with self.who.acting("retention"):
            return selectors.certificate(run_id)

    def adopt(self, mode: str, version: int, reason: str) -> str:
        """Ask for a mode and version."""
        if mode not in {one.value for one in Mode}:
            raise Invalid(f"is not a mode; there are {', '.join(one.value for one in Mode)}", "--mode")
        with self.who.acting("retention"):
            made = services.adopt(Mode(mode), version, reason=reason, roles=self.who.roles)
        return f"{made.id}\nAnother person: harborline retention approve-adoption {made.id}"

    def approve_adoption(self, adoption: uuid.UUID, *, reaches_back: bool) -> str:
        """Put it in force."""
        with self.who.acting("retention"):
            made = services.approve_adoption(adoption, reaches_back=reaches_back, roles=self.who.roles)
        ending = ", also for records made before" if reaches_back else "; what is kept already is not shortened"
        return f"{made.mode} version {made.version} is in force{ending}"

    def tell_year(self, event: str, year: int, on: date, source: str) -> str:
        """Tell an event of a fiscal year."""
        if event not in _EVENTS:
            raise Invalid(f"is not an event of a year; there are {', '.join(_EVENTS)}", "--event")
        with self.who.acting("retention"):
            services.tell_program_event(_EVENTS[event], year, on, source=source, roles=self.who.roles)
        return f"{event} of fiscal year {year}: {on.isoformat()}"

    def upkeep(self) -> Told:
        """Do what the queue does by itself."""
        program, now = self.who.program, clock.now()
        facts = {
            "cases_closed": services.note_closings(program, now=now),
            "destroyed": services.destroy_overdue(program, now=now),
            "ripe": services.take_previews(program, now=now),
        }
        lines = [f"{facts['cases_closed']} cases first seen closed", f"{facts['ripe']} records ripe"]
        gone: dict[str, int] = facts["destroyed"]  # type: ignore[assignment]  # one of the three counts is by series
        return Told(facts, [*lines, *(f"{count} records of {series} destroyed" for series, count in gone.items())])

    def holds(self, *, released: bool) -> Told:
        """The holds in sight."""
        with self.who.acting("retention"):
            found = selectors.holds(released=released)
        return Told({"holds": [_plain(one) for one in found]}, _hold_lines(found) or ["There is no hold."])

    def place(self, scope: HoldScope, reason: str) -> str:
        """Ask for a hold."""
        with self.who.acting("retention"):
            made = services.place_hold(scope, reason=reason, roles=self.who.roles)
        return f"{made}\nIt keeps from now on. Another person: harborline retention holds confirm {made}"

    def confirm(self, hold: uuid.UUID) -> str:
        """Confirm one."""
        with self.who.acting("retention"):
            services.confirm_hold(hold, roles=self.who.roles)
        return "The hold stands."

    def release(self, hold: uuid.UUID, reason: str) -> str:
        """Ask for its release, or release it."""
        with self.who.acting("retention"):
            if reason:
                services.ask_release(hold, reason=reason, roles=self.who.roles)
                return f"It keeps until another person runs: harborline retention holds release {hold}"
            services.release_hold(hold, roles=self.who.roles)
        return "The hold is released."


def _plain(row: SeriesPreview | RunRow | HoldRow) -> dict[str, Any]:
    return {name: _spelled(value) for name, value in asdict(row).items()}


def _spelled(value: object) -> object:
    if isinstance(value, datetime):
        return clock.iso(value)
    return str(value) if isinstance(value, uuid.UUID) else value


def _preview_lines(found: Iterable[SeriesPreview]) -> list[str]:
    lines = []
    for one in found:
        lines.append(f"{one.series}: {_ripe(one)}")
        if one.ripe:
            lines.append(f"    {_between(one.oldest_at, one.newest_at)}; {one.authority}")
    return lines


def _ripe(one: SeriesPreview) -> str:
    if one.action != "destroy":
        return "never destroyed" if one.action == "never" else "hidden, not destroyed"
    if not one.offered:
        return "no room offers records of it yet"
    held = f", {one.held:,} of them on hold" if one.held else ""
    conflicts = f", {one.conflicts:,} with clocks that contradict each other" if one.conflicts else ""
    kept = ", cannot be destroyed yet" if one.lasting and one.ripe else ""
    return f"{one.ripe:,} ripe{held}{conflicts}{kept}"


def _between(oldest: datetime | None, newest: datetime | None) -> str:
    return f"made between {oldest:%Y-%m-%d} and {newest:%Y-%m-%d}" if oldest and newest else ""


def _run_lines(found: Iterable[RunRow]) -> list[str]:
    return [
        f"{one.id}  {one.series}  {one.state}  {one.planned:,} records, {one.destroyed:,} destroyed, {one.kept:,} kept;"
        f" prepared by {one.prepared_by}" + (f", approved by {one.approved_by}" if one.approved_by else "")
        for one in found
    ]


def _hold_lines(found: Iterable[HoldRow]) -> list[str]:
    return [
        f"{one.id}  {one.state}  {one.covers}: {one.reason} (asked by {one.placed_by}"
        + (f", confirmed by {one.confirmed_by})" if one.confirmed_by else ")")
        for one in found
    ]
