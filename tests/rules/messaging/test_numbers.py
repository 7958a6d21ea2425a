"""Phone numbers: which strings name a phone a text may go to, and what is wrong with the others."""

# ruff: noqa: RUF001 - look-alike signs are what is tested

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Invalid
from harborline.messaging.words.numbers import InvalidNumberError, NumberProblem, area_codes, e164, parse_number

REFUSED = [
    ("", NumberProblem.NOT_A_NUMBER),
    ("call me", NumberProblem.NOT_A_NUMBER),
    ("919-555-01O0", NumberProblem.NOT_A_NUMBER),
    ("5550100", NumberProblem.TOO_SHORT),
    ("91955501234", NumberProblem.TOO_LONG),
    ("1" * 500, NumberProblem.TOO_LONG),
    ("919-234-5678 x5", NumberProblem.EXTENSION),
    ("919-234-5678 ext. 22", NumberProblem.EXTENSION),
    ("+44 20 7946 0958", NumberProblem.NOT_US),
    ("+9195550123", NumberProblem.NO_COUNTRY_CODE),
    ("+ (919) 555-0123", NumberProblem.NO_COUNTRY_CODE),
    ("+47 22 34 56 78", NumberProblem.NOT_US),
    ("416-234-5678", NumberProblem.NOT_US),
    ("876-234-5678", NumberProblem.NOT_US),
    ("800-234-5678", NumberProblem.TOLL_FREE),
    ("1-800-WICMOMS", NumberProblem.TOLL_FREE),
    ("900-234-5678", NumberProblem.PREMIUM),
    ("500-234-5678", NumberProblem.PERSONAL),
    ("911", NumberProblem.N11),
    ("919-411-5678", NumberProblem.N11),
    ("919-555-1212", NumberProblem.DIRECTORY),
    ("919-034-5678", NumberProblem.UNASSIGNED),
    ("200-234-5678", NumberProblem.UNASSIGNED),
    ("919-555-0123", NumberProblem.FICTIONAL),
]
SPELLINGS = [
    "9192345678",
    "+19192345678",
    "19192345678",
    "919-234-5678",
    "919.234.5678",
    "(919) 234-5678",
    "+1 (919) 234-5678",
    " 919 234 5678 ",
    "９１９２３４５６７８",
    "٩١٩٢٣٤٥٦٧٨",
    "919/234/5678",
]


class TestANumberOnFile:
    """Is read once, and has one spelling from then on."""

    @pytest.mark.parametrize("raw", SPELLINGS)
    def test_is_understood_in_every_spelling(self, raw: str) -> None:
        """However the office typed it, it is the same number."""
        assert e164(raw, allow_fictional=False) == "+19192345678"

    @pytest.mark.parametrize(("raw", "problem"), REFUSED)
    def test_is_refused_with_what_is_wrong(self, raw: str, problem: NumberProblem) -> None:
        """A number no text should go to is refused, and the reason is said."""
        with pytest.raises(InvalidNumberError) as refused:
            e164(raw, allow_fictional=False)
        assert refused.value.fault is problem

    def test_may_be_fictional_in_a_demonstration(self) -> None:
        """The numbers kept for examples work where no real text can leave."""
        assert parse_number("(919) 555-0123", allow_fictional=True).spoken == "919-555-0123"

    def test_is_never_the_programs_own(self) -> None:
        """A program does not text itself."""
        with pytest.raises(InvalidNumberError, match="own sending number"):
            e164("919-234-5678", allow_fictional=False, own_senders=frozenset({"+19192345678"}))

    def test_does_not_show_in_the_refusal(self) -> None:
        """The words of a refusal can be logged: the number is not in them."""
        with pytest.raises(Invalid) as refused:
            e164("416-234-5678", allow_fictional=False)
        assert "234" not in str(refused.value)

    @given(st.integers(2000000000, 9999999999))
    def test_is_one_a_second_opinion_calls_valid(self, digits: int) -> None:
        """Whatever we accept, the independent library accepts for the United States or a territory."""
        try:
            accepted = e164(str(digits), allow_fictional=True)
        except InvalidNumberError:
            return
        assert phonenumbers.is_valid_number(phonenumbers.parse(accepted))

    @given(st.text(max_size=40))
    def test_never_breaks_the_reading(self, raw: str) -> None:
        """Any string at all is either a number or a reason."""
        try:
            answer = e164(raw, allow_fictional=True)
        except InvalidNumberError as refused:
            answer = refused.where
        assert answer.startswith("+1") or NumberProblem(answer)

    def test_has_a_known_area(self) -> None:
        """The table of area codes holds the demonstration counties and the toll-free codes."""
        assert (area_codes()["919"].region, area_codes()["651"].region, area_codes()["833"].kind) == (
            "US",
            "US",
            "toll-free",
        )
