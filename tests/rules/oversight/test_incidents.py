"""Incidents: what a report may hold, which clocks run, who closes one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harborline.oversight.facts import Element, FindingOutcome, HowFound, Told
from harborline.oversight.incident_facts import clocks
from harborline.oversight.incident_rules import may_report, may_steer_incident, running
from harborline.oversight.watch_rules import may_list_public, may_review_finding, sees_finding

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
TOLD = Told(
    NOW - timedelta(hours=5), NOW - timedelta(hours=1), HowFound.WORKER, frozenset({Element.TAX, Element.NAME}), 12,
    "A list lay open at the front desk.", "Wake County office, Raleigh", "Console", "", "Security officer",
)  # fmt: skip


class TestAReport:
    """Of data that may have been seen."""

    @pytest.mark.clause("OFFSET-8.4:tax-refund", shows="allows")
    def test_is_taken_at_once(self) -> None:
        """Certain or not, with the kinds of data and no data."""
        assert may_report(told=TOLD, now=NOW).allowed

    @pytest.mark.clause("OFFSET-8.4:tax-refund", shows="refuses")
    @pytest.mark.parametrize(
        "words",
        ["SSN 900-00-1234", "the refund of $512", "the amount 512.40", "account 4711 2233 99", "write ana@example.org"],
    )
    def test_holds_no_number_amount_or_address(self, words: str) -> None:
        """It goes outside by mail."""
        assert may_report(told=replace(TOLD, description=words), now=NOW).reason == "report-holds-private-data"
        assert may_report(told=replace(TOLD, place=words), now=NOW).reason == "report-holds-private-data"

    def test_says_what_happened_and_when(self) -> None:
        """In this order."""
        assert may_report(told=replace(TOLD, description=" "), now=NOW).reason == "incident-without-description"
        assert may_report(told=replace(TOLD, elements=frozenset()), now=NOW).reason == "incident-without-description"
        tomorrow = NOW + timedelta(days=1)
        assert may_report(told=replace(TOLD, found_at=tomorrow), now=NOW).reason == "incident-found-before-it-was"
        assert may_report(told=replace(TOLD, occurred_at=NOW), now=NOW).reason == "incident-found-before-it-was"

    @pytest.mark.parametrize(
        "words",
        ["On 2026-11-20 at 10:30", "At 10.30 in the morning", "2026-11-20T10:30:00", "On 11/20/2026", "Am 20.11.2026",
         "From 8.00 to 16.30", "At 10:30, on 2026-11-20."],
    )  # fmt: skip
    def test_says_days_and_hours(self, words: str) -> None:
        """They are nobody's data."""
        assert may_report(told=replace(TOLD, description=words), now=NOW).allowed

    @pytest.mark.parametrize(
        "words",
        ["$10.30", "$ 10.30", "10.30 dollars", "USD 10.30", "512.40", "10.30.40.50", "900-11-2026", "9002026-11-20-11",
         "1,010.30"],
    )  # fmt: skip
    def test_takes_no_amount_or_number_for_an_hour(self, words: str) -> None:
        """However it is written."""
        assert may_report(told=replace(TOLD, description=words), now=NOW).reason == "report-holds-private-data"

    def test_says_whom_to_call_and_nothing_else_there(self) -> None:
        """A number and an address of the office, no number of a person."""
        for contact in ("Sol, 919-555-0100, sol@nc.example", "(919) 555-0100", "+1 919-555-0100"):
            assert may_report(told=replace(TOLD, contact=contact), now=NOW).allowed
        for contact in ("Ana, 900-00-1234", "Sol, account 4711 2233 99", "owes $512"):
            assert may_report(told=replace(TOLD, contact=contact), now=NOW).reason == "report-holds-private-data"


def started(told: Told, state: str = "NC") -> set[str]:
    """The clocks that run."""
    return {one.key for one, _due in running(told=told, state=state, clocks=clocks(), now=NOW)}


