"""The version of the policy that holds now; the text of each is read once in a process."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from zoneinfo import ZoneInfo

from harborline.disclosure.facts import Policy
from harborline.disclosure.models import PolicyVersion
from harborline.disclosure.policy import read, shipped
from harborline.disclosure.rules import in_force
from harborline.law import profile
from harborline.walls.cursor import bulk_cursor

# Without the texts, which never change.
_VERSIONS = """
SELECT v.number, v.sha256, v.proposed_by, coalesce(a.approved_by, '')
  FROM disclosure_policyversion v LEFT JOIN disclosure_policyapproval a ON a.version_id = v.id
 WHERE v.program = %b ORDER BY v.number
"""
# Versions never change, so each is read from its text once in a process.
_READ: dict[str, Policy] = {}


def versions_of(program: str) -> list[Policy]:
    """Every version of the program's policy, the one that ships first; approved ones name who approved them."""
    with bulk_cursor() as cursor:
        rows = cursor.execute(_VERSIONS, [program], binary=True).fetchall()
    return [shipped(program), *(_policy(program, *row) for row in rows)]


def policy_now(program: str, at: datetime) -> Policy:
    """The version in force at a moment: the newest approved one whose day has come, else the one that ships."""
    today = at.astimezone(ZoneInfo(profile(program).zones[0])).date()
    return in_force(versions=versions_of(program), today=today) or shipped(program)


def _policy(program: str, number: int, sha256: str, proposed_by: str, approved_by: str) -> Policy:
    if sha256 not in _READ:
        row = PolicyVersion.objects.get(program=program, number=number)
        _READ[sha256] = read(row.content, program=program, version=number)
    return dataclasses.replace(_READ[sha256], version=number, proposed_by=proposed_by, approved_by=approved_by)
