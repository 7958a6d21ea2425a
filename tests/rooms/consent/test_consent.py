"""Consent as it is recorded, lapses, is withdrawn, and what the planner hears of it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.rooms.town import (
    ANA,
    BEN,
    DURHAM,
    MAYA,
    MN,
    NC,
    OTTO,
    PEOPLE,
    ROSA,
    as_cora,
    as_dev,
    as_state,
    bring_in,
    phone,
)

from harborline.consent.facts import CONTACT_US, ConsentKind, ConsentStanding, Means
from harborline.consent.models import Consent, ConsentEvent, Suppression
from harborline.consent.selectors import (
    consents_of,
    events_of,
    held_numbers,
    possible_opt_outs,
    standings,
    suppressed_numbers,
    unfiled,
    unsigned_spoken,
)
from harborline.consent.services import (
    Given,
    Signature,
    confirm_filed,
    end_overdue_spoken,
    hold_possible,
    load_permissions,
    opt_in_by_app,
    papers,
    record_permission,
    resolve_possible,
    sign_release,
    start_again,
    stop_overdue,
    suppress,
    withdraw,
)
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.law import block
from harborline.people.facts import FeedKind
from harborline.people.models import Case
from harborline.people.selectors import participant_id
from harborline.people.services import record_contact
from harborline.walls import Actor, acting

INK = Signature("paper", "signed on paper", "ab" * 32)


def _standing(program: str, case: str, number: str, *, now: datetime | None = None) -> ConsentStanding:
    found: uuid.UUID = Case.objects.get(program=program, external_id=case).id
    return standings(program, [(found, phone(number))], now=now)[0]


def _sign(program: str, who: str, number: str, *, at: datetime | None = None) -> Consent:
    words = block("nc-text-agreement" if program == NC else "mn-text-release", "en").sha256
    return sign_release(participant_id(program, who), number, statement_sha256=words, signature=INK, at=at)


def _start(number: str) -> list[Consent]:
    return start_again(number, keyword="START", shown="Answer START to get texts.", message_ref="m-1")


class TestAStranger:
    """Dev works in Durham, Olga in another state."""

    def test_sees_no_consent_of_another_county(self, town: Path) -> None:
        """Ben's release in Wake does not exist for Dev."""
        with as_cora():
            consent = _sign(NC, "P-2", BEN)
        with as_dev():
            assert not Consent.objects.exists()
            assert not ConsentEvent.objects.exists()
            with pytest.raises(NotFound):
                withdraw(consent.id, means=Means.LETTER)

    def test_cannot_record_one_there(self, town: Path) -> None:
        """No consent for a participant of another county."""
        with as_state():
            ben = participant_id(NC, "P-2")
        with as_dev(), pytest.raises(Refused, match="not-on-file"):
            sign_release(ben, BEN, statement_sha256=block("nc-text-agreement", "en").sha256, signature=INK)

    def test_of_another_state_hears_nothing_of_a_stop(self, town: Path) -> None:
        """The two demonstration states share nothing."""
        with as_state(NC):
            suppress(MAYA, Means.TEXT)
        with as_state(MN):
            assert suppressed_numbers(MN, [phone(MAYA)]) == set()
            assert not Suppression.objects.exists()


