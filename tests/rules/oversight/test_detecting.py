"""What the detectors ask about, and what they leave alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from harborline.oversight.detecting import REVIEW_FROM, account_off, drawn, findings
from harborline.oversight.measuring import measured
from harborline.oversight.simulating import Size, simulate
from harborline.oversight.watch_facts import (
    DAY_S,
    NEVER,
    NOBODY,
    Accesses,
    Column,
    Found,
    Kind,
    Mark,
    Near,
    People,
    Picture,
    Staff,
)

MONDAY_NOON = 20_458 * DAY_S + 12 * 3600


def picture(*rows: dict[str, int], **about: list[int]) -> Picture:
    """A quiet month of two workers (0 and 1) with two hundred explained looks each, and these rows beside."""
    quiet = [
        {"worker": who, "person": n, "at": MONDAY_NOON + n % 20 // 5 * 7 * DAY_S + n % 5 * DAY_S, "explained": 1}
        for who in (0, 1)
        for n in range(200)
    ]
    every = [*quiet, *rows]

    def column(name: str, default: int) -> Column:
        return np.array([row.get(name, default) for row in every])

    flags = {name: np.isin(np.arange(400), about.get(name, [])) for name in ("public", "protected")}
    # Moments at which the account of worker 0 went off, on, off, on …; it stays as the last one says.
    turns = about.get("off", [])
    spans = [
        (start, turns[2 * place + 1] if 2 * place + 1 < len(turns) else NEVER) for place, start in enumerate(turns[::2])
    ]
    off = np.array(spans, np.int64).reshape(-1, 2)
    return Picture(
        Accesses(
            column("worker", 0), column("person", 300), column("at", MONDAY_NOON), column("kind", Kind.LOOK),
            column("explained", 0).astype(bool), column("near", Near.STRANGER), column("volume", 0),
            column("answered", 0).astype(bool),
        ),
        Staff(np.zeros(len(off), int), off[:, 0], off[:, 1], np.zeros(2, int)),
        People(flags["public"], flags["protected"]),
    )  # fmt: skip


def asked(*rows: dict[str, int], **about: list[int]) -> list[Found]:
    """What a supervisor would be shown."""
    return [one for one in findings(picture(*rows, **about)) if one.score >= REVIEW_FROM]


def strangers(**named: int) -> list[dict[str, int]]:
    """Eight more people whom worker 0 looked at without a reason, each on another day."""
    return [{"person": 310 + n, "at": MONDAY_NOON + n * DAY_S, **named} for n in range(8)]


def score_of(found: list[Found], person: int = 300) -> int:
    """What the finding about this person weighs."""
    (score,) = (one.score for one in found if one.person == person)
    return score


class TestTheDetectors:
    """Over a quiet month with one thing in it."""

    def test_ask_about_nothing_when_work_explains_everything(self) -> None:
        """Also a coworker's and a public person's record, when it is on one's own desk."""
        assert asked() == []
        assert asked({"near": Near.COWORKER, "explained": 1}, public=[300]) == []
        assert asked({"near": Near.SURNAME, "explained": 1}) == []

    def test_leave_a_single_unexplained_look_to_the_worker(self) -> None:
        """It is found, and weighs too little for a supervisor."""
        (one,) = findings(picture({}))
        assert one.marks == (Mark.UNEXPLAINED,)
        assert one.score < REVIEW_FROM

    @pytest.mark.parametrize("near", [Near.SELF, Near.FAMILY, Near.HOUSEHOLD])
    def test_ask_about_ones_own_whatever_explains_it(self, near: Near) -> None:
        """Nobody's work are their own, their family's and their household's records."""
        (one,) = asked({"near": near, "explained": 1})
        assert one.score > 100
        assert one.marks[0] in (Mark.OWN, Mark.FAMILY, Mark.HOUSEHOLD)

    @pytest.mark.parametrize(("row", "about", "mark"), [
        ({"near": Near.COWORKER}, {}, Mark.COWORKER),
        ({"near": Near.SURNAME}, {}, Mark.SURNAME),
        ({}, {"public": [300]}, Mark.PUBLIC),
    ])  # fmt: skip
    def test_ask_about_a_mark_without_work(
        self, row: dict[str, int], about: dict[str, list[int]], mark: Mark
    ) -> None:  # fmt: skip
        """A coworker, a namesake, somebody whom many would like to look up."""
        (one,) = asked(row, **about)
        assert mark in one.marks

    def test_weigh_a_mark_less_that_is_common_at_that_desk(self) -> None:
        """Whoever meets their own surname every day met it by chance."""
        common = [{"person": n, "near": Near.SURNAME, "explained": 1} for n in range(60)]
        (rare,) = [one for one in findings(picture({"near": Near.SURNAME})) if one.person == 300]
        (usual,) = [one for one in findings(picture({"near": Near.SURNAME}, *common)) if one.person == 300]
        assert usual.score < rare.score

    def test_weigh_less_what_can_be_looked_up(self) -> None:
        """The worker named a call; it stays in the list, further down."""
        silent, said = (
            findings(picture({"near": Near.COWORKER})),
            findings(picture({"near": Near.COWORKER, "answered": 1})),
        )
        assert said[0].score < silent[0].score

    def test_miss_an_answer_where_most_answer(self) -> None:
        """The look that nobody answers for weighs more in an office that answers than in one that never does."""
        rarely, mostly = (
            score_of(findings(picture({"near": Near.COWORKER}, *strangers(answered=each)))) for each in (0, 1)
        )
        assert mostly > rarely

    def test_miss_no_answer_of_somebody_who_was_not_asked_yet(self) -> None:
        """The question waits on the first page of the next day at work."""
        last = {"near": Near.COWORKER, "at": MONDAY_NOON + 27 * DAY_S}
        came = {"person": 399, "at": MONDAY_NOON + 28 * DAY_S, "explained": 1}
        fresh, missed = (score_of(findings(picture(last, *strangers(answered=1), *later))) for later in ((), (came,)))
        assert fresh < missed

    def test_weigh_a_second_day(self) -> None:
        """Who comes back does not slip; three days are a mark of their own."""
        look = {"near": Near.SURNAME}
        once, twice = (
            score_of(findings(picture(look, *more, *strangers())))
            for more in ((), ({**look, "at": MONDAY_NOON + DAY_S},))
        )
        assert twice > once

    def test_see_a_burst_against_the_workers_own_habit(self) -> None:
        """Thirty strangers on one day are one finding, not thirty."""
        (one,) = asked(*({"person": 300 + n} for n in range(30)))
        assert one.marks == (Mark.BURST,)
        assert (one.person, one.people) == (NOBODY, 30)

    def test_see_ten_people_in_ten_minutes(self) -> None:
        """Nobody works on ten records in ten minutes; the same ten over a day are asked of the worker alone."""
        (one,) = asked(*({"person": 300 + n, "at": MONDAY_NOON + 50 * n} for n in range(10)))
        assert (one.marks, one.people) == ((Mark.RUSH,), 10)
        assert asked(*({"person": 300 + n, "at": MONDAY_NOON + 900 * n} for n in range(10))) == []
        assert asked(*({"person": 300 + n, "at": MONDAY_NOON + 50 * n, "explained": 1} for n in range(10))) == []

    def test_see_emergencies_one_after_the_other(self) -> None:
        """The fourth in a week, or the third with the same words; three in a week with words of their own are work."""

        def declared(times: int, *, each: int, words: int = 0) -> list[dict[str, int]]:
            return [
                {"kind": Kind.EMERGENCY, "person": NOBODY, "explained": 1, "at": MONDAY_NOON + n * each * DAY_S,
                 "volume": words or 100 + n}
                for n in range(times)
            ]  # fmt: skip

        assert asked(*declared(3, each=1)) == []
        assert asked(*declared(4, each=7)) == []
        (many,) = asked(*declared(4, each=1))
        assert many.marks == (Mark.EMERGENCIES,)
        (same,) = asked(*declared(3, each=3, words=7))
        assert same.marks == (Mark.SAME_REASON,)

    def test_see_searches_that_a_wall_ended(self) -> None:
        """Once for a protected person of another county is shown; a mistyped number is not; many for nobody are."""
        search: dict[str, int] = {"kind": Kind.SEARCH}
        (one,) = asked(search, protected=[300])
        assert {Mark.BLOCKED, Mark.ELSEWHERE} <= set(one.marks)
        assert asked(search) == []
        nobody = [{"kind": Kind.SEARCH, "person": NOBODY, "at": MONDAY_NOON + n} for n in range(15)]
        (fishing,) = asked(*nobody)
        assert fishing.marks == (Mark.FISHING,)
        assert asked(*nobody[:14]) == []

    def test_leave_a_rush_of_ones_own_work_alone(self) -> None:
        """The season's rush is explained."""
        assert asked(*({"person": 300 + n, "explained": 1} for n in range(30))) == []

    def test_see_that_somebody_comes_back_for_weeks(self) -> None:
        """Six days over four weeks at one stranger."""
        days = (0, 4, 8, 14, 18, 22)
        (one,) = asked(
            *({"at": MONDAY_NOON + day * DAY_S} for day in days),
            *({"worker": 1, "person": 301 + n} for n in range(90, 95)),
        )
        assert Mark.AGAIN in one.marks

    def test_see_an_account_that_was_off(self) -> None:
        """A try to sign in after the last day; none before it."""
        row = {"kind": Kind.SIGN_IN, "person": NOBODY, "at": MONDAY_NOON + 30 * DAY_S}
        (one,) = asked(row, off=[MONDAY_NOON + 29 * DAY_S])
        assert one.marks == (Mark.OFF,)
        assert asked(row, off=[MONDAY_NOON + 31 * DAY_S]) == []

    def test_see_every_span_in_which_an_account_was_off(self) -> None:
        """Suspended in the first week and again in the fourth: both tries are seen, none of the weeks between."""
        spans = [MONDAY_NOON + day * DAY_S for day in (1, 5, 22, 26)]
        tries = {day: {"kind": Kind.SIGN_IN, "person": NOBODY, "at": MONDAY_NOON + day * DAY_S} for day in (2, 10, 23)}
        for day, seen in ((2, True), (10, False), (23, True)):
            assert bool(account_off(picture(tries[day], off=spans))[-1]) is seen, day

    def test_see_an_export_far_above_the_habit(self) -> None:
        """Two thousand records by somebody who takes a hundred; an approved one is work."""
        usual = [
            {"kind": Kind.EXPORT, "person": NOBODY, "volume": 100, "at": MONDAY_NOON + day * DAY_S} for day in range(4)
        ]
        large = {"kind": Kind.EXPORT, "person": NOBODY, "volume": 2_000, "at": MONDAY_NOON + 4 * DAY_S}
        (one,) = asked(*usual, large)
        assert one.marks == (Mark.EXPORT,)
        assert asked(*usual, {**large, "explained": 1}) == []

    def test_tell_night_from_day(self) -> None:
        """A look at ten in the evening by somebody who never works then."""
        (late,) = findings(picture({"at": MONDAY_NOON + 10 * 3600}))
        assert Mark.HOURS in late.marks

    def test_rank_the_protected_higher(self) -> None:
        """A stranger who is protected weighs more than one who is not."""
        plain, protected = findings(picture({})), findings(picture({}, protected=[300]))
        assert protected[0].score > plain[0].score

    def test_draw_one_of_the_light_ones_by_lot(self) -> None:
        """The same night draws the same one; of nothing nothing is drawn."""
        found = findings(picture({}, {"worker": 1, "person": 301}))
        one = drawn(found, seed="tonight")
        assert one is not None
        assert Mark.LOT in one.marks
        assert drawn(found, seed="tonight") == one
        assert drawn([], seed="tonight") is None

    def test_find_nothing_in_nothing(self) -> None:
        """An agency that opened its doors today."""
        empty = picture()
        nothing = {name: getattr(empty.accesses, name)[:0] for name in Accesses.__slots__}
        assert findings(replace(empty, accesses=Accesses(**nothing))) == []


