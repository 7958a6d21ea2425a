"""A masked value tells the kind of what stands there, and nothing else, whatever page the file is in."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.rules.exchange.offset import LAYOUT, case

from harborline.exchange import layouts
from harborline.exchange.layouts.masking import masked
from harborline.exchange.layouts.pages import CODE_PAGES, from_latin, to_latin

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIGNS = LETTERS + LETTERS.lower() + "0123456789"
PAGES = sorted(CODE_PAGES)

PACKED = """
name = "packed"
version = 1
title = "Packed numbers"
valid_from = 2026-01-01
source = "a test"
code_pages = ["cp037"]
framings = ["none"]

[[record]]
name = "money"
role = "detail"
when = { start = 1, end = 1, is = ["D"] }
fields = [
  { name = "record_type", start = 1, end = 1, kind = "const", values = ["D"], evidence = "verified" },
  { name = "number", start = 2, end = 6, kind = "packed", evidence = "verified" },
  { name = "whole", start = 7, end = 10, kind = "binary", evidence = "verified" },
  { name = "word", start = 11, end = 20, kind = "text", evidence = "verified" },
]
"""


def between(text: str, written: str, read: str) -> bytes:
    """What a reader of the page `read` sees, in Latin-1, of a text in the page `written`."""
    return bytes(to_latin(read)[byte] for byte in from_latin(written)[list(text.encode())])


class TestAMaskedValue:
    """As a finding shows it."""

    @given(text=st.text(SIGNS, min_size=1, max_size=30), written=st.sampled_from(PAGES), read=st.sampled_from(PAGES))
    def test_is_no_picture_of_what_stands_there(self, text: str, written: str, read: str) -> None:
        """In any code page, read as any other: another value of the same kinds looks the same."""
        kinds = {
            **dict.fromkeys(LETTERS, "Q"),
            **dict.fromkeys(LETTERS.lower(), "q"),
            **dict.fromkeys("0123456789", "7"),
        }
        other = "".join(kinds[letter] for letter in text)
        shown = masked(between(text, written, read))
        assert set(shown) <= set("~? Aa9")
        assert shown == masked(between(other, written, read)) or written != read

    def test_shows_how_a_readable_value_is_written(self) -> None:
        """Marks and blanks stay; what is beyond ASCII is one sign, and hides the marks beside it."""
        assert masked(b"O'Neil-123 (x@y)") == "A'Aaaa-999 (a@a)"
        assert masked("Ñandú-12".encode("latin-1")) == "~aaa~?99"
        assert masked(b"A" * 81) == "A" * 80 + "…(+1)"
        assert masked(b".+(&") == "????"

    @pytest.mark.parametrize("page", ["cp037", "cp500"])
    @pytest.mark.parametrize("read", ["ascii", "cp037"])
    def test_of_a_record_in_another_page_hides_number_and_name(self, page: str, read: str) -> None:
        """The commonest fault of a federal file: half of it in the other page."""
        plain = case(ssn="123450001", ncp_last_name="SMITH", ncp_first_name="KPM")
        strange = plain.decode().encode(page)
        file = plain + strange if read == "ascii" else strange + plain
        checked = layouts.check(io.BytesIO(file), LAYOUT, page=read, partial=True)
        shown = {each.masked for each in checked.findings}
        assert checked.bad_records == 1
        assert set("".join(shown)) <= set("~?@ ")


class TestPackedNumbers:
    """They are bytes, not signs."""

    @pytest.mark.parametrize("first", ["D", "?"])
    def test_are_shown_as_their_length(self, tmp_path: Path, first: str) -> None:
        """In a field of their own and in a record of no known type."""
        own = tmp_path / "packed.1.toml"
        own.write_text(PACKED)
        layout = layouts.named(str(own))
        word = "WORD".ljust(10)
        records = [
            first.encode("cp037") + bytes.fromhex(f"{number:09d}e0000000{number % 10}") + word.encode("cp037")
            for number in (123456789, 987650001)
        ]
        checked = layouts.check(io.BytesIO(b"".join(records)), layout, partial=True)
        one, two = (tuple(each.masked for each in checked.findings if each.record == number) for number in (1, 2))
        assert one == two
        assert set(one[0][:80]) == {"~"}
