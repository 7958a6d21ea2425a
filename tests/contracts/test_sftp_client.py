"""Files put on a partner's server (OpenSSH's): once, whole, and only where the host key is the agreed one."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import random
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import asyncssh
import pytest
from tests.contracts.partner_server import HOST, SSHD, PartnerServer, key_pair, partner_server
from tests.contracts.sftp_cuts import line
from tests.contracts.sftp_site import AGREEMENT, LOGIN, InMemory, serving

from harborline.adapters.marks import Marks
from harborline.adapters.sftp_client import pushing
from harborline.adapters.sftp_client.facts import Ending, Outcome, Push
from harborline.adapters.sftp_client.line import Pins
from harborline.adapters.sftp_client.pushing import push
from harborline.exchange.facts import OutboundFile
from harborline.kernel import Invalid
from harborline.kernel.clock import monotonic_s

CONTENT = random.Random(3).randbytes(9_300_000)
NAME = "ARR0001.DAT"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PartnerServer]:
    """The partner's server."""
    with partner_server(tmp_path) as found:
        yield found


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    """Our memory of what was asked."""
    return Marks(tmp_path / "asked")


def attempt(server: PartnerServer, marks: Marks, file: OutboundFile, content: bytes = CONTENT) -> Outcome:
    """One attempt, as the carrier makes it."""
    return push(
        Push(
            file, lambda: io.BytesIO(content), server.key, asked=marks.get(file.transmission_id) is not None,
            ask=lambda: marks.put(file.transmission_id, {}),
        )
    )  # fmt: skip


