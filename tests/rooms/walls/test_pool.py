"""A connection that was used before: nothing of the unit of work it served is left on it.

The product's own pool is used as the product sets it up, until the very same connection comes back.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, nullcontext
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, close_old_connections, connection, connections, transaction
from tests.rooms.town import DURHAM, NC, WAKE, as_cora, as_dev

from harborline.people.models import Participant, Person
from harborline.project.connections import MOST_VALUES, PooledConnection
from harborline.project.embedded import admin_connection
from harborline.walls import Actor, acting, current_or_none
from harborline.walls.facts import Own

SETTINGS = ("program", "agency", "counties", "actor", "purpose", "person", "participants", "cases")
ENOUGH = 12
"""After three times a statement is prepared, after five more its plan is kept."""
TURNS = 9
"""The pool hands its connections out in turn, at most eight of them."""


@pytest.fixture
def ana(committed: None) -> Iterator[Participant]:
    """Ana on file in Wake County, for every connection to see."""
    with as_cora():
        found = add_participant(WAKE, "P-1")
    yield found
    connections.close_all()


def add_participant(county: str, external_id: str) -> Participant:
    """Somebody, as the case system numbers them."""
    person = Person.objects.create(
        agency="nc-dhhs", source=NC, external_id=external_id, identity=b"sealed", identity_digest=b"d"
    )
    return Participant.objects.create(
        program=NC, county=county, external_id=external_id, person=person, language="en", row_digest=b"d"
    )


def left_behind() -> list[str]:
    """What this connection still says of a unit of work, each setting that is not empty."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(f'current_setting({one!r}, true)' for one in _names())}")
        return [value for value in cursor.fetchone() if value]


def _names() -> list[str]:
    return [f"harborline.{each}" for each in SETTINGS]


def backend() -> int:
    """Which connection of the server this is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def apart(work: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the work answers
    """Do something in another thread, which gives its connection back to the pool as a request does."""
    answered: list[Any] = []

    def serve() -> None:
        try:
            answered.append(work())
        finally:
            connections.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    thread.join(timeout=30)
    assert answered, "the thread came to nothing"
    return answered[0]


def look() -> tuple[int, list[str], int, bool]:
    """The connection, what is left on it, how many people it shows, and whether Python still knows a context."""
    return backend(), left_behind(), Participant.objects.count(), current_or_none() is not None


def as_ana(person: Participant) -> Any:  # noqa: ANN401 - a context manager
    """A participant's own session, with every setting in use."""
    own = Own(person.person_id, (person.id,), (person.id,))
    return acting(Actor("participant", "ana"), program=NC, counties=(WAKE,), purpose="portal", own=own)


def fail(how: str, person: Participant) -> int:
    """A unit of work that ends in an error of this kind; answers the connection it had."""
    was = 0
    try:
        with as_ana(person):
            was = backend()
            assert Participant.objects.count() == 1
            _break(how)
    except (ZeroDivisionError, DatabaseError, KeyboardInterrupt):
        return was
    pytest.fail("it should have failed")


def _break(how: str) -> None:
    match how:
        case "in Python":
            raise ZeroDivisionError
        case "interrupted":
            raise KeyboardInterrupt
        case "in the database":
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        case "at the wall":
            add_participant(DURHAM, "P-2")
        case "in an inner unit":
            with as_dev():
                raise ZeroDivisionError
        case "after one that was caught":
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
            raise ZeroDivisionError


ERRORS = ["in Python", "interrupted", "in the database", "at the wall", "in an inner unit", "after one that was caught"]


