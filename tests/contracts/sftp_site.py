"""A gateway in this process, over mailboxes in memory or in the database, and the keys its partners hold."""

from __future__ import annotations

import asyncio
import hashlib
import io
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import asyncssh
from tests.rooms.exchange.house import sign_log

from harborline.adapters.sftp_server.door import House
from harborline.adapters.sftp_server.doorstep import Doorstep, Places
from harborline.adapters.sftp_server.listening import listen, shared_socket
from harborline.adapters.sftp_server.memory import MemoryMailboxes
from harborline.exchange.facts import Limits, PartnerKind
from harborline.exchange.models import TransmittedFile
from harborline.exchange.ports import Mailboxes
from harborline.exchange.services import (
    activate,
    add_credential,
    confirm_credential,
    draft_agreement,
    register_partner,
    send_file,
)
from harborline.kernel import clock, ports
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

LOGIN = "wake-county"
AGREEMENT = "arrears"
HOST = "127.0.0.1"
_RECEIVED = ("landed", "validated", "processed", "held", "tested")
LANDED = dict[str, tuple[int, str]]


class Backing(Protocol):
    """What stands behind a gateway of the tests."""

    mailboxes: Mailboxes

    def let_in(self, key: Path) -> None:
        """Put a public key on file for the partner."""

    def landed(self) -> LANDED:
        """Of every landed file: size and SHA-256."""

    def put_out(self, name: str, content: bytes) -> None:
        """Make a file ready for the partner."""

    def picked_up(self) -> list[str]:
        """Names the partner fetched whole."""


