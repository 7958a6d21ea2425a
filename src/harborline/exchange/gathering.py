"""Facts for the rules, gathered inside the context of a program."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from harborline.exchange.facts import AgreementFacts, AgreementState, CredentialFacts, KeyKind, PartnerKind
from harborline.exchange.models import Agreement, AgreementVersion, Credential
from harborline.exchange.rules import in_force
from harborline.exchange.terms import Terms
from harborline.kernel import Decision, NotFound, Refused, clock, refuse
from harborline.vendors.rules import may_carry
from harborline.vendors.selectors import approvals
from harborline.walls import current

FILES = "files"


def actor_name() -> str:
    """Who acts, as records name them."""
    actor = current().actor
    return f"{actor.kind}:{actor.id}"[:80]


def agreement_row(agreement_id: uuid.UUID, *, locked: bool = False) -> Agreement:
    """An agreement of the context's program; raises `NotFound`."""
    rows = Agreement.objects.filter(id=agreement_id, program=current().program)
    rows = rows.select_related("partner")
    # Without its key: rows that point at it, such as an upload that begins, need not wait.
    row = (rows.select_for_update(of=("self",), no_key=True) if locked else rows).first()
    if row is None:
        raise NotFound("no such agreement here")
    return row


def agreement_facts(row: Agreement) -> AgreementFacts:
    """The facts of one agreement."""
    return agreements_facts([row])[0]


def facts_in_force(row: Agreement) -> AgreementFacts:
    """The facts of one agreement with the terms in force and no draft: what a machine's request is judged by.

    Terms are asked for once in the life of a process: a version never changes. State and number come from `row`.
    """
    used = _version(row.id, row.version) if row.version else None
    return _facts(row, {row.version: used} if used is not None else {}, clock.now().date())


@lru_cache(maxsize=1024)
def _version(agreement_id: uuid.UUID, number: int) -> AgreementVersion:
    return AgreementVersion.objects.get(agreement=agreement_id, number=number)


def agreements_facts(rows: Iterable[Agreement]) -> list[AgreementFacts]:
    """The facts of many agreements, with the terms in force and the newest draft."""
    listed = list(rows)
    versions: dict[uuid.UUID, dict[int, AgreementVersion]] = {}
    for one in AgreementVersion.objects.filter(agreement__in=[row.id for row in listed]):
        versions.setdefault(one.agreement_id, {})[one.number] = one
    today = clock.now().date()
    return [_facts(row, versions.get(row.id, {}), today) for row in listed]


@lru_cache(maxsize=1024)
def _read(said: str) -> Terms:
    # A version never changes, and terms are values: read once.
    return Terms.read(json.loads(said))


def _facts(row: Agreement, versions: dict[int, AgreementVersion], today: date) -> AgreementFacts:
    newest = versions[max(versions)] if versions else None
    used = versions.get(row.version)
    terms = _read(json.dumps(used.terms)) if used else None
    draft = newest if newest is not None and newest.number > row.version else None
    state = AgreementState(row.state)
    if state is AgreementState.ACTIVE and terms is not None and terms.expires_date <= today:
        state = AgreementState.EXPIRED
    return AgreementFacts(
        id=row.id,
        key=row.key,
        title=row.title,
        partner_id=row.partner_id,
        partner_key=row.partner.key,
        partner_name=row.partner.name,
        partner_kind=PartnerKind(row.partner.kind),
        vendor=row.partner.vendor,
        program=row.program,
        state=state,
        version=row.version,
        terms=terms,
        drafted=Terms.read(draft.terms) if draft else None,
        drafted_by=draft.by if draft else "",
        drafted_version=draft.number if draft else 0,
    )


def vendor_decision(agreement: AgreementFacts, terms: Terms | None, now: datetime) -> Decision | None:
    """What the vendors' gate says of the company behind an agreement; None where the partner is no vendor.

    Source: NC-CSS-22-18:prior-written-permission.
    """
    if agreement.partner_kind is not PartnerKind.VENDOR:
        return None
    if not agreement.vendor:
        return refuse("vendor-not-approved")
    mine = [
        one for one in approvals(agreement.program, now=now)
        if one.vendor == agreement.vendor and one.purpose == FILES
    ]  # fmt: skip
    elements = terms.elements if terms else ()
    judged = [may_carry(approval=one, program=agreement.program, purpose=FILES, now=now, elements=elements)
              for one in mine]  # fmt: skip
    return next(
        (one for one in judged if one.allowed),
        judged[0]
        if judged
        else may_carry(approval=None, program=agreement.program, purpose=FILES, now=now, elements=elements),
    )


def standing_now(agreement: AgreementFacts) -> Decision:
    """Whether anything may go under an agreement now."""
    now = clock.now()
    return in_force(agreement=agreement, vendor=vendor_decision(agreement, agreement.terms, now), today=now.date())


def must(decision: Decision) -> None:
    """Raise `Refused` for anything but allow."""
    if not decision.allowed:
        raise Refused(decision)


def terms_of(agreement: AgreementFacts) -> Terms:
    """The terms in force; raises `Refused` before the first activation."""
    if agreement.terms is None:
        raise Refused(refuse("agreement-not-active").stamped("exchange.gathering", _CLAUSES))
    return agreement.terms


_CLAUSES = ("CA-CSS-03-11:prevent-unauthorised",)


def credential_facts(row: Credential) -> CredentialFacts:
    """The facts of one key."""
    return CredentialFacts(
        id=row.id,
        partner_id=row.partner_id,
        login=row.login,
        kind=KeyKind(row.kind),
        algorithm=row.algorithm,
        bits=row.bits,
        digest=row.digest,
        from_at=row.from_at,
        until_at=row.until_at,
        networks=tuple(row.networks),
        added_by=row.added_by,
        confirmed_by=row.confirmed_by,
        revoked_at=row.revoked_at,
    )
