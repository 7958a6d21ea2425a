"""Hints that make a Spanish text fit the small alphabet of texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.messaging.words.fitting import fitting
from harborline.messaging.words.segments import segment

LONG = "Su cita es el próximo día lunes. También puede llamar al número de aquí para más información sobre su visita."


class TestAHint:
    """Names the word and another one that fits."""

    def test_names_each_word_that_keeps_the_text_out(self) -> None:
        """Words with é or ñ fit and are left alone."""
        found = fitting("El niño está aquí, después llame.", language="es")
        assert [("El niño está aquí, después llame."[hint.start : hint.end]) for hint in found.hints] == [
            "está",
            "aquí",
        ]

    def test_keeps_the_case_of_the_word(self) -> None:
        """A capital stays a capital."""
        (hint,) = fitting("Aquí es.", language="es").hints
        assert hint.instead == ("En este lugar",)

    def test_says_how_many_parts_are_saved(self) -> None:
        """A text of two parts becomes one."""
        found = fitting(LONG, language="es")
        assert (found.parts, found.parts_if_plain) == (2, 1)

    def test_gives_plain_quotes_and_dashes(self) -> None:
        """As the ready replacement of each sign."""
        found = fitting("\u201chi\u201d \u2014 ok", language="en")
        assert [hint.instead for hint in found.hints] == [('"',), ('"',), ("-",)]

    @pytest.mark.parametrize("language", ["en", "es", "so", ""])
    @given(text=st.text(max_size=300))
    def test_never_fails_and_never_touches_a_text_that_fits(self, language: str, text: str) -> None:
        """Any text at all, any language."""
        found = fitting(text, language=language)
        assert found.parts == segment(text).parts
        assert bool(found.hints) == (segment(text).encoding == "ucs2")
        assert all(0 <= hint.start < hint.end <= len(text) for hint in found.hints)
