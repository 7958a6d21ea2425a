"""What one hand-over costs the client: TwilioCarrier against the stub, both wires, microseconds of CPU per text.

`python benchmarks/carrier.py [--texts 20000]`; the stub runs as its own process and its CPU is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from harborline.adapters.twilio.accounts import TwilioAccount
from harborline.adapters.twilio.carrier import TwilioCarrier, place_of
from harborline.adapters.twilio.forms import Forms
from harborline.adapters.twilio.proxied import ProxiedWire
from harborline.adapters.twilio.wire import DirectWire, Place, Wire
from harborline.kernel.ids import new_ids
from harborline.messaging.ports import HandOver, OutgoingText

STUB = Path(__file__).with_name("carrier_stub.py")
BATCH = 64
WORDS = "Wake County Child Support: you have an appointment on May 5 at 10:00 AM, number {}. Reply STOP to stop."


def account(port: int) -> TwilioAccount:
    """An account at the stub."""
    return TwilioAccount(
        sender="bench",
        program="nc-css",
        account_sid="ACstub",
        origin="+19195550100",
        public_base="https://texts.nc.example",
        auth_token="not-a-secret",  # noqa: S106 - the stub asks for none
        callback_key=bytes(32),
        base_url=f"http://127.0.0.1:{port}",
    )


def texts(count: int) -> list[OutgoingText]:
    """Distinct texts to fictional numbers."""
    return [
        OutgoingText(identifier, f"+1919555{100 + number % 100:04d}", WORDS.format(number), 3600, "")
        for number, identifier in enumerate(new_ids(count))
    ]


async def hand_over_all(carrier: TwilioCarrier, outgoing: list[OutgoingText]) -> int:
    """Hand over in batches; answers how many were accepted."""
    accepted = 0
    await carrier.open()
    for start in range(0, len(outgoing), BATCH):
        results = await carrier.hand_over(outgoing[start : start + BATCH])
        accepted += sum(result.answer is HandOver.ACCEPTED for result in results)
    await carrier.close()
    return accepted


def measure(port: int, count: int, wire: Callable[[Place], Wire]) -> dict[str, float | str]:
    """One round over a fresh carrier, after a warm-up."""
    outgoing, here = texts(count), account(port)
    asyncio.run(hand_over_all(TwilioCarrier(here, wire=wire(place_of(here))), texts(500)))
    carrier = TwilioCarrier(here, wire=wire(place_of(here)))
    cpu_s, wall_s = time.process_time(), time.perf_counter()
    accepted = asyncio.run(hand_over_all(carrier, outgoing))
    cpu_s, wall_s = time.process_time() - cpu_s, time.perf_counter() - wall_s
    assert accepted == count, f"{accepted} of {count} accepted"
    return {"cpu_us_per_text": round(cpu_s / count * 1e6, 1), "texts_per_s": round(count / wall_s)}


def form_cost(count: int) -> float:
    """Microseconds of CPU to write one form."""
    forms, outgoing = Forms(account(1)), texts(count)
    cpu_s = time.process_time()
    for text in outgoing:
        forms.form(text)
    return round((time.process_time() - cpu_s) / count * 1e6, 1)


def main() -> int:
    """Run the stub, measure, print JSON lines."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=20_000)
    count = parser.parse_args().texts
    stub = subprocess.Popen([sys.executable, str(STUB)], stdout=subprocess.PIPE, text=True)
    assert stub.stdout is not None
    port = json.loads(stub.stdout.readline())["port"]
    print(json.dumps({"what": "form", "cpu_us_per_text": form_cost(count)}))
    for name, wire in (("direct", DirectWire), ("proxied (aiohttp)", ProxiedWire)):
        print(json.dumps({"what": name, **measure(port, count, wire)}))
    stub.terminate()
    stats = json.loads(stub.stdout.readline())
    print(json.dumps({"what": "stub", "cpu_us_per_text": round(stats["cpu_s"] / stats["taken"] * 1e6, 1), **stats}))
    return 0 if stats["doubled"] <= stats["taken"] - 2 * count else 1


if __name__ == "__main__":
    sys.exit(main())
