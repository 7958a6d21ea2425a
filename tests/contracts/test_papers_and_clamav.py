"""Malware in every wrapper, before ClamAV itself: what it sees, what it does not, and who refuses that."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.rooms.documents import papers

from harborline.adapters.sandbox.bubblewrap import ThisMachine
from harborline.adapters.scanner.clamd import Clamd
from harborline.documents.facts import IsolationLevel, Kind, Problem
from harborline.documents.ports import UnusableError
from harborline.documents.sniffing import archive_at_end, kind_of

pytestmark = pytest.mark.peer("/usr/sbin/clamd")


@pytest.fixture(scope="module")
def clamav() -> Iterator[Clamd]:
    """ClamAV's daemon with one signature: the industry's test string, anywhere in a file."""
    folder = Path("/tmp") / f"clamav-papers-{time.time_ns()}"  # noqa: S108 - a socket's path must be short
    (folder / "signatures").mkdir(parents=True)
    (folder / "signatures" / "test.ndb").write_text(f"Test.Papers:0:*:{papers.MALWARE.hex()}\n")
    address = folder / "clamd.sock"
    (folder / "clamd.conf").write_text(
        f"LocalSocket {address}\nDatabaseDirectory {folder}/signatures\nForeground yes\nStreamMaxLength 60M\n"
        "MaxFileSize 60M\nMaxScanSize 100M\nMaxRecursion 10\nMaxFiles 500\nAlertExceedsMax yes\nAlertEncrypted yes\n"
        "TemporaryDirectory /tmp\nUser root\n"
    )
    running = subprocess.Popen(
        ["/usr/sbin/clamd", "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            if address.exists():
                break
            time.sleep(0.1)
        yield Clamd(str(address), largest=60 * 1024**2)
    finally:
        running.terminate()
        running.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def refused_by_us(content: bytes) -> Problem | None:
    """What our own looks say of it, the scanner left out."""
    found = kind_of(content[:4096])
    if isinstance(found, Problem):
        return found
    if archive_at_end(content[-66_000:]):
        return Problem.ARCHIVE
    try:
        list(ThisMachine().pages(io.BytesIO(content), found, most=10))
    except UnusableError as unusable:
        return unusable.problem
    return None


SEEN = {
    "plain": papers.MALWARE,
    "behind-a-photo": papers.photo() + papers.MALWARE,
    "behind-a-png": papers.png() + papers.MALWARE,
    "behind-a-heic": papers.heic() + papers.MALWARE,
    "in-a-zip": papers.zipped(papers.MALWARE),
    "in-a-gz": gzip.compress(papers.MALWARE),
    "locked-pdf": papers.locked_pdf("secret"),
}
NOT_SEEN = {
    "compressed-in-a-pdf": (papers.pdf_with_file(papers.MALWARE), Problem.FILES_INSIDE),
    "behind-zeros-in-a-zip": (papers.zipped(b"\0" * (61 * 1024**2) + papers.MALWARE), Problem.ARCHIVE),
}
WRAPPED = {
    "gz": (gzip.compress(papers.MALWARE), Problem.ARCHIVE),
    "bz2": (bz2.compress(papers.MALWARE), Problem.ARCHIVE),
    "xz": (lzma.compress(papers.MALWARE), Problem.ARCHIVE),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04" + papers.MALWARE, Problem.ARCHIVE),
    "rar": (b"Rar!\x1a\x07\x01\x00" + papers.MALWARE, Problem.ARCHIVE),
    "pdf-in-a-pdf": (papers.pdf_with_file(papers.pdf_with_file(papers.MALWARE), "inside.pdf"), Problem.FILES_INSIDE),
}


class TestWhatTheScannerSees:
    """It answers by name."""

    @pytest.mark.parametrize("name", SEEN)
    def test_is_found(self, clamav: Clamd, name: str) -> None:
        """In each of these wrappers."""
        assert clamav.scan(io.BytesIO(SEEN[name]))

    def test_is_nothing_in_a_good_paper(self, clamav: Clamd) -> None:
        """A photo and a scan go on."""
        assert clamav.scan(io.BytesIO(papers.photo())) == ""
        assert clamav.scan(io.BytesIO(papers.pdf(3))) == ""


class TestWhatTheScannerDoesNotSee:
    """Known blind spots of ClamAV, each refused another way."""

    @pytest.mark.parametrize("name", NOT_SEEN)
    def test_is_refused_by_our_own_looks(self, clamav: Clamd, name: str) -> None:
        """Should the scanner learn to see it, this test says so."""
        content, problem = NOT_SEEN[name]
        assert clamav.scan(io.BytesIO(content)) == ""
        assert refused_by_us(content) is problem


class TestEveryWrapper:
    """Whatever a scanner says of it."""

    @pytest.mark.parametrize("name", WRAPPED)
    def test_is_refused_by_our_own_looks(self, name: str) -> None:
        """Archives are not unpacked, files inside files are not looked for."""
        content, problem = WRAPPED[name]
        assert refused_by_us(content) is problem


class TestTheReader:
    """Shut in."""

    def test_sees_no_network_no_files_no_other_programs(self) -> None:
        """It says so itself, from inside."""
        found = ThisMachine().isolation()
        assert (found.level, found.missing) == (IsolationLevel.FULL, ())

    def test_answers_pixels_of_a_good_paper_and_nothing_of_a_broken_one(self) -> None:
        """Size and pixels fit together."""
        (page,) = ThisMachine().pages(io.BytesIO(papers.photo(300, 200)), Kind.JPEG, most=10)
        assert (page.width, page.height, len(page.rgb)) == (300, 200, 300 * 200 * 3)
        with pytest.raises(UnusableError):
            list(ThisMachine().pages(io.BytesIO(b"%PDF-1.4 nothing"), Kind.PDF, most=10))
