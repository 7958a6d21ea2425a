"""Start the loopback carrier as a process of its own and talk to it."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STUB = Path(__file__).parents[2] / "benchmarks" / "carrier_stub.py"


class CarrierStub:
    """A running stub: its address, what it took, its manners."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.base_url = f"http://127.0.0.1:{port}"

    def behave(self, **manners: str | float | bool) -> None:
        """Change its manners (fields of `Behaviour` in benchmarks/carrier_stub.py)."""
        self._ask("/behave", json.dumps(manners).encode())

    def stats(self) -> dict[str, float]:
        """Requests, texts taken, distinct ones, doubled ones, receipts."""
        found: dict[str, float] = self._ask("/stats")
        return found

    def taken(self) -> list[tuple[str, str, int]]:
        """Every text it took: number, words, how often."""
        return [(one["to"], one["body"], one["times"]) for one in self._ask("/taken")]

    def _ask(self, path: str, body: bytes | None = None) -> Any:  # noqa: ANN401 - JSON
        with urllib.request.urlopen(self.base_url + path, body, timeout=10) as answer:  # noqa: S310 - our own stub
            return json.load(answer)


@contextmanager
def carrier_stub(*options: str) -> Iterator[CarrierStub]:
    """Have a stub running inside the block; options are those of benchmarks/carrier_stub.py."""
    child = subprocess.Popen([sys.executable, str(STUB), *options], stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    try:
        yield CarrierStub(json.loads(child.stdout.readline())["port"])
    finally:
        child.terminate()
        child.wait(10)
        child.stdout.close()
