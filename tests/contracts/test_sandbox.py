"""The sandbox of papers where Python lives in a home directory, beside a bubblewrap that fails, and long pictures."""

from __future__ import annotations

import io
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image
from tests.rooms.documents import papers

from harborline.adapters.sandbox import bubblewrap, child
from harborline.adapters.sandbox.bubblewrap import Bubblewrap, ThisMachine
from harborline.documents.facts import Isolation, IsolationLevel, Kind
from harborline.documents.ports import BrokeOffError
from harborline.kernel import Unavailable

PARTIAL = Isolation(IsolationLevel.PARTIAL, ("no-rights",))


class TestWhatTheReaderSees:
    """Python with its libraries, wherever they are, and nothing else."""

    def test_is_bare_but_for_python_in_somebodys_home(self, tmp_path: Path) -> None:
        """The folders on the way to it are no files of the machine."""
        python = tmp_path / "home" / "ann" / ".venv"
        (python / "bin").mkdir(parents=True)
        assert child._bare(tmp_path, frozenset({python}))

    @pytest.mark.parametrize("place", ["etc", "home/ben", "home/ann/letters", "home/note.txt"])
    def test_is_not_bare_beside_anything_else(self, tmp_path: Path, place: str) -> None:
        """At any level."""
        python = tmp_path / "home" / "ann" / ".venv"
        python.mkdir(parents=True)
        (tmp_path / place).mkdir() if "." not in place else (tmp_path / place).write_text("x")
        assert not child._bare(tmp_path, frozenset({python}))

    def test_is_not_bare_without_walls(self) -> None:
        """This machine itself has files."""
        assert not child._bare(Path("/"), child._ours())


class TestThisMachine:
    """Looked at anew until it is sure."""

    def test_keeps_bubblewrap_where_it_shuts_in_at_least_partly(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Walls with a hole are better than none."""
        monkeypatch.setattr(bubblewrap, "_isolation", lambda made: PARTIAL if made.program else None)
        monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/bwrap")
        assert ThisMachine()._found() == (Bubblewrap("/usr/bin/bwrap"), PARTIAL)

    def test_notices_when_it_was_mended(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Without being started again; full isolation is believed for a while."""
        full = Isolation(IsolationLevel.FULL)
        answers = [PARTIAL, full]
        monkeypatch.setattr(bubblewrap, "_isolation", lambda _made: answers.pop(0))
        monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/bwrap")
        machine = ThisMachine()
        assert [machine.isolation() for _ in range(3)] == [PARTIAL, full, full]


class TestTheReader:
    """Its limits, and what counts against a paper."""

    def test_may_start_few_others(self) -> None:
        """Threads of a decoder, and no crowd."""
        asked = "import sys; sys.path.insert(0, sys.argv[1]); import child as c; c.limit(); r = c.resource;"
        asked += " print(*r.getrlimit(r.RLIMIT_NPROC))"
        folder = str(Path(child.__file__).parent)
        told = subprocess.run([sys.executable, "-c", asked, folder], capture_output=True, check=True).stdout
        assert told.split() == [str(child.THREADS).encode()] * 2

    @pytest.mark.parametrize("program", ["/bin/false", "/nothing/there"])
    def test_that_does_not_start_breaks_off_no_paper(self, program: str) -> None:
        """It had not begun with it."""
        with pytest.raises(Unavailable) as none:
            list(Bubblewrap(program).pages(io.BytesIO(papers.photo()), Kind.JPEG, most=10))
        assert not isinstance(none.value, BrokeOffError)

    def test_that_is_stopped_after_it_began_broke_off(self) -> None:
        """By the time it may take."""
        with pytest.raises(BrokeOffError):
            list(Bubblewrap(None, timeout_s=2.0).pages(_Slow(), Kind.JPEG, most=10))

    @pytest.mark.parametrize(("width", "height", "sizes"), [
        (1080, 12_000, [(1080, 2600)] * 4 + [(1080, 1600)]),
        (2600, 10_000, [(1300, 2600), (1300, 2400)]),
        (1000, 3000, [(867, 2600)]),
    ])  # fmt: skip
    def test_cuts_a_long_screenshot_into_pages(self, width: int, height: int, sizes: list[tuple[int, int]]) -> None:
        """Its words stay as large as they were."""
        sink = io.BytesIO()
        Image.new("L", (width, height), "white").save(sink, "PNG")
        made = Bubblewrap(None).pages(io.BytesIO(sink.getvalue()), Kind.PNG, most=10)
        assert [(one.width, one.height) for one in made] == sizes

    @pytest.mark.parametrize("width", [425, 424, 423])
    def test_gives_every_pixel_of_a_paper_its_place(self, width: int) -> None:
        """Whatever fills its rows up."""
        sink = io.BytesIO()
        papers.shown(width, 550).save(sink, "PDF", resolution=150)
        (page,) = Bubblewrap(None).pages(io.BytesIO(sink.getvalue()), Kind.PDF, most=10)
        drawn = Image.frombytes("RGB", (page.width, page.height), page.rgb)
        assert drawn.getpixel((2, 2))[0] > 250  # type: ignore[index]  # red, green, blue
        assert drawn.getpixel((page.width - 3, page.height - 3))[2] in range(110, 146)  # type: ignore[index]  # as above


class _Slow(io.BytesIO):
    # A paper that does not come to its end: the reader greets and waits for it.
    def read(self, size: int | None = -1) -> bytes:
        del size
        time.sleep(0.2)
        return b"\xff\xd8\xff" * 30_000  # more than is held back before it is written
