"""When a record may go, what holds it, who may say so."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Outcome
from harborline.law import schedules
from harborline.law.periods import Period
from harborline.law.schedules import Copy, Limit, Mode, Schedule, Series, Term, Trigger
from harborline.retention.facts import EVERYBODY, Candidate, Concerns, Due, Governing, HoldFacts
from harborline.retention.governing import line_of
from harborline.retention.rules import (
    covers,
    due,
    fiscal_year,
    may_approve,
    may_dispose,
    may_place,
    may_release,
    oldest_worth_asking,
    second_person,
)

NOW = datetime(2030, 6, 1, tzinfo=UTC)
NC_TEXTS = schedules.versions("nc-css", Mode.KEEP)[0]
MN_TEXTS = schedules.versions("mn-wic", Mode.VIEW_THEN_DESTROY)[0]
MN_SEALED = schedules.versions("mn-wic", Mode.KEEP_SEALED)[0]
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2045, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
PERIODS = st.builds(Period, st.integers(0, 10), st.integers(0, 24), st.integers(0, 900), st.integers(0, 99))
ON_RECORD = (Trigger.CREATED, Trigger.RECEIVED, Trigger.VIEWED, Trigger.LAST_TEXT, Trigger.CASE_CLOSED)
TERMS = st.builds(Term, st.sampled_from(Limit), st.sampled_from(ON_RECORD), PERIODS, st.just("a statute"))


def series(*terms: Term, action: str = "destroy") -> Series:
    """A series with these clocks."""
    clause, titles = "NC-CSS-22-18:keep-all-texts", {"en": "Texts", "es": "Textos"}
    return Series("texts", "T-1", titles, Copy.SEALED, "stops", action, "supervisor", False, clause, terms)  # noqa: FBT003


def schedule(*terms: Term, version: int = 1) -> Schedule:
    """A schedule with one series."""
    made = (series(*terms),)
    return Schedule("nc-css", Mode.KEEP, version, "NC", "t", NOW.date(), "somebody", (10, 1), made, str(version))


SCHEDULES = st.lists(TERMS, min_size=1, max_size=4).map(lambda terms: schedule(*terms))
RECORDS = st.builds(
    lambda at, after: Candidate(uuid.uuid4(), at, {trigger: at + wait for trigger, wait in after.items()}),
    MOMENTS,
    st.dictionaries(st.sampled_from(ON_RECORD), st.timedeltas(timedelta(), timedelta(days=4000))),
)
LINES = st.lists(st.tuples(MOMENTS, SCHEDULES, st.booleans()), min_size=1, max_size=4).map(
    lambda steps: [Governing(*step) for step in sorted(steps, key=lambda step: step[0])]
)


def text(at: datetime, **events: datetime) -> Candidate:
    """A text made at `at`; events by their names with underscores."""
    named = {Trigger(name.replace("_", "-")): moment for name, moment in events.items()}
    return Candidate(uuid.uuid4(), at, {Trigger.CREATED: at, Trigger.RECEIVED: at, **named})


def asked(record: Candidate, key: str, *line: Governing, now: datetime = NOW, **years: datetime) -> Due:
    """The clocks of a record under these schedules."""
    told = {(Trigger.CONTROLLER_RELEASE, 2021): years["released"]} if "released" in years else {}
    if "reported" in years:
        told[Trigger.FINAL_REPORT, 2027] = years["reported"]
    return due(record=record, series=key, governing=line, years=told, now=now)


SINCE = datetime(2019, 1, 1, tzinfo=UTC)
NC = Governing(SINCE, NC_TEXTS)
MN = Governing(SINCE, MN_TEXTS)
SENT = datetime(2021, 3, 4, tzinfo=UTC)


class TestNorthCarolinasTexts:
    """All three reasons to keep a text must have ended."""

    def test_go_when_the_last_of_three_clocks_has_run(self) -> None:
        """Closed in 2022, last text in 2023, released in 2025: five years after the last text is the latest."""
        clocks = asked(
            text(SENT, case_closed=datetime(2022, 1, 1, tzinfo=UTC), last_text=datetime(2023, 2, 3, tzinfo=UTC)),
            "texts-out", NC, released=datetime(2025, 7, 1, tzinfo=UTC),
        )  # fmt: skip
        assert clocks.from_at == datetime(2028, 2, 3, tzinfo=UTC)
        assert clocks.by_at is None

    @pytest.mark.parametrize("missing", ["case_closed", "released"])
    @pytest.mark.clause("NC-CSS-22-18:keep-all-texts", shows="refuses")
    def test_stay_while_the_case_is_open_or_the_controller_has_not_released(self, missing: str) -> None:
        """However old they are."""
        events = {"case_closed": datetime(2022, 1, 1, tzinfo=UTC), "last_text": SENT}
        years = {"released": datetime(2025, 7, 1, tzinfo=UTC)}
        events.pop(missing, None)
        years.pop(missing, None)
        later = datetime(2090, 1, 1, tzinfo=UTC)
        clocks = asked(text(SENT, **events), "texts-out", NC, now=later, **years)
        assert clocks.waits_for == (
            (Trigger.CASE_CLOSED,) if missing == "case_closed" else (Trigger.CONTROLLER_RELEASE,)
        )
        decision = may_dispose(series=NC_TEXTS.of("texts-out"), due=clocks, held=False, now=later)
        assert (decision.outcome, decision.reason) == (Outcome.HOLD, "clock-has-not-begun")

    @pytest.mark.clause("NC-CSS-22-18:keep-all-texts", shows="allows")
    def test_go_after_that(self) -> None:
        """Not a day earlier."""
        closed, released = datetime(2022, 1, 1, tzinfo=UTC), datetime(2022, 7, 1, tzinfo=UTC)
        clocks = asked(text(SENT, case_closed=closed, last_text=SENT), "texts-out", NC, released=released)
        rules = NC_TEXTS.of("texts-out")
        day = datetime(2026, 3, 4, tzinfo=UTC)
        assert may_dispose(series=rules, due=clocks, held=False, now=day).allowed
        early = may_dispose(series=rules, due=clocks, held=False, now=day - timedelta(days=1))
        assert (early.outcome, early.reason, early.until) == (Outcome.HOLD, "kept-longer", day)

    def test_of_another_year_wait_for_that_years_release(self) -> None:
        """The controller releases year by year: a text of August 2021 is in fiscal year 2022."""
        at = datetime(2021, 8, 1, tzinfo=UTC)
        clocks = asked(
            text(at, case_closed=at, last_text=at), "texts-out", NC, released=datetime(2025, 7, 1, tzinfo=UTC)
        )
        assert clocks.waits_for == (Trigger.CONTROLLER_RELEASE,)


class TestMinnesotasTexts:
    """View, then destroy."""

    @pytest.mark.clause("MN-WIC-9.6:text-delete-after-viewing", shows="allows")
    def test_may_go_at_once_and_must_go_a_day_after_viewing(self) -> None:
        """The strictest of the two maximums counts."""
        at = NOW - timedelta(days=10)
        viewed = at + timedelta(hours=3)
        clocks = asked(text(at, viewed=viewed), "texts-in", MN)
        assert (clocks.from_at, clocks.by_at, clocks.ripe_at) == (at, viewed + timedelta(hours=24), clocks.by_at)
        assert may_dispose(series=MN_TEXTS.of("texts-in"), due=clocks, held=False, now=at).reason == "may-go"
        assert may_dispose(series=MN_TEXTS.of("texts-in"), due=clocks, held=False, now=NOW).reason == "overdue"

    def test_nobody_opened_go_after_thirty_days(self) -> None:
        """Whether or not somebody ever looked."""
        at = NOW - timedelta(days=40)
        assert asked(text(at), "texts-in", MN).by_at == at + timedelta(days=30)

    @pytest.mark.clause("MN-WIC-9.6:text-delete-after-viewing", shows="refuses")
    def test_stay_when_held(self) -> None:
        """A hold wins over the duty to destroy."""
        at = NOW - timedelta(days=40)
        decision = may_dispose(series=MN_TEXTS.of("texts-in"), due=asked(text(at), "texts-in", MN), held=True, now=NOW)
        assert (decision.outcome, decision.reason) == (Outcome.HOLD, "on-hold")

    def test_are_kept_from_the_day_counsel_decides_so(self) -> None:
        """A text that is still there lives on under the sealed mode."""
        at = datetime(2026, 12, 1, tzinfo=UTC)
        line = (MN, Governing(datetime(2026, 12, 2, tzinfo=UTC), MN_SEALED))
        reported = datetime(2027, 12, 1, tzinfo=UTC)
        clocks = asked(text(at), "texts-in", *line, reported=reported)
        assert (clocks.from_at, clocks.by_at) == (datetime(2030, 12, 1, tzinfo=UTC), None)

    @pytest.mark.parametrize("reaches_back", [False, True])
    def test_kept_sealed_are_not_destroyed_by_a_change_of_mind_alone(self, reaches_back: bool) -> None:
        """Only when a second person said that it reaches back."""
        at = datetime(2026, 12, 1, tzinfo=UTC)
        line = (Governing(SINCE, MN_SEALED), Governing(datetime(2027, 1, 1, tzinfo=UTC), MN_TEXTS, reaches_back))
        clocks = asked(text(at), "texts-in", *line, reported=datetime(2027, 12, 1, tzinfo=UTC))
        kept, gone = datetime(2030, 12, 1, tzinfo=UTC), at + timedelta(days=30)
        assert (clocks.from_at, clocks.by_at) == ((at, gone) if reaches_back else (kept, None))


class TestTheClocks:
    """Laws that hold for every schedule and every record."""

    @given(RECORDS, LINES, st.booleans())
    def test_never_let_a_held_record_go(self, record: Candidate, line: list[Governing], hold: bool) -> None:
        """Nor one whose clock has not begun."""
        clocks = due(record=record, series="texts", governing=line, years={}, now=NOW)
        decision = may_dispose(series=line[0].schedule.of("texts"), due=clocks, held=hold, now=NOW)
        if hold or clocks.waits_for:
            assert not decision.allowed
        if decision.allowed:
            assert clocks.from_at is not None
            assert clocks.from_at <= NOW

    @given(RECORDS, SCHEDULES, TERMS)
    def test_with_one_more_minimum_never_end_sooner(self, record: Candidate, made: Schedule, more: Term) -> None:
        """The longest of the minimums holds."""
        least = replace(more, limit=Limit.MINIMUM)
        longer = schedule(*made.series[0].terms, least)
        before = due(record=record, series="texts", governing=[Governing(SINCE, made)], years={}, now=NOW)
        after = due(record=record, series="texts", governing=[Governing(SINCE, longer)], years={}, now=NOW)
        assert after.from_at is None or (before.from_at is not None and after.from_at >= before.from_at)

    @given(RECORDS, SCHEDULES, TERMS)
    def test_with_one_more_maximum_never_last_longer(self, record: Candidate, made: Schedule, more: Term) -> None:
        """The strictest of the maximums holds."""
        most = replace(more, limit=Limit.MAXIMUM)
        shorter = schedule(*made.series[0].terms, most)
        before = due(record=record, series="texts", governing=[Governing(SINCE, made)], years={}, now=NOW)
        after = due(record=record, series="texts", governing=[Governing(SINCE, shorter)], years={}, now=NOW)
        if before.by_at is not None:
            assert after.by_at is not None
            assert after.by_at <= before.by_at

    @given(RECORDS, LINES, SCHEDULES, st.timedeltas(timedelta(seconds=1), timedelta(days=4000)))
    def test_are_never_shortened_for_what_is_already_kept(
        self, record: Candidate, line: list[Governing], later: Schedule, wait: timedelta
    ) -> None:
        """A schedule that comes later and does not reach back leaves every life as long as it was, or longer."""
        since = max(record.at, line[-1].from_at) + wait
        now = since + timedelta(days=1)
        before = due(record=record, series="texts", governing=line, years={}, now=now)
        after = due(record=record, series="texts", governing=[*line, Governing(since, later)], years={}, now=now)
        assert after.from_at is None or (before.from_at is not None and after.from_at >= before.from_at)
        assert after.by_at is None or (before.by_at is not None and after.by_at >= before.by_at)

    @given(RECORDS, LINES, st.timedeltas(timedelta(), timedelta(days=4000)))
    def test_once_run_stay_run(self, record: Candidate, line: list[Governing], wait: timedelta) -> None:
        """While the schedules stay the same, what may go today may go tomorrow."""
        last = max(NOW, line[-1].from_at)
        rules = line[-1].schedule.of("texts")
        clocks = due(record=record, series="texts", governing=line, years={}, now=last)
        if may_dispose(series=rules, due=clocks, held=False, now=last).allowed:
            later = due(record=record, series="texts", governing=line, years={}, now=last + wait)
            assert may_dispose(series=rules, due=later, held=False, now=last + wait).allowed

    @given(RECORDS, SCHEDULES)
    def test_are_never_missed_by_the_search(self, record: Candidate, made: Schedule) -> None:
        """Whatever is ripe was made before the moment from which the search begins."""
        clocks = due(record=record, series="texts", governing=[Governing(SINCE, made)], years={}, now=NOW)
        if clocks.ripe_at is not None and clocks.ripe_at <= NOW:
            assert record.at <= oldest_worth_asking(made.series[0], NOW)

    def test_that_contradict_each_other_keep_and_say_so(self) -> None:
        """The most lies before the least: the least wins, and staff are told."""
        made = schedule(
            Term(Limit.MINIMUM, Trigger.LAST_TEXT, Period(years=5), "one"),
            Term(Limit.MAXIMUM, Trigger.CREATED, Period(days=30), "another"),
        )
        clocks = asked(text(SENT, last_text=SENT), "texts", Governing(SINCE, made))
        assert clocks.conflict
        assert may_dispose(series=made.series[0], due=clocks, held=False, now=SENT + timedelta(days=99)).outcome is (
            Outcome.HOLD
        )

    @pytest.mark.parametrize("action", ["never", "hide"])
    def test_do_not_matter_where_nothing_is_destroyed(self, action: str) -> None:
        """The log, and what is only hidden."""
        gone = Due(SENT, SENT, SENT)
        decision = may_dispose(series=series(action=action), due=gone, held=False, now=NOW)
        assert (decision.outcome, decision.reason) == (Outcome.REFUSE, "never-destroyed")

    @pytest.mark.parametrize(
        ("day", "starts", "year"),
        [
            ((2026, 9, 30), (10, 1), 2026),
            ((2026, 10, 1), (10, 1), 2027),
            ((2026, 6, 30), (7, 1), 2026),
            ((2026, 7, 1), (7, 1), 2027),
            ((2026, 1, 1), (1, 1), 2026),
            ((2026, 12, 31), (1, 1), 2026),
        ],
    )
    def test_name_a_fiscal_year_after_its_end(
        self, day: tuple[int, int, int], starts: tuple[int, int], year: int
    ) -> None:
        """Federal, of North Carolina, and by the calendar."""
        assert fiscal_year(datetime(*day, tzinfo=UTC), starts) == year


class TestTheLineOfSchedules:
    """Mode by mode, version by version."""

    def test_begins_with_the_profile(self) -> None:
        """Nobody adopted anything."""
        line = line_of("mn-wic", Mode.VIEW_THEN_DESTROY, [])
        assert [one.schedule.mode for one in line] == [Mode.VIEW_THEN_DESTROY]

    def test_follows_what_two_people_adopted(self) -> None:
        """To sealed and back, with the word that it reaches back."""
        steps = [(SENT, Mode.KEEP_SEALED, 1, False), (NOW, Mode.VIEW_THEN_DESTROY, 1, True)]
        line = line_of("mn-wic", Mode.VIEW_THEN_DESTROY, steps)
        assert [(one.schedule.mode, one.reaches_back) for one in line] == [
            (Mode.VIEW_THEN_DESTROY, False),
            (Mode.KEEP_SEALED, False),
            (Mode.VIEW_THEN_DESTROY, True),
        ]


ANA, BEN, CASE, PHONE = uuid.uuid4(), uuid.uuid4(), uuid.uuid4(), b"0" * 16


def about(**parts: object) -> Candidate:
    """A text about somebody."""
    return Candidate(uuid.uuid4(), SENT, {}, replace(Concerns(), **parts))  # type: ignore[arg-type]  # parts by name


class TestAHold:
    """Which records it keeps."""

    ANAS = HoldFacts(uuid.uuid4(), "person", frozenset({ANA}), frozenset({CASE}), frozenset({PHONE}))
    CASES = HoldFacts(uuid.uuid4(), "case", frozenset({ANA, BEN}), frozenset({CASE}), frozenset({PHONE}))

    def test_on_a_person_keeps_their_texts_and_those_to_their_number(self) -> None:
        """And not the other parent's."""
        assert covers(self.ANAS, about(participants=frozenset({ANA})), "texts-out")
        assert covers(self.ANAS, about(numbers=frozenset({PHONE})), "texts-in")
        assert not covers(self.ANAS, about(participants=frozenset({BEN}), cases=frozenset({CASE})), "texts-out")

    def test_on_a_case_keeps_its_texts_and_those_that_name_no_case(self) -> None:
        """A text of another case of the same person is free."""
        assert covers(self.CASES, about(cases=frozenset({CASE})), "texts-out")
        assert covers(self.CASES, about(participants=frozenset({BEN})), "texts-in")
        assert not covers(
            self.CASES, about(participants=frozenset({BEN}), cases=frozenset({uuid.uuid4()})), "texts-out"
        )

    def test_keeps_what_is_about_nobody_knows_whom(self) -> None:
        """A caseload file with thousands of people in it."""
        for hold in (self.ANAS, self.CASES, HoldFacts(uuid.uuid4(), "number", numbers=frozenset({PHONE}))):
            assert covers(hold, Candidate(uuid.uuid4(), SENT, {}, EVERYBODY), "caseloads")

    def test_on_a_series_or_a_span_keeps_everybodys(self) -> None:
        """A breach: every text of one week."""
        week = HoldFacts(uuid.uuid4(), series="texts-out", from_at=SENT, until_at=SENT + timedelta(days=7))
        assert covers(week, about(), "texts-out")
        assert not covers(week, about(), "texts-in")
        assert not covers(week, replace(about(), at=SENT + timedelta(days=7)), "texts-out")
        assert not covers(week, replace(about(), at=SENT - timedelta(seconds=1)), "texts-out")

    @given(st.booleans(), st.booleans(), st.booleans())
    def test_with_more_parts_never_keeps_more(self, with_series: bool, with_span: bool, named: bool) -> None:
        """Every part narrows."""
        wide = self.ANAS
        narrow = replace(
            wide,
            series="texts-out" if with_series else "",
            from_at=SENT if with_span else None,
        )
        record = about(participants=frozenset({ANA if named else BEN}))
        if covers(narrow, record, "texts-in"):
            assert covers(wide, record, "texts-in")


