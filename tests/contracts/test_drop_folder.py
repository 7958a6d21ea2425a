"""The drop folder with a client of ours that behaves, and others that do not."""

from __future__ import annotations

import hashlib
import json
import os
import random
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.contracts.outbox import MemoryOutbox

from harborline.adapters.drop_folder.acceptance import Step, content_of, steps, try_step
from harborline.adapters.drop_folder.giving import CHANNEL, Giver
from harborline.adapters.drop_folder.place import Place, said_in
from harborline.adapters.drop_folder.taking import Taker
from harborline.adapters.marks import Marks
from harborline.adapters.sftp_server.memory import MemoryMailboxes
from harborline.kernel import Broken, Invalid

CONTENT = random.Random(9).randbytes(2_100_000)
NAME = "ARR0001.DAT"


@dataclass
class Room:
    """A drop folder, our side of it, and the folders as the client sees them."""

    outbox: MemoryOutbox
    mailboxes: MemoryMailboxes
    base: Path
    own: Path

    @property
    def place(self) -> Place:
        """The agreement's folders."""
        return Place.of(self.base, "arrears", "")

    def giver(self, wait_s: float = 3600) -> Giver:
        """A fresh one, as after a restart."""
        return Giver(self.outbox, self.base, Marks(self.own / "handed"), wait_s=wait_s)

    def taker(self) -> Taker:
        """A fresh one."""
        return Taker(self.outbox, self.mailboxes, self.base, self.own / "receipts")

    def client_takes(self, name: str = NAME) -> bytes:
        """The client takes a file away, as its done-file allows."""
        said = said_in((self.place.giving / f"{name}.done").read_bytes())
        content = (self.place.giving / name).read_bytes()
        assert (said["name"], said["size"]) == (name, str(len(content)))
        assert said["sha256"] == hashlib.sha256(content).hexdigest()
        for one in (f"{name}.done", name):
            (self.place.giving / one).unlink()
        return content

    def client_brings(self, name: str, content: bytes, **said: object) -> None:
        """The client leaves a file, then its done-file."""
        (self.place.taking / name).write_bytes(content)
        (self.place.taking / f"{name}.done").write_text(json.dumps({"size": len(content), **said}))

    def client_says(self, text: str, name: str = NAME, end: str = "result") -> None:
        """The client leaves a result."""
        (self.place.results / f"{name}.{end}").write_text(text)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """Nothing in it yet."""
    mailboxes = MemoryMailboxes()
    outbox = MemoryOutbox(CHANNEL)
    outbox.own = mailboxes.let_in("adapter-arrears", b"", {"arrears"})
    return Room(outbox, mailboxes, tmp_path / "drop", tmp_path / "own")


