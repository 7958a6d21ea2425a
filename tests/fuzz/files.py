"""Files as anybody may send them: records of every layout bent in every way, manifests, checksums, receipts, names."""

from __future__ import annotations

import io
import json
import re
from contextlib import suppress
from functools import cache

from tests.fuzz.given import Given

from harborline.exchange import layouts
from harborline.exchange.layouts import Checked, Framing, Layout
from harborline.exchange.layouts.rows import Reading
from harborline.exchange.manifest import read_checksum, read_manifest
from harborline.exchange.naming import Naming, file_name, folded, sidecar_of, split
from harborline.exchange.receipts import FIRST, read_receipt
from harborline.kernel import Fault

_PAGES = ("", "ascii", "cp037", "cp500", "cp1047", "cp1140")
_SIGNS = b" 0123456789AZaz-{}/.,'\x00\x1a\x40\xc1\xf0\xff\n\r\t"
# Bytes beyond ASCII, how much more there is, how long a record is, which counter of its layout asks for more: none of
# it is a value.
_WANTED = r"\d+ wanted(?: for the sections promised by [a-z0-9_=, ]+)?"
_COUNTED = re.compile(rf"\\x[0-9a-f]{{2}}|…\(\+\d+\)|\d+ bytes(?:, {_WANTED})?")
_TOLD = re.compile(r"[0-8]|[B-Zb-z]")


def read_as_layout(content: bytes) -> None:
    """Check and read a file: a verdict and never an error, every byte given back, no value told."""
    given = Given(content)
    layout = given.one_of(_shelf())
    page, framing = given.one_of(_PAGES), given.one_of((None, *Framing))
    partial = bool(given.number(1) & 1)
    written = _file(given, layout, framing)
    checked = layouts.check(io.BytesIO(written), layout, page=page, framing=framing, partial=partial)
    again = Reading(io.BytesIO(written), layout, page=page, framing=framing, partial=partial)
    rows = list(again.rows())
    _same_verdict(checked, again.checked())
    for finding in checked.findings:
        assert finding.record >= 0
        assert not _TOLD.search(_COUNTED.sub("", finding.masked)), "a finding tells a value"
    if not checked.refused and checked.form.framing in {Framing.NONE, Framing.LF, Framing.CRLF, Framing.NL}:
        assert b"".join(row.ended for row in rows) == written, "bytes were lost on the way through"


def _same_verdict(one: Checked, other: Checked) -> None:
    assert (one.verdict, one.records, one.found) == (other.verdict, other.records, other.found)


@cache
def _shelf() -> tuple[Layout, ...]:
    return layouts.every()


def _file(given: Given, layout: Layout, framing: Framing | None) -> bytes:
    if given.number(1) < 32:
        return given.rest()
    end = {Framing.LF: b"\n", Framing.CRLF: b"\r\n", Framing.NL: b"\x15"}.get(framing or layout.framings[0], b"")
    records: list[bytes] = []
    while given.left and len(records) < 40:
        kind = given.one_of(layout.records)
        record = bytearray(given.one_of((b" ", b"0", b"A", b"\x40", b"\x00")) * kind.length)
        for _ in range(given.number(1) % 24):
            at = given.number(2) % max(1, len(record))
            new = given.blob(12) if given.number(1) < 16 else bytes([given.one_of(_SIGNS)]) * (1 + given.number(1) % 12)
            record[at : at + len(new)] = new
        times = 1 + (given.number(1) if given.number(1) < 8 else 0)
        records += [bytes(record[: kind.longest + given.number(1) % 3])] * times
    return b"".join(record + end for record in records)


def read_as_paper(content: bytes) -> None:
    """Manifests, checksum files, receipts, names, patterns: understood, or refused with its place."""
    given = Given(content)
    way = given.one_of((_manifest, _checksum, _receipt, _names, _pattern))
    with suppress(Fault):
        way(given)


def _manifest(given: Given) -> None:
    if given.number(1) & 1:
        read_manifest(given.rest())
        return
    values: tuple[object, ...] = (
        1,
        0,
        -1,
        2**70,
        True,
        None,
        "",
        "a" * 300,
        "x",
        [],
        {},
        [1],
        {"name": "A", "sha256": "0" * 64, "size": 1},
    )
    said = {key: given.one_of(values) for key in ("v", "id", "agreement", "sequence", "supersedes", "test", "files")}
    if given.number(1) & 1:
        entry = {key: given.one_of((*values, "0" * 64)) for key in ("name", "size", "sha256", "records", "totals")}
        said |= {"v": 1, "id": "abc-1", "agreement": "arrears", "files": [entry]}
    read_manifest(json.dumps(said).encode())


def _checksum(given: Given) -> None:
    read_checksum(b"a" * given.number(1) + given.rest())


_RECEIPT = (
    f"{FIRST}\n"
    """receipt: landed
for: X1
transmission: 1
agreement: arrears
partner: wake
sequence: {sequence}
verdict: positive
reason: landed
resend: no
test: no
counts: -
at: 2026-11-21T10:00:00Z
entry: e
file: {digest} {size} A.DAT
checkpoint: {checkpoint}
"""
)


def _receipt(given: Given) -> None:
    text = given.rest().decode("utf-8", "replace")
    numbers = ("7", "-", "\u00b2", "\u0667", "9" * 5_000, "-1", text)
    place = len(text) % len(numbers)
    read_receipt(
        text
        if text.startswith("h")
        else _RECEIPT.format(
            sequence=numbers[place], digest="0" * 64, size=("10", *numbers)[len(text) // 8 % 8], checkpoint=text[:20]
        )
    )


def _names(given: Given) -> None:
    text = given.rest().decode("utf-8", "surrogateescape")
    for read in (folded, sidecar_of, split, file_name):
        read(text)


def _pattern(given: Given) -> None:
    pieces = ("ARR", "{seq:4}", "{seq:99}", "{date}", "{", "}", "{seq}", "*", "\\", "[a-", "\u0660", ".DAT")
    pattern = "".join(given.one_of(pieces) for _ in range(1 + given.number(1) % 6))
    naming = Naming.read(pattern)
    name = given.rest().decode("utf-8", "replace")
    if naming.matches(name):
        naming.sequence(name)
