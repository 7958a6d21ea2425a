"""The public bytes of an entry: `<origin>/entry/v1`, a newline, a canonical JSON header.

The header holds a version, a random id and two commitments, nothing else: the log is public and must not tell that a
protection exists or that somebody asked at a certain second. The first line separates our leaves from every other
log's and from inner nodes.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from harborline.kernel import Invalid
from harborline.ledger.note import check_name

VERSION = 1
_HEX = "[0-9a-f]{64}"
_ID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
_HEADER = re.compile(rf'\{{"content":"({_HEX})","id":"({_ID})","subject":"({_HEX})","v":1\}}'.encode())


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its random id and the commitments (32 bytes each) to its subject and its content."""

    id: uuid.UUID
    subject: bytes
    content: bytes


def origin_of(public_url: str) -> str:
    """The name of the log published under an address: the address without its scheme, then `/log`.

    Source: C2SP tlog-tiles, parameters.
    """
    _scheme, _separator, rest = public_url.rpartition("://")
    return check_name(f"{rest.rstrip('/')}/log")


def prefix(origin: str) -> bytes:
    """How every entry of a log begins."""
    return f"{origin}/entry/v{VERSION}\n".encode()


def entry_bytes(beginning: bytes, entry_id: uuid.UUID | str, subject: bytes, content: bytes) -> bytes:
    """The public bytes; `beginning` is `prefix(origin)`. Already canonical: four names in order, no text to escape."""
    header = f'{{"content":"{content.hex()}","id":"{entry_id}","subject":"{subject.hex()}","v":1}}'
    return beginning + header.encode()


def read_entry(raw: bytes, beginning: bytes) -> Entry:
    """Take an entry apart; raises `Invalid` for another log's entry or any other spelling."""
    if not raw.startswith(beginning):
        raise Invalid("does not begin with this log's name", "entry")
    found = _HEADER.fullmatch(raw, len(beginning))
    if found is None:
        raise Invalid("its header is not a version 1 header in canonical form", "entry")
    content, entry_id, subject = found.groups()
    return Entry(uuid.UUID(entry_id.decode()), bytes.fromhex(subject.decode()), bytes.fromhex(content.decode()))


def is_entry(raw: bytes, beginning: bytes) -> bool:
    """Whether `read_entry` would take it."""
    return raw.startswith(beginning) and _HEADER.fullmatch(raw, len(beginning)) is not None
