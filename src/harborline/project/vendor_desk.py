"""What `harborline vendors` does with the database, as the worker who acts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from harborline.kernel import Invalid, Refused, clock, refuse
from harborline.project.actors import Acting
from harborline.sites.permissions import permissions_of
from harborline.vendors.facts import PURPOSES, LifeFacts
from harborline.vendors.screening.listfile import SIZE_MAX
from harborline.vendors.selectors import connector_may, deadlines, lists, next_step, state_of, vendor_lives
from harborline.vendors.services import import_list


def allowed(who: Acting, permission: str) -> Acting:
    """The worker, if their roles carry a permission of the console; raises `Refused`."""
    if permission not in permissions_of(who.roles):
        raise Refused(refuse("not-in-your-role").stamped("project.vendor_desk", ("OFFSET-8.2:systems-controls",)))
    return who


def standing(who: Acting) -> list[dict[str, Any]]:
    """Every vendor of the program: state, reason, next step, when its letter ends."""
    with who.acting("vendors"):
        return [_row(one) for one in vendor_lives()]


def _row(one: LifeFacts) -> dict[str, Any]:
    state, decision = state_of(life=one, now=clock.now())
    coming = next_step(one)
    return {
        "vendor": one.vendor,
        "name": one.name,
        "engagement": str(one.id),
        "state": state.value,
        "reason": "" if decision.allowed else decision.reason,
        "next": coming.value if coming else "",
        "purposes": list(one.purposes),
        "simulated": one.simulated,
    }


def ending(who: Acting, days: int) -> list[dict[str, Any]]:
    """What ends or falls due within so many days, the past included, the soonest first."""
    with who.acting("vendors"):
        found = deadlines(within=timedelta(days=days))
    return [{"on": one.on.isoformat(), "what": one.due.value, "name": one.name} for one in found]


def bring_in(who: Acting, path: Path) -> str:
    """Put a list file in force; answers what happened in words."""
    try:
        if path.stat().st_size > SIZE_MAX:
            raise Invalid(f"is larger than {SIZE_MAX // 1_000_000} MB", path.name)
        content = path.read_bytes()
    except OSError as error:
        raise Invalid(f"cannot be read: {error.strerror}", path.name) from None
    with who.acting("vendors"):
        brought = import_list(content, file_name=path.name)
    if brought is None:
        return "this version is in force already"
    return f"{brought.list_id} version {brought.version_date} is in force: {brought.row_count} rows"


def in_force(who: Acting) -> list[dict[str, Any]]:
    """The lists in force with what somebody brought in."""
    with who.acting("vendors"):
        found = lists()
    return [
        {"list": one.id, "title": one.title, "version": one.version.isoformat(), "rows": len(one.entries),
         "verified_on": one.verified_on.isoformat(), "sha256": one.sha256}
        for one in found.values()
    ]  # fmt: skip


def gate(who: Acting, connector: str, purpose: str, elements: list[str], fax_line: str) -> dict[str, Any]:
    """The gate's answer for a connector, with its clauses; raises `Invalid` for a purpose nobody knows."""
    if purpose not in PURPOSES:
        raise Invalid(f"'{purpose}' is none; there are {', '.join(PURPOSES)}", "--purpose")
    with who.acting("vendors"):
        decision = connector_may(
            connector, program=who.program, purpose=purpose, elements=elements, fax_line_label=fax_line or None
        )
    return {"outcome": decision.outcome.value, "reason": decision.reason, "clauses": list(decision.clauses)}
