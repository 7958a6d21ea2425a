"""Words of danger: who is told, who is next, and what the person is told."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from tests.rooms.messaging.talk import CORA, DEV, ELI, ROSE, as_cora, as_dev, as_eli, move_in, reply, text
from tests.rooms.town import ANA, BEN, DURHAM, NC, WAKE, as_state, phone

from harborline.adapters.alerts import MemoryAlerts
from harborline.consent.selectors import held_numbers, suppressed_numbers
from harborline.kernel import Invalid, NotFound, Refused, Unavailable, clock, ports
from harborline.law import profile
from harborline.ledger.selectors import entries_of
from harborline.messaging.answering.wording import answer_in, approved_in_danger
from harborline.messaging.conversations.alerts import Turn, acknowledge, close_alert, set_roster, tell_alerts
from harborline.messaging.conversations.facts import AlertOutcome, How, Topic
from harborline.messaging.conversations.reading import close_text, expire_texts, open_text
from harborline.messaging.conversations.rules import EMERGENCY
from harborline.messaging.models import Message
from harborline.messaging.ports import OnCallAlert
from harborline.messaging.selectors.inbox import alerts, inbox, on_call

DANGER = "he is outside my door with a gun and he says he will kill me"


@pytest.fixture
def alarm(db: None, tmp_path: Path) -> Iterator[MemoryAlerts]:
    """Everybody has moved in; Cora is on call in Wake, then Eli; Dev for the whole program."""
    move_in(tmp_path)
    with as_state():
        set_roster(WAKE, [Turn(CORA, 10), Turn(ELI, 15)])
        set_roster("*", [Turn(DEV, 5)])
    with ways() as memory:
        yield memory


@contextmanager
def ways(answers: Sequence[bool | Exception] = ()) -> Iterator[MemoryAlerts]:
    """One way to tell, which remembers what it was given."""
    before = ports.serving_all(OnCallAlert)
    memory = MemoryAlerts(answers)
    for name in before:
        ports.serve(OnCallAlert, memory, name)
    try:
        yield memory
    finally:
        for name, adapter in before.items():
            ports.serve(OnCallAlert, adapter, name)


def steps() -> list[tuple[str, uuid.UUID | None]]:
    """What happened to the only alert."""
    with as_state():
        (alert,) = [*alerts(), *alerts(closed=True)]
    return [(kind, worker) for kind, _, worker in alert.steps]


class TestWordsOfDanger:
    """Reach a named person before anything is answered."""

    def test_are_told_to_whoever_is_first_on_call(self, alarm: MemoryAlerts) -> None:
        """Ben is in Wake: Cora is told; the notice says nothing about him."""
        taken = text(DANGER, BEN)
        (notice,) = alarm.told
        assert (notice.worker_id, notice.county, notice.told_count) == (CORA, WAKE, 1)
        assert "gun" not in repr(notice)
        assert BEN not in repr(notice)
        assert steps() == [("raised", None), ("told", CORA)]
        assert reply(taken) == "NC Child Support Services: Nobody can answer this text now. In an emergency, call 911."

    def test_are_told_before_the_answer_is_written(self, alarm: MemoryAlerts) -> None:
        """At the moment of telling there is no answer yet."""
        seen: list[int] = []

        class Looking(OnCallAlert):
            def tell(self, notice: object) -> bool:
                with as_state():
                    seen.append(Message.objects.filter(kind="reply").count())
                return True

        for name in ports.serving_all(OnCallAlert):
            ports.serve(OnCallAlert, Looking(), name)
        text(DANGER, BEN)
        assert seen == [0]
        with as_state():
            assert Message.objects.filter(kind="reply").count() == 1

    def test_reach_every_county_that_knows_the_number(self, alarm: MemoryAlerts) -> None:
        """Ana is in Wake and in Durham: Cora, and Dev for the program."""
        text(DANGER, ANA)
        assert {notice.worker_id for notice in alarm.told} == {CORA, DEV}
        with as_dev():
            assert [line.county for line in alerts()] == [DURHAM]

    def test_of_a_stranger_reach_the_programs_own_roster(self, alarm: MemoryAlerts) -> None:
        """Nobody has the number."""
        text(DANGER, "+19195550177")
        assert [notice.worker_id for notice in alarm.told] == [DEV]

    def test_with_a_stop_are_obeyed_and_told_and_never_confirmed(self, alarm: MemoryAlerts) -> None:
        """Stopped; alarmed; the one answer is the emergency line."""
        taken = text("stop texting me, he will kill me if he sees this", BEN)
        assert taken.effect == "stopped"
        assert len(alarm.told) == 1
        assert "call 911" in reply(taken)
        with as_state():
            assert suppressed_numbers(NC, [phone(BEN)]) == {phone(BEN)}

    def test_are_answered_once_an_hour(self, alarm: MemoryAlerts) -> None:
        """Each text alarms; the line is not repeated at once."""
        answers = [text(DANGER, BEN).reply_id is not None for _ in range(3)]
        assert answers == [True, False, False]
        assert len(alarm.told) == 3

    def test_in_a_figure_of_speech_alarm_nobody(self, alarm: MemoryAlerts) -> None:
        """Traffic kills nobody."""
        text("this traffic is killing me, be there in 5", BEN)
        assert alarm.told == []


class TestTheAnswer:
    """Says nothing else, in any language, in any wording."""

    @pytest.mark.parametrize("program", ["nc-css", "mn-wic"])
    @pytest.mark.parametrize("language", ["en", "es"])
    @pytest.mark.parametrize("discreet", [False, True])
    def test_is_the_approved_line(self, program: str, language: str, discreet: bool) -> None:
        """The ready template says exactly what it may."""
        _, words = answer_in(profile(program), EMERGENCY, language, discreet=discreet)
        assert words in approved_in_danger(profile(program), language, discreet=discreet)
        assert "911" in words

    def test_is_not_sent_where_there_are_no_approved_words(self) -> None:
        """A language without the line gets none."""
        assert approved_in_danger(profile("nc-css"), "so", discreet=False) == set()


class TestEscalating:
    """Goes from one to the next until somebody acknowledges."""

    def test_tells_the_next_when_the_first_does_not_answer(self, alarm: MemoryAlerts) -> None:
        """Ten minutes for Cora, then Eli, fifteen for him, then Cora again."""
        text(DANGER, BEN)
        start = clock.now()
        told = [tell_alerts(NC, now=start + timedelta(minutes=minutes)) for minutes in (5, 11, 12, 27)]
        assert told == [0, 1, 0, 1]
        assert [notice.worker_id for notice in alarm.told] == [CORA, ELI, CORA]

    def test_ends_with_whoever_acknowledges(self, alarm: MemoryAlerts) -> None:
        """Cora takes it on: nobody else is told."""
        text(DANGER, BEN)
        with as_cora():
            (line,) = alerts()
            for _ in range(2):
                acknowledge(line.alert_id)
            assert alerts()[0].acknowledged_by == f"worker:{CORA}"
        assert tell_alerts(NC, now=clock.now() + timedelta(hours=5)) == 0
        assert steps()[-1] == ("acknowledged", CORA)

    def test_goes_on_at_once_when_telling_failed(self, alarm: MemoryAlerts) -> None:
        """The way to Cora is down: Eli is due now, and the record says so."""
        with ways((False, Unavailable("the pager is off"), True)):
            text(DANGER, BEN)
            for _ in range(3):
                tell_alerts(NC)
        assert steps() == [("raised", None), ("not-told", CORA), ("not-told", ELI), ("told", CORA)]

    def test_says_when_nobody_is_on_call(self, alarm: MemoryAlerts) -> None:
        """Every roster is over: recorded, shown, and looked at again in five minutes."""
        later = clock.now() + timedelta(days=1)
        with as_state():
            from harborline.messaging.conversations.records import OnCallTurn  # noqa: PLC0415 - used once

            OnCallTurn.objects.update(until_at=clock.now())
            assert on_call(DURHAM) == on_call(WAKE) == []
        text(DANGER, BEN)
        assert alarm.told == []
        assert steps() == [("raised", None), ("nobody-on-call", None)]
        with as_state():
            set_roster(WAKE, [Turn(ELI, 5)])
        assert tell_alerts(NC, now=later) == 1


class TestTheRoster:
    """Names people, in order, with minutes."""

    def test_of_a_county_comes_before_the_programs(self, alarm: MemoryAlerts) -> None:
        """Wake has its own; Durham has the program's."""
        with as_state():
            assert [turn.worker_id for turn in on_call(WAKE)] == [CORA, ELI]
            assert [turn.worker_id for turn in on_call(DURHAM)] == [DEV]
            set_roster(WAKE, [Turn(ROSE, 1)])
            assert [turn.worker_id for turn in on_call(WAKE)] == [ROSE]
            kinds = [entry.kind for entry in entries_of(f"roster:{NC}/{WAKE}")]
        assert kinds == ["on-call.roster-set"] * 2

    @pytest.mark.parametrize(
        ("county", "turns"),
        [
            (WAKE, []),
            (WAKE, [Turn(CORA, 5), Turn(CORA, 5)]),
            (WAKE, [Turn(CORA, 0)]),
            (WAKE, [Turn(CORA, 121)]),
            ("Wake", [Turn(CORA, 5)]),
        ],
    )
    def test_that_names_nobody_or_too_much_is_refused(
        self, alarm: MemoryAlerts, county: str, turns: list[Turn]
    ) -> None:
        """Empty, twice the same, no time, too much time, no county."""
        with as_state(), pytest.raises(Invalid):
            set_roster(county, turns)


