"""Every carrier keeps the same promises: the one in memory, the simulated network, and the one over HTTP."""

from __future__ import annotations

import asyncio
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pytest
from tests.peers.carrier_stub import CarrierStub

from harborline.adapters.memory import MemoryCarrier
from harborline.adapters.simulator.carrier import SimulatedCarrier
from harborline.adapters.simulator.models import HandsetText
from harborline.adapters.twilio.accounts import TwilioAccount
from harborline.adapters.twilio.carrier import TwilioCarrier, place_of
from harborline.adapters.twilio.proxied import ProxiedWire
from harborline.adapters.twilio.wire import DirectWire
from harborline.kernel.ids import new_ids
from harborline.messaging.ports import Carrier, HandOver, HandOverResult, OutgoingText
from harborline.walls import ALL_COUNTIES, Actor, acting

WORDS = (
    "Wake County Child Support: your appointment is on May 5 at 10:00 AM.",
    "Cita: mañana a las 10. ¿Preguntas? Llame al 919-555-0100 & pida ayuda +1 = 50%",
    "emoji 😀 tab\tline\nbreak \u202e right-to-left",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A carrier with a way to see what arrived at the other end."""

    carrier: Carrier
    arrived: Callable[[], Counter[tuple[str, str]]]


def in_memory() -> Line:
    """The carrier that forgets."""
    carrier = MemoryCarrier()
    return Line(carrier, lambda: Counter((text.to, text.text) for text in carrier.taken))


def simulated() -> Line:
    """The simulated network, on the database."""

    def arrived() -> Counter[tuple[str, str]]:
        with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
            return Counter(HandsetText.objects.values_list("number", "text"))

    carrier = SimulatedCarrier(program="nc-css", sender="nc-main", receipts=lambda *_: None)
    return Line(carrier, arrived)


def over_http(stub: CarrierStub, wire: str) -> Line:
    """The Twilio-compatible carrier against the loopback carrier."""
    stub.behave(endings=True)
    before = Counter({(to, words): times for to, words, times in stub.taken()})
    account = TwilioAccount(
        sender="nc-main",
        program="nc-css",
        account_sid="ACstub",
        origin="+19195550100",
        public_base="https://texts.nc.example",
        auth_token="token",
        callback_key=bytes(32),
        base_url=stub.base_url,
    )
    place = place_of(account)
    carrier = TwilioCarrier(account, wire=DirectWire(place) if wire == "direct" else ProxiedWire(place))
    return Line(carrier, lambda: Counter({(to, words): times for to, words, times in stub.taken()}) - before)


@pytest.fixture(params=["memory", "simulator", "twilio-direct", "twilio-aiohttp"])
def line(request: pytest.FixtureRequest) -> Line:
    """Each carrier in turn."""
    if request.param == "memory":
        return in_memory()
    if request.param == "simulator":
        request.getfixturevalue("committed")
        return simulated()
    return over_http(request.getfixturevalue("stub"), request.param.removeprefix("twilio-"))


def outgoing(numbers: Sequence[str], mark: str = "") -> list[OutgoingText]:
    """One text for each number, its words made distinct."""
    mark = mark or uuid.uuid4().hex[:8]
    return [
        OutgoingText(identifier, to, f"{WORDS[place % len(WORDS)]} [{mark}-{place}]", 3600, "")
        for place, (identifier, to) in enumerate(zip(new_ids(len(numbers)), numbers, strict=True))
    ]


def hand_over(carrier: Carrier, *batches: Sequence[OutgoingText]) -> list[HandOverResult]:
    """Open, hand the batches over one after the other, close."""

    async def whole() -> list[HandOverResult]:
        await carrier.open()
        try:
            return [result for batch in batches for result in await carrier.hand_over(batch)]
        finally:
            await carrier.close()

    return asyncio.run(whole())


class TestACarrier:
    """What the dispatcher relies on."""

    def test_answers_every_text_once(self, line: Line) -> None:
        """Sixty-four texts in, sixty-four answers out, each for its own attempt."""
        texts = outgoing([f"+191955501{number:02d}" for number in range(64)])
        results = hand_over(line.carrier, texts)
        assert sorted(str(result.attempt_id) for result in results) == sorted(str(text.attempt_id) for text in texts)

    def test_brings_each_text_exactly_once_and_unchanged(self, line: Line) -> None:
        """What was written is what arrives, in every script, and never twice."""
        texts = outgoing(["+19195550101", "+19195550102", "+19195550103", "+19195550104"])
        hand_over(line.carrier, texts[:2], texts[2:])
        assert line.arrived() == Counter((text.to, text.text) for text in texts)

    def test_names_each_accepted_text(self, line: Line) -> None:
        """Every accepted text has the carrier's own reference, no two the same."""
        results = hand_over(line.carrier, outgoing(["+19195550101"] * 5))
        assert {result.answer for result in results} == {HandOver.ACCEPTED}
        assert len({result.carrier_ref for result in results}) == 5
        assert all(result.carrier_ref for result in results)

    def test_says_that_a_number_stopped(self, line: Line) -> None:
        """A number the carrier keeps as opted out is refused with that word, so that it can be suppressed here."""
        (result,) = hand_over(line.carrier, outgoing(["+19195550196"]))
        assert (result.answer, result.code, result.opted_out) == (HandOver.REJECTED, "21610", True)
        assert not line.arrived()

    def test_says_that_a_number_takes_no_texts(self, line: Line) -> None:
        """A landline is refused for good, with the carrier's code."""
        (result,) = hand_over(line.carrier, outgoing(["+19195550198"]))
        assert (result.answer, result.code, result.opted_out) == (HandOver.REJECTED, "21614", False)
        assert not line.arrived()

    def test_does_not_guess(self, line: Line) -> None:
        """A text the carrier took without saying so is unknown, and it went out once, not twice."""
        texts = outgoing(["+19195550195"])
        (result,) = hand_over(line.carrier, texts)
        assert (result.answer, result.carrier_ref) == (HandOver.UNKNOWN, "")
        assert line.arrived() == Counter((text.to, text.text) for text in texts)

    def test_keeps_one_bad_number_from_the_others(self, line: Line) -> None:
        """In a mixed batch each text has its own fate."""
        texts = outgoing(["+19195550101", "+19195550198", "+19195550195", "+19195550196", "+19195550102"])
        answers = {result.attempt_id: result.answer for result in hand_over(line.carrier, texts)}
        assert [answers[text.attempt_id].value for text in texts] == [
            "accepted", "rejected", "unknown", "rejected", "accepted",
        ]  # fmt: skip

    def test_is_content_with_nothing(self, line: Line) -> None:
        """An empty batch is no trouble."""
        assert hand_over(line.carrier, []) == []

    def test_can_be_opened_again(self, line: Line) -> None:
        """After a pause the same carrier goes on."""
        hand_over(line.carrier, outgoing(["+19195550101"]))
        (result,) = hand_over(line.carrier, outgoing(["+19195550102"]))
        assert result.answer is HandOver.ACCEPTED
