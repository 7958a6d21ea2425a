"""Receipts as a partner checks them, and the keys a partner needs for it."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_ssh_private_key

from harborline.exchange.receipts import read_receipt
from harborline.kernel import Invalid
from harborline.ledger.facts import Differs
from harborline.ledger.note import VerifierKey, opened
from harborline.project.exchange_room.papers import bytes_in, reading
from harborline.project.exchange_room.told import Told

_BLOCK = 1 << 20


def verified(receipt: Path, key: str, log_key: str, files: Sequence[Path]) -> Told:
    """What a receipt says once its signature holds, its checkpoint is the log's, and it names these files' digests.

    Raises `Differs` for a signature or a digest that does not agree, `Invalid` for what cannot be read.
    """
    text, _signers = opened(bytes_in(receipt), [_key(key, "--key")])
    said = read_receipt(text)
    if log_key:
        opened(said.checkpoint, [_key(log_key, "--log-key")])
    named = {digest: name for name, _size, digest in said.files}
    for path in files:
        digest = _digest(path)
        if digest not in named:
            raise Differs("the receipt speaks of other bytes", str(path))
    facts = {
        "receipt": said.kind.value, "for": said.external_id, "transmission": said.transmission,
        "agreement": said.agreement, "partner": said.partner, "sequence": said.sequence, "verdict": said.verdict,
        "reason": said.reason, "resend": said.resend, "test": said.test, "counts": said.counts, "at": said.at,
        "entry": said.entry, "files": [{"name": name, "bytes": size, "sha256": digest}
                                       for name, size, digest in said.files],
        "checkpoint_checked": bool(log_key), "files_checked": len(files),
    }  # fmt: skip
    lines = [f"the signature holds: {said.kind.value}, {said.verdict} ({said.reason}), {said.at}"]
    lines += [f"{digest}  {size}  {name}" for name, size, digest in said.files]
    if said.resend:
        lines.append("it asks for the delivery once more")
    return Told(facts, lines)


def our_keys() -> Told:
    """The fingerprints of our host keys and our receipts' verifier key; Django is set up."""
    from harborline.exchange.ports import ReceiptSigner  # noqa: PLC0415 - `verified` does without the rooms
    from harborline.kernel import ports  # noqa: PLC0415 - as above
    from harborline.project.exchanging import host_keys  # noqa: PLC0415 - as above

    hosts = []
    for pem in host_keys():
        public = load_ssh_private_key(pem, None).public_key()
        line = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
        wire = base64.b64decode(line.split()[1])
        digest = base64.b64encode(hashlib.sha256(wire).digest()).decode().rstrip("=")
        hosts.append({"key": line, "fingerprint": f"SHA256:{digest}"})
    verifier = ports.serving(ReceiptSigner).verifier()
    lines = [f"{one['fingerprint']}  {one['key']}" for one in hosts]
    return Told({"host_keys": hosts, "receipts": verifier}, [*lines, f"receipts: {verifier}"])


def _key(given: str, where: str) -> VerifierKey:
    path = Path(given)
    try:
        line = path.read_text("utf-8").strip() if path.is_file() else given.strip()
    except (OSError, UnicodeDecodeError):
        line = given.strip()
    try:
        return VerifierKey.parse(line)
    except Invalid as wrong:
        raise Invalid(f"is no verifier key: {wrong.problem}", where) from None


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with reading(path) as source:
        while block := source.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
