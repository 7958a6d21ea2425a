"""What a believed webhook says."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.adapters.twilio import callbacks
from harborline.kernel import Invalid
from harborline.messaging.ports import Receipt

AT = datetime(2026, 11, 21, 14, 5, tzinfo=UTC)
ATTEMPT = uuid.UUID(int=5)
TEXT = {"MessageSid": "SM1", "From": "+19195550101", "To": "+19195550100", "Body": "STOP"}


def told(**form: str) -> list[tuple[str, str, str]]:
    """The receipts of one status callback."""
    read = callbacks.read_form(urlencode(form).encode())
    events = callbacks.receipts(read, attempt_id=ATTEMPT, at=AT)
    assert all(event.attempt_id == ATTEMPT and event.at == AT for event in events)
    return [(event.receipt, event.code, event.carrier_ref) for event in events]


class TestAStatusCallback:
    """One status, at most one receipt."""

    @pytest.mark.parametrize(
        ("status", "receipt"),
        [
            ("sent", Receipt.SENT),
            ("delivered", Receipt.DELIVERED),
            ("read", Receipt.DELIVERED),
            ("undelivered", Receipt.FAILED),
            ("failed", Receipt.FAILED),
            ("canceled", Receipt.FAILED),
        ],
    )
    def test_tells_what_became_of_the_text(self, status: str, receipt: Receipt) -> None:
        """In the product's own words."""
        assert told(MessageSid="SM1", MessageStatus=status) == [(receipt.value, "", "SM1")]

    @pytest.mark.parametrize("status", ["queued", "accepted", "sending", "scheduled", "receiving", "", "something-new"])
    def test_without_news_is_let_be(self, status: str) -> None:
        """Statuses on the way, and ones the carrier may yet invent."""
        assert told(MessageSid="SM1", MessageStatus=status) == []

    def test_of_a_closed_window_says_expired(self) -> None:
        """The text's time was over before the phone was on."""
        assert told(MessageSid="SM1", MessageStatus="failed", ErrorCode="30036") == [("expired", "30036", "SM1")]
        assert told(MessageSid="SM1", MessageStatus="failed", ErrorCode="30003") == [("failed", "30003", "SM1")]


class TestAnInboundText:
    """What a person wrote."""

    @given(st.text(st.characters(codec="utf-8"), max_size=400))
    def test_is_kept_as_written(self, words: str) -> None:
        """Any script; only the zero byte, which the database cannot hold, is left out."""
        form = callbacks.read_form(urlencode({**TEXT, "Body": words}).encode())
        text = callbacks.inbound(form, sender="nc-main", at=AT)
        assert (text.text, text.from_number, text.carrier_ref) == (words.replace("\x00", ""), "+19195550101", "SM1")

    @pytest.mark.parametrize(
        "changed", [{"MessageSid": ""}, {"From": ""}, {"From": "whatsapp:+1919"}, {"From": "x" * 40}]
    )
    def test_without_a_number_or_a_reference_is_refused(self, changed: dict[str, str]) -> None:
        """It could not be answered, or not be told apart from its own echo."""
        form = callbacks.read_form(urlencode({**TEXT, **changed}).encode())
        with pytest.raises(Invalid):
            callbacks.inbound(form, sender="nc-main", at=AT)

    @pytest.mark.parametrize(
        ("given_count", "count"), [("2", 2), ("", 0), ("-1", 0), ("many", 0), ("1e9", 0), ("²", 0)]
    )
    def test_counts_its_pictures_and_fetches_none(self, given_count: str, count: int) -> None:
        """A picture sent by mistake stays with the carrier."""
        form = callbacks.read_form(
            urlencode({**TEXT, "NumMedia": given_count, "MediaUrl0": "https://x.example/"}).encode()
        )
        assert callbacks.inbound(form, sender="nc-main", at=AT).media_count == count


class TestAPostedForm:
    """Bytes from outside."""

    @given(st.binary(max_size=300))
    def test_is_read_or_refused_and_nothing_else(self, body: bytes) -> None:
        """Any bytes."""
        try:
            form = callbacks.read_form(body)
        except Invalid:
            return
        assert all(isinstance(value, str) for values in form.values() for value in values)

    @pytest.mark.parametrize(
        "body", [b"a=" + b"x" * 70_000, b"&".join(b"a%d=1" % n for n in range(300)), b"a=%ff", b"\xff=1"]
    )
    def test_has_bounds(self, body: bytes) -> None:
        """Size, number of fields, UTF-8."""
        with pytest.raises(Invalid):
            callbacks.read_form(body)
