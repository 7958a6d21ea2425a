"""Which role carries which permission in the console: the written policy on access by personnel, as a table.

Source: OFFSET-8.2:data-by-purpose, OFFSET-8.2:only-as-necessary. What a role may do within a permission (start runs
above a size, in this program) is decided by the rules of the rooms, with their clauses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from harborline.workforce.facts import StaffRole

_EVERYONE = frozenset({"home:read", "law:read", "account:read", "account:change"})
_READS_NOTICES = frozenset({"notices:read", "messages:read"})
_WORKS_WITH_PEOPLE = frozenset(
    {"participants:read", "participants:find", "consent:read", "consent:record", "texts:read", "texts:open"}
)
_PROPOSES = frozenset({"wording:propose"})
_RECORDS = frozenset({"records:read", "records:steer", "records:approve", "records:export"})
_STARTS = frozenset({"notices:start", "notices:steer"})

PERMISSIONS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        StaffRole.STATE_OPERATOR: _EVERYONE
        | _READS_NOTICES
        | _STARTS
        | _PROPOSES
        | _RECORDS
        | {"notices:approve", "wording:approve", "on-call:steer", "imports:read", "vendors:read", "vendors:steer"},
        StaffRole.SUPERVISOR: _EVERYONE
        | _READS_NOTICES
        | _STARTS
        | _PROPOSES
        | _RECORDS
        | _WORKS_WITH_PEOPLE
        | {"notices:approve", "on-call:steer", "imports:read", "vendors:read"},
        StaffRole.CASE_MANAGER: _EVERYONE | _READS_NOTICES | _WORKS_WITH_PEOPLE | _PROPOSES,
        StaffRole.CLINIC_STAFF: _EVERYONE | _READS_NOTICES | _WORKS_WITH_PEOPLE | _STARTS | _PROPOSES,
        StaffRole.SECURITY_OFFICER: _EVERYONE | _RECORDS | {"imports:read", "vendors:read", "vendors:steer"},
        StaffRole.AUDITOR: _EVERYONE
        | _READS_NOTICES
        | {"records:read", "records:approve", "records:export", "imports:read", "vendors:read"},
    }
)


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Everything the roles together carry; an unknown role carries nothing."""
    return frozenset().union(*(PERMISSIONS.get(role, frozenset()) for role in roles))