class TestASignedRelease:
    """Stands for its number, on its case, until it expires."""

    def test_lets_texts_through(self, town: Path) -> None:
        """Ben signed; Ana did not."""
        with as_cora():
            consent = _sign(NC, "P-2", BEN)
            ben, ana = _standing(NC, "C-100", BEN), _standing(NC, "C-100", ANA)
        assert (ben.state, ben.kind, ben.consent_id, ben.holder) == (
            "given", "signed-release", consent.id, consent.participant_id,
        )  # fmt: skip
        assert ana == ConsentStanding.none()

    def test_needs_the_required_statement(self, town: Path) -> None:
        """Another wording is refused and leaves nothing behind."""
        with as_state(MN):
            maya = participant_id(MN, "R-1")
            with pytest.raises(Refused, match="release-without-required-statement"):
                sign_release(maya, MAYA, statement_sha256="0" * 64, signature=INK)
            assert consents_of(maya) == []

    def test_expires(self, town: Path) -> None:
        """After the profile's year in Minnesota."""
        with as_state(MN):
            _sign(MN, "R-1", MAYA)
            assert _standing(MN, "H-1", MAYA, now=clock.now() + timedelta(days=366)).state == "lapsed"

    def test_covers_the_childrens_visits_on_the_same_phone(self, town: Path) -> None:
        """The case is the household: Noor's visit goes to Maya's number on Maya's release."""
        with as_state(MN):
            consent = _sign(MN, "R-1", MAYA)
            assert _standing(MN, "H-1", MAYA).consent_id == consent.id

    def test_is_never_a_dependents(self, town: Path) -> None:
        """Noor cannot sign."""
        with as_state(MN), pytest.raises(Refused, match="dependents-cannot-consent"):
            _sign(MN, "R-2", MAYA)

    def test_keeps_its_evidence_sealed_and_its_events(self, town: Path) -> None:
        """Who signed is not readable in the row; what happened is listed."""
        with as_state(MN):
            consent = _sign(MN, "R-1", MAYA)
            withdraw(consent.id, means=Means.LETTER, words="please stop")
            told = [(event.kind, event.reason) for event in events_of(consent.id)]
            sealed = bytes(Consent.objects.get().evidence)
        assert told == [("given", ""), ("ended", "withdrawn")]
        assert b"signed on paper" not in sealed
        assert b"+1612" not in sealed

    def test_events_cannot_be_changed(self, town: Path) -> None:
        """Not even by the product itself."""
        from django.db import Error, transaction  # noqa: PLC0415 - used once

        with as_state(MN):
            _sign(MN, "R-1", MAYA)
            with pytest.raises(Error), transaction.atomic():
                ConsentEvent.objects.update(kind="nothing")


class TestANumber:
    """Consent is for a number and its holder."""

    def test_that_changed_ends_the_consent(self, town: Path) -> None:
        """Ben got another number: his release for the old one is over, and is not moved to the new one."""
        with as_cora():
            consent = _sign(NC, "P-2", BEN)
        rows = [(*row[:-1], "919-555-0188") if row[1] == "P-2" else row for row in PEOPLE]
        bring_in(town, FeedKind.PEOPLE, rows)
        with as_cora():
            consent.refresh_from_db()
            states = [_standing(NC, "C-100", number).state for number in (BEN, "+19195550188")]
        assert consent.ended_as == "number-changed"
        assert states == ["none", "none"]

    def test_of_somebody_else_on_the_case_proves_nothing(self, town: Path) -> None:
        """Maya consented for her number; Rosa's number has no consent."""
        with as_state(MN):
            _sign(MN, "R-1", MAYA)
            assert _standing(MN, "H-1", ROSA).state == "none"


class TestASpokenPermission:
    """Temporary, with papers, until somebody signs."""

    def _spoken(self, at: datetime | None = None) -> Consent:
        return record_permission(participant_id(MN, "R-1"), MAYA, script="May we text you?", at=at)

    def test_stands_until_the_next_contact(self, town: Path) -> None:
        """Three days ago spoken; today at the clinic without signing: lapsed."""
        with as_state(MN):
            consent = self._spoken(clock.now() - timedelta(days=3))
            before = _standing(MN, "H-1", MAYA).state
            record_contact(consent.participant_id)
            after = _standing(MN, "H-1", MAYA).state
        assert (before, after) == ("temporary", "lapsed")

    def test_lapses_when_the_file_tells_of_the_contact(self, town: Path) -> None:
        """The nightly contacts file ends it too."""
        with as_state(MN):
            self._spoken(clock.now() - timedelta(days=3))
        day = f"{clock.now() - timedelta(days=1):%Y-%m-%d}"
        bring_in(town, FeedKind.CONTACTS, [("R-1", day, "10:00")], program=MN)
        with as_state(MN):
            assert _standing(MN, "H-1", MAYA).state == "lapsed"

    def test_survives_the_click_right_after_it(self, town: Path) -> None:
        """The contact in which it was given is not the next one."""
        with as_state(MN):
            consent = self._spoken()
            record_contact(consent.participant_id)
            assert _standing(MN, "H-1", MAYA).state == "temporary"

    def test_gives_way_to_a_signature_in_time(self, town: Path) -> None:
        """Signed at the contact: the release stands, the contact ends nothing."""
        with as_state(MN):
            consent = self._spoken(clock.now() - timedelta(days=3))
            _sign(MN, "R-1", MAYA)
            record_contact(consent.participant_id)
            consent.refresh_from_db()
            assert consent.ended_as == "superseded"
            assert _standing(MN, "H-1", MAYA).kind == "signed-release"

    def test_ends_after_thirty_days(self, town: Path) -> None:
        """Whether or not anybody told of a contact; the end is written down as well."""
        with as_state(MN):
            self._spoken(clock.now() - timedelta(days=30))
            assert _standing(MN, "H-1", MAYA).state == "lapsed"
            assert (end_overdue_spoken(), end_overdue_spoken()) == (1, 0)

    def test_is_unknown_in_north_carolina(self, town: Path) -> None:
        """The letter asks for an opt-in."""
        with as_cora(), pytest.raises(Refused, match="spoken-permission-not-accepted"):
            record_permission(participant_id(NC, "P-2"), BEN, script="May we?")

    def test_has_a_line_and_a_page_for_the_information_system(self, town: Path) -> None:
        """A line without the whole number, a tagged PDF; open until staff confirm."""
        with as_state(MN):
            consent = self._spoken()
            made = papers(consent.id)
            assert [one.id for one in unfiled(MN)] == [consent.id]
            assert [one.id for one in unsigned_spoken(MN)] == [consent.id]
            confirm_filed(consent.id)
            assert unfiled(MN) == []
        assert "0104" in made.line
        assert MAYA not in made.line
        assert "Maya" not in made.line
        assert len(made.line) <= 160
        assert made.pdf.startswith(b"%PDF-")

    def test_has_papers_only_itself(self, town: Path) -> None:
        """A signed release has none of these."""
        with as_state(MN), pytest.raises(Invalid):
            papers(_sign(MN, "R-1", MAYA).id)


