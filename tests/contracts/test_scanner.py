"""The malware scanner: a daemon that answers well, badly, late or never, and ClamAV itself."""

from __future__ import annotations

import hashlib
import io
import random
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harborline.adapters.scanner.clamd import Clamd
from harborline.kernel import Invalid, Unavailable

BAD = b"harmless bytes that a signature of the test calls harmful\n" * 40


def received(wire: socket.socket) -> bytes:
    """What a client streams, taken apart as clamd does."""
    stream = wire.makefile("rb")
    assert stream.read(10) == b"zINSTREAM\0"
    content = b""
    while length := int.from_bytes(stream.read(4), "big"):
        content += stream.read(length)
    return content


@contextmanager
def daemon(folder: Path, act: Callable[[socket.socket], None]) -> Iterator[str]:
    """A daemon on a socket that serves one client as told."""
    path = folder / "clamd.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(1)

        def serve() -> None:
            wire, _ = listener.accept()
            with wire:
                act(wire)

        served = threading.Thread(target=serve, daemon=True)
        served.start()
        yield str(path)
        served.join(10)


def says(answer: bytes) -> Callable[[socket.socket], None]:
    """Take everything in, then answer."""

    def act(wire: socket.socket) -> None:
        received(wire)
        wire.sendall(answer)

    return act


class TestOnlyAWholeAnswerIsOne:
    """Clean is what the daemon called clean, all of it."""

    def test_everything_is_streamed(self, tmp_path: Path) -> None:
        """Across many chunks, in their order."""
        content = random.Random(5).randbytes(3_000_001)
        seen: list[bytes] = []

        def act(wire: socket.socket) -> None:
            seen.append(received(wire))
            wire.sendall(b"stream: OK\0")

        with daemon(tmp_path, act) as address:
            assert Clamd(address).scan(io.BytesIO(content)) == ""
        assert seen == [content]

    def test_what_was_found_is_named(self, tmp_path: Path) -> None:
        """For the officer who decides."""
        with daemon(tmp_path, says(b"stream: Test.Marker-1 FOUND\0")) as address:
            assert Clamd(address).scan(io.BytesIO(b"abc")) == "Test.Marker-1"

    @pytest.mark.parametrize(
        "answer",
        [b"", b"stream: O", b"stream: Access denied. ERROR\0", b"UNKNOWN COMMAND\0",
         b"INSTREAM size limit exceeded. ERROR\0", b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0"],
    )  # fmt: skip
    def test_anything_else_is_no_verdict(self, tmp_path: Path, answer: bytes) -> None:
        """It is tried again, and the file waits."""
        with daemon(tmp_path, says(answer)) as address, pytest.raises(Unavailable) as caught:
            Clamd(address).scan(io.BytesIO(b"abc"))
        assert not caught.value.permanent

    def test_a_file_beyond_what_it_looks_through_is_not_clean(self, tmp_path: Path) -> None:
        """The daemon says OK to it without having looked."""
        with daemon(tmp_path, says(b"stream: OK\0")) as address, pytest.raises(Unavailable, match="MaxFileSize"):
            Clamd(address, largest=2).scan(io.BytesIO(b"abc"))

    def test_a_daemon_that_stays_silent_is_not_waited_for(self, tmp_path: Path) -> None:
        """The time is bounded."""
        with daemon(tmp_path, lambda _: time.sleep(1)) as address, pytest.raises(Unavailable, match="running"):
            Clamd(address, timeout_s=0.2).scan(io.BytesIO(b"abc"))

    def test_no_daemon_is_no_verdict(self, tmp_path: Path) -> None:
        """Neither on a socket nor on a port."""
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
        for address in (str(tmp_path / "nobody"), f"127.0.0.1:{port}"):
            with pytest.raises(Unavailable, match="running"):
                Clamd(address).scan(io.BytesIO(b"abc"))

    @pytest.mark.parametrize("address", ["", "clamd", "host:", ":3310", "clamd.sock"])
    def test_an_address_of_neither_form_is_refused(self, address: str) -> None:
        """With the name of the setting."""
        with pytest.raises(Invalid, match="HARBORLINE_CLAMD"):
            Clamd(address)


@pytest.fixture(scope="module")
def clamav() -> Iterator[str]:
    """ClamAV's own daemon with one signature of ours, so that nothing has to be fetched."""
    folder = Path("/tmp") / f"clamav-test-{time.time_ns()}"  # noqa: S108 - a socket's path must be short
    (folder / "signatures").mkdir(parents=True)
    (folder / "signatures" / "test.hdb").write_text(f"{hashlib.md5(BAD).hexdigest()}:{len(BAD)}:Test.Harmful-1\n")  # noqa: S324 - the form of a signature
    address = folder / "clamd.sock"
    (folder / "clamd.conf").write_text(
        f"LocalSocket {address}\nDatabaseDirectory {folder}/signatures\nForeground yes\nStreamMaxLength 1M\n"
        "MaxFileSize 1M\nAlertExceedsMax yes\nTemporaryDirectory /tmp\nUser root\n"
    )
    running = subprocess.Popen(
        ["/usr/sbin/clamd", "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            if address.exists():
                break
            time.sleep(0.1)
        yield str(address)
    finally:
        running.terminate()
        running.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.peer("/usr/sbin/clamd")
class TestClamAv:
    """The program the agency runs."""

    def test_finds_what_its_signatures_know(self, clamav: str) -> None:
        """And lets the rest go."""
        assert Clamd(clamav).scan(io.BytesIO(BAD)).startswith("Test.Harmful-1")
        assert Clamd(clamav).scan(io.BytesIO(BAD[:-1])) == ""
        assert Clamd(clamav).scan(io.BytesIO(b"")) == ""

    def test_takes_nothing_beyond_its_limit_for_clean(self, clamav: str) -> None:
        """A long file waits until somebody raises the limit."""
        with pytest.raises(Unavailable):
            Clamd(clamav).scan(io.BytesIO(random.Random(6).randbytes(5_000_000)))
