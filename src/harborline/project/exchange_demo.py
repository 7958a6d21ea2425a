"""The demonstration's exchange: a county that sends arrears, two agreements in force, one draft, what came of it."""

from __future__ import annotations

import base64
import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from rich.console import Console

from harborline.exchange import layouts
from harborline.exchange.facts import Guest, PartnerKind
from harborline.exchange.layouts.writing import Asked, write_file
from harborline.exchange.models import Agreement, Partner
from harborline.exchange.ports import Mailboxes
from harborline.exchange.selectors import deliveries, deliveries_named
from harborline.exchange.services import (
    activate,
    add_credential,
    confirm_credential,
    draft_agreement,
    register_partner,
    send_file,
    take_over,
    watch,
    work_off,
)
from harborline.kernel import clock, ports
from harborline.project.home import home
from harborline.project.sequencing import sequence_now
from harborline.walls import Context, acting
from harborline.workforce.models import Worker
from harborline.workforce.selectors import actor_for

PROGRAM: Final = "nc-css"
FIRST, SECOND = "operator@nc-css.example", "second@nc-css.example"
LOGIN: Final = "wake-county"
LAYOUT: Final = "fop-case-submission-245"
RECORDS: Final = 200
ARREARS: Final = {
    "holds": "Cases with arrears for the federal offset", "purpose": "The state submits them for the county",
    "direction": "in", "naming": "ARR{seq:4}.DAT", "layout": LAYOUT,
    "expects": {"rhythm": "weekly", "day": 4, "due": "18:00", "grace_min": 120},
}  # fmt: skip
REJECTS: Final = {
    "holds": "Cases that the offset program did not take", "purpose": "The county puts them right",
    "direction": "out", "naming": "REJ{seq:4}.DAT",
}  # fmt: skip
TAXES: Final = {
    "holds": "State refunds that were taken for support", "purpose": "They are posted to the cases",
    "direction": "in", "naming": "REFUND{seq:3}.TXT",
    "expects": {"rhythm": "business-daily", "due": "06:00"},
}  # fmt: skip


def show(console: Console) -> None:
    """Set the exchange of one program up and let files come in; what is there already stays."""
    with _as(FIRST):
        known = Partner.objects.filter(program=PROGRAM, key=LOGIN).exists()
    if not known:
        # A receipt carries the newest signed state of the log: there must be one.
        sequence_now()
        _agree()
        _exchange()
    with _as(FIRST):
        found = [f"{file.name} {one.state}" for one in reversed(deliveries()) for file in one.files.all()]
    told = ", ".join(found)
    console.print(f"{PROGRAM}: files between agencies: {told}")
    console.print(
        "A partner's machine: harborline gateway, then"
        f" sftp -P 2222 -i {_key_file()} {LOGIN}@127.0.0.1 (put under a temporary name, then rename)",
        soft_wrap=True,
    )


def _as(email: str) -> AbstractContextManager[Context]:
    actor, counties = actor_for(Worker.objects.get(email=email), PROGRAM)
    return acting(actor, program=PROGRAM, counties=counties, purpose="exchange")


def _agree() -> None:
    """Two partners; two agreements in force, and one that waits for the second person."""
    now, line = clock.now(), _partner_key()
    ends = {"expires_date": (now + timedelta(days=360)).date().isoformat()}
    with _as(FIRST):
        county = register_partner(
            LOGIN, name="Wake County (demonstration)", kind=PartnerKind.COUNTY, contact="919-555-0101"
        )
        made = [
            draft_agreement(county.id, "arrears", title="Arrears every week", terms={**ARREARS, **ends}),
            draft_agreement(county.id, "rejects", title="Rejected cases", terms={**REJECTS, **ends}),
        ]
        key = add_credential(
            county.id, login=LOGIN, public_key=line, from_at=now - timedelta(minutes=1),
            until_at=now + timedelta(days=300),
        )  # fmt: skip
        taxes = register_partner(
            "revenue", name="Department of Revenue (demonstration)", kind=PartnerKind.STATE_DEPARTMENT,
            contact="919-555-0102",
        )  # fmt: skip
        draft_agreement(taxes.id, "state-refunds", title="State tax refunds", terms={**TAXES, **ends})
    with _as(SECOND):
        for agreement in made:
            activate(agreement.id)
        confirm_credential(key.id, read_back=key.digest, how="by telephone (demonstration)")


def _exchange() -> None:
    """A file posted, one checked, one held for a missing number, one without proof, one tried; one made ready."""
    boxes = ports.serving(Mailboxes)
    guest = boxes.admit(LOGIN, _wire(), "127.0.0.1")
    for number in (1, 2, 4):
        _put(boxes, guest, f"in/ARR{number:04d}.DAT", _cases(number), proven=True)
    _put(boxes, guest, "test/TRY1.DAT", _cases(9)[:-100], proven=True)
    _put(boxes, guest, "in/ARR0005.DAT", _cases(5), proven=False)
    work_off(PROGRAM)
    with _as(SECOND):
        take_over(deliveries_named("ARR0001.DAT")[0].id, because="posted in the case system (demonstration)")
        rejects = Agreement.objects.get(program=PROGRAM, key="rejects")
        send_file(rejects.id, "REJ0001.DAT", io.BytesIO(b"REJECTED CASE 000000001\n" * 12))
        watch()


def _put(boxes: Mailboxes, guest: Guest, path: str, content: bytes, *, proven: bool) -> None:
    # As a careful partner does it: under a temporary name, then renamed; without the last step nothing is proven.
    final = f"/arrears/{path}"
    name = f"{final}.part" if proven else final
    upload = boxes.begin(guest, name, resume=False)
    upload.write(0, content)
    upload.close(complete=True)
    if proven:
        boxes.rename(guest, name, final)


def _cases(number: int) -> bytes:
    """A file of invented cases with its control record."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "cases"
        write_file(target, layouts.load(LAYOUT), _rows(number), Asked("ascii"))
        return target.read_bytes()


def _rows(number: int) -> Iterator[dict[str, str]]:
    for place in range(RECORDS):
        yield {
            "submitting_state": "NC", "local_code": "183", "ssn": f"{666 - number % 100:03d}{1 + place % 98:02d}"
            f"{1 + place:04d}", "case_id": f"IV{number:04d}{place:05d}", "ncp_last_name": "TESTPERSON",
            "ncp_first_name": ("BEN", "CARL", "DANA")[place % 3], "arrearage_amount": str(500 + 7 * place),
            "transaction_type": "A", "case_type": "AN"[place % 2],
        }  # fmt: skip


def _key_file() -> Path:
    return home() / "demo" / "wake-county-key"


def _partner_key() -> str:
    """A fresh key of the county's machine; its public line. The private half lies in the demonstration's folder."""
    made = Ed25519PrivateKey.generate()
    path = _key_file()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(made.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption()))
    line = made.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    path.with_name(f"{path.name}.pub").write_text(f"{line}\n")
    return line


def _wire() -> bytes:
    line = _key_file().with_name(f"{_key_file().name}.pub").read_text()
    return base64.b64decode(line.split()[1])
