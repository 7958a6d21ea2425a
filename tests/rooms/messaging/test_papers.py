"""The call list and the letters a run leaves behind."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta

import pytest
from tests.rooms.messaging.scene import (
    ALLOWED,
    BOTH_PARTIES,
    NO_CONSENT,
    PROGRAM,
    STOPPED,
    UNSAFE,
    Line,
    Scene,
    add_person,
    as_dev,
    as_state,
    load_protections,
    protect,
)

from harborline.disclosure.facts import BulkGroup
from harborline.disclosure.models import Look, Manifest
from harborline.disclosure.services import approve_many, ask_many
from harborline.kernel import Decision, Refused, clock, refuse
from harborline.ledger.selectors import entries_of
from harborline.messaging.facts import DispatchState
from harborline.messaging.notices.rendering import text_maker
from harborline.messaging.reports.letters import Letter, letters, typeset
from harborline.messaging.reports.reaching import reachable
from harborline.messaging.selectors.papers import call_list_csv, letters_pdf, people_to_reach
from harborline.people.models import Participant
from harborline.walls import ALL_COUNTIES, Actor, acting

ADDRESS = "12 Elm St, Raleigh, NC 27601"
SUBSTITUTE = "PO Box 7, Raleigh, NC 27602"


@pytest.fixture
def fresh(scene: Scene) -> Scene:
    """A run in a program whose protections came in an hour ago."""
    with as_state():
        load_protections(timedelta(hours=1))
    return scene


def ana(**more: str) -> Participant:
    """Ana, with an address and a number."""
    return add_person("P-1", "Ana Torres", address=ADDRESS, number="+19195550101", **more)


STATE = frozenset({"state-operator"})


def approved(scene: Scene, group: BulkGroup) -> None:
    """The state's operator asked for the file, and a supervisor approved it."""
    people = people_to_reach(scene.run.id)
    if people:
        order = ask_many(scene.run.id, group, people, purpose="outreach", reason="who got no text", roles=STATE)
        with acting(Actor("worker", "eli"), program=PROGRAM, counties=ALL_COUNTIES, purpose="notice-run"):
            approve_many(order, roles=frozenset({"supervisor"}))


def call_list(scene: Scene, language: str = "en") -> list[dict[str, str]]:
    """The call list as a spreadsheet reads it."""
    approved(scene, BulkGroup.CALLS)
    text = call_list_csv(scene.run.id, roles=STATE, language=language).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def written(scene: Scene) -> list[Letter]:
    """The letters of a run before they are typeset."""
    approved(scene, BulkGroup.LETTERS)
    return letters(text_maker(PROGRAM, "appointment-reminder"), reachable(scene.run.id, BulkGroup.LETTERS, STATE))


class TestTheCallList:
    """What the front desk works through."""

    def test_says_whom_to_call_and_why(self, fresh: Scene) -> None:
        """Name, number, local time, office, reason and next step in plain words."""
        with as_state():
            (message_id,) = fresh.plan([Line(ALLOWED, ana())])
            fresh.move(message_id, DispatchState.FAILED, "network-failed")
            (row,) = call_list(fresh)
        assert row == {
            "person": "P-1",
            "name": "Ana Torres",
            "phone": "919-555-0101",
            "language": "en",
            "appointment": "2026-11-23 09:00",
            "office": "Wake County office",
            "letter": "mail",
            "reason": "The text did not reach the phone.",
            "next step": "Call, or send the letter.",
        }

    def test_speaks_spanish(self, fresh: Scene) -> None:
        """Headings, reason, next step, office."""
        with as_state():
            fresh.plan([Line(NO_CONSENT, ana())])
            (row,) = call_list(fresh, "es")
        assert row["motivo"] == "No consta permiso para enviar mensajes de texto."
        assert row["oficina"] == "Oficina del condado de Wake"

    def test_gives_no_number_both_parents_use(self, fresh: Scene) -> None:
        """Whoever picks up may be the other one."""
        with as_state():
            fresh.plan([Line(BOTH_PARTIES, ana())])
            (row,) = call_list(fresh)
        assert row["phone"] == ""
        assert "Do not call this number" in row["next step"]

    def test_cannot_tell_a_protected_person_from_one_who_said_stop(self, fresh: Scene) -> None:
        """Two lines that differ in nothing but the person."""
        with as_state():
            protected = add_person("P-1", "Ana Torres", address=ADDRESS, substitute=SUBSTITUTE, number="+19195550101")
            protect(protected)
            said_stop = add_person("P-2", "Ben Torres", address=ADDRESS, number="+19195550102")
            fresh.plan([Line(UNSAFE, protected), Line(STOPPED, said_stop)])
            first, second = call_list(fresh)
        own = {"person", "name"}
        assert {key: first[key] for key in first if key not in own} == {
            key: second[key] for key in second if key not in own
        }
        assert (first["phone"], first["reason"]) == ("", "Texts are off for this person.")

    def test_keeps_formulas_from_running(self, fresh: Scene) -> None:
        """A name that begins like a formula is shown, not computed."""
        with as_state():
            fresh.plan([Line(NO_CONSENT, add_person("P-1", "=1+1"))])
            (row,) = call_list(fresh)
        assert row["name"] == "'=1+1"

    def test_names_people_who_are_not_on_file_by_reference_only(self, fresh: Scene) -> None:
        """Nothing but what the case system calls them."""
        with as_state():
            fresh.plan(
                [Line(refuse("not-on-file").stamped("messaging.rules.recipient_known", ("NC-CSS-22-18:opt-in",)))]
            )
            (row,) = call_list(fresh)
        assert (row["person"], row["name"], row["phone"], row["letter"]) == ("P-0", "", "", "")

    def test_is_not_made_for_another_county(self, fresh: Scene) -> None:
        """Dev's list is empty."""
        with as_state():
            fresh.plan([Line(NO_CONSENT, ana())])
        with as_dev():
            assert call_list(fresh) == []

    def test_is_recorded_before_names_are_opened(self, fresh: Scene) -> None:
        """How many people, for which paper, by whom."""
        with as_state():
            fresh.plan([Line(NO_CONSENT, ana())])
            call_list(fresh)
            newest = entries_of(f"run:{fresh.run.id}")[0]
        assert (newest.kind, newest.content["for"], newest.content["people"]) == ("notice.reach-opened", "calls", 1)

    @pytest.mark.parametrize("age", [None, timedelta(hours=25)])
    def test_waits_while_protections_are_old(self, scene: Scene, age: timedelta | None) -> None:
        """An address that was safe yesterday may not be today."""
        with as_state():
            if age is not None:
                load_protections(age)
            scene.plan([Line(NO_CONSENT, ana())])
            with pytest.raises(Refused):
                call_list_csv(scene.run.id, roles=STATE)
            with pytest.raises(Refused):
                letters_pdf(scene.run.id, roles=STATE)


