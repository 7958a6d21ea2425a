"""Proof of completeness: a file lands when a rename, a manifest, a done-file or a checksum says that it is whole.

Closing a handle proves nothing: an interrupted client closes it too.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from harborline.exchange.content import opened, read_all
from harborline.exchange.gathering import facts_in_force, terms_of
from harborline.exchange.landing import Landed, land
from harborline.exchange.manifest import LARGEST, Manifest, read_checksum, read_done, read_manifest
from harborline.exchange.models import Agreement, Upload
from harborline.exchange.naming import (
    CHECKSUM_ENDS,
    DONE_ENDS,
    MANIFEST_END,
    folded,
    sidecar_of,
    temporary,
)
from harborline.exchange.terms import Terms
from harborline.exchange.wording import Box, Proof
from harborline.kernel import Decision, Invalid, Refused, refuse

_CLAUSES = ("CA-CSS-03-11:safeguards",)
_SHA512_HEX = 128


def settle_proof(agreement: Agreement, upload: Upload, *, channel: str) -> Landed | None:
    """Land what is proven complete now that this upload was closed or renamed; None while something is missing.

    Raises `Refused` when a proof contradicts the bytes, `Invalid` when a sidecar cannot be read.
    """
    if upload.state != "uploaded" or temporary(upload.name):
        return None
    terms = terms_of(facts_in_force(agreement))
    kind, base = sidecar_of(upload.name)
    if kind == "manifest":
        return _by_manifest(agreement, upload, terms, channel)
    if kind:
        found = _open_upload(agreement, upload.box, base)
        return None if found is None else _by_sidecars(agreement, found, terms, channel)
    return _by_sidecars(agreement, upload, terms, channel)


def _by_sidecars(agreement: Agreement, upload: Upload, terms: Terms, channel: str) -> Landed | None:
    manifest = _naming_manifest(agreement, upload)
    if manifest is not None:
        return _by_manifest(agreement, manifest, terms, channel)
    if terms.manifest and upload.box == Box.IN:
        return None
    if Proof.CHECKSUM in terms.proofs and (sums := _sidecar(agreement, upload, CHECKSUM_ENDS)) is not None:
        _check_sum(upload, sums)
        return land([upload], channel=channel, spare=[sums])
    done = _sidecar(agreement, upload, DONE_ENDS) if Proof.DONE_FILE in terms.proofs else None
    if done is not None and _by_done_file(upload, done):
        return land([upload], channel=channel, spare=[done])
    if upload.proof == Proof.RENAME and Proof.RENAME in terms.proofs:
        return land([upload], channel=channel)
    return None


def _by_manifest(agreement: Agreement, sidecar: Upload, terms: Terms, channel: str) -> Landed | None:
    if Proof.MANIFEST not in terms.proofs and not terms.manifest:
        return None
    content = read_all(agreement.program, sidecar.id, at_most=LARGEST + 1)
    manifest = read_manifest(content)
    if manifest.agreement.rpartition("/")[2] != agreement.key:
        raise _refused("manifest-for-another-agreement")
    uploads = [_open_upload(agreement, sidecar.box, one.name) for one in manifest.files]
    there = [one for one in uploads if one is not None and one.sha256]
    if len(there) != len(manifest.files):
        return None
    for one, said in zip(there, manifest.files, strict=True):
        if (one.size, one.sha256) != (said.size, said.sha256):
            raise _refused("content-differs-from-proof")
        if sidecar.box == Box.IN and not terms.naming.matches(one.name):
            raise _refused("name-not-agreed")
    if manifest.test and sidecar.box != Box.TEST:
        raise _refused("test-goes-to-the-test-mailbox")
    return land(
        there, channel=channel, external_id=manifest.id, sequence=manifest.sequence, supersedes=manifest.supersedes,
        manifest=_kept(manifest, content), spare=[sidecar],
    )  # fmt: skip


def _kept(manifest: Manifest, content: bytes) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(content.decode("utf-8-sig"))
    return {"id": manifest.id, "sha256": hashlib.sha256(content).hexdigest(), "files": said["files"]}


def _naming_manifest(agreement: Agreement, upload: Upload) -> Upload | None:
    # A manifest is called after its first file or after the delivery; of those that wait, the one that names this file.
    waiting = Upload.objects.filter(
        agreement=agreement, box=upload.box, state="uploaded", folded__endswith=MANIFEST_END
    ).order_by("begun_at")
    for one in waiting:
        try:
            manifest = read_manifest(read_all(agreement.program, one.id, at_most=LARGEST + 1))
        except Invalid:
            continue
        if any(folded(said.name) == upload.folded for said in manifest.files):
            return one
    return None


def _sidecar(agreement: Agreement, upload: Upload, ends: Sequence[str]) -> Upload | None:
    names = [upload.folded + end for end in ends]
    rows = Upload.objects.filter(agreement=agreement, box=upload.box, state="uploaded", folded__in=names)
    return rows.order_by("begun_at").first()


def _open_upload(agreement: Agreement, box: str, name: str) -> Upload | None:
    rows = Upload.objects.filter(agreement=agreement, box=box, state="uploaded", folded=folded(name))
    return rows.first()


def _check_sum(upload: Upload, sidecar: Upload) -> None:
    digest, name = read_checksum(read_all(upload.program, sidecar.id, at_most=1001))
    if name and folded(name.rpartition("/")[2]) != upload.folded:
        raise _refused("content-differs-from-proof")
    found = upload.sha256
    if len(digest) == _SHA512_HEX:
        with opened(upload.program, upload.id) as stream:
            found = hashlib.file_digest(stream, "sha512").hexdigest()
    if digest != found:
        raise _refused("content-differs-from-proof")


def _by_done_file(upload: Upload, done: Upload) -> bool:
    # An empty done-file says "complete" of what was closed before it; what it names is checked.
    sizes, digests = read_done(read_all(upload.program, done.id, at_most=200))
    if sizes - {upload.size} or digests - {upload.sha256}:
        raise _refused("content-differs-from-proof")
    said_at = done.changed_at if done.proof == Proof.RENAME else done.begun_at
    return bool(sizes or digests) or upload.closed_at is None or said_at >= upload.closed_at


def refusal(reason: str) -> Decision:
    """A refusal of this room about a delivery."""
    return refuse(reason).stamped("exchange.proving", _CLAUSES)


def _refused(reason: str) -> Refused:
    return Refused(refusal(reason))
