"""Texts of Ana and Ben on one case, with a signed log to prove them: what an export is made from."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from django.conf import settings
from django.db import transaction
from tests.rooms.messaging.scene import (
    ALLOWED,
    NO_CONSENT,
    UNSAFE,
    Line,
    Scene,
    answer,
    as_state,
    attempt,
    open_scene,
    postpone,
    protect,
    tell,
)
from tests.rooms.retention.archive import worker
from tests.rooms.town import ANA, BEN, NC, WAKE

from harborline.consent.facts import ConsentKind
from harborline.consent.keeping import Given, keep
from harborline.kernel import Unavailable, clock
from harborline.ledger.entry import origin_of
from harborline.ledger.sequencer import catch_up
from harborline.messaging.facts import InboundText
from harborline.messaging.models import Sender
from harborline.messaging.notices.writing import MessageDraft
from harborline.messaging.services import take_inbound
from harborline.oversight.facts import LegalBasis, Request, Selection
from harborline.oversight.services import ask_export, make_export, prepare_export
from harborline.people.models import Case, Participant
from harborline.project import databases
from harborline.walls import ALL_COUNTIES, Actor, acting

T = TypeVar("T")

SUPERVISOR = frozenset({"supervisor"})
BENS_WORDS = "Ana Torres moved to 12 Elm St, her number is 919-555-0101. This is Ben, call me at 919-555-0102"
AT = datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)


class CaseScene(Scene):
    """A run whose texts name their case."""

    case_id: uuid.UUID | None = None

    def _draft(self, line: Line) -> MessageDraft:
        return super()._draft(line)._replace(case_id=self.case_id)


@dataclass
class FileRoom:
    """One log, one case, two parties."""

    place: Path
    ben_text: uuid.UUID
    ana_text: uuid.UUID
    ben_wrote: uuid.UUID

    open_now: ClassVar[Path]

    def publish(self) -> None:
        """Let the sequencer take in and sign what was recorded."""
        publish_in(self.place)

    @property
    def vkey(self) -> str:
        """The log's verifier key line."""
        return (self.place / "log" / "vkey").read_text()


def publish_in(place: Path) -> None:
    """Let the sequencer take in and sign what was recorded, into the log in a folder."""
    catch_up(
        place / "log",
        dsn=databases.login(databases.SEQUENCER).dsn(),
        key_file=place / "keys" / "ledger.key",
        origin=origin_of(settings.PUBLIC_URL),
    )


def participant(external_id: str) -> Participant:
    """One of the standing cast."""
    return Participant.objects.get(program=NC, external_id=external_id)


def many_texts(count: int, *, inbound: int) -> None:
    """So many delivered texts on the case, half to each parent, every step under an entry of its own."""
    with as_state():
        plain = open_scene()
        scene = CaseScene(plain.run)
        scene.case_id = Case.objects.get(program=NC, external_id="C-100").id
        people = ((participant("P-1"), ANA), (participant("P-2"), BEN))
        lines = [Line(ALLOWED, person=people[place % 2][0], number=people[place % 2][1]) for place in range(count)]
        ids = [one for start in range(0, count, 500) for one in scene.plan(lines[start : start + 500])]
    for start in range(0, count, 50):
        with as_state():
            tried = [(attempt(scene, one), one) for one in ids[start : start + 50] if one]
            for attempt_id, message_id in tried:
                answer(attempt_id, message_id, "accepted", code="queued")
                tell(attempt_id, "sent")
                tell(attempt_id, "delivered", code="0")
    for place in range(inbound):
        ben_writes(f"Thank you, I will come. This is my text {place}")


def furnish(place: Path) -> FileRoom:
    """Ana and Ben are texted by one run; Ben writes back about Ana; both gave permission."""
    FileRoom.open_now = place
    with as_state():
        plain = open_scene()
        scene = CaseScene(plain.run)
        scene.case_id = Case.objects.get(program=NC, external_id="C-100").id
        ana, ben = participant("P-1"), participant("P-2")
        given = clock.now()
        keep(
            [
                Given(ben.id, WAKE, BEN, ConsentKind.KEYWORD, given, {"words": "JOIN, Ana is not to know"}),
                Given(ana.id, WAKE, ANA, ConsentKind.KEYWORD, given, {"words": "JOIN"}),
            ],
            at=given,
        )
        ids = scene.plan(
            [
                Line(ALLOWED, person=ben, number=BEN),
                Line(ALLOWED, person=ana, number=ANA),
                Line(NO_CONSENT, person=ben, number=BEN),
                Line(UNSAFE, person=ana, number=ANA),
            ]
        )
        ben_text, ana_text = ids[0], ids[1]
        assert ben_text is not None
        assert ana_text is not None
        postpone(ben_text)
    for message_id in (ben_text, ana_text):
        with as_state():
            tried = attempt(scene, message_id)
        with as_state():
            answer(tried, message_id, "accepted", code="queued")
            tell(tried, "sent")
            tell(tried, "delivered", code="0")
    return FileRoom(place, ben_text, ana_text, ben_writes(BENS_WORDS))


def ben_writes(words: str, number: str = BEN) -> uuid.UUID:
    """A text from Ben's phone."""
    with as_state():
        key = Sender.objects.get(program=NC).key
    return take_inbound(NC, InboundText(key, number, words, f"ref-{uuid.uuid4()}", clock.now())).inbound_id


def request(selection: Selection, **more: Any) -> Request:  # noqa: ANN401 - fields of a request
    """A request for litigation."""
    return Request(**{"selection": selection, "basis": LegalBasis.LITIGATION, "reason": "21 CVD 100", **more})


def exported(selection: Selection, *, counties: tuple[str, ...] = ALL_COUNTIES, **more: Any) -> bytes:  # noqa: ANN401 - as above
    """An export's zip file, asked for and made by one worker."""
    who = Actor("worker", "eli")
    with acting(who, program=NC, counties=counties, purpose="export"):
        asked = ask_export(request(selection, **more), roles=SUPERVISOR)

    def at_work() -> AbstractContextManager[object]:
        return acting(who, program=NC, counties=counties, purpose="export")

    made = make_export(asked.id, unit=at_work, now=AT, until_signed=signed)
    with made.stream:
        return made.stream.read()


def signed(work: Callable[[], T]) -> T:
    """Do it once more with everything that was recorded under a signed checkpoint."""
    try:
        return work()
    except Unavailable:
        publish_in(FileRoom.open_now)
    return work()


def asked_for(selection: Selection) -> uuid.UUID:
    """An export that was asked for, to be made several times over."""
    with acting(Actor("worker", "eli"), program=NC, counties=ALL_COUNTIES, purpose="export"):
        return ask_export(request(selection), roles=SUPERVISOR).id


def imagined(asked: uuid.UUID, *, protected: str = "") -> Mapping[str, bytes]:
    """The files as they would be if somebody were protected; nothing of it stays."""
    with acting(Actor("worker", "eli"), program=NC, counties=ALL_COUNTIES, purpose="export"):
        if protected:
            protect(participant(protected))
        made = prepare_export(asked, unit=lambda: worker("eli"), now=AT).files
        transaction.set_rollback(True)
    return made


def opened(content: bytes) -> dict[str, bytes]:
    """The files of a zip."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def lines(content: bytes) -> list[dict[str, Any]]:
    """JSON lines."""
    return [json.loads(line) for line in content.split(b"\n") if line]
