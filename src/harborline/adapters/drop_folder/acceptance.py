"""What an agency tries with its managed-transfer client before files of consequence go through the drop folder.

Each step hands over a file of a known digest, tells the person at the node what to do, and judges what came back: the
client's result, and where the partner returns the file, its digest. The product speaks to no node itself, so this is
how it is known to work with one.
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from harborline.adapters.drop_folder.place import (
    DONE,
    RESULT,
    Place,
    fields,
    open_plain,
    read_short,
    said_in,
    write_whole,
)

_CHUNK: Final = 1 << 20
_RETURNED: Final = "BACK."


@dataclass(frozen=True, slots=True)
class Step:
    """One trial: `do` is what the person at the node does, `good` whether the client is to report success."""

    key: str
    title: str
    do: str
    size: int
    good: bool = True
    twice: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """How a step went: `passed`, and in words why not."""

    step: Step
    passed: bool
    why: str


def steps(large_bytes: int) -> tuple[Step, ...]:
    """The trials, in their order; the large one has so many bytes."""
    return (
        Step("one", "One file", "Let the client take it.", 100_000),
        Step("empty", "A file of zero bytes", "Let the client take it.", 0),
        Step("large", "A large file", "Let the client take it.", large_bytes),
        Step("ebcdic", "EBCDIC with packed fields, records of 80 bytes",
             "Send it as binary: no code page may be changed, no line end added.", 80 * 2_560),
        Step("cut", "Killed midway and restarted", "Stop the node in the middle, start it, let it restart from its"
             " checkpoint.", large_bytes),
        Step("wrong-node", "A wrong id of the partner's node", "Name a wrong secondary node or its id; it"
             " must fail.", 1_000, good=False),
        Step("expired", "An expired certificate", "Use an expired certificate on one side; the transfer must fail.",
             1_000, good=False),
        Step("down", "The partner's node is down", "Stop the partner's node. The client gives up.", 1_000, good=False),
        Step("twice", "The same file twice", "Let the client take it twice; the partner must end with one.", 5_000,
             twice=True),
    )  # fmt: skip


def content_of(step: Step) -> Iterator[bytes]:
    """The bytes of a step, the same every time: every byte value, so a changed code page is seen."""
    left, number = step.size, 0
    while left > 0:
        block = _records(number) if step.key == "ebcdic" else _block(step.key, number)
        yield block[:left]
        left -= len(block)
        number += 1


def _block(key: str, number: int) -> bytes:
    return b"".join(hashlib.sha512(f"{key}:{number}:{at}".encode()).digest() for at in range(1024))


def _records(number: int) -> bytes:
    # 64 records of 80 bytes: text in code page 037, an amount in packed decimal, then bytes of every value.
    records = []
    for at in range(64):
        count = number * 64 + at
        text = f"ACCEPT RECORD {count:07} O'BRIEN-SMITH".ljust(43).encode("cp037")
        packed = bytes.fromhex(f"{count:09}" + "cd"[at % 2])
        records.append(text + packed + bytes((at * 32 + offset) % 256 for offset in range(32)))
    return b"".join(records)


def try_step(place: Place, step: Step, wait: Callable[[], bool], *, returned: bool) -> Tried:
    """Make one trial; `wait` pauses a little and says whether to go on waiting.

    With `returned` the partner sends each file back under the name `BACK.<name>`, and its digest is compared.
    """
    name = f"ACCEPT.{step.key.upper()}"
    for one in (
        place.results / (name + RESULT),
        place.taking / (_RETURNED + name),
        place.taking / (_RETURNED + name + DONE),
    ):
        one.unlink(missing_ok=True)
    for round_number in range(2 if step.twice else 1):
        hashed = hashlib.sha256()
        size = write_whole(place.giving, name, _hashed(step, hashed.update))
        done = fields(name=name, size=size, sha256=hashed.hexdigest(), id=uuid.uuid5(uuid.NAMESPACE_OID, name))
        write_whole(place.giving, name + DONE, [done])
        problem = _judged(place, step, name, size, wait)
        if problem:
            return Tried(step, passed=False, why=f"{problem} (round {round_number + 1})" if step.twice else problem)
    if returned and step.good:
        problem = _came_back(place, name, hashed.hexdigest(), wait)
        return Tried(step, passed=not problem, why=problem)
    return Tried(step, passed=True, why="")


def _hashed(step: Step, update: Callable[[bytes], None]) -> Iterator[bytes]:
    for chunk in content_of(step):
        update(chunk)
        yield chunk


def _judged(place: Place, step: Step, name: str, size: int, wait: Callable[[], bool]) -> str:
    path = place.results / (name + RESULT)
    while (content := read_short(path)) is None:
        if not wait():
            return "the client left no result"
    path.unlink()
    said = said_in(content)
    good = said.get("status", "").lower() in {"done", "ok", "0", "success"}
    for left in (place.giving / (name + DONE), place.giving / name):
        left.unlink(missing_ok=True)
    if good is not step.good:
        return "the client reports success, and it should have failed" if good else "the client reports a failure"
    if good and said.get("size", str(size)) != str(size):
        return f"the client reports {said['size']} bytes instead of {size}"
    return ""


def _came_back(place: Place, name: str, digest: str, wait: Callable[[], bool]) -> str:
    done, path = place.taking / (_RETURNED + name + DONE), place.taking / (_RETURNED + name)
    while read_short(done) is None:
        if not wait():
            return "the file did not come back"
    file = open_plain(path)
    if file is None:
        return "the done-file came back without its file"
    with file:
        said, size = said_in(read_short(done) or b""), os.fstat(file.fileno()).st_size
        hashed = hashlib.sha256()
        while chunk := file.read(_CHUNK):
            hashed.update(chunk)
    done.unlink()
    path.unlink()
    if said.get("size") != str(size):
        return "the done-file does not name the size of its file"
    return "" if hashed.hexdigest() == digest else "other bytes came back than were sent"
