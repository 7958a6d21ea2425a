"""Files that adapters carry out: claimed once, taken up after a crash, settled by what is heard."""

from __future__ import annotations

import io
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.rooms.exchange.house import NC, Office, as_worker, open_office

from harborline.exchange.carrying import CarriersOutbox
from harborline.exchange.facts import State
from harborline.exchange.services import send_file
from harborline.kernel import Refused
from harborline.ledger.services import forget_origin

if TYPE_CHECKING:
    from collections.abc import Iterator

OUTBOX = CarriersOutbox()
PARTNER: dict[str, Any] = {
    "channel": "sftp-out", "host": "192.0.2.9", "port": 22, "login": "harborline", "folder": "inbox",
    "host_keys": ["SHA256:abc"],
}  # fmt: skip


@pytest.fixture
def office(db: None, tmp_path: Path) -> Iterator[Office]:
    """A county whose own server gets files."""
    yield open_office(tmp_path, **PARTNER)
    forget_origin()


def ready(office: Office, name: str = "ARR0001.DAT") -> uuid.UUID:
    """A file that is ready to leave."""
    with as_worker("olga"):
        return send_file(office.agreement.id, name, io.BytesIO(b"content")).id


class TestAFileThatIsCarried:
    """One claim, and then what is heard."""

    def test_is_claimed_once_and_taken_up_after_a_crash(self, office: Office) -> None:
        """The second claim is refused; what is under way is opened again."""
        key = ready(office)
        assert [one.transmission_id for one in OUTBOX.ready("sftp-out")] == [key]
        assert OUTBOX.under_way("sftp-out") == []
        with pytest.raises(Refused):
            OUTBOX.again(NC, key)
        assert OUTBOX.sending(NC, key).read() == b"content"
        with pytest.raises(Refused):
            OUTBOX.sending(NC, key)
        assert OUTBOX.ready("sftp-out") == []
        assert [one.transmission_id for one in OUTBOX.under_way("sftp-out")] == [key]
        assert OUTBOX.again(NC, key).read() == b"content"

    def test_says_where_it_goes(self, office: Office) -> None:
        """Host, login, folder and the pinned keys of the agreement."""
        ready(office)
        address = OUTBOX.ready("sftp-out")[0].address
        assert {name: address[name] for name in ("host", "login", "folder")} == {
            "host": "192.0.2.9", "login": "harborline", "folder": "inbox"
        }  # fmt: skip
        assert tuple(address["host_keys"]) == ("SHA256:abc",)
        assert OUTBOX.ready("drop-folder") == []

    def test_is_settled_once(self, office: Office) -> None:
        """What is heard after a person settled it changes nothing."""
        key = ready(office)
        OUTBOX.sending(NC, key)
        OUTBOX.failed(NC, key, "no-result", unknown=True)
        OUTBOX.sent(NC, key, "found after all")
        OUTBOX.acknowledged(NC, key, b"their own words", "by telephone")
        OUTBOX.sent(NC, key, "again")
        OUTBOX.failed(NC, key, "again", unknown=False)
        assert office.states() == [State.ACKNOWLEDGED]

    def test_needs_an_agreement_in_force(self, office: Office) -> None:
        """The ways are those of agreements in force over that channel."""
        assert [(one.program, one.agreement, one.takes, one.gives) for one in OUTBOX.ways("sftp-out")] == [
            (NC, office.agreement.key, True, True)
        ]
        assert OUTBOX.ways("drop-folder") == []
