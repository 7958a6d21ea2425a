"""An agency's office as a process of its own: it asks and steers through the product's doors, one line at a time.

    HARBORLINE_HOME=… python tests/journeys/office.py

Reads JSON lines {"ask": name, "with": {…}} and writes one JSON line for each. Its database is the embedded one of that
home, running for as long as the office is open.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

PROGRAM, SENDER, VENDOR = "nc-css", "main", "loopback"
TEMPLATE = "appointment-reminder"


class Office:
    """What the tests ask of it; every answer is JSON."""

    def __init__(self) -> None:
        self._rows: list[dict[str, str]] = []
        self._given = 0

    def settle(self, rows: int, pace: int) -> int:
        """Invent people who may all be texted, sign in, approve the carrier; answers how many rows there are."""
        from harborline.kernel.clock import now
        from harborline.messaging.models import Sender
        from harborline.people.synthetic import settle_program, write_program
        from harborline.project import demonstration
        from harborline.project.actors import keep_sign_in
        from harborline.vendors.services import register_vendor
        from harborline.workforce.models import Worker

        at = now()
        files = write_program(_home() / "people", PROGRAM, rows=rows, today=at.date(), as_of=at - timedelta(minutes=1))
        with _acting():
            demonstration._hire(PROGRAM)
            settle_program(files, demonstration.FEEDS)
            Sender.objects.create(
                program=PROGRAM, key=SENDER, number="+19195550100", carrier="twilio", segments_per_s=pace
            )
            register_vendor(VENDOR, name="Loopback carrier", connectors=["twilio"], simulated=True)
            self._rows = _permitted(files.caseload)
        self.approve()
        keep_sign_in(Worker.objects.get(email=demonstration.OPERATOR))
        return len(self._rows)

    def caseload(self, size: int) -> str:
        """A caseload of people nobody texted yet."""
        chosen = self._rows[self._given : self._given + size]
        assert len(chosen) == size, "too few people were invented"
        self._given += size
        path = _home() / f"caseload-{self._given}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, fieldnames=list(chosen[0]))
            writer.writeheader()
            writer.writerows(chosen)
        return str(path)

    def send(self, size: int) -> str:
        """Open and plan a run for people nobody texted yet; answers its id."""
        from rich.console import Console

        from harborline.project import demonstration, sending

        order = sending.SendOrder(
            program=PROGRAM, template=TEMPLATE, caseload=Path(self.caseload(size)),
            acting_as=demonstration.OPERATOR, scheduled_at=None, hold=False, strict=False, wait=False, out=None,
            with_service=False,
        )  # fmt: skip
        return str(sending.send_caseload(order, Console(quiet=True)).run_id)

    def steer(self, run: str, step: str) -> str:
        """Pause, resume or cancel a run."""
        from harborline.project import demonstration, sending

        return sending.steer(PROGRAM, uuid.UUID(run), demonstration.OPERATOR, step, None)

    def run(self, run: str) -> dict[str, Any]:
        """The state of a run and its texts by state."""
        from harborline.messaging.models import NoticeRun
        from harborline.messaging.selectors import run_counts

        with _acting():
            counts = run_counts(uuid.UUID(run))
            return {
                "state": NoticeRun.objects.get(id=run).state,
                "texts": counts.by_state,
                "allowed": counts.allowed,
                "grouped": counts.grouped,
            }

    def texts(self) -> list[dict[str, Any]]:
        """Every text of the program with number, words, state and the moment of its newest attempt."""
        from harborline.messaging.facts import DispatchState
        from harborline.messaging.sealing import open_text_of
        from harborline.walls.cursor import bulk_cursor

        with _acting(), bulk_cursor() as cursor:
            cursor.execute(
                "SELECT d.message_id, d.run_id, d.state, d.reason, d.attempts, c.sealed,"
                " (SELECT max(a.at) FROM messaging_attempt a WHERE a.message_id = d.message_id)"
                " FROM messaging_dispatch d JOIN messaging_messagecontent c USING (message_id)"
            )
            rows = cursor.fetchall()
            opened = [open_text_of(PROGRAM, row[0], row[5]) for row in rows]
        return [
            {
                "id": str(message), "run": str(run) if run else "",
                "to": text.to, "body": text.text,
                "state": DispatchState(state).word,
                "reason": reason, "attempts": attempts, "attempted_at": at.isoformat() if at else "",
            }
            for (message, run, state, reason, attempts, _, at), text in zip(rows, opened, strict=True)
        ]  # fmt: skip

    def make_due(self, run: str) -> int:
        """As if the wait of every text of the run were over; answers how many lots moved."""
        from harborline.kernel.clock import now
        from harborline.messaging.sending.records import Lot

        with _acting():
            return Lot.objects.filter(run_id=run).update(due_at=now())

    def stop(self, number: str) -> str:
        """A handset answers STOP; answers the moment from which it is on record."""
        from harborline.kernel.clock import now
        from harborline.messaging.facts import InboundText
        from harborline.messaging.services import take_inbound

        text = InboundText(SENDER, number, "STOP", f"SM{uuid.uuid4().hex}", now())
        assert take_inbound(PROGRAM, text).effect == "stopped"
        return now().isoformat()

    def approve(self) -> str:
        """The program's written permission for the carrier."""
        from harborline.kernel.clock import now
        from harborline.vendors.services import approve_vendor

        at = now()
        with _acting():
            made = approve_vendor(
                VENDOR, program=PROGRAM, document_no="LOOPBACK-1", signer="Simulated for the tests",
                signed_on=at.date() - timedelta(days=2), valid_from_at=at - timedelta(days=1),
                valid_until_at=at + timedelta(days=9),
            )  # fmt: skip
        return str(made.id)

    def revoke(self) -> str:
        """End the permission; answers the reason that the console now shows for the carrier."""
        from harborline.messaging.selectors import carrier_status
        from harborline.vendors.models import Approval
        from harborline.vendors.services import revoke

        with _acting():
            revoke(Approval.objects.get(program=PROGRAM, revoked_at=None).id, because="test")
            return carrier_status()[0].reason

    def pace(self, segments_per_s: int) -> None:
        """Set the sender's pace, for dispatchers that start from now on."""
        from harborline.messaging.models import Sender

        with _acting():
            Sender.objects.filter(key=SENDER).update(segments_per_s=segments_per_s)

    def holder(self) -> list[Any]:
        """The process number of the dispatcher that holds the lease (0: none), and the lease's epoch."""
        from harborline.kernel.clock import now
        from harborline.messaging.models import SenderLease

        with _acting():
            lease = SenderLease.objects.filter(until_at__gt=now()).first()
        return [int(lease.holder.split(":")[1]), lease.epoch] if lease else [0, 0]

    def let_lease_lapse(self) -> None:
        """As if the seconds of the lease had passed."""
        from harborline.kernel.clock import now
        from harborline.messaging.models import SenderLease

        with _acting():
            SenderLease.objects.update(until_at=now())

    def unpublished(self) -> int:
        """Entries that wait for the sequencer or for a signed checkpoint."""
        from harborline.ledger.published import CHECKPOINT, Directory
        from harborline.project.embedded import admin_connection
        from harborline.project.home import log_directory

        with admin_connection("harborline") as admin:
            row = admin.execute(
                "SELECT (SELECT count(*) FROM ledger_pending), (SELECT count(*) FROM ledger_leaf)"
            ).fetchone()
        assert row is not None
        published = int(Directory(log_directory()).read(CHECKPOINT).split(b"\n")[1])
        return int(str(row[0])) + int(str(row[1])) - published

    def break_database(self, down_s: float) -> None:
        """Stop the database at once, as a fault would (no checkpoint), and start it again."""
        import time

        from django.db import connections

        from harborline.project import embedded

        place = embedded._place()
        embedded._tool(place, "pg_ctl", "-D", str(place.data), "-m", "immediate", "-w", "stop")
        time.sleep(down_s)
        embedded._run_server(place)
        connections.close_all()
        connections["default"].close_pool()  # type: ignore[attr-defined]  # only PostgreSQL's wrapper has it