class TestAFileOfManyPeople:
    """Letters and the call list open what one person at a time is asked for elsewhere."""

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_is_not_made_without_a_second_person(self, fresh: Scene) -> None:
        """Neither by who asked, nor by anybody who did not ask; nothing is opened or counted."""
        with as_state():
            fresh.plan([Line(NO_CONSENT, ana())])
            people = people_to_reach(fresh.run.id)
            order = ask_many(fresh.run.id, BulkGroup.LETTERS, people, purpose="outreach", reason="ice", roles=STATE)
            with pytest.raises(Refused) as refused:
                letters_pdf(fresh.run.id, roles=STATE)
            with pytest.raises(Refused) as own:
                approve_many(order, roles=STATE)
            assert (refused.value.decision.reason, own.value.decision.reason) == ("second-person-needed", "same-person")
            assert not Manifest.objects.exists()
            assert not Look.objects.exists()

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="allows")
    def test_leaves_one_manifest_and_a_look_at_each(self, fresh: Scene) -> None:
        """Made twice within its day: the manifest stands once, each person's looks tell of both."""
        with as_state():
            one, other = ana(), add_person("P-2", "Ben Torres", address=ADDRESS)
            fresh.plan([Line(NO_CONSENT, one), Line(NO_CONSENT, other)])
            approved(fresh, BulkGroup.LETTERS)
            for _ in range(2):
                letters_pdf(fresh.run.id, roles=STATE)
            (manifest,) = Manifest.objects.all()
            assert (manifest.asked, manifest.told, len(manifest.held)) == (2, 2, 2)
            assert Look.objects.filter(participant_id=one.id, page="letters").exclude(tie="").count() == 2

    @pytest.mark.clause("OFFSET-8.2:data-by-purpose", shows="refuses")
    @pytest.mark.parametrize(
        ("purpose", "reason", "roles", "said"),
        [
            ("locate", "ice", STATE, "not-in-the-policy"),
            ("", "ice", STATE, "not-in-the-policy"),
            ("outreach", "ice", frozenset({"case-manager"}), "not-in-the-policy"),
            ("outreach", "  ", STATE, "reason-for-many-missing"),
        ],
        ids=["another purpose", "no purpose", "another role", "no reason"],
    )
    def test_is_asked_for_as_the_policy_names_it(
        self, fresh: Scene, purpose: str, reason: str, roles: frozenset[str], said: str
    ) -> None:
        """Purpose, role and a reason."""
        with as_state():
            fresh.plan([Line(NO_CONSENT, ana())])
            with pytest.raises(Refused) as refused:
                ask_many(
                    fresh.run.id, BulkGroup.LETTERS, people_to_reach(fresh.run.id), purpose=purpose, reason=reason,
                    roles=roles,
                )  # fmt: skip
        assert refused.value.decision.reason == said

    def test_is_about_those_only_who_were_approved(self, fresh: Scene) -> None:
        """Who was not reached since waits for the next order."""
        with as_state():
            fresh.plan([Line(NO_CONSENT, ana())])
            approved(fresh, BulkGroup.LETTERS)
            fresh.plan([Line(NO_CONSENT, add_person("P-2", "Ben Torres", address=ADDRESS), reference="P-2")])
            found = reachable(fresh.run.id, BulkGroup.LETTERS, STATE)
        assert [one.reach is not None for one in found] == [True, False]

    def test_is_for_one_kind_of_file(self, fresh: Scene) -> None:
        """Who may call may not write."""
        with as_state():
            fresh.plan([Line(NO_CONSENT, ana())])
            call_list(fresh)
            with pytest.raises(Refused):
                letters_pdf(fresh.run.id, roles=STATE)


