"""Words of danger are told to whoever is on call; texts stand in contacts without their words; disposal by schedule."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from tests.rooms.contact.desk import as_person, as_worker, asks, opts_in, who, worker
from tests.rooms.messaging.talk import text
from tests.rooms.town import BEN, MAYA, MN, NC, WAKE, as_state

from harborline.adapters.alerts import ConsoleAlerts, MemoryAlerts
from harborline.contact.disposal import ContactWords
from harborline.contact.facts import BY_TEXT, ClosedAs, ContactState, EntryKind
from harborline.contact.models import ContactThread, DangerAlert, EntryWords
from harborline.contact.selectors import alerts, contacts, thread
from harborline.contact.services import acknowledge, close, close_alert, escalate, tell_alerts, write_more, write_note
from harborline.kernel import Invalid, Refused, clock, ports
from harborline.ledger.selectors import entries_of
from harborline.messaging.conversations.records import ThreadText
from harborline.messaging.models import InboundMessage
from harborline.messaging.ports import OnCallAlert
from harborline.messaging.services import conversations
from harborline.retention.selectors import preview
from harborline.vault.facts import Grounds

DANGER = "I want to kill myself tonight"


class TestWordsOfDanger:
    """Somebody is told until somebody takes it on."""

    def test_go_from_one_on_call_to_the_next(self, town: None) -> None:
        """After their minutes the next, then the first again; taken on, nobody any more."""
        told = MemoryAlerts()
        ports.serve(OnCallAlert, told, "console")
        with as_state():
            turns = [conversations.Turn(worker("cora"), 5), conversations.Turn(worker("dev"), 5)]
            conversations.set_roster(WAKE, turns)
        assert asks("ben", DANGER).danger
        now = clock.now()
        for minutes in (0, 6, 12):
            tell_alerts(NC, now=now + timedelta(minutes=minutes))
        assert [one.worker_id for one in told.told] == [worker("cora"), worker("dev"), worker("cora")]
        with as_worker("cora"):
            (alert,) = alerts()
            acknowledge(alert.alert_id)
        assert escalate(now=now + timedelta(hours=1)) == 0

    def test_are_looked_at_again_when_nobody_is_on_call(self, town: None) -> None:
        """And when no way arrives, at once."""
        asks("ben", DANGER)
        now = clock.now()
        assert tell_alerts(NC, now=now) == 0
        ports.serve(OnCallAlert, MemoryAlerts([False]), "console")
        with as_state():
            conversations.set_roster(WAKE, [conversations.Turn(worker("cora"), 5)])
        assert [tell_alerts(NC, now=now + timedelta(minutes=each)) for each in (6, 6)] == [0, 1]

    def test_written_after_somebody_took_the_first_on_are_told_anew(self, town: None) -> None:
        """Cora took on what Ben wrote; what he writes in the night is an alert of its own."""
        told = MemoryAlerts()
        ports.serve(OnCallAlert, told, "console")
        with as_state():
            conversations.set_roster(WAKE, [conversations.Turn(worker("cora"), 5)])
        kept = asks("ben", DANGER)
        tell_alerts(NC, now=clock.now())
        with as_worker("cora"):
            (alert,) = alerts()
            acknowledge(alert.alert_id)
        with as_person("ben"):
            write_more(kept.contact_id, participants=[who("ben")], words=DANGER, once="form-2")
        assert tell_alerts(NC, now=clock.now() + timedelta(seconds=1)) == 1
        assert len({one.alert_id for one in told.told}) == 2
        with as_worker("cora"):
            assert sorted(one.acknowledged_at is None for one in alerts()) == [False, True]

    def test_that_only_stand_in_the_console_are_not_called_told(self, town: None) -> None:
        """A line in a log reaches nobody: the record says where it stands, and the next one's turn comes."""
        ports.serve(OnCallAlert, ConsoleAlerts(), "console")
        with as_state():
            conversations.set_roster(WAKE, [conversations.Turn(worker("cora"), 5)])
        asks("ben", DANGER)
        tell_alerts(NC, now=clock.now())
        with as_state():
            alert = DangerAlert.objects.get()
            kinds = {one.kind for one in entries_of(f"contact:{alert.contact_id}")}
        assert "danger.shown-in-console" in kinds
        assert "danger.told" not in kinds
        assert alert.next_at is not None

    def test_keep_the_contact_open_until_it_is_said_what_was_done(self, town: None) -> None:
        """First taken on, then closed with a note."""
        kept = asks("ben", DANGER)
        with as_worker("cora"):
            (alert,) = alerts()
            with pytest.raises(Refused, match="alert-still-open"):
                close(kept.contact_id, ClosedAs.NO_RESPONSE)
            with pytest.raises(Refused, match="acknowledge-it-first"):
                close_alert(alert.alert_id, conversations.AlertOutcome.REACHED, note="called")
            acknowledge(alert.alert_id)
            with pytest.raises(Invalid):
                close_alert(alert.alert_id, conversations.AlertOutcome.REACHED, note=" ")
            close_alert(alert.alert_id, conversations.AlertOutcome.REACHED, note="called")
            close(kept.contact_id, ClosedAs.NO_RESPONSE)
        with as_state():
            assert b"called" not in bytes(DangerAlert.objects.get().note)

    def test_are_not_shown_to_other_counties(self, town: None) -> None:
        """Dev sees no alert of Wake."""
        asks("ben", DANGER)
        with as_worker("dev"):
            assert alerts() == []


