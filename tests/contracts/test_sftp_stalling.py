"""Partners' servers that do not what they say: one that stands still, one that renames nothing, one that spoils."""

from __future__ import annotations

import asyncio
import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import asyncssh
import pytest
from tests.contracts.partner_server import PartnerServer, key_pair
from tests.contracts.test_sftp_client import attempt

from harborline.adapters.marks import Marks
from harborline.adapters.sftp_client import pushing
from harborline.adapters.sftp_client.facts import Ending
from harborline.exchange.facts import OutboundFile
from harborline.project.carrying import SftpOut

CONTENT = bytes(range(256)) * 2000
NAME = "ARR0001.DAT"


class Stalls(asyncssh.SFTPServer):
    """Takes the connection, answers every keepalive, and no write."""

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Never."""
        del file_obj, offset, data
        await asyncio.sleep(3600)
        return 0


class StallsAtTheEnd(asyncssh.SFTPServer):
    """Never closes a file."""

    async def close(self, file_obj: object) -> None:
        """Never."""
        del file_obj
        await asyncio.sleep(3600)


class RenamesNothing(asyncssh.SFTPServer):
    """Says OK."""

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Nothing."""

    posix_rename = rename


class Cuts(asyncssh.SFTPServer):
    """Loses the end when it renames."""

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """All but a byte."""
        old, new = Path(self.map_path(oldpath).decode()), Path(self.map_path(newpath).decode())
        new.write_bytes(old.read_bytes()[:-1])
        old.unlink()


class Spoils(asyncssh.SFTPServer):
    """Writes another byte than it was given."""

    def write(self, file_obj: object, offset: int, data: bytes) -> Any:  # noqa: ANN401 - as the library has it
        """One bit of each block."""
        return super().write(file_obj, offset, bytes([data[0] ^ 1]) + data[1:])


class TakesAtOnce(asyncssh.SFTPServer):
    """The partner's program picks a file up as soon as it has its name."""

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Gone."""
        del newpath
        Path(self.map_path(oldpath).decode()).unlink()


class WriteOnly(asyncssh.SFTPServer):
    """Lets us write, and neither read nor look."""

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        """To write."""
        if pflags & asyncssh.FXF_READ:
            raise asyncssh.SFTPPermissionDenied("no")
        return super().open(path, pflags, attrs)


@contextmanager
def serving(folder: Path, kind: type[asyncssh.SFTPServer]) -> Iterator[PartnerServer]:
    """A partner's server of that kind inside the block, in a thread of its own."""
    inbox = folder / "inbox"
    inbox.mkdir(parents=True)
    host_line, our_line = key_pair(folder / "host"), key_pair(folder / "ours")
    (folder / "authorized").write_text(our_line + "\n")
    ready, ended, port = threading.Event(), threading.Event(), [0]

    async def listen() -> None:
        listening = await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[str(folder / "host")], authorized_client_keys=str(folder / "authorized"),
            sftp_factory=lambda channel: kind(channel, chroot=str(inbox).encode()),
        )  # fmt: skip
        port[0] = listening.get_port()
        ready.set()
        await asyncio.to_thread(ended.wait)
        listening.close()

    thread = threading.Thread(target=asyncio.run, args=(listen(),))
    thread.start()
    try:
        assert ready.wait(20)
        yield PartnerServer(port[0], inbox, host_line, (folder / "ours").read_bytes())
    finally:
        ended.set()
        thread.join(20)


def file_of(server: PartnerServer, name: str = NAME, partner: str = "wake") -> OutboundFile:
    """A file for that server's only folder."""
    made = server.file(name, CONTENT)
    return replace(made, partner=partner, address={**made.address, "folder": ""})


@pytest.fixture
def marks(tmp_path: Path) -> Marks:
    """Our memory of what was asked."""
    return Marks(tmp_path / "asked")


