"""The watch over the services fails when it should."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from tests.rooms import watch

from harborline.ledger.services import record, record_apart
from harborline.people.models import Office
from harborline.walls import ALL_COUNTIES, Actor, acting


def office(number: int) -> None:
    """Open an office without a word about it."""
    Office.objects.create(
        program="nc-css", code=f"o-{number}", county="37183", names={}, address="", phone="", zone="America/New_York"
    )


def quiet() -> None:
    """A service that changes a protected row and tells nobody."""
    with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        office(1)


def changing() -> None:
    """One that changes a row that was there."""
    with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        assert Office.objects.filter(program="nc-css").update(phone="+19195550100") == 1


def removing() -> None:
    """One that removes it."""
    with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        assert Office.objects.filter(program="nc-css").delete()[0] == 1


def undone() -> None:
    """One that takes back what it did."""
    with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"), transaction.atomic():
        office(1)
        transaction.set_rollback(True)


def honest() -> None:
    """One that leaves an entry."""
    with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        office(2)
        record("people.office-opened", subject="office:one", content={})


def apart() -> None:
    """One that leaves an entry on a connection of its own."""
    with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        office(3)
        record_apart("people.office-opened", subject="office:one", content={})


def idle() -> None:
    """One that changes nothing after all."""
    with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
        Office.objects.filter(code="nowhere").update(phone="+19195550100")


@pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="keeps")
@pytest.mark.usefixtures("db")
class TestTheWatch:
    """Around every service of every room."""

    def test_stands_before_many_doors(self) -> None:
        """They are found by themselves; a new one is watched from its first test on."""
        assert watch.watch_services() > 100

    @pytest.mark.parametrize("services", [(quiet,), (honest, changing), (honest, removing)])
    def test_fails_for_a_change_without_an_entry(self, services: tuple[Callable[[], None], ...]) -> None:
        """Added, changed, removed; what was recorded before does not help."""
        *before, last = services
        for service in before:
            watch.watched("test.before", service)()
        with pytest.raises(AssertionError, match="people_office without an entry"):
            watch.watched("test.quiet", last)()

    @pytest.mark.parametrize("service", [honest, apart, idle, undone])
    def test_lets_everything_else_pass(self, service: Callable[[], None]) -> None:
        """With an entry, without a change, or taken back."""
        watch.watched("test.service", service)()

    def test_looks_at_the_outermost_service_only(self) -> None:
        """One that calls another and records for both is honest."""

        def both() -> None:
            watch.watched("test.inner", quiet)()
            honest()

        watch.watched("test.outer", both)()
