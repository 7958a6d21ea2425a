"""From the first byte to the pixel copy: what is clean, what is not, and what waits."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path

import pytest
from PIL import Image
from tests.rooms.documents import papers
from tests.rooms.documents.house import House, only

from harborline.documents.facts import Problem, State
from harborline.documents.selectors import desk, paper, papers_of
from harborline.documents.services import page_image

ROLES = ("case-manager",)


class TestAPhoto:
    """A paper photographed with a telephone."""

    @pytest.mark.clause("NC-CSS-22-18:portal-upload", shows="keeps")
    def test_reaches_the_case_manager_checked(self, house: House) -> None:
        """The person sees the same."""
        content = papers.photo()
        row = only(house.hands_in(content))
        assert (row.state, row.pages, row.isolation) == (State.WITH_WORKER, 1, "full")
        assert row.sha256 == hashlib.sha256(content).hexdigest()
        with house.worker("cora"):
            assert [one.id for one in desk(roles=ROLES).mine] == [row.id]
        with house.person("P-1"):
            (line,) = papers_of(house.people["P-1"])
        assert (line.state, line.name, line.size) == (State.WITH_WORKER, "paper-0.jpg", len(content))

    def test_shows_neither_place_nor_camera(self, house: House) -> None:
        """Not in the copy, and turned as it was held."""
        row = only(house.hands_in(papers.photo(640, 480, orientation=6)))
        with house.worker("cora"):
            shown = page_image(row.id, 1, edition=row.edition, roles=ROLES)
        assert papers.GPS not in shown
        assert b"Phonemaker" not in shown
        with Image.open(io.BytesIO(shown)) as opened:
            assert opened.size == (480, 640)
            assert not opened.getexif()
            assert not opened.info.get("comment")

    def test_is_nowhere_readable_on_the_disk(self, house: House, blobs: Path) -> None:
        """Neither the original nor the copy."""
        content = papers.photo(2000, 1500) + b"\0" * 10
        house.hands_in(content)
        kept = [path.read_bytes() for path in blobs.iterdir() if path.is_file()]
        assert len(kept) == 2
        for each in kept:
            assert content[:64] not in each
            assert b"\xff\xd8\xff" not in each[:200]


class TestGoodPapers:
    """What is taken in."""

    @pytest.mark.parametrize(
        ("content", "pages"),
        [(papers.png(), 1), (papers.png(mode="L"), 1), (papers.heic(), 1), (papers.pdf(3), 3),
         (papers.pdf_of_a_huge_page(), 1)],
        ids=["png", "grey", "heic", "pdf", "huge-page"],
    )  # fmt: skip
    def test_become_copies(self, house: House, content: bytes, pages: int) -> None:
        """Page by page."""
        row = only(house.hands_in(content))
        assert (row.state, row.pages) == (State.WITH_WORKER, pages)
        with house.worker("cora"):
            shown = paper(row.id, roles=ROLES)
        assert len(shown.pages) == pages
        assert max(max(one.width, one.height) for one in shown.pages) <= 2600


HOSTILE = {
    "text": (b"hello, this is a letter", Problem.NOT_A_PICTURE),
    "html": (b"<html><script>alert(1)</script></html>", Problem.WEB_PAGE),
    "svg": (b"<?xml version='1.0'?><svg onload='alert(1)'/>", Problem.WEB_PAGE),
    "gif-and-pdf": (b"GIF89a" + papers.pdf(), Problem.NOT_A_PICTURE),
    "pdf-not-first": (b"\n" + papers.pdf(), Problem.NOT_A_PICTURE),
    "zip": (papers.zipped(), Problem.ARCHIVE),
    "office": (papers.office(), Problem.OFFICE),
    "old-office": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, Problem.OFFICE),
    "photo-and-zip": (papers.photo() + papers.zipped(papers.MALWARE), Problem.ARCHIVE),
    "pdf-and-zip": (papers.pdf() + papers.zipped(), Problem.ARCHIVE),
    "film": (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 50, Problem.FILM),
    "cut-photo": (papers.photo(800, 800)[:-4000], Problem.UNREADABLE),
    "cut-pdf": (b"%PDF-1.7\n" + b"\0" * 500, Problem.UNREADABLE),
    "moving": (papers.moving_png(), Problem.MOVING_PICTURE),
    "bomb": (papers.png_bomb(), Problem.PICTURE_TOO_LARGE),
    "locked": (papers.locked_pdf("secret"), Problem.LOCKED),
    "locked-empty": (papers.locked_pdf(), Problem.LOCKED),
    "attachment": (papers.pdf_with_file(), Problem.FILES_INSIDE),
    "nested-pdf": (papers.pdf_with_file(papers.pdf(), "inside.pdf"), Problem.FILES_INSIDE),
    "malware-attached": (papers.pdf_with_file(papers.MALWARE), Problem.FILES_INSIDE),
    "script": (papers.pdf_with_action("/JavaScript", JS="app.alert(1)"), Problem.PROGRAMS_INSIDE),
    "hidden-script": (papers.pdf_with_hidden_script(), Problem.PROGRAMS_INSIDE),
    "launch": (papers.pdf_with_action("/Launch", F="cmd.exe"), Problem.PROGRAMS_INSIDE),
    "xfa": (papers.pdf_with_xfa(), Problem.FORM_INSIDE),
    "many-pages": (papers.pdf_of_many_pages(), Problem.TOO_MANY_PAGES),
    "malware-plain": (papers.MALWARE, Problem.NOT_A_PICTURE),
    "malware-in-photo": (papers.photo() + papers.MALWARE, Problem.HARMFUL),
}


class TestHostilePapers:
    """Each is refused with words of its own; nothing is lost, nothing is run."""

    @pytest.mark.parametrize("name", HOSTILE)
    def test_are_refused(self, house: House, name: str) -> None:
        """The original stays sealed, the record says why."""
        content, expected = HOSTILE[name]
        row = only(house.hands_in(content))
        assert (row.state, row.problem) == (State.REFUSED, expected)
        assert (row.pages, row.size) == (0, len(content))
        with house.worker("cora"):
            assert [one.id for one in desk(roles=ROLES).refused] == [row.id]
