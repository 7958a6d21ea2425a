"""Texts handed in one by one: the same decisions as a caseload's rows, and never more told than is due."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.rooms.api.caller import Caller, machine
from tests.rooms.api.people import permit, text
from tests.rooms.town import BEN, MN, NC, OTTO, as_state, bring_in

from harborline.consent.facts import Means
from harborline.consent.services import suppress
from harborline.kernel import clock
from harborline.law import profile
from harborline.ledger.selectors import entries_of
from harborline.messaging.accepting.runs import close_days
from harborline.messaging.facts import DispatchState, RunState
from harborline.messaging.models import Dispatch, Message, NoticeRun, Recipient
from harborline.messaging.services import accepting, approve_run, cancel_run, pause_run
from harborline.people.facts import FeedKind
from harborline.walls import ALL_COUNTIES, Actor, acting
from harborline.workforce.facts import StaffRole

STATE = frozenset({StaffRole.STATE_OPERATOR.value})


def sent(caller: Caller, *texts: dict[str, object]) -> list[dict[str, Any]]:
    """What was decided about texts of one request."""
    heard = caller.post("messages", {"messages": list(texts)})
    assert heard.status == 202, heard.body
    told: list[dict[str, Any]] = heard.json["messages"]
    return told


def run_of(caller: Caller) -> NoticeRun:
    """The one run of a machine's texts."""
    assert caller.issued is not None
    return NoticeRun.objects.get(started_by=str(caller.issued.key.id))


class TestATextThatMayGo:
    """Ben opted in; the state's system reminds him."""

    def test_is_queued_before_the_answer(self, town: Path) -> None:
        """Its intent, its row and its place in the proof log are there."""
        state = machine()
        (told,) = sent(state, text())
        assert told["state"] == "queued"
        assert told["decision"]["outcome"] == "allow"
        assert told["told_with"] is None
        with as_state():
            message = Message.objects.get()
            row = Recipient.objects.get()
            assert Dispatch.objects.get(message=message).state == DispatchState.QUEUED
            assert row.message_id == message.id
            (entry,) = entries_of(f"run:{row.run_id}", limit=1)
            assert entry.kind == "notice.planned"

    def test_is_told_about_without_words_or_number(self, town: Path) -> None:
        """Whoever holds the key learns where it is, and neither what it says nor to whom."""
        state = machine()
        (told,) = sent(state, text())
        heard = state.get(f"messages/{told['id']}")
        assert heard.json["state"] == "queued"
        assert [step["state"] for step in heard.json["steps"]] == ["queued"]
        for part in (BEN, BEN[2:], "Child Support Services:", "Torres", "P-2", "C-100"):
            assert part.encode() not in heard.body

    def test_takes_the_language_on_file_where_none_is_named(self, town: Path) -> None:
        """Ana's is Spanish."""
        permit("P-1")
        (told,) = sent(machine(), text("P-1", language=None))
        assert told["state"] == "queued"
        with as_state():
            assert Message.objects.get().language == "es"

    def test_may_name_no_appointment_where_the_words_name_none(self, town: Path) -> None:
        """It may go for three days and counts for that day."""
        with as_state():
            told = [accepting.described(one) for one in accepting.notices_there_are()]
        plain: dict[str, Any] = {"appointment": None, "office": None}
        plain["template"] = next(one["key"] for one in told if not one["needs_appointment"] and "en" in one["words"])
        state = machine()
        assert [one["state"] for one in sent(state, text(**plain))] == ["queued"]
        assert [one["state"] for one in sent(state, text(**plain))] == ["told-before"]
        with as_state():
            assert Dispatch.objects.get().last_due_at - clock.now() > timedelta(days=2)

    def test_goes_in_the_other_program_by_its_own_roles(self, town: Path) -> None:
        """In Minnesota a clinic's system may send."""
        permit("R-1", program=MN)
        clinic = machine(program=MN, role=StaffRole.CLINIC_STAFF, county="27053")
        (told,) = sent(clinic, text("R-1", "H-1", office="HENNEPIN"))
        assert told["state"] == "queued", told


