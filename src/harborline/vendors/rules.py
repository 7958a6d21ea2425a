"""Whether a vendor may carry anything: pure, and no unless somebody wrote yes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from harborline.kernel import Decision, allow, refuse, rule, strictest
from harborline.law import Profile
from harborline.vendors.facts import PURPOSES, ApprovalFacts, FaxKind, FaxLineFacts
from harborline.vendors.life.rules import stands
from harborline.vendors.tax.rules import may_see_tax


def may_carry(
    *, approval: ApprovalFacts | None, program: str, purpose: str, now: datetime, elements: Iterable[str] = ()
) -> Decision:
    """Whether the vendor behind a connector may be handed something of `program` for `purpose` at `now`.

    1. Somebody permitted it at all. 2. In writing, for this program, purpose and these data elements (at least those
    the purpose cannot do without), in force now. 3. No other vendor is live beside it. 4. It is not a free service.
    5. Its life is complete and nothing stops it. 6. Federal tax information field by field.
    """
    asked = frozenset(elements)
    return strictest(
        (
            permitted_at_all(approval=approval, program=program, purpose=purpose),
            written_permission_holds(approval=approval, now=now, elements=asked),
            only_vendor(approval=approval),
            paid_service(approval=approval),
            life_stands(approval=approval, now=now),
            tax_fields(approval=approval, elements=asked, today=now.date()),
        )
    )


@rule("NC-CSS-22-18:no-third-party-yet")
def permitted_at_all(*, approval: ApprovalFacts | None, program: str, purpose: str) -> Decision:
    """Without a permission on file for this program and purpose the answer is no."""
    if approval is None:
        return refuse("vendor-not-approved")
    if approval.program != program or approval.purpose != purpose:
        return refuse("vendor-approved-for-something-else")
    return allow()


@rule("NC-CSS-22-18:prior-written-permission")
def written_permission_holds(
    *, approval: ApprovalFacts | None, now: datetime, elements: frozenset[str] = frozenset()
) -> Decision:
    """The permission names its letter and signer, covers the data elements, came before, and has not ended."""
    if approval is None or not approval.document_no or not approval.signer:
        return refuse("no-written-permission")
    needed = elements | frozenset(PURPOSES.get(approval.purpose, ()))
    if not needed <= approval.data_elements or not approval.data_elements:
        return refuse("permission-does-not-cover-data")
    if approval.revoked_at is not None and approval.revoked_at <= now:
        return refuse("permission-revoked")
    if now < approval.valid_from_at or approval.signed_on > approval.valid_from_at.date():
        return refuse("permission-not-yet-valid")
    if now >= approval.valid_until_at:
        return refuse("permission-expired")
    return allow()


@rule("NC-CSS-22-18:exclusive-vendor")
def only_vendor(*, approval: ApprovalFacts | None) -> Decision:
    """Where the program has one vendor, a second live one stops both until somebody decides."""
    if approval is not None and approval.rivals:
        return refuse("second-vendor-live")
    return allow()


@rule("MN-WIC-9.6:text-no-free-service")
def paid_service(*, approval: ApprovalFacts | None) -> Decision:
    """Free versions of texting services carry nothing."""
    if approval is not None and approval.free_service:
        return refuse("free-service")
    return allow()


@rule("NC-CSS-22-18:contract-vetted", "NC-CSS-22-18:subcontractor-signs")
def life_stands(*, approval: ApprovalFacts | None, now: datetime) -> Decision:
    """A letter alone opens nothing: contract, memorandum, certification, screening and the word to go live follow."""
    if approval is None or approval.life is None:
        return refuse("vendor-not-live")
    return stands(life=approval.life, now=now)


def tax_fields(*, approval: ApprovalFacts | None, elements: frozenset[str], today: date) -> Decision:
    """Fields of federal tax information are allowed one by one, each on its legal basis."""
    if approval is None or approval.life is None:
        return allow()
    return may_see_tax(life=approval.life, elements=elements, today=today)


@rule("NC-CSS-22-18:exclusive-vendor")
def may_approve_another(*, profile: Profile, live_vendors: int) -> Decision:
    """A program whose profile knows no second carrier approves no second vendor while one is live."""
    if live_vendors and not profile.texting.second_carrier:
        return refuse("program-has-its-one-vendor")
    return allow()


@rule("MN-WIC-9.6:fax-private-line")
def fax_line_private(*, line: FaxLineFacts | None, program: str, today: date) -> Decision:
    """A line carries private papers once local IT attested that only this unit's staff reach it.

    A machine that several programs share is no private line, whatever is attested.
    """
    if line is None or line.program != program:
        return refuse("fax-line-unknown")
    if line.kind is FaxKind.SHARED_MACHINE:
        return refuse("fax-line-shared")
    if line.withdrawn or not line.attested_by.strip() or line.attested_on is None or line.attested_on > today:
        return refuse("fax-line-not-attested")
    if line.attested_until is None or today >= line.attested_until:
        return refuse("fax-line-attestation-ended")
    return allow()
