"""What others may ask vendors to do; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.vendors.facts import TEXT_ELEMENTS, TEXTING
from harborline.vendors.models import Approval, Connector, Vendor
from harborline.vendors.rules import may_approve_another
from harborline.vendors.selectors import live_vendors
from harborline.walls import current

__all__ = ["approve_vendor", "register_vendor", "revoke"]


def register_vendor(
    key: str, *, name: str, connectors: Sequence[str], simulated: bool = False, free_service: bool = False
) -> Vendor:
    """Write down a vendor and the connectors that reach it; idempotent. It may carry nothing yet."""
    facts = {"name": name, "simulated": simulated, "free_service": free_service}
    vendor, _ = Vendor.objects.update_or_create(key=key, defaults=facts)
    for connector in connectors:
        Connector.objects.update_or_create(name=connector, defaults={"vendor": vendor})
    return vendor


def approve_vendor(
    key: str,
    *,
    program: str,
    document_no: str,
    signer: str,
    signed_on: date,
    valid_from_at: datetime,
    valid_until_at: datetime,
    purpose: str = TEXTING,
    data_elements: Sequence[str] = TEXT_ELEMENTS,
) -> Approval:
    """Record a program's written permission for a vendor; `valid_until_at` is exclusive.

    Raises `NotFound` for an unknown vendor, `Invalid` for a permission without document, signer, data elements or
    with dates out of order, `Refused` for a second vendor where the profile knows one.
    Source: NC-CSS-22-18:prior-written-permission, NC-CSS-22-18:exclusive-vendor.
    """
    vendor = Vendor.objects.filter(key=key).first()
    if vendor is None:
        raise NotFound("no such vendor")
    if not document_no.strip() or not signer.strip():
        raise Invalid("a permission is a document with a number and a signer", "document_no")
    if not data_elements:
        raise Invalid("a permission names the data elements it covers", "data_elements")
    _check_order(signed_on, valid_from_at, valid_until_at)
    others = live_vendors(program, purpose, max(valid_from_at, clock.now())) - {key}
    decision = may_approve_another(profile=profile(program), live_vendors=len(others))
    if not decision.allowed:
        raise Refused(decision)
    identifier = new_id()
    content = {
        "approval": str(identifier),
        "vendor": key,
        "purpose": purpose,
        "data_elements": sorted(data_elements),
        "document": document_no,
        "valid_from": iso(valid_from_at),
        "valid_until": iso(valid_until_at),
    }
    entry_id = record("vendors.approved", subject=f"vendor:{key}", content=content)
    return Approval.objects.create(
        id=identifier,
        program=program,
        vendor=vendor,
        purpose=purpose,
        data_elements=sorted(data_elements),
        document_no=document_no,
        signer=signer,
        signed_date=signed_on,
        valid_from_at=valid_from_at,
        valid_until_at=valid_until_at,
        approved_by=_actor(),
        entry_id=entry_id,
    )


def revoke(approval_id: uuid.UUID, *, because: str) -> None:
    """End a permission now: the connector hands over nothing more.

    Raises `NotFound`; revoking twice changes nothing.
    """
    approval = Approval.objects.select_for_update().filter(id=approval_id).first()
    if approval is None:
        raise NotFound("no such approval here")
    if approval.revoked_at is not None:
        return
    approval.revoked_at, approval.revoked_by, approval.revoked_because = clock.now(), _actor(), because[:200]
    approval.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])
    content = {"approval": str(approval.id), "because": because[:200]}
    record("vendors.revoked", subject=f"vendor:{approval.vendor.key}", content=content)


def _check_order(signed_on: date, valid_from_at: datetime, valid_until_at: datetime) -> None:
    if not signed_on <= valid_from_at.date() or not valid_from_at < valid_until_at:
        raise Invalid("a permission is signed before it begins and begins before it ends", "valid_from_at")


def _actor() -> str:
    actor = current().actor
    return f"{actor.kind}:{actor.id}"[:80]
