"""Writing a value down: what counts at once, and what counts when two people wrote down the same."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from django.db import transaction
from tests.rooms.disclosure.desk import as_worker, opened, protect, who, worker
from tests.rooms.town import NC, as_state

from harborline.disclosure.models import SecondWord
from harborline.disclosure.selectors import second_words
from harborline.disclosure.services import write_value
from harborline.kernel import Invalid, Refused, clock
from harborline.people.facts import HeldName, Source
from harborline.workforce.places import Team, TeamPlace


@pytest.fixture
def team(town: Path) -> None:
    """Cora and Ned work in one team."""
    with as_state():
        made = Team.objects.create(program=NC, county="37183", name="Intake", created_at=clock.now())
        for name in ("cora", "ned"):
            TeamPlace.objects.create(team=made, worker=worker(name), from_at=clock.now())


def write(name: str, number: str, field: HeldName, value: str, source: Source = Source.PARTICIPANT) -> UUID | None:
    """One of the cast writes a value down."""
    found = who(number)
    with as_worker(name), transaction.atomic():
        return write_value(found, field, value, source=source)


@pytest.mark.usefixtures("team")
class TestWhereSomebodyIs:
    """Address, employer, school."""

    @pytest.mark.clause("OFFSET-8.1:harm", shows="keeps")
    def test_tells_nobody_who_is_protected_by_a_value_made_up(self) -> None:
        """Cora writes a made-up employer for Ana, who is protected, and for Ben: both open as they did before."""
        protect("P-1", by="eli")
        for number in ("P-1", "P-2"):
            before = opened("cora", number, HeldName.SCHOOL)
            assert write("cora", number, HeldName.SCHOOL, "Acme High") is None
            after = opened("cora", number, HeldName.SCHOOL)
            assert (before.value, before.source) == (after.value, after.source) == (None, "")

    def test_counts_once_somebody_else_wrote_the_same(self) -> None:
        """Commas and capitals make no difference; who told it does."""
        assert write("cora", "P-2", HeldName.EMPLOYER, "Acme Works, Raleigh") is None
        assert write("cora", "P-2", HeldName.EMPLOYER, "Acme Works, Raleigh") is None
        assert write("ned", "P-2", HeldName.EMPLOYER, "Acme Works Raleigh", Source.EMPLOYER) is None
        assert write("ned", "P-2", HeldName.EMPLOYER, "acme works  raleigh") is not None
        assert opened("cora", "P-2", HeldName.EMPLOYER).value == "acme works  raleigh"
        with as_worker("cora"):
            assert second_words(who("P-2")) == []

    def test_does_not_count_when_the_other_wrote_something_else(self) -> None:
        """Both wait, and both stand on the list; the value itself is kept nowhere."""
        write("cora", "P-2", HeldName.ADDRESS, "1 Main St, Raleigh")
        write("ned", "P-2", HeldName.ADDRESS, "7 Main St, Raleigh")
        with as_worker("cora"):
            listed = second_words()
            assert [(one.field, one.who) for one in listed] == [("address", "W-NED"), ("address", "W-CORA")]
            assert all(b"Main" not in bytes(one.digest) for one in SecondWord.objects.all())
        assert opened("cora", "P-2", HeldName.ADDRESS).value == "9 Oak St, Raleigh"

    def test_is_written_by_who_works_with_the_person(self) -> None:
        """Fay does not."""
        with pytest.raises(Refused, match="no-tie-to-this-person"):
            write("fay", "P-2", HeldName.EMPLOYER, "Acme Works")


@pytest.mark.usefixtures("team")
class TestASocialSecurityNumber:
    """The number offset files are matched by."""

    @pytest.mark.clause("OFFSET-8.2:integrity", shows="refuses")
    @pytest.mark.parametrize(
        "said", ["abc", "123-45-678", "1234567890", "000-12-3456", "666-12-3456", "123-00-4567", "123-45-0000", ""]
    )
    def test_has_the_form_of_one(self, said: str) -> None:
        """Anything else is not taken."""
        with pytest.raises(Invalid):
            write("cora", "P-3", HeldName.SSN, said)

    def test_counts_at_once_where_there_was_none(self) -> None:
        """Kim had none on file; digits alone are written as everybody writes them."""
        assert write("cora", "P-3", HeldName.SSN, "900 00 4321") is not None
        assert opened("cora", "P-3").value == "900-00-4321"

    def test_is_not_replaced_by_one_person(self) -> None:
        """The former stands until a second person wrote down the same."""
        assert write("cora", "P-1", HeldName.SSN, "900-00-9999", Source.CASE_SYSTEM) is None
        assert opened("cora", "P-1").value == "900-00-1234"
        assert write("ned", "P-1", HeldName.SSN, "900009999", Source.CASE_SYSTEM) is not None
        assert opened("cora", "P-1").value == "900-00-9999"


@pytest.mark.usefixtures("team")
class TestOtherValues:
    """Income, an address for letters."""

    def test_count_at_once(self) -> None:
        """They tell nobody where somebody is."""
        assert write("cora", "P-2", HeldName.INCOME, "41,000") is not None
        assert opened("cora", "P-2", HeldName.INCOME).value == "41,000"
