"""Files for the federal office and for other states: by their layout, over the agency's own transfer client."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest
from tests.contracts.outbox import MemoryOutbox
from tests.contracts.test_drop_folder import Room
from tests.rules.exchange import csenet

from harborline.adapters.drop_folder.giving import CHANNEL
from harborline.adapters.sftp_server.memory import MemoryMailboxes
from harborline.exchange import layouts
from harborline.exchange.checking import counted
from harborline.exchange.layouts.rows import Reading
from harborline.exchange.layouts.writing import Asked, write_file
from harborline.kernel import Invalid

SUBMISSION, REJECTED = layouts.load("fop-case-submission-245"), layouts.load("fop-rejected-case-245")
CASE = {
    "submitting_state": "NC", "local_code": "183", "ssn": "123456789", "ncp_last_name": "TESTPERSON",
    "ncp_first_name": "BEN", "arrearage_amount": "750", "transaction_type": "A", "case_type": "A",
}  # fmt: skip


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """The folder of the transfer client, empty."""
    mailboxes, outbox = MemoryMailboxes(), MemoryOutbox(CHANNEL)
    outbox.own = mailboxes.let_in("adapter-arrears", b"", {"arrears"})
    return Room(outbox, mailboxes, tmp_path / "drop", tmp_path / "own")


class TestASubmission:
    """For the offset of a federal payment."""

    @pytest.mark.clause("OFFSET-8.3:submit", shows="keeps")
    def test_is_written_checked_and_handed_to_the_client(self, room: Room, tmp_path: Path) -> None:
        """Its control record counts what was written; the client finds these bytes and their digest."""
        checked = write_file(tmp_path / "out", SUBMISSION, [CASE], Asked("cp037"))
        assert (checked.verdict, checked.totals["tanf_amount"]) == ("accepted", 750)
        room.outbox.make("OFFSET0001.DAT", (tmp_path / "out").read_bytes())
        assert room.giver().hand_over_all(0) == 1
        taken = room.client_takes("OFFSET0001.DAT")
        assert counted("fop-case-submission-245", io.BytesIO(taken)).bad == 0


class TestAReturn:
    """What the federal office sends back."""

    @pytest.mark.clause("OFFSET-8.3:return", shows="keeps")
    def test_lands_from_the_clients_folder_and_is_checked_whole(self, room: Room) -> None:
        """One rejected case and a control record that tells one; told two, the whole file is unusable."""
        files = {f"REJ000{told}.DAT": returned(told) for told in (1, 2)}
        for name, content in files.items():
            room.client_brings(name, content)
        assert room.taker().take_all(time.time()) == len(files)
        assert {path for path, _, _ in room.mailboxes.landed} == {f"/arrears/in/{name}" for name in files}
        found = {name: counted(REJECTED.name, io.BytesIO(content)) for name, content in files.items()}
        assert [found[name].problem for name in sorted(found)] == ["", "count"]
        assert found["REJ0001.DAT"].records == 2


class TestATransaction:
    """Between two states, about an offset."""

    @pytest.mark.clause("OFFSET-8.3:csenet-preferred", "OFFSET-8.3:csenet-guidance", shows="keeps")
    def test_is_written_in_the_networks_layout_and_handed_to_its_client(self, room: Room, tmp_path: Path) -> None:
        """From a table; one that lacks what its codes ask for is not even written."""
        reading = Reading(io.BytesIO(csenet.sound("COL", "P", "CITAX") + b"\n"), csenet.LAYOUT)
        [cells] = [{**row.cells, "_type": row.type} for row in reading.rows()]
        write_file(tmp_path / "out", csenet.LAYOUT, [cells], Asked("ascii"))
        room.outbox.make("CSENET01.DAT", (tmp_path / "out").read_bytes())
        assert room.giver().hand_over_all(0) == 1
        taken = room.client_takes("CSENET01.DAT")
        assert layouts.check(io.BytesIO(taken), csenet.LAYOUT).verdict == "accepted"
        with pytest.raises(Invalid, match="required"):
            write_file(tmp_path / "bad", csenet.LAYOUT, [{**cells, "case_id": ""}], Asked("ascii"))


def returned(told: int) -> bytes:
    """One rejected case, and a control record that tells so many."""
    record = bytearray(b" " * 245)
    record[0:14], record[73:74], record[227:229] = b"NC183123456789", b"A", b"02"
    counts = f"{0:09d}{told:09d}" + f"{0:09d}" * 4
    return bytes(record) + b"\n" + f"NCCTL{counts}".encode("ascii").ljust(245) + b"\n"
