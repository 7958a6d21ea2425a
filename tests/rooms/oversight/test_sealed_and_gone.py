"""Exports where words are kept sealed, and where they are gone."""

from __future__ import annotations

import pytest
from tests.rooms.oversight.file_room import AT, FileRoom, lines, opened, request, signed
from tests.rooms.retention.archive import NOW, OPERATOR, SENT, close_case, release_years, sender, texts, worker
from tests.rooms.town import BEN, MAYA, MN, NC, as_state

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.law.schedules import Mode
from harborline.messaging.facts import InboundText
from harborline.messaging.services import take_inbound
from harborline.oversight.facts import LegalBasis, Selection
from harborline.oversight.services import approve_export, ask_export, make_export
from harborline.retention.services import (
    adopt,
    approve_adoption,
    approve_run,
    execute_run,
    prepare_run,
)

MAYAS = Selection(person="R-1")


def sealed_mode() -> None:
    """Counsel has the words kept, sealed."""
    with worker("first", MN):
        asked = adopt(Mode.KEEP_SEALED, 1, reason="counsel", roles=OPERATOR)
    with worker("second", MN):
        approve_adoption(asked.id, reaches_back=False, roles=OPERATOR)


class TestSealedWords:
    """Minnesota, where counsel has them kept."""

    def test_are_opened_by_two(self, room: FileRoom) -> None:
        """Who asks, and another who approves; nobody alone."""
        sealed_mode()
        with as_state(MN):
            key = sender(MN).key
        take_inbound(MN, InboundText(key, MAYA, "what are your hours", "ref-1", clock.now()))
        room.publish()
        with worker("eli", MN):
            asked = ask_export(request(MAYAS), roles=OPERATOR)
        with pytest.raises(Refused, match="second-person-needed"):
            make_export(asked.id, unit=lambda: worker("eli", MN), now=AT, until_signed=signed)
        with worker("eli", MN), pytest.raises(Refused, match="same-person"):
            approve_export(asked.id, roles=OPERATOR)
        with worker("other", MN), pytest.raises(Refused, match="role-may-not-export"):
            approve_export(asked.id, roles=frozenset({"clinic-staff"}))
        with worker("other", MN):
            approve_export(asked.id, roles=OPERATOR)
            with pytest.raises(Invalid, match="approved"):
                approve_export(asked.id, roles=OPERATOR)
        made = make_export(asked.id, unit=lambda: worker("eli", MN), now=AT, until_signed=signed)
        with made.stream:
            found = opened(made.stream.read())
        words = [row["words"] for row in lines(found["texts.jsonl"]) if row["direction"] == "in"]
        assert words == ["what are your hours"]

    def test_are_not_opened_by_two_where_the_program_does_not_keep_them(self, room: FileRoom) -> None:
        """There is one person enough, and the basis decides."""
        with as_state(MN):
            key = sender(MN).key
        take_inbound(MN, InboundText(key, MAYA, "what are your hours", "ref-1", clock.now()))
        room.publish()
        with worker("eli", MN), pytest.raises(Refused, match="basis-not-of-this-program"):
            ask_export(request(MAYAS, basis=LegalBasis.PUBLIC_RECORDS), roles=OPERATOR)
        with worker("eli", MN), pytest.raises(Refused, match="counsel-notified-missing"):
            ask_export(request(MAYAS, basis=LegalBasis.SUBPOENA, reference="A26-1"), roles=OPERATOR)
        with worker("eli", MN):
            asked = ask_export(request(MAYAS), roles=OPERATOR)
        make_export(asked.id, unit=lambda: worker("eli", MN), now=AT, until_signed=signed).stream.close()
        with pytest.raises(NotFound):
            make_export(asked.id, unit=lambda: worker("eli"), now=AT, until_signed=signed)


class TestDestroyedWords:
    """What is left of a text whose time was over."""

    def test_leave_the_envelope_and_say_under_which_schedule_they_went(self, room: FileRoom) -> None:
        """When, under which series, by which run; never what they were."""
        close_case("C-100", seen_at=SENT)
        release_years(range(2021, 2027))
        with worker("state"):
            (old,) = texts(1, person="P-2", number=BEN, case="C-100")
            moment = NOW.replace(year=NOW.year + 5)
        with worker("first"):
            run = prepare_run("texts-out", roles=OPERATOR, now=moment)
        with worker("second"):
            approve_run(run.id, roles=OPERATOR, now=moment)
        execute_run(run.id, program=NC, now=moment)
        room.publish()
        with worker("eli"):
            asked = ask_export(request(Selection(person="P-2")), roles=OPERATOR)
        made = make_export(asked.id, unit=lambda: worker("eli"), now=AT, until_signed=signed)
        with made.stream:
            found = opened(made.stream.read())
        row = next(one for one in lines(found["texts.jsonl"]) if one["text"] == str(old))
        assert (row["words"], row["number"], row["key"]) == (None, "", "")
        assert row["destroyed"]["series"] == "texts-out"
        assert row["destroyed"]["run"] == str(run.id)
        assert row["steps"][0]["proof"] is not None
