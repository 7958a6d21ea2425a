"""What a person's own text does, and the one text that answers it."""

from __future__ import annotations

import logging
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.rooms.messaging.talk import move_in, reply, text, texts_to
from tests.rooms.town import (
    ANA,
    BEN,
    MAYA,
    MN,
    NC,
    OTTO,
    PEOPLE,
    ROSA,
    as_state,
    bring_in,
    phone,
)
from tests.telling import told

from harborline.consent.models import NumberQuestion, PossibleOptOut, Suppression
from harborline.consent.selectors import held_numbers, suppressed_numbers
from harborline.kernel import clock, ports
from harborline.ledger.selectors import entries_of
from harborline.messaging.conversations.facts import TextCame
from harborline.messaging.conversations.keeping import open_words
from harborline.messaging.models import InboundMessage
from harborline.messaging.ports import InboundListener
from harborline.messaging.words.segments import segment
from harborline.people.facts import FeedKind
from harborline.people.selectors import participant_id
from harborline.people.services import choose_wording

STRANGER = "+19195550188"


@pytest.fixture(autouse=True)
def people(db: None, tmp_path: Path) -> Path:
    """Everybody has moved in."""
    move_in(tmp_path)
    return tmp_path


def not_answered(number: str, program: str = NC) -> list[str]:
    """Why texts of a number were not answered, newest first."""
    with as_state(program):
        found = entries_of(f"number:{phone(number).hex()}")
        return [str(entry.content["reason"]) for entry in found if entry.kind == "inbound.not-answered"]


class TestAStop:
    """Is obeyed at once, for the whole agency, and confirmed once."""

    def test_is_confirmed_once(self) -> None:
        """The first STOP is confirmed, the second is silence."""
        first, again = text("STOP", BEN), text("stop texting me", BEN)
        assert (first.effect, again.effect) == ("stopped", "stopped")
        assert "no more texts" in reply(first)
        assert reply(again) == ""

    def test_is_confirmed_in_the_language_it_came_in(self) -> None:
        """ALTO gets Spanish, STOP from a person with Spanish on file gets English."""
        assert "Ya no recibe" in reply(text("alto por favor", BEN))
        assert "no more texts" in reply(text("please stop", ANA))

    def test_is_not_confirmed_when_it_is_late(self) -> None:
        """Told by the carrier after six minutes: it holds, nothing is sent, and the record says why."""
        taken = text("STOP", BEN, ago=timedelta(minutes=6))
        assert (taken.effect, taken.reply_id) == ("stopped", None)
        assert not_answered(BEN) == ["too-late"]
        with as_state():
            assert suppressed_numbers(NC, [phone(BEN)]) == {phone(BEN)}

    def test_keeps_no_words_in_its_evidence(self) -> None:
        """The proof of the stop names text, tier and rule; what else was said stays in the text's own seal."""
        from harborline.consent.keeping import group  # noqa: PLC0415 - used once
        from harborline.vault.services import unseal_text  # noqa: PLC0415 - used once

        taken = text("Stop texting me, I moved to 12 Elm Street", BEN)
        with as_state():
            stop = Suppression.objects.get()
            evidence = unseal_text(bytes(stop.evidence), group=group(NC), context=f"suppression:{stop.id}")
        assert told(("Elm", "12 Elm Street"), evidence) == []
        assert str(taken.inbound_id) in evidence

    def test_of_the_wrong_person_asks_staff_for_the_right_number(self) -> None:
        """It stops, START does not undo it, and both counties of Ana get the question."""
        taken = text("wrong number, nobody named Ana here", ANA)
        assert taken.effect == "stopped-wrong-number"
        with as_state():
            assert Suppression.objects.get().means == "wrong-number"
            assert {question.kind for question in NumberQuestion.objects.all()} == {"wrong-number"}
        assert text("START", ANA).effect == "start-asked-to-stop-needs-signature"


class TestAPossibleStop:
    """Holds everything to the number until somebody has looked."""

    def test_is_held_and_not_answered(self) -> None:
        """The number waits, the agency over; two such texts are one task."""
        taken = text("no thanks", BEN)
        text("nah", BEN)
        assert (taken.effect, taken.reply_id) == ("held-for-staff", None)
        with as_state():
            assert held_numbers(NC, [phone(BEN)]) == {phone(BEN)}
            assert PossibleOptOut.objects.count() == 1

    def test_after_a_stop_is_no_task(self) -> None:
        """Nothing is sent there anyway."""
        text("STOP", BEN)
        text("go to hell", BEN)
        with as_state():
            assert not PossibleOptOut.objects.exists()

    def test_in_a_language_we_do_not_read_waits_for_somebody(self) -> None:
        """Somali words we do not know."""
        assert text("waxaan rabaa inaan wax ku weydiiyo ballanta", MAYA, program=MN).effect == "held-for-staff"


