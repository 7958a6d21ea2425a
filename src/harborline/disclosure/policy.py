"""Read the written policy: the one that ships with the product, and versions written by the agency."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from harborline.disclosure.facts import GROUPS, TAX_GROUP, BulkGroup, FieldState, Policy, PolicyChange, PolicyRow
from harborline.kernel import Invalid
from harborline.law import clause

SHIPPED = 0
_GROUPS = frozenset(GROUPS.values()) | {TAX_GROUP} | frozenset(BulkGroup)
_ROLES = frozenset(
    {"state-operator", "supervisor", "case-manager", "clinic-staff", "security-officer", "auditor"}
)  # fmt: skip
_KEYS = frozenset({"purposes", "roles", "groups", "state", "because", "clause"})


@cache
def shipped(program: str) -> Policy:
    """The policy that comes with the product; raises `Invalid` for a program without one."""
    path = files("harborline.disclosure") / "policies" / f"{program}.toml"
    if not path.is_file():
        raise Invalid("program '{program}' has no policy of fields", "program", program=program)
    return read(path.read_text(encoding="utf-8"), program=program, version=SHIPPED)


def read(text: str, *, program: str, version: int) -> Policy:
    """One version, from TOML; raises `Invalid` naming the row that cannot be used and why."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise Invalid("is no TOML: {wrong}", "policy", wrong=wrong) from None
    purposes = _purposes(table.get("purposes"))
    effective = table.get("effective")
    if type(effective) is not date:
        raise Invalid("needs a day, such as 2026-12-01", "effective")
    rows = tuple(row for place, given in enumerate(_listed(table), 1) for row in _rows(given, f"row {place}", purposes))
    _once(rows)
    return Policy(program, version, effective, purposes, rows, _digest(program, effective, purposes, rows))


def _listed(table: Mapping[str, Any]) -> list[Any]:
    rows = table.get("row")
    if not isinstance(rows, list) or not rows:
        raise Invalid("has no [[row]]: a policy without rows opens nothing", "policy")
    return rows


def _purposes(found: object) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(found, Mapping) or not found:
        raise Invalid("needs a table [purposes] with words in en and es", "purposes")
    for name, words in found.items():
        if not isinstance(words, Mapping) or not {"en", "es"} <= set(words):
            raise Invalid("needs words in en and es", f"purposes.{name}")
    return found


def _rows(given: object, where: str, purposes: Mapping[str, Any]) -> list[PolicyRow]:
    if not isinstance(given, Mapping) or set(given) != _KEYS:
        raise Invalid("must have {known}, and nothing else", where, known=", ".join(sorted(_KEYS)))
    _known(given["purposes"], frozenset(purposes), f"{where}, purposes")
    _known(given["roles"], _ROLES, f"{where}, roles")
    _known(given["groups"], _GROUPS, f"{where}, groups")
    _known([given["state"]], frozenset(FieldState), f"{where}, state")
    because, cites = str(given["because"]).strip(), str(given["clause"])
    if not because:
        raise Invalid("must say why", f"{where}, because")
    clause(cites)
    state = FieldState(given["state"])
    return [
        PolicyRow(purpose, role, group, state, because, cites)
        for purpose in given["purposes"]
        for role in given["roles"]
        for group in given["groups"]
    ]


def _known(values: object, known: frozenset[str], where: str) -> None:
    if not isinstance(values, list) or not values or not all(isinstance(one, str) and one in known for one in values):
        raise Invalid("must be one or several of {known}", where, known=", ".join(sorted(known)))


def _once(rows: tuple[PolicyRow, ...]) -> None:
    seen: set[tuple[str, str, str]] = set()
    for row in rows:
        key = (row.purpose, row.role, row.group)
        if key in seen:
            raise Invalid(
                "{purpose}, {role}, {group} is there twice",
                "policy",
                purpose=row.purpose,
                role=row.role,
                group=row.group,
            )
        seen.add(key)


def _digest(program: str, effective: date, purposes: Mapping[str, Any], rows: tuple[PolicyRow, ...]) -> str:
    content = {
        "program": program,
        "effective": effective.isoformat(),
        "purposes": purposes,
        "rows": sorted([row.purpose, row.role, row.group, row.state.value, row.because, row.clause] for row in rows),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def changes(before: Policy, after: Policy) -> list[PolicyChange]:
    """What a version says otherwise than another, by purpose, role and group; a new reason counts as a change."""
    old, new = ({(row.purpose, row.role, row.group): row for row in one.rows} for one in (before, after))
    return [
        PolicyChange(*key, old.get(key), new.get(key)) for key in sorted({*old, *new}) if old.get(key) != new.get(key)
    ]


def shipped_text(program: str) -> str:
    """The text of the policy that comes with the product, to begin the agency's own from."""
    return (files("harborline.disclosure") / "policies" / f"{program}.toml").read_text(encoding="utf-8")
