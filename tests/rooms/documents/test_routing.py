"""Where papers go, who sees them, what waits."""

from __future__ import annotations

import hashlib
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings
from tests.rooms.documents import papers
from tests.rooms.documents.house import House, only, opened, state_of
from tests.rooms.town import DURHAM, NC, WAKE, as_state

from harborline.disclosure.facts import Kin
from harborline.disclosure.services import declare_kin
from harborline.documents.checking import check_document, due, tidy
from harborline.documents.facts import Isolation, IsolationLevel, Order, Problem, State, Way
from harborline.documents.models import Chunk, Document, Verdict
from harborline.documents.ports import Intake, Sandbox
from harborline.documents.selectors import desk
from harborline.documents.services import hand_on
from harborline.kernel import NotFound, Refused, clock, ports
from harborline.workforce.models import Worker

ROLES = ("case-manager",)


@pytest.mark.clause("NC-CSS-22-18:route-to-case-manager", shows="keeps")
class TestAPaper:
    """Where it is, asked anew every time."""

    def test_of_another_county_is_with_its_own_case_manager(self, house: House) -> None:
        """Each county has its own row of the same person."""
        row = only(house.hands_in(papers.photo(), number="P-9", county=DURHAM))
        with house.worker("dev"):
            assert [one.id for one in desk(roles=ROLES).mine] == [row.id]
        with house.worker("cora"):
            found = desk(roles=ROLES)
        assert [*found.mine, *found.office, *found.others] == []

    def test_goes_to_the_office_when_the_case_manager_is_family(self, house: House) -> None:
        """And she no longer sees it."""
        row = only(house.hands_in(papers.photo()))
        with house.worker("cora"):
            declare_kin(house.people["P-1"], Kin.FAMILY)
            found = desk(roles=ROLES)
            assert [*found.mine, *found.office, *found.others] == []
        with house.worker("eli"):
            assert [one.id for one in desk(roles=("supervisor",)).office] == [row.id]

    def test_is_never_handed_to_somebody_of_another_county(self, house: House) -> None:
        """The case's county decides."""
        row = only(house.hands_in(papers.photo()))
        with house.worker("cora"), pytest.raises(Refused):
            hand_on(row.id, to="W-DEV", roles=ROLES)

    def test_is_handed_to_the_office_and_back(self, house: House) -> None:
        """Anyone of the office can take it."""
        row = only(house.hands_in(papers.photo()))
        with house.worker("cora"):
            hand_on(row.id, to="", roles=ROLES)
            assert [one.id for one in desk(roles=ROLES).office] == [row.id]
            hand_on(row.id, to="W-CORA", roles=ROLES)
            assert [one.id for one in desk(roles=ROLES).mine] == [row.id]


class TestAProtectedPerson:
    """Ana, with a family violence indicator."""

    def test_is_seen_by_her_case_manager_and_no_other_of_the_county(self, db: None, tmp_path: Path) -> None:
        """Not even in the list."""
        with opened(tmp_path, [("N-1", "fvi", "case system", "2026-01-01", "", "no")]) as house:
            row = only(house.hands_in(papers.photo()))
            with house.worker("cora"):
                assert [one.id for one in desk(roles=ROLES).mine] == [row.id]
            house.workers["wes"] = _colleague()
            with house.worker("wes"):
                found = desk(roles=ROLES)
            assert [*found.mine, *found.office, *found.others] == []


def _colleague() -> Worker:
    from tests.rooms.sites.cast import make_worker  # noqa: PLC0415 - after the set-up

    from harborline.workforce.facts import StaffRole  # noqa: PLC0415 - as above
    from harborline.workforce.services import assign  # noqa: PLC0415 - as above

    made = make_worker("wes")
    with as_state():
        assign(made, program=NC, role=StaffRole.CASE_MANAGER, county=WAKE)
    return made