class TestAServerThatDoesNotWhatItSays:
    """An OK is not believed."""

    @pytest.mark.parametrize("kind", [Stalls, StallsAtTheEnd])
    def test_and_stands_still_is_left_in_time(
        self, tmp_path: Path, marks: Marks, kind: type[asyncssh.SFTPServer], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Though it answers every keepalive; also while a file is being closed."""
        monkeypatch.setattr(pushing, "STALL_S", 1)
        with serving(tmp_path / "partner", kind) as server:
            began = time.monotonic()
            outcome = attempt(server, marks, file_of(server), CONTENT)
            assert time.monotonic() - began < 30
        assert (outcome.ending, outcome.why) == (Ending.AGAIN, "the server stood still")

    def test_and_answers_only_just_in_time_has_an_end_too(
        self, tmp_path: Path, marks: Marks, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A turn lasts so long and no longer."""
        monkeypatch.setattr(pushing, "TURN_S", 1)
        monkeypatch.setattr(pushing, "SLOWEST", len(CONTENT))
        with serving(tmp_path / "partner", Stalls) as server:
            assert attempt(server, marks, file_of(server), CONTENT).why == "the server stood still"

    def test_and_renames_nothing_has_nothing_delivered(self, tmp_path: Path, marks: Marks) -> None:
        """Only its temporary name is there, after as many attempts as there are."""
        with serving(tmp_path / "partner", RenamesNothing) as server:
            for _ in range(2):
                assert attempt(server, marks, file_of(server), CONTENT).ending is Ending.AGAIN
            assert NAME not in server.names()

    def test_and_loses_the_end_is_a_persons(self, tmp_path: Path, marks: Marks) -> None:
        """Another size stands under the name."""
        with serving(tmp_path / "partner", Cuts) as server:
            assert attempt(server, marks, file_of(server), CONTENT).ending is Ending.CONFLICT

    def test_and_spoils_what_it_gets_never_renames_it(self, tmp_path: Path, marks: Marks) -> None:
        """What it holds is read back where it lets us; nothing is left that a second attempt would build on."""
        with serving(tmp_path / "partner", Spoils) as server:
            assert attempt(server, marks, file_of(server), CONTENT).ending is Ending.AGAIN
            assert server.names() == []

    @pytest.mark.parametrize(
        ("kind", "why"),
        [(TakesAtOnce, "renamed, and taken at once"), (WriteOnly, "renamed"), (asyncssh.SFTPServer, "renamed")],
    )  # fmt: skip
    def test_while_an_honest_one_is_believed(
        self, tmp_path: Path, marks: Marks, kind: type[asyncssh.SFTPServer], why: str
    ) -> None:
        """Also one whose partner is quick, or lets us write and not read."""
        with serving(tmp_path / "partner", kind) as server:
            outcome = attempt(server, marks, file_of(server), CONTENT)
            assert (outcome.ending, outcome.why) == (Ending.DELIVERED, why)


class Files:
    """An outbox in memory."""

    def __init__(self, files: Sequence[OutboundFile]) -> None:
        self.waiting = {one.transmission_id: one for one in files}
        self.claimed: dict[Any, OutboundFile] = {}
        self.sent_names: list[str] = []

    def ready(self, channel: str) -> Sequence[OutboundFile]:
        """What waits."""
        del channel
        return list(self.waiting.values())

    def under_way(self, channel: str) -> Sequence[OutboundFile]:
        """What was claimed."""
        del channel
        return list(self.claimed.values())

    def sending(self, program: str, key: Any) -> IO[bytes]:  # noqa: ANN401 - an id
        """Claim one."""
        self.claimed[key] = self.waiting.pop(key)
        return self.again(program, key)

    def again(self, program: str, key: Any) -> IO[bytes]:  # noqa: ANN401 - an id
        """Its content."""
        del program, key
        return io.BytesIO(CONTENT)

    def sent(self, program: str, key: Any, detail: str) -> None:  # noqa: ANN401 - an id
        """Delivered."""
        del program, detail
        self.sent_names.append(self.claimed.pop(key).name)


def until(found: Callable[[], bool], limit_s: float = 30) -> bool:
    """Whether something becomes true in time."""
    ends = time.monotonic() + limit_s
    while time.monotonic() < ends and not found():
        time.sleep(0.05)
    return found()


def test_a_partner_whose_server_stalls_keeps_nobody_else_waiting(
    tmp_path: Path, marks: Marks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A round begins at once, the other partner's files arrive, and the next round leaves the stalled one alone."""
    monkeypatch.setattr(pushing, "STALL_S", 8)
    with serving(tmp_path / "a", Stalls) as stalling, serving(tmp_path / "b", asyncssh.SFTPServer) as other:
        (tmp_path / "b/authorized").write_bytes((tmp_path / "a/authorized").read_bytes())
        files = Files(
            [file_of(stalling, "ARR0001.DAT", "a"), file_of(stalling, "ARR0002.DAT", "a"),
             file_of(other, "ARR0003.DAT", "b")]
        )  # fmt: skip
        sender = SftpOut(files, marks, stalling.key)  # type: ignore[arg-type]  # what is asked of it here
        began = time.monotonic()
        assert sender.send_all(0) == 2
        assert time.monotonic() - began < 4
        assert until(lambda: files.sent_names == ["ARR0003.DAT"], 6)
        late = file_of(other, "ARR0004.DAT", "b")
        files.waiting[late.transmission_id] = late
        assert until(lambda: sender.turns.free("nc-css/b"))
        assert sender.send_all(0) == 1
        sender.turns.end()
        assert files.sent_names == ["ARR0003.DAT", "ARR0004.DAT"]
