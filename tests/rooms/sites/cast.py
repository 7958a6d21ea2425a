"""The standing cast at the console."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from tests.days import office_day
from tests.rooms.town import DURHAM, HENNEPIN, MN, NC, WAKE, as_state

from harborline.kernel import clock
from harborline.messaging.models import Sender
from harborline.vendors.services import approve_vendor, register_vendor
from harborline.workforce.facts import StaffRole
from harborline.workforce.models import Worker
from harborline.workforce.services import acknowledge, assign, hire, record_training

SignedIn = Callable[..., Client]
ALL = "*"
CAST = {
    "olga": (NC, StaffRole.STATE_OPERATOR, ALL),
    "eli": (NC, StaffRole.SUPERVISOR, ALL),
    "cora": (NC, StaffRole.CASE_MANAGER, WAKE),
    "dev": (NC, StaffRole.CASE_MANAGER, DURHAM),
    "sol": (NC, StaffRole.SECURITY_OFFICER, ALL),
    "clara": (MN, StaffRole.CLINIC_STAFF, HENNEPIN),
}


def make_worker(name: str, *, trained: bool = True, second_factor: bool = True) -> Worker:
    """A worker of the cast (a stranger has no assignment), ready to work."""
    next_year = office_day() + timedelta(days=365)
    with as_state():
        worker = hire(email=f"{name}@example.gov", name=name.title(), number=f"W-{name.upper()}")
        expires = next_year if trained else office_day()
        record_training(worker, course="security", completed=date(2026, 1, 1), expires=expires, certificate="c-1")
        acknowledge(worker, statement="requirements/1", expires=next_year)
        if name in CAST:
            program, role, county = CAST[name]
            assign(worker, program=program, role=role, county=county)
        if second_factor:
            TOTP.activate(worker, generate_totp_secret())
    return worker


def sign_in(client: Client, worker: Worker) -> None:
    """Sign somebody in as if password and second factor had been shown."""
    client.force_login(worker)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": 0.0}, {"method": "mfa", "at": 0.0}]
    session["account_authentication_methods_user"] = str(worker.pk)
    session.save()


def open_the_way_out() -> None:
    """Each program has its sender and a simulated company with permission."""
    now = clock.now()
    for program, number in ((NC, "+19195550100"), (MN, "+16125550100")):
        with as_state(program):
            Sender.objects.create(key=f"{program}-main", program=program, number=number, carrier="simulator")
            register_vendor("simulated-carrier", name="Simulated", connectors=["simulator"], simulated=True)
            approve_vendor(
                "simulated-carrier",
                program=program,
                document_no="SIM-1",
                signer="Nobody",
                signed_on=now.date() - timedelta(days=2),
                valid_from_at=now - timedelta(days=1),
                valid_until_at=now + timedelta(days=30),
            )
