"""A carrier that misbehaves: what it surely has, what it surely has not, and what nobody can say."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.peers.carrier_stub import CarrierStub

from harborline.adapters.twilio.accounts import TwilioAccount
from harborline.adapters.twilio.carrier import TwilioCarrier, place_of
from harborline.adapters.twilio.proxied import ProxiedWire
from harborline.adapters.twilio.wire import DirectWire
from harborline.kernel.ids import new_ids
from harborline.messaging.ports import HandOver, HandOverResult, OutgoingText

WIRES = {"direct": DirectWire, "aiohttp": ProxiedWire}


def carrier_at(base_url: str, wire: str, *, answer_timeout_s: float = 5.0) -> TwilioCarrier:
    """The carrier with short patience."""
    account = TwilioAccount(
        sender="nc-main",
        program="nc-css",
        account_sid="ACstub",
        origin="+19195550100",
        public_base="https://texts.nc.example",
        auth_token="token",
        callback_key=bytes(32),
        base_url=base_url,
    )
    return TwilioCarrier(account, wire=WIRES[wire](place_of(account), answer_timeout_s=answer_timeout_s))


def hand_over(carrier: TwilioCarrier, *counts: int) -> list[HandOverResult]:
    """Batches of so many texts, one after the other, over one opening."""

    async def whole() -> list[HandOverResult]:
        await carrier.open()
        try:
            return [result for count in counts for result in await carrier.hand_over(texts(count))]
        finally:
            await carrier.close()

    return asyncio.run(whole())


def texts(count: int) -> list[OutgoingText]:
    """Distinct texts."""
    return [OutgoingText(one, "+19195550101", f"Reminder {one}", 60, "") for one in new_ids(count)]


@pytest.fixture(params=list(WIRES))
def wire(request: pytest.FixtureRequest) -> str:
    """Both lines to the carrier."""
    return str(request.param)


class TestWhenTheCarrierMisbehaves:
    """One text, one request, whatever comes back."""

    @pytest.mark.parametrize(
        ("fault", "meaning", "taken"),
        [
            ("drop-after", (HandOver.UNKNOWN, "connection-lost"), 1),
            ("drop-before", (HandOver.UNKNOWN, "connection-lost"), 0),
            ("500-after", (HandOver.UNKNOWN, "http-500"), 1),
            ("500-before", (HandOver.UNKNOWN, "http-500"), 0),
            ("503", (HandOver.BUSY, "20503"), 0),
            ("429", (HandOver.BUSY, "20429"), 0),
            ("garbage", (HandOver.UNKNOWN, "http-201-unreadable"), 1),
            ("rejected", (HandOver.REJECTED, "21211"), 0),
            ("unauthorised", (HandOver.BUSY, "20003"), 0),
        ],
    )
    def test_nothing_is_believed_too_soon(
        self, stub: CarrierStub, wire: str, fault: str, meaning: tuple[HandOver, str], taken: int
    ) -> None:
        """Only what cannot be out may be tried again; each text was asked for once."""
        before = stub.stats()
        stub.behave(fault=fault)
        (result,) = hand_over(carrier_at(stub.base_url, wire), 1)
        after = stub.stats()
        assert (result.answer, result.code) == meaning
        assert after["requests"] - before["requests"] == 1
        assert after["taken"] - before["taken"] == taken

    def test_a_late_answer_leaves_the_text_unknown(self, stub: CarrierStub, wire: str) -> None:
        """The carrier took it and answers after our patience: unknown, and asked for once."""
        before = stub.stats()["taken"]
        stub.behave(fault="late", late_s=2.0)
        (result,) = hand_over(carrier_at(stub.base_url, wire, answer_timeout_s=0.3), 1)
        assert (result.answer, result.code) == (HandOver.UNKNOWN, "answer-timeout")
        assert stub.stats()["taken"] - before == 1

    def test_a_busy_carrier_says_how_long(self, stub: CarrierStub, wire: str) -> None:
        """Its own pause is kept."""
        stub.behave(fault="429")
        (result,) = hand_over(carrier_at(stub.base_url, wire), 1)
        assert result.retry_after_s == 1.0

    def test_every_third_text_lost_harms_no_other(self, stub: CarrierStub, wire: str) -> None:
        """Sixty texts over dying connections: each asked for exactly once, forty accepted, twenty unknown."""
        before = stub.stats()
        stub.behave(fault="drop-after", every=3)
        results = hand_over(carrier_at(stub.base_url, wire), 20, 20, 20)
        after = stub.stats()
        assert after["requests"] - before["requests"] == 60
        assert after["distinct"] - before["distinct"] == 60
        unknown = [result for result in results if result.answer is HandOver.UNKNOWN]
        accepted = [result for result in results if result.answer is HandOver.ACCEPTED]
        assert len(unknown) + len(accepted) == 60
        assert len(unknown) == after["requests"] // 3 - before["requests"] // 3

    def test_a_carrier_that_is_not_there_was_given_nothing(self, wire: str) -> None:
        """A refused connection is busy, not unknown: the text is surely still here."""
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
        (result,) = hand_over(carrier_at(f"http://127.0.0.1:{port}", wire), 1)
        assert (result.answer, result.code) == (HandOver.BUSY, "connect-failed")
        assert result.retry_after_s is not None

    @pytest.mark.parametrize(
        "answer",
        [
            b"",
            b"HTTP/1.1 201 Created\r\nContent-Length: 100\r\n\r\n{",
            b"SSH-2.0-nothing like it\r\n\r\n",
            b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
            b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            b"HTTP/1.1 301 Moved\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n",
        ],
    )
    def test_half_an_answer_is_no_answer(self, wire: str, answer: bytes) -> None:
        """Cut, garbled, contradicting or redirecting: unknown."""
        with server_that_answers(answer) as port:
            (result,) = hand_over(carrier_at(f"http://127.0.0.1:{port}", wire, answer_timeout_s=1.0), 1)
        assert result.answer is HandOver.UNKNOWN

    @pytest.mark.parametrize(
        "answer",
        [
            b'HTTP/1.1 201 Created\r\nContent-Length: 14\r\n\r\n{"sid":"SM01"}',
            b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"sid\r\n9\r\n":"SM01"}\r\n0\r\n\r\n',
            b'HTTP/1.0 201 Created\r\n\r\n{"sid":"SM01"}',
            b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 14\r\n\r\n{"sid":"SM01"}',
        ],
    )
    def test_a_whole_answer_counts_however_it_is_framed(self, wire: str, answer: bytes) -> None:
        """Length, chunks, the end of the connection, a word in between."""
        with server_that_answers(answer) as port:
            (result,) = hand_over(carrier_at(f"http://127.0.0.1:{port}", wire), 1)
        assert (result.answer, result.carrier_ref) == (HandOver.ACCEPTED, "SM01")


@contextmanager
def server_that_answers(answer: bytes) -> Iterator[int]:
    """A server that reads one request, writes these bytes and closes."""

    def one() -> None:
        connection, _ = server.accept()
        with connection:
            asked = b""
            while b"ValidityPeriod=" not in asked:
                asked += connection.recv(65536)
            connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=one, daemon=True)
        thread.start()
        yield server.getsockname()[1]
        thread.join(5)
