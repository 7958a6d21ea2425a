"""The files about numbers: read strictly, bad lines named, nothing repeated; and what follows from an answer."""

from __future__ import annotations

import contextlib
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Invalid
from harborline.messaging.hygiene.facts import Answer, BadLine, Dead, Question, Reassigned
from harborline.messaging.hygiene.files import read_answers, read_deactivations, write_questions
from harborline.messaging.hygiene.rules import must_ask, still_theirs

DAY = date(2026, 2, 11)


def answers(text: str, **how: str) -> list[Answer | BadLine]:
    """What a file of answers says."""
    return list(read_answers(io.BytesIO(text.encode()), name="answers.csv", allow_fictional=True, **how))


class TestQuestions:
    """Ten digits and a date, nothing else."""

    def test_are_written_as_registers_take_them(self) -> None:
        """No country code; the date as asked for."""
        out = io.StringIO()
        assert write_questions([Question("+19195550123", DAY)], out, date_format="%Y%m%d") == 1
        assert out.getvalue() == "tn,date\n9195550123,20260211\n"


class TestAnswers:
    """In any order of columns, in the words of several registers."""

    @pytest.mark.parametrize(
        ("said", "meant"),
        [("Yes", "yes"), ("no", "no"), ("No Data", "no-data"), ("no_data_available", "no-data"), ("TRUE", "yes")],
    )
    def test_are_understood(self, said: str, meant: str) -> None:
        """Whatever case."""
        (found,) = answers(f"Date,Result,TN,extra\n2026-02-11,{said},9195550123,x\n")
        assert found == Answer("+19195550123", DAY, Reassigned(meant))

    @pytest.mark.parametrize(
        ("line", "column"),
        [
            ("9195550123,2026-02-11,maybe", "answer"),
            ("9195550123,11.02.2026,yes", "date"),
            ("12345,2026-02-11,yes", "tn"),
            ("9195550123", "answer"),
        ],
    )
    def test_that_cannot_be_used_are_named_by_line_and_column(self, line: str, column: str) -> None:
        """The good line beside it counts; no number is repeated."""
        bad, good = answers(f"tn,date,answer\n{line}\n9195550124,2026-02-11,no\n")
        assert isinstance(bad, BadLine)
        assert (bad.line, bad.column) == (2, column)
        assert "919555" not in bad.problem
        assert good == Answer("+19195550124", DAY, Reassigned.NO)

    @pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "tn,date\n9195550123,2026-02-11\n", 'tn,date,answer\n"x\n'])
    def test_that_are_no_such_table_are_refused(self, text: str) -> None:
        """The whole file, by name."""
        with pytest.raises(Invalid, match=r"answers\.csv"):
            answers(text)

    @given(st.binary(max_size=300))
    def test_never_crash_on_rubbish(self, rubbish: bytes) -> None:
        """Refused, or lines named."""
        with contextlib.suppress(Invalid):
            list(read_answers(io.BytesIO(rubbish), name="x", allow_fictional=True))


class TestDeactivations:
    """A list of numbers, with or without dates."""

    def test_need_no_date(self) -> None:
        """Some carriers give none."""
        with_date = io.BytesIO(b"mdn,disconnect_date\n9195550123,2026-02-11\n9195550124,\n")
        assert list(read_deactivations(with_date, name="x", allow_fictional=True)) == [
            Dead("+19195550123", DAY),
            Dead("+19195550124", None),
        ]
        assert list(read_deactivations(io.BytesIO(b"phone\n9195550123\n"), name="x", allow_fictional=True)) == [
            Dead("+19195550123", None)
        ]


class TestWhatFollows:
    """From an answer."""

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="refuses")
    def test_a_new_owner_gave_no_permission(self) -> None:
        """The number is nobody's to text."""
        assert still_theirs(answer=Reassigned.YES, sure_on=DAY).reason == "number-has-a-new-owner"

    @pytest.mark.clause("NC-CSS-22-18:opt-in", shows="allows")
    def test_the_old_owner_still_has_it(self) -> None:
        """The permission stands; so it does where the register knows nothing of a later day."""
        assert still_theirs(answer=Reassigned.NO, sure_on=DAY).allowed
        assert still_theirs(answer=Reassigned.NO_DATA, sure_on=DAY).allowed

    def test_before_the_register_began_a_person_asks(self) -> None:
        """No data about an agreement of 2020 settles nothing."""
        found = still_theirs(answer=Reassigned.NO_DATA, sure_on=date(2021, 1, 26))
        assert found.reason == "number-must-be-confirmed"

    def test_is_asked_again_after_thirty_days(self) -> None:
        """Not on the thirtieth."""
        assert must_ask(last_asked=None, today=DAY)
        assert not must_ask(last_asked=date(2026, 1, 12), today=DAY)
        assert must_ask(last_asked=date(2026, 1, 11), today=DAY)
