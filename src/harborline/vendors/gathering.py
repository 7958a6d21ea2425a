"""The facts of lives, gathered from their rows; inside `walls.acting` of the program."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from harborline.kernel import clock
from harborline.vendors.facts import (
    ClearanceFacts,
    FtiStanding,
    Hit,
    LifeFacts,
    ScreeningStanding,
    StepFacts,
    StepKind,
    TaxField,
)
from harborline.vendors.life.answers import TENTH
from harborline.vendors.life.rules import stands
from harborline.vendors.listkeeping import entry_digest, in_force, screener
from harborline.vendors.models import Clearance, Engagement, ScreeningRecord, Step, Vendor
from harborline.vendors.screening.facts import ScreeningList
from harborline.vendors.screening.identifiers import identifiers
from harborline.vendors.screening.lists import requirements_of
from harborline.vendors.screening.matching import Screener

_DEEPEST = 5


def lives(program: str, *, only: Iterable[uuid.UUID] | None = None, now: datetime | None = None) -> list[LifeFacts]:
    """The lives of a program's engagements, or of `only` some of them, newest first."""
    return Gatherer(program, now or clock.now()).lives(only)


class Gatherer:
    """Gathers lives with few questions: lists, steps, screenings and clearances are asked for once."""

    def __init__(self, program: str, now: datetime) -> None:
        self._program, self._now = program, now
        self._wants = requirements_of(program)
        lists = in_force()
        self._lists = {name: lists[name] for name in self._wants.lists if name in lists}
        self._missing = tuple(name for name in self._wants.lists if name not in lists)
        self._screener = screener(self._lists)

    @property
    def lists(self) -> Mapping[str, ScreeningList]:
        """The lists in force that this program screens against."""
        return self._lists

    def lives(self, only: Iterable[uuid.UUID] | None, depth: int = 0) -> list[LifeFacts]:
        """The lives; `depth` counts how many companies stand between this one and the program."""
        rows = Engagement.objects.filter(program=self._program).select_related("vendor").order_by("-drafted_at")
        found = list(rows if only is None else rows.filter(id__in=list(only)))
        ids = [row.id for row in found]
        steps, screened = self._steps(ids), self._screened(ids)
        under = self._under(ids, depth)
        cleared = self._clearances({row.vendor_id for row in found})
        return [
            self._life(row, steps[row.id], screened.get(row.id), cleared[row.vendor_id], under[row.id]) for row in found
        ]

    def _life(
        self,
        row: Engagement,
        steps: tuple[StepFacts, ...],
        screened_at: datetime | None,
        cleared: list[ClearanceFacts],
        under: dict[str, bool],
    ) -> LifeFacts:
        life = LifeFacts(
            id=row.id,
            vendor=row.vendor.key,
            name=row.vendor.name,
            program=row.program,
            purposes=tuple(row.purposes),
            elements=tuple(row.data_elements),
            steps=steps,
            screening=ScreeningStanding(),
            memorandum=self._wants.memorandum,
            checks=self._wants.checks,
            recertify_days=self._wants.recertify_days,
            lists=self._wants.lists,
            subprocessors=under,
            fti=tax_standing(steps),
            free_service=row.vendor.free_service,
            simulated=row.vendor.simulated,
            under=row.under_id,
        )
        return replace(life, screening=self.standing(row.vendor, life, screened_at, cleared))

    def standing(
        self, vendor: Vendor, life: LifeFacts, screened_at: datetime | None, cleared: Iterable[ClearanceFacts]
    ) -> ScreeningStanding:
        """What screening says today: every hit of the lists in force, less what a reviewer cleared."""
        digest = vendor_digest(vendor.name, vendor.identifiers, owners_of(life))
        newest = {one.entry: one for one in sorted(cleared, key=lambda one: one.at) if one.vendor_digest == digest}
        hits = hits_of(self._screener, vendor.name, vendor.identifiers, owners_of(life))
        sorted_hits: dict[str, list[Hit]] = {"open": [], "cleared": [], "confirmed": []}
        for hit in hits:
            sorted_hits[self._about(newest.get(hit.entry))].append(hit)
        return ScreeningStanding(
            open_hits=tuple(sorted_hits["open"]),
            cleared=tuple(sorted_hits["cleared"]),
            confirmed=tuple(sorted_hits["confirmed"]),
            missing=self._missing,
            screened_at=screened_at,
            clears_until=min((newest[hit.entry].expires_on for hit in sorted_hits["cleared"]), default=None),
        )

    def _about(self, decided: ClearanceFacts | None) -> str:
        if decided is None or decided.entry_digest != entry_digest(decided.entry, self._lists):
            return "open"
        if decided.confirmed:
            return "confirmed"
        return "cleared" if self._now.date() < decided.expires_on else "open"

    def _steps(self, ids: list[uuid.UUID]) -> dict[uuid.UUID, tuple[StepFacts, ...]]:
        found: dict[uuid.UUID, list[StepFacts]] = defaultdict(list)
        for row in Step.objects.filter(program=self._program, engagement_id__in=ids).order_by("at", "id"):
            found[row.engagement_id].append(StepFacts(StepKind(row.kind), row.on_date, row.at, row.by, row.detail))
        return defaultdict(tuple, {key: tuple(value) for key, value in found.items()})

    def _screened(self, ids: list[uuid.UUID]) -> dict[uuid.UUID, datetime]:
        rows = ScreeningRecord.objects.filter(program=self._program, engagement_id__in=ids).order_by("at")
        return dict(rows.values_list("engagement_id", "at"))

    def _clearances(self, vendors: set[uuid.UUID]) -> dict[uuid.UUID, list[ClearanceFacts]]:
        found: dict[uuid.UUID, list[ClearanceFacts]] = defaultdict(list)
        for row in Clearance.objects.filter(program=self._program, vendor_id__in=vendors).order_by("at"):
            found[row.vendor_id].append(
                ClearanceFacts(
                    row.entry, row.confirmed, row.vendor_digest, row.entry_digest, row.expires_date, row.by, row.reason,
                    row.at,
                )
            )  # fmt: skip
        return found

    def _under(self, ids: list[uuid.UUID], depth: int) -> dict[uuid.UUID, dict[str, bool]]:
        rows = Engagement.objects.filter(program=self._program, under_id__in=ids).values_list("id", "under_id")
        parents: dict[uuid.UUID, uuid.UUID | None] = dict(rows)
        found: dict[uuid.UUID, dict[str, bool]] = defaultdict(dict)
        if not parents or depth >= _DEEPEST:
            return found
        for life in self.lives(parents, depth + 1):
            parent = parents[life.id]
            live = stands(life=life, now=self._now).allowed
            if parent is not None and (live or not found[parent].get(life.name)):
                found[parent][life.name] = live
        return found


