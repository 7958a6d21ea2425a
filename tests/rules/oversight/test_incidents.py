"""Incidents: what a report may hold, which clocks run, who closes one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from harborline.kernel import Invalid
from harborline.oversight.facts import Element, FindingOutcome, HowFound, Told
from harborline.oversight.incident_facts import Known, PrivateKind, PrivatePlace, clocks, shipped, with_own
from harborline.oversight.incident_rules import may_report, may_steer_incident, running, unset
from harborline.oversight.incident_words import private_places
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

    @pytest.mark.parametrize(
        ("words", "kind", "place"),
        [
            ("She lives at 2417 Juniper Court in Raleigh NC 27601", PrivateKind.ADDRESS, "NC 27601"),
            ("237 Sparrow Lane", PrivateKind.ADDRESS, "237 Sparrow Lane"),
            ("12 Oak Street", PrivateKind.ADDRESS, "12 Oak Street"),
            ("PO Box 77, Apex", PrivateKind.ADDRESS, "PO Box 77"),
            ("La dirección es calle Olmo 12", PrivateKind.ADDRESS, "12"),
            ("P0000031 and C000003 were opened", PrivateKind.NUMBER, "C000003"),
            ("Case 4711 lay open", PrivateKind.NUMBER, "4711"),
            ("The record of Maria Gonzalez was read aloud", PrivateKind.NAME, "Maria Gonzalez"),
            ("Case of Nuria Palmares", PrivateKind.NAME, "Nuria"),
            ("number 100234 of the list", PrivateKind.NUMBER, "100234"),
            ("DOB 12/15/1978", PrivateKind.BIRTH_DATE, "12/15/1978"),
            ("nació el 12/15/1978", PrivateKind.BIRTH_DATE, "12/15/1978"),
            ("a refund of five hundred dollars", PrivateKind.AMOUNT, "five hundred dollars"),
            ("The offset was 1,200", PrivateKind.AMOUNT, "1,200"),
            ("The refund of 1200 was on the screen", PrivateKind.AMOUNT, "1200"),
            ("He got 1200 back from the IRS", PrivateKind.AMOUNT, "1200"),
            ("the refund was twelve hundred", PrivateKind.AMOUNT, "hundred"),
            ("El reembolso era de quinientos", PrivateKind.AMOUNT, "quinientos"),
            ("On 2026-11-20 at 10:30 the tax offset of 85 was told", PrivateKind.AMOUNT, "85"),
            ("write ana@example.org", PrivateKind.MAIL, "ana@example.org"),
        ],
    )
    def test_names_each_place_that_is_somebodys(self, words: str, kind: PrivateKind, place: str) -> None:
        """By the guard of our texts, by its shape, or because the reporter looked at this person."""
        known = Known(("Nuria Palmares",), ("100234",))
        for field in ("description", "systems", "discipline"):
            changed: dict[str, Any] = {field: words}
            told = replace(TOLD, **changed)
            assert may_report(told=told, now=NOW, known=known).reason == "report-holds-private-data"
            assert PrivatePlace(field, kind, place) in private_places(told, known)

    @pytest.mark.parametrize(
        "words",
        ["A USB stick with a file of 5000 records was left on a bus.", "Case files of about 300 people", "Room 204",
         "An e-mail with names of 12 people went to another county.", "A text named the amount a mother owes.",
         "The refund offset list was sent to a printer in the lobby.", "The Jackson County office", "Version 4.2.1",
         "Se perdió un sobre con información de impuestos.", "IRS Publication 1075 and section 6103 were not kept.",
         "The tax refund list of 2025 lay open for 24 hours.", "Form 1099 and a tax file of 300 records were lost.",
         "12 workers read the offset list at 10:30 on 11/20/2026. Room 204 is locked now.",
         "A case manager opened her sister's record."],
    )  # fmt: skip
    def test_says_what_happened_freely(self, words: str) -> None:
        """Kinds of data, how many, which program: nobody's data."""
        assert may_report(told=replace(TOLD, description=words), now=NOW).allowed

    def test_says_where_by_the_town(self) -> None:
        """Many towns are called like people."""
        for place in ("Boone, NC", "Child support office, Elizabeth", "Jackson County office, Sylva"):
            assert may_report(told=replace(TOLD, place=place), now=NOW).allowed
        assert not may_report(told=replace(TOLD, place="Home of Maria Gonzalez, Boone"), now=NOW).allowed

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
        assert [one.key for one, _due in found][:3] == ["irs-safeguards", "nc-information-technology", "tigta"]
        assert {due for one, due in found if one.hours == 24} == {TOLD.found_at + timedelta(hours=24)}
        assert {one.key for one, _due in found} >= {"nc-people", "nc-attorney-general"}

    def test_are_those_of_the_state_and_the_kind_of_data(self) -> None:
        """Minnesota has a report; without tax information nobody calls the Inspector General."""
        plain = replace(TOLD, elements=frozenset({Element.NAME}))
        assert started(plain, "MN") == {"mn-cyber-report", "mn-people", "mn-report"}
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
            assert one.ours or one.hours in (0, 24, 72)


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


