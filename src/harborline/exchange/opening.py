"""Looking into a landed delivery: decrypted into sealed parts, scanned, checked by its layout against its manifest."""

from __future__ import annotations

import hashlib
import io
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, TypeVar

from harborline.exchange.checking import WRONG_MOST, Counted, counted, known
from harborline.exchange.content import Writer, drop, keep_parts, opened
from harborline.exchange.facts import KeyKind
from harborline.exchange.gathering import must
from harborline.exchange.models import AgreementVersion, Credential, Transmission, TransmissionEvent, TransmittedFile
from harborline.exchange.ports import Armour, Scanner
from harborline.exchange.receipts import RowError
from harborline.exchange.rules import counts_agree, layout_agrees, signed_in_time
from harborline.exchange.terms import Terms
from harborline.exchange.units import as_system
from harborline.exchange.wording import Encryption
from harborline.kernel import Decision, Refused, Unavailable, allow, clock, hold, ports, refuse

_CLAUSES: Final = ("CA-CSS-03-11:safeguards",)
_REPEATS: Final = "same-content-as-before"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Examined:
    """What looking into a delivery found. `plain` maps a file to its decrypted content; `quarantine` is a reason."""

    decision: Decision
    counts: Mapping[str, int] = field(default_factory=dict)
    detail: Mapping[str, Any] = field(default_factory=dict)
    quarantine: str = ""
    plain: Mapping[uuid.UUID, tuple[uuid.UUID, int, str]] = field(default_factory=dict)
    wrong: tuple[RowError, ...] = ()

    def keep(self, row: Transmission) -> None:
        """Write down where the plaintext is, in the transaction of the verdict."""
        for one in row.files.all():
            if one.id in self.plain:
                one.plain, one.plain_size, one.plain_sha256 = self.plain[one.id]
                one.save(update_fields=["plain", "plain_size", "plain_sha256"])


class SealedSink(io.RawIOBase):
    """What is written here goes into sealed parts of a content nobody can find before the verdict is final."""

    def __init__(self, program: str, content: uuid.UUID, at_most: int) -> None:
        self._program, self._content, self._at_most = program, content, at_most
        self._writer, self._kept, self._hash = Writer(program), 0, hashlib.sha256()

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, content: Any) -> int:  # noqa: ANN401 - any buffer, as io has it
        """Take bytes; raises `Refused` above the limit."""
        chunk = bytes(content)
        if self._writer.size + len(chunk) > self._at_most:
            raise Refused(refuse("too-large-inside").stamped("exchange.opening", _CLAUSES))
        self._hash.update(chunk)
        self._writer.write(chunk)
        self._keep(everything=False)
        return len(chunk)

    def finish(self) -> tuple[uuid.UUID, int, str]:
        """Make everything durable; answers the content, its size and SHA-256 (hex)."""
        self._keep(everything=True)
        return self._content, self._writer.size, self._hash.hexdigest()

    def _keep(self, *, everything: bool) -> None:
        done = self._writer.taken(everything=everything)
        if done:
            with as_system(self._program):
                keep_parts(self._program, self._content, done, first=self._kept)
            self._kept += len(done)


def examine(program: str, row: Transmission) -> Examined:
    """Look into a delivery, outside of any transaction; raises `Unavailable` when an engine it needs is silent."""
    with as_system(program):
        terms = _terms(row)
        files = list(TransmittedFile.objects.filter(transmission=row).order_by("name"))
        signers = _certificates(row) if terms.encryption is Encryption.OPENPGP else []
        waived = _waived(row)
    plain: dict[uuid.UUID, tuple[uuid.UUID, int, str]] = {}
    try:
        for one in files:
            if terms.encryption is Encryption.OPENPGP:
                plain[one.id] = _decrypted(program, one, signers, terms, row.at)
        promised = {str(one["name"]).casefold(): one for one in (row.manifest or {}).get("files", [])}
        listed = [
            (one.name, plain[one.id][0] if one.id in plain else one.content, promised.get(one.folded, {}))
            for one in files
        ]
        found = _looked(program, listed, terms, waived)
    except Refused as refused:
        _forget(program, plain)
        return Examined(refused.decision, quarantine=refused.decision.reason)
    except BaseException:
        _forget(program, plain)
        raise
    if found.quarantine or not found.decision.allowed:
        _forget(program, plain)
        return found
    return replace(found, plain=plain)


def not_again(row: Transmission, found: Examined) -> Examined:
    """What was found, held where the same content came before and was taken, encrypted anew; the agreement is locked.

    At the landing only the encrypted bytes are known, and each encryption of one content has others.
    """
    if not found.plain or row.test or _terms(row).identical or _REPEATS in _waived(row):
        return found
    digests = {digest for _content, _size, digest in found.plain.values()}
    earlier = TransmittedFile.objects.filter(
        transmission__agreement=row.agreement, transmission__outgoing=False, transmission__test=False,
        transmission__counted=True, plain_sha256__in=digests,
    ).exclude(transmission=row)  # fmt: skip
    for one in set(earlier.values_list("transmission", flat=True)):
        held = TransmittedFile.objects.filter(transmission=one).values_list("plain_sha256", flat=True)
        if set(held) == digests:
            for content, _size, _digest in found.plain.values():
                drop(content)
            return replace(found, decision=hold(_REPEATS).stamped("exchange.opening", _CLAUSES), plain={})
    return found


