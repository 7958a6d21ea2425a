"""Protecting somebody: at once, with reason and source; the federal case registry hears of it in five business days."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from tests.rooms.disclosure.desk import MANAGER, STATE, SUPERVISOR, as_worker, opened, protect, who, worker
from tests.rooms.town import NC, as_state

from harborline.disclosure.facts import Kin
from harborline.disclosure.models import Look, RegistryTask
from harborline.disclosure.registry.business_days import after_business_days
from harborline.disclosure.selectors import registry_tasks
from harborline.disclosure.services import check_enforcement, close_task, declare_kin, open_expired, protect_person
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.people.facts import HeldName, ProtectionKind, ProtectionReason
from harborline.people.models import Participant, Protection
from harborline.people.selectors import protections_of
from harborline.people.services import end_protection, record_protection


class TestTheRegistrysTasks:
    """Each county tells of its own people."""

    def test_of_another_county_are_neither_seen_nor_closed(self, town: Path) -> None:
        """Otto is protected in Durham: in Wake nobody learns of it or closes it; the state sees both."""
        protect("P-5", by="dev")
        protect("P-2")
        with as_state():
            theirs = next(one.id for one in registry_tasks() if one.person_id == _person("P-5"))
            assert len(registry_tasks()) == 2
        with as_worker("cora"):
            assert [one.person_id for one in registry_tasks()] == [_person("P-2")]
            with pytest.raises(NotFound):
                close_task(theirs)

    def test_of_a_person_of_two_counties_stand_in_both(self, town: Path) -> None:
        """Ana lives on a case of each."""
        protect("P-1")
        for name in ("cora", "dev"):
            with as_worker(name):
                assert len(registry_tasks()) == 1


def _person(number: str) -> UUID:
    with as_state():
        return Participant.objects.get(external_id=number).person_id


class TestAProtection:
    """Recorded by whoever works with the person."""

    @pytest.mark.clause("OFFSET-8.1:protective-order", shows="keeps")
    def test_opens_the_registrys_task_due_in_five_business_days(self, town: Path) -> None:
        """Added, then ended by a supervisor: two tasks, each closed once."""
        made = protect("P-1")
        with as_state():
            (task,) = registry_tasks()
            assert (task.change, task.overdue) == ("added", False)
            opened_on = task.opened_at.astimezone(ZoneInfo("America/New_York")).date()
            assert task.due_date == after_business_days(opened_on, 5)
        with as_worker("eli"):
            end_protection(made, because="the order was lifted", roles=SUPERVISOR)
            added, ended = sorted(registry_tasks(), key=lambda one: one.change)
            assert (added.change, ended.change) == ("added", "ended")
            close_task(added.id)
            with pytest.raises(NotFound):
                close_task(added.id)
            assert [one.change for one in registry_tasks()] == ["ended"]

    def test_keeps_its_reason_source_and_who_recorded_it(self, town: Path) -> None:
        """A supervisor reads it later."""
        protect("P-1")
        with as_worker("eli"):
            (kept,) = protections_of(Participant.objects.get(external_id="P-1").person_id)
        assert (kept.kind, kept.reason, kept.source) == ("fvi", "agency-decision", "told at intake")
        assert kept.by_staff
        assert kept.recorded_by == f"worker:{worker('cora').id}"

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_is_not_recorded_for_oneself_or_ones_family(self, town: Path) -> None:
        """Cora said that Ben is her brother: she does not take him out of enforcement, a colleague can."""
        with as_worker("cora"):
            declare_kin(who("P-2"), Kin.FAMILY)
        with as_worker("cora"), pytest.raises(Refused, match="own-or-family-protection"), transaction.atomic():
            protect_person(
                who("P-2"), ProtectionKind.FVI, reason=ProtectionReason.GOOD_CAUSE, source="he said so", roles=MANAGER
            )
        with as_state():
            assert not Protection.objects.exists()

    @pytest.mark.clause("OFFSET-8.1:harm", shows="allows")
    def test_is_recorded_at_once_for_somebody_who_calls(self, town: Path) -> None:
        """Ned has no tie to Ana; he protects her, and is asked the next day why he looked."""
        with as_worker("ned"):
            protect_person(
                who("P-1"), ProtectionKind.FVI, reason=ProtectionReason.GOOD_CAUSE, source="she called", roles=MANAGER
            )
        with as_state():
            assert Protection.objects.count() == 1
            look = Look.objects.get()
            assert (look.page, look.tie) == ("protect", "")

    def test_is_not_ended_by_who_recorded_it_nor_by_a_case_manager(self, town: Path) -> None:
        """Nor without a reason."""
        made = protect("P-1", by="eli")
        with as_worker("cora"), pytest.raises(Refused, match="role-may-not-end-protection"), transaction.atomic():
            end_protection(made, because="it is over", roles=MANAGER)
        with as_worker("eli"), pytest.raises(Refused, match="same-person"), transaction.atomic():
            end_protection(made, because="it is over", roles=SUPERVISOR)
        with as_worker("sol"), pytest.raises(Invalid), transaction.atomic():
            end_protection(made, because=" ", roles=SUPERVISOR)

    def test_that_ran_out_by_itself_is_told_to_the_registry_too(self, town: Path) -> None:
        """Once, however often the hourly task looks."""
        now = clock.now()
        with as_worker("cora"):
            made = record_protection(
                who("P-1"), ProtectionKind.PROTECTIVE_ORDER, reason=ProtectionReason.PROTECTION_ORDER, source="26-CV-1",
                roles=MANAGER, until_at=now + timedelta(days=1),
            )  # fmt: skip
        with as_state():
            Protection.objects.filter(id=made).update(until_at=now - timedelta(minutes=1))
        assert open_expired(NC) == 1
        assert open_expired(NC) == 0
        with as_state():
            assert set(RegistryTask.objects.values_list("change", flat=True)) == {"added", "expired"}

    def test_that_ended_opens_whereabouts_again(self, town: Path) -> None:
        """To the case's own worker."""
        made = protect("P-1")
        assert opened("cora", "P-1", HeldName.ADDRESS).value is None
        with as_worker("eli"):
            end_protection(made, because="the order was lifted", roles=SUPERVISOR)
        assert opened("cora", "P-1", HeldName.ADDRESS).value == "12 Elm St, Raleigh"

    def test_takes_the_person_out_of_automatic_enforcement(self, town: Path) -> None:
        """Ben is protected himself; Otto is not, and is not on a case with him."""
        protect("P-2")
        with as_state():
            decided = check_enforcement(["P-2", "P-5", "P-404"], roles=STATE)
            assert decided == [("P-2", "refuse"), ("P-5", "allow"), ("P-404", "not-here")]
            with pytest.raises(Refused, match="role-may-not-check"), transaction.atomic():
                check_enforcement(["P-2"], roles=SUPERVISOR)