class TestTheAppsOptIn:
    """Covers "Contact Us" and nothing else."""

    def test_does_not_cover_notices(self, town: Path) -> None:
        """It is on file, and it is for the other platform."""
        with as_state(MN):
            opt_in_by_app(participant_id(MN, "R-1"), MAYA, platform=CONTACT_US, action={"pressed": "I agree"})
            found = _standing(MN, "H-1", MAYA)
        assert (found.state, found.platform, found.kind) == ("given", CONTACT_US, "app-opt-in")

    def test_cannot_be_recorded_for_notices(self, town: Path) -> None:
        """In Minnesota."""
        with as_state(MN), pytest.raises(Refused, match="opt-in-does-not-cover-platform"):
            opt_in_by_app(participant_id(MN, "R-1"), MAYA, platform="notices", action={})

    def test_is_withdrawn_without_stopping_the_number(self, town: Path) -> None:
        """Out of the thread, not out of the notices."""
        with as_state(MN):
            consent = opt_in_by_app(participant_id(MN, "R-1"), MAYA, platform=CONTACT_US, action={})
            withdraw(consent.id, means=Means.PORTAL)
            assert suppressed_numbers(MN, [phone(MAYA)]) == set()


class TestAStop:
    """By any reasonable means, at once, for the whole agency."""

    @pytest.mark.parametrize("means", [Means.TEXT, Means.TELEPHONE, Means.LETTER, Means.EMAIL, Means.WRONG_NUMBER])
    def test_silences_the_number(self, town: Path, means: Means) -> None:
        """However they asked."""
        with as_cora():
            _sign(NC, "P-2", BEN)
            suppress(BEN, means, words="no more please")
            found = _standing(NC, "C-100", BEN)
        assert (found.state, found.suppressed) == ("withdrawn", True)

    def test_in_one_county_holds_in_the_other(self, town: Path) -> None:
        """Ana asked in Wake; Durham may not text her number either."""
        with as_dev():
            _sign(NC, "P-9", ANA)
        with as_cora():
            suppress(ANA, Means.TELEPHONE)
        with as_dev():
            assert _standing(NC, "D-200", ANA).suppressed

    def test_is_known_to_another_program_as_yes_or_no_only(self, town: Path) -> None:
        """Nothing but the answer crosses: the record stays with the program that heard it."""
        with as_cora():
            suppress(ANA, Means.LETTER, words="the reason why")
        with as_state(MN):
            assert not Suppression.objects.exists()

    def test_by_text_is_undone_by_start(self, town: Path) -> None:
        """START restores what had consent, as a new opt-in by keyword."""
        with as_state():
            _sign(NC, "P-2", BEN)
            suppress(BEN, Means.TEXT, words="STOP", at=clock.now() - timedelta(minutes=5))
            kept = _start(BEN)
            found = _standing(NC, "C-100", BEN)
        assert [one.kind for one in kept] == ["keyword"]
        assert (found.state, found.kind, found.suppressed) == ("given", "keyword", False)

    def test_is_not_turned_into_a_consent_that_never_was(self, town: Path) -> None:
        """Ben had stopped and never opted in: START lifts the stop and gives nothing."""
        with as_state():
            suppress(BEN, Means.TEXT, at=clock.now() - timedelta(minutes=5))
            assert _start(BEN) == []
            found = _standing(NC, "C-100", BEN)
        assert (found.state, found.suppressed) == ("none", False)

    def test_on_paper_is_undone_by_a_signature_only(self, town: Path) -> None:
        """START does not undo a letter; a new release does."""
        with as_state():
            _sign(NC, "P-2", BEN)
            suppress(BEN, Means.LETTER, at=clock.now() - timedelta(minutes=5))
            with pytest.raises(Refused, match="asked-to-stop-needs-signature"):
                _start(BEN)
            _sign(NC, "P-2", BEN)
            found = _standing(NC, "C-100", BEN)
        assert (found.state, found.suppressed) == ("given", False)


