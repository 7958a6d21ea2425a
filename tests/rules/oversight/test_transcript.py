"""The transcript for people: any sign a person can type, typeset or written as its code."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harborline.kernel.glyphs import shown
from harborline.oversight.transcript import transcript_pdf
from harborline.oversight.writing import Rows

AT = datetime(2027, 1, 2, tzinfo=UTC)
MOMENT = "2027-01-01T12:00:00.000000Z"
MANIFEST: dict[str, Any] = {
    "title": "A program", "about": "", "made_by": "W-1", "approved_by": "", "made_at": MOMENT, "basis": "litigation",
    "reason": "r", "reference": "", "recipient": "", "export": "e", "log": {"origin": "o", "entries": 1},
    "counts": {"texts": 1, "not_sent": 0, "consents": 0},
    "selection": {"person": "P-1", "case": "", "number_ends_in": "", "from": "", "to": ""},
}  # fmt: skip


def typeset(words: str) -> str:
    """A transcript with one text, read back."""
    text: dict[str, Any] = {
        "text": "t", "direction": "in", "kind": "inbound", "at": MOMENT, "person": "the person", "number": "",
        "case": "", "language": "en", "words": words, "withheld": "", "destroyed": None,
        "why": {"template": "", "run": "", "row": None, "decision": None, "consent": ""}, "steps": [], "seen": [],
    }  # fmt: skip
    made = transcript_pdf(MANIFEST, Rows([text], [], [], [], [], {}), zone="America/New_York", made_at=AT)
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)


class TestTheTranscript:
    """Of any words."""

    @pytest.mark.parametrize(
        ("words", "expected"),
        [
            ("Hola, ¿qué tal? Año", "Hola, ¿qué tal? Año"),
            ("ok 😀", "ok [U+1F600]"),
            ("漢字", "[U+6F22][U+5B57]"),
            ("a\x00b\x1b[31m", "a[U+0000]b[U+001B][31m"),
            ("#let x = 1 $y$ @z <l> *b*", "#let x = 1 $y$ @z <l> *b*"),
            ("= a heading", "= a heading"),
        ],
    )
    def test_shows_them_as_they_are_or_as_codes(self, words: str, expected: str) -> None:
        """Words are never taken for instructions to the typesetter."""
        assert expected in typeset(words)

    @settings(deadline=None, max_examples=25)
    @given(st.text(max_size=60))
    def test_never_fails(self, words: str) -> None:
        """Whatever was typed."""
        assert "Transcript of texts" in typeset(words)

    def test_leaves_plain_words_alone(self) -> None:
        """Nothing is replaced where nothing must be."""
        plain = {"a": ["Ñandú “yes” … €5", 1, None]}
        assert shown(plain) == plain