class TestStartAndHelp:
    """Are answered with what was asked."""

    def test_a_start_welcomes(self) -> None:
        """Otto opts in by keyword."""
        taken = text("START", OTTO)
        assert taken.effect == "started"
        assert "You will now get texts" in reply(taken)

    def test_a_start_of_nobody_on_file_tells_how_to_get_help(self) -> None:
        """No permission without a person."""
        taken = text("start", STRANGER)
        assert taken.effect == "start-nobody-on-file-with-number"
        assert "For help call" in reply(taken)

    def test_a_start_on_a_number_both_parents_have_makes_a_task(self, people: Path) -> None:
        """Nobody can tell who wrote it."""
        bring_in(people, FeedKind.PEOPLE, [(*row[:-1], ANA) if row[1] == "P-2" else row for row in PEOPLE])
        assert text("START", ANA).effect == "start-number-used-by-both-parties"
        with as_state():
            assert {question.kind for question in NumberQuestion.objects.all()} == {"both-parents"}

    @pytest.mark.parametrize("words", ["HELP", "who is this?", "¿quién es?"])
    def test_help_names_who_writes(self, words: str) -> None:
        """Even after a stop."""
        text("STOP", BEN)
        assert "919-555-0100" in reply(text(words, BEN))


class TestAPrivateThing:
    """Sent by mistake: masked, and the safe ways sent back."""

    @pytest.mark.parametrize(
        ("words", "kind"), [("my ssn is 417-22-8891", "ssn"), ("estoy embarazada de 5 meses", "health_info")]
    )
    @pytest.mark.clause("MN-WIC-9.6:text-warn-and-redirect", shows="refuses")
    def test_is_warned_of_in_the_persons_language(self, words: str, kind: str) -> None:
        """The kinds are kept for the list, the words in the seal alone."""
        taken = text(words, ROSA, program=MN)
        assert taken.effect == "private-things"
        assert ("not a safe way" if kind == "ssn" else "no son seguros") in reply(taken, MN)
        with as_state(MN):
            kept = InboundMessage.objects.get()
            entry = entries_of(f"number:{phone(ROSA).hex()}")[0]
        assert kind in kept.private
        assert told(("8891", "22-8891", "12-8891"), str(entry.content)) == []
        assert b"-8891" not in bytes(kept.sealed or b"")

    def test_is_a_picture_too(self) -> None:
        """A photo without words."""
        assert text("", BEN, media=1).effect == "private-things"

    @pytest.mark.clause("MN-WIC-9.6:text-warn-and-redirect", shows="allows")
    def test_is_not_seen_in_an_ordinary_text(self) -> None:
        """Nobody is warned for being on the way."""
        taken = text("see you at 3", MAYA, program=MN)
        assert taken.effect == "kept"
        assert "cannot answer texts" in reply(taken, MN)


class TestTheLanguageOfAnAnswer:
    """Is that of the text, else of the person; never another one instead."""

    def test_is_the_persons_where_the_text_does_not_tell(self) -> None:
        """Ana has Spanish on file and sends a picture."""
        assert "no son seguros" in reply(text("", ANA, media=1))

    def test_that_has_no_words_holds_the_answer(self) -> None:
        """Maya has Somali on file: nothing is sent in English instead, and the record says why."""
        assert text("", MAYA, program=MN, media=1).reply_id is None
        assert not_answered(MAYA, MN) == ["no-template-in-language"]

    def test_names_no_program_where_somebody_wished_so(self) -> None:
        """Rosa wants texts that tell nothing."""
        with as_state(MN):
            choose_wording(participant_id(MN, "R-3"), discreet=True)
        assert reply(text("please stop", ROSA, program=MN), MN).startswith("Texts: ")
        assert "WIC" not in reply(text("START", ROSA, program=MN), MN)


