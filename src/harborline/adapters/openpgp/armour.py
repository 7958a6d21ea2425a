"""`exchange.ports.Armour` with Sequoia in a process apart."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from harborline.adapters.openpgp.packets import ENCRYPTED_TO_A_KEY, HEAD_BYTES, first_packet
from harborline.exchange.facts import Opened
from harborline.kernel import Refused, Unavailable, refuse

_PROGRAM: Final = Path(__file__).with_name("apart.py")
_CHUNK: Final = 1 << 20
_STILL_S: Final = 600
# Time a message may take: a little for the keys, and what the slowest of our machines needs for so many bytes.
_CPU_S: Final = 60
_BYTES_A_CPU_S: Final = 10 * 1024**2


class Sequoia:
    """Opens and closes messages; `secrets` gives our secret keys, the one in force first."""

    def __init__(self, secrets: Callable[[], Sequence[bytes]]) -> None:
        self._secrets = secrets

    def open(self, source: IO[bytes], sink: IO[bytes], *, signers: Sequence[bytes], at_most: int) -> Opened:
        """Decrypt `source` into `sink`; only a message that a certificate of `signers` signed.

        Raises `Refused` (not-encrypted, not-for-us, unsigned, unknown-signer, message-changed, too-large-inside):
        what is in the sink then is not to be trusted and must be dropped. Raises `Unavailable` to be tried again.
        """
        head = source.read(HEAD_BYTES)
        if first_packet(head) != ENCRYPTED_TO_A_KEY:
            raise Refused(refuse("not-encrypted"))
        for secret in self._secrets():
            measured = _Measured(sink, at_most)
            source.seek(0)
            job = _job("open", secret, signers, at_most)
            said = _worked(job, source, measured)
            if said.get("why") != "not-for-us" or measured.size:
                return _opened(said, measured)
        raise Refused(refuse("not-for-us"))

    def close(self, source: IO[bytes], sink: IO[bytes], *, recipients: Sequence[bytes]) -> None:
        """Encrypt to the partner's certificates and sign with our key; raises `Refused` for a key that cannot be."""
        said = _worked(_job("close", self._secrets()[0], recipients, None), source, _Measured(sink, None))
        if "why" in said:
            raise Refused(refuse("partner-key-unusable"))


def _opened(said: dict[str, Any], measured: _Measured) -> Opened:
    if "why" in said:
        raise Refused(refuse(said["why"]))
    signed = tuple(datetime.fromtimestamp(one, UTC) for one in said["signed"])
    ends_at = None if said["ends"] is None else datetime.fromtimestamp(said["ends"], UTC)
    return Opened(said["signer"], measured.size, measured.digest(), signed, ends_at)


def _job(way: str, secret: bytes, certificates: Sequence[bytes], at_most: int | None) -> bytes:
    seconds = _CPU_S + (at_most // _BYTES_A_CPU_S if at_most is not None else 24 * 3600)
    job = {"way": way, "own": secret.hex(), "certificates": [one.hex() for one in certificates], "cpu_s": seconds}
    return json.dumps(job).encode()


class _Measured:
    # What went out: counted, hashed, and stopped at the limit.
    def __init__(self, sink: IO[bytes], at_most: int | None) -> None:
        self._sink, self._at_most, self._hash, self.size = sink, at_most, hashlib.sha256(), 0

    def write(self, chunk: bytes) -> None:
        self.size += len(chunk)
        if self._at_most is not None and self.size > self._at_most:
            raise Refused(refuse("too-large-inside"))
        if self._at_most is not None:
            self._hash.update(chunk)
        self._sink.write(chunk)

    def digest(self) -> str:
        return self._hash.hexdigest()


@dataclass(frozen=True, slots=True)
class _Child:
    running: subprocess.Popen[bytes]
    into: int
    out: int


def _worked(job: bytes, source: IO[bytes], measured: _Measured) -> dict[str, Any]:
    with _child(job) as child:
        _carry(child, source, measured)
        assert child.running.stdout is not None
        said = child.running.stdout.read(4096)
        status = child.running.wait()
    if status != 0 or not said:
        raise Unavailable(f"the OpenPGP process ended early (status {status})")
    verdict: dict[str, Any] = json.loads(said)
    return verdict


@contextmanager
def _child(job: bytes) -> Iterator[_Child]:
    # Its ends of the pipes are closed here at once, so that either side notices when the other is gone.
    kept, theirs_in, into = _in_memory(job), *_wide_pipe()
    out, theirs_out = _wide_pipe()
    theirs = (kept, theirs_in, theirs_out)
    try:
        try:
            command = [sys.executable, "-I", str(_PROGRAM), *map(str, theirs)]
            running = subprocess.Popen(  # noqa: S603 - our own program, numbers as arguments
                command, pass_fds=theirs, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                env={"PATH": "/usr/bin:/bin", "RUST_BACKTRACE": "0"},
            )  # fmt: skip
        finally:
            for one in theirs:
                os.close(one)
        with running:
            try:
                yield _Child(running, into, out)
            finally:
                running.kill()
    finally:
        for one in (into, out):
            with suppress(OSError):
                os.close(one)


def _in_memory(content: bytes) -> int:
    # Secret keys are handed over in memory, never as arguments or files.
    descriptor = os.memfd_create("job")
    os.write(descriptor, content)
    os.lseek(descriptor, 0, os.SEEK_SET)
    return descriptor


def _wide_pipe() -> tuple[int, int]:
    ends = os.pipe()
    with suppress(OSError):
        fcntl.fcntl(ends[0], fcntl.F_SETPIPE_SZ, _CHUNK)
    return ends


def _carry(child: _Child, source: IO[bytes], measured: _Measured) -> None:
    # One thread for both directions: source and sink belong to the caller's thread and its database connection.
    os.set_blocking(child.into, False)
    waiting = memoryview(b"")
    with selectors.DefaultSelector() as ready:
        ready.register(child.into, selectors.EVENT_WRITE)
        ready.register(child.out, selectors.EVENT_READ)
        while ready.get_map():
            events = ready.select(_STILL_S)
            if not events:
                raise Unavailable("the OpenPGP process stands still")
            for key, _ in events:
                if key.fd == child.into:
                    waiting = _fed(child.into, waiting or memoryview(source.read(_CHUNK)), ready)
                elif chunk := os.read(child.out, _CHUNK):
                    measured.write(chunk)
                else:
                    ready.unregister(child.out)


def _fed(into: int, waiting: memoryview, ready: selectors.BaseSelector) -> memoryview:
    try:
        if waiting:
            return waiting[os.write(into, waiting) :]
    except BlockingIOError:
        return waiting
    except BrokenPipeError:
        pass  # it has seen enough; its verdict says why
    ready.unregister(into)
    os.close(into)
    return memoryview(b"")
