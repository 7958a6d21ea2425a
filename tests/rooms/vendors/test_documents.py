"""The papers of a vendor's life."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pypdf import PdfReader
from tests.rooms.town import NC, as_state
from tests.rooms.vendors.office import drafted, live

from harborline.kernel import Invalid, NotFound, Unavailable
from harborline.kernel.ids import new_id
from harborline.ledger import services as ledger
from harborline.ledger.integrating import current_epoch
from harborline.ledger.published import Directory
from harborline.ledger.selectors import entries_of
from harborline.ledger.sequencer import Sequencer
from harborline.project import databases
from harborline.vendors.services import Document, issue_document

ORIGIN = "localhost:8000/log"


@pytest.fixture
def log(committed: None, tmp_path: Path) -> Iterator[Path]:
    """The directory of a log nobody signed yet."""
    yield tmp_path / "log"
    ledger.forget_origin()


def sign(log: Path) -> str:
    """Sign a checkpoint over everything recorded so far; answers it."""
    with psycopg.connect(databases.login(databases.SEQUENCER).dsn(), autocommit=True) as connection:
        epoch = current_epoch(connection, ORIGIN)
        Sequencer(connection, Directory(log), log.parent / "ledger.key", epoch).catch_up()
    return Directory(log).read("checkpoint").decode()


def words(pdf: bytes) -> str:
    """What a paper says, on one line."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


class TestAPaper:
    """As PDF, with the proof of the records on it."""

    def test_carries_the_checkpoint(self, log: Path) -> None:
        """Every line of it, on each kind of paper; that it was made is on record."""
        made = live()
        checkpoint = sign(log)
        size, root = checkpoint.split("\n")[1:3]
        for document in Document:
            with as_state():
                pdf = issue_document(made.id, document)
            said = words(pdf)
            assert f"{ORIGIN} {size} {root}" in said
            assert "Example Carrier Inc." in said
            assert PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/MarkInfo"]["/Marked"] is not None  # type: ignore[index]  # a PDF's tree
        with as_state():
            newest = entries_of("vendor:example-carrier-inc")[0]
            assert (newest.kind, newest.content["document"]) == ("vendors.document-made", "approval-file")
            assert newest.content["checkpoint_size"] == int(size)

    def test_says_what_it_must(self, log: Path) -> None:
        """Request, letter, certification with its flow-down clause, and the file with every step."""
        made = live()
        sign(log)
        with as_state():
            said = {document: words(issue_document(made.id, document)) for document in Document}
        assert "No contract has been entered into" in said[Document.REQUEST]
        assert "Texts to parents" in said[Document.REQUEST]
        assert "NCDHHS-2026-17" in said[Document.PERMISSION]
        assert "message-text, phone-number" in said[Document.PERMISSION]
        assert "does not and will not use any equipment, system, or service" in said[Document.CERTIFICATION]
        assert "include this certification as a flow down clause" in said[Document.CERTIFICATION]
        assert "FCC Covered List version 2026-07-28" in said[Document.CERTIFICATION]
        for part in ("submitted", "permitted", "contracted", "memorandum", "State live", "letter.pdf", "SHA-256"):
            assert part in said[Document.APPROVAL_FILE], part

    def test_is_not_made_without_a_checkpoint(self, log: Path) -> None:
        """A moment later it can be."""
        made = drafted()
        with as_state(), pytest.raises(Unavailable):
            issue_document(made.id, Document.REQUEST)

    def test_is_not_made_of_nothing(self, log: Path) -> None:
        """No letter before there is a permission; nothing of a company that is not here."""
        made = drafted()
        sign(log)
        with as_state(NC):
            with pytest.raises(Invalid, match="no permission yet"):
                issue_document(made.id, Document.PERMISSION)
            with pytest.raises(NotFound):
                issue_document(new_id(), Document.REQUEST)