class TestATextThatMayNotGo:
    """The reasons are a caseload row's reasons."""

    @pytest.mark.parametrize(
        ("asked", "reason"),
        [
            ({"participant": "P-5", "case": "D-200", "phone": OTTO, "office": "DURHAM"}, "no-consent"),
            ({"case": "D-200"}, "not-on-file"),
            ({"case": "C-404"}, "not-on-file"),
            ({"participant": "P-404"}, "not-on-file"),
            ({"phone": OTTO}, "no-consent"),
            ({"language": "fr"}, "no-template-in-language"),
            ({"appointment": "2020-01-06T09:30"}, "appointment-passed"),
        ],
        ids=["no permission", "another case", "no such case", "nobody", "another number", "no words", "too late"],
    )
    def test_is_answered_why(self, town: Path, asked: dict[str, object], reason: str) -> None:
        """With the clauses and a sentence."""
        (told,) = sent(machine(), {**text(), **asked})
        assert told["decision"]["reason"] == reason
        assert told["decision"]["clauses"]
        assert told["decision"]["detail"].endswith(".")
        assert told["state"] in {"held", "refused"}

    def test_is_listed_with_its_reason(self, town: Path) -> None:
        """It has an id like any other."""
        state = machine()
        (told,) = sent(state, text("P-5", "D-200", office="DURHAM"))
        found = state.get(f"messages/{told['id']}").json
        assert (found["state"], found["decision"], found["steps"]) == (told["state"], told["decision"], [])


class TestAProtectedPerson:
    """Ana hides. Nothing tells."""

    def test_looks_like_one_who_asked_to_stop(self, town: Path) -> None:
        """Both answers are the same but for the ids, and so are their pages."""
        permit("P-1")
        bring_in(town, FeedKind.PROTECTIONS, [("N-1", "fvi", "case system", "2026-01-02", "", "no")])
        with as_state():
            suppress(BEN, Means.TEXT, words="test", at=clock.now())
        state = machine()
        ana, ben = sent(state, text("P-1"), text())
        assert ana["decision"]["reason"] == "texts-off"
        assert {**ana, "id": ""} == {**ben, "id": ""}
        one, other = (state.get(f"messages/{each['id']}").json for each in (ana, ben))
        assert {**one, "id": ""} == {**other, "id": ""}

    def test_is_not_told_apart_after_the_text_was_queued(self, town: Path) -> None:
        """The dispatcher withholds both; their states say the same."""
        permit("P-1")
        state = machine()
        ana, ben = sent(state, text("P-1"), text())
        with as_state():
            for reason, told in (("no-texts-by-safety-choice", ana), ("asked-to-stop", ben)):
                message_id = accepting_message(told["id"])
                Dispatch.objects.filter(message_id=message_id).update(state=int(DispatchState.WITHHELD), reason=reason)
        one, other = (state.get(f"messages/{each['id']}").json for each in (ana, ben))
        assert one["decision"]["reason"] == "texts-off"
        assert one["decision"] == other["decision"]
        assert one["state"] == other["state"] == "withheld"


def accepting_message(text_id: str) -> Any:  # noqa: ANN401 - an id
    """The message of an accepted text."""
    from harborline.messaging.accepting.records import AcceptedText  # noqa: PLC0415 - beside the fixture

    return AcceptedText.objects.get(id=text_id).message_id


class TestOneTextForOnePhone:
    """Two children of one parent are seen on one day."""

    def test_speaks_for_both(self, town: Path) -> None:
        """The earlier one goes; the later one says with which."""
        soon = str(text()["appointment"])
        first, second = sent(machine(), text(appointment=soon.replace("09:30", "10:15")), text(appointment=soon))
        assert second["state"] == "queued"
        assert (first["state"], first["told_with"]) == ("told-with-another", second["id"])
        with as_state():
            assert Message.objects.count() == 1

    def test_goes_once_whatever_comes_again(self, town: Path) -> None:
        """The same reminder in a new request, under a new key, is the same reminder."""
        state = machine()
        (told,) = sent(state, text())
        (again,) = sent(state, text())
        (elsewhere,) = sent(machine(), text())
        assert (told["state"], again["state"], elsewhere["state"]) == ("queued", "told-before", "told-before")
        with as_state():
            assert Message.objects.count() == 1


