"""Third parties are taken out of words; what is the subject's own stays in a bundle of their own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harborline.oversight.redaction import Known, Redactor

BEN = Known(
    other_names=("Ana Torres", "Anita Torres", "A. Vega", "Kim Torres"),
    other_numbers=frozenset({"+19195550101"}),
    other_addresses=("12 Elm St, Raleigh", "PO Box 7, Raleigh"),
    own_names=("Ben Torres",),
    own_numbers=frozenset({"+19195550102"}),
    own_addresses=("9 Oak St, Raleigh",),
    public_numbers=frozenset({"+19195550100"}),
    public_addresses=("220 Example Street, Raleigh, NC 27601",),
)
BENS = Redactor(BEN, program="nc-css")
CASE = Redactor(Known(**{**{name: getattr(BEN, name) for name in BEN.__slots__}, "keeps_own": False}), program="nc-css")


class TestWhatOthersAreCalled:
    """Names in any order, case and disguise."""

    @pytest.mark.parametrize(
        "words",
        [
            "Ana called me again",
            "I saw ana yesterday",
            "ANA TORRES is lying",
            "Torres, Ana owes me",
            "tell Anita",
            "Á̈na moved",
            "A n a will not answer",
            "An\u200ba is gone",
            "Аna with a foreign letter",  # noqa: RUF001 - the letter is the point
            "ana's new place",
            "that Vega woman",
            "Kim is with her",
        ],
    )
    def test_are_taken_out(self, words: str) -> None:
        """Whatever the writer did with them."""
        cleaned = BENS.theirs(words)
        assert "[name withheld]" in cleaned.words, cleaned
        assert not cleaned.whole

    def test_leave_the_subjects_own_name(self) -> None:
        """The surname that both share is Ben's too, and stays in his bundle."""
        assert BENS.theirs("This is Ben Torres, please call me").words == "This is Ben Torres, please call me"

    def test_leave_nobodys_name_in_a_bundle_of_a_case(self) -> None:
        """There each is a third party to the other."""
        cleaned = CASE.theirs("This is Ben Torres, Ana is my ex").words
        assert "Ben" not in cleaned
        assert "Torres" not in cleaned
        assert "Ana" not in cleaned


class TestWhereOthersAre:
    """Numbers and addresses."""

    @pytest.mark.parametrize(
        "words",
        [
            "her number is 919-555-0101",
            "call (919) 555 0101",
            "9195550101",
            "+1 919.555.0101",
            "555-0101 is hers",
            "nine one nine five five five zero one zero one",
            "some other number 704-555-0144",
        ],
    )
    def test_numbers_are_taken_out(self, words: str) -> None:
        """Another party's, and any that is neither the subject's nor the agency's."""
        assert "[number withheld]" in BENS.theirs(words).words

    @pytest.mark.parametrize(
        "words",
        [
            "she lives at 12 Elm St",
            "12 elm street apt 4",
            "go to 12, Elm",
            "calle Elm 12",
            "write to PO Box 7",
            "found her at 44 Maple Avenue",
        ],
    )
    def test_addresses_are_taken_out(self, words: str) -> None:
        """In every spelling a person uses."""
        assert "[address withheld]" in BENS.theirs(words).words

    @pytest.mark.parametrize(
        "words",
        [
            "my number is 919-555-0102",
            "I called 919-555-0100 twice",
            "see you at 10:30 on 11/23/2026",
            "I live at 9 Oak St",
        ],
    )
    def test_what_is_ones_own_or_the_agencys_stays(self, words: str) -> None:
        """Nothing of a third party is in it."""
        assert BENS.theirs(words).words == words

    def test_in_a_bundle_of_a_case_not_even_ones_own_stays(self) -> None:
        """Ana's address in her own text would tell Ben where she is."""
        cleaned = CASE.theirs("I live at 9 Oak St, call 919-555-0102").words
        assert "Oak" not in cleaned
        assert "0102" not in cleaned

    @pytest.mark.parametrize("words", ["my ssn 078-05-1120", "write to me at ben.t@mail.example"])
    def test_identifying_numbers_and_mail_are_taken_out(self, words: str) -> None:
        """No court file needs them."""
        assert "withheld]" in BENS.theirs(words).words


class TestOurOwnWords:
    """Texts from approved templates."""

    @pytest.mark.parametrize(
        "words",
        [
            (
                "NC Child Support Services: you have an appointment on Nov 23 at 9:00 AM at Wake County office,"
                " 220 Example Street. Questions? Call 919-555-0100."
            ),
            "Will you come on Monday? Reply STOP to end texts.",
        ],
    )
    def test_are_left_as_they_are(self, words: str) -> None:
        """So that their proof holds."""
        assert BENS.ours(words).whole

    def test_lose_another_partys_name_all_the_same(self) -> None:
        """Should one ever get in."""
        assert "Ana" not in BENS.ours("Ana has an appointment").words


class TestTheCleaning:
    """Laws that hold for every text."""

    @settings(deadline=None)
    @given(st.text(max_size=300), st.sampled_from(["Ana", "torres ANA", "919-555-0101", "12 Elm St", "(919)5550101"]))
    def test_never_fails_and_never_leaves_a_third_party(self, around: str, secret: str) -> None:
        """Whatever stands around it."""
        cleaned = CASE.theirs(f"{around} . {secret} . {around}").words
        assert f" {secret} " not in cleaned

    @settings(deadline=None)
    @given(st.text(max_size=400))
    def test_is_the_same_every_time(self, words: str) -> None:
        """A bundle made twice is the same bundle."""
        assert BENS.theirs(words) == BENS.theirs(words)
        assert BENS.theirs(words).whole == (BENS.theirs(words).words == words)
