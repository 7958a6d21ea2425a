"""The console's pages about papers."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.rooms.documents import papers
from tests.rooms.documents.house import House, only, state_of
from tests.rooms.sites.cast import make_worker, sign_in
from tests.rooms.town import WAKE, as_state

from harborline.documents.checking import check_document
from harborline.documents.models import Document, View
from harborline.documents.ports import Scanner
from harborline.kernel import ports
from harborline.kernel.ports import _SERVING

Enter = Callable[[str], Client]


@pytest.fixture
def enter(house: House) -> Enter:
    """Signs somebody in."""

    def signed_in(name: str) -> Client:
        if name not in house.workers:
            house.workers[name] = make_worker(name)
        client = Client()
        sign_in(client, house.workers[name])
        return client

    return signed_in


def bright(content: bytes) -> bool:
    """Whether the corner of the picture is white."""
    with Image.open(io.BytesIO(content)) as opened:
        return opened.convert("L").tobytes()[640 * 10 + 10] > 200


def address(document: uuid.UUID, *more: str) -> str:
    """A page of one paper."""
    return "/".join((f"/console/papers/{document}", *more, ""))


class TestACaseManager:
    """Cora, whose case it is."""

    def test_finds_opens_and_accepts_it(self, house: House, enter: Enter) -> None:
        """Every look is on record."""
        cora, row = enter("cora"), only(house.hands_in(papers.pdf(2)))
        assert str(row.id) in cora.get("/console/papers/").content.decode()
        page = cora.get(address(row.id)).content.decode()
        assert "Page 2 of the paper" in page
        shown = cora.get(f"/console/papers/{row.id}/pages/2.jpg")
        assert shown["Content-Type"] == "image/jpeg"
        assert shown["Cache-Control"] == "no-store"
        assert shown["X-Content-Type-Options"] == "nosniff"
        assert "attachment" not in shown["Content-Disposition"]
        cora.post(address(row.id, "accept"), {"label": "proof-of-income"})
        assert (state_of(row.id).state, state_of(row.id).label) == ("accepted", "proof-of-income")
        with as_state():
            assert list(View.objects.order_by("at").values_list("what", "page")) == [("page", 0), ("copy", 2)]

    def test_asks_for_it_again_in_words(self, house: House, enter: Enter) -> None:
        """The person reads them."""
        cora, row = enter("cora"), only(house.hands_in(papers.photo()))
        cora.post(address(row.id, "again"), {"why": "dark", "words": "Stand at a window, please."})
        assert state_of(row.id).state == "again"
        with house.person("P-1"):
            from harborline.documents.selectors import papers_of  # noqa: PLC0415 - after the set-up

            (line,) = papers_of(house.people["P-1"])
        assert (line.reason, line.words) == ("dark", "Stand at a window, please.")

    def test_turns_a_page(self, house: House, enter: Enter) -> None:
        """For everybody who looks from then on."""
        cora, row = enter("cora"), only(house.hands_in(papers.photo(640, 480)))
        cora.post(address(row.id, "turn", "1"))
        with Image.open(io.BytesIO(cora.get(f"/console/papers/{row.id}/pages/1.jpg").content)) as opened:
            assert opened.size == (480, 640)
            assert opened.convert("L").tobytes()[480 * 5 + 470] > 200

    def test_blacks_out_a_part(self, house: House, enter: Enter) -> None:
        """The pixels are gone from the new copy; the earlier copy is shown for a reason only, and that is on record."""
        cora, row = enter("cora"), only(house.hands_in(papers.photo(640, 480)))
        boxes = {"left": ["0", ""], "top": ["0", ""], "right": ["500", ""], "bottom": ["500", ""]}
        cora.post(address(row.id, "redact", "1"), {**boxes, "edition": "0", "turn": "0"})
        assert not bright(cora.get(f"/console/papers/{row.id}/pages/1.jpg").content)
        assert cora.get(f"/console/papers/{row.id}/pages/1.jpg?edition=0").status_code == 403
        behind = address(row.id, "pages", "1", "behind")
        assert "Say why" in cora.post(behind, {"because": "  "}, follow=True).content.decode()
        assert bright(cora.post(behind, {"because": "the box covers the date"}).content)
        with as_state():
            assert View.objects.filter(what="unblackened", page=1).count() == 1
        assert "the box covers the date" in cora.get(address(row.id)).content.decode()

    def test_blacks_out_nothing_of_a_page_that_was_changed_since(self, house: House, enter: Enter) -> None:
        """A colleague turned it, or blacked out another part, while the box was being drawn."""
        cora, row = enter("cora"), only(house.hands_in(papers.photo(640, 480)))
        box = {"left": "0", "top": "0", "right": "500", "bottom": "500"}
        cora.post(address(row.id, "turn", "1"))
        for seen in ({"edition": "0", "turn": "0"}, {}):
            page = cora.post(address(row.id, "redact", "1"), {**box, **seen}, follow=True)
            assert "changed this page" in page.content.decode()
        assert state_of(row.id).edition == 0
        cora.post(address(row.id, "redact", "1"), {**box, "edition": "0", "turn": "90"})
        assert state_of(row.id).edition == 1

    @pytest.mark.parametrize("box", ["5 5 5 9", "a 1 2 3", "0 0 1001 5", "1 - 2 3"])
    def test_is_told_what_a_box_needs(self, house: House, enter: Enter, box: str) -> None:
        """Nothing is changed."""
        cora, row = enter("cora"), only(house.hands_in(papers.photo()))
        given = dict(zip(("left", "top", "right", "bottom"), box.split(), strict=True), edition="0", turn="0")
        page = cora.post(address(row.id, "redact", "1"), given, follow=True)
        assert "four numbers" in page.content.decode()
        assert state_of(row.id).edition == 0

    def test_opens_the_original_for_a_reason_only(self, house: House, enter: Enter) -> None:
        """As a file that no browser runs."""
        content = papers.photo()
        cora, row = enter("cora"), only(house.hands_in(content))
        assert "Say why" in cora.post(address(row.id, "original"), {"because": " "}, follow=True).content.decode()
        given = cora.post(address(row.id, "original"), {"because": "the court asks for it"})
        assert b"".join(given.streaming_content) == content  # type: ignore[attr-defined]  # it streams
        assert given["Content-Type"] == "application/octet-stream"
        assert given["Content-Disposition"].startswith("attachment")
        assert "the court asks for it" in cora.get(address(row.id)).content.decode()

    @pytest.mark.parametrize("asked", ["²", "-1", "1e3", "9" * 40, "٣"])
    def test_gets_the_page_whatever_edition_the_address_says(self, house: House, enter: Enter, asked: str) -> None:
        """What is no number asks for nothing; nothing breaks."""
        cora, row = enter("cora"), only(house.hands_in(papers.photo()))
        assert cora.get(f"/console/papers/{row.id}/pages/1.jpg", {"edition": asked}).status_code == 200
        assert cora.get("/console/papers/", {"after": asked}).status_code == 200

    def test_is_told_to_wait_for_an_original_while_no_scanner_is_set_up(self, house: House, enter: Enter) -> None:
        """With an answer, not an error of ours."""
        cora, row = enter("cora"), only(house.hands_in(papers.photo(), check=False))
        withdrawn = _SERVING.pop((Scanner, ""))
        try:
            page = cora.post(address(row.id, "original"), {"because": "the court asks for it"}, follow=True)
        finally:
            ports.serve(Scanner, withdrawn)
        assert (page.status_code, "not available right now" in page.content.decode()) == (200, True)

    def test_never_opens_what_could_harm(self, house: House, enter: Enter) -> None:
        """It stays sealed."""
        cora, row = enter("cora"), only(house.hands_in(papers.photo() + papers.MALWARE))
        page = cora.post(address(row.id, "original"), {"because": "I want to see"}, follow=True)
        assert "harmful" in page.content.decode()
        assert cora.get(f"/console/papers/{row.id}/pages/1.jpg").status_code == 404


@pytest.mark.clause("OFFSET-8.2:only-as-necessary", shows="refuses")
class TestAStranger:
    """Dev, who works in another county."""

    def test_finds_nothing_at_any_address(self, house: House, enter: Enter) -> None:
        """A paper he may not see looks like none."""
        row = only(house.hands_in(papers.photo()))
        dev = enter("dev")
        assert str(row.id) not in dev.get("/console/papers/").content.decode()
        for page in (address(row.id), f"/console/papers/{row.id}/pages/1.jpg", address(row.id, "redact", "1"),
                     f"/console/papers/receipts/{row.submission_id}/"):  # fmt: skip
            assert dev.get(page).status_code == 404
        dev.post(address(row.id, "accept"), {"label": "other"})
        assert state_of(row.id).state == "with-worker"


@pytest.mark.clause("MN-WIC-9.6:secure-submission-ways", shows="keeps")
class TestTheCounter:
    """Papers that were handed over or mailed."""

    def test_brings_them_into_the_same_pipeline(self, house: House, enter: Enter) -> None:
        """With a receipt to print."""
        given = {"way": "counter", "number": "P-1", "papers": [SimpleUploadedFile("scan.pdf", papers.pdf())]}
        page = enter("cora").post("/console/papers/bring/", given, follow=True)
        with as_state():
            row = Document.objects.select_related("submission").get()
        assert row.submission.number in page.content.decode()
        check_document(row.id, "nc-css")
        assert state_of(row.id).state == "with-worker"

    def test_takes_a_form_that_was_sent_twice_once(self, house: House, enter: Enter) -> None:
        """Both answers show the same receipt; other papers in the same form are papers of their own."""
        cora, once = enter("cora"), str(uuid.uuid4())
        scans = (papers.pdf(), papers.pdf(), papers.pdf(2))
        shown = [
            cora.post("/console/papers/bring/", {
                "way": "counter", "number": "P-1", "once": once, "papers": [SimpleUploadedFile("scan.pdf", scan)],
            }).headers["Location"]
            for scan in scans
        ]  # fmt: skip
        assert shown[0] == shown[1] != shown[2]
        with as_state():
            assert Document.objects.count() == 2

    def test_keeps_papers_of_nobody_known_at_the_office(self, house: House, enter: Enter) -> None:
        """Until somebody finds out whose they are."""
        cora = enter("cora")
        given = {"way": "mail", "county": WAKE, "papers": [SimpleUploadedFile("scan.pdf", papers.pdf())]}
        cora.post("/console/papers/bring/", given)
        with as_state():
            row = Document.objects.get()
        check_document(row.id, "nc-css")
        assert "nobody known yet" in cora.get("/console/papers/").content.decode()
        cora.post(address(row.id, "whose"), {"number": "P-1"})
        assert state_of(row.id).submission.participant_id == house.people["P-1"]

    @pytest.mark.parametrize(("given", "words"), [
        ({}, "how the paper came"), ({"way": "counter"}, "choose a county"),
        ({"way": "counter", "number": "P-9"}, "Nobody you may see"),
        ({"way": "counter", "number": "P-1", "case": "D-200"}, "not a case"),
        ({"way": "counter", "number": "P-1"}, "No file was chosen"),
    ])  # fmt: skip
    def test_says_what_is_missing(self, house: House, enter: Enter, given: dict[str, str], words: str) -> None:
        """Nothing typed is lost."""
        page = enter("cora").post("/console/papers/bring/", given)
        assert page.status_code == 422
        assert words in page.content.decode()


class TestThePageAboutChecks:
    """Never silently less."""

    def test_says_how_the_reader_is_shut_in(self, house: House, enter: Enter) -> None:
        """And what waits."""
        house.scanner.down = True
        house.hands_in(papers.photo())
        page = enter("cora").get("/console/papers/checks/").content.decode()
        assert "Isolation: full" in page
        assert "1 paper waits" in page
        assert "the malware scanner does not answer" in page
