"""A county partner with an agreement in force, and machines that put files into its mailboxes."""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from harborline.exchange.facts import Guest, PartnerKind, State
from harborline.exchange.mailboxes import DatabaseMailboxes
from harborline.exchange.models import Agreement, Transmission
from harborline.exchange.receipts import Receipt, read_receipt
from harborline.exchange.services import (
    activate,
    add_credential,
    confirm_credential,
    draft_agreement,
    register_partner,
    work_off,
)
from harborline.kernel import clock
from harborline.ledger.integrating import current_epoch
from harborline.ledger.note import Note
from harborline.ledger.published import Directory
from harborline.ledger.sequencer import Sequencer
from harborline.ledger.services import log_origin, record_apart
from harborline.project import databases
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

NC = "nc-css"
REMOTE = "192.0.2.7"
TERMS: Mapping[str, Any] = {
    "holds": "Arrears of the county's cases",
    "purpose": "Arrears are kept the same in both systems",
    "direction": "both",
    "naming": "ARR{seq:4}.DAT",
    "window": {"zone": "America/New_York"},
}


def as_worker(name: str, program: str = NC) -> AbstractContextManager[Context]:
    """A worker of the state office."""
    return acting(Actor("worker", name), program=program, counties=ALL_COUNTIES, purpose="exchange")


def sign_log(home: Path) -> None:
    """Sign a checkpoint over everything committed so far, which is one entry at the least."""
    with as_worker("olga"):
        record_apart("exchange.looked", subject="house:test", content={})
    with psycopg.connect(databases.login(databases.SEQUENCER).dsn(), autocommit=True) as connection:
        epoch = current_epoch(connection, log_origin())
        Sequencer(connection, Directory(home / "log"), home / "ledger.key", epoch).catch_up()


def new_key() -> tuple[str, bytes]:
    """A fresh public key as OpenSSH writes it, and in wire form."""
    line = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    return line, base64.b64decode(line.split()[1])


@dataclass
class Office:
    """One agreement in force, and its partner's machine."""

    agreement: Agreement
    guest: Guest
    boxes: DatabaseMailboxes
    key: bytes

    @property
    def root(self) -> str:
        """The agreement's folder."""
        return f"/{self.agreement.key}"

    def put(self, name: str, content: bytes, *, box: str = "in") -> None:
        """Upload under a name and close the handle properly."""
        upload = self.boxes.begin(self.guest, f"{self.root}/{box}/{name}", resume=False)
        upload.write(0, content)
        upload.close(complete=True)

    def deliver(self, name: str, content: bytes, *, box: str = "in") -> None:
        """Upload under a temporary name, then rename: a complete file."""
        self.put(f"{name}.part", content, box=box)
        self.boxes.rename(self.guest, f"{self.root}/{box}/{name}.part", f"{self.root}/{box}/{name}")

    def names(self, box: str) -> list[str]:
        """What the partner sees in a box."""
        return sorted(one.name for one in self.boxes.entries(self.guest, f"{self.root}/{box}"))

    def receipts(self) -> list[Receipt]:
        """The receipts in the partner's box, in the order of their making."""
        found = []
        for one in self.boxes.entries(self.guest, f"{self.root}/receipts"):
            download = self.boxes.fetch(self.guest, f"{self.root}/receipts/{one.name}")
            note = download.read(0, download.size)
            download.close(sent_all=True)
            found.append(read_receipt(Note.parse(note).text))
        return sorted(found, key=lambda one: one.at)

    def deliveries(self) -> list[Transmission]:
        """Every delivery, the oldest first."""
        with as_worker("olga"):
            return list(Transmission.objects.filter(agreement=self.agreement).order_by("at"))

    def states(self) -> list[State]:
        """Where each delivery stands."""
        return [State(one.state) for one in self.deliveries()]

    def work(self) -> None:
        """Let the steps that are due be taken."""
        work_off(NC)


def manifest(
    agreement: str,
    *files: tuple[str, bytes],
    identifier: str | None = None,
    **said: Any,  # noqa: ANN401 - JSON
) -> bytes:
    """A manifest over files."""
    listed = [
        {"name": name, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()} for name, content in files
    ]
    facts = {"v": 1, "id": identifier or str(uuid.uuid4()), "agreement": agreement, "files": listed, **said}
    return json.dumps(facts).encode()


def open_office(home: Path, key: str = "arrears", kind: PartnerKind = PartnerKind.COUNTY, **terms: Any) -> Office:  # noqa: ANN401 - terms
    """A partner with an agreement that two persons put in force, and a confirmed key."""
    now = clock.now()
    said = {**TERMS, "expires_date": (now + timedelta(days=300)).date().isoformat(), **terms}
    line, wire = new_key()
    with as_worker("olga"):
        partner = register_partner(f"{key}-wake", name="Wake County", kind=kind, contact="919-555-0100")
        agreement = draft_agreement(partner.id, key, title="Arrears every week", terms=said)
        added = add_credential(
            partner.id, login=f"{key}-login", public_key=line, from_at=now - timedelta(days=1),
            until_at=now + timedelta(days=300), networks=["192.0.2.0/24"],
        )  # fmt: skip
    with as_worker("oscar"):
        activate(agreement.id)
        confirm_credential(added.id, read_back=added.digest, how="by telephone")
    sign_log(home)
    boxes = DatabaseMailboxes(list)
    return Office(agreement, boxes.admit(f"{key}-login", wire, REMOTE), boxes, wire)
