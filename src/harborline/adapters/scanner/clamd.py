"""The protocol of clamd: the content in chunks, each with its length, and one line of answer."""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from harborline.kernel import Invalid, Unavailable

CHUNK: Final = 1 << 20
TIMEOUT_S: Final = 120.0
LARGEST: Final = 100 * 1024**2
"""Bytes of a file that clamd looks through as it is shipped (MaxFileSize); beyond it says "OK" without looking."""
_LONGEST_ANSWER: Final = 4096
_EXCEEDED: Final = "Heuristics.Limits.Exceeded"
_FOUND = re.compile(r"stream: (?P<name>.{1,200}) FOUND")
_AGAIN_S: Final = 300.0


@dataclass(frozen=True, slots=True)
class Clamd:
    """A daemon at an address: the path of its socket, or `host:port` (of this machine or a trusted network only).

    `largest`: bytes of a file that it is set to look through; its word about a longer one is not taken.
    """

    address: str
    largest: int = LARGEST
    timeout_s: float = TIMEOUT_S

    def __post_init__(self) -> None:
        """Refuse an address of neither form."""
        host, _, port = self.address.rpartition(":")
        if not self.address.startswith("/") and not (host and port.isdigit()):
            raise Invalid("is the path of clamd's socket, or host:port", "HARBORLINE_CLAMD")

    @property
    def blind(self) -> bool:
        """It looks."""
        return False

    def scan(self, source: IO[bytes]) -> str:
        """The name of what was found, empty for nothing.

        Raises `Unavailable` when the daemon does not answer, breaks off, or took less than all of it: not clean.
        """
        try:
            with self._connected() as wire:
                answer, size = _asked(wire, source)
        except OSError as error:
            raise Unavailable(
                f"the malware scanner does not answer ({error.strerror or type(error).__name__}); is clamd running?",
                retry_after_s=_AGAIN_S,
            ) from None
        found = _read(answer)
        if not found and size > self.largest:
            raise _too_long()
        return found

    @contextmanager
    def _connected(self) -> Iterator[socket.socket]:
        host, _, port = self.address.rpartition(":")
        if self.address.startswith("/"):
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as wire:
                wire.settimeout(self.timeout_s)
                wire.connect(str(Path(self.address)))
                yield wire
        else:
            with socket.create_connection((host.strip("[]"), int(port)), timeout=self.timeout_s) as wire:
                yield wire


def _asked(wire: socket.socket, source: IO[bytes]) -> tuple[str, int]:
    wire.sendall(b"zINSTREAM\0")
    size = 0
    try:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            wire.sendall(struct.pack(">I", len(chunk)) + chunk)
        wire.sendall(struct.pack(">I", 0))
    except (BrokenPipeError, ConnectionResetError):
        pass  # it took enough; what it says is read all the same
    answer = b""
    while not answer.endswith(b"\0") and len(answer) < _LONGEST_ANSWER:
        more = wire.recv(_LONGEST_ANSWER)
        if not more:
            break
        answer += more
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip(), size


def _read(answer: str) -> str:
    if answer == "stream: OK":
        return ""
    found = _FOUND.fullmatch(answer)
    if found and not found["name"].startswith(_EXCEEDED):
        return found["name"]
    if found or "size limit exceeded" in answer:
        raise _too_long()
    raise Unavailable("the malware scanner gave no verdict", retry_after_s=_AGAIN_S)


def _too_long() -> Unavailable:
    return Unavailable(
        "the file is longer than the malware scanner looks through: raise StreamMaxLength, MaxFileSize and MaxScanSize"
        " in clamd.conf, and HARBORLINE_CLAMD_LARGEST with them",
        retry_after_s=_AGAIN_S,
    )