class TestAKeyword:
    """START from a number on file opts in the adult who holds it."""

    def test_opts_in_the_adult_on_file(self, town: Path) -> None:
        """Otto writes START: once is enough."""
        with as_state():
            first, again = _start(OTTO), _start(OTTO)
            assert _standing(NC, "D-200", OTTO).state == "given"
        assert [one.county for one in first] == [DURHAM]
        assert again == []

    def test_opts_in_nobody_unknown(self, town: Path) -> None:
        """A number that nobody has."""
        with as_state(), pytest.raises(Refused, match="nobody-on-file-with-number"):
            _start("+19195550199")

    def test_waits_where_both_parents_have_the_number(self, town: Path) -> None:
        """Nobody can tell who wrote it."""
        rows = [(*row[:-1], ANA) if row[1] == "P-2" else row for row in PEOPLE]
        bring_in(town, FeedKind.PEOPLE, rows)
        with as_state(), pytest.raises(Refused, match="number-used-by-both-parties"):
            _start(ANA)


class TestAPossibleOptOut:
    """Holds the number for the whole agency until staff decide, or stops it in time."""

    def test_holds_until_staff_decide(self, town: Path) -> None:
        """Two texts are one task; deciding "no" lets texts go on."""
        with as_state():
            _sign(NC, "P-2", BEN)
            possible = hold_possible(BEN, message_ref="m-1")
            assert hold_possible(BEN, message_ref="m-2").id == possible.id
            held = _standing(NC, "C-100", BEN).held
            resolve_possible(possible.id, stop=False)
            after = _standing(NC, "C-100", BEN)
        assert (held, after.held, after.suppressed) == (True, False, False)

    def test_stops_when_staff_say_so(self, town: Path) -> None:
        """It meant stop."""
        with as_state():
            possible = hold_possible(BEN, message_ref="m-1")
            resolve_possible(possible.id, stop=True)
            assert suppressed_numbers(NC, [phone(BEN), phone(ANA)]) == {phone(BEN)}
            assert possible_opt_outs(NC) == []

    def test_stops_by_itself_when_nobody_decides(self, town: Path) -> None:
        """After the profile's hours."""
        with as_state():
            hold_possible(BEN, message_ref="m-1", at=clock.now() - timedelta(hours=25))
            assert held_numbers(NC, [phone(BEN)]) == {phone(BEN)}
            assert (stop_overdue(), stop_overdue()) == (1, 0)
            assert suppressed_numbers(NC, [phone(BEN)]) == {phone(BEN)}


class TestBulk:
    """Many at once."""

    def test_takes_only_kinds_the_letter_knows(self, town: Path) -> None:
        """A spoken permission in North Carolina is refused, and nothing is kept."""
        with as_state():
            ben = participant_id(NC, "P-2")
            bad = Given(ben, "37183", BEN, ConsentKind.VERBAL, clock.now())
            with pytest.raises(Refused):
                load_permissions([bad])
            assert not Consent.objects.exists()

    def test_answers_in_the_order_of_the_keys(self, town: Path) -> None:
        """Two households' numbers, asked in any order, one unknown case between them."""
        with as_state(MN):
            _sign(MN, "R-3", ROSA)
            case: uuid.UUID = Case.objects.get(external_id="H-1").id
            found = standings(MN, [(case, phone(MAYA)), (uuid.uuid4(), phone(ROSA)), (case, phone(ROSA))])
        assert [one.state for one in found] == ["none", "none", "given"]

    def test_sees_what_the_walls_show(self, town: Path) -> None:
        """A clinic of another county gets "none"."""
        with as_state(MN):
            _sign(MN, "R-3", ROSA)
            case: uuid.UUID = Case.objects.get(external_id="H-1").id
        clinic = acting(Actor("worker", "x"), program=MN, counties=("27123",), purpose="test")
        with clinic:
            assert standings(MN, [(case, phone(ROSA))])[0].state == "none"