def _home() -> Path:
    from harborline.project.home import home

    return home()


def _acting() -> Any:  # noqa: ANN401 - the context manager of the walls
    from harborline.walls import ALL_COUNTIES, Actor, acting

    return acting(Actor("system", "office"), program=PROGRAM, counties=ALL_COUNTIES, purpose="journey")


def _permitted(caseload: Path) -> list[dict[str, str]]:
    # One adult for each number, each with a permission on file.
    from harborline.consent.facts import ConsentKind
    from harborline.consent.services import Given, load_permissions
    from harborline.kernel.clock import now
    from harborline.messaging.words.numbers import e164
    from harborline.people.facts import ADULT_ROLES
    from harborline.people.models import Participant

    people = Participant.objects.values_list("external_id", "id", "county")
    known = {external_id: (participant_id, county) for external_id, participant_id, county in people}
    chosen: dict[str, dict[str, str]] = {}
    with caseload.open(newline="") as file:
        for row in csv.DictReader(file):
            usable = len([sign for sign in row["phone"] if sign.isdigit()]) in (10, 11)
            plain = usable and row["participant_id"] in known and row["language"] in ("en", "es")
            if plain and row["role"] in ADULT_ROLES:
                chosen.setdefault(e164(row["phone"], allow_fictional=True), row)
    at = now() - timedelta(days=2)
    given = [
        Given(*known[row["participant_id"]], number, ConsentKind.KEYWORD, at, {"source": "journey"})
        for number, row in chosen.items()
    ]
    load_permissions(given, at=at)
    return list(chosen.values())


def main() -> None:
    """Open, answer line by line, close when nobody asks any more."""
    from harborline.project import democlock, embedded

    # Logs of the product go to standard error; the answers have a channel of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    democlock.set_working_hours()
    with embedded.running():
        from harborline.project.start import ready

        ready()
        office = Office()
        for line in sys.stdin:
            asked = json.loads(line)
            answers.write(json.dumps(getattr(office, asked["ask"])(**asked["with"])) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
