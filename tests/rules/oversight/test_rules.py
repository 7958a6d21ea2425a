"""When records may leave: role, legal basis, what must have happened before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from harborline.kernel import Outcome
from harborline.oversight.facts import Before, LegalBasis, Request, Selection
from harborline.oversight.rules import EXPORTERS, NEEDS_REFERENCE, alone, basis_holds, may_ask, may_export, steps_taken
from harborline.workforce.facts import StaffRole

ONE, CASE = Selection(person="P-1"), Selection(case="C-1")
SPAN = Selection(from_at=datetime(2026, 1, 1, tzinfo=UTC))
ALL_STEPS = frozenset(Before)


def asks(
    basis: LegalBasis, *, selection: Selection = ONE, reference: str = "1", before: frozenset[Before] = ALL_STEPS
) -> Request:
    """A request that has everything, unless said otherwise."""
    return Request(selection, basis, "because", reference, "somebody", before)


class TestWhoMayAsk:
    """Roles that answer for records."""

    @pytest.mark.parametrize("role", sorted(EXPORTERS))
    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="allows")
    def test_asks(self, role: str) -> None:
        """Each of them."""
        assert may_ask(roles={role}).allowed

    @pytest.mark.parametrize("role", sorted({one.value for one in StaffRole} - EXPORTERS))
    @pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
    def test_is_nobody_else(self, role: str) -> None:
        """A case manager or clinic worker does not."""
        assert may_ask(roles={role}).outcome is Outcome.REFUSE

    def test_names_roles_that_exist(self) -> None:
        """No role is misspelt."""
        assert {one.value for one in StaffRole} >= EXPORTERS


class TestTheLegalBasis:
    """Which basis, of which program, with which paper."""

    @pytest.mark.parametrize("kind", ["iv-d", "wic"])
    @pytest.mark.parametrize("basis", list(LegalBasis))
    def test_is_taken_or_refused_by_the_kind_of_program(self, basis: LegalBasis, kind: str) -> None:
        """WIC records are not public; mandated reports and designated uses are WIC's."""
        expected = not (
            (kind == "wic" and basis is LegalBasis.PUBLIC_RECORDS)
            or (kind == "iv-d" and basis in {LegalBasis.CHILD_ABUSE_REPORT, LegalBasis.DESIGNATED_USE})
        )
        chosen = SPAN if basis is LegalBasis.PUBLIC_RECORDS else ONE
        assert basis_holds(request=asks(basis, selection=chosen), kind=kind).allowed is expected

    @pytest.mark.parametrize("basis", sorted(NEEDS_REFERENCE))
    def test_names_its_paper(self, basis: LegalBasis) -> None:
        """An order, subpoena, warrant, release or agreement without its number waits."""
        found = basis_holds(request=asks(basis, reference=" "), kind="wic")
        assert (found.outcome, found.reason) == (Outcome.HOLD, "reference-missing")

    @pytest.mark.parametrize("chosen", [ONE, CASE, Selection(number="+19195550101"), replace(SPAN, case="C-1")])
    def test_of_public_records_is_about_nobody(self, chosen: Selection) -> None:
        """A newspaper asks for a span of time, not for a person's case (45 CFR 303.21(c))."""
        found = basis_holds(request=asks(LegalBasis.PUBLIC_RECORDS, selection=chosen), kind="iv-d")
        assert found.reason == "basis-is-about-nobody"

    @pytest.mark.parametrize("basis", [LegalBasis.SUBJECT_ACCESS, LegalBasis.SIGNED_RELEASE])
    def test_of_a_person_is_for_that_person(self, basis: LegalBasis) -> None:
        """Nobody gets a case by asking for themselves."""
        assert basis_holds(request=asks(basis, selection=CASE), kind="iv-d").reason == "basis-is-for-one-person"


class TestStepsBefore:
    """7 CFR 246.26(i): counsel, then a motion to quash."""

    @pytest.mark.parametrize(
        ("basis", "before", "missing"),
        [
            (LegalBasis.SUBPOENA, frozenset(), "counsel-notified-missing"),
            (LegalBasis.SUBPOENA, frozenset({Before.COUNSEL_NOTIFIED}), "quash-attempted-missing"),
            (LegalBasis.COURT_ORDER, frozenset(), "counsel-notified-missing"),
            (LegalBasis.SEARCH_WARRANT, frozenset({Before.COUNSEL_NOTIFIED}), "limited-to-necessary-missing"),
        ],
    )
    @pytest.mark.clause("MN-WIC-9.6:safeguards-private-data", shows="refuses")
    def test_are_asked_for_in_wic(self, basis: LegalBasis, before: frozenset[Before], missing: str) -> None:
        """One after the other."""
        found = steps_taken(request=asks(basis, before=before), kind="wic")
        assert (found.outcome, found.reason) == (Outcome.HOLD, missing)

    @pytest.mark.parametrize("basis", [LegalBasis.SUBPOENA, LegalBasis.COURT_ORDER, LegalBasis.SEARCH_WARRANT])
    @pytest.mark.clause("MN-WIC-9.6:safeguards-private-data", shows="allows")
    def test_once_taken_let_the_records_go(self, basis: LegalBasis) -> None:
        """And child support does not ask for them."""
        assert steps_taken(request=asks(basis), kind="wic").allowed
        assert steps_taken(request=asks(basis, before=frozenset()), kind="iv-d").allowed


class TestASecondPerson:
    """Where texts are kept sealed."""

    @pytest.mark.parametrize(
        ("sealed", "approved_by", "outcome"),
        [
            (False, "", Outcome.ALLOW),
            (True, "", Outcome.HOLD),
            (True, "worker:1", Outcome.REFUSE),
            (True, "worker:2", Outcome.ALLOW),
        ],
    )
    def test_opens_them_with_the_first(self, sealed: bool, approved_by: str, outcome: Outcome) -> None:
        """Nobody unseals alone, and nobody approves their own request."""
        assert alone(sealed_mode=sealed, asked_by="worker:1", approved_by=approved_by).outcome is outcome


def test_the_strictest_of_all_questions_decides() -> None:
    """A good basis does not make up for a role that may not."""
    good = asks(LegalBasis.LITIGATION)
    assert may_export(request=good, kind="iv-d", roles={"supervisor"}).allowed
    assert may_export(request=good, kind="iv-d", roles={"case-manager"}).reason == "role-may-not-export"
