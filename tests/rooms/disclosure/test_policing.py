"""The written policy: proposed by one, approved by another, in force from its day on."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, transaction
from tests.rooms.disclosure.desk import MANAGER, OFFICER, SSN, STATE, as_worker, opened
from tests.rooms.town import NC, as_state

from harborline.disclosure.facts import FieldState
from harborline.disclosure.models import PolicyVersion
from harborline.disclosure.selectors import field_lines, policy_in_force, policy_text, policy_versions, purposes_of
from harborline.disclosure.services import approve_policy, propose_policy
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.people.facts import HeldName


def masked_numbers() -> str:
    """The shipped policy with every clear identity number masked, from today on."""
    today = clock.now().astimezone(ZoneInfo("America/New_York")).date().isoformat()
    text = policy_text(NC).replace("effective = 2026-01-01", f"effective = {today}")
    parts = text.split("[[row]]")
    return "[[row]]".join(
        part.replace('state = "clear"', 'state = "masked"') if '"identity-number"' in part else part for part in parts
    )


class TestAVersion:
    """Of the policy on fields."""

    def test_holds_once_another_person_approved_it(self, town: Path) -> None:
        """Olga writes it, Sol approves it; from then on the number opens with its last four signs."""
        with as_worker("olga"):
            version = propose_policy(masked_numbers(), because="the last four signs are enough", roles=STATE)
            assert policy_in_force(NC).version == 0
            with pytest.raises(Refused, match="same-person"), transaction.atomic():
                approve_policy(version, roles=STATE)
        assert opened("cora", "P-1").value == SSN
        with as_worker("sol"):
            approve_policy(version, roles=OFFICER)
            assert policy_in_force(NC).version == 1
            (row,) = policy_versions(NC)
            assert (row.proposed_by, row.approved_by) == ("W-OLGA", "W-SOL")
            with pytest.raises(NotFound):
                approve_policy(version, roles=OFFICER)
        found = opened("cora", "P-1")
        assert (found.value, found.state) == ("•••••••1234", FieldState.MASKED)

    @pytest.mark.clause("NC-CSS-22-18:state-owned-data", shows="keeps")
    def test_is_written_by_those_who_keep_it_only(self, town: Path) -> None:
        """Cora does not write her own access."""
        with as_worker("cora"), pytest.raises(Refused, match="role-may-not-write-policy"):
            propose_policy(masked_numbers(), because="easier", roles=MANAGER)

    @pytest.mark.parametrize("wrong", ['state = "open"', 'state = "clear"\nmore = 1'])
    def test_that_cannot_be_used_is_refused_with_its_row(self, wrong: str, town: Path) -> None:
        """An unknown state, or a key nobody knows."""
        with as_worker("olga"), pytest.raises(Invalid, match="row 1"), transaction.atomic():
            propose_policy(policy_text(NC).replace('state = "clear"', wrong, 1), because="try", roles=STATE)

    def test_never_changes_afterwards(self, town: Path) -> None:
        """Not even by the database's own language."""
        with as_worker("olga"):
            propose_policy(masked_numbers(), because="the last four signs are enough", roles=STATE)
            with pytest.raises(DatabaseError), transaction.atomic():
                PolicyVersion.objects.update(content="effective = 2026-01-01")

    def test_names_the_same_fields_for_every_person(self, town: Path) -> None:
        """What is listed depends on purpose and role alone."""
        with as_state():
            listed = {line.field: line.state for line in field_lines("customer-service", MANAGER)}
            assert listed[HeldName.SSN] is FieldState.MASKED
            assert listed[HeldName.ADDRESS] is FieldState.HIDDEN
            assert HeldName.OFFSET not in listed
            assert "audit" not in dict(purposes_of(MANAGER))
