"""Texts through a real Kannel and a real SMPP message centre: out, reported, in; each once."""

from __future__ import annotations

import asyncio
import http.server
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from tests.peers.kannel import NUMBER, Kannel, running_kannel

from harborline.adapters.kannel import callbacks
from harborline.adapters.kannel.accounts import KannelAccount
from harborline.adapters.kannel.carrier import KannelCarrier
from harborline.adapters.kannel.service import service_lines
from harborline.kernel import Invalid, clock
from harborline.kernel.ids import new_id
from harborline.messaging.facts import ReceiptEvent
from harborline.messaging.ports import HandOver, HandOverResult, OutgoingText

SMSC = str(Path(__file__).parents[1] / "peers" / "smsc" / "node_modules" / "smpp")
pytestmark = [pytest.mark.peer("/usr/sbin/bearerbox"), pytest.mark.peer(SMSC)]


class Gate(http.server.ThreadingHTTPServer):
    """Stands where the gateway would: keeps what Kannel calls with."""

    def __init__(self) -> None:
        self.called: list[str] = []
        super().__init__(("127.0.0.1", 0), _Calling)

    def wait_for(self, part: str, count: int, *, seconds: float = 15) -> list[str]:
        """The addresses holding `part`, once there are `count`."""
        until = time.monotonic() + seconds
        while time.monotonic() < until and len(self.with_(part)) < count:
            time.sleep(0.02)
        return self.with_(part)

    def with_(self, part: str) -> list[str]:
        """The addresses holding `part`."""
        return [path for path in self.called if part in path]