def _terms(row: Transmission) -> Terms:
    used = AgreementVersion.objects.get(agreement=row.agreement, number=row.version)
    return Terms.read(used.terms)


def _certificates(row: Transmission) -> list[bytes]:
    now = clock.now()
    rows = Credential.objects.filter(
        partner=row.agreement.partner, kind=KeyKind.OPENPGP.value, revoked_at__isnull=True, from_at__lte=now,
        until_at__gt=now,
    ).exclude(confirmed_by="")  # fmt: skip
    return [bytes(one.public_key) for one in rows]


def _waived(row: Transmission) -> frozenset[str]:
    details = TransmissionEvent.objects.filter(transmission=row, reason="released").values_list("detail", flat=True)
    return frozenset(str(one.get("waives", "")) for one in details)


def _decrypted(
    program: str, file: TransmittedFile, signers: list[bytes], terms: Terms, landed_at: datetime
) -> tuple[uuid.UUID, int, str]:
    engine = next(iter(ports.serving_all(Armour).values()), None)
    if engine is None:
        raise Unavailable("no OpenPGP engine is served")
    content = uuid.uuid4()
    sink = SealedSink(program, content, terms.size_bytes)
    try:
        with as_system(program):
            message = opened(program, file.content)
        with message as source:
            found = engine.open(source, sink, signers=signers, at_most=terms.size_bytes)  # type: ignore[arg-type]  # raw streams are binary streams
        # Partners sign by the real time, whatever a demonstration's clock shows.
        must(signed_in_time(opened=found, landed_at=landed_at - clock.shifted()))
        return sink.finish()
    except BaseException:
        with as_system(program):
            drop(content)
        raise


def _forget(program: str, plain: Mapping[uuid.UUID, tuple[uuid.UUID, int, str]]) -> None:
    with as_system(program):
        for content, _size, _digest in plain.values():
            drop(content)


def _looked(
    program: str, files: Sequence[tuple[str, uuid.UUID, Mapping[str, Any]]], terms: Terms, waived: frozenset[str]
) -> Examined:
    counts: dict[str, int] = {"records": 0, "rejected": 0}
    wrong: list[RowError] = []
    detail: dict[str, Any] = {}
    for name, content, said in files:
        if terms.scan and "malware-found" not in waived and (found := _scanned(program, content)):
            return Examined(allow(), quarantine="malware-found", detail={"found": found[:80]})
        named = str(said.get("layout") or "")
        decision = layout_agrees(agreed=terms.layout, said=named, known=known(named))
        if not decision.allowed:
            return Examined(decision, counts, {**detail, "named": named[:60]})
        counted_file = _counted(program, content, named if "@" in named else terms.layout or named)
        wrong += [RowError(name, *one) for one in counted_file.wrong]
        counts["records"] += counted_file.records
        counts["rejected"] += counted_file.bad
        if counted_file.layout:
            detail |= {"layout": counted_file.layout, "layout_sha256": counted_file.layout_sha256}
        decision = _agrees(said, counted_file, waived)
        if not decision.allowed:
            told = {**detail, "problem": counted_file.problem}
            return Examined(decision, counts, told, wrong=tuple(wrong[:WRONG_MOST]))
    return Examined(allow(), counts, detail, wrong=tuple(wrong[:WRONG_MOST]))


def _scanned(program: str, content: uuid.UUID) -> str:
    scanner = next(iter(ports.serving_all(Scanner).values()), None)
    if scanner is None:
        raise Unavailable("no malware scanner is served")
    return _with(program, content, scanner.scan)


def _counted(program: str, content: uuid.UUID, layout: str) -> Counted:
    return _with(program, content, lambda source: counted(layout, source))


def _with(program: str, content: uuid.UUID, look: Callable[[io.BufferedReader], T]) -> T:
    with as_system(program):
        stream = opened(program, content)
    with stream:
        return look(stream)


def _agrees(said: Mapping[str, Any], found: Counted, waived: frozenset[str]) -> Decision:
    if found.problem:
        return refuse("layout-refused").stamped("exchange.opening", _CLAUSES)
    promised = dict(said.get("totals") or {})
    if promised and not found.layout and "totals-cannot-be-checked" in waived:
        promised = {}
    if promised and not found.layout:
        return hold("totals-cannot-be-checked").stamped("exchange.opening", _CLAUSES)
    if said.get("records") is not None:
        promised["records"] = int(said["records"])
    return counts_agree(promised=promised, found={**found.totals, "records": found.records})
