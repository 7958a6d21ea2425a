"""The files that tell what happened since: as providers write them, and with everything that goes wrong in files."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.kernel import Invalid
from harborline.messaging.words.numbers import e164
from harborline.recovery.facts import BadRecord, Direction
from harborline.recovery.formats import read_provider, read_stops

ANA, BEN = "+19195550101", "+19195550102"
AT = datetime(2026, 11, 21, 14, 5, 9, tzinfo=UTC)


def number(written: str) -> str:
    """As the product reads numbers, fictional ones too."""
    return e164(written, allow_fictional=True)


class TestAListOfStops:
    """Numbers, however they were exported."""

    @pytest.mark.parametrize(
        "content",
        [
            f"{ANA}\n{BEN}\n",
            f"\ufeff{ANA}\r\n\r\n919-555-0102\r\n",
            "(919) 555-0101\n1 919 555 0102",
            f"number\n{ANA}\n{BEN}\n",
            f"Phone Number,Opted out at\n{ANA},2026-11-21\n{BEN},\n",
            f"name,msisdn\nx,{ANA}\ny,{BEN}\nz,{ANA}\n",
            f'{{"number":"{ANA}"}}\n{{"phone":"919 555 0102","why":null}}\n',
            json.dumps([{"to": ANA}, {"To": BEN}]),
        ],
    )
    def test_is_read(self, content: str) -> None:
        """One to a line, CSV, JSON lines, JSON; with a mark at the beginning, with blank lines, twice the same."""
        assert read_stops(content.encode(), number) == ([ANA, BEN], [])

    def test_names_every_row_that_cannot_be_used_and_takes_the_rest(self) -> None:
        """A number that is none, a number that is missing."""
        content = f"number,at\n{ANA},x\n919-555,x\n,x\n{BEN},x\n"
        found, bad = read_stops(content.encode(), number)
        assert found == [ANA, BEN]
        assert [(one.row_no, one.column) for one in bad] == [(3, "number"), (4, "number")]
        assert not any(ANA[2:] in one.problem or "919-555" in one.problem for one in bad)

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "empty"),
            (b" \n ", "empty"),
            ("number\nñ".encode("latin-1"), "UTF-8"),
            (b"name,city\nAna,Raleigh\n", "header"),
            (b'{"number": "x"\n', "JSON"),
            (b'["+19195550101"]', "object"),
            (b"\x00\x01", "header"),
        ],
    )
    def test_that_is_none_is_refused_whole(self, content: bytes, told: str) -> None:
        """With the place and the remedy."""
        with pytest.raises(Invalid, match=told):
            read_stops(content, number)

    @given(st.binary(max_size=300))
    def test_never_ends_in_anything_but_an_answer(self, content: bytes) -> None:
        """Whatever bytes come."""
        try:
            read_stops(content, number)
            read_provider(content, number)
        except Invalid:
            return


class TestAProvidersRecord:
    """Texts out and in."""

    def test_is_read_from_its_table(self) -> None:
        """As a console exports it: words, states, both directions."""
        content = (
            "From,To,Body,Status,SentDate,Direction,Sid\n"
            f'+19195550199,{ANA},"Hello, Ana",delivered,2026-11-21T14:05:09Z,outbound-api,SM1\n'
            f"{BEN},+19195550199,STOP,received,2026-11-21 14:05:09 UTC,inbound,SM2\n"
            f'+19195550199,{BEN},Hello,undelivered,"Sat, 21 Nov 2026 14:05:09 +0000",outbound-api,SM3\n'
        )
        records, bad = read_provider(content.encode(), number)
        assert bad == []
        assert [(one.row_no, one.direction, one.number, one.reference, one.gone) for one in records] == [
            (2, Direction.OUT, ANA, "SM1", True),
            (3, Direction.IN, BEN, "SM2", True),
            (4, Direction.OUT, BEN, "SM3", False),
        ]
        assert {one.at for one in records} == {AT}
        assert [one.words for one in records] == ["Hello, Ana", "STOP", "Hello"]
        assert records[1].ours == "+19195550199"

    def test_is_read_from_json_lines(self) -> None:
        """As an interface answers; words that were not kept are no words, not empty ones."""
        lines = [
            {"sid": "SM1", "to": ANA, "from": "+19195550199", "body": None, "date_sent": "2026-11-21T09:05:09-05:00"},
            {"message-id": "SM2", "to": BEN, "text": "", "timestamp": "2026-11-21T14:05:09+00:00", "status": "sent"},
        ]
        records, bad = read_provider("\n".join(json.dumps(each) for each in lines).encode(), number)
        assert bad == []
        assert [(one.reference, one.words, one.at) for one in records] == [("SM1", None, AT), ("SM2", None, AT)]

    def test_keeps_line_breaks_inside_words(self) -> None:
        """A quoted field may hold them; rows are counted as rows."""
        content = f'to,body,sent_at,id\n{ANA},"one\ntwo",2026-11-21T14:05:09Z,SM1\n{BEN},x,2026-11-21T14:05:09Z,SM2\n'
        records, _ = read_provider(content.encode(), number)
        assert [(one.row_no, one.words) for one in records] == [(2, "one\ntwo"), (3, "x")]

    @pytest.mark.parametrize(
        ("row", "column", "told"),
        [
            ("12,x,2026-11-21T14:05:09Z,SM1", "to", "digits"),
            (f"{ANA},x,yesterday,SM1", "sent_at", "moment"),
            (f"{ANA},x,2026-11-21T14:05:09,SM1", "sent_at", "time zone"),
            (f"{ANA},x,,SM1", "sent_at", "moment"),
            (f"{ANA},x,2026-11-21T14:05:09Z,", "reference", "reference"),
            (f"{ANA},x,2026-11-21T14:05:09Z,{'S' * 81}", "reference", "80"),
        ],
    )
    def test_names_what_is_wrong_with_a_row(self, row: str, column: str, told: str) -> None:
        """Number, moment, zone, reference; never the value itself."""
        records, bad = read_provider(f"to,body,sent_at,id\n{row}\n".encode(), number)
        assert records == []
        assert isinstance(bad[0], BadRecord)
        assert (bad[0].row_no, bad[0].column) == (2, column)
        assert told in bad[0].problem
