"""What goes wrong beside a paper: it is never the paper's fault, and no other paper waits for it."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.rooms.documents import papers
from tests.rooms.documents.house import House, only, state_of
from tests.rooms.town import NC, WAKE, as_state

from harborline.documents import keeping
from harborline.documents.checking import check_document, due
from harborline.documents.facts import Isolation, IsolationLevel, Kind, Order, RawPage, State, Way
from harborline.documents.models import Chunk, Document, Verdict
from harborline.documents.ports import BrokeOffError, Intake, Sandbox
from harborline.documents.selectors import paper
from harborline.documents.tasks import again
from harborline.kernel import Refused, Unavailable, clock, ports
from harborline.vault import blobs as vault_blobs

ROLES = ("case-manager",)
FULL = Isolation(IsolationLevel.FULL)


class Reader:
    """A reader of papers that does as told before it answers one small page."""

    def __init__(self, *steps: object) -> None:
        self.steps: Sequence[object] = steps

    def isolation(self) -> Isolation:
        """Full."""
        return FULL

    def pages(self, source: IO[bytes], kind: Kind, *, most: int) -> Iterator[RawPage]:
        """One page for each step that is no fault; a step that can be called is called."""
        del kind, most
        source.read()
        for step in self.steps:
            if isinstance(step, Exception):
                raise step
            if callable(step):
                step()
            yield RawPage(2, 2, b"\xff" * 12)


@contextmanager
def reading(reader: Reader) -> Iterator[None]:
    """Let this reader read meanwhile."""
    before = ports.serving(Sandbox)
    ports.serve(Sandbox, reader)
    try:
        yield
    finally:
        ports.serve(Sandbox, before)


def made_due(*rows: Document) -> None:
    """As if their pause were over."""
    with as_state():
        Document.objects.filter(id__in=[row.id for row in rows]).update(next_at=clock.now())


def tried(row: Document, times: int) -> Document:
    """The paper after so many looks."""
    for _ in range(times):
        made_due(row)
        check_document(row.id, NC)
    return state_of(row.id)


class TestALookThatFails:
    """The paper waits; it is refused only for what it did itself."""

    @pytest.mark.parametrize("fault", [Unavailable("the sandbox does not start"), OSError("x"), ValueError("x")])
    def test_beside_the_paper_never_refuses_it(self, house: House, blobs: Path, fault: Exception) -> None:
        """However often; and what was drawn before is gone."""
        row = only(house.hands_in(papers.photo(), check=False))
        with reading(Reader(None, fault)):
            found = tried(row, 5)
        assert (found.state, found.tries, found.broken_off) == (State.RECEIVED, 5, 0)
        assert len(list(blobs.glob("*.sealed"))) == 1
        assert tried(row, 1).state == State.WITH_WORKER

    def test_of_the_reader_itself_refuses_it_after_three_times(self, house: House) -> None:
        """It had begun and was stopped by its limits."""
        row = only(house.hands_in(papers.photo(), check=False))
        with reading(Reader(BrokeOffError("too long"))):
            assert tried(row, 2).state == State.RECEIVED
            assert tried(row, 1).state == State.REFUSED

    def test_because_the_disk_is_full_never_refuses_it(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        """Copies cannot be kept, the paper waits and goes on when there is room."""
        row = only(house.hands_in(papers.photo(), check=False))

        def full(_descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        with monkeypatch.context() as meanwhile:
            meanwhile.setattr("os.fsync", full)
            found = tried(row, 4)
        assert (found.state, found.broken_off) == (State.RECEIVED, 0)
        assert tried(row, 1).state == State.WITH_WORKER

    def test_for_a_paper_whose_bytes_are_gone_lets_the_others_go_on(self, house: House, blobs: Path) -> None:
        """It says so to staff and is tried again later."""
        lost = only(house.hands_in(papers.photo(), check=False))
        with as_state():
            (blob,) = Chunk.objects.filter(document=lost).values_list("blob", flat=True)
        (blobs / f"{blob}.sealed").unlink()
        whole = only(house.hands_in(papers.photo(700, 500), check=False))
        for each in due(NC):
            check_document(each, NC)
        assert (state_of(lost.id).state, state_of(whole.id).state) == (State.RECEIVED, State.WITH_WORKER)
        with as_state():
            assert Verdict.objects.filter(document=lost, found="original-not-readable").exists()

    @pytest.mark.parametrize("end", [ValueError("x"), None], ids=["broken", "done"])
    def test_after_its_lease_touches_nothing(self, house: House, end: Exception | None) -> None:
        """Another look was faster, and staff settled the paper."""
        row = only(house.hands_in(papers.photo(), check=False))

        def meanwhile() -> None:
            with as_state():
                Document.objects.filter(id=row.id).update(state=State.ACCEPTED, next_at=None)

        with reading(Reader(meanwhile, end)):
            check_document(row.id, NC)
        found = state_of(row.id)
        assert (found.state, found.tries, found.pages) == (State.ACCEPTED, 0, 0)


class TestEveryMinute:
    """What is due again."""

    def test_is_queued_paper_by_paper_and_not_looked_at_there(self, house: House) -> None:
        """A scanner that hangs holds one job; a paper that is queued already is not queued twice."""
        rows = [only(house.hands_in(papers.photo(), check=False)) for _ in range(2)]
        for _ in range(2):
            again(0)
        assert house.scanner.looked == 0
        queued = ProcrastinateJob.objects.filter(task_name="documents.check", status="todo")
        assert sorted(job.queueing_lock for job in queued) == sorted(f"check:{row.id}" for row in rows)


class TestAnUpload:
    """On its way."""

    def test_takes_nothing_more_when_the_disk_is_nearly_full(
        self, house: House, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What it began stays, and goes on when there is room."""
        intake, whose = ports.serving(Intake), house.people["P-1"]
        with house.person("P-1"):
            held = intake.begin(Order(WAKE, Way.PORTAL, whose), name="a.jpg", size=100)
            monkeypatch.setattr(keeping, "room_in", lambda *_: False)
            with pytest.raises(Refused, match="no-room-for-papers"):
                intake.append(held.document_id, 0, b"x" * 40, participant_id=whose)
            monkeypatch.undo()
            assert intake.append(held.document_id, 0, b"x" * 40, participant_id=whose).offset == 40

    def test_that_breaks_on_the_way_leaves_no_bytes(
        self, house: House, blobs: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The second file of a form cannot be kept: the first is not kept either."""
        real, calls = keeping.blobs().put, []

        def put(*given: object, **named: object) -> int:
            calls.append(given)
            if len(calls) > 1:
                raise OSError(28, "No space left on device")
            return real(*given, **named)  # type: ignore[arg-type]  # handed through as it came

        monkeypatch.setattr(vault_blobs.BlobDirectory, "put", lambda _self, *given, **named: put(*given, **named))
        files = [("a.jpg", 3, io.BytesIO(b"abc")), ("b.jpg", 3, io.BytesIO(b"abc"))]
        with pytest.raises(Unavailable), house.person("P-1"):
            ports.serving(Intake).take(Order(WAKE, Way.PORTAL, house.people["P-1"]), files)
        assert list(blobs.iterdir()) == []
        with as_state():
            assert not Document.objects.exists()

    @pytest.mark.parametrize("size", [1, 3, 11])
    def test_in_very_small_pieces_is_known_by_its_first_bytes(self, house: House, size: int) -> None:
        """However they are cut."""
        intake, whose, content = ports.serving(Intake), house.people["P-1"], papers.heic()
        with house.person("P-1"):
            held = intake.begin(Order(WAKE, Way.PORTAL, whose), name="a.heic", size=len(content))
            offset = 0
            for piece in (content[:size], content[size:]):
                offset = intake.append(held.document_id, offset, piece, participant_id=whose).offset
            intake.finish(held.document_id, participant_id=whose)
        assert state_of(held.document_id).kind == "heic"


class TestAfterRetention:
    """The keys of a paper are gone."""

    def test_who_looked_is_still_told_without_the_reasons(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        """The page opens."""
        from harborline.documents import selectors  # noqa: PLC0415 - after the set-up
        from harborline.documents.services import open_original  # noqa: PLC0415 - as above
        from harborline.kernel import NotFound  # noqa: PLC0415 - as above

        row = only(house.hands_in(papers.photo()))
        with house.worker("cora"):
            list(open_original(row.id, because="the court asks for it", roles=ROLES))

        def gone(*_given: object, **_named: object) -> str:
            raise NotFound("its keys were destroyed")

        monkeypatch.setattr(selectors, "open_words", gone)
        with house.worker("cora"):
            (seen,) = paper(row.id, roles=ROLES).views
        assert (seen.what, seen.because) == ("original", "")


class TestTheSweep:
    """Sealed files that a crash left behind."""

    def test_puts_aside_what_no_table_knows_and_nothing_else(self, house: House, blobs: Path) -> None:
        """Papers, their copies and what is younger than a day stay; a month later what was put aside is gone."""
        from harborline.vault.tasks import sweep  # noqa: PLC0415 - after the set-up

        house.hands_in(papers.photo())
        kept = set(blobs.glob("*.sealed"))
        left, young = (blobs / f"{uuid.uuid4()}.sealed" for _ in range(2))
        draft = blobs / "a.1.draft"
        for each in (left, young, draft):
            each.write_bytes(b"x")
        old_s = (clock.real_now() - timedelta(hours=25)).timestamp()
        for each in (*kept, left, draft):
            _aged(each, old_s)
        sweep(0)
        aside = left.with_suffix(".aside")
        assert set(blobs.iterdir()) == {*kept, young, aside}
        _aged(aside, (clock.real_now() - timedelta(days=31)).timestamp())
        sweep(0)
        assert set(blobs.iterdir()) == {*kept, young}

    def test_gives_back_what_a_table_knows_again(self, house: House, blobs: Path) -> None:
        """As after the restore of a newer backup."""
        from harborline.vault.tasks import sweep  # noqa: PLC0415 - after the set-up

        house.hands_in(papers.photo())
        kept = set(blobs.glob("*.sealed"))
        for each in kept:
            each.rename(each.with_suffix(".aside"))
        sweep(0)
        assert set(blobs.iterdir()) == kept


def _aged(path: Path, moment_s: float) -> None:
    import os  # noqa: PLC0415 - for this alone

    os.utime(path, (moment_s, moment_s))
