"""Check a certificate of disposal from its file and the log's key: pure, without a database."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from harborline.kernel import Invalid
from harborline.ledger.commitments import Opening, verify_opening
from harborline.ledger.entry import prefix, read_entry
from harborline.ledger.facts import Differs
from harborline.ledger.note import VerifierKey
from harborline.ledger.proof import Proof

FORMAT = "harborline/disposal-certificate/v1"
DISPOSED = "retention.disposed"


@dataclass(frozen=True, slots=True)
class Certified:
    """What a certificate proves: the log with its size, when the disposal was recorded, what was recorded."""

    origin: str
    size: int
    recorded_at: str
    content: dict[str, Any]


def verify_certificate(content: bytes, vkey: str) -> Certified:
    """Check a certificate: 1. its entry stands in the log, 2. the shown fields are the entry's, 3. it says the same.

    Raises `Invalid` for what is no certificate, `Differs` for a wrong one.
    """
    try:
        form = json.loads(content)
        if form["format"] != FORMAT:
            raise Invalid(f"is not of the format {FORMAT}", "certificate")
        entry = base64.b64decode(form["entry"], validate=True)
        opening, proof, said = Opening.from_json(form["opening"]), Proof.parse(form["proof"]), dict(form["certificate"])
    except (KeyError, TypeError, ValueError, binascii.Error, RecursionError):
        raise Invalid("is not a certificate of disposal", "certificate") from None
    checkpoint = proof.verify(entry, VerifierKey.parse(vkey))
    fields = verify_opening(opening, read_entry(entry, prefix(checkpoint.origin)).content)
    event: Any = fields.get("event")
    if not isinstance(event, dict) or event.get("kind") != DISPOSED:
        raise Differs("its entry records something else", "certificate")
    recorded = {name.removeprefix("content/"): value for name, value in fields.items() if name.startswith("content/")}
    for name, value in recorded.items():
        if said.get(name) != value:
            raise Differs(f"'{name}' is not what was recorded", "certificate")
    if set(said) - set(recorded) != {"finished"}:
        raise Differs("it says more than was recorded", "certificate")
    return Certified(checkpoint.origin, checkpoint.size, str(event["at"]), recorded)