def keys(state: str, people: int = 12) -> dict[str, timedelta]:
    """The clocks that ship and run in a state for people's names, each with its time from when it was found."""
    told = replace(TOLD, people=people, elements=frozenset({Element.NAME}))
    return {one.key: due - told.found_at for one, due in running(told=told, state=state, clocks=shipped(), now=NOW)}


OWN = {
    "key": "wake-manager", "for": "personal", "hours": 8, "source": "County order 12",
    "does": {"en": "Call the county manager.", "es": "Llame al administrador del condado."},
}  # fmt: skip


class TestTheStatesClocks:
    """Of North Carolina, Minnesota and California."""

    def test_run_by_their_statutes(self) -> None:
        """Hours that a statute names are the statute's; where it says without delay, they are ours."""
        day, month = timedelta(hours=24), timedelta(hours=720)
        assert keys("NC") == {"nc-information-technology": day, "nc-people": month, "nc-attorney-general": month}
        assert keys("MN") == {
            "mn-cyber-report": timedelta(hours=72), "mn-people": month, "mn-report": timedelta(hours=2160)
        }  # fmt: skip
        assert keys("CA") == {"ca-people": month}
        ours = {one.key for one in shipped() if one.ours}
        assert not ours & {"nc-information-technology", "mn-cyber-report", "tigta", "irs-safeguards"}
        assert {"nc-people", "nc-attorney-general", "ca-people", "mn-people"} <= ours

    @pytest.mark.parametrize(
        ("state", "people", "more"),
        [("NC", 1000, set()), ("NC", 1001, {"nc-bureaus"}), ("CA", 500, set()), ("CA", 501, {"ca-attorney-general"})],
    )
    def test_run_from_the_number_of_people_that_the_statute_names(
        self, state: str, people: int, more: set[str]
    ) -> None:
        """More than a thousand in North Carolina, more than five hundred in California."""
        assert set(keys(state, people)) - set(keys(state)) == more

    def test_that_nobody_could_check_wait_for_the_agencys_hours(self) -> None:
        """California's report through Cal-CSIRS is at once, and no hour is named: it never runs by a guess."""
        told = replace(TOLD, elements=frozenset({Element.NAME}))
        waiting = unset(told=told, state="CA", clocks=shipped())
        assert {one.key for one in waiting} == {"ca-information-security", "ca-security-report"}
        assert not unset(told=told, state="NC", clocks=shipped())
        made = with_own(shipped(), {"hours": {"ca-information-security": 1}})
        due = {one.key: at for one, at in running(told=told, state="CA", clocks=made, now=NOW)}
        assert due["ca-information-security"] == told.found_at + timedelta(hours=1)
        assert [one.key for one in unset(told=told, state="CA", clocks=made)] == ["ca-security-report"]


class TestAnAgencysOwnClocks:
    """Stricter, never looser."""

    def test_are_shorter_than_ours(self) -> None:
        """Ten days instead of thirty; the others stay."""
        made = {one.key: one for one in with_own(shipped(), {"hours": {"nc-people": 240}})}
        assert (made["nc-people"].hours, made["nc-attorney-general"].hours) == (240, 720)

    def test_stand_beside_those_that_ship(self) -> None:
        """With their own source and words."""
        made = with_own(shipped(), {"clock": [OWN]})[-1]
        assert (made.key, made.hours, made.source) == ("wake-manager", 8, "County order 12")

    @pytest.mark.parametrize(
        ("own", "said"),
        [
            ({"hours": {"nc-people": 721}}, "never longer"),
            ({"hours": {"tigta": 25}}, "never longer"),
            ({"hours": {"tigta": 0}}, "number of hours"),
            ({"hours": {"tigta": "12"}}, "number of hours"),
            ({"hours": {"nobody": 12}}, "no clock that ships"),
            ({"hours": 12}, "table"),
            ({"clocks": []}, "table"),
            ({"clock": [{**OWN, "key": "tigta"}]}, "there already"),
            ({"clock": [OWN, OWN]}, "there already"),
            ({"clock": [{**OWN, "hours": 0}]}, "number of hours"),
            ({"clock": [{**OWN, "source": " "}]}, "source"),
            ({"clock": [{**OWN, "does": {"en": "Call."}}]}, "en and es"),
            ({"clock": [{**OWN, "for": "anything"}]}, "tax or personal"),
            ({"clock": [{**OWN, "hour": 3}]}, "may have"),
            ({"clock": ["now"]}, "may have"),
        ],
    )
    def test_that_are_looser_or_unsound_are_refused(self, own: dict[str, Any], said: str) -> None:
        """Naming the clock."""
        with pytest.raises(Invalid, match=said):
            with_own(shipped(), own)