class TestALetter:
    """What goes into the envelope."""

    def test_says_what_the_text_would_have_said(self, fresh: Scene) -> None:
        """In the person's language, without how to stop texts."""
        with as_state():
            fresh.plan([Line(NO_CONSENT, add_person("P-1", "Ana Torres", address=ADDRESS, language="es"))])
            (letter,) = written(fresh)
        assert letter.language == "es"
        assert letter.address == ("Ana Torres", "12 Elm St", "Raleigh, NC 27601")
        (words,) = letter.paragraphs
        assert "lunes 23 de noviembre" in words
        assert "STOP" not in words
        assert not words.startswith(letter.sender)

    def test_to_a_protected_person_goes_to_the_substitute_address(self, fresh: Scene) -> None:
        """And never to where she lives."""
        with as_state():
            protected = ana(substitute=SUBSTITUTE)
            protect(protected)
            fresh.plan([Line(UNSAFE, protected)])
            (letter,) = written(fresh)
        assert letter.address == ("Ana Torres", "PO Box 7", "Raleigh, NC 27602")

    def test_differs_in_nothing_but_the_address(self, fresh: Scene) -> None:
        """Whoever opens the envelope of a protected person finds what everybody gets."""
        with as_state():
            protected = add_person("P-1", "Ana Torres", substitute=SUBSTITUTE)
            protect(protected)
            other = add_person("P-2", "Ben Torres", address=ADDRESS)
            fresh.plan([Line(UNSAFE, protected), Line(STOPPED, other)])
            first, second = written(fresh)
        assert _without_address(first) == _without_address(second)

    def test_is_not_written_without_a_safe_address(self, fresh: Scene) -> None:
        """Protected and no substitute address, or no address at all: the office hands it over, for both alike."""
        with as_state():
            protected = ana()
            protect(protected)
            nowhere = add_person("P-2", "Ben Torres")
            fresh.plan([Line(UNSAFE, protected), Line(STOPPED, nowhere)])
            assert written(fresh) == []
            assert [row["letter"] for row in call_list(fresh)] == ["hand over at the office"] * 2
            with pytest.raises(Refused, match="nobody-to-write-to"):
                letters_pdf(fresh.run.id, roles=STATE)

    def test_tells_of_every_appointment_missed(self, fresh: Scene) -> None:
        """Two appointments, one letter, two paragraphs."""
        with as_state():
            person = ana()
            fresh.plan([Line(NO_CONSENT, person), Line(NO_CONSENT, person, at=Line(NO_CONSENT).at + timedelta(days=1))])
            (letter,) = written(fresh)
        assert len(letter.paragraphs) == 2

    @pytest.mark.parametrize("reason", ["appointment-passed", "run-cancelled", "other-county-on-file"])
    def test_is_not_written_when_it_would_be_wrong(self, fresh: Scene, reason: str) -> None:
        """Too late, called off, or perhaps the wrong person."""
        with as_state():
            fresh.plan([Line(_refused(reason), ana())])
            assert written(fresh) == []

    def test_is_tagged_for_screen_readers(self, fresh: Scene) -> None:
        """PDF/UA: language, headings, a title that names nobody."""
        with as_state():
            fresh.plan([Line(NO_CONSENT, ana())])
            approved(fresh, BulkGroup.LETTERS)
            pdf = letters_pdf(fresh.run.id, roles=STATE)
        assert pdf.startswith(b"%PDF-1.7")
        assert b"/StructTreeRoot" in pdf
        assert b"pdfuaid:part" in pdf
        assert b"Torres" not in pdf

    def test_comes_five_hundred_at_a_time(self) -> None:
        """A printer's morning is made in seconds, one page each."""
        one = Letter("en", "NC Child Support Services", ("Ana Torres", "12 Elm St"), "Monday, November 23",
                     "A message for you", "Hello,", ("You have an appointment.",), "Questions?")  # fmt: skip
        began = clock.monotonic_s()
        pdf = typeset([one] * 500)
        assert clock.monotonic_s() - began < 10
        assert pdf.count(b"/Type/Page/") + pdf.count(b"/Type/Page\n") >= 500 or b"/Count 500" in pdf


def _refused(reason: str) -> Decision:
    return refuse(reason).stamped("messaging.rules", ("NC-CSS-22-18:lawful-notifications",))


def _without_address(letter: Letter) -> Sequence[object]:
    return tuple(value for name, value in asdict(letter).items() if name != "address")
