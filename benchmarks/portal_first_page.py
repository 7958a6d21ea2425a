"""The portal's first page measured: its bytes with all assets, and when it can be used over a slow phone connection.

    python benchmarks/portal_first_page.py [--rounds 5] [--json FILE]

Bytes: what the first page and everything it loads weigh, as the server sends them and as gzip leaves them, beside the
limit of 100 kB. Time: Chromium with an empty cache at 1.6 Mbit/s and 150 ms for each round trip (its own emulation),
from the click to the page being drawn and its form ready (`DOMContentLoaded`, deferred scripts included), beside the
limit of 1.5 s. The pages come from granian, as in production, out of an empty embedded installation.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import socket
import statistics
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = "/usr/bin/chromium"
LIMIT_BYTES, LIMIT_S = 100_000, 1.5
DOWN_BYTES_S, ROUND_TRIP_MS = 1_600_000 / 8, 150
PAGE = "/portal/nc-css/"
_READY = """() => {
  const [page] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-contentful-paint")[0];
  return Math.max(page.domContentLoadedEventEnd, paint ? paint.startTime : 0);
}"""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="harborline-bench-") as home:
        os.environ["HARBORLINE_HOME"] = home
        found = measured(asked.rounds)
    print(f"{PAGE}: {found['requests']} requests, {found['plain']:,} bytes, {found['gzip']:,} with gzip"
          f" (limit {LIMIT_BYTES:,}); sent by this server: {found['sent']:,}")  # fmt: skip
    print(f"usable after {found['ready_s']:.2f} s in the middle of {asked.rounds}, {found['worst_s']:.2f} s at worst"
          f" (limit {LIMIT_S} s) at 1.6 Mbit/s and {ROUND_TRIP_MS} ms")  # fmt: skip
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    if found["gzip"] > LIMIT_BYTES or found["ready_s"] > LIMIT_S:
        sys.exit("beyond the limit")


def measured(rounds: int) -> dict[str, Any]:
    """Serve an empty installation and look at its first page."""
    from harborline.project.start import prepare

    prepare()
    from harborline.project import embedded
    from harborline.project.migrations import migrate
    from harborline.project.serving import end_web, wait_for_web, web

    with embedded.running():
        migrate()
        port = _free_port()
        child = web("127.0.0.1", port)
        try:
            wait_for_web(child, "127.0.0.1", port)
            return looked_at(f"http://127.0.0.1:{port}{PAGE}", rounds)
        finally:
            with suppress(ProcessLookupError):
                end_web(child)


def looked_at(address: str, rounds: int) -> dict[str, Any]:
    """The figures of one page."""
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        bodies: dict[str, bytes] = {}
        times = []
        sent = 0
        for place in range(rounds + 1):
            window = browser.new_context(viewport={"width": 390, "height": 844})
            page = window.new_page()
            session = window.new_cdp_session(page)
            session.send("Network.enable")
            weighed: list[float] = []
            session.on(
                "Network.loadingFinished", lambda told, into=weighed: into.append(int(told["encodedDataLength"]))
            )
            if place:
                session.send(
                    "Network.emulateNetworkConditions",
                    {"offline": False, "latency": ROUND_TRIP_MS, "downloadThroughput": DOWN_BYTES_S,
                     "uploadThroughput": DOWN_BYTES_S / 2},
                )  # fmt: skip
                page.goto(address, wait_until="load")
                times.append(float(page.evaluate(_READY)) / 1000)
                sent = int(sum(weighed))
            else:  # once without the emulation: the bytes, and the server warm
                page.on("requestfinished", lambda done: bodies.update({done.url: _body(done)}))
                page.goto(address, wait_until="networkidle")
            window.close()
        browser.close()
    return {
        "requests": len(bodies),
        "plain": sum(map(len, bodies.values())),
        "gzip": sum(len(gzip.compress(body, 6)) for body in bodies.values()),
        "sent": sent,
        "ready_s": statistics.median(times),
        "worst_s": max(times),
    }


def _body(request: Any) -> bytes:  # noqa: ANN401 - the browser's own
    answer = request.response()
    return bytes(answer.body()) if answer is not None else b""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    main()