@pytest.mark.clause("CA-CSS-03-11:all-files-by-transfer", shows="keeps")
class TestHandingOver:
    """Once, whole, and left in the clear no longer than needed."""

    def test_a_file_comes_with_its_done_file_last(self, room: Room) -> None:
        """The client finds both and the bytes are ours."""
        key = room.outbox.make(NAME, CONTENT)
        assert room.giver().hand_over_all(0) == 1
        assert room.client_takes() == CONTENT
        assert room.outbox.states[key] == "sending"

    def test_a_good_result_ends_it(self, room: Room) -> None:
        """Whatever the client left behind is removed with it."""
        key = room.outbox.make(NAME, CONTENT)
        room.giver().hand_over_all(0)
        room.client_says(f"status=done\nsize={len(CONTENT)}\n")
        assert room.giver().hear_all(1) == 1
        assert room.outbox.states[key] == "sent"
        assert [*room.place.giving.iterdir(), *room.place.results.iterdir()] == []
        assert room.giver().hear_all(2) == 0

    @pytest.mark.parametrize(
        ("text", "state"),
        [("status: failed", "failed"), ('{"status": "error", "code": 8}', "failed"), ("status=done\nsize=1", "unknown"),
         ("status=done\nsha256=00", "unknown"), ("", "unknown"), ("\x00\xff nonsense", "unknown")],
    )  # fmt: skip
    def test_other_results_are_taken_as_what_they_say(self, room: Room, text: str, state: str) -> None:
        """A failure is a failure; what cannot be understood, or speaks of other bytes, is for a person."""
        key = room.outbox.make(NAME, CONTENT)
        room.giver().hand_over_all(0)
        room.client_says(text)
        room.giver().hear_all(1)
        assert room.outbox.states[key] == state

    def test_a_receipt_of_the_partner_is_kept(self, room: Room) -> None:
        """One that speaks of other bytes is put aside, and somebody hears of it."""
        key = room.outbox.make(NAME, CONTENT)
        room.giver().hand_over_all(0)
        room.client_says("other bytes", end="receipt")
        room.giver().hear_all(1)
        assert (room.outbox.states[key], [one for one, _ in room.outbox.alarms]) == ("sending", ["receipt-refused"])
        room.client_says("harborline receipt v1", end="receipt")
        room.giver().hear_all(2)
        assert (room.outbox.states[key], room.outbox.receipts[key]) == ("acknowledged", b"harborline receipt v1")

    def test_silence_is_left_to_a_person_and_nothing_is_handed_over_twice(self, room: Room) -> None:
        """After a restart too; a result that comes late still counts."""
        key = room.outbox.make(NAME, CONTENT)
        room.giver(wait_s=60).hand_over_all(0)
        room.client_takes()
        for now_s in (1, 30):
            room.giver(wait_s=60).hand_over_all(now_s)
            room.giver(wait_s=60).hear_all(now_s)
            assert (room.outbox.states[key], list(room.place.giving.iterdir())) == ("sending", [])
        room.giver(wait_s=60).hear_all(60)
        assert (room.outbox.states[key], room.outbox.reasons[key]) == ("unknown", "no-result-from-the-client")
        room.client_says("status=done")
        room.giver(wait_s=60).hear_all(61)
        assert room.outbox.states[key] == "sent"

    def test_a_crash_before_the_mark_hands_over_again(self, room: Room) -> None:
        """Without a done-file the client took nothing; half a file is written anew."""
        key = room.outbox.make(NAME, CONTENT)
        room.outbox.sending("nc-css", key)
        (room.place.giving / NAME).write_bytes(CONTENT[:1000])
        assert room.giver().hand_over_all(0) == 1
        assert room.client_takes() == CONTENT

    def test_a_name_that_waits_there_already_is_not_overwritten(self, room: Room) -> None:
        """The client has not taken an earlier file of this name."""
        (room.place.giving / f"{NAME}.done").write_text("size=3")
        key = room.outbox.make(NAME, CONTENT)
        assert room.giver().hand_over_all(0) == 0
        assert (room.outbox.states[key], room.outbox.reasons[key]) == ("failed", "name-waits-there")

    def test_a_content_that_changed_is_not_handed_over(self, room: Room) -> None:
        """The digest on record decides."""
        key = room.outbox.make(NAME, CONTENT)
        file, _ = room.outbox.files[key]
        room.outbox.files[key] = (file, b"changed")
        with pytest.raises(Broken):
            room.giver().hand_over_all(0)
        assert list(room.place.giving.iterdir()) == []

    @pytest.mark.parametrize("folder", ["..", "../other", "a/../../b", "/etc/../..", "a//b", ".hidden", "a b", "a\x00"])
    def test_no_folder_leaves_the_drop_folder(self, tmp_path: Path, folder: str) -> None:
        """Whatever an agreement says."""
        with pytest.raises(Invalid):
            Place.of(tmp_path, "arrears", folder)


