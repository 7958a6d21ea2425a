"""The simulated network: texts on handsets, receipts a moment later, answers through the front door."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Sequence

import pytest

from harborline.adapters.simulator.carrier import SimulatedCarrier
from harborline.adapters.simulator.models import HandsetText
from harborline.adapters.simulator.ports import InboundSink
from harborline.adapters.simulator.selectors import conversation, handsets
from harborline.adapters.simulator.services import reply
from harborline.kernel import Invalid, NotFound, ports
from harborline.kernel.ids import new_ids
from harborline.messaging.facts import InboundText, ReceiptEvent
from harborline.messaging.ports import OutgoingText
from harborline.walls import ALL_COUNTIES, Actor, acting

ANA, GONE, SLOW = "+19195550101", "+19195550199", "+19195550197"


class Sink:
    """Keeps receipts; refuses the first `refusals` times."""

    def __init__(self, refusals: int = 0) -> None:
        self.refusals = refusals
        self.told: list[ReceiptEvent] = []

    def __call__(self, program: str, carrier: str, events: Sequence[ReceiptEvent]) -> None:
        """Take them."""
        assert (program, carrier) == ("nc-css", "simulator")
        if self.refusals:
            self.refusals -= 1
            raise RuntimeError("the database is away")
        self.told += events


def carrier(sink: Sink) -> SimulatedCarrier:
    """The network of the program's sender."""
    return SimulatedCarrier(program="nc-css", sender="nc-main", receipts=sink)


def send(network: SimulatedCarrier, *numbers: str, wait_s: float = 0.0) -> list[uuid.UUID]:
    """Hand one text to each number over; answers the attempts."""
    named = zip(new_ids(len(numbers)), numbers, strict=True)
    texts = [OutgoingText(attempt, to, f"Hello {to}", 60, "") for attempt, to in named]

    async def whole() -> None:
        await network.open()
        await network.hand_over(texts)
        await asyncio.sleep(wait_s)
        await network.close()

    asyncio.run(whole())
    return [text.attempt_id for text in texts]


@pytest.mark.usefixtures("committed")
class TestTheSimulatedNetwork:
    """What a demonstration shows."""

    def test_tells_what_became_of_each_text(self) -> None:
        """One delivered, one to a phone that is gone."""
        sink = Sink()
        reached, missed = send(carrier(sink), ANA, GONE)
        assert {(event.attempt_id, event.receipt, event.code) for event in sink.told} == {
            (reached, "delivered", ""),
            (missed, "failed", "30003"),
        }

    def test_still_owes_what_was_late_when_it_stopped(self) -> None:
        """A receipt that was not due yet is told after the next start, once."""
        first, second, third = Sink(), Sink(), Sink()
        (attempt,) = send(carrier(first), SLOW)
        assert first.told == []

        with acting(Actor("system", "test"), program="nc-css", counties=ALL_COUNTIES, purpose="test"):
            row = HandsetText.objects.get()
            assert row.due_at is not None
            HandsetText.objects.update(due_at=row.at)
        send(carrier(second), wait_s=0.4)
        assert [(event.attempt_id, event.receipt) for event in second.told] == [(attempt, "delivered")]
        send(carrier(third))
        assert third.told == []

    def test_tells_again_what_nobody_took(self) -> None:
        """A receipt is not lost because the product was away for a moment."""
        sink = Sink(refusals=1)
        (attempt,) = send(carrier(sink), ANA, wait_s=1.2)
        assert [event.attempt_id for event in sink.told] == [attempt]

    def test_shows_a_repeated_text_twice(self) -> None:
        """A double is a double: the network hides no mistake of ours."""
        send(carrier(Sink()), ANA)
        send(carrier(Sink()), ANA)
        assert len(conversation("nc-css", ANA)) == 2

    def test_costs_one_statement_for_a_batch(self) -> None:
        """Two thousand texts are on their handsets within a second."""
        began = time.monotonic()
        send(carrier(Sink()), *[ANA] * 2000)
        assert time.monotonic() - began < 5.0


@pytest.mark.usefixtures("committed")
class TestAHandset:
    """The phones page."""

    def test_shows_the_newest_text(self) -> None:
        """With the number of texts, the newest phone first."""
        send(carrier(Sink()), ANA, "+19195550102")
        send(carrier(Sink()), ANA)
        first, second = handsets("nc-css")
        assert (first.number, first.count, second.count) == (ANA, 2, 1)
        assert handsets("nc-css", holding="0102")[0].number == "+19195550102"
        assert handsets("mn-wic") == []

    def test_shows_nothing_that_never_arrived(self) -> None:
        """A phone that is gone shows no text."""
        send(carrier(Sink()), GONE, "+19195550194")
        assert handsets("nc-css") == []
        with pytest.raises(NotFound):
            conversation("nc-css", GONE)

    def test_writes_through_the_front_door(self) -> None:
        """A reply goes the way a carrier brings it, and stands in the conversation."""
        came: list[tuple[str, InboundText]] = []
        serving = ports.serving(InboundSink)
        ports.serve(InboundSink, lambda program, text: came.append((program, text)))
        try:
            send(carrier(Sink()), ANA)
            identifier = reply("nc-css", "nc-main", ANA, "STOP")
        finally:
            ports.serve(InboundSink, serving)
        ((program, text),) = came
        assert (program, text.sender, text.from_number, text.text) == ("nc-css", "nc-main", ANA, "STOP")
        assert text.carrier_ref == f"SIM{identifier.hex}"
        assert [bubble.direction for bubble in conversation("nc-css", ANA)] == ["in", "out"]

    @pytest.mark.parametrize("words", ["", "  ", "x" * 1601])
    def test_refuses_an_empty_or_endless_text(self, words: str) -> None:
        """As a phone would."""
        with pytest.raises(Invalid):
            reply("nc-css", "nc-main", ANA, words)
