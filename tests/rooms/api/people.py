"""Who may be texted in the town, and the texts that a system hands in for them."""

from __future__ import annotations

from datetime import timedelta

from tests.rooms.town import ANA, BEN, MAYA, MN, NC, OTTO, as_state

from harborline.consent.facts import ConsentKind
from harborline.consent.services import Given, load_permissions
from harborline.kernel import clock
from harborline.messaging.models import Sender
from harborline.people.models import Participant
from harborline.vendors.services import approve_vendor, register_vendor

TEMPLATE = "appointment-reminder"
NUMBERS = {"P-1": ANA, "P-2": BEN, "P-5": OTTO, "P-9": ANA, "R-1": MAYA}


def open_the_way_out() -> None:
    """Each program has a sender whose carrier is simulated and has permission."""
    now = clock.now()
    for program, number in ((NC, "+19195550199"), (MN, "+16125550199")):
        with as_state(program):
            Sender.objects.create(
                key=f"{program}-main", program=program, number=number, carrier="simulator", segments_per_s=1_000
            )
            register_vendor("simulated-carrier", name="Simulated", connectors=["simulator"], simulated=True)
            approve_vendor(
                "simulated-carrier", program=program, document_no="SIM-1", signer="Nobody",
                signed_on=now.date() - timedelta(days=2), valid_from_at=now - timedelta(days=1),
                valid_until_at=now + timedelta(days=30),
            )  # fmt: skip


def permit(*participants: str, program: str = NC) -> None:
    """These people opted in two days ago."""
    at = clock.now() - timedelta(days=2)
    with as_state(program):
        rows = Participant.objects.filter(program=program, external_id__in=participants)
        load_permissions(
            [
                Given(row.id, row.county, NUMBERS[row.external_id], ConsentKind.KEYWORD, at, {"source": "test"})
                for row in rows
            ],
            at=at,
        )


def text(participant: str = "P-2", case: str = "C-100", **changed: object) -> dict[str, object]:
    """A reminder as a system hands it in."""
    soon = (clock.now() + timedelta(days=4)).strftime("%Y-%m-%dT09:30")
    return {
        "participant": participant, "case": case, "phone": NUMBERS[participant], "template": TEMPLATE,
        "language": "en", "appointment": soon, "office": "WAKE", **changed,
    }  # fmt: skip
