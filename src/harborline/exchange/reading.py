"""Opening what arrived: recorded before the content is given out."""

from __future__ import annotations

import io
import uuid

from harborline.exchange.content import opened
from harborline.exchange.facts import State
from harborline.exchange.models import TransmittedFile
from harborline.exchange.preparing import is_prepared
from harborline.exchange.proving import refusal
from harborline.kernel import NotFound, Refused
from harborline.ledger.services import record
from harborline.walls import current

_OPEN = (State.VALIDATED, State.PROCESSED, State.READY, State.SENT, State.ACKNOWLEDGED)


def open_content(file_id: uuid.UUID) -> tuple[str, io.BufferedReader]:
    """A validated file's name and content (decrypted where it came encrypted); the opening is recorded.

    Raises `NotFound`, and `Refused` for what is not validated: nobody reads what is held, set aside or refused; nor
    a file of protected values, which opened for its partner alone.
    """
    rows = TransmittedFile.objects.filter(id=file_id, program=current().program, destroyed_at__isnull=True)
    row = rows.select_related("transmission").first()
    if row is None:
        raise NotFound("no such file here")
    if State(row.transmission.state) not in _OPEN:
        raise Refused(refusal("not-validated"))
    if is_prepared(row.transmission_id):
        raise Refused(refusal("opened-for-the-partner-only"))
    content = {"transmission": str(row.transmission_id), "file": str(row.id), "sha256": row.sha256}
    record("exchange.file-opened", subject=f"transmission:{row.transmission_id}", content=content)
    return row.name, opened(row.program, row.plain or row.content)