class TestClosingAnAlert:
    """Says what was done."""

    def test_needs_somebody_who_took_it_on_and_a_note(self, alarm: MemoryAlerts) -> None:
        """First acknowledged, then closed with what was done; the note is sealed."""
        text(DANGER, BEN)
        with as_cora():
            (line,) = alerts()
            with pytest.raises(Refused, match="acknowledge-it-first"):
                close_alert(line.alert_id, AlertOutcome.REACHED, note="spoke to him")
            acknowledge(line.alert_id)
            with pytest.raises(Invalid):
                close_alert(line.alert_id, AlertOutcome.REACHED, note=" ")
            for _ in range(2):
                close_alert(line.alert_id, AlertOutcome.EMERGENCY_SERVICES, note="called 911, they are on the way")
            assert alerts() == []
            assert alerts(closed=True)[0].outcome == "emergency-services"
        assert [kind for kind, _ in steps()] == ["raised", "told", "acknowledged", "closed"]

    def test_is_for_the_county_it_is_in(self, alarm: MemoryAlerts) -> None:
        """Dev cannot take on what happens in Wake."""
        text(DANGER, BEN)
        with as_cora():
            (line,) = alerts()
        with as_dev(), pytest.raises(NotFound):
            acknowledge(line.alert_id)

    def test_keeps_the_words_readable_until_then(self, alarm: MemoryAlerts) -> None:
        """The text cannot be closed, and its day does not end it, while the alert is open."""
        text(DANGER, BEN)
        with as_eli():
            (alert,) = alerts()
            assert open_text(alert.text_id, how=How.ALERT).words == DANGER
        with as_cora():
            (line,) = inbox()
            assert (line.crisis, line.alert_id) == (True, alert.alert_id)
            open_text(line.text_id)
            with pytest.raises(Refused, match="alert-still-open"):
                close_text(line.text_id, asked=Topic.OTHER, note="danger")
        with as_state():
            assert expire_texts(now=clock.now() + timedelta(days=2)) == 0
        with as_cora():
            acknowledge(alert.alert_id)
            close_alert(alert.alert_id, AlertOutcome.NO_DANGER, note="a film")
            close_text(line.text_id, asked=Topic.OTHER, note="danger")


def test_a_possible_stop_in_words_of_danger_is_held_too(alarm: MemoryAlerts) -> None:
    """Both: the number waits, somebody is told."""
    text("go to hell, i am going to burn your office down", BEN)
    assert len(alarm.told) == 1
    with as_state():
        assert held_numbers(NC, [phone(BEN)]) == {phone(BEN)}