class TestTwoMachines:
    """Never talk to each other for long."""

    def test_get_few_answers_a_day(self) -> None:
        """A machine that asks who we are a hundred times gets five answers."""
        effects = [text("who is this?", BEN).reply_id is not None for _ in range(20)]
        assert sum(effects) == 5
        assert set(not_answered(BEN)) == {"enough-automatic-answers"}

    def test_are_told_once_a_day_that_nobody_reads_here(self) -> None:
        """An autoresponder that says it is driving."""
        answered = [text("I am driving, I will answer later", BEN).reply_id is not None for _ in range(5)]
        assert answered == [True, False, False, False, False]

    def test_still_get_their_stop_confirmed(self) -> None:
        """After five answers there is one more for a stop, and none after."""
        for _ in range(6):
            text("who is this?", BEN)
        assert "no more texts" in reply(text("STOP", BEN))
        text("START", BEN)
        assert text("STOP", BEN).reply_id is None


class TestATextToldTwice:
    """Stands once."""

    def test_changes_nothing(self) -> None:
        """The same id again, whatever it says now."""
        first, again = text("hello", BEN, ref="SMX"), text("STOP", BEN, ref="SMX")
        assert (again.effect, again.inbound_id) == ("told-before", first.inbound_id)
        with as_state():
            assert not Suppression.objects.exists()

    def test_is_known_by_an_id_of_any_length(self) -> None:
        """A carrier's id of a thousand signs, with line breaks in it."""
        ref = "SM\n" * 400
        assert text("hello", BEN, ref=ref).inbound_id == text("hello", BEN, ref=ref).inbound_id


class TestWhoHears:
    """Other rooms are told, without words and numbers."""

    def test_gets_the_text_with_its_threads(self) -> None:
        """Ana is in two counties: two threads."""
        heard: list[TextCame] = []

        class Ears(InboundListener):
            def text_came(self, came: TextCame) -> None:
                heard.append(came)

        before = ports.serving_all(InboundListener)
        ports.serve(InboundListener, Ears(), "test")
        try:
            taken = text("my ssn is 417-22-8891", ANA)
        finally:
            ports.withdraw_all()
            from harborline.project.wiring import wire  # noqa: PLC0415 - used once

            wire()
        assert before.keys() <= ports.serving_all(InboundListener).keys()
        (came,) = heard
        assert (came.inbound_id, came.private, len(came.threads)) == (taken.inbound_id, ("ssn",), 2)
        assert told(("8891", "22-8891"), repr(came)) == []
        assert ANA not in repr(came)


class TestBadInput:
    """Is kept or refused, never a crash, never in a log."""

    @settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(words=st.text(max_size=200))
    def test_of_any_signs_is_kept_as_it_came(self, words: str) -> None:
        """What can be written in UTF-8 comes back sign for sign."""
        taken = text(words, BEN, ref=uuid.uuid4().hex)
        with as_state():
            assert open_words(InboundMessage.objects.get(id=taken.inbound_id)).text == words

    @pytest.mark.parametrize(
        "words",
        [
            "\x00\x01\x1b[31mSTOP",
            "\u202eSTOP\u202c",
            "\ud83d half a sign \udc00",
            "s" * 10_000,
            "STOP " * 2_000,
            "\n" * 500,
        ],
    )
    def test_of_a_strange_kind_reaches_no_log(self, words: str, caplog: pytest.LogCaptureFixture) -> None:
        """Control signs, right-to-left marks, halves of signs, ten thousand signs."""
        with caplog.at_level(logging.DEBUG):
            taken = text(words, BEN)
        assert taken.inbound_id
        assert not any(part in caplog.text for part in ("STOP", "half a sign", "sssss", BEN, BEN[2:]))

    def test_that_nobody_read_to_its_end_waits(self) -> None:
        """Ten thousand signs without a stop at the beginning."""
        assert text("hello there my friend " * 500, BEN).effect == "held-for-staff"


class TestAnAnswer:
    """Is one text that fits."""

    def test_is_counted_in_parts(self) -> None:
        """Every automatic answer fits in the profile's parts."""
        for number, words in ((BEN, "STOP"), (ANA, "alto"), (OTTO, "HELP")):
            assert len(segment(reply(text(words, number))).sizes) <= 3

    def test_goes_at_any_hour_and_lapses_in_five_minutes(self) -> None:
        """The queue knows until when."""
        from harborline.messaging.models import Dispatch  # noqa: PLC0415 - used once

        reply_id = text("STOP", BEN).reply_id
        assert reply_id is not None
        with as_state():
            dispatch = Dispatch.objects.get(message_id=reply_id)
        assert dispatch.last_due_at - clock.now() <= timedelta(minutes=5)
        assert dispatch.due_at is not None

    def test_is_never_more_than_one(self) -> None:
        """A text that stops, asks, and gives something private away."""
        text("STOP who is this my ssn is 417-22-8891", BEN)
        assert texts_to(phone(BEN), "reply") == 1