class TestAConnectionOfThePool:
    """Given back, and taken by somebody else."""

    @pytest.mark.parametrize("how", ERRORS)
    def test_carries_nothing_after_an_error(self, ana: Participant, how: str) -> None:
        """The next unit on the same connection begins with nothing."""
        connections.close_all()
        was = apart(lambda: fail(how, ana))
        seen = [apart(look) for _ in range(TURNS)]
        assert was in {pid for pid, *_ in seen}, "the same connection came back"
        assert [rest for _, *rest in seen] == [[[], 0, False]] * TURNS

    @pytest.mark.parametrize("how", ERRORS)
    def test_carries_nothing_within_one_thread(self, ana: Participant, how: str) -> None:
        """Without giving it back, as a long-lived worker does."""
        was = fail(how, ana)
        assert look() == (was, [], 0, False)

    def test_carries_nothing_to_the_next_request(self, ana: Participant) -> None:
        """Cora's request, Dev's, and one of nobody, one after the other on few connections."""
        connections.close_all()

        def cora() -> tuple[int, int]:
            with as_cora():
                return backend(), Participant.objects.count()

        def dev() -> tuple[int, int]:
            close_old_connections()
            with as_dev():
                return backend(), Participant.objects.count()

        answered = []
        for turn in range(TURNS):
            answered.append((apart(cora), apart(dev), apart(look)))
            # However many connections go round: nobody gets the same ones every time.
            for _ in range(turn):
                apart(look)
        assert {count for (_, count), _, _ in answered} == {1}
        assert {count for _, (_, count), _ in answered} == {0}
        assert {rest[2] for _, _, rest in answered} == {0}
        assert {pid for (pid, _), _, _ in answered} & {pid for _, (pid, _), _ in answered}, "nobody shared one"

    def test_serves_many_at_once_apart(self, ana: Participant) -> None:
        """Eight threads on eight connections, half of them Cora, half Dev, each thirty times, some failing."""
        wrong: list[str] = []

        def serve(number: int) -> None:
            try:
                for turn in range(30):
                    cora = (number + turn) % 2 == 0
                    if turn % 5 == 0:
                        fail("in the database", ana)
                    with as_cora() if cora else as_dev():
                        if Participant.objects.count() != int(cora):
                            wrong.append(f"{number}:{turn}")
                    if left_behind() or Participant.objects.count():
                        wrong.append(f"{number}:{turn} after")
                    if turn % 3 == 0:
                        connections.close_all()
            except Exception as error:  # noqa: BLE001 - the main thread tells it
                wrong.append(repr(error))
            finally:
                connections.close_all()

        threads = [threading.Thread(target=serve, args=(each,)) for each in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(timeout=60)
        assert wrong == []


class TestAStatementThatIsPlannedOnce:
    """The server keeps the plan of what repeats, and asks the walls anew each time it runs."""

    def test_shows_each_unit_of_work_its_own_rows(self, ana: Participant) -> None:
        """The same question on one connection: Cora, Dev, nobody, another participant, Ana herself, and Cora again."""
        connections.close_all()
        stranger = Own(uuid.uuid4(), (uuid.uuid4(),), ())
        portal = partial(acting, Actor("participant", "p"), program=NC, counties=(WAKE,), purpose="portal")
        own = Own(ana.person_id, (ana.id,), ())

        def found() -> int:
            return len(Participant.objects.filter(id=ana.id))

        def work() -> tuple[list[int], int, bool]:
            seen = []
            for _ in range(ENOUGH):
                with as_cora():
                    seen.append(found())
            prepared = _planned_once()
            for unit in (as_dev(), nullcontext(), portal(own=stranger), portal(own=own), as_cora()):
                with unit:
                    seen.append(found())
            return seen, prepared, _planned_once() == prepared

        seen, prepared, kept = apart(work)
        assert seen == [1] * ENOUGH + [0, 0, 0, 1, 1]
        assert prepared
        assert kept

    def test_may_ask_for_more_than_the_server_binds(self, ana: Participant) -> None:
        """A list longer than the protocol counts is asked for all the same, behind the walls."""
        ids = [*(uuid.UUID(int=number) for number in range(MOST_VALUES + 1)), ana.id]
        with as_cora():
            assert [one.id for one in Participant.objects.filter(id__in=ids)] == [ana.id]
        with as_dev():
            assert not Participant.objects.filter(id__in=ids).exists()

    def test_writes_nothing_for_the_next(self, ana: Participant) -> None:
        """What Cora may change again and again, Dev may not on the same connection."""
        connections.close_all()

        def changed() -> int:
            return Participant.objects.filter(id=ana.id).update(zip="27601")

        def work() -> list[int]:
            done = []
            for _ in range(ENOUGH):
                with as_cora():
                    done.append(changed())
            with as_dev():
                return [*done, changed()]

        assert apart(work) == [1] * ENOUGH + [0]


def _planned_once() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_prepared_statements"
            " WHERE generic_plans > 0 AND statement LIKE '%people_participant%'"
        )
        return int(cursor.fetchone()[0])


class TestAServerThatHangsUp:
    """Whatever was in the pool then is found out before it is lent, without asking the server each time."""

    def test_costs_nobody_an_error(self, ana: Participant) -> None:
        """Every connection that went round is ended by the server; the next units of work succeed at once."""
        connections.close_all()
        before = {apart(backend) for _ in range(TURNS)}
        with admin_connection("harborline") as admin:
            admin.execute(
                "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE pid = ANY(%s)", [[*before]]
            )
        after = {apart(backend) for _ in range(TURNS)}
        assert not before & after

    def test_costs_nobody_the_wait_for_one_after_the_other(self, ana: Participant) -> None:
        """With the pool full of ended connections the next unit of work waits for one of them, not for eight."""
        pool = connections["default"].pool  # type: ignore[attr-defined]  # of the backend for PostgreSQL
        connections.close_all()
        # Held all at once, so that the pool has as many as it may.
        with ExitStack() as held:
            pids = [held.enter_context(pool.connection()).info.backend_pid for _ in range(pool.max_size)]
        with admin_connection("harborline") as admin:
            admin.execute("SELECT pg_terminate_backend(pid, 9000) FROM pg_stat_activity WHERE pid = ANY(%s)", [pids])
        assert len(set(pids)) == pool.max_size
        assert apart(backend) not in pids

    def test_is_not_asked_while_it_says_nothing(self, ana: Participant) -> None:
        """The pool's own question is answered from the socket; any other statement goes to the server."""
        with connections["default"].pool.connection() as made:  # type: ignore[attr-defined]  # of the backend for PostgreSQL
            assert isinstance(made, PooledConnection)
            assert made.execute("").pgresult is None
            assert made.execute("SELECT 1").fetchone() == (1,)


class TestNegativeControl:
    """A setting for the session instead of the transaction would be found."""

    def test_what_is_set_for_good_is_seen(self, ana: Participant) -> None:
        """Then the connection shows Ana to whoever comes next."""
        connections.close_all()

        def careless() -> int:
            with connection.cursor() as cursor:
                for name, value in (("program", NC), ("agency", "nc-dhhs"), ("counties", WAKE)):
                    cursor.execute("SELECT set_config(%s, %s, false)", [f"harborline.{name}", value])
            return backend()

        was = apart(careless)
        seen = [apart(look) for _ in range(TURNS)]
        assert (was, [NC, "nc-dhhs", WAKE], 1, False) in seen
        connections["default"].close_pool()  # type: ignore[attr-defined]  # of the backend for PostgreSQL
