"""Questions and answers as JSON lines."""

from __future__ import annotations

import json

import pytest

from harborline.kernel import Invalid
from harborline.messaging.inbound.lines import inbound_answer
from harborline.messaging.words.lines import answered, guard_answer, segments_answer


class TestALine:
    """Is one question, answered in order."""

    def test_to_the_guard_is_answered_with_findings(self) -> None:
        """Outcome, kind, place and clauses, under the question's own id."""
        line = json.dumps({"id": 7, "text": "You owe $450.", "program": "nc-css", "lang": "en"})
        (answer,) = answered([line], guard_answer)
        assert json.loads(answer) == {
            "id": 7,
            "outcome": "refuse",
            "findings": [
                {"kind": "amount_owed", "start": 0, "end": 12, "clauses": ["NC-CSS-22-18:pii-fti-in-texts"]},
            ],
        }

    def test_to_the_segmenter_is_answered_with_sizes(self) -> None:
        """Encoding, parts and the units of each."""
        (answer,) = answered(['{"id": "a", "text": "\\u00fa"}', ""], segments_answer)
        assert json.loads(answer) == {"id": "a", "encoding": "ucs2", "segments": 1, "sizes": [1]}

    def test_to_the_reader_is_answered_with_its_tier(self) -> None:
        """What the person asked for and gave away."""
        (answer,) = answered(['{"id": "a", "text": "STOP"}'], inbound_answer)
        assert json.loads(answer) == {
            "id": "a",
            "opt_out": "exact",
            "start": False,
            "help": False,
            "private": [],
            "crisis": False,
        }

    @pytest.mark.parametrize("line", ["{", "[]", '{"text": "x"}', '{"id": 1}', '{"id": 1, "text": 5}'])
    def test_that_is_broken_is_named(self, line: str) -> None:
        """The line is named, nothing of it is repeated."""
        with pytest.raises(Invalid, match="line 1"):
            list(answered([line], segments_answer))

    @pytest.mark.parametrize(
        ("lang", "outcome"), [("so", "hold"), ("hmn", "hold"), ("en-US", "allow"), ("ES", "allow"), (None, "allow")]
    )
    def test_in_a_language_that_is_not_judged_waits(self, lang: str | None, outcome: str) -> None:
        """Nothing was found in it because nobody could look."""
        line = json.dumps({"id": 1, "text": "Our office is open today.", "program": "mn-wic", "lang": lang})
        (answer,) = answered([line], guard_answer)
        assert json.loads(answer)["outcome"] == outcome

    @pytest.mark.parametrize(
        ("text", "lang", "tier"),
        [
            ("Ha iga dirin fariimo", "so", "possible"),
            ("Per favore non scrivetemi", "it", "possible"),
            ("ok thank you I will come at 3", "so", "none"),
        ],
    )
    def test_in_another_language_may_be_a_stop(self, text: str, lang: str, tier: str) -> None:
        """One word that Spanish has too does not make it Spanish."""
        (answer,) = answered([json.dumps({"id": 1, "text": text, "lang": lang})], inbound_answer)
        assert json.loads(answer)["opt_out"] == tier

    @pytest.mark.parametrize("text", ["please take me off of WIC", "Take me off WIC", "Take us off wic, we moved"])
    def test_about_leaving_the_program_is_for_a_person(self, text: str) -> None:
        """It holds the texts; what it means for them nobody knows yet."""
        (answer,) = answered([json.dumps({"id": 1, "text": text, "lang": "en"})], inbound_answer)
        assert json.loads(answer)["opt_out"] == "possible"

    @pytest.mark.parametrize(
        ("text", "lang", "allowed"),
        [
            ("We are at 77 Birch Street, Winona, MN 55987-3120.", "en", True),
            ("Write to P.O. Box 311, Raleigh, NC 27602-0311.", "en", True),
            ("The number on file is 41877-6203.", "en", False),
            ("Your appointment is on Thursday, April 22, 2027 at 3 pm.", "en", True),
            ("Come on 4/22/2027, 3 pm.", "en", True),
            ("Su visita es el 22 de abril de 2027 a las 3 de la tarde.", "es", True),
            ("Your son was born on April 22, 2019, is that right?", "en", False),
            ("Reply K to keep the time or R to pick another.", "en", True),
            ("R u coming?", "en", False),
        ],
    )
    def test_with_a_number_is_judged_by_what_it_says(self, text: str, lang: str, allowed: bool) -> None:
        """Postal codes, days to come and answers by letter pass; what looks like them does not."""
        (answer,) = answered([json.dumps({"id": 1, "text": text, "program": "nc-css", "lang": lang})], guard_answer)
        assert (json.loads(answer)["outcome"] == "allow") == allowed

    @pytest.mark.parametrize(
        ("text", "names", "allowed"),
        [
            ("Your form from vandermeulen came in.", ["Joris van der Meulen"], False),
            ("Meet us at the van.", ["Joris van der Meulen"], True),
        ],
    )
    def test_knows_a_name_with_its_particles(self, text: str, names: list[str], allowed: bool) -> None:
        """Run together it is the same name; alone they are words."""
        question = {"id": 1, "text": text, "program": "nc-css", "lang": "en", "names": names}
        (answer,) = answered([json.dumps(question)], guard_answer)
        assert (json.loads(answer)["outcome"] == "allow") == allowed
