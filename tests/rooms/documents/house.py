"""A county office with its people, and a scanner that answers as told."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from tests.rooms.documents.papers import MALWARE
from tests.rooms.sites.cast import make_worker
from tests.rooms.town import DURHAM, NC, WAKE, as_state, settle

from harborline.documents.checking import check_document
from harborline.documents.facts import Order, Receipt, Way
from harborline.documents.models import Document
from harborline.documents.ports import Intake, Scanner
from harborline.kernel import Unavailable, ports
from harborline.people.selectors import participant_id
from harborline.walls import Actor, Context, acting
from harborline.workforce.models import Worker

CASE_MANAGER = ("case-manager",)


@dataclass
class TestScanner:
    """Knows one signature; `down` lets it answer nothing."""

    __test__ = False
    blind = False
    down: bool = False
    looked: int = 0

    def scan(self, source: IO[bytes]) -> str:
        """The name of what was found."""
        content = source.read()
        self.looked += 1
        if self.down:
            raise Unavailable("the malware scanner does not answer", retry_after_s=60)
        return "Test.Malware" if MALWARE in content else ""


@dataclass
class House:
    """Who works here, and the participants by their numbers."""

    scanner: TestScanner
    workers: dict[str, Worker] = field(default_factory=dict)
    people: dict[str, uuid.UUID] = field(default_factory=dict)

    def person(self, number: str, county: str = WAKE) -> AbstractContextManager[Context]:
        """A participant at the portal."""
        return acting(Actor("participant", str(self.people[number])), program=NC, counties=(county,), purpose="portal")

    def worker(self, name: str) -> AbstractContextManager[Context]:
        """A worker at the console, in their county."""
        if name not in self.workers:
            self.workers[name] = make_worker(name)
        found, county = self.workers[name], DURHAM if name == "dev" else WAKE
        return acting(Actor("worker", str(found.id), found.name), program=NC, counties=(county,), purpose="documents")

    def hands_in(
        self, *papers: bytes, number: str = "P-1", county: str = WAKE, names: Sequence[str] = (), check: bool = True
    ) -> Receipt:
        """Somebody hands papers in; they are checked at once."""
        order = Order(county, Way.PORTAL, participant_id=self.people[number])
        files = [
            (names[at] if at < len(names) else f"paper-{at}.jpg", len(each), io.BytesIO(each))
            for at, each in enumerate(papers)
        ]
        with self.person(number, county):
            receipt = ports.serving(Intake).take(order, files)
        if check:
            self.checks(receipt)
        return receipt

    def checks(self, receipt: Receipt) -> None:
        """The queue's work."""
        for each in receipt.papers:
            check_document(each.id, NC)


def state_of(document_id: uuid.UUID) -> Document:
    """The row as it is now."""
    with as_state():
        return Document.objects.select_related("submission").get(id=document_id)


def only(receipt: Receipt) -> Document:
    """The one document of a submission."""
    (paper,) = receipt.papers
    return state_of(paper.id)


@contextmanager
def opened(folder: Path, protections: Sequence[Sequence[str]] = ()) -> Iterator[House]:
    """Everybody has moved in."""
    settle(folder, protections=protections)
    scanner = TestScanner()
    before = ports.serving_all(Scanner).get("")
    ports.serve(Scanner, scanner)
    made = House(scanner)
    made.workers["cora"], made.workers["dev"] = make_worker("cora"), make_worker("dev")
    with as_state():
        for number in ("P-1", "P-2", "P-9"):
            made.people[number] = participant_id(NC, number)
    try:
        yield made
    finally:
        if before is not None:
            ports.serve(Scanner, before)
        else:
            from harborline.kernel.ports import _SERVING  # noqa: PLC0415 - to leave no scanner behind

            _SERVING.pop((Scanner, ""), None)
