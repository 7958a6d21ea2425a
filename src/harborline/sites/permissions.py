"""Which role carries which permission in the console: the written policy on access by personnel, as a table.

Source: OFFSET-8.2:data-by-purpose, OFFSET-8.2:only-as-necessary. What a role may do within a permission (start runs
above a size, in this program) is decided by the rules of the rooms, with their clauses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from harborline.workforce.facts import StaffRole

_EVERYONE = frozenset({"home:read", "law:read", "account:read", "account:change", "incidents:report"})
_READS_NOTICES = frozenset({"notices:read", "messages:read"})
_WORKS_WITH_PEOPLE = frozenset(
    {"participants:read", "participants:find", "consent:read", "consent:record", "texts:read", "texts:open"}
    | {"contact:read", "contact:answer", "desk:read", "desk:sign"}
)
_PROPOSES = frozenset({"wording:propose"})
_RECORDS = frozenset({"records:read", "records:steer", "records:approve", "records:export"})
_STEERS_FILES = frozenset({"exchange:read", "exchange:steer"})
_OPENS = frozenset(
    {"fields:read", "fields:open", "fields:write", "protections:record", "releases:read", "releases:ask"}
)
_SAFEGUARDS = frozenset({"safeguards:read", "safeguards:review", "releases:read", "releases:approve"})
_PAPERS = frozenset({"papers:read", "papers:settle", "papers:bring", "papers:original", "papers:standing"})
_PENALISES = frozenset({"penalties:read", "penalties:propose"})
_ANSWERS_INCIDENTS = frozenset({"incidents:read", "incidents:steer", "penalties:decide"})
_COVERS = frozenset({"covers:read", "covers:ask", "duties:read", "duties:keep"})
_STARTS = frozenset({"notices:start", "notices:steer"})

PERMISSIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        StaffRole.STATE_OPERATOR: _EVERYONE
        | _STEERS_FILES
        | {"exchange:open"}
        | _READS_NOTICES
        | _STARTS
        | _PROPOSES
        | _RECORDS
        | _SAFEGUARDS
        | {"messages:prove", "policy:write", "notices:approve", "wording:approve", "on-call:steer", "imports:read"}
        | {"vendors:read", "vendors:steer"}
        | _PENALISES
        | _ANSWERS_INCIDENTS
        | _COVERS
        | {"covers:steer", "workers:read", "resets:decide", "duties:steer", "papers:standing"},
        StaffRole.SUPERVISOR: _EVERYONE
        | _STEERS_FILES
        | _READS_NOTICES
        | _STARTS
        | _PROPOSES
        | _RECORDS
        | _WORKS_WITH_PEOPLE
        | _OPENS
        | _SAFEGUARDS
        | {"messages:prove", "notices:approve", "on-call:steer", "imports:read", "vendors:read"}
        | _PAPERS
        | _PENALISES
        | _COVERS
        | {"covers:steer", "workers:read", "resets:decide"},
        StaffRole.CASE_MANAGER: _EVERYONE
        | _READS_NOTICES
        | _WORKS_WITH_PEOPLE
        | _PROPOSES
        | _OPENS
        | _PAPERS
        | _COVERS,
        StaffRole.CLINIC_STAFF: _EVERYONE
        | _READS_NOTICES
        | _WORKS_WITH_PEOPLE
        | _STARTS
        | _PROPOSES
        | _OPENS
        | _PAPERS
        | _COVERS,
        StaffRole.SECURITY_OFFICER: _EVERYONE
        | _STEERS_FILES
        | _RECORDS
        | _SAFEGUARDS
        | _PENALISES
        | _ANSWERS_INCIDENTS
        | _COVERS
        | {"policy:write", "imports:read", "vendors:read", "vendors:steer"}
        | {"workers:read", "workers:steer", "resets:decide", "covers:steer", "duties:steer", "papers:standing"},
        # Of people an auditor reads what the lot drew, and no list.
        StaffRole.AUDITOR: _EVERYONE
        | {"exchange:read"}
        | {"records:read", "imports:read", "vendors:read", "audit:read", "audit:draw"}
        | {"workers:read", "covers:read", "duties:read"},
    }
)


def roles_with(permission: str) -> frozenset[str]:
    """The roles that carry a permission."""
    return frozenset(role for role, carried in PERMISSIONS.items() if permission in carried)


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything the roles together carry; an unknown role carries nothing."""
    return frozenset().union(*(PERMISSIONS.get(role, frozenset()) for role in roles))
