"""Uploads that are cut off in every way: whatever happens, nothing counts as received that is not whole."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncssh
import pytest
from django.test import override_settings
from tests.contracts.sftp_cuts import HOST, WAYS, interrupted_put, seeded
from tests.contracts.sftp_site import AGREEMENT, LOGIN, Backing, InDatabase, InMemory, Site, make_key, serving

from harborline.ledger.services import forget_origin

IN = f"/{AGREEMENT}/in"
SAMPLE, WHOLE = 10, 500


@pytest.fixture
def memory_site(tmp_path: Path) -> Iterator[Site]:
    """A gateway over mailboxes in memory."""
    with serving(InMemory(), tmp_path) as found:
        yield found


@pytest.fixture
def database_site(committed: None, tmp_path: Path) -> Iterator[Site]:
    """A gateway over the product's mailboxes."""
    (tmp_path / "blobs").mkdir()
    with override_settings(BLOB_DIRECTORY=tmp_path / "blobs"), serving(InDatabase(tmp_path), tmp_path) as found:
        yield found
    forget_origin()


def rounds(site: Site, seed: int, count: int) -> None:
    """So many cut uploads; after each, what is received is what was sent, and what was said to be sent is received."""
    for number, (chance, way) in enumerate(seeded(seed, count, WAYS)):
        name = f"ARR{number:04}.DAT"
        content = chance.randbytes(chance.randrange(1, 1_200_000))
        sent = site.file(name, content)
        batch = f"put {name} {IN}/{name}.part\nrename {IN}/{name}.part {IN}/{name}\n"
        # The handshake takes about 6 kB; a cut may also fall behind the last byte, between closing and renaming.
        at_bytes = chance.randrange(3_000, len(content) + 9_000)
        status, cut = interrupted_put(
            port=site.port, options=site.options(), login=LOGIN, batch=batch, folder=site.folder, way=way,
            at_bytes=at_bytes,
        )  # fmt: skip
        received = site.backing.landed()
        assert received.get(name, sent) == sent, (way, at_bytes, cut)
        assert status != 0 or received.get(name) == sent, (way, at_bytes)
        if number % 5 == 0 and name not in received:
            assert recovered(site, name), (way, at_bytes)
            assert site.backing.landed()[name] == sent
        (site.folder / name).unlink()


def killed_rounds(home: Path, folder: Path, seed: int, count: int) -> None:
    """So many uploads during which the gateway is killed; what is received after all is what was sent."""
    backing = InDatabase(folder)
    site = Site(backing, folder)
    backing.let_in(make_key(site.key))
    with gateway_process(home) as keeper:
        site.port = keeper.port
        keys = [asyncssh.import_private_key(pem).export_public_key().decode() for pem in backing.mailboxes.host_keys()]
        known = "".join(f"[{HOST}]:{site.port},gateway {key.strip()}\n" for key in keys)
        (folder / "known_hosts").write_text(known)
        for number, (chance, _) in enumerate(seeded(seed, count, ("server-killed",))):
            name = f"ARR{number:04}.DAT"
            content = chance.randbytes(chance.randrange(200_000, 2_000_000))
            sent = site.file(name, content)
            batch = f"put {name} {IN}/{name}.part\nrename {IN}/{name}.part {IN}/{name}\n"
            status, _ = interrupted_put(
                port=site.port, options=site.options(), login=LOGIN, batch=batch, folder=folder, way="server-killed",
                at_bytes=chance.randrange(6_000, len(content)), act=keeper.kill,
            )  # fmt: skip
            assert backing.landed().get(name, sent) == sent
            assert status != 0 or backing.landed().get(name) == sent
            keeper.wait()
            if name not in backing.landed():
                assert recovered(site, name)
            assert backing.landed()[name] == sent


