"""The demonstration: two programs, twenty thousand invented recipients, one notice each, from file to handset."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from harborline.adapters.simulator.selectors import conversation, handsets
from harborline.adapters.simulator.services import reply
from harborline.consent.selectors import suppressed_numbers
from harborline.consent.synthetic import settle_permissions
from harborline.kernel.clock import monotonic_s, now
from harborline.ledger.note import VerifierKey
from harborline.ledger.published import VKEY, Directory
from harborline.ledger.verifier import verify_log
from harborline.messaging.models import Sender
from harborline.people.facts import FeedKind
from harborline.people.models import Participant
from harborline.people.services import import_feed
from harborline.people.synthetic import SyntheticFiles, settle_program, write_program
from harborline.project import engine
from harborline.project.actors import keep_sign_in
from harborline.project.home import home, log_directory
from harborline.project.sending import SendOrder, SendReport, send_caseload
from harborline.vault.services import blind_index
from harborline.vendors.models import Approval
from harborline.vendors.services import approve_vendor, register_vendor
from harborline.walls import ALL_COUNTIES, Actor, acting
from harborline.walls.cursor import refresh_statistics
from harborline.workforce.facts import StaffRole
from harborline.workforce.models import Assignment, Worker
from harborline.workforce.services import acknowledge, assign, hire, record_training

ROWS = {"nc-css": 12_000, "mn-wic": 8_000}
TEMPLATE = "appointment-reminder"
SEGMENTS_PER_S = 5_000
PASSWORD = "harbor-light-demo-2026"  # noqa: S105 - of invented workers, printed by the demonstration itself
LOADER = Actor("system", "demonstration")
FEEDS = (FeedKind.PEOPLE, FeedKind.CASES, FeedKind.CASE_MANAGERS, FeedKind.PROTECTIONS, FeedKind.APPOINTMENTS)
# The standing cast: who works where. (e-mail, name, number, program, role, county)
CAST = (
    ("demo@harborline.example", "Demo Operator", "D-1", "nc-css", StaffRole.STATE_OPERATOR, "*"),
    ("demo@harborline.example", "Demo Operator", "D-1", "mn-wic", StaffRole.STATE_OPERATOR, "*"),
    ("operator@nc-css.example", "Olive Operator", "N-1", "nc-css", StaffRole.STATE_OPERATOR, "*"),
    ("second@nc-css.example", "Sam Second", "N-2", "nc-css", StaffRole.STATE_OPERATOR, "*"),
    ("cora@nc-css.example", "Cora Casey", "W-101", "nc-css", StaffRole.CASE_MANAGER, "37183"),
    ("dev@nc-css.example", "Dev Durham", "W-201", "nc-css", StaffRole.CASE_MANAGER, "37063"),
    ("eli@nc-css.example", "Eli Ellis", "N-3", "nc-css", StaffRole.SUPERVISOR, "37183"),
    ("security@nc-css.example", "Sol Secure", "N-4", "nc-css", StaffRole.SECURITY_OFFICER, "*"),
    ("clinic@mn-wic.example", "Clara Clinic", "W-401", "mn-wic", StaffRole.CLINIC_STAFF, "27053"),
    ("operator@mn-wic.example", "Mina Operator", "M-1", "mn-wic", StaffRole.STATE_OPERATOR, "*"),
    ("second@mn-wic.example", "Mo Second", "M-2", "mn-wic", StaffRole.SUPERVISOR, "*"),
    ("security@mn-wic.example", "Mae Secure", "M-4", "mn-wic", StaffRole.SECURITY_OFFICER, "*"),
)
NUMBERS = {"nc-css": "+19195550100", "mn-wic": "+16125550100"}
# Acts at the command line of the demonstration when nobody else is named; a real worker has one agency.
OPERATOR = "demo@harborline.example"


def load(console: Console) -> dict[str, SyntheticFiles]:
    """Write and bring in both programs' people, workers, senders and approvals; what is there already stays."""
    files = {}
    for program, rows in ROWS.items():
        began = monotonic_s()
        files[program] = _files(program, rows)
        with acting(LOADER, program=program, counties=ALL_COUNTIES, purpose="demonstration"):
            known = Participant.objects.filter(program=program).exists()
            _hire(program)
            _approve(program)
            if not known:
                settle_program(files[program], FEEDS)
                settle_permissions(files[program].permissions, program, now=now())
                import_feed(FeedKind.CONTACTS, files[program].feeds[FeedKind.CONTACTS], program)
                refresh_statistics("people", "consent", "ledger")
            else:
                _renew_protections(files[program])
        told = "already there" if known else f"{monotonic_s() - began:.1f} s"
        console.print(f"{program}: {rows:,} recipients invented and brought in ({told})")
    keep_sign_in(Worker.objects.get(email=OPERATOR))
    return files


