"""One HTTP answer, however the network cuts it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harborline.adapters.twilio.reply import Reply, Unreadable


def framed(body: bytes, *, chunked: bool, cuts: list[int]) -> bytes:
    """An answer with a length, or in chunks."""
    head = b"HTTP/1.1 201 Created\r\nRetry-After: 7\r\n"
    if not chunked:
        return head + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    pieces, place = [], 0
    for cut in [*sorted(cut % (len(body) + 1) for cut in cuts), len(body)]:
        if cut > place:
            pieces.append(b"%x\r\n%b\r\n" % (cut - place, body[place:cut]))
            place = cut
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(pieces) + b"0\r\n\r\n"


class TestAReply:
    """Read piece by piece."""

    @given(
        body=st.binary(max_size=400),
        chunked=st.booleans(),
        cuts=st.lists(st.integers(0, 400), max_size=5),
        steps=st.lists(st.integers(1, 50), min_size=1, max_size=30),
    )
    def test_is_the_same_however_it_is_cut(self, body: bytes, chunked: bool, cuts: list[int], steps: list[int]) -> None:
        """Whole only with its last byte, then exactly what was sent."""
        sent, reply, place = framed(body, chunked=chunked, cuts=cuts), Reply(), 0
        for turn in range(len(sent)):
            step = sent[place : place + steps[turn % len(steps)]]
            place += len(step)
            if reply.feed(step):
                break
        assert place == len(sent)
        assert (reply.status, reply.retry_after, reply.body, reply.keeps_alive) == (201, "7", body, True)

    @given(st.binary(max_size=300))
    def test_is_never_made_of_noise(self, noise: bytes) -> None:
        """Bytes that are no answer are waited for or unreadable, never success."""
        reply = Reply()
        try:
            whole = reply.feed(noise)
        except Unreadable:
            return
        assert not whole or noise.startswith(b"HTTP/1.")

    @pytest.mark.parametrize(
        "sent",
        [
            b"HTTP/1.1 201 Created\r\nContent-Length: -1\r\n\r\n",
            b"HTTP/1.1 201 Created\r\nContent-Length: 2000000\r\n\r\n",
            b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            b"HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n{}",
            b"HTTP/1.1 2x1 Created\r\n\r\n",
            b"HTTP/2 201\r\n\r\n",
            b"HTTP/1.1 201 Created\r\nno colon\r\n\r\n",
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n",
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc",
            b"x" * 40_000,
        ],
    )
    def test_is_refused_when_it_contradicts_itself(self, sent: bytes) -> None:
        """Nothing is guessed from a crooked answer."""
        with pytest.raises(Unreadable):
            Reply().feed(sent)

    def test_ends_with_its_connection_when_it_has_no_length(self) -> None:
        """As old servers do; one with a length does not."""
        open_ended, measured = Reply(), Reply()
        assert not open_ended.feed(b"HTTP/1.0 201 Created\r\n\r\n{}")
        assert open_ended.whole_at_end()
        assert open_ended.body == b"{}"
        assert not measured.feed(b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\n{}")
        assert not measured.whole_at_end()