class TestTheClocks:
    """That run from when it was found."""

    def test_end_after_a_day_for_tax_information(self) -> None:
        """The Inspector General and the Office of Safeguards; then the state's people."""
        found = running(told=TOLD, state="NC", clocks=clocks(), now=NOW)
        assert [one.key for one, _due in found][:2] == ["irs-safeguards", "tigta"]
        assert {due for one, due in found if one.hours == 24} == {TOLD.found_at + timedelta(hours=24)}
        assert {one.key for one, _due in found} >= {"nc-people", "nc-attorney-general"}

    def test_are_those_of_the_state_and_the_kind_of_data(self) -> None:
        """Minnesota has a report; without tax information nobody calls the Inspector General."""
        plain = replace(TOLD, elements=frozenset({Element.NAME}))
        assert started(plain, "MN") == {"mn-people", "mn-report"}
        assert started(plain, "TX") == set()

    def test_grow_with_the_number_of_people(self) -> None:
        """Above a thousand the consumer reporting agencies hear of it."""
        many = replace(TOLD, people=1_001)
        assert "nc-bureaus" in {one.key for one, _due in running(told=many, state="NC", clocks=clocks(), now=NOW)}
        for few in (1_000, 12, 0):
            found = started(replace(TOLD, people=few))
            assert "nc-bureaus" not in found
            assert "nc-people" in found

    def test_of_discipline_runs_from_when_it_is_proposed(self) -> None:
        """Without it nobody writes that letter, and nothing waits for it."""
        assert "irs-discipline" not in started(TOLD)
        said = running(told=replace(TOLD, discipline="A warning is proposed."), state="NC", clocks=clocks(), now=NOW)
        assert {one.key: due for one, due in said}["irs-discipline"] == NOW + timedelta(hours=720)

    def test_name_their_source_in_both_languages(self) -> None:
        """And which hours are our own."""
        for one in clocks():
            assert one.source
            assert set(one.does) == {"en", "es"}
            assert one.hours == 24 or one.ours


class TestAnIncident:
    """Is looked after by officers."""

    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"roles": {"supervisor"}}, "role-may-not-steer-incidents"),
            ({"closed": True}, "already-decided"),
            ({"closes": True, "open_steps": 1}, "incident-clocks-still-run"),
            ({"shown": " "}, "step-without-evidence"),
        ],
    )
    def test_needs_evidence_and_every_clock_stopped(self, changed: dict[str, Any], reason: str) -> None:
        """Nobody closes it before."""
        asked: dict[str, Any] = {
            "roles": {"security-officer"},
            "closed": False,
            "open_steps": 0,
            "closes": False,
            "shown": "case 7",
        }
        assert may_steer_incident(**asked).allowed
        assert may_steer_incident(**{**asked, "closes": True, "shown": ""}).allowed
        assert may_steer_incident(**{**asked, **changed}).reason == reason


class TestAReview:
    """Of what was found about a worker."""

    @pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="refuses")
    @pytest.mark.parametrize(
        ("changed", "reason"),
        [
            ({"roles": {"case-manager"}}, "role-may-not-review"),
            ({"reviewer": "worker:b"}, "same-person"),
            ({"supervises": False}, "not-your-worker"),
            ({"reviewed": True}, "already-decided"),
            ({"outcome": FindingOutcome.PENALTY, "note": " "}, "finding-without-words"),
        ],
    )
    def test_is_another_persons_with_words(self, changed: dict[str, Any], reason: str) -> None:
        """Nobody reviews themselves, nor twice, nor in silence."""
        asked: dict[str, Any] = {
            "roles": {"supervisor"}, "reviewer": "worker:a", "about": "worker:b", "supervises": True,
            "outcome": FindingOutcome.EXPLAINED, "note": "", "reviewed": False,
        }  # fmt: skip
        assert may_review_finding(**asked).allowed
        assert may_review_finding(**{**asked, **changed}).reason == reason

    @pytest.mark.clause("OFFSET-8.2:routine-monitoring", shows="allows")
    def test_falls_to_an_officer_when_nobody_supervises(self) -> None:
        """Each finding stands in one kind of week."""
        asked: dict[str, Any] = {"reviewer": "worker:a", "about": "worker:b"}
        officer, supervisor = frozenset({"security-officer"}), frozenset({"supervisor"})
        assert sees_finding(roles=officer, supervises=False, has_supervisor=False, **asked)
        assert not sees_finding(roles=officer, supervises=False, has_supervisor=True, **asked)
        assert sees_finding(roles=supervisor, supervises=True, has_supervisor=True, **asked)
        assert not sees_finding(roles=supervisor, supervises=False, has_supervisor=False, **asked)
        assert may_list_public(roles=supervisor).allowed
        assert not may_list_public(roles=frozenset({"auditor"})).allowed
