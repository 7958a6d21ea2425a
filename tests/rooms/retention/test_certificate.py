"""Certificates of disposal: counts and authority, never records, proven by the log."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pypdf
import pytest
from tests.rooms.oversight.file_room import publish_in
from tests.rooms.retention.archive import NOW, OPERATOR, SENT, close_case, release_years, sender, texts, worker
from tests.rooms.town import MAYA, MN, NC, as_state

from harborline.kernel import Invalid, Unavailable, clock
from harborline.ledger.facts import Differs
from harborline.ledger.services import forget_origin
from harborline.messaging.conversations.reading import destroy_if_last
from harborline.messaging.conversations.records import ThreadText
from harborline.messaging.facts import InboundText
from harborline.messaging.models import InboundMessage
from harborline.messaging.services import take_inbound
from harborline.retention.certified import verify_certificate
from harborline.retention.facts import HoldScope
from harborline.retention.models import DisposalRun
from harborline.retention.selectors import certificate, taken_previews
from harborline.retention.services import (
    approve_run,
    confirm_hold,
    destroy_overdue,
    execute_run,
    place_hold,
    prepare_run,
    take_previews,
)


@pytest.fixture
def log(lasting_town: None, tmp_path: Path) -> Iterator[Path]:
    """Where the log of this test is published."""
    yield tmp_path
    forget_origin()


def disposed(log: Path, *, publish: bool = True) -> DisposalRun:
    """Three texts of 2021 that went in 2031."""
    close_case("C-100", seen_at=SENT)
    release_years(range(2021, 2027))
    with worker("state"):
        texts(3)
    with worker("first"):
        made = prepare_run("texts-out", roles=OPERATOR, now=NOW)
    with worker("second"):
        approve_run(made.id, roles=OPERATOR, now=NOW)
    execute_run(made.id, program=NC, now=NOW)
    if publish:
        publish_in(log)
    return made


class TestACertificate:
    """Of a finished run."""

    def test_proves_counts_series_authority_and_range(self, log: Path) -> None:
        """From the file and the log's key alone; prepared and approved by two."""
        made = disposed(log)
        with worker("anybody"):
            found = certificate(made.id)
        proved = verify_certificate(found.json, (log / "log" / "vkey").read_text())
        said = proved.content
        assert (said["series"], said["destroyed"], said["kept"], said["planned"]) == ("texts-out", 3, 0, 3)
        assert "45 CFR 303.11(e)" in str(said["authority"])
        assert said["oldest"] == "2021-05-06T14:00:00.000000Z"
        assert said["prepared_by"] != said["approved_by"]
        assert found.tlog_proof.startswith("c2sp.org/tlog-proof@v1")

    def test_is_a_page_for_people(self, log: Path) -> None:
        """Tagged PDF; no record is named."""
        made = disposed(log)
        with worker("anybody"):
            reader = pypdf.PdfReader(io.BytesIO(certificate(made.id).pdf))
        page = "".join(each.extract_text() for each in reader.pages)
        assert "Certificate of disposal" in page
        assert "CSS-TXT-1" in page
        assert "P-1" not in page

    @pytest.mark.parametrize(
        ("old", "new"), [('"destroyed": 3', '"destroyed": 2'), ('"series": "texts-out"', '"series": "texts-in"')]
    )
    def test_that_was_changed_does_not_hold(self, log: Path, old: str, new: str) -> None:
        """Neither a count nor a word."""
        made = disposed(log)
        with worker("anybody"):
            content = certificate(made.id).json.decode()
        assert old in content
        with pytest.raises(Differs):
            verify_certificate(content.replace(old, new, 1).encode(), (log / "log" / "vkey").read_text())

    def test_that_says_more_does_not_hold(self, log: Path) -> None:
        """A line of one's own."""
        made = disposed(log)
        with worker("anybody"):
            form = json.loads(certificate(made.id).json)
        form["certificate"]["witness"] = "nobody"
        with pytest.raises(Differs, match="more than was recorded"):
            verify_certificate(json.dumps(form).encode(), (log / "log" / "vkey").read_text())

    @pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"format":"x"}', b"\xff"])
    def test_that_is_none_is_refused(self, content: bytes) -> None:
        """Never a crash."""
        with pytest.raises(Invalid):
            verify_certificate(content, "a+00000000+AAAA")

    def test_waits_for_the_run_and_for_the_log(self, log: Path) -> None:
        """Not before it is finished, not before it is signed."""
        made = disposed(log, publish=False)
        with worker("anybody"), pytest.raises(Unavailable):
            certificate(made.id)
        with worker("first"):
            texts(1)
            other = prepare_run("texts-out", roles=OPERATOR, now=NOW)
        with worker("first"), pytest.raises(Invalid, match="not finished"):
            certificate(other.id)


class TestTheUpkeep:
    """What is done without being asked."""

    def test_destroys_words_nobody_opened_in_time(self, log: Path) -> None:
        """Minnesota: thirty days, with the key; a hold keeps them; the envelope stays."""
        with as_state(MN):
            key = sender(MN).key
        at = NOW - timedelta(days=31)
        taken = [
            take_inbound(MN, InboundText(key, number, "what are your hours", f"ref-{number}", at)).inbound_id
            for number in (MAYA, "+16125550105")
        ]
        with worker("first", MN):
            found = place_hold(HoldScope(person="R-3"), reason="a claim", roles=OPERATOR)
        with worker("second", MN):
            confirm_hold(found, roles=OPERATOR)
        assert destroy_overdue(MN, now=NOW)["texts-in"] == 1
        with worker("anybody", MN):
            rows = {row.id: row for row in InboundMessage.objects.filter(id__in=taken)}
        assert rows[taken[0]].sealed is None
        assert rows[taken[1]].sealed is not None
        assert rows[taken[0]].opt_out == "none"

    def test_counts_every_night_what_is_ripe(self, log: Path) -> None:
        """For the people who prepare disposals."""
        close_case("C-100", seen_at=SENT)
        release_years(range(2021, 2027))
        with worker("state"):
            texts(2)
        assert take_previews(NC, now=NOW) == 2
        with worker("anybody"):
            kept = {one.series: one for one in taken_previews()}
        assert (kept["texts-out"].ripe, kept["texts-out"].held) == (2, 0)


class TestAClosedText:
    """Minnesota: the words go when the worker closes the text, unless somebody must keep them."""

    @pytest.mark.parametrize(
        "scope", [HoldScope(person="R-1"), HoldScope(case="H-1"), HoldScope(series="texts-in"), None]
    )
    @pytest.mark.clause("MN-WIC-9.6:text-delete-after-viewing", shows="keeps")
    def test_goes_unless_held(self, log: Path, scope: HoldScope | None) -> None:
        """By the person, their case, or the whole series; without a hold nothing is left to open."""
        with as_state(MN):
            key = sender(MN).key
        if scope is not None:
            with worker("first", MN):
                place_hold(scope, reason="a claim", roles=OPERATOR)
        inbound = take_inbound(MN, InboundText(key, MAYA, "what are your hours", "ref-1", clock.now())).inbound_id
        with worker("any", MN):
            for copy in ThreadText.objects.filter(inbound_id=inbound):
                copy.gone_at = clock.now()
                copy.save(update_fields=["gone_at"])
            destroy_if_last([inbound], why="closed", at=clock.now())
            assert (InboundMessage.objects.get(id=inbound).sealed is None) is (scope is None)
