"""Texts leave from the program's numbers and reach people, never a telephone of staff."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.rooms.messaging.talk import as_rose, copies, move_in, opts_in, text
from tests.rooms.town import ANA, BEN, HENNEPIN, MN, NC, ROSA, as_state, phone

from harborline.consent.facts import CONTACT_US
from harborline.messaging.conversations.composing import answer
from harborline.messaging.models import Dispatch, Message, Sender
from harborline.workforce.models import Worker


@pytest.fixture(autouse=True)
def people(db: None, tmp_path: Path) -> None:
    """Everybody has moved in; Rosa opted in to texts of the portal's thread."""
    move_in(tmp_path)
    opts_in("R-3", ROSA, HENNEPIN, platform=CONTACT_US)


class TestAnAnswerOfStaff:
    """In a thread the person began."""

    @pytest.mark.clause("MN-WIC-9.6:text-no-personal-phone", shows="keeps")
    def test_leaves_from_the_programs_number(self) -> None:
        """Rose writes in the console; whatever number she has herself is nowhere."""
        (copy,) = copies(text("can I come on friday", ROSA, program=MN).inbound_id, MN)
        with as_rose():
            answer(copy.thread_id, "You can come in on Friday. Please bring your card.", language="en")
        with as_state(MN):
            numbers = set(Sender.objects.filter(id__in=Dispatch.objects.values("sender_id")).values_list("number"))
        assert numbers == {("+16515550100",)}
        assert not {field.name for field in Worker._meta.get_fields()} & {"phone", "mobile", "telephone", "cell"}


class TestATextThatComes:
    """With whatever it says of a case."""

    @pytest.mark.clause("NC-CSS-22-18:no-handset-copies", shows="keeps")
    def test_is_copied_to_no_telephone_of_staff(self) -> None:
        """Not even words of danger: every text of ours goes to whoever wrote, and to nobody else."""
        text("what about my case", ANA)
        text("he is outside my door with a gun and he says he will kill me", BEN)
        with as_state(NC):
            reached = {bytes(index) for index in Message.objects.values_list("phone_idx", flat=True)}
        assert reached
        assert reached <= {phone(ANA), phone(BEN)}