class TestTwoPeople:
    """Who may place, release and approve."""

    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="allows")
    def test_are_needed(self) -> None:
        """The second differs from the first."""
        assert second_person(first="worker:1", second="worker:2").allowed

    @pytest.mark.parametrize(("first", "second"), [("worker:1", "worker:1"), ("worker:1", ""), ("", "worker:1")])
    @pytest.mark.clause("OFFSET-8.2:systems-controls", shows="refuses")
    def test_are_never_one(self, first: str, second: str) -> None:
        """Nobody confirms what they asked for."""
        assert second_person(first=first, second=second).outcome is Outcome.REFUSE

    def test_have_the_role_the_schedule_names(self) -> None:
        """Another role does not approve."""
        assert may_approve(roles={"state-operator"}, approver="state-operator").allowed
        assert not may_approve(roles={"case-manager", "supervisor"}, approver="state-operator").allowed

    @pytest.mark.parametrize(
        ("roles", "statewide", "of_somebody", "allowed"),
        [
            ({"supervisor"}, False, True, True),
            ({"supervisor"}, False, False, False),
            ({"state-operator"}, True, False, True),
            ({"case-manager"}, True, True, False),
            (set(), True, True, False),
        ],
    )
    def test_place_a_hold_as_wide_as_their_sight(
        self, roles: set[str], statewide: bool, of_somebody: bool, allowed: bool
    ) -> None:
        """A county's supervisor holds what concerns a person; a whole series is for the state."""
        assert may_place(roles=roles, statewide=statewide, of_somebody=of_somebody).allowed is allowed

    @pytest.mark.parametrize(
        ("roles", "kind", "allowed"),
        [
            ({"state-operator"}, "iv-d", True),
            ({"supervisor"}, "iv-d", False),
            ({"supervisor"}, "wic", True),
            ({"clinic-staff"}, "wic", False),
        ],
    )
    def test_release_it_where_the_state_says_so(self, roles: set[str], kind: str, allowed: bool) -> None:
        """In child support the state releases."""
        assert may_release(roles=roles, kind=kind).allowed is allowed
