"""An installation that is a witness for others answers over the gateway."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client

from harborline.kernel import ports
from harborline.ledger.checkpoint import Checkpoint
from harborline.ledger.cosignature import cosigned_by
from harborline.ledger.note import Note, SigningKey
from harborline.ledger.tree import leaf_hashes, root_of
from harborline.ledger.witness import Request, Witness
from harborline.ledger.witness_command import made_witness
from harborline.sites.gateway.ports import WitnessDesk

LOG = SigningKey.generate("county.example/log")
HASHES = leaf_hashes([b"one", b"two", b"three"])


def request(size: int) -> bytes:
    """What the county's log sends first."""
    return bytes(Request(0, (), bytes(Checkpoint(LOG.name, size, root_of(HASHES[:size])).signed(LOG))))


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Witness]:
    """This installation watches the county's log."""
    (tmp_path / "logs").write_text(f"{LOG.verifier}\n")
    made = made_witness(tmp_path, tmp_path / "logs", name="state.example/witness")
    before = ports.serving_all(WitnessDesk).get("")
    ports.serve(WitnessDesk, made)
    yield made
    ports.serve(WitnessDesk, before or NoWitness())


class NoWitness:
    """What stands there afterwards: nobody's log."""

    add_checkpoint = staticmethod(lambda _body, _seconds: pytest.fail("asked after the test"))


@pytest.mark.usefixtures("db")
class TestTheWitness:
    """Under `/witness/add-checkpoint`."""

    def test_cosigns(self, witness: Witness) -> None:
        """What it says is a cosignature of its own key."""
        answer = Client().post("/witness/add-checkpoint", request(3), content_type="application/octet-stream")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
        note = Note.parse(request(3).partition(b"\n\n")[2] + answer.content)
        assert witness.key.name in cosigned_by(note, [witness.key.verifier])

    def test_tells_what_it_knows(self, witness: Witness) -> None:
        """409 with the size, in the type the specification names."""
        Client().post("/witness/add-checkpoint", request(3), content_type="text/plain")
        answer = Client().post("/witness/add-checkpoint", request(2), content_type="text/plain")
        assert (answer.status_code, answer.content) == (409, b"3\n")
        assert answer.headers["Content-Type"] == "text/x.tlog.size"

    def test_takes_nothing_endless_and_shows_nothing(self, witness: Witness) -> None:
        """Too large a request, another method, garbage."""
        endless = Client().post("/witness/add-checkpoint", b"x" * 1_000_001, content_type="text/plain")
        assert endless.status_code == 413
        assert Client().get("/witness/add-checkpoint").status_code == 405
        assert Client().post("/witness/add-checkpoint", b"garbage", content_type="text/plain").status_code == 400
