"""Receipts: our signed word about a delivery, as a C2SP signed note that people and programs read alike. Pure.

The text has one fact to a line, `name: value`, in a fixed order; the last line carries the newest checkpoint of our
log in base64, so whoever keeps a receipt holds the log's state of that moment.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Final

from harborline.exchange.wording import ReceiptKind
from harborline.kernel import Invalid
from harborline.kernel.natural import natural

FIRST: Final = "harborline receipt v1"
_FILE = re.compile(r"([0-9a-f]{64}) ([0-9]{1,18}) (\S{1,200})")
_WRONG = re.compile(r"(\S{1,200}) ([0-9]{1,18}) ([0-9]{1,18}) (\S{1,80}) (\S{1,60}) (.{1,400})")
_LISTED: Final = ("file: ", "content: ", "wrong: ")
_MOST: Final = (1 << 63) - 1
_FACTS: Final = ("receipt", "for", "transmission", "agreement", "partner", "sequence", "verdict", "reason", "resend",
                 "test", "counts", "at", "entry")  # fmt: skip


@dataclass(frozen=True, slots=True)
class RowError:
    """One wrong record of a file: its number and the place of its byte (both from 1; 0: the file as a whole).

    `masked` shows the value by the kinds of its characters only; `field` and it may be empty.
    """

    name: str
    record: int
    byte: int
    field: str
    code: str
    masked: str

    def said(self) -> str:
        """As one line of a receipt says it."""
        return f"{self.name} {self.record} {self.byte} {self.field or '-'} {self.code} {self.masked or '-'}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says. `external_id` is the sender's id (empty: none), `transmission` ours.

    `verdict` is positive, held or negative; `resend` says whether sending again can help; `counts` such as
    `records=1000 rejected=0`; `entry` is the public id of the log's entry, `checkpoint` the newest signed checkpoint.
    `contents` are the files as they are inside, where they came encrypted, `wrong` the first of the wrong records.
    """

    kind: ReceiptKind
    external_id: str
    transmission: str
    agreement: str
    partner: str
    sequence: int | None
    verdict: str
    reason: str
    resend: bool
    test: bool
    counts: str
    at: str
    entry: str
    files: tuple[tuple[str, int, str], ...]
    checkpoint: bytes
    contents: tuple[tuple[str, int, str], ...] = ()
    wrong: tuple[RowError, ...] = ()

    def text(self) -> str:
        """The note's text; the same facts give the same bytes."""
        facts = {
            "receipt": self.kind.value,
            "for": self.external_id or "-",
            "transmission": self.transmission,
            "agreement": self.agreement,
            "partner": self.partner,
            "sequence": "-" if self.sequence is None else str(self.sequence),
            "verdict": self.verdict,
            "reason": self.reason or "-",
            "resend": "yes" if self.resend else "no",
            "test": "yes" if self.test else "no",
            "counts": self.counts or "-",
            "at": self.at,
            "entry": self.entry,
        }
        lines = [FIRST, *(f"{name}: {value}" for name, value in facts.items())]
        lines += [f"file: {digest} {size} {name}" for name, size, digest in self.files]
        lines += [f"content: {digest} {size} {name}" for name, size, digest in self.contents]
        lines += [f"wrong: {one.said()}" for one in self.wrong]
        lines.append(f"checkpoint: {base64.b64encode(self.checkpoint).decode()}")
        return "".join(f"{line}\n" for line in lines)


def read_receipt(text: str) -> Receipt:
    """Take a receipt's text apart; raises `Invalid` for anything but the exact form."""
    lines = text.removesuffix("\n").split("\n")
    if lines[0] != FIRST or len(lines) < len(_FACTS) + 2:
        raise Invalid("does not begin as a receipt", "receipt")
    facts = dict(zip(_FACTS, _values(lines[1 : len(_FACTS) + 1]), strict=True))
    rest = lines[len(_FACTS) + 1 :]
    told = {head: [line.removeprefix(head) for line in rest[:-1] if line.startswith(head)] for head in _LISTED}
    files, contents = (tuple(map(_file, told[head])) for head in _LISTED[:2])
    try:
        checkpoint = base64.b64decode(rest[-1].removeprefix("checkpoint: "), validate=True)
        kind = ReceiptKind(facts["receipt"])
    except (binascii.Error, ValueError):
        raise Invalid("has another form", "receipt") from None
    bare = {name: "" if value == "-" else value for name, value in facts.items()}
    made = Receipt(
        kind, bare["for"], facts["transmission"], facts["agreement"], facts["partner"],
        natural(bare["sequence"], most=_MOST), facts["verdict"], bare["reason"],
        facts["resend"] == "yes", facts["test"] == "yes", bare["counts"], facts["at"], facts["entry"], files,
        checkpoint, contents, tuple(map(_row_error, told["wrong: "])),
    )  # fmt: skip
    if made.text() != text:
        raise Invalid("has another form", "receipt")
    return made


def _values(lines: list[str]) -> list[str]:
    found = []
    for name, line in zip(_FACTS, lines, strict=True):
        head, _, value = line.partition(": ")
        if head != name or not value:
            raise Invalid(f"lacks the line '{name}'", "receipt")
        found.append(value)
    return found


def _file(line: str) -> tuple[str, int, str]:
    match = _FILE.fullmatch(line)
    if match is None:
        raise Invalid("has a line about a file in another form", "receipt")
    return match[3], int(match[2]), match[1]


def _row_error(line: str) -> RowError:
    match = _WRONG.fullmatch(line)
    if match is None:
        raise Invalid("has a line about a record in another form", "receipt")
    bare = ["" if one == "-" else one for one in (match[4], match[6])]
    return RowError(match[1], int(match[2]), int(match[3]), bare[0], match[5], bare[1])