class _Calling(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Keep the address; Kannel is content with 200 alone."""
        assert isinstance(self.server, Gate)
        self.server.called.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@pytest.fixture(scope="module")
def gate() -> Iterator[Gate]:
    """Where Kannel reports to."""
    server = Gate()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def account_at(base_url: str, gate: Gate, *, ours: bool = True) -> KannelAccount:
    """The sender of these tests."""
    return KannelAccount(
        sender="nc-main",
        program="nc-css",
        origin=NUMBER,
        base_url=base_url,
        public_base=f"http://127.0.0.1:{gate.server_port}",
        username="harborline",
        password="tests-only" if ours else "other",
        callback_key=bytes(range(32)),
    )


@pytest.fixture(scope="module")
def kannel(gate: Gate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kannel]:
    """One gateway with a message centre, configured with the very lines an operator gets."""
    lines = service_lines(account_at("http://127.0.0.1:1", gate))
    service = "group = sms-service" + lines.partition("group = sms-service")[2]
    with running_kannel(tmp_path_factory.mktemp("kannel"), service=service) as running:
        yield running


@pytest.fixture(scope="module")
def account(kannel: Kannel, gate: Gate) -> KannelAccount:
    """Our sender at that gateway."""
    return account_at(kannel.base_url, gate)


def text_to(number: str, words: str, *, expires_in_s: int = 3600) -> OutgoingText:
    """One attempt."""
    return OutgoingText(new_id(), number, words, expires_in_s, "")


def hand_over(account: KannelAccount, texts: Sequence[OutgoingText]) -> list[HandOverResult]:
    """Open, hand over, close."""

    async def whole() -> list[HandOverResult]:
        carrier = KannelCarrier(account)
        await carrier.open()
        try:
            return await carrier.hand_over(texts)
        finally:
            await carrier.close()

    return asyncio.run(whole())


def reported(account: KannelAccount, gate: Gate, attempt: uuid.UUID, count: int) -> list[ReceiptEvent]:
    """What the delivery reports about an attempt say, read as the gateway reads them."""
    token = account.attempts.token(attempt)
    events = []
    for path in gate.wait_for(token, count):
        parts = urlsplit(path)
        assert account.attempts.attempt(parts.path.rstrip("/").rpartition("/")[2]) == attempt
        events += callbacks.receipts(parts.query, attempt_id=attempt, at=clock.now())
    return events


class TestATextThroughKannel:
    """Arrives at the message centre as it was written."""

    @pytest.mark.parametrize(
        ("words", "coding"),
        [
            ("NC Child Support Services: ñ é ü € {x} [y] ~ @ £ _ 50% & more", 0),
            ("Su cita es el próximo miércoles 😀 a las 9:30 a. m.", 8),
            ("line one\nline two", 0),
        ],
    )
    def test_arrives_unchanged_in_the_coding_it_needs(
        self, kannel: Kannel, account: KannelAccount, words: str, coding: int
    ) -> None:
        """Both alphabets, accents, signs and emoji."""
        before = len(kannel.took())
        (result,) = hand_over(account, [text_to("+19195550101", words)])
        assert (result.answer, result.carrier_ref) == (HandOver.ACCEPTED, str(result.attempt_id))
        (taken,) = kannel.wait_for(before + 1)[before:]
        assert (taken["words"], taken["coding"], taken["to"]) == (words, coding, "19195550101")
        assert taken["validity"]

    def test_in_parts_comes_together_again(self, kannel: Kannel, account: KannelAccount) -> None:
        """Kannel cuts it with a header; the parts give the whole text."""
        before = len(kannel.took())
        words = "Mañana a las 9:30 a. m. puede venir sin cita. " * 5
        hand_over(account, [text_to("+19195550102", words.strip())])
        parts = kannel.wait_for(before + 2)[before:]
        assert "".join(part["words"] for part in parts) == words.strip()
        assert all(part["udh"] for part in parts)

    def test_is_handed_over_once_each(self, kannel: Kannel, account: KannelAccount) -> None:
        """Sixty-four at a time: none lost, none doubled."""
        before = len(kannel.took())
        texts = [text_to(f"+191955501{number:02d}", f"text {number}") for number in range(64)]
        results = hand_over(account, texts)
        assert {result.answer for result in results} == {HandOver.ACCEPTED}
        expected = sorted(f"text {number}" for number in range(64))
        taken = sorted(str(one["words"]) for one in kannel.wait_for(before + 64)[before:])
        assert taken == expected

    def test_that_could_not_expire_in_time_waits(self, account: KannelAccount) -> None:
        """Kannel counts minutes: with half a minute left the text is not handed over at all."""
        (result,) = hand_over(account, [text_to("+19195550101", "late", expires_in_s=30)])
        assert (result.answer, result.code) == (HandOver.BUSY, "window-too-short")

    def test_under_a_wrong_password_is_not_taken(self, kannel: Kannel, gate: Gate) -> None:
        """It waits, and the code says that our account is not in order."""
        (result,) = hand_over(account_at(kannel.base_url, gate, ours=False), [text_to("+19195550101", "x")])
        assert (result.answer, result.code) == (HandOver.BUSY, "kannel-account")

    def test_to_nobody_listening_is_surely_not_taken(self, gate: Gate) -> None:
        """No connection: nothing was written."""
        (result,) = hand_over(account_at("http://127.0.0.1:9", gate), [text_to("+19195550101", "x")])
        assert result.answer is HandOver.BUSY


class TestAReport:
    """Says what became of the very attempt its address names."""

    @pytest.mark.parametrize(
        ("ending", "said"),
        [
            ("01", [("sent", ""), ("delivered", "")]),
            ("94", [("sent", ""), ("failed", "UNDELIV")]),
            ("93", [("sent", ""), ("expired", "EXPIRED")]),
            ("97", [("sent", ""), ("delivered", "")]),
            ("98", [("failed", "0x0000000b")]),
        ],
    )
    def test_ends_the_text(
        self, account: KannelAccount, gate: Gate, kannel: Kannel, ending: str, said: list[tuple[str, str]]
    ) -> None:
        """Delivered, undeliverable, expired, throttled first, refused by the message centre."""
        text = text_to(f"+191955501{ending}", "report")
        hand_over(account, [text])
        events = reported(account, gate, text.attempt_id, len(said))
        assert sorted((event.receipt, event.code) for event in events) == sorted(said)

    def test_is_worth_nothing_for_another_attempt(self, account: KannelAccount) -> None:
        """A made-up token is refused before anything is read."""
        token = account.attempts.token(new_id())
        with pytest.raises(Exception, match="no such attempt"):
            account.attempts.attempt(token[:-1] + ("A" if token[-1] != "A" else "B"))


class TestAnInboundText:
    """Comes as the person wrote it."""

    @pytest.mark.parametrize("words", ["STOP", "¿Mañana? 😀 & x=1+1", "PARAR por favor", ""])
    def test_is_read_in_its_own_coding(self, kannel: Kannel, account: KannelAccount, gate: Gate, words: str) -> None:
        """The alphabet of the network, or sixteen bits a sign."""
        place = urlsplit(account.inbound).path
        before = len(gate.with_(place))
        kannel.write_from("+19195550107", words)
        path = gate.wait_for(place, before + 1)[before]
        text = callbacks.inbound(urlsplit(path).query, sender=account.sender, at=clock.now())
        assert (text.text, text.from_number) == (words, "+19195550107")
        assert text.carrier_ref.startswith("kannel:")

    @pytest.mark.parametrize(
        ("query", "field"),
        [("", "from"), ("from=abc&id=1", "from"), ("from=%2B19195550107", "id"), ("x" * 20_000, "query")],
    )
    def test_that_is_not_one_is_refused_by_field(self, query: str, field: str) -> None:
        """Nothing is guessed."""
        with pytest.raises(Invalid) as wrong:
            callbacks.inbound(query, sender="nc-main", at=clock.now())
        assert wrong.value.where == field