class TestTakingIn:
    """Only what its done-file names whole."""

    def test_a_whole_file_lands_and_leaves_the_folder(self, room: Room) -> None:
        """With size alone, with a digest, in lines and in JSON."""
        room.client_brings(NAME, CONTENT, sha256=hashlib.sha256(CONTENT).hexdigest().upper())
        (room.place.taking / "ARR0002.DAT").write_bytes(b"")
        (room.place.taking / "ARR0002.DAT.done").write_text("size: 0\n")
        assert room.taker().take_all(time.time()) == 2
        assert {(path, size) for path, _, size in room.mailboxes.landed} == {
            (f"/arrears/in/{NAME}", len(CONTENT)), ("/arrears/in/ARR0002.DAT", 0)
        }  # fmt: skip
        assert list(room.place.taking.iterdir()) == []

    @pytest.mark.parametrize("done", [None, "", "size=7", "size=", "size=-1", "{}", "[1]", "\xff", "SIZE"])
    def test_anything_less_waits_and_then_shows(self, room: Room, done: str | None) -> None:
        """Data without its done-file, or with one of another size: nothing is read; after a while somebody hears."""
        (room.place.taking / NAME).write_bytes(b"abc")
        if done is not None:
            (room.place.taking / f"{NAME}.done").write_text(done)
        taker = room.taker()
        assert taker.take_all(time.time()) == 0
        assert (room.mailboxes.landed, room.outbox.alarms) == ([], [])
        for _ in range(2):
            taker.take_all(time.time() + 1000)
        assert [one for one, _ in room.outbox.alarms] == ["drop-folder-incomplete"]

    def test_a_done_file_before_its_data_waits_for_it(self, room: Room) -> None:
        """Some clients write them in the other order."""
        (room.place.taking / f"{NAME}.done").write_text("size=3")
        taker = room.taker()
        assert taker.take_all(time.time()) == 0
        (room.place.taking / NAME).write_bytes(b"ab")
        assert taker.take_all(time.time()) == 0
        (room.place.taking / NAME).write_bytes(b"abc")
        assert taker.take_all(time.time()) == 1

    def test_another_digest_is_refused_and_kept_aside(self, room: Room) -> None:
        """With the reason beside it."""
        room.client_brings(NAME, CONTENT, sha256="00")
        assert room.taker().take_all(time.time()) == 0
        assert sorted(one.name for one in room.place.refused.iterdir()) == [NAME, f"{NAME}.done", f"{NAME}.why"]
        assert room.mailboxes.landed == []
        assert [one for one, _ in room.outbox.alarms] == ["drop-folder-refused"]

    def test_a_disk_that_is_full_is_tried_again(self, room: Room) -> None:
        """The file stays where it is."""
        room.mailboxes.space_bytes = 10
        room.client_brings(NAME, CONTENT)
        assert room.taker().take_all(time.time()) == 0
        room.mailboxes.space_bytes = None
        assert room.taker().take_all(time.time()) == 1

    def test_links_pipes_and_folders_are_not_read(self, room: Room, tmp_path: Path) -> None:
        """The folder is shared with another account."""
        secret = tmp_path / "secret"
        secret.write_bytes(b"abc")
        (room.place.taking / "LINK.DAT").symlink_to(secret)
        os.mkfifo(room.place.taking / "PIPE.DAT")
        (room.place.taking / "FOLDER.DAT").mkdir()
        for name in ("LINK.DAT", "PIPE.DAT", "FOLDER.DAT"):
            (room.place.taking / f"{name}.done").write_text("size=3")
        (room.place.taking / "REAL.DAT").write_bytes(b"abc")
        (room.place.taking / "REAL.DAT.done").symlink_to(secret)
        (room.place.taking / ".done").write_text("size=0")
        assert room.taker().take_all(time.time()) == 0
        assert room.mailboxes.landed == []

    def test_our_receipts_are_left_once(self, room: Room) -> None:
        """The client may take them away."""
        room.mailboxes.put_out("/arrears/receipts/a.receipt", b"landed")
        room.taker().take_all(0)
        assert (room.place.receipts / "a.receipt").read_bytes() == b"landed"
        (room.place.receipts / "a.receipt").unlink()
        room.taker().take_all(0)
        assert list(room.place.receipts.iterdir()) == []
        assert room.mailboxes.picked_up == ["/arrears/receipts/a.receipt"]