def tax_standing(steps: Iterable[StepFacts]) -> FtiStanding:
    """Where a contractor stands with federal tax information, from the steps about it."""
    newest: dict[StepKind, StepFacts] = {}
    fields: dict[str, TaxField] = {}
    for step in steps:
        newest[step.kind] = step
        if step.kind is StepKind.TAX_FIELD:
            held = step.detail
            fields[held["element"]] = TaxField(
                held["element"], held["legal_basis"], _day(held["from"]), _day(held["until"])
            )
    contract = newest.get(StepKind.CONTRACTED)
    return FtiStanding(
        fields=tuple(fields.values()),
        notified_on=_on(newest.get(StepKind.TAX_NOTICE)),
        visited_on=_on(newest.get(StepKind.TAX_VISIT)),
        certified_on=_on(newest.get(StepKind.TAX_CERTIFIED)),
        contract_from=_on(contract),
        contract_until=_day(contract.detail["until"]) if contract else None,
    )


def owners_of(life: LifeFacts) -> tuple[str, ...]:
    """The names of those who hold more than a tenth, as last answered."""
    answers = life.last(StepKind.ANSWERED)
    found = answers.detail.get("owners", ()) if answers is not None else ()
    return tuple(sorted(one["name"] for one in found if float(one["percent"]) > TENTH))


def vendor_digest(name: str, given: Mapping[str, Any], owners: Iterable[str]) -> str:
    """SHA-256 (hex) of what a reviewer looked at: name, identifiers, owners."""
    said = {"name": name, "identifiers": sorted(map(list, identifiers(given))), "owners": sorted(owners)}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def hits_of(compared: Screener, name: str, given: Mapping[str, Any], owners: tuple[str, ...]) -> Iterator[Hit]:
    """Every hit of the company itself, and of each owner under the owner's name."""
    yield from _screened(compared, name, identifiers(given))
    for owner in owners:
        for hit in _screened(compared, owner, frozenset()):
            yield replace(hit, why=f"owner {owner}: {hit.why}", owner=owner)


@lru_cache(maxsize=4096)
def _screened(compared: Screener, name: str, given: frozenset[tuple[str, str]]) -> tuple[Hit, ...]:
    return compared.screen(name, given).hits


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _on(step: StepFacts | None) -> date | None:
    return None if step is None else step.on