@pytest.mark.peer(SSHD)
class TestAFile:
    """Whatever went wrong before, it is there once and whole, or a person is asked."""

    @pytest.mark.parametrize("content", [b"", b"x", CONTENT], ids=["empty", "short", "long"])
    def test_arrives_whole_under_its_name_only(self, server: PartnerServer, marks: Marks, content: bytes) -> None:
        """No temporary name is left."""
        assert attempt(server, marks, server.file(NAME, content), content) == Outcome(Ending.DELIVERED, "renamed")
        assert server.names() == [NAME]
        assert (server.folder / NAME).read_bytes() == content

    @pytest.mark.parametrize("way", ["reset", "half-closed"])
    def test_that_was_cut_off_is_taken_up_again(self, server: PartnerServer, marks: Marks, way: str) -> None:
        """In several places; nothing stands under the final name until all of it does."""
        chance = random.Random(4)
        for at_bytes in (4_000, chance.randrange(10_000, 9_000_000), 9_290_000):
            with line(server.port, at_bytes, lambda wire: wire.reset() if way == "reset" else wire.half_close()) as cut:
                outcome = attempt(server, marks, server.file(NAME, CONTENT, port=cut.port))
            assert outcome.ending is Ending.AGAIN
            assert NAME not in server.names()
        assert attempt(server, marks, server.file(NAME, CONTENT)).ending is Ending.DELIVERED
        assert (server.folder / NAME).read_bytes() == CONTENT
        assert server.names() == [NAME]

    def test_goes_on_behind_what_lies_there(
        self, server: PartnerServer, marks: Marks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The last part is written again, because requests on the way may have been lost in any order."""
        monkeypatch.setattr(pushing, "STEP_BACK", 1_000_000)
        file = server.file(NAME, CONTENT)
        temporary = Path(Push(file, io.BytesIO, b"", asked=False, ask=lambda: None).temporary)
        temporary.write_bytes(CONTENT[:5_000_000] + bytes(1_000_000))
        assert attempt(server, marks, file).ending is Ending.DELIVERED
        assert (server.folder / NAME).read_bytes() == CONTENT

    def test_replaces_what_is_longer_than_it_could_be(self, server: PartnerServer, marks: Marks) -> None:
        """A temporary file of some other time."""
        file = server.file(NAME, b"abc")
        Path(Push(file, io.BytesIO, b"", asked=False, ask=lambda: None).temporary).write_bytes(b"longer")
        assert attempt(server, marks, file, b"abc").ending is Ending.DELIVERED
        assert (server.folder / NAME).read_bytes() == b"abc"

    def test_whose_rename_was_done_and_never_answered_is_delivered(self, server: PartnerServer, marks: Marks) -> None:
        """The line broke after the server renamed: the next attempt finds it there and sends nothing."""
        file = server.file(NAME, CONTENT)
        marks.put(file.transmission_id, {})
        (server.folder / NAME).write_bytes(CONTENT)
        assert attempt(server, marks, file, b"never read").ending is Ending.DELIVERED

    def test_nobody_knows_of_is_not_sent_again(self, server: PartnerServer, marks: Marks) -> None:
        """The rename was asked, and the partner may have picked the file up: a person asks them."""
        file = server.file(NAME, CONTENT)
        marks.put(file.transmission_id, {})
        assert attempt(server, marks, file).ending is Ending.UNKNOWN
        assert server.names() == []

    @pytest.mark.parametrize("other", [b"other", bytes(len(CONTENT))], ids=["another length", "the same length"])
    def test_never_replaces_another_of_its_name(self, server: PartnerServer, marks: Marks, other: bytes) -> None:
        """A person decides."""
        (server.folder / NAME).write_bytes(other)
        assert attempt(server, marks, server.file(NAME, CONTENT)).ending is Ending.CONFLICT
        assert (server.folder / NAME).read_bytes() == other

    def test_that_changed_here_is_not_renamed(self, server: PartnerServer, marks: Marks) -> None:
        """The digest on record decides."""
        file = server.file(NAME, CONTENT)
        assert attempt(server, marks, file, bytes(len(CONTENT))).ending is Ending.CONFLICT
        assert NAME not in server.names()

    def test_for_which_there_is_no_folder_is_tried_again(self, server: PartnerServer, marks: Marks) -> None:
        """The partner's folder may come back."""
        file = server.file(NAME, CONTENT)
        away = replace(file, address={**file.address, "folder": str(server.folder / "missing")})
        assert attempt(server, marks, away).ending is Ending.AGAIN

    def test_with_a_server_that_is_away_is_tried_again(self, server: PartnerServer, marks: Marks) -> None:
        """Or that does not take our key."""
        with line(1, 1, lambda _: None) as nobody:
            assert attempt(server, marks, server.file(NAME, CONTENT, port=nobody.port)).ending is Ending.AGAIN
        (server.folder.parent / "authorized").write_text("")
        assert attempt(server, marks, server.file(NAME, CONTENT)).ending is Ending.AGAIN


@pytest.mark.peer(SSHD)
class TestTheHostKey:
    """Pinned, two of them during a change, never taken on trust."""

    def test_that_changed_stops_everything(self, server: PartnerServer, marks: Marks, tmp_path: Path) -> None:
        """Nothing is sent, not even our name."""
        other = key_pair(tmp_path / "other")
        outcome = attempt(server, marks, server.file(NAME, CONTENT, host_keys=[other]))
        assert outcome.ending is Ending.HOST_KEY
        assert server.names() == []

    def test_may_be_one_of_two_or_a_fingerprint(self, server: PartnerServer, marks: Marks, tmp_path: Path) -> None:
        """An announced change has both on file."""
        other = key_pair(tmp_path / "other")
        digest = hashlib.sha256(base64.b64decode(server.host_key.split()[1])).digest()
        printed = "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
        for number, pins in enumerate(([other, server.host_key], [printed], [printed + "="])):
            name = f"ARR{number:04}.DAT"
            assert attempt(server, marks, server.file(name, CONTENT, host_keys=pins)).ending is Ending.DELIVERED

    @pytest.mark.parametrize("lines", [[], [""], ["ssh-ed25519 nonsense"], ["MD5:aa"]])
    def test_must_be_there_and_readable(self, lines: list[str]) -> None:
        """No agreement without one."""
        with pytest.raises(Invalid):
            Pins.read(lines)


@pytest.mark.peer(SSHD)
@pytest.mark.clause("CA-CSS-03-11:all-files-by-transfer", shows="keeps")
class TestTwoOfOurs:
    """Our own gateway as the partner: both ends of the product fit."""

    def test_a_file_goes_from_one_to_the_other(self, tmp_path: Path, marks: Marks) -> None:
        """And lands by its rename."""
        backing = InMemory()
        with serving(backing, tmp_path) as site:
            pins = tuple(
                asyncssh.import_private_key(pem).export_public_key().decode() for pem in backing.mailboxes.host_keys()
            )
            address = {"host": "127.0.0.1", "port": site.port, "login": LOGIN, "folder": f"/{AGREEMENT}/in",
                       "host_keys": pins}  # fmt: skip
            digest = hashlib.sha256(CONTENT).hexdigest()
            file = OutboundFile(uuid.uuid4(), "nc-css", "a", "wake", NAME, len(CONTENT), digest, address)
            wanted = Push(file, lambda: io.BytesIO(CONTENT), site.key.read_bytes(), asked=False, ask=lambda: None)
            assert push(wanted).ending is Ending.DELIVERED
            assert backing.landed() == {NAME: (len(CONTENT), digest)}


def test_a_server_that_says_nothing_is_left_in_time(
    tmp_path: Path, marks: Marks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes the connection and never speaks."""
    monkeypatch.setattr("harborline.adapters.sftp_client.line.CONNECT_S", 1)
    monkeypatch.setattr("harborline.adapters.sftp_client.line.LOGIN_S", 0)
    host, ours = key_pair(tmp_path / "host"), tmp_path / "ours"
    key_pair(ours)

    async def silent() -> Outcome:
        async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        listening = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
        port = listening.sockets[0].getsockname()[1]
        server = PartnerServer(port, tmp_path, host, ours.read_bytes())
        outcome = await asyncio.to_thread(attempt, server, marks, server.file(NAME, CONTENT))
        listening.close()
        return outcome

    assert asyncio.run(silent()).ending is Ending.AGAIN


class _Odd(asyncssh.SFTPServer):
    """A partner's server that says yes and does nothing, or stands still."""

    still = False

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        del oldpath, newpath

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        del oldpath, newpath

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        if self.still:
            await asyncio.sleep(600)
        return int(super().write(file_obj, offset, data))  # type: ignore[arg-type]  # asyncssh's own file


class _Still(_Odd):
    still = True


@contextmanager
def odd_server(kind: type[_Odd], known: PartnerServer) -> Iterator[int]:
    """Its port; it shows the host key of the known one and lets everybody in."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, daemon=True).start()

    class Anybody(asyncssh.SSHServer):
        def begin_auth(self, username: str) -> bool:
            del username
            return False

    async def begin() -> asyncssh.SSHAcceptor:
        key = asyncssh.import_private_key(known.key)
        return await asyncssh.listen(HOST, 0, server_factory=Anybody, sftp_factory=kind, server_host_keys=[key])

    listener = asyncio.run_coroutine_threadsafe(begin(), loop).result(30)
    try:
        yield listener.get_port()
    finally:
        loop.call_soon_threadsafe(listener.close)
        loop.call_soon_threadsafe(loop.stop)


@pytest.mark.peer(SSHD)
class TestAServerThatIsNotWhatItSays:
    """It is asked again, and it is not waited for."""

    def _file(self, server: PartnerServer, port: int) -> OutboundFile:
        key = asyncssh.import_private_key(server.key).export_public_key().decode().strip()
        return server.file(NAME, b"abc", port=port, host_keys=[key])

    def test_that_did_not_rename_has_delivered_nothing(self, server: PartnerServer, marks: Marks) -> None:
        """The temporary name still lies there."""
        with odd_server(_Odd, server) as port:
            assert attempt(server, marks, self._file(server, port), b"abc").ending is Ending.AGAIN
        assert NAME not in server.names()

    def test_that_stands_still_is_left(
        self, server: PartnerServer, marks: Marks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its answer is not waited for to close, nor to say goodbye."""
        monkeypatch.setattr(pushing, "STALL_S", 1)
        begun_s = monotonic_s()
        with odd_server(_Still, server) as port:
            assert attempt(server, marks, self._file(server, port), b"abc").ending is Ending.AGAIN
            assert monotonic_s() - begun_s < 30