class TestNoAnswer:
    """Is never clean."""

    def test_of_the_scanner_lets_the_paper_wait(self, house: House) -> None:
        """It is tried again, and then it goes on."""
        house.scanner.down = True
        row = only(house.hands_in(papers.photo()))
        assert (row.state, row.tries) == (State.RECEIVED, 1)
        assert row.next_at is not None
        assert row.next_at > clock.now()
        check_document(row.id, NC)
        assert house.scanner.looked == 1
        house.scanner.down = False
        _make_due(row)
        assert due(NC) == [row.id]
        check_document(row.id, NC)
        assert state_of(row.id).state == State.WITH_WORKER

    def test_of_a_reader_that_is_not_shut_in_lets_the_paper_wait(self, house: House) -> None:
        """Unless the agency chose less, in so many words; then every page about it says so."""
        before = ports.serving(Sandbox)
        ports.serve(Sandbox, _Open(before))
        try:
            row = only(house.hands_in(papers.photo()))
            assert row.state == State.RECEIVED
            _make_due(row)
            with override_settings(DOCUMENT_ISOLATION="partial"):
                check_document(row.id, NC)
        finally:
            ports.serve(Sandbox, before)
        found = state_of(row.id)
        assert (found.state, found.isolation) == (State.WITH_WORKER, "partial")
        with as_state():
            assert Verdict.objects.filter(document=row, found="reader-not-shut-in").exists()

    def test_of_a_bomb_is_refused_after_three_tries(self, house: House) -> None:
        """Its reader is stopped by its limits each time."""
        row = only(house.hands_in(papers.nested_form_bomb()))
        for _ in range(3):
            if row.state == State.RECEIVED:
                _make_due(row)
                check_document(row.id, NC)
                row = state_of(row.id)
        assert (row.state, row.problem) == (State.REFUSED, Problem.TOO_HEAVY)


class _Open:
    # A reader that says of itself that it is not shut in.
    def __init__(self, real: Sandbox) -> None:
        self._real = real
        self.pages = real.pages

    def isolation(self) -> Isolation:
        return Isolation(IsolationLevel.PARTIAL, ("no-network",))


def _make_due(row: Document) -> None:
    with as_state():
        Document.objects.filter(id=row.id).update(next_at=clock.now())


class TestAnUnfinishedUpload:
    """Somebody closed the page."""

    def test_is_dropped_after_a_day_with_its_bytes(self, house: House, blobs: Path) -> None:
        """Not before."""
        intake = ports.serving(Intake)
        with house.person("P-1"):
            held = intake.begin(Order(WAKE, Way.PORTAL, house.people["P-1"]), name="a.jpg", size=100)
            intake.append(held.document_id, 0, b"x" * 40, participant_id=house.people["P-1"])
        assert tidy(NC) == 0
        with as_state():
            Document.objects.update(changed_at=clock.now() - timedelta(hours=25))
        assert tidy(NC) == 1
        with as_state():
            assert not Chunk.objects.exists()
        with house.person("P-1"), pytest.raises(NotFound):
            intake.held(held.document_id, participant_id=house.people["P-1"])


class TestParallelAndRepeatedPieces:
    """Many at once, in any order, again and again."""

    def test_make_the_same_file(self, lasting_house: House) -> None:
        """Nothing is lost, nothing is there twice."""
        from django.db import connections  # noqa: PLC0415 - after the set-up

        content = papers.photo(1200, 900) * 3
        house, intake, who = lasting_house, ports.serving(Intake), lasting_house.people["P-1"]
        with house.person("P-1"):
            held = intake.begin(Order(WAKE, Way.PORTAL, who), name="a.jpg", size=len(content))

        def send() -> None:
            try:
                offset = 0
                while offset < len(content):
                    with house.person("P-1"):
                        offset = intake.append(
                            held.document_id, offset, content[offset : offset + 20_000], participant_id=who
                        ).offset
            finally:
                connections.close_all()

        threads = [threading.Thread(target=send) for _ in range(4)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(60)
        with house.person("P-1"):
            for _ in range(2):
                assert intake.finish(held.document_id, participant_id=who).taken
        row = state_of(held.document_id)
        assert (row.size, row.sha256) == (len(content), hashlib.sha256(content).hexdigest())
