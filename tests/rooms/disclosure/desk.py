"""The standing cast at work: who opens protected fields, who supervises them, who is trained in tax information."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connections
from tests.days import office_day
from tests.rooms.town import DURHAM, NC, WAKE, as_state, settle

from harborline.contact import services as contact
from harborline.disclosure.facts import Revealed
from harborline.disclosure.services import reveal
from harborline.kernel import clock
from harborline.kernel.ids import new_id
from harborline.people.facts import HeldName, ProtectionKind, ProtectionReason, Source
from harborline.people.selectors import participant_id
from harborline.people.services import hold_value, record_protection
from harborline.project.embedded import admin_connection
from harborline.walls import ALL_COUNTIES, Actor, Context, acting
from harborline.workforce.facts import StaffRole
from harborline.workforce.models import Training, Worker
from harborline.workforce.places import Supervision
from harborline.workforce.services import acknowledge, assign, hire, record_training

MANAGER = frozenset({StaffRole.CASE_MANAGER.value})
SUPERVISOR = frozenset({StaffRole.SUPERVISOR.value})
OFFICER = frozenset({StaffRole.SECURITY_OFFICER.value})
STATE = frozenset({StaffRole.STATE_OPERATOR.value})
SSN = "900-00-1234"
COUNTIES = {"dev": (DURHAM,), "cora": (WAKE,), "fay": (WAKE,), "ned": (WAKE,)}


def open_desk(directory: Path) -> None:
    """Everybody moves in; Cora manages C-100, Eli supervises her, Ned works beside them without a case."""
    settle(directory)
    with as_state():
        for name in ("cora", "dev", "eli", "fay", "ned", "sol", "olga"):
            hire(email=f"{name}@example.gov", name=f"{name.title()} Example", number=f"W-{name.upper()}")
        Supervision.objects.create(
            id=new_id(), worker=worker("cora"), supervisor=worker("eli"), program=NC,
            from_at=clock.now() - timedelta(days=1),
        )  # fmt: skip
        hold_value(who("P-1"), HeldName.SSN, SSN, source=Source.CASE_SYSTEM)
        hold_value(who("P-2"), HeldName.SSN, "900-00-5678", source=Source.CASE_SYSTEM)


def worker(name: str) -> Worker:
    """One of the cast."""
    return Worker.objects.get(email=f"{name}@example.gov")


def as_worker(name: str, purpose: str = "case-work") -> AbstractContextManager[Context]:
    """A unit of work of one of the cast."""
    found = worker(name)
    actor = Actor("worker", str(found.id), found.name)
    return acting(actor, program=NC, counties=COUNTIES.get(name, ALL_COUNTIES), purpose=purpose)


def who(number: str) -> UUID:
    """A participant by number, seen by the state."""
    with as_state():
        return participant_id(NC, number)


def opened(
    name: str,
    number: str,
    field: HeldName = HeldName.SSN,
    *,
    roles: frozenset[str] = MANAGER,
    purpose: str = "enforcement",
    **more: Any,  # noqa: ANN401 - handed on as it comes
) -> Revealed:
    """One of the cast opens a field."""
    found = who(number)
    with as_worker(name):
        return reveal(found, field, purpose=purpose, roles=roles, **more)


def works(name: str, role: StaffRole, county: str) -> None:
    """One of the cast is in good standing: trained, informed, assigned."""
    one, today = worker(name), office_day()
    with as_state():
        record_training(one, course="security", completed=today, expires=today + timedelta(days=300), certificate="c")
        acknowledge(one, statement="requirements/1", expires=today + timedelta(days=300))
        assign(one, program=NC, role=role, county=county)


def given(name: str, number: str = "P-1", *, words: str = "When is my next visit?") -> UUID:
    """A person asks in the portal, and the state gives the question to one of the cast."""
    found, once = who(number), str(new_id())
    with acting(Actor("participant", str(found)), program=NC, counties=(WAKE,), purpose="portal"):
        kept = contact.ask(found, topic="appointment", words=words, language="en", once=once)
    with as_state():
        assign(worker(name), program=NC, role=StaffRole.CASE_MANAGER, county=WAKE)
        contact.assign(kept.contact_id, worker(name).id)
    return kept.contact_id


def protect(number: str, *, by: str = "cora") -> UUID:
    """Somebody is protected from now on."""
    found = who(number)
    with as_worker(by):
        return record_protection(
            found, ProtectionKind.FVI, reason=ProtectionReason.AGENCY_DECISION, source="told at intake", roles=MANAGER
        )


def train_in_tax(name: str) -> None:
    """A current course in tax information."""
    Training.objects.create(
        id=new_id(), worker=worker(name), course="FTI", subject="tax-information", completed_date=date(2026, 1, 1),
        expires_date=office_day() + timedelta(days=300), certificate="c-9",
    )  # fmt: skip


def recorded() -> list[tuple[str, str, str]]:
    """What stands committed about openings: (field, outcome, reason), seen from outside every transaction."""
    with admin_connection("harborline") as connection:
        rows = connection.execute("SELECT field, outcome, reason FROM disclosure_reveal ORDER BY at, id").fetchall()
    return [(str(row[0]), str(row[1]), str(row[2])) for row in rows]


def asked(sql: str, *values: Any) -> Any:  # noqa: ANN401 - whatever the database answers
    """The first row that the app role gets for a statement."""
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()
