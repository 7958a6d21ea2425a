"""Agreements: drafted, put in force by a second person, suspended, ended."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from harborline.exchange import naming
from harborline.exchange.alarming import settle_alarm
from harborline.exchange.checking import must_fit
from harborline.exchange.facts import AgreementState, AlarmKind
from harborline.exchange.gathering import actor_name, agreement_facts, agreement_row, must, vendor_decision
from harborline.exchange.known import forget
from harborline.exchange.models import Agreement, AgreementEvent, AgreementVersion
from harborline.exchange.partners import partner_row
from harborline.exchange.rules import may_activate, may_route
from harborline.exchange.terms import Terms
from harborline.kernel import Invalid, Refused, clock, refuse
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.walls import current

_RULE = ("exchange.agreements", ("CA-CSS-03-11:prevent-unauthorised",))


def draft_agreement(partner_id: uuid.UUID, key: str, *, title: str, terms: Mapping[str, Any]) -> Agreement:
    """Begin an agreement with its first terms; nothing goes under it before a second person put it in force.

    Raises `Invalid` naming the field, `Refused` with the clause and the remedy for plain FTP and for files by mail.
    """
    partner = partner_row(partner_id)
    naming.key(key, "key")
    if not title.strip():
        raise Invalid("is missing", "title")
    if Agreement.objects.filter(key=key, program=partner.program).exists():
        raise Invalid("is used by another agreement", "key")
    read = Terms.read(terms)
    must_fit(read)
    must(may_route(terms=read))
    with transaction.atomic():
        row = Agreement.objects.create(
            id=new_id(), program=partner.program, partner=partner, key=key, title=title.strip()[:200], at=clock.now()
        )
        _draft(row, read)
    return row


def redraft(agreement_id: uuid.UUID, *, terms: Mapping[str, Any]) -> int:
    """Draft other terms for an agreement; those in force stay until a second person activates. Answers the number."""
    row = _locked(agreement_id)
    if row.state == AgreementState.ENDED:
        raise Refused(refuse("agreement-ended").stamped(*_RULE))
    read = Terms.read(terms)
    must_fit(read)
    must(may_route(terms=read))
    return _draft(row, read)


def _draft(row: Agreement, terms: Terms) -> int:
    newest = AgreementVersion.objects.filter(agreement=row).order_by("-number").values_list("number", flat=True).first()
    number, said = (newest or 0) + 1, terms.said()
    AgreementVersion.objects.create(
        program=row.program, agreement=row, number=number, terms=said, by=actor_name(), at=clock.now(),
        entry_id=_event(row, "drafted", number, content={"terms": said}),
    )  # fmt: skip
    return number


def activate(agreement_id: uuid.UUID) -> None:
    """Put the newest draft in force, as a second person; raises `Refused` with the reason.

    Source: CA-CSS-03-11:prevent-unauthorised; a vendor needs NC-CSS-22-18:prior-written-permission.
    """
    row = _locked(agreement_id)
    facts, now = agreement_facts(row), clock.now()
    vendor = vendor_decision(facts, facts.drafted, now)
    must(may_activate(agreement=facts, by=actor_name(), vendor=vendor, today=now.date()))
    row.version, row.state = facts.drafted_version, AgreementState.ACTIVE.value
    row.active_from_at = row.active_from_at or now
    _event(row, "activated", row.version)
    row.save(update_fields=["version", "state", "active_from_at"])
    forget()
    settle_alarm(AlarmKind.AGREEMENT, f"agreement:{row.id}", because="renewed")


def suspend(agreement_id: uuid.UUID, *, because: str) -> None:
    """Stop an agreement now, as one person; another lets it go on."""
    row = _locked(agreement_id)
    if row.state != AgreementState.ACTIVE:
        raise Refused(refuse("agreement-not-active").stamped(*_RULE))
    _change(row, AgreementState.SUSPENDED, "suspended", because)


def resume(agreement_id: uuid.UUID, *, because: str) -> None:
    """Let a suspended agreement go on, as another person than the one who stopped it."""
    row = _locked(agreement_id)
    if row.state != AgreementState.SUSPENDED:
        raise Refused(refuse("agreement-not-suspended").stamped(*_RULE))
    stopped = AgreementEvent.objects.filter(agreement=row, kind="suspended").order_by("-at").first()
    if stopped is not None and stopped.by == actor_name():
        raise Refused(refuse("needs-a-second-person").stamped(*_RULE))
    _change(row, AgreementState.ACTIVE, "resumed", because)


def end_agreement(agreement_id: uuid.UUID, *, because: str) -> None:
    """End an agreement for good."""
    row = _locked(agreement_id)
    if row.state == AgreementState.ENDED:
        return
    _change(row, AgreementState.ENDED, "ended", because)
    settle_alarm(AlarmKind.AGREEMENT, f"agreement:{row.id}", because="ended")


def _change(row: Agreement, state: AgreementState, kind: str, because: str) -> None:
    if not because.strip():
        raise Invalid("say why", "because")
    row.state = state.value
    _event(row, kind, row.version, because=because.strip()[:200])
    row.save(update_fields=["state"])
    forget()


def _event(
    row: Agreement, kind: str, number: int, *, because: str = "", content: Mapping[str, Any] | None = None
) -> uuid.UUID:
    said = {"agreement": row.key, "partner": row.partner.key, "version": number, "because": because, **(content or {})}
    entry_id = record(f"exchange.agreement-{kind}", subject=f"agreement:{row.key}", content=said)
    AgreementEvent.objects.create(
        program=row.program, agreement=row, kind=kind, number=number, because=because, by=actor_name(), at=clock.now(),
        entry_id=entry_id,
    )  # fmt: skip
    return entry_id


def _locked(agreement_id: uuid.UUID) -> Agreement:
    row = agreement_row(agreement_id, locked=True)
    assert row.program == current().program
    return row
