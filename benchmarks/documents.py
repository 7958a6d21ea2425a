"""Papers over HTTP on the loopback, sealed: throughput, from upload to preview, and two hundred people at once.

    python benchmarks/documents.py [--mib 256] [--people 200] [--json FILE]

An embedded PostgreSQL with fsync, a home of its own, the pages on a port of this process with one thread for each
connection. The client runs in the same process, so its CPU time is counted as ours. Goals: 100 MiB for each second of
CPU, sealed and hashed; a photo of twelve million pixels from upload to preview under 2 s, ten scanned pages under 3 s
(reading in the full sandbox; a scanner that finds nothing stands for clamd); two hundred people at once, none lost.
"""

from __future__ import annotations

import argparse
import hashlib
import http.client
import io
import json
import os
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.rooms.documents.house import House

ROOT = Path(__file__).resolve().parents[1]
PIECE = 8 * 1024**2
SMALL = 256 * 1024
FIRST, LARGEST, QUICK_S = 512 * 1024, 4 * 1024**2, 1.0
"""Bytes of a piece as the program on the page chooses them: the first, the largest, and below which time they grow."""
GOALS = {"MiB_per_cpu_s": 100.0, "photo_s": 2.0, "ten_pages_s": 3.0, "lost": 0.0}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=int, default=256)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="harborline-bench-") as home, ExitStack() as stack:
        os.environ["HARBORLINE_HOME"] = home
        os.environ["HARBORLINE_FICTIONAL_NUMBERS"] = "1"
        os.environ["HARBORLINE_DOCUMENT_BYTES"] = str(2 * chosen.mib * 1024**2)
        os.environ["HARBORLINE_DOCUMENT_DAY_BYTES"] = str(1 << 40)
        os.environ["HARBORLINE_DOCUMENT_DAY_SUBMISSIONS"] = "100000"
        os.environ.pop("HARBORLINE_DATABASE_URL", None)
        sys.path.insert(0, str(ROOT))
        found = _measured(stack, Path(home), chosen.mib, chosen.people)
    for name, value in found.items():
        goal = f"   goal {GOALS[name]:g}" if name in GOALS else ""
        print(f"{name:<16}{value:>10.2f}{goal}")
    if chosen.json:
        chosen.json.write_text(json.dumps(found, indent=1) + "\n")


def _measured(stack: ExitStack, home: Path, mib: int, people: int) -> dict[str, float]:
    from harborline.project import embedded

    stack.enter_context(embedded.running())
    from harborline.project.start import prepare

    prepare()
    from django.test.utils import setup_test_environment

    from harborline.project.migrations import migrate

    setup_test_environment()
    migrate()
    from tests.journeys.stage import served
    from tests.rooms.documents import house as houses

    made = stack.enter_context(houses.opened(home))
    address = stack.enter_context(served()).removeprefix("http://")
    browser = Browser(address)
    found = _throughput(browser, mib)
    found |= _previews(browser, made)
    found |= _crowd(address, people)
    return found


class Browser:
    """One participant's connection, let in."""

    def __init__(self, address: str) -> None:
        from django.test import Client
        from tests.rooms.sites.visitors import let_in

        client: Client = let_in("P-2")
        page = client.get("/portal/papers/send/").content.decode()
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        self._headers = {"Cookie": cookies, "X-CSRFToken": token, "Content-Type": "application/octet-stream"}
        self._wire = http.client.HTTPConnection(address)

    def sends(self, path: str, body: bytes | memoryview) -> dict[str, Any]:
        """POST; answers the JSON."""
        for _try in range(20):
            try:
                self._wire.request("POST", path, body=body, headers=self._headers)
                answer = self._wire.getresponse()
                content = answer.read()
                break
            except (ConnectionError, http.client.HTTPException):
                self._wire.close()  # as the program on the page: the same again, after a pause
                time.sleep(0.5)
        assert answer.status == 200, (answer.status, content[:300])
        return dict(json.loads(content))

    def uploads(self, content: bytes, piece: int, largest: int = 0) -> str:
        """A file in pieces that grow up to `largest` (0: they do not), and the receipt; answers the document's id."""
        base, view = "/portal/papers/uploads/", memoryview(content)
        begun = self.sends(base, json.dumps({"name": "a.jpg", "size": len(content)}).encode())
        offset = 0
        while offset < len(content):
            started = time.perf_counter()
            self.sends(f"{base}{begun['document']}/?offset={offset}", view[offset : offset + piece])
            offset += piece
            if time.perf_counter() - started < QUICK_S:
                piece = max(piece, min(2 * piece, largest))
        self.sends(f"{base}{begun['submission']}/close/", b"")
        return str(begun["document"])


def _throughput(browser: Browser, mib: int) -> dict[str, float]:
    content = b"\xff\xd8\xff" + os.urandom(mib * 1024**2 - 3)
    wall, cpu = time.perf_counter(), time.process_time()
    browser.uploads(content, PIECE)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return {"MiB_per_s": mib / wall, "MiB_per_cpu_s": mib / cpu}


def _previews(browser: Browser, house: House) -> dict[str, float]:
    from PIL import Image

    shown = Image.effect_noise((4000, 3000), 40).convert("RGB")
    photo, scan = io.BytesIO(), io.BytesIO()
    shown.save(photo, "JPEG", quality=80)
    every = [shown.resize((1700, 2200)) for _ in range(10)]
    every[0].save(scan, "PDF", save_all=True, append_images=every[1:], quality=95)
    found = {}
    for name, content in (("photo", photo.getvalue()), ("ten_pages", scan.getvalue())):
        found[f"{name}_MB"] = len(content) / 1e6
        found[f"{name}_s"] = _preview_s(browser, house, content)
    return found


def _preview_s(browser: Browser, house: House, content: bytes) -> float:
    import uuid

    from harborline.documents.checking import check_document
    from harborline.documents.services import page_image

    started = time.perf_counter()
    document = uuid.UUID(browser.uploads(content, FIRST, LARGEST))
    check_document(document, "nc-css")
    with house.worker("cora"):
        assert page_image(document, 1, roles=("case-manager",))
    return time.perf_counter() - started


def _crowd(address: str, people: int) -> dict[str, float]:
    from tests.rooms.documents.papers import photo
    from tests.rooms.town import as_state

    from harborline.documents.models import Document

    browsers = [Browser(address) for _ in range(people)]
    contents = [photo(800, 600) + at.to_bytes(4, "big") + os.urandom(600_000) for at in range(people)]
    kept: dict[int, str] = {}

    def send(at: int) -> None:
        kept[at] = browsers[at].uploads(contents[at], SMALL)

    threads = [threading.Thread(target=send, args=(at,)) for at in range(people)]
    started = time.perf_counter()
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    took = time.perf_counter() - started
    with as_state():
        digests = {str(key): value for key, value in Document.objects.values_list("id", "sha256")}
    whole = sum(1 for at, key in kept.items() if digests.get(key) == hashlib.sha256(contents[at]).hexdigest())
    return {"people": float(people), "people_s": took, "lost": float(people - whole)}


if __name__ == "__main__":
    main()
