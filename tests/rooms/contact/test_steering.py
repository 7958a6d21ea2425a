"""What staff do with a contact: take, give, pass on, close, open again; and who may not."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import transaction
from tests.rooms.contact.desk import ROLES, as_person, as_worker, asks, who, worker, works_too
from tests.rooms.town import NC, WAKE, as_state, bring_in

from harborline.contact.facts import ClosedAs, ContactState
from harborline.contact.models import ContactThread
from harborline.contact.selectors import contacts, counts, own_contacts, thread
from harborline.contact.services import answer, assign, close, open_contact, pass_on, reopen
from harborline.disclosure.facts import Kin
from harborline.disclosure.models import Look
from harborline.disclosure.services import declare_kin
from harborline.kernel import NotFound, Refused
from harborline.ledger.selectors import entries_of
from harborline.people.facts import FeedKind, ProtectionKind, ProtectionReason
from harborline.people.services import open_office, record_protection


@pytest.fixture
def second_office(town: None) -> None:
    """Wake has two offices."""
    with as_state():
        open_office(NC, "WAKE-2", county=WAKE, names={"en": "Wake north"}, address="2 Main St",
                    phone="919-555-0101", zone="America/New_York")  # fmt: skip


class TestLooking:
    """Every look is on record."""

    def test_is_recorded_and_makes_it_ours(self, town: None) -> None:
        """It is new until somebody looked."""
        kept = asks("ben")
        with as_worker("cora"):
            open_contact(kept.contact_id, roles=ROLES)
            assert thread(kept.contact_id).line.state is ContactState.ON_US
            assert counts().on_us == counts().mine == 1
        with as_state():
            assert [one.page for one in Look.objects.all()] == ["contact"]


class TestWhoseWorkItIs:
    """Nobody reads what their family asks; of somebody protected only those whose work it is."""

    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_family_is_shown_nothing_and_given_nothing(self, town: None) -> None:
        """Fay said that Ben is of her household: she reads, answers, takes and gets none of his questions."""
        kept, fay = asks("ben"), works_too("fay")
        with as_worker("fay"):
            open_contact(kept.contact_id, roles=ROLES)
            declare_kin(who("ben"), Kin.HOUSEHOLD)
        for act in (
            lambda: open_contact(kept.contact_id, roles=ROLES),
            lambda: thread(kept.contact_id),
            lambda: answer(kept.contact_id, "Yes.", language="en", once="a"),
            lambda: close(kept.contact_id, ClosedAs.NO_RESPONSE),
        ):
            with as_worker("fay"), pytest.raises(Refused, match="question-of-family"), transaction.atomic():
                act()
        with as_worker("cora"), pytest.raises(Refused, match="question-of-family"):
            assign(kept.contact_id, fay)
        with as_worker("fay"):
            assert contacts() == ([], False)
        with as_state():
            assert "contact.view-refused" in {one.kind for one in entries_of(f"participant:{who('ben')}")}

    def test_the_case_manager_of_the_family_is_passed_over(self, town: None) -> None:
        """Cora is of Ben's household: his question goes to the office."""
        with as_worker("cora"):
            declare_kin(who("ben"), Kin.FAMILY)
        asks("ben")
        with as_state():
            assert ContactThread.objects.get().worker_id is None

    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    def test_of_somebody_protected_is_as_if_it_were_not_there(self, town: None) -> None:
        """Ben is protected: Cora, whose case it is, reads on; to Fay there is no such question any more."""
        kept = asks("ben")
        works_too("fay")
        with as_worker("fay"):
            assert contacts()[0]
        with as_state():
            record_protection(
                who("ben"), ProtectionKind.FVI, reason=ProtectionReason.AGENCY_DECISION, source="intake", roles=ROLES
            )
        with as_worker("fay"), pytest.raises(NotFound), transaction.atomic():
            open_contact(kept.contact_id, roles=ROLES)
        with as_worker("fay"):
            assert contacts() == ([], False)
        with as_worker("cora"):
            assert thread(kept.contact_id).entries
            assign(kept.contact_id, worker("fay"))
        with as_worker("fay"):
            assert thread(kept.contact_id).entries