class Node(threading.Thread):
    """A managed-transfer node: takes files, tells results, returns what it took, changed by `twist`."""

    def __init__(self, place: Place, twist: Callable[[bytes], bytes] = bytes) -> None:
        super().__init__(daemon=True)
        self._place, self._twist, self.stopped = place, twist, threading.Event()
        self.seen: list[str] = []

    def run(self) -> None:
        """Until stopped."""
        while not self.stopped.wait(0.01):
            for done in sorted(self._place.giving.glob("*.done")):
                name = done.name.removesuffix(".done")
                content = (self._place.giving / name).read_bytes()
                self.seen.append(name)
                done.unlink()
                bad = any(word in name for word in ("WRONG", "EXPIRED", "DOWN"))
                self._leave(self._place.results, f"{name}.result", b"status=failed\n" if bad else b"status=done\n")
                if not bad:
                    back = self._twist(content)
                    self._leave(self._place.taking, f"BACK.{name}", back)
                    self._leave(self._place.taking, f"BACK.{name}.done", f"size={len(back)}\n".encode())

    @staticmethod
    def _leave(folder: Path, name: str, content: bytes) -> None:
        draft = folder / f".{uuid.uuid4()}"
        draft.write_bytes(content)
        draft.replace(folder / name)


@pytest.fixture
def node(room: Room) -> Iterator[Node]:
    """A node that behaves."""
    made = Node(room.place)
    made.start()
    yield made
    made.stopped.set()
    made.join(10)


def patience(seconds: float) -> Callable[[], bool]:
    """Wait for so long."""
    until = time.monotonic() + seconds

    def wait() -> bool:
        time.sleep(0.01)
        return time.monotonic() < until

    return wait


class TestTheSiteAcceptance:
    """Passes with a node that behaves, and names what a node does wrong."""

    def test_passes_every_step_with_a_good_node(self, room: Room, node: Node) -> None:
        """All nine, with every file sent back."""
        tried = [try_step(room.place, step, patience(20), returned=True) for step in steps(3_000_000)]
        assert [(one.step.key, one.why) for one in tried if not one.passed] == []
        assert node.seen.count("ACCEPT.TWICE") == 2
        assert list(room.place.giving.iterdir()) == []

    def test_sees_bytes_that_were_changed(self, room: Room) -> None:
        """A code page that somebody translates on the way."""
        changing = Node(room.place, lambda content: content.replace(b"\xc1", b"A"))
        changing.start()
        ebcdic = next(one for one in steps(1) if one.key == "ebcdic")
        found = try_step(room.place, ebcdic, patience(20), returned=True)
        changing.stopped.set()
        assert (found.passed, found.why) == (False, "other bytes came back than were sent")

    def test_sees_a_success_that_should_have_failed(self, room: Room, node: Node) -> None:
        """And the other way round."""
        assert node.is_alive()
        good = Step("one", "", "", 10, good=False)
        bad = Step("down", "", "", 10)
        assert "should have failed" in try_step(room.place, good, patience(20), returned=False).why
        assert "reports a failure" in try_step(room.place, bad, patience(20), returned=False).why

    def test_sees_silence(self, room: Room) -> None:
        """No client at all."""
        found = try_step(room.place, Step("one", "", "", 10), patience(0.05), returned=False)
        assert (found.passed, found.why) == (False, "the client left no result")

    def test_tries_real_records(self) -> None:
        """Code page 037, packed decimals, every byte value; of the size that is said."""
        for step in steps(1_000_000):
            assert sum(map(len, content_of(step))) == step.size
        content = b"".join(content_of(next(one for one in steps(1) if one.key == "ebcdic")))
        assert content[:21].decode("cp037") == "ACCEPT RECORD 0000000"
        assert set(content) == set(range(256))
