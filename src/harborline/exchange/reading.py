"""Opening what arrived: recorded before the content is given out."""

from __future__ import annotations

import io
import uuid

from harborline.exchange.content import opened
from harborline.exchange.facts import State
from harborline.exchange.gathering import actor_name
from harborline.exchange.models import AgreementVersion, TransmissionEvent, TransmittedFile
from harborline.exchange.outgoing import must_be_trained
from harborline.exchange.preparing import is_prepared
from harborline.exchange.proving import refusal
from harborline.exchange.terms import Terms
from harborline.kernel import NotFound, Refused, clock
from harborline.ledger.services import record
from harborline.walls import current

_OPEN = (State.VALIDATED, State.PROCESSED, State.READY, State.SENT, State.ACKNOWLEDGED)


def open_content(file_id: uuid.UUID, *, because: str) -> tuple[str, io.BufferedReader]:
    """A validated file's name and content (decrypted where it came encrypted); the opening is recorded with its reason.

    Whoever opens tax information is trained in it. Raises `NotFound`, and `Refused` without a reason, for what is not
    validated (nobody reads what is held, set aside or refused), and for a file of protected values, which opened for
    its partner alone.
    """
    rows = TransmittedFile.objects.filter(id=file_id, program=current().program, destroyed_at__isnull=True)
    row = rows.select_related("transmission__agreement").first()
    if row is None:
        raise NotFound("no such file here")
    if State(row.transmission.state) not in _OPEN:
        raise Refused(refusal("not-validated"))
    if is_prepared(row.transmission_id):
        raise Refused(refusal("opened-for-the-partner-only"))
    sent = row.transmission
    used = AgreementVersion.objects.get(agreement=sent.agreement_id, number=sent.version)
    must_be_trained(Terms.read(used.terms))
    if not because.strip():
        raise Refused(refusal("reason-missing"))
    why = because.strip()[:200]
    content = {"transmission": str(sent.id), "file": str(row.id), "sha256": row.sha256, "because": why}
    entry_id = record("exchange.file-opened", subject=f"transmission:{sent.id}", content=content)
    TransmissionEvent.objects.create(
        program=row.program, transmission=sent, state=sent.state, reason="file-opened", detail={"because": why},
        by=actor_name(), at=clock.now(), entry_id=entry_id,
    )  # fmt: skip
    return row.name, opened(row.program, row.plain or row.content)
