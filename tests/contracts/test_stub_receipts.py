"""The loopback carrier tells receipts as the real one does: signed, for the attempt we named, in every bad order."""

from __future__ import annotations

import asyncio
import http.server
import threading
import time
import uuid
from collections.abc import Iterator

import pytest
from tests.peers.carrier_stub import CarrierStub

from harborline.adapters.twilio import callbacks
from harborline.adapters.twilio.accounts import TwilioAccount
from harborline.adapters.twilio.carrier import TwilioCarrier
from harborline.adapters.twilio.signature import SIGNATURE_HEADER, verified
from harborline.kernel import clock
from harborline.kernel.ids import new_id
from harborline.messaging.ports import HandOver, OutgoingText

TOKEN = "token-of-the-account"


class Ear(http.server.ThreadingHTTPServer):
    """Listens for callbacks and keeps (path, signature, body)."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str, bytes]] = []
        super().__init__(("127.0.0.1", 0), Listening)

    def wait_for(self, count: int) -> list[tuple[str, str, bytes]]:
        """What was heard once `count` callbacks came, or five seconds passed."""
        until = time.monotonic() + 5
        while len(self.heard) < count and time.monotonic() < until:
            time.sleep(0.01)
        return list(self.heard)


class Listening(http.server.BaseHTTPRequestHandler):
    """One callback."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Keep it and say nothing."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        assert isinstance(self.server, Ear)
        self.server.heard.append((self.path, self.headers[SIGNATURE_HEADER], body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture
def ear() -> Iterator[Ear]:
    """Somebody who listens."""
    with Ear() as listening:
        threading.Thread(target=listening.serve_forever, daemon=True).start()
        yield listening
        listening.shutdown()


def account(stub: CarrierStub, ear: Ear) -> TwilioAccount:
    """A sender whose callbacks come to the ear."""
    return TwilioAccount(
        sender="nc-main",
        program="nc-css",
        account_sid="ACstub",
        origin="+19195550100",
        public_base=f"http://127.0.0.1:{ear.server_address[1]}",
        auth_token=TOKEN,
        callback_key=bytes(32),
        base_url=stub.base_url,
    )


def send_one(here: TwilioAccount) -> tuple[uuid.UUID, HandOver]:
    """One text; the attempt and the answer."""
    text = OutgoingText(new_id(), "+19195550101", f"Hello {uuid.uuid4()}", 60, "")

    async def whole() -> HandOver:
        carrier = TwilioCarrier(here)
        await carrier.open()
        (result,) = await carrier.hand_over([text])
        await carrier.close()
        return result.answer

    return text.attempt_id, asyncio.run(whole())


class TestReceiptsOfTheLoopbackCarrier:
    """What the fault suites rely on."""

    @pytest.mark.parametrize(
        ("manner", "receipts"),
        [
            ("plain", ["sent", "delivered"]),
            ("doubled", ["sent", "sent", "delivered", "delivered"]),
            ("reversed", ["delivered", "sent"]),
            ("early", ["sent", "delivered"]),
            ("failed", ["sent", "failed"]),
        ],
    )
    def test_are_signed_and_name_the_attempt(
        self, stub: CarrierStub, ear: Ear, manner: str, receipts: list[str]
    ) -> None:
        """Each passes the gateway's own checks and says which attempt it means."""
        stub.behave(receipts=manner, token=TOKEN)
        here = account(stub, ear)
        attempt, answer = send_one(here)
        heard = ear.wait_for(len(receipts))
        assert answer is HandOver.ACCEPTED
        told = []
        for path, signature, body in heard:
            form = callbacks.read_form(body)
            url = here.public_base + path
            assert verified(url=url, form=form, signature=signature, settings="", auth_token=TOKEN, shared_keys={})
            token = url.removeprefix(here.callbacks).removesuffix("/")
            told += callbacks.receipts(form, attempt_id=here.attempts.attempt(token), at=clock.now())
        assert {event.attempt_id for event in told} == {attempt}
        assert sorted(event.receipt for event in told) == sorted(receipts)

    def test_can_come_before_the_answer(self, stub: CarrierStub, ear: Ear) -> None:
        """The network is sometimes faster than the carrier's own word."""
        stub.behave(receipts="early", token=TOKEN)
        send_one(account(stub, ear))
        assert len(ear.heard) == 2

    def test_of_a_text_nobody_knows_about_still_come(self, stub: CarrierStub, ear: Ear) -> None:
        """A text whose answer was lost is settled by its receipt."""
        stub.behave(receipts="plain", token=TOKEN, fault="drop-after")
        _, answer = send_one(account(stub, ear))
        assert answer is HandOver.UNKNOWN
        assert len(ear.wait_for(2)) == 2
