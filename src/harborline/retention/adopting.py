"""Adopt a mode or version of the schedule, and tell events of a fiscal year."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from harborline.kernel import Invalid, NotFound, clock
from harborline.law import profile
from harborline.law.schedules import Mode, Trigger, versions
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.retention.acting import actor, insist
from harborline.retention.models import Adoption, ProgramEvent
from harborline.retention.rules import may_release, second_person
from harborline.walls import current

_YEARS = range(1990, 2200)


def adopt(mode: Mode, version: int, *, reason: str, roles: Collection[str]) -> Adoption:
    """Ask for a mode and version of this program's schedule; nothing changes before another person approves.

    Raises `Invalid` for a mode or version there is not, `Refused` for a role that may not.
    """
    program = current().program
    insist(may_release(roles=roles, kind=profile(program).kind))
    if not reason.strip():
        raise Invalid("say why", "--reason")
    found = [one for one in versions(program, mode) if one.version == version]
    if not found:
        raise Invalid("there is no version {version} in mode {mode}", "--version", version=version, mode=mode)
    if found[0].effective > clock.now().date():
        raise Invalid("takes effect on {effective}; adopt it then", "--version", effective=found[0].effective)
    content: dict[str, Json] = {"mode": mode.value, "version": version, "sha256": found[0].sha256, "reason": reason}
    return Adoption.objects.create(
        program=program,
        mode=mode.value,
        version=version,
        schedule_sha256=found[0].sha256,
        reason=reason[:200],
        asked_by=actor(),
        asked_at=clock.now(),
        entry_id=record("retention.schedule-asked", subject=f"program:{program}", content=content),
    )


def approve_adoption(adoption_id: uuid.UUID, *, reaches_back: bool, roles: Collection[str]) -> Adoption:
    """Put what somebody else asked for in force from now on; `reaches_back`: also for records made before.

    Without `reaches_back` nothing already kept is shortened. Raises `NotFound`, `Refused` for the same person or a
    role that may not, `Invalid` when it was approved before or the schedule's file changed since.
    Source: OFFSET-8.2:systems-controls.
    """
    program = current().program
    found = Adoption.objects.select_for_update().filter(id=adoption_id, program=program).first()
    if found is None:
        raise NotFound("no such adoption")
    insist(may_release(roles=roles, kind=profile(program).kind))
    insist(second_person(first=found.asked_by, second=actor()))
    if found.approved_at is not None:
        raise Invalid("was approved before", "adoption")
    chosen = next((one for one in versions(program, Mode(found.mode)) if one.version == found.version), None)
    if chosen is None or chosen.sha256 != found.schedule_sha256:
        raise Invalid("the schedule changed since it was asked for; ask again", "adoption")
    found.approved_by, found.approved_at, found.reaches_back = actor(), clock.now(), reaches_back
    found.save(update_fields=["approved_by", "approved_at", "reaches_back"])
    content: dict[str, Json] = {
        "adoption": str(found.id),
        "mode": found.mode,
        "version": found.version,
        "reaches_back": reaches_back,
    }
    record("retention.schedule-adopted", subject=f"program:{program}", content=content)
    return found


def tell_program_event(
    trigger: Trigger, fiscal_year: int, on_date: date, *, source: str, roles: Collection[str]
) -> None:
    """Tell what starts a clock for a whole fiscal year, such as the day the final expenditure report was submitted.

    `source` names the paper it stands in. Of several dates told for a year the latest counts. Raises `Invalid`.
    """
    program = current().program
    insist(may_release(roles=roles, kind=profile(program).kind))
    if not trigger.of_the_year:
        raise Invalid("is not an event of a fiscal year", "--event")
    if fiscal_year not in _YEARS:
        raise Invalid("is not a fiscal year", "--year")
    if not source.strip():
        raise Invalid("name the paper it stands in", "--source")
    if on_date > clock.now().date() and trigger is not Trigger.CONTROLLER_RELEASE:
        raise Invalid("lies in the future: tell it once it happened", "--on")
    content: dict[str, Json] = {
        "trigger": trigger.value,
        "year": fiscal_year,
        "on": on_date.isoformat(),
        "source": source,
    }
    ProgramEvent.objects.create(
        program=program,
        trigger=trigger.value,
        fiscal_year=fiscal_year,
        on_date=on_date,
        source=source[:200],
        told_by=actor(),
        told_at=clock.now(),
        entry_id=record("retention.year-event-told", subject=f"program:{program}", content=content),
    )