def _files(program: str, rows: int) -> SyntheticFiles:
    # Kept from one demonstration to the next while the appointments are still to come.
    folder = home() / "demo"
    stamp = folder / program / "made-on"
    today = now().date()
    if stamp.exists() and today - date.fromisoformat(stamp.read_text()) < timedelta(days=1):
        today = date.fromisoformat(stamp.read_text())
    files = write_program(folder, program, rows=rows, today=today, as_of=now() - timedelta(minutes=1))
    stamp.write_text(today.isoformat())
    return files


def _renew_protections(files: SyntheticFiles) -> None:
    import_feed(FeedKind.PROTECTIONS, files.feeds[FeedKind.PROTECTIONS], files.program)


def _hire(program: str) -> None:
    today = now().date()
    for email, name, number, where, role, county in CAST:
        if where != program:
            continue
        worker = Worker.objects.filter(email=email).first() or _hired(email, name, number, today)
        if not Assignment.objects.filter(worker=worker, program=program).exists():
            assign(worker, program=program, role=role, county=county)


def _hired(email: str, name: str, number: str, today: date) -> Worker:
    worker, next_year = hire(email=email, name=name, number=number, password=PASSWORD), today + timedelta(days=365)
    record_training(worker, course="security-basics", completed=today, expires=next_year, certificate="demonstration")
    acknowledge(worker, statement="requirements-and-penalties/1", expires=next_year)
    return worker


def _approve(program: str) -> None:
    Sender.objects.get_or_create(
        key=f"{program}-main",
        defaults={
            "program": program,
            "number": NUMBERS[program],
            "carrier": "simulator",
            "segments_per_s": SEGMENTS_PER_S,
        },
    )
    register_vendor(
        "simulated-carrier", name="Simulated carrier (demonstration)", connectors=["simulator"], simulated=True
    )
    known = Approval.objects.filter(program=program, vendor__key="simulated-carrier", engagement__isnull=False)
    if not known.exists():
        approve_vendor(
            "simulated-carrier",
            program=program,
            document_no=f"SIMULATED-{program.upper()}-1",
            signer="Simulated for the demonstration",
            signed_on=now().date() - timedelta(days=2),
            valid_from_at=now() - timedelta(days=1),
            valid_until_at=now() + timedelta(days=365),
        )


def run(files: dict[str, SyntheticFiles], console: Console) -> list[SendReport]:
    """Send the notice to both caseloads, the second person's yes included; prints each result as tables."""
    reports = []
    for program, written in files.items():
        console.rule(f"{program}: {TEMPLATE}")
        reports.append(_send(program, written.caseload, console))
    return reports


def _send(program: str, caseload: Path, console: Console) -> SendReport:
    order = SendOrder(
        program=program, template=TEMPLATE, caseload=caseload, acting_as=OPERATOR,
        scheduled_at=None, hold=False, strict=False, wait=True, out=None,
        second=f"second@{program}.example",
    )  # fmt: skip
    return send_caseload(order, console)


def summary(reports: list[SendReport], console: Console) -> None:
    """One line for each program."""
    table = Table(title="The result")
    for heading in ("run", "rows", "bad rows", "allowed", "held", "refused", "texts", "delivered", "seconds"):
        table.add_column(heading, justify="right")
    for report in reports:
        counts = report.counts
        table.add_row(
            str(report.run_id)[:8], f"{report.rows:,}", f"{report.bad_rows:,}", f"{counts.allowed:,}",
            f"{counts.held:,}", f"{counts.refused:,}", f"{counts.messages:,}",
            f"{counts.by_state.get('delivered', 0):,}", f"{report.seconds:.1f}",
        )  # fmt: skip
    console.print(table)


def stop_is_obeyed(console: Console) -> None:
    """Let one handset of each program answer STOP, and show that the next text to it is refused."""
    for program in ROWS:
        number = next(_texted(program), "")
        if not number:
            continue
        reply(program, f"{program}-main", number, "STOP")
        with acting(LOADER, program=program, counties=ALL_COUNTIES, purpose="demonstration"):
            stopped = bool(suppressed_numbers(program, [blind_index("phone", number)]))
        with engine.children([("worker", "dispatch", "--program", program, "--drain")]) as started:
            started[0].wait(60)
        last = conversation(program, number)[-1].text
        said = "is on the list of numbers never to text again" if stopped else "WAS NOT STOPPED"
        console.print(f"{program}: the handset {number} answered STOP and {said}; it got: {last!r}")


def _texted(program: str) -> Iterator[str]:
    return (handset.number for handset in handsets(program, limit=20) if handset.count == 1)


def verify(console: Console) -> None:
    """Check the published log from its files alone."""
    directory = Directory(log_directory())
    key = VerifierKey.parse(directory.read(VKEY).decode())
    checkpoint = verify_log(directory, key).checkpoint
    console.print(f"The log verifies: {checkpoint.size:,} entries, every hash and the signature agree.")
