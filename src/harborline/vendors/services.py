"""What others may ask vendors to do; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction

from harborline.kernel import Decision, Invalid, NotFound, Refused, clock
from harborline.ledger.services import record, record_apart
from harborline.vendors.documents import Document, issue_document
from harborline.vendors.facts import TEXT_ELEMENTS, TEXTING, FaxKind, StepKind
from harborline.vendors.life.simulated import letter, walk
from harborline.vendors.life.taking import actor_name, draft, take
from harborline.vendors.listkeeping import bring_in
from harborline.vendors.models import Approval, Connector, FaxLine, ListVersion, Vendor
from harborline.vendors.papers import Given, open_paper
from harborline.vendors.screenings import adjudicate, record_screening, rescreen
from harborline.vendors.selectors import connector_may
from harborline.walls import current

__all__ = [
    "Document",
    "Given",
    "adjudicate",
    "approve_vendor",
    "attest_fax_line",
    "draft",
    "import_list",
    "issue_document",
    "must_carry",
    "open_paper",
    "record_screening",
    "register_vendor",
    "rescreen",
    "revoke",
    "take",
    "withdraw_fax_line",
]


def must_carry(
    connector: str, *, program: str, purpose: str, elements: Iterable[str] = (), fax_line_label: str | None = None
) -> Decision:
    """`selectors.connector_may`, for connectors that cannot go on without: raises `Refused` and records that it was.

    The record stands when the caller's work is undone.
    """
    decision = connector_may(
        connector, program=program, purpose=purpose, elements=elements, fax_line_label=fax_line_label
    )
    if not decision.allowed:
        content = {"connector": connector, "for": purpose, "reason": decision.reason, "clauses": list(decision.clauses)}
        record_apart("vendors.connector-refused", subject=f"connector:{connector}", content=content)
        raise Refused(decision)
    return decision


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
    """Take a simulated vendor through its whole life at once; `valid_until_at` is exclusive.

    A real company is drafted and goes step by step (`draft`, `take`). Raises `NotFound` for an unknown vendor,
    `Invalid` for a real one and for a permission without document, signer, data elements or with dates out of order,
    `Refused` for a second vendor where the profile knows one.
    Source: NC-CSS-22-18:prior-written-permission, NC-CSS-22-18:exclusive-vendor.
    """
    vendor = Vendor.objects.filter(key=key).first()
    if vendor is None:
        raise NotFound("no such vendor")
    if not document_no.strip() or not signer.strip():
        raise Invalid("a permission is a document with a number and a signer", "document_no")
    if not data_elements:
        raise Invalid("a permission names the data elements it covers", "data_elements")
    said = letter(document_no, signer, valid_from_at, valid_until_at)
    with transaction.atomic():
        return walk(
            vendor, program=program, purpose=purpose, elements=sorted(data_elements), letter=said, signed_on=signed_on
        )


def revoke(approval_id: uuid.UUID, *, because: str) -> None:
    """End a permission now: the connector hands over nothing more.

    The whole life ends with its letter. Raises `NotFound`; revoking twice changes nothing.
    """
    approval = Approval.objects.select_for_update().filter(id=approval_id).first()
    if approval is None:
        raise NotFound("no such approval here")
    if approval.revoked_at is not None:
        return
    if approval.engagement_id is not None:
        take(approval.engagement_id, StepKind.REVOKED, detail={"because": because[:200]}, roles=frozenset())
        return
    approval.revoked_at, approval.revoked_by, approval.revoked_because = clock.now(), actor_name(), because[:200]
    approval.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])
    content = {"approval": str(approval.id), "because": because[:200]}
    record("vendors.revoked", subject=f"vendor:{approval.vendor.key}", content=content)


def import_list(content: bytes, *, file_name: str) -> ListVersion | None:
    """Put a newer version of a list in force and screen this program's vendors anew; None when it already is.

    Other programs are judged by the new list at once, and their screening is recorded by the product within minutes.
    Raises `Invalid` for a file that is malformed, empty, cut, or older than what is in force, which then stays.
    Source: MN-WIC-9.6:vendor-lists.
    """
    brought = bring_in(content, file_name)
    if brought is not None:
        rescreen(current().program, why="list-changed")
    return brought


def attest_fax_line(label: str, *, kind: FaxKind, attested_by: str, attested_on: date, until: date) -> FaxLine:
    """Write down what the local IT attests about a fax line; the newest attestation of a label counts.

    Raises `Invalid` for a missing part, a day in the future, or a term of more than a year.
    Source: MN-WIC-9.6:fax-private-line.
    """
    today = clock.now().date()
    if not label.strip() or not attested_by.strip():
        raise Invalid("a line has a name, and somebody of the local IT attests it", "label")
    if attested_on > today:
        raise Invalid("lies in the future", "attested_on")
    if not attested_on < until or (until - attested_on).days > 366:  # noqa: PLR2004 - a year, a leap one too
        raise Invalid("ends within a year of the attestation", "until")
    return _line(
        label, kind=kind.value, attested_by=attested_by.strip()[:120], attested_date=attested_on, until_date=until
    )


def withdraw_fax_line(label: str, *, because: str) -> FaxLine:
    """End the use of a fax line now; raises `NotFound`, `Invalid` without a reason."""
    newest = FaxLine.objects.filter(program=current().program, label=label).order_by("-at").first()
    if newest is None:
        raise NotFound("no such fax line here")
    if not because.strip():
        raise Invalid("say why", "because")
    return _line(label, kind=newest.kind, attested_by="", attested_date=None, until_date=None, because=because[:200])


def _line(
    label: str,
    *,
    kind: str,
    attested_by: str,
    attested_date: date | None,
    until_date: date | None,
    because: str = "",
) -> FaxLine:
    said = label.strip()[:80]
    content = {"line": said, "kind": kind, "attested_by": attested_by, "because": because}
    event = "vendors.fax-line-attested" if attested_by else "vendors.fax-line-withdrawn"
    entry_id = record(event, subject=f"fax-line:{said}", content=content)
    return FaxLine.objects.create(
        program=current().program, label=said, kind=kind, attested_by=attested_by, attested_date=attested_date,
        until_date=until_date, withdrawn=not attested_by, because=because, by=actor_name(), at=clock.now(),
        entry_id=entry_id,
    )  # fmt: skip