class InMemory:
    """Mailboxes that forget."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.kept = MemoryMailboxes()
        self.mailboxes: Mailboxes = self.kept
        self._limits = limits

    def let_in(self, key: Path) -> None:
        """A key of the county."""
        self.kept.let_in(LOGIN, asyncssh.read_public_key(f"{key}.pub").public_data, {AGREEMENT}, self._limits)

    def landed(self) -> LANDED:
        """By name without its folder."""
        return {path.rpartition("/")[2]: (size, digest) for path, digest, size in self.kept.landed}

    def put_out(self, name: str, content: bytes) -> None:
        """Into the out box."""
        self.kept.put_out(f"/{AGREEMENT}/out/{name}", content)

    def picked_up(self) -> list[str]:
        """By name."""
        return [path.rpartition("/")[2] for path in self.kept.picked_up]


class InDatabase:
    """The mailboxes of the product: one county, one agreement in force."""

    def __init__(self, folder: Path, **said: Any) -> None:  # noqa: ANN401 - terms
        self.mailboxes: Mailboxes = ports.serving(Mailboxes)
        terms = {
            "holds": "Arrears of the county's cases", "purpose": "Arrears are kept the same in both systems",
            "direction": "both", "naming": "ARR{seq:4}.DAT", "identical": True,
            "expires_date": (clock.now() + timedelta(days=300)).date().isoformat(), **said,
        }  # fmt: skip
        with _as_worker("olga"):
            self._partner = register_partner("wake", name="Wake County", kind=PartnerKind.COUNTY).id
            self._agreement = draft_agreement(self._partner, AGREEMENT, title="Arrears every week", terms=terms).id
        with _as_worker("oscar"):
            activate(self._agreement)
        sign_log(folder)

    def let_in(self, key: Path) -> None:
        """A key of the county, added by one and confirmed by another."""
        now = clock.now()
        with _as_worker("olga"):
            added = add_credential(
                self._partner, login=LOGIN, public_key=Path(f"{key}.pub").read_text(),
                from_at=now - timedelta(days=1), until_at=now + timedelta(days=300),
            )  # fmt: skip
        with _as_worker("oscar"):
            confirm_credential(added.id, read_back=added.digest, how="by telephone")

    def landed(self) -> LANDED:
        """Every file of every delivery that came in."""
        with _as_worker("olga"):
            rows = TransmittedFile.objects.filter(transmission__outgoing=False, transmission__state__in=_RECEIVED)
            return {row.name: (row.size, row.sha256) for row in rows}

    def put_out(self, name: str, content: bytes) -> None:
        """Send it."""
        with _as_worker("olga"):
            send_file(self._agreement, name, io.BytesIO(content))

    def picked_up(self) -> list[str]:
        """Deliveries that were sent."""
        with _as_worker("olga"):
            rows = TransmittedFile.objects.filter(transmission__outgoing=True, transmission__state="sent")
            return list(rows.values_list("name", flat=True))


def _as_worker(name: str) -> AbstractContextManager[Context]:
    return acting(Actor("worker", name), program="nc-css", counties=ALL_COUNTIES, purpose="exchange")


@dataclass
class Site:
    """A gateway that listens, and what a partner needs to reach it."""

    backing: Backing
    folder: Path
    port: int = 0
    house: House | None = None
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    @property
    def key(self) -> Path:
        """The partner's private key."""
        return self.folder / "id"

    def options(self, key: Path | None = None) -> list[str]:
        """What OpenSSH's clients are told."""
        return [
            "-F", "none", "-i", str(key or self.key), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes",
            "-o", f"UserKnownHostsFile={self.folder}/known_hosts", "-o", "StrictHostKeyChecking=yes",
            "-o", "LogLevel=ERROR",
        ]  # fmt: skip

    def sftp(self, *lines: str, key: Path | None = None, login: str = LOGIN) -> subprocess.CompletedProcess[str]:
        """A batch of OpenSSH's sftp."""
        command = ["sftp", "-P", str(self.port), *self.options(key), "-b", "-", f"{login}@{HOST}"]
        return self.run(command, "\n".join(lines) + "\n")

    def run(self, command: list[str], stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Any client."""
        return subprocess.run(
            command, input=stdin, capture_output=True, text=True, timeout=120, cwd=self.folder, check=False
        )

    def file(self, name: str, content: bytes) -> tuple[int, str]:
        """A file at the partner's; its size and SHA-256."""
        (self.folder / name).write_bytes(content)
        return len(content), hashlib.sha256(content).hexdigest()

    def start(self, house: House) -> None:
        """Listen in a thread."""
        self.house = house
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        bound = shared_socket(HOST, 0)
        self._acceptor = asyncio.run_coroutine_threadsafe(listen(house, bound), self._loop).result(30)
        self.port = self._acceptor.get_port()

    def stop(self) -> None:
        """Disconnect everybody and end."""
        assert self.house is not None
        self._loop.call_soon_threadsafe(self._acceptor.close)
        asyncio.run_coroutine_threadsafe(self.house.farewell(), self._loop).result(30)
        self._loop.call_soon_threadsafe(self._loop.stop)


def make_key(path: Path, kind: str = "ed25519") -> Path:
    """A key pair as OpenSSH writes it."""
    pair = (
        asyncssh.generate_private_key("ssh-rsa", key_size=3072)
        if kind == "rsa"
        else asyncssh.generate_private_key("ssh-ed25519")
    )
    pair.write_private_key(path)
    pair.write_public_key(f"{path}.pub")
    path.chmod(0o600)
    return path


@contextmanager
def serving(backing: Backing, folder: Path, **house: float) -> Iterator[Site]:
    """A gateway inside the block; the partner has a key on file and knows our host keys."""
    site = Site(backing, folder)
    make_key(site.key)
    backing.let_in(site.key)
    with ThreadPoolExecutor(8) as executor:
        site.start(House(backing.mailboxes, executor, Doorstep(), Places(folder / "places"), **house))  # type: ignore[arg-type]  # seconds
        lines = [asyncssh.import_private_key(pem) for pem in backing.mailboxes.host_keys()]
        (folder / "known_hosts").write_text(
            "".join(f"[{HOST}]:{site.port},gateway {key.export_public_key().decode().strip()}\n" for key in lines)
        )
        try:
            yield site
        finally:
            site.stop()
