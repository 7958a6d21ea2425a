"""Make an export: ask, approve where two are needed, prepare, pack; recorded before anybody can read the file."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import IO, Protocol, TypeAlias, TypeVar

from harborline.disclosure.facts import Recipient
from harborline.disclosure.services import Exported, account_export
from harborline.kernel import Decision, Invalid, NotFound, Refused, Unavailable, clock, ports, strictest
from harborline.law import profile
from harborline.law.schedules import Mode
from harborline.ledger.facts import Json
from harborline.ledger.services import append_many, record, record_apart
from harborline.messaging.selectors.transcripts import lives
from harborline.oversight.collecting import choose, collect
from harborline.oversight.dossier import Dossier, assemble
from harborline.oversight.facts import ExportState, LegalBasis, Request
from harborline.oversight.models import Export
from harborline.oversight.packing import MANIFEST, Circumstances, contents, pack
from harborline.oversight.ports import LogKeys, RecordProver
from harborline.oversight.rules import OF_ONE_PERSON, alone, leaves, may_ask, may_export
from harborline.oversight.sealing import open_request, seal_request
from harborline.oversight.writing import Rows, write
from harborline.retention.selectors import limits
from harborline.walls import ALL_COUNTIES, current
from harborline.workforce.selectors import number_of

_COPY = 1 << 20
_PATIENCE_S, _STEP_S = 5.0, 0.2
T = TypeVar("T")
_KINDS = {
    LegalBasis.LITIGATION: Recipient.COURT,
    LegalBasis.COURT_ORDER: Recipient.COURT,
    LegalBasis.SUBPOENA: Recipient.COURT,
    LegalBasis.SEARCH_WARRANT: Recipient.LAW_ENFORCEMENT,
    LegalBasis.SUBJECT_ACCESS: Recipient.SUBJECT,
}
Unit: TypeAlias = Callable[[], AbstractContextManager[object]]


class Patience(Protocol):
    """Does a step again while it is `Unavailable`, as long as its caller can wait."""

    def __call__(self, work: Callable[[], T], /) -> T:
        """What the step answers."""


@dataclass(frozen=True, slots=True)
class Packed:
    """A packed export that nobody can read yet: its zip as an unnamed file, its digest, what it holds."""

    stream: IO[bytes]
    sha256: str
    size: int
    texts: int
    proven: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """The files of an export by name, and the entry that recorded their manifest; nobody has seen them yet."""

    export_id: uuid.UUID
    moment: datetime
    request: Request
    dossier: Dossier
    rows: Rows
    files: Mapping[str, bytes]
    entry_id: uuid.UUID


def patience(work: Callable[[], T]) -> T:
    """Do what needs a signed checkpoint, again for a few seconds; then `Unavailable` reaches the caller."""
    until = clock.monotonic_s() + _PATIENCE_S
    while True:
        try:
            return work()
        except Unavailable as waiting:
            if waiting.permanent or clock.monotonic_s() > until:
                raise
        time.sleep(_STEP_S)


def actor() -> str:
    """Who acts, as records name them."""
    who = current().actor
    return f"{who.kind}:{who.id}"[:80]


def insist(decision: Decision) -> None:
    """Go on only with an allow; a refusal stays on record whatever becomes of the caller. Raises `Refused`."""
    if not decision.allowed:
        content: dict[str, Json] = {
            "reason": decision.reason, "rule": decision.rule, "clauses": list(decision.clauses),
        }  # fmt: skip
        record_apart("oversight.export-refused", subject=f"program:{current().program}", content=content)
        raise Refused(decision)


def ask_export(request: Request, *, roles: Collection[str]) -> Export:
    """Ask for an export: who, what, why and on which legal basis is recorded before anything is opened.

    Raises `Invalid` for an empty selection or reason, `Refused` for a role or basis that may not, `NotFound` for a
    person or case nobody here knows. Source: OFFSET-8.2:only-as-necessary, MN-WIC-9.6:safeguards-private-data.
    """
    context, now = current(), clock.now()
    law = profile(context.program)
    _check(request)
    insist(may_export(request=request, kind=law.kind, roles=roles))
    chosen = choose(request.selection)
    if chosen.asked.phone_idx and not lives(chosen.asked):
        raise NotFound("no text here went to or came from this number")
    # What is of no one county is the whole program's; inside a county it holds what that county may see.
    county = chosen.county or ("" if context.counties == ALL_COUNTIES else context.counties[0])
    export_id = uuid.uuid4()
    content = {"export": str(export_id), "basis": request.basis.value, "reason": request.reason}
    return Export.objects.create(
        id=export_id,
        program=context.program,
        county=county,
        basis=request.basis.value,
        words=seal_request(context.program, export_id, request),
        asked_by=actor(),
        asked_at=now,
        entry_id=record("oversight.export-asked", subject=f"export:{export_id}", content=content),
    )


def _check(request: Request) -> None:
    if request.selection.empty:
        raise Invalid("say what to export: a person, a case, a number or a span of time", "selection")
    if not request.reason.strip():
        raise Invalid("say why", "--reason")
    chosen = request.selection
    if chosen.from_at and chosen.until_at and chosen.from_at >= chosen.until_at:
        raise Invalid("the span ends before it begins", "--to")


def approve_export(export_id: uuid.UUID, *, roles: Collection[str]) -> Export:
    """Approve what somebody else asked for; needed where texts are kept sealed. Raises `NotFound`, `Refused`."""
    found = export_row(export_id)
    insist(strictest((may_ask(roles=roles), alone(sealed_mode=True, asked_by=found.asked_by, approved_by=actor()))))
    if found.state != ExportState.ASKED.value:
        raise Invalid(f"the export is {found.state}", "export")
    found.approved_by, found.approved_at, found.state = actor(), clock.now(), ExportState.APPROVED.value
    found.save(update_fields=["approved_by", "approved_at", "state"])
    record("oversight.export-approved", subject=f"export:{found.id}", content={"export": str(found.id)})
    return found


def export_row(export_id: uuid.UUID) -> Export:
    """The record of an export in sight; raises `NotFound`."""
    found = Export.objects.filter(id=export_id, program=current().program).first()
    if found is None or not in_sight(found):
        raise NotFound("no such export")
    return found


def in_sight(export: Export) -> bool:
    """Whether the context may see an export: one of its counties; one of the whole program only for the whole state."""
    counties = current().counties
    return counties == ALL_COUNTIES or export.county in counties


def prepare_export(export_id: uuid.UUID, *, unit: Unit, now: datetime | None = None) -> Prepared:
    """Collect what an export holds, and record the digest of its manifest. Called outside a transaction.

    `unit` opens one as the worker (`walls.acting`). Everything is read in one unit; third parties are taken out with
    no transaction open. Raises `NotFound` for an empty selection, `Refused` where a second person is missing,
    `Unavailable` until everything in it is under a signed checkpoint (seconds).
    """
    moment = now or clock.now()
    with unit():
        export = _to_make(export_id)
        request = open_request(export.program, export.id, export.words)
        chosen = choose(request.selection)
        if request.basis is LegalBasis.PUBLIC_RECORDS:
            # Nobody is the one it is about: their own name and number go like everybody's (45 CFR 303.21).
            chosen = replace(chosen, one_person=False)
        found = collect(export.program, request.selection, chosen)
        at = _circumstances(export, moment)
    # Where somebody can be found goes to nobody outside but to them: a court that wants it orders it by itself.
    dossier = assemble(found, keeps_where=not leaves(request=request) or request.basis in OF_ONE_PERSON)
    rows = write(dossier)
    files = contents(dossier, rows, request, at)
    said: dict[str, Json] = {"export": str(export_id), "manifest": hashlib.sha256(files[MANIFEST]).hexdigest()}
    with unit():
        entry_id = record("oversight.export-packed", subject=f"export:{export_id}", content=said)
    return Prepared(export_id, moment, request, dossier, rows, files, entry_id)


def finish_export(prepared: Prepared, *, unit: Unit) -> Packed:
    """Pack a prepared export, as an unnamed file only this process can read, and record that it goes out.

    Who made it, what it holds and its digest are recorded before the caller hands the file out (`keep`). Raises
    `Unavailable` until the record of its manifest is under a signed checkpoint (seconds).
    """
    with unit():
        recorded = ports.serving(RecordProver).evidence([prepared.entry_id])[prepared.entry_id]
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - it outlives this function
    pack(stream, prepared.files, prepared.entry_id, recorded)
    made = Packed(stream, *_digest(stream), len(prepared.rows.texts), len(prepared.rows.items))
    request = prepared.request
    with unit():
        export = _to_make(prepared.export_id)
        _record(export, made, prepared)
        if leaves(request=request):
            told = Exported(
                _KINDS.get(request.basis, Recipient.OTHER), request.recipient.strip() or request.basis.value,
                request.basis.value, request.reference.strip(), export.asked_by, export.approved_by,
            )  # fmt: skip
            account_export(prepared.dossier.labels, told, at=prepared.moment)
    stream.seek(0)
    return made


def make_export(
    export_id: uuid.UUID, *, unit: Unit, now: datetime | None = None, until_signed: Patience = patience
) -> Packed:
    """Prepare and finish an export that was asked for (and approved); `until_signed` does a step again until it can."""
    prepared = until_signed(lambda: prepare_export(export_id, unit=unit, now=now))
    return until_signed(lambda: finish_export(prepared, unit=unit))


def _to_make(export_id: uuid.UUID) -> Export:
    export = export_row(export_id)
    if export.asked_by != actor():
        raise NotFound("no such export of yours")
    sealed = limits().mode is Mode.KEEP_SEALED
    outward = leaves(request=open_request(export.program, export.id, export.words))
    insist(alone(sealed_mode=sealed, asked_by=export.asked_by, approved_by=export.approved_by, outward=outward))
    return export


def _circumstances(export: Export, moment: datetime) -> Circumstances:
    law = profile(export.program)
    return Circumstances(
        export_id=export.id,
        made_at=moment,
        made_by=number_of(export.asked_by),
        approved_by=number_of(export.approved_by) if export.approved_by else "",
        title=law.title["en"],
        zone=law.zones[0],
        vkeys=tuple(ports.serving(LogKeys).lines()),
    )


def _digest(stream: IO[bytes]) -> tuple[str, int]:
    stream.seek(0)
    digest, size = hashlib.sha256(), 0
    while chunk := stream.read(_COPY):
        digest.update(chunk)
        size += len(chunk)
    return digest.hexdigest(), size


def _record(export: Export, made: Packed, prepared: Prepared) -> None:
    rows = prepared.rows
    content: dict[str, Json] = {
        "export": str(export.id),
        "basis": export.basis,
        "sha256": made.sha256,
        "texts": made.texts,
        "not_sent": len(rows.not_sent),
        "consents": len(rows.consents),
    }
    # One entry under the export, and one under each person whose words were opened: it is part of who looked.
    subjects = [f"export:{export.id}", *(f"participant:{one}" for one in sorted(prepared.dossier.labels))]
    entries = append_many("oversight.exported", [(subject, content) for subject in subjects])
    export.made_at, export.made_entry_id, export.state = prepared.moment, entries[0], ExportState.MADE.value
    export.texts, export.sha256 = made.texts, made.sha256
    export.save(update_fields=["made_at", "made_entry_id", "state", "texts", "sha256"])


def check_free(out: Path) -> None:
    """Raise `Invalid` when the file is there already, or its folder is not."""
    if out.exists() or out.is_symlink():
        raise Invalid("there is such a file already; choose another name", str(out))
    if not out.parent.is_dir():
        raise Invalid("there is no such folder", str(out.parent))


def keep(stream: IO[bytes], out: Path) -> None:
    """Give a packed export its name, whole or not at all, mode 0600; raises `Invalid` when the name was taken."""
    draft = out.with_name(f".{out.name}.{os.getpid()}.draft")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            shutil.copyfileobj(stream, file, _COPY)
            file.flush()
            os.fsync(file.fileno())
        # A link never replaces what is there.
        os.link(draft, out)
    except FileExistsError:
        raise Invalid("there is such a file already; choose another name", str(out)) from None
    except OSError as wrong:
        raise Unavailable(f"{out} cannot be written ({wrong.strerror})", permanent=True) from None
    finally:
        with suppress(OSError):
            draft.unlink()