class TestATextToThePortal:
    """Stands in the person's contact; its words stay with the texts."""

    @pytest.mark.clause("MN-WIC-9.6:text-delete-after-viewing", shows="allows")
    def test_begins_a_contact_where_the_portal_has_the_opt_in(self, town: None) -> None:
        """The clinic reads the text in its own place, where it goes after viewing; nothing of it is here."""
        opts_in("maya")
        text("Can I come later on Friday?", MAYA, program=MN)
        with as_worker("clara"):
            (line,), _more = contacts()
            (entry,) = thread(line.id).entries
            assert (line.topic, entry.kind, entry.words) == (BY_TEXT, EntryKind.TEXT_IN, None)
            copy = ThreadText.objects.get()
            assert entry.text_id == copy.id
            conversations.open_text(copy.id)
            conversations.close_text(copy.id, asked=conversations.Topic.APPOINTMENT)
        with as_state(MN):
            assert InboundMessage.objects.get().sealed is None
            assert not EntryWords.objects.exists()

    def test_answered_by_text_waits_on_the_person(self, town: None) -> None:
        """The answer in the thread of texts is our last word here too."""
        opts_in("maya")
        text("Can I come later on Friday?", MAYA, program=MN)
        with as_worker("clara"):
            (line,), _more = contacts()
            copy = ThreadText.objects.get()
            conversations.answer(copy.thread_id, "Yes, come when you can.", language="en")
            assert thread(line.id).line.state is ContactState.ON_PERSON

    def test_joins_the_open_contact(self, town: None) -> None:
        """Ben asked in the portal and texts after it."""
        kept = asks("ben")
        text("Did you see my question?", BEN)
        with as_worker("cora"):
            found = thread(kept.contact_id)
        assert [one.kind for one in found.entries] == [EntryKind.ASKED, EntryKind.TEXT_IN]

    @pytest.mark.parametrize("words", ["STOP", "START", "Where do I park?"])
    def test_of_the_service_alone_begins_none(self, town: None, words: str) -> None:
        """A stop is done by the machine; a text to the notices' number stays with the texts."""
        text(words, BEN)
        with as_state():
            assert not ContactThread.objects.exists()

    def test_of_nobody_begins_none(self, town: None) -> None:
        """An unknown number has no contact."""
        text("hello?", "+19195550177")
        with as_state():
            assert not ContactThread.objects.exists()


class TestWhatRipens:
    """The series `contacts` of the schedule."""

    def test_is_offered_once_closed_and_goes_with_its_keys(self, town: None) -> None:
        """Open ones never; of a closed one the words go, what happened stays."""
        kept = asks("ben")
        with as_worker("cora"):
            write_note(kept.contact_id, "a note")
        words, later = ContactWords(), clock.now() + timedelta(days=1)
        with as_state():
            assert words.candidates(before=later, after=None, limit=9) == []
            close(kept.contact_id, ClosedAs.NO_RESPONSE)
            (found,) = words.candidates(before=later, after=None, limit=9)
            assert words.candidates(before=later, after=uuid.UUID(int=2**128 - 1), limit=9) == []
            assert found.concerns.participants == frozenset({who("ben")})
            assert preview("contacts").offered
            assert words.dispose([found.id], Grounds("nc-css/keep@1", "45 CFR 303.11(e)")) == 1
            assert words.look([found.id]) == []
            assert words.dispose([found.id], Grounds("nc-css/keep@1", "45 CFR 303.11(e)")) == 0
            assert words.finish(Grounds("nc-css/keep@1", "45 CFR 303.11(e)")) == 0
            assert not EntryWords.objects.exists()
            assert [one.words for one in thread(kept.contact_id).entries] == [None, None, None]
