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
