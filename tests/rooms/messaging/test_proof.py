"""The proof of one text, from the records to the signed log."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings
from tests.rooms.messaging.scene import (
    ALLOWED,
    NO_CONSENT,
    PROGRAM,
    TEXT,
    Line,
    Scene,
    answer,
    as_cora,
    as_dev,
    as_state,
    attempt,
    days_later,
    postpone,
    set_up,
    tell,
)

from harborline.kernel import NotFound, Unavailable, refuse
from harborline.law import profile
from harborline.ledger.entry import origin_of
from harborline.ledger.sequencer import catch_up
from harborline.ledger.services import forget_origin
from harborline.messaging.answering.queueing import queue_text
from harborline.messaging.facts import MessageKind
from harborline.messaging.models import Message, MessageContent
from harborline.messaging.notices.rendering import answer_words
from harborline.messaging.selectors.papers import message_proof, verify_message_proof
from harborline.project import databases

STOPPED_NOW = refuse("asked-to-stop").stamped("consent.rules.opted_in", ("NC-CSS-22-18:opt-in",))

STATE = frozenset({"state-operator"})


@dataclass
class Log:
    """The published log of this test."""

    place: Path

    def publish(self) -> None:
        """Let the sequencer take in and sign what was recorded."""
        catch_up(
            self.place / "log",
            dsn=databases.login(databases.SEQUENCER).dsn(),
            key_file=self.place / "keys" / "ledger.key",
            origin=origin_of(settings.PUBLIC_URL),
        )

    def read(self, name: str) -> bytes:
        """One published file."""
        return (self.place / "log" / name).read_bytes()

    @property
    def vkey(self) -> str:
        """The log's verifier key line."""
        return self.read("vkey").decode()


@pytest.fixture
def log(committed: None, tmp_path: Path) -> Iterator[Log]:
    """An empty log over a database that commits."""
    yield Log(tmp_path)
    forget_origin()


@pytest.fixture
def lasting(log: Log) -> Scene:
    """A run that is committed."""
    return set_up()


def life(scene: Scene) -> uuid.UUID:
    """One text among others: set aside, handed over, accepted, sent, delivered."""
    with as_state():
        (message_id, *_) = scene.plan([Line(ALLOWED), Line(NO_CONSENT), Line(ALLOWED, number="+19195550102")])
        assert message_id is not None
        postpone(message_id)
    with as_state():
        attempt_id = attempt(scene, message_id)
    with as_state():
        answer(attempt_id, message_id, "accepted", code="queued")
        tell(attempt_id, "sent")
        tell(attempt_id, "delivered", code="0")
        tell(attempt_id, "delivered", code="0")
    return message_id


class TestTheProofOfAText:
    """From the file of a caseload to the phone, under a signed checkpoint."""

    def test_holds_for_its_whole_life(self, lasting: Scene, log: Log) -> None:
        """Rebuilt from the records exactly as it was committed, step by step."""
        message_id = life(lasting)
        log.publish()
        with as_cora():
            proof = message_proof(message_id, roles=STATE)
        proved = verify_message_proof(proof.json, log.vkey, log.read("checkpoint"))
        assert proved.text == TEXT
        assert [item["kind"] for _, item in proved.steps] == [
            "notice.planned",
            "message.set-aside",
            "message.attempted",
            "message.answered",
            "message.receipt",
            "message.receipt",
        ]
        assert [event["kind"] for event, _ in proved.steps][-1] == "message.receipts"

    def test_is_verified_without_a_database(self, lasting: Scene, log: Log, tmp_path: Path) -> None:
        """In a process that knows neither Django nor a database, from three files."""
        message_id = life(lasting)
        log.publish()
        with as_cora():
            (tmp_path / "proof.json").write_bytes(message_proof(message_id, roles=STATE).json)
        outside = (
            "import pathlib, sys\n"
            "from harborline.messaging.reports.bundle import verify_message_proof\n"
            "here = pathlib.Path(sys.argv[1])\n"
            "proved = verify_message_proof((here / 'proof.json').read_bytes(), (here / 'log/vkey').read_text(),\n"
            "                              (here / 'log/checkpoint').read_bytes())\n"
            "assert 'django' not in sys.modules and 'psycopg' not in sys.modules\n"
            "print(proved.text)"
        )
        bare = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO", "HARBORLINE"))}
        done = subprocess.run(
            [sys.executable, "-c", outside, str(tmp_path)], capture_output=True, text=True, check=True, env=bare
        )
        assert done.stdout.strip() == TEXT

    def test_does_not_tell_why_texts_were_turned_off(self, lasting: Scene, log: Log) -> None:
        """A STOP and a safety block are both left out: the file may be handed on."""
        with as_state():
            (message_id,) = lasting.plan([Line(ALLOWED)])
            assert message_id is not None
            postpone(message_id, STOPPED_NOW)
        log.publish()
        with as_state():
            proof = message_proof(message_id, roles=STATE)
        proved = verify_message_proof(proof.json, log.vkey)
        assert [item["kind"] for _, item in proved.steps] == ["notice.planned"]

    def test_waits_for_the_checkpoint(self, lasting: Scene, log: Log) -> None:
        """A moment after the recording the log is not signed yet: try again."""
        message_id = life(lasting)
        with as_state(), pytest.raises(Unavailable):
            message_proof(message_id, roles=STATE)

    def test_is_not_made_for_another_county(self, lasting: Scene, log: Log) -> None:
        """Dev gets nothing."""
        message_id = life(lasting)
        log.publish()
        with as_dev(), pytest.raises(NotFound):
            message_proof(message_id, roles=STATE)

    def test_cannot_be_made_once_the_words_are_destroyed(self, lasting: Scene, log: Log) -> None:
        """The key of its commitments went with them; what was proved before stays proved."""
        message_id = life(lasting)
        log.publish()
        with as_state():
            earlier = message_proof(message_id, roles=STATE)
            MessageContent.objects.filter(message_id=message_id).delete()
        with as_state(), pytest.raises(NotFound):
            message_proof(message_id, roles=STATE)
        assert verify_message_proof(earlier.json, log.vkey).text == TEXT

    def test_of_an_answer_holds_too(self, lasting: Scene, log: Log) -> None:
        """A reply to HELP is recorded on its own."""
        with as_state():
            template, words = answer_words(PROGRAM, "reply-help", "en")
            message_id = queue_text(
                lasting.run.sender,
                profile(PROGRAM),
                kind=MessageKind.REPLY,
                to="+19195550101",
                phone_idx=b"0" * 16,
                words=words,
                template=template,
                language="en",
                at=days_later(0),
                until=days_later(1),
            )
            assert Message.objects.get(id=message_id).run_id is None
        log.publish()
        with as_state():
            proof = message_proof(message_id, roles=STATE)
        (step,) = verify_message_proof(proof.json, log.vkey).steps
        assert step[0]["kind"] == "message.reply-queued"
