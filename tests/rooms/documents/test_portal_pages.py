"""The portal's pages about papers, without any program on the page and with one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.rooms.documents import papers
from tests.rooms.sites.visitors import let_in
from tests.rooms.town import CASES, WAKE, as_state, bring_in, settle

from harborline.documents.models import Document, Submission
from harborline.people.facts import FeedKind
from harborline.people.models import Case

BEGIN = "/portal/papers/uploads/"


@pytest.fixture
def ben(db: None, tmp_path: Path) -> Client:
    """Ben is inside."""
    settle(tmp_path)
    return let_in("P-2")


def begun(client: Client, size: int, name: str = "a.jpg", **more: Any) -> Any:  # noqa: ANN401 - what the page gets
    """The answer to a file that begins."""
    content = json.dumps({"name": name, "size": size, **more})
    return client.post(BEGIN, content, content_type="application/json")


def piece(client: Client, document: str, offset: int, content: bytes) -> Any:  # noqa: ANN401 - as above
    """The answer to a piece."""
    return client.post(f"{BEGIN}{document}/?offset={offset}", content, content_type="application/octet-stream")


class TestThePlainForm:
    """No program runs on the page."""

    def test_takes_several_files_and_a_photo(self, ben: Client) -> None:
        """And leads to the receipt."""
        given = {
            "papers": [
                SimpleUploadedFile("a.pdf", papers.pdf(2)),
                SimpleUploadedFile("../b\x00\x1b.png", papers.png()),
            ],
            "photo": SimpleUploadedFile("c.jpg", papers.photo()),
        }
        page = ben.post("/portal/papers/send/", given, follow=True)
        assert page.status_code == 200
        with as_state():
            submission = Submission.objects.get()
            assert submission.documents.filter(state="received").count() == 3
        assert submission.number in page.content.decode()
        pdf = ben.get(f"/portal/papers/receipts/{submission.id}/receipt.pdf")
        assert pdf.content.startswith(b"%PDF-")
        assert "receipt.pdf" in pdf["Content-Disposition"]

    def test_says_that_nothing_was_chosen(self, ben: Client) -> None:
        """In words, on the form."""
        page = ben.post("/portal/papers/send/", {})
        assert page.status_code == 422
        assert "No file was chosen." in page.content.decode()

    def test_keeps_nothing_of_what_it_refuses(self, ben: Client, blobs: Path) -> None:
        """All files of a form come in, or none."""
        given = [SimpleUploadedFile("a.jpg", papers.photo()), SimpleUploadedFile("b.jpg", b"")]
        assert ben.post("/portal/papers/send/", {"papers": given}).status_code == 422
        with as_state():
            assert not Document.objects.exists()
        assert list(blobs.glob("*.sealed")) == []

    def test_says_kindly_what_it_cannot_take(self, ben: Client) -> None:
        """On the page of papers."""
        ben.post("/portal/papers/send/", {"papers": [SimpleUploadedFile("letter.docx", papers.office())]})
        page = ben.get("/portal/papers/").content.decode()
        assert "Please send again." in page
        assert "Save it as a PDF" in page

    def test_shows_nothing_to_the_other_parent(self, ben: Client) -> None:
        """Who is on the same case."""
        ben.post("/portal/papers/send/", {"papers": [SimpleUploadedFile("secret.jpg", papers.photo())]})
        with as_state():
            submission = Submission.objects.get()
        ana = let_in("P-1")
        assert "secret.jpg" not in ana.get("/portal/papers/").content.decode()
        assert ana.get(f"/portal/papers/receipts/{submission.id}/").status_code == 404
        assert ana.get(f"/portal/papers/receipts/{submission.id}/receipt.pdf").status_code == 404


class TestPieces:
    """A program sends a file in pieces."""

    def test_go_on_where_the_connection_broke(self, ben: Client) -> None:
        """The wrong place is answered with the right one; the same piece again is harmless."""
        content = papers.photo()
        document = begun(ben, len(content)).json()["document"]
        assert piece(ben, document, 0, content[:1000]).json()["offset"] == 1000
        lost = piece(ben, document, 5000, content[5000:6000])
        assert (lost.status_code, lost.json()["offset"]) == (409, 1000)
        again = piece(ben, document, 0, content[:1000])
        assert (again.status_code, again.json()["offset"]) == (200, 1000)
        assert ben.get(f"{BEGIN}{document}/").json()["offset"] == 1000
        assert piece(ben, document, 1000, content[1000:]).json()["offset"] == len(content)
        with as_state():
            row = Document.objects.get(id=document)
        assert (row.state, row.kind) == ("received", "jpeg")

    def test_that_are_other_bytes_are_refused(self, ben: Client) -> None:
        """What was taken stays as it was."""
        document = begun(ben, 100).json()["document"]
        piece(ben, document, 0, b"a" * 50)
        assert piece(ben, document, 0, b"b" * 50).status_code == 422

    @pytest.mark.parametrize(("size", "words"), [(0, "empty"), (10 * 1024**3, "too large"), (-1, "empty")])
    def test_are_refused_before_they_come(self, ben: Client, size: int, words: str) -> None:
        """A claim of ten gigabytes costs nothing."""
        answer = begun(ben, size)
        assert answer.status_code == 422
        assert words in answer.json()["problem"]

    def test_beyond_what_was_announced_are_refused(self, ben: Client) -> None:
        """No file grows past its size."""
        document = begun(ben, 10).json()["document"]
        assert piece(ben, document, 0, b"x" * 11).status_code == 422

    def test_of_somebody_else_are_not_there(self, ben: Client) -> None:
        """A forged id looks like none."""
        document = begun(ben, 100).json()["document"]
        ana = let_in("P-1")
        assert ana.get(f"{BEGIN}{document}/").status_code == 404
        assert piece(ana, document, 0, b"x").status_code == 404
        assert begun(ana, 10, submission=begun(ben, 5).json()["submission"]).status_code == 404

    @pytest.mark.parametrize("given", ["{", "[]", "{}", '{"size": "5", "name": "a"}', '{"size": true, "name": "a"}',
                                       '{"size": 5, "name": 7}'])  # fmt: skip
    def test_that_begin_with_nonsense_are_refused(self, ben: Client, given: str) -> None:
        """With an answer, not an error of ours."""
        assert ben.post(BEGIN, given, content_type="application/json").status_code == 400

    def test_end_with_the_receipt(self, ben: Client) -> None:
        """Closing twice is harmless."""
        content = papers.png()
        said = begun(ben, len(content)).json()
        piece(ben, said["document"], 0, content)
        for _ in range(2):
            answer = ben.post(f"{BEGIN}{said['submission']}/close/")
            assert answer.json()["receipt"].endswith(f"{said['submission']}/")
        assert ben.get(answer.json()["receipt"]).status_code == 200

    def test_that_came_in_whole_count_though_nobody_closed(self, ben: Client) -> None:
        """The person left the page before its end."""
        content = papers.png()
        said = begun(ben, len(content), name="kept.png").json()
        piece(ben, said["document"], 0, content)
        assert "kept.png" in ben.get("/portal/papers/").content.decode()
        unfinished = begun(ben, 100, name="half.png").json()
        piece(ben, unfinished["document"], 0, b"x")
        assert "half.png" not in ben.get("/portal/papers/").content.decode()


@pytest.mark.clause("NC-CSS-22-18:route-to-case-manager", shows="keeps")
class TestAPersonOnTwoCases:
    """Says which one a paper is about, or leaves it to the office."""

    @pytest.fixture
    def two(self, ben: Client, tmp_path: Path) -> Client:
        """Ben has another case, which nobody manages yet."""
        more = [("C-101", WAKE, "open", "P-2", "noncustodial-parent")]
        bring_in(tmp_path, FeedKind.CASES, [*CASES, *more])
        return ben

    @pytest.mark.parametrize("plain", [True, False])
    def test_chooses_it_in_the_form(self, two: Client, plain: bool) -> None:
        """By its number; the program on the page sends the same."""
        page = two.get("/portal/papers/send/").content.decode()
        assert "C-100" in page
        assert "C-101" in page
        with as_state():
            chosen = Case.objects.get(external_id="C-101").id
        for case in (str(chosen), ""):
            if plain:
                given = {"case": case, "papers": [SimpleUploadedFile("a.jpg", papers.photo())]}
                assert two.post("/portal/papers/send/", given).status_code == 302
            else:
                assert begun(two, 10, case=case).status_code == 200
        with as_state():
            found = list(Submission.objects.order_by("begun_at").values_list("case_id", flat=True))
        assert found == [chosen, None]

    def test_is_not_asked_who_has_one_only(self, ben: Client) -> None:
        """The paper is about that one."""
        assert 'name="case"' not in ben.get("/portal/papers/send/").content.decode()
        begun(ben, 10)
        with as_state():
            assert Submission.objects.get().case_id == Case.objects.get(external_id="C-100").id