class TestGiving:
    """From hand to hand."""

    def test_to_somebody_of_the_county(self, town: None) -> None:
        """And back to the list of the office."""
        kept = asks("ben")
        with as_worker("cora"):
            assign(kept.contact_id, None)
            assert contacts(whose="nobody")[0]
            assign(kept.contact_id, worker("cora"))
            assert contacts(whose="mine")[0]

    def test_to_nobody_of_another_county_or_program(self, town: None) -> None:
        """Dev works in Durham, Clara for WIC."""
        kept = asks("ben")
        for name in ("dev", "clara"):
            with as_worker("cora"), pytest.raises(Refused, match="worker-not-in-this-county"):
                assign(kept.contact_id, worker(name))


class TestPassingOn:
    """To another office."""

    def test_of_the_same_county_moves_it(self, second_office: None) -> None:
        """It is nobody's there until somebody takes it."""
        kept = asks("ben")
        with as_worker("cora"):
            assert pass_on(kept.contact_id, "WAKE-2") == kept.contact_id
            (line,), _more = contacts(office="WAKE-2")
        assert line.worker_id is None

    def test_of_another_county_goes_where_the_person_is_served_too(self, town: None) -> None:
        """Ana is known in Durham: it begins there with her words, and is closed here."""
        kept = asks("ana")
        with as_worker("cora"):
            moved = pass_on(kept.contact_id, "DURHAM")
            here = thread(kept.contact_id).line
        assert (here.state, here.closed_as, here.moved_to) == (ContactState.CLOSED, "passed-on", moved)
        with as_worker("dev"):
            found = thread(moved)
        assert [one.words for one in found.entries] == ["When is my next visit?"]
        assert found.line.worker_id == worker("dev")
        with as_person("ana"):
            assert [one.id for one in own_contacts([who("ana")])] == [kept.contact_id]

    def test_goes_nowhere_else(self, town: None) -> None:
        """Ben is not known in Durham, and WIC's clinic is no office of child support."""
        kept = asks("ben")
        with as_worker("cora"):
            with pytest.raises(Refused, match="office-does-not-serve-person"):
                pass_on(kept.contact_id, "DURHAM")
            with pytest.raises(Refused, match="not-an-office-of-this-program"):
                pass_on(kept.contact_id, "HENNEPIN")

    @pytest.mark.clause("OFFSET-8.1:harm", shows="refuses")
    def test_never_leaves_the_county_of_somebody_in_danger(self, town: None, tmp_path: Path) -> None:
        """It says what it says of somebody who is not served there; and so for the other party of her case."""
        bring_in(tmp_path, FeedKind.PROTECTIONS, [("N-1", "fvi", "case system", "2026-01-01", "", "no")])
        for name in ("ana", "ben"):
            kept = asks(name)
            with as_worker("cora"), pytest.raises(Refused, match="office-does-not-serve-person"):
                pass_on(kept.contact_id, "DURHAM")
        with as_state():
            assert not ContactThread.objects.exclude(closed_at=None).exists()


class TestClosing:
    """With an answer, or without need of one."""

    def test_as_answered_needs_an_answer_to_the_newest_words(self, town: None) -> None:
        """Else it is said that no response is needed."""
        kept = asks("ben")
        with as_worker("cora"):
            with pytest.raises(Refused, match="answer-it-first"):
                close(kept.contact_id, ClosedAs.ANSWERED)
            answer(kept.contact_id, "On Friday.", language="en", once="a")
            close(kept.contact_id, ClosedAs.ANSWERED)
            with pytest.raises(Refused, match="contact-closed-already"):
                close(kept.contact_id, ClosedAs.NO_RESPONSE)
            reopen(kept.contact_id)
            assert thread(kept.contact_id).line.state is ContactState.REOPENED
            close(kept.contact_id, ClosedAs.NO_RESPONSE)

    def test_is_not_for_other_counties(self, town: None) -> None:
        """Nothing here for Dev."""
        kept = asks("ben")
        for act in (lambda: close(kept.contact_id, ClosedAs.NO_RESPONSE), lambda: reopen(kept.contact_id),
                    lambda: assign(kept.contact_id, None), lambda: pass_on(kept.contact_id, "DURHAM")):  # fmt: skip
            with as_worker("dev"), pytest.raises(NotFound):
                act()
