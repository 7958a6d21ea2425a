"""Files that are renamed at one moment land together, and nothing about them differs from landing alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from tests.rooms.exchange.house import Office, as_worker, open_office

from harborline.exchange.facts import State
from harborline.exchange.models import Transmission, TransmissionEvent, TransmittedFile, Upload, Work
from harborline.kernel import NotFound, Refused
from harborline.ledger.services import forget_origin

_MANY = 6
_OWN = {"id", "at", "changed_at", "entry_id", "transmission_id", "content", "next_at", "begun_at", "closed_at"}


@pytest.fixture(autouse=True)
def _own_log() -> Iterator[None]:
    yield
    forget_origin()


def at_once(acts: list[Callable[[], None]]) -> list[Exception | None]:
    """Do all in threads that begin together; what each raised."""
    start = Barrier(len(acts))

    def one(act: Callable[[], None]) -> Exception | None:
        start.wait(20)
        try:
            act()
        except Refused as error:
            return error
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def renamed(office: Office, old: str, new: str, slash: str = "/") -> Callable[[], None]:
    """A rename in the `in` box; a doubled slash names the same folder."""
    root = f"{office.root}{slash}in/"
    return lambda: office.boxes.rename(office.guest, root + old, root + new)


def rows_of(model: Any, **known: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any model
    """Rows without what is each row's own."""
    return [
        {name: value for name, value in row.items() if name not in _OWN}
        for row in model.objects.filter(**known).values()
    ]


class TestManyAtOnce:
    """Sessions of one partner side by side."""

    def test_each_lands_once_with_its_receipt(self, committed: None, tmp_path: Path) -> None:
        """One delivery, one receipt and one step for every file."""
        office = open_office(tmp_path, naming="ARR*.DAT")
        for number in range(1, _MANY + 1):
            office.put(f"{number}.part", b"%d\n" % number)
        acts = [renamed(office, f"{number}.part", f"ARR{number:04}.DAT") for number in range(1, _MANY + 1)]
        assert at_once(acts) == [None] * _MANY
        assert office.names("in") == [f"ARR{number:04}.DAT" for number in range(1, _MANY + 1)]
        assert set(office.states()) == {State.LANDED}
        with as_worker("olga"):
            assert Work.objects.filter(state="queued", step="validate").count() == _MANY
        told = {one.transmission for one in office.receipts() if (one.kind, one.verdict) == ("landed", "positive")}
        assert told == {str(row.id) for row in office.deliveries()}

    def test_one_name_is_given_once(self, lasting_office: Office) -> None:
        """Of two files that want one name one lands; the other is set aside, and its sender hears it."""
        office = lasting_office
        office.put("a.part", b"one\n")
        office.put("b.part", b"two\n")
        raised = at_once([renamed(office, f"{name}.part", "ARR0001.DAT") for name in "ab"])
        assert sorted(one is None for one in raised) == [False, True]
        assert sorted(office.states()) == [State.LANDED, State.QUARANTINED]

    def test_one_upload_lands_once(self, lasting_office: Office) -> None:
        """Who renames it again hears that there is none: one delivery."""
        office = lasting_office
        office.put("a.part", b"one\n")
        renamed(office, "a.part", "ARR0001.DAT")()
        with pytest.raises(NotFound):
            renamed(office, "a.part", "ARR0002.DAT")()
        assert office.states() == [State.LANDED]


class TestTogetherAndAlone:
    """The two ways in."""

    @pytest.mark.parametrize("box", ["in", "test"])
    def test_leave_the_same_rows(self, office: Office, box: str) -> None:
        """A path with a doubled slash goes the ordinary way; what is kept tells the two apart by their names only."""
        for number, slash in ((1, "/"), (2, "//")):
            office.put(f"{number}.part", b"%d\n" % number, box=box)
            root = f"{office.root}{slash}{box}/"
            office.boxes.rename(office.guest, f"{root}{number}.part", f"{root}ARR{number:04}.DAT")
        with as_worker("olga"):
            first, second = Transmission.objects.order_by("sequence")
            for model, known in ((TransmissionEvent, "transmission"), (Work, "transmission")):
                assert rows_of(model, **{known: first}) == rows_of(model, **{known: second})
            changing = {"sequence", "digests"}
            alike = [{name: row[name] for name in row.keys() - changing} for row in rows_of(Transmission)]
            assert alike[0] == alike[1]
            assert {one.sha256 for one in TransmittedFile.objects.all()} == {first.digests[0], second.digests[0]}
            uploads = Upload.objects.order_by("name").values_list("name", "folded", "state", "proof")
            assert list(uploads) == [(f"ARR000{n}.DAT", f"arr000{n}.dat", "landed", "rename") for n in (1, 2)]
        one, two = office.receipts()
        assert (one.kind, one.verdict, one.reason, one.counts) == (two.kind, two.verdict, two.reason, two.counts)
