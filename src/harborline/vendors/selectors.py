"""What others may ask about vendors; inside `walls.acting` of the program."""

from __future__ import annotations

from datetime import datetime

from harborline.kernel import clock
from harborline.law import profile
from harborline.vendors.facts import TEXTING, ApprovalFacts
from harborline.vendors.models import Approval, Connector

__all__ = ["approval_for", "approvals", "live_vendors"]


def approval_for(
    carrier: str, program: str, *, purpose: str = TEXTING, now: datetime | None = None
) -> ApprovalFacts | None:
    """The permission under which the connector `carrier` works for `program`: the one that holds longest, or None.

    `rivals` counts the other live vendors where the program may have only one.
    """
    at = now or clock.now()
    found = (
        Approval.objects.filter(program=program, purpose=purpose, vendor__connector__name=carrier)
        .select_related("vendor")
        .order_by("revoked_at", "-valid_until_at")
    )
    approval = next((one for one in found if one.revoked_at is None), None) or found.first()
    return None if approval is None else _facts(approval, at)


def approvals(program: str, *, now: datetime | None = None) -> list[ApprovalFacts]:
    """Every permission the program ever gave, the newest first."""
    at = now or clock.now()
    rows = Approval.objects.filter(program=program).select_related("vendor").order_by("-valid_from_at")
    return [_facts(row, at) for row in rows]


def live_vendors(program: str, purpose: str, at: datetime) -> set[str]:
    """The keys of the vendors whose permission for the purpose holds at `at`."""
    rows = Approval.objects.filter(
        program=program, purpose=purpose, revoked_at__isnull=True, valid_from_at__lte=at, valid_until_at__gt=at
    )
    return set(rows.values_list("vendor__key", flat=True))


def connectors() -> dict[str, str]:
    """Every connector's vendor, by the connector's name."""
    return dict(Connector.objects.values_list("name", "vendor__key"))


def _facts(approval: Approval, at: datetime) -> ApprovalFacts:
    vendor = approval.vendor
    one_only = not profile(approval.program).texting.second_carrier
    rivals = live_vendors(approval.program, approval.purpose, at) - {vendor.key} if one_only else set()
    return ApprovalFacts(
        id=approval.id,
        vendor=vendor.key,
        program=approval.program,
        purpose=approval.purpose,
        data_elements=frozenset(approval.data_elements),
        document_no=approval.document_no,
        signer=approval.signer,
        signed_on=approval.signed_date,
        valid_from_at=approval.valid_from_at,
        valid_until_at=approval.valid_until_at,
        revoked_at=approval.revoked_at,
        rivals=len(rivals),
        free_service=vendor.free_service,
        simulated=vendor.simulated,
    )