class Gateway:
    """A gateway process with its keeper, which starts it again."""

    def __init__(self, home: Path) -> None:
        with socket.create_server((HOST, 0)) as free:
            self.port = int(free.getsockname()[1])
        command = [sys.executable, "-m", "harborline.project.command", "gateway", "--port", str(self.port)]
        self.keeper = subprocess.Popen(
            [*command, "--workers", "1"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
            env={**os.environ, "HARBORLINE_HOME": str(home)},
        )  # fmt: skip
        self.wait()

    def children(self) -> list[int]:
        """The process that serves."""
        listed = Path(f"/proc/{self.keeper.pid}/task/{self.keeper.pid}/children").read_text().split()
        return [int(one) for one in listed if "--one" in Path(f"/proc/{one}/cmdline").read_text()]

    def kill(self) -> None:
        """Kill it where it stands."""
        for one in self.children():
            os.kill(one, signal.SIGKILL)

    def wait(self) -> None:
        """Until it speaks SSH again."""
        for _ in range(600):
            try:
                with socket.create_connection((HOST, self.port), timeout=2) as wire:
                    if wire.recv(4) == b"SSH-":
                        return
            except OSError:
                pass
            time.sleep(0.1)
        raise TimeoutError


@contextmanager
def gateway_process(home: Path) -> Iterator[Gateway]:
    """The gateway inside the block."""
    made = Gateway(home)
    try:
        yield made
    finally:
        made.keeper.terminate()
        made.keeper.wait(30)
        forget_origin()


def recovered(site: Site, name: str) -> bool:
    """Whether the partner's next try gets the file in: taken up where it stopped, or from the beginning."""
    renamed = f"rename {IN}/{name}.part {IN}/{name}"
    again = site.sftp(f"reput {name} {IN}/{name}.part", renamed)
    if again.returncode == 0:
        return True
    # Nothing was begun, or everything is there already: reput refuses, put begins anew.
    done = site.sftp(f"put {name} {IN}/{name}.part", renamed)
    return done.returncode == 0


@pytest.mark.peer("sftp")
class TestAnUploadThatIsCutOff:
    """By the person, by the machine, by the line, by a full disk."""

    def test_is_never_received_in_memory(self, memory_site: Site) -> None:
        """A seeded sample."""
        rounds(memory_site, 81, SAMPLE)

    def test_is_never_received_in_the_database(self, database_site: Site) -> None:
        """A seeded sample, on the product's own mailboxes."""
        rounds(database_site, 82, SAMPLE)

    @pytest.mark.soak
    def test_is_never_received_in_memory_at_length(self, memory_site: Site, soak: bool) -> None:
        """Hundreds of them."""
        if not soak:
            pytest.skip("runs with --soak")
        rounds(memory_site, 83, WHOLE)

    @pytest.mark.soak
    @pytest.mark.timeout(7200)
    def test_is_never_received_in_the_database_at_length(self, database_site: Site, soak: bool) -> None:
        """Hundreds of them."""
        if not soak:
            pytest.skip("runs with --soak")
        rounds(database_site, 84, WHOLE)

    def test_is_never_received_when_the_gateway_is_killed(self, committed: None, home: Path, tmp_path: Path) -> None:
        """A seeded sample; the gateway is a process of its own, and is started again by its keeper."""
        killed_rounds(home, tmp_path, 85, 3)

    @pytest.mark.soak
    @pytest.mark.timeout(7200)
    def test_is_never_received_when_the_gateway_is_killed_at_length(
        self, committed: None, home: Path, tmp_path: Path, soak: bool
    ) -> None:
        """A hundred times."""
        if not soak:
            pytest.skip("runs with --soak")
        killed_rounds(home, tmp_path, 86, 100)

    def test_by_a_full_disk_is_refused_and_goes_on_when_there_is_room(self, memory_site: Site) -> None:
        """The client hears it, nothing is received, and nobody else is hindered."""
        backing: Backing = memory_site.backing
        assert isinstance(backing, InMemory)
        sent = memory_site.file("ARR0001.DAT", bytes(900_000))
        backing.kept.space_bytes = 300_000
        lines = (f"put ARR0001.DAT {IN}/a.part", f"rename {IN}/a.part {IN}/ARR0001.DAT")
        assert memory_site.sftp(*lines).returncode == 1
        assert memory_site.sftp(f"-rename {IN}/a.part {IN}/ARR0001.DAT").returncode == 0
        assert backing.landed() == {}
        backing.kept.space_bytes = None
        assert recovered(memory_site, "ARR0001.DAT")
        assert backing.landed() == {"ARR0001.DAT": sent}
