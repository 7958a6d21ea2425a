"""What a carrier's answer means, and that a doubt stays a doubt."""

from __future__ import annotations

import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.adapters.twilio.answers import read_answer
from harborline.messaging.ports import HandOver

ATTEMPT = uuid.UUID(int=1)


def said(status: int, code: int | None = None, body: bytes | None = None, retry_after: str = "") -> HandOver:
    """The meaning of one answer."""
    content = body if body is not None else json.dumps({"code": code, "status": status}).encode()
    return read_answer(ATTEMPT, status=status, body=content, retry_after=retry_after).answer


class TestAnAnswer:
    """Accepted, rejected, busy or unknown."""

    @pytest.mark.parametrize(
        ("status", "code", "meaning"),
        [
            (400, 21211, HandOver.REJECTED),
            (400, 21610, HandOver.REJECTED),
            (400, 21614, HandOver.REJECTED),
            (400, 21635, HandOver.REJECTED),
            (400, 21408, HandOver.REJECTED),
            (400, 21611, HandOver.BUSY),
            (429, 20429, HandOver.BUSY),
            (429, None, HandOver.BUSY),
            (503, 20503, HandOver.BUSY),
            (503, None, HandOver.UNKNOWN),
            (401, 20003, HandOver.BUSY),
            (401, None, HandOver.BUSY),
            (404, 20404, HandOver.BUSY),
            (404, None, HandOver.UNKNOWN),
            (408, None, HandOver.UNKNOWN),
            (500, 20500, HandOver.UNKNOWN),
            (502, None, HandOver.UNKNOWN),
            (302, None, HandOver.UNKNOWN),
        ],
    )
    def test_has_one_meaning(self, status: int, code: int | None, meaning: HandOver) -> None:
        """The table of codes, line by line."""
        assert said(status, code) is meaning

    def test_of_an_opted_out_number_says_so(self) -> None:
        """21610 alone claims that the person stopped."""
        for code in (21211, 21610, 21614):
            result = read_answer(ATTEMPT, status=400, body=json.dumps({"code": code}).encode(), retry_after="")
            assert result.opted_out is (code == 21610)

    @given(st.integers(200, 299), st.binary(max_size=200))
    def test_of_success_needs_a_reference(self, status: int, body: bytes) -> None:
        """Good news without the carrier's own reference is not believed."""
        result = read_answer(ATTEMPT, status=status, body=body, retry_after="")
        assert result.answer in (HandOver.UNKNOWN, HandOver.ACCEPTED)
        assert (result.answer is HandOver.ACCEPTED) == bool(result.carrier_ref)

    @given(st.integers(100, 599), st.binary(max_size=60), st.text(max_size=12))
    def test_never_breaks_the_reader(self, status: int, body: bytes, retry_after: str) -> None:
        """Any status, any bytes, any header; waiting stays within an hour."""
        result = read_answer(ATTEMPT, status=status, body=body, retry_after=retry_after)
        assert result.attempt_id == ATTEMPT
        assert result.retry_after_s is None or 0 <= result.retry_after_s <= 3600

    @given(st.integers(500, 599), st.binary(max_size=60))
    def test_of_a_broken_carrier_is_never_a_rejection(self, status: int, body: bytes) -> None:
        """What may be out is not written off."""
        assert said(status, body=body) is not HandOver.REJECTED

    @pytest.mark.parametrize("body", [b"[" * 100_000, b'{"code":true}', b'{"code":-1}', b'{"code":"21610"}', b"null"])
    def test_with_a_strange_code_stays_open(self, body: bytes) -> None:
        """Only a number is a code."""
        assert said(400, body=body) is HandOver.UNKNOWN
