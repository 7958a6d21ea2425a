"""Counting texts: encodings, units and parts, and the plain spelling that keeps them short."""

# ruff: noqa: RUF001 - look-alike signs are what is tested

from __future__ import annotations

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.messaging.words.segments import BASIC, EXTENSION, hints, segment, tidy

VECTORS = [
    pytest.param("a" * 160, "gsm7", 160, (160,), id="160 plain letters are one part"),
    pytest.param("a" * 161, "gsm7", 161, (153, 8), id="161 plain letters are two"),
    pytest.param("a" * 306, "gsm7", 306, (153, 153), id="306 letters fill two parts"),
    pytest.param("a" * 307, "gsm7", 307, (153, 153, 1), id="307 letters need a third"),
    pytest.param("€" * 80, "gsm7", 160, (160,), id="80 euro signs are one part"),
    pytest.param("€" * 81, "gsm7", 162, (152, 10), id="an escape pair is never split"),
    pytest.param("a" * 152 + "€" + "a" * 10, "gsm7", 164, (152, 12), id="an escape pair at the edge moves on whole"),
    pytest.param("a" * 158 + "€", "gsm7", 160, (160,), id="a euro sign may end a single part"),
    pytest.param("a" * 159 + "€", "gsm7", 161, (153, 8), id="a euro sign may tip it over"),
    pytest.param("^{}[]~|\\", "gsm7", 16, (16,), id="the eight extension signs count twice"),
    pytest.param("a\r\nb", "gsm7", 4, (4,), id="a line break is two"),
    pytest.param("\f", "gsm7", 2, (2,), id="a form feed is an escape pair"),
    pytest.param("\t", "ucs2", 1, (1,), id="a tab is not in the alphabet"),
    pytest.param("ç", "ucs2", 1, (1,), id="a small c with cedilla is not in the alphabet"),
    pytest.param("Ç", "gsm7", 1, (1,), id="a capital C with cedilla is"),
    pytest.param("éñÑü¿¡àèìòùäöåøæß", "gsm7", 17, (17,), id="the accents of the alphabet"),
    pytest.param("sí", "ucs2", 2, (2,), id="an accented i is not in the alphabet"),
    pytest.param("Mañana a las 9", "gsm7", 14, (14,), id="Spanish that fits"),
    pytest.param("e\u0301", "ucs2", 2, (2,), id="a separate accent"),
    pytest.param("😀" * 35, "ucs2", 70, (70,), id="35 emoji are one part"),
    pytest.param("😀" * 36, "ucs2", 72, (66, 6), id="a surrogate pair is never split"),
    pytest.param("x" * 66 + "😀" + "x" * 10, "ucs2", 78, (66, 12), id="a surrogate pair at the edge moves on whole"),
    pytest.param("ú" * 70, "ucs2", 70, (70,), id="70 wide letters are one part"),
    pytest.param("ú" * 71, "ucs2", 71, (67, 4), id="71 wide letters are two"),
    pytest.param("ú" * 134, "ucs2", 134, (67, 67), id="134 wide letters fill two parts"),
    pytest.param("ú" * 135, "ucs2", 135, (67, 67, 1), id="135 wide letters need a third"),
    pytest.param("👨‍👩‍👧", "ucs2", 8, (8,), id="a family"),
    pytest.param("🇺🇸", "ucs2", 4, (4,), id="a flag"),
    pytest.param("1️⃣", "ucs2", 3, (3,), id="a keycap"),
    pytest.param("x" * 64 + "👨‍👩‍👧", "ucs2", 72, (64, 8), id="a family at the edge stays together"),
    pytest.param("", "gsm7", 0, (0,), id="nothing is one empty part"),
    pytest.param("ΔΦΓΛΩΠΨΣΘΞ", "gsm7", 10, (10,), id="the Greek capitals of the alphabet"),
]


class TestATextIsCounted:
    """As the carriers count it."""

    @pytest.mark.parametrize(("text", "encoding", "units", "sizes"), VECTORS)
    def test_exactly(self, text: str, encoding: str, units: int, sizes: tuple[int, ...]) -> None:
        """Every published case comes out with its encoding, units and parts."""
        assert segment(text) == (encoding, units, sizes)

    @pytest.mark.parametrize("sign", list("’“”–—…\u00a0`áíóúÁÍÓÚ"))
    def test_as_wide_for_signs_outside_the_alphabet(self, sign: str) -> None:
        """One sign outside the alphabet makes the whole text wide."""
        assert segment("cita" + sign).encoding == "ucs2"

    @given(st.text())
    def test_without_losing_a_unit(self, text: str) -> None:
        """The parts add up to the whole and none is larger than a part may be."""
        counted = segment(text)
        single, part = (160, 153) if counted.encoding == "gsm7" else (70, 67)
        assert sum(counted.sizes) == counted.units
        assert max(counted.sizes) <= (single if counted.parts == 1 else part)
        assert (counted.parts == 1) == (counted.units <= single)

    @given(st.text(alphabet=BASIC + EXTENSION))
    def test_like_another_implementation(self, text: str) -> None:
        """For the GSM alphabet the septets are those of an independent encoder."""
        counted = segment(text)
        assert (counted.encoding, counted.units) == ("gsm7", len(text.encode("gsm03.38")))

    def test_with_the_other_implementation_registered(self) -> None:
        """The independent encoder is really there."""
        assert gsm0338.Codec is not None


class TestAPlainSpelling:
    """Keeps texts short and honest."""

    def test_replaces_what_word_processors_leave(self) -> None:
        """Curly quotes, dashes, dots, special spaces and tabs become their plain signs."""
        assert tidy("“It’s here” – now…\u00a0\there`s") == "\"It's here\" - now...  here's"

    def test_composes_accents(self) -> None:
        """A letter and a separate accent become one letter, which fits the alphabet."""
        assert segment(tidy("cafe\u0301")).encoding == "gsm7"

    def test_drops_what_cannot_be_seen(self) -> None:
        """Zero-width signs, direction marks and controls are gone."""
        assert tidy("S\u200bT\u202eO\u2066P\x00\ufeff\x7f") == "STOP"

    def test_keeps_the_spelling_of_words(self) -> None:
        """Accents are spelling: nobody's language is rewritten to save a part."""
        assert tidy("¿Cuándo está lista la niña?") == "¿Cuándo está lista la niña?"

    @given(st.text())
    def test_is_settled_after_one_pass(self, text: str) -> None:
        """Doing it twice changes nothing more."""
        assert tidy(tidy(text)) == tidy(text)

    def test_names_what_makes_a_text_wide(self) -> None:
        """A writer is shown each sign that makes the text wide, and a plain one where there is one."""
        assert [tuple(hint) for hint in hints("Más – ok")] == [(1, "á", ""), (4, "–", "-")]
