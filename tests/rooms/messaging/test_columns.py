"""Whole columns arrive in the database as the values they were."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from harborline.messaging import columns
from harborline.messaging.models import Sender
from harborline.walls import ALL_COUNTIES, Actor, acting

pytestmark = pytest.mark.usefixtures("db")
MOMENT = datetime(2026, 11, 23, 14, 0, 5, 123456, tzinfo=UTC)


def arrived(kind: str, column: columns.Column) -> list[object]:
    """What the server makes of a column, value by value."""
    context = acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test")
    with context, columns.hot_cursor() as cursor:
        cursor.execute(
            f"SELECT v FROM unnest(%b::{kind}[]) WITH ORDINALITY AS t(v, n) ORDER BY n", [column], binary=True
        )
        return [row[0] for row in cursor]


def twice() -> None:
    """Keep a sender, and the same row once more, without reading an answer."""
    same = {"program": "nc-css", "number": "+19195550100", "carrier": "simulated", "segments_per_s": 1}
    context = acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test")
    with context, columns.hot_cursor(pipelined=True) as cursor:
        one = Sender.objects.create(key="twice", **same)
        cursor.execute("INSERT INTO messaging_sender SELECT * FROM messaging_sender WHERE id = %b", [one.id])
        cursor.execute("SELECT 1")


class TestColumns:
    """Each type, with nothing, with NULL, and with what is hard."""

    def test_ids_come_back_as_their_bytes(self) -> None:
        """Given as UUIDs or as bytes, or missing."""
        one, other = uuid.uuid4(), uuid.uuid4()
        assert arrived("uuid", columns.ids([one, other.bytes])) == [one.bytes, other.bytes]
        assert arrived("uuid", columns.ids([one, None])) == [one.bytes, None]
        assert arrived("uuid", columns.ids([])) == []

    def test_words_numbers_and_moments(self) -> None:
        """Nothing is lost or rounded."""
        assert arrived("text", columns.texts(["", "ñandú", 'a,"b"\\{}'])) == ["", "ñandú", 'a,"b"\\{}']
        assert arrived("text", columns.unique_texts(["P-1", "P-2"])) == ["P-1", "P-2"]
        assert arrived("bytea", columns.byteas([b"", b"\x00\xff", None])) == [b"", b"\x00\xff", None]
        assert arrived("int", columns.integers([0, -1, 2**31 - 1, None])) == [0, -1, 2**31 - 1, None]
        assert arrived("smallint", columns.smalls([0, -5, 32767])) == [0, -5, 32767]
        early = datetime(1999, 12, 31, 23, 59, 59, 1, tzinfo=UTC)
        assert arrived("timestamptz", columns.moments([MOMENT, early, None])) == [MOMENT, early, None]

    def test_ids_made_in_bulk_sort_by_time(self) -> None:
        """Version 7, all different, later ones not before earlier ones."""
        made = [uuid.UUID(bytes=each) for each in columns.raw_ids(1000)]
        assert {each.version for each in made} == {7}
        assert len(set(made)) == len(made)
        assert columns.raw_ids(1)[0][:6] >= made[0].bytes[:6]
        assert columns.spelled(made[0].bytes) == columns.spelled(made[0]) == str(made[0])


class TestAPipeline:
    """The server is waited for only where an answer is read."""

    def test_answers_each_question_as_without_one(self) -> None:
        """Also those of Django, which stand between."""
        context = acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test")
        with context, columns.hot_cursor(pipelined=True) as cursor:
            cursor.execute("SELECT %b::int", [1])
            assert not Sender.objects.filter(key="nobody").exists()
            assert cursor.fetchone() == (1,)

    def test_tells_what_failed_before_it_ends(self) -> None:
        """As Django's own error, so that whoever tries again knows it, and nothing of it stays."""
        with pytest.raises(IntegrityError):
            twice()
        with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
            assert not Sender.objects.filter(key="twice").exists()
