"""Sent twice is taken once: forms, files that were begun, uploads after the page was loaded again."""

from __future__ import annotations

import hashlib
import json
import threading
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from tests.rooms.documents import papers
from tests.rooms.documents.test_portal_pages import BEGIN, begun, piece
from tests.rooms.sites.visitors import let_in
from tests.rooms.town import as_state, settle

from harborline.documents.models import Document, Submission


@pytest.fixture
def ben(db: None, tmp_path: Path) -> Client:
    """Ben is inside."""
    settle(tmp_path)
    return let_in("P-2")


class TestThePlainForm:
    """Pressed twice, or sent again after a lost answer."""

    def test_is_one_submission(self, ben: Client) -> None:
        """The second answer is the first receipt; another paper under the same number is not lost."""
        once = str(uuid.uuid4())
        shown = [
            ben.post("/portal/papers/send/", {"once": once, "papers": [SimpleUploadedFile("a.jpg", content)]}).headers[
                "Location"
            ]
            for content in (papers.photo(), papers.photo(), papers.photo(650, 480))
        ]
        assert shown[0] == shown[1] != shown[2]
        with as_state():
            assert (Submission.objects.count(), Document.objects.count()) == (2, 2)

    def test_carries_a_number_that_is_new_each_time(self, ben: Client) -> None:
        """And keeps it while something is wrong with the form."""

        def number(page: Any) -> str:  # noqa: ANN401 - what the test client answers
            return str(page.content.decode().split('name="once" value="')[1].split('"')[0])

        first, second = (number(ben.get("/portal/papers/send/")) for _ in range(2))
        assert uuid.UUID(first) != uuid.UUID(second)
        assert number(ben.post("/portal/papers/send/", {"once": first})) == first


class TestAFileThatWasBegun:
    """And whose answer was lost, or whose page was loaded again."""

    def test_is_the_same_when_begun_again(self, ben: Client) -> None:
        """With what is held of it; another number is another file of the same submission."""
        numbers = {"once": str(uuid.uuid4()), "upload": str(uuid.uuid4())}
        first = begun(ben, 100, **numbers).json()
        piece(ben, first["document"], 0, b"x" * 40)
        assert begun(ben, 100, **numbers).json() == {**first, "offset": 40}
        other = begun(ben, 100, once=numbers["once"], upload=str(uuid.uuid4())).json()
        assert (other["submission"], other["document"] == first["document"]) == (first["submission"], False)

    def test_is_told_with_what_is_held(self, ben: Client) -> None:
        """Its pieces by their digests, so that only the same file goes on; nobody else is told."""
        first = begun(ben, 100, name="half.png").json()
        begun(ben, 100, name="nothing.png")
        for offset, content in ((0, b"a" * 10), (10, b"b" * 20)):
            piece(ben, first["document"], offset, content)
        (found,) = ben.get(BEGIN).json()["begun"]
        assert (found["document"], found["name"], found["size"]) == (first["document"], "half.png", 100)
        digests = [hashlib.sha256(each).hexdigest() for each in (b"a" * 10, b"b" * 20)]
        assert found["pieces"] == [[0, 10, digests[0]], [10, 20, digests[1]]]
        assert "half.png" in ben.get("/portal/papers/send/").content.decode()
        assert let_in("P-1").get(BEGIN).json() == {"begun": []}

    def test_learns_the_right_place_when_a_piece_comes_again_in_another_size(self, ben: Client) -> None:
        """Nothing is taken, nothing is refused."""
        document = begun(ben, 100).json()["document"]
        piece(ben, document, 0, b"a" * 50)
        for content in (b"a" * 20, b"a" * 70):
            answer = piece(ben, document, 0, content)
            assert (answer.status_code, answer.json()["offset"]) == (409, 50)


class TestNonsense:
    """Gets an answer, not an error of ours."""

    def test_in_the_offset(self, ben: Client) -> None:
        """Signs that look like digits are none."""
        document = begun(ben, 100).json()["document"]
        for said in ("²", "٣", "-1", "9" * 30, ""):
            answer = ben.post(f"{BEGIN}{document}/?offset={said}", b"x", content_type="application/octet-stream")
            assert answer.status_code == 400

    @pytest.mark.parametrize(
        "given",
        [
            "[" * 9000,
            json.dumps({"size": 5, "name": "\ud800.jpg"}),
            json.dumps({"size": 5, "name": "a", "once": "\ud800", "upload": 7}),
        ],
        ids=["deep", "half-a-sign", "no-numbers"],
    )
    def test_in_the_body(self, ben: Client, given: str) -> None:
        """Deep brackets, half a sign, numbers that are none."""
        assert ben.post(BEGIN, given, content_type="application/json").status_code in {200, 400}

    @pytest.mark.parametrize("case", ["x", "7d4c1b46-f8b5-495e-9856-b281c3d6b7a4"])
    def test_in_the_case(self, ben: Client, case: str) -> None:
        """A case that is not theirs is not taken."""
        given = {"case": case, "papers": [SimpleUploadedFile("a.jpg", papers.photo())]}
        page = ben.post("/portal/papers/send/", given)
        assert (page.status_code, "not a case of this person" in page.content.decode()) == (422, True)


class TestADay:
    """Has its bounds for everybody."""

    def test_ends_what_somebody_sends_again_and_again(self, ben: Client) -> None:
        """With words; tomorrow it goes on."""
        with override_settings(DOCUMENT_DAY_BYTES=250, DOCUMENT_DAY_SUBMISSIONS=2):
            assert [begun(ben, 100).status_code for _ in range(3)] == [200, 200, 422]
            assert begun(ben, 100).json()["problem"].startswith("You have sent as much as one day allows.")
            open_one = begun(ben, 40, submission=None)
            assert open_one.status_code == 422


class TestAStranger:
    """Who is not inside."""

    def test_leaves_nothing_on_the_disk_or_in_memory(self, db: None, blobs: Path) -> None:
        """No byte of a file is taken, whatever page it is sent to."""
        for path in ("/portal/papers/send/", "/console/papers/bring/", "/portal/", "/nothing/"):
            client = Client(enforce_csrf_checks=True)
            answer = client.post(path, {"papers": SimpleUploadedFile("a.jpg", b"x" * (3 << 20))})
            assert answer.status_code in {302, 403, 404, 405}
            assert answer.wsgi_request.FILES == {}
        assert list(blobs.iterdir()) == []


class TestParallelPieces:
    """Two connections send the same file."""

    def test_make_one_whole_file(self, committed: None, tmp_path: Path) -> None:
        """Every piece is taken once, whoever brings it."""
        settle(tmp_path)
        content = papers.photo() + b"\0" * 5000
        first = let_in("P-2")
        document = begun(first, len(content)).json()["document"]

        def send() -> None:
            from django.db import connections  # noqa: PLC0415 - of this thread

            client, offset = Client(), 0
            client.cookies = first.cookies
            while offset < len(content):
                offset = piece(client, document, offset, content[offset : offset + 1500]).json()["offset"]
            connections.close_all()

        threads = [threading.Thread(target=send) for _ in range(2)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        with as_state():
            row = Document.objects.get(id=document)
        assert (row.state, row.sha256) == ("received", hashlib.sha256(content).hexdigest())