class TestTheRunOfTheDay:
    """All texts of a system, a template and a day are rows of one run, so staff see and steer them."""

    def test_takes_every_request_of_the_day(self, town: Path) -> None:
        """Its rows are numbered on."""
        state = machine()
        for language in ("en", "es", "fr"):
            sent(state, text(language=language))
        with as_state():
            run = run_of(state)
            assert (run.row_count, run.state) == (3, RunState.RUNNING)
            assert sorted(Recipient.objects.values_list("row_no", flat=True)) == [1, 2, 3]

    def test_queues_on_while_it_is_paused(self, town: Path) -> None:
        """Staff paused it; what comes is kept and not sent."""
        state = machine()
        sent(state, text())
        with as_state():
            pause_run(run_of(state).id, roles=STATE)
        sent(state, text("P-5", "D-200", office="DURHAM"))
        with as_state():
            assert (run_of(state).state, run_of(state).row_count) == (RunState.PAUSED, 2)

    def test_begins_anew_after_it_was_cancelled(self, town: Path) -> None:
        """Staff cancelled it: its texts are gone for good, later ones stand in another run."""
        state = machine()
        (told,) = sent(state, text())
        with as_state():
            cancel_run(run_of(state).id, roles=STATE)
        assert state.get(f"messages/{told['id']}").json["state"] == "cancelled"
        (again,) = sent(state, text())
        assert again["state"] == "queued"
        with as_state():
            assert NoticeRun.objects.count() == 2

    def test_waits_for_a_second_person_above_the_programs_size(
        self, town: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """As a large caseload does; whoever approves is a person."""
        monkeypatch.setattr("harborline.messaging.accepting.runs.may_release", _above_two)
        state = machine()
        for language in ("en", "es"):
            sent(state, text(language=language))
        with as_state():
            assert run_of(state).state == RunState.RUNNING
        sent(state, text(language="fr"))
        with as_state():
            assert run_of(state).state == RunState.AWAITING_APPROVAL
        with acting(Actor("worker", "sam"), program=NC, counties=ALL_COUNTIES, purpose="test"):
            assert approve_run(run_of(state).id, roles=STATE) is RunState.RUNNING
        sent(state, text(language="so"))
        with as_state():
            assert run_of(state).state == RunState.RUNNING

    def test_finishes_when_its_day_is_over(self, town: Path) -> None:
        """The hourly upkeep lets it."""
        state = machine()
        sent(state, text())
        with as_state():
            law = profile(NC)
            assert close_days(NC, law) == 0
            assert close_days(NC, law, now=clock.now() + timedelta(days=1)) == 1
            assert run_of(state).planned_at is not None
            assert close_days(NC, law, now=clock.now() + timedelta(days=1)) == 0


def _above_two(*, recipients: int, started_by: str, approved_by: str, profile: object) -> Any:  # noqa: ANN401 - a decision
    from harborline.kernel import allow, hold  # noqa: PLC0415 - beside its use

    del started_by, approved_by, profile
    return allow() if recipients <= 2 else hold("needs-second-person")


class TestTheList:
    """Newest first, a page at a time."""

    def test_goes_through_everything_once(self, town: Path) -> None:
        """No text twice, none left out, whatever comes meanwhile."""
        state = machine()
        made = [sent(state, text(language=language))[0]["id"] for language in ("en", "es", "fr", "so", "vi")]
        seen, cursor = [], ""
        for _ in range(3):
            page = state.get(f"messages?limit=2{cursor}").json
            seen += [one["id"] for one in page["messages"]]
            sent(state, text("P-5", "D-200", office="DURHAM"))
            cursor = f"&cursor={page['next']}"
        assert seen == made[::-1]
        assert page["next"] is None

    @pytest.mark.parametrize(
        "query", ["cursor=abc", "cursor=%00", "limit=0", "limit=201", "limit=x", "cursor=" + "-" * 22]
    )
    def test_refuses_what_it_did_not_give(self, town: Path, query: str) -> None:
        """A made-up cursor or size is a problem, or an empty page, never an error."""
        heard = machine().get(f"messages?{query}")
        assert heard.status in {200, 422}
        if heard.status == 422:
            assert heard.json["errors"]
