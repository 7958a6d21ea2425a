"""People who text us: the standing cast with their phones, the programs' senders, and staff by their ids."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

from tests.rooms.town import DURHAM, HENNEPIN, MN, NC, WAKE, as_state, settle

from harborline.consent.facts import CONTACT_US, NOTICES, ConsentKind
from harborline.consent.services import Given, load_permissions
from harborline.kernel import clock
from harborline.messaging.answering.inbound import Taken, take_inbound
from harborline.messaging.conversations.records import ThreadText
from harborline.messaging.facts import InboundText
from harborline.messaging.models import Message, MessageContent, Sender
from harborline.messaging.sealing import open_text_of
from harborline.people.selectors import participant_id
from harborline.walls import Actor, Context, acting
from harborline.workforce.models import Worker

CORA, DEV, ELI, ROSE, IDA = (uuid.UUID(int=number) for number in range(1, 6))
_NUMBERS = count(1)


def move_in(directory: Path) -> None:
    """Everybody moves in; each program has its number; Cora and Dev work on their cases."""
    settle(directory)
    for program, key, number in ((NC, "nc-main", "+19195550100"), (MN, "mn-main", "+16515550100")):
        with as_state(program):
            Sender.objects.create(program=program, key=key, number=number, carrier="simulator")
    for identity, number in ((CORA, "W-CORA"), (DEV, "W-DEV"), (ELI, "W-ELI"), (ROSE, "W-ROSE"), (IDA, "W-IDA")):
        Worker.objects.create(
            id=identity, email=f"{number}@office.example", name=number, number=number, created_at=clock.now()
        )


def at_work(
    worker: uuid.UUID, program: str = NC, counties: tuple[str, ...] = (WAKE,), purpose: str = "case-work"
) -> AbstractContextManager[Context]:
    """A worker in their counties."""
    return acting(Actor("worker", str(worker)), program=program, counties=counties, purpose=purpose)


def as_cora() -> AbstractContextManager[Context]:
    """Cora manages Ana's and Ben's case in Wake."""
    return at_work(CORA)


def as_dev() -> AbstractContextManager[Context]:
    """Dev works in Durham."""
    return at_work(DEV, counties=(DURHAM,))


def as_eli() -> AbstractContextManager[Context]:
    """Eli supervises Wake."""
    return at_work(ELI)


def as_rose() -> AbstractContextManager[Context]:
    """Rose works in the clinic in Hennepin."""
    return at_work(ROSE, MN, (HENNEPIN,))


def as_ida() -> AbstractContextManager[Context]:
    """Ida works there too."""
    return at_work(IDA, MN, (HENNEPIN,))


def text(
    words: str, number: str, *, program: str = NC, ago: timedelta = timedelta(0), media: int = 0, ref: str = ""
) -> Taken:
    """Somebody texts us."""
    sender = "nc-main" if program == NC else "mn-main"
    came = InboundText(sender, number, words, ref or f"SM{next(_NUMBERS)}", clock.now() - ago, media)
    return take_inbound(program, came)


def reply(taken: Taken, program: str = NC) -> str:
    """The words of our automatic answer; "" for none."""
    if taken.reply_id is None:
        return ""
    with as_state(program):
        return words_of(taken.reply_id, program)


def words_of(message_id: uuid.UUID, program: str = NC) -> str:
    """The words of a text of ours."""
    return open_text_of(program, message_id, MessageContent.objects.get(message_id=message_id).sealed).text


def texts_to(number_idx: bytes, kind: str, program: str = NC) -> int:
    """How many texts of a kind are on their way to a number."""
    with as_state(program):
        return Message.objects.filter(phone_idx=number_idx, kind=kind).count()


def copies(inbound_id: uuid.UUID, program: str = NC) -> list[ThreadText]:
    """The copies of a text, by county."""
    with as_state(program):
        found = ThreadText.objects.filter(inbound_id=inbound_id).select_related("thread", "inbound")
        return list(found.order_by("county", "id"))


def opts_in(who: str, number: str, county: str, *, program: str = MN, platform: str = NOTICES) -> None:
    """A permission of a month ago."""
    kind = ConsentKind.APP if platform == CONTACT_US else ConsentKind.KEYWORD
    given = clock.now() - timedelta(days=30)
    with as_state(program):
        load_permissions([Given(participant_id(program, who), county, number, kind, given, platform=platform)])


def noon(days: int = 0) -> datetime:
    """Noon in Raleigh, `days` from today."""
    return (clock.now() + timedelta(days=days)).replace(hour=17, minute=0, second=0, microsecond=0)
