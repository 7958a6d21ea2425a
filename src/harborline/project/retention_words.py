"""What `harborline retention` reads and says, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from harborline.kernel import Invalid
from harborline.law import profile, profiles
from harborline.law.schedules import Schedule, Series, every_schedule
from harborline.messaging.words.numbers import e164
from harborline.retention.certified import verify_certificate
from harborline.retention.facts import HoldScope


def day(written: str, where: str) -> date:
    """A day as it is typed; raises `Invalid`."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise Invalid("is not a day such as 2026-01-31", where) from None


def midnight(program: str, written: str, where: str) -> datetime | None:
    """The beginning of a day in the program's own zone; None for nothing typed."""
    if not written:
        return None
    zone = ZoneInfo(profile(program).zones[0])
    return datetime.combine(day(written, where), time(), tzinfo=zone).astimezone(UTC)


def scope(program: str, *, person: str, case: str, number: str, series: str, since: str, until: str) -> HoldScope:
    """What a hold is to cover, as typed."""
    return HoldScope(
        person=person.strip(),
        case=case.strip(),
        number=e164(number, allow_fictional=True) if number else "",
        series=series.strip(),
        from_at=midnight(program, since, "--from"),
        until_at=midnight(program, until, "--to"),
    )


def certificate_lines(file: Path, vkey: str) -> list[str]:
    """What a certificate proves, as lines; raises `Invalid` for what cannot be read, `Differs` for a wrong one."""
    try:
        content = file.read_bytes()
        line = Path(vkey).read_text(encoding="utf-8") if Path(vkey).is_file() else vkey
    except (OSError, UnicodeDecodeError):
        raise Invalid("cannot be read", str(file)) from None
    found = verify_certificate(content, line)
    return [
        f"log          {found.origin}, {found.size} entries",
        f"recorded     {found.recorded_at}",
        *(f"{name:<12} {value}" for name, value in sorted(found.content.items())),
    ]


def schedule_facts(program: str, mode: str) -> dict[str, Any]:
    """The schedules asked for, as JSON; raises `Invalid` when there is none such."""
    found = [one for one in every_schedule() if program in {"", one.program} and mode in {"", one.mode.value}]
    if not found:
        raise Invalid("there is no such schedule", "--program" if program else "--mode")
    return {"schedules": [_schedule(one) for one in found]}


def _schedule(one: Schedule) -> dict[str, Any]:
    known = profiles()
    return {
        "program": one.program,
        "mode": one.mode.value,
        "version": one.version,
        "default": one.program in known and known[one.program].retention.texts == one.mode.value,
        "title": one.title,
        "effective": one.effective.isoformat(),
        "approved_by": one.approved_by,
        "fiscal_year_starts": "{:02}-{:02}".format(*one.fiscal_year_starts),
        "sha256": one.sha256,
        "series": [_series(each) for each in one.series],
    }


def _series(one: Series) -> dict[str, Any]:
    terms = [{**asdict(term), "period": str(term.period)} for term in one.terms]
    return {
        "series": one.key,
        "code": one.code,
        "title": dict(one.title),
        "copy": one.copy.value,
        "hold": one.hold,
        "action": one.action,
        "approver": one.approver,
        "automatic": one.automatic,
        "clause": one.clause,
        "authority": one.authority,
        "terms": terms,
    }


def schedule_lines(facts: Mapping[str, Any]) -> list[str]:
    """The schedules as lines for people."""
    lines: list[str] = []
    for one in facts["schedules"]:
        default = ", the default" if one["default"] else ""
        lines += [f"{one['program']} {one['mode']} version {one['version']}{default}: {one['title']}"]
        lines += [f"  in force from {one['effective']}; approved by: {one['approved_by']}"]
        for series in one["series"]:
            lines += [f"  {series['series']} ({series['code']}): {series['title']['en']}; {_fate(series)}"]
            lines += [
                f"    {term['limit']} {term['period']} after {term['trigger']}: {term['authority']}"
                for term in series["terms"]
            ]
        lines += [""]
    return lines[:-1]


def _fate(series: Mapping[str, Any]) -> str:
    if series["action"] == "never":
        return "never destroyed"
    word = "hidden" if series["action"] == "hide" else "destroyed"
    return f"{word} by itself" if series["automatic"] else f"{word}, approved by the {series['approver']}"