class TestTheModelAgency:
    """On which the detectors are measured."""

    def test_is_the_same_for_the_same_seed(self) -> None:
        """And another for another."""
        size = Size(workers=80, people=8_000, days=10)
        one, same, other = simulate(size, seed=1), simulate(size, seed=1), simulate(size, seed=2)
        assert (one.picture.accesses.person == same.picture.accesses.person).all()
        assert len(one.picture.accesses.person) != len(other.picture.accesses.person)
        assert len(set(one.planted.kinds)) > 8

    def test_is_measured_within_what_supervisors_can_review(self) -> None:
        """Most of what is shown first was planted; the budget is never overspent."""
        agency = simulate(Size(workers=240, people=60_000), seed=3)
        said = measured(agency, findings(agency.picture), recall=0.5)
        assert said.recall >= 0.5
        assert said.precision > 0.7
        assert said.reviews <= said.possible

    def test_measures_a_blind_detector_as_blind(self) -> None:
        """The order turned round finds hardly anything early."""
        agency = simulate(Size(workers=240, people=60_000), seed=3)
        said = measured(agency, findings(agency.picture)[::-1], recall=0.5)
        assert said.precision < 0.2

    @pytest.mark.parametrize("seed", [1, 9, 20])
    def test_finds_what_the_product_promises(self, seed: int) -> None:
        """At least nine in ten of what is reviewed first were misuse, until nine in ten of all misuse were reviewed.

        The seed of the command, and the two of the first twenty on which it is hardest; benchmarks/detectors.py has
        the others.
        """
        agency = simulate(Size(), seed=seed)
        said = measured(agency, findings(agency.picture))
        assert said.recall >= 0.9
        assert said.precision >= 0.9
