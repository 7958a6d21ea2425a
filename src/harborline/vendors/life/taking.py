"""Take steps of a vendor's life: gather the facts, ask the rules, write the step, record it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import connection

from harborline.kernel import Decision, Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.vendors.facts import CONNECTORS, LifeFacts, StepFacts, StepKind
from harborline.vendors.gathering import lives
from harborline.vendors.life.details import checked, purposes_and_elements
from harborline.vendors.life.rules import may_take
from harborline.vendors.models import Approval, Connector, Engagement, Step, Vendor
from harborline.vendors.papers import Given, keep_papers, wants_paper
from harborline.vendors.rules import may_approve_another
from harborline.vendors.screening.folding import readings
from harborline.vendors.screening.identifiers import identifiers as read_identifiers
from harborline.vendors.screening.lists import categories
from harborline.vendors.screenings import record_screening
from harborline.vendors.selectors import live_vendors
from harborline.walls import current

_KINDS: Final = {StepKind.PERMITTED: "vendors.approved"}
_KEY_MAX: Final = 40
_NAME_MAX: Final = 200


def draft(
    name: str,
    *,
    purposes: Iterable[str],
    elements: Iterable[str],
    systems: str,
    identifiers: Mapping[str, str] | None = None,
    connectors: Sequence[str] = (),
    free_service: bool = False,
    under: uuid.UUID | None = None,
) -> Engagement:
    """Begin a vendor's life in the context's program; it may carry nothing yet.

    A company already known by this name is the same company. `under` makes it a sub-processor of that engagement.
    Raises `Invalid` for a name, identifier, purpose, element or connector that cannot be used.
    """
    wanted, seen = purposes_and_elements(purposes, elements)
    said = name.strip()
    if not readings(said) or len(said) > _NAME_MAX:
        raise Invalid("the company's name is empty, has no letters or is longer than {most}", "name", most=_NAME_MAX)
    if not systems.strip():
        raise Invalid("say through which systems it will see the data", "systems")
    if under is not None and not Engagement.objects.filter(id=under, program=current().program).exists():
        raise NotFound("no such vendor here")
    vendor = _vendor(said, identifiers or {}, free_service=free_service)
    _bind(vendor, connectors, wanted)
    return begin(vendor, purposes=wanted, elements=seen, systems=systems.strip()[:_NAME_MAX], under=under)


def begin(
    vendor: Vendor, *, purposes: list[str], elements: list[str], systems: str, under: uuid.UUID | None = None
) -> Engagement:
    """Write down an engagement of a vendor; everything was checked."""
    identifier, by = new_id(), actor_name()
    content: dict[str, Any] = {
        "engagement": str(identifier), "vendor": vendor.key, "purposes": purposes, "elements": elements,
    }  # fmt: skip
    entry_id = record("vendors.drafted", subject=f"vendor:{vendor.key}", content=content)
    return Engagement.objects.create(
        id=identifier, program=current().program, vendor=vendor, purposes=purposes, data_elements=elements,
        systems=systems, under_id=under, drafted_by=by, drafted_at=clock.now(), entry_id=entry_id,
    )  # fmt: skip


def take(
    engagement_id: uuid.UUID,
    kind: StepKind,
    *,
    on: date | None = None,
    detail: Mapping[str, Any] | None = None,
    roles: frozenset[str],
    papers: Sequence[Given] = (),
) -> Step:
    """Take one step; `on` is the day its paper bears (today when left out), `papers` the signed documents.

    Raises `NotFound`, `Invalid` for a part that is missing or wrong, `Refused` with the rule's decision.
    """
    life = _locked(engagement_id)
    day = on or clock.now().date()
    said = checked(kind, detail or {}, on=day, life=life)
    if wants_paper(kind) and not papers and not life.simulated:
        raise Invalid("add the signed document", "paper")
    if kind is StepKind.SCREENED:
        record_screening(engagement_id, why="asked")
        life = lives(current().program, only=[engagement_id])[0]
    step = StepFacts(kind, day, clock.now(), actor_name(), said)
    _must(may_take(step=step, life=life, roles=roles, categories=categories(), now=step.at))
    if kind is StepKind.PERMITTED:
        _one_vendor(life, said)
    written = _write(life, step)
    keep_papers(written, papers)
    if kind is StepKind.PERMITTED:
        _approve(life, written)
    if kind is StepKind.REVOKED:
        _withdraw(life, said["because"])
    return written


def actor_name() -> str:
    """Who acts, as records name them."""
    actor = current().actor
    return f"{actor.kind}:{actor.id}"[:80]


def note_stopped(engagement_id: uuid.UUID, decision: Decision) -> None:
    """Record that a life no longer stands by itself: a step of the product's own, which decides nothing."""
    life = _locked(engagement_id)
    _write(life, StepFacts(StepKind.STOPPED, clock.now().date(), clock.now(), actor_name(), {"why": decision.reason}))


def _locked(engagement_id: uuid.UUID) -> LifeFacts:
    # One step of a life at a time: append-only rows cannot be locked, so the life itself is.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [engagement_id.int >> 65])
    found = lives(current().program, only=[engagement_id])
    if not found:
        raise NotFound("no such vendor here")
    return found[0]


def _must(decision: Decision) -> None:
    if not decision.allowed:
        raise Refused(decision)


def _one_vendor(life: LifeFacts, said: Mapping[str, Any]) -> None:
    if life.under is not None:
        return
    begins = max(datetime.fromisoformat(said["valid_from"]), clock.now())
    for purpose in said["purposes"]:
        others = live_vendors(life.program, purpose, begins) - {life.vendor}
        _must(may_approve_another(profile=profile(life.program), live_vendors=len(others)))


def _write(life: LifeFacts, step: StepFacts) -> Step:
    content: dict[str, Any] = {
        "engagement": str(life.id), "vendor": life.vendor, "step": step.kind.value, "on": step.on.isoformat(),
        "detail": _recordable(step.detail),
    }  # fmt: skip
    kind = _KINDS.get(step.kind, f"vendors.{step.kind.value}")
    entry_id = record(kind, subject=f"vendor:{life.vendor}", content=content)
    return Step.objects.create(
        program=life.program, engagement_id=life.id, kind=step.kind.value, on_date=step.on, detail=dict(step.detail),
        by=step.by, at=step.at, entry_id=entry_id,
    )  # fmt: skip


def _recordable(detail: Any) -> Any:  # noqa: ANN401 - JSON of any depth
    # The record's canonical form knows no fractions: shares of owners are written as text.
    if isinstance(detail, Mapping):
        return {key: _recordable(value) for key, value in detail.items()}
    if isinstance(detail, list | tuple):
        return [_recordable(value) for value in detail]
    return f"{detail:g}" if isinstance(detail, float) else detail


def _approve(life: LifeFacts, step: Step) -> None:
    said = step.detail
    for purpose in said["purposes"]:
        Approval.objects.create(
            program=life.program,
            vendor=Vendor.objects.get(key=life.vendor),
            engagement_id=life.id,
            purpose=purpose,
            data_elements=said["elements"],
            document_no=said["document_no"][:80],
            signer=said["signer"][:200],
            signed_date=step.on_date,
            valid_from_at=datetime.fromisoformat(said["valid_from"]),
            valid_until_at=datetime.fromisoformat(said["valid_until"]),
            approved_by=step.by,
            entry_id=step.entry_id,
        )


def _withdraw(life: LifeFacts, because: str) -> None:
    Approval.objects.filter(engagement_id=life.id, revoked_at__isnull=True).update(
        revoked_at=clock.now(), revoked_by=actor_name(), revoked_because=because[:200]
    )


def _vendor(name: str, given: Mapping[str, str], *, free_service: bool) -> Vendor:
    known = Vendor.objects.filter(name__iexact=name).first()
    read = dict(sorted(read_identifiers(given, strict=True)))
    if known is None:
        return Vendor.objects.create(key=_free_key(name), name=name, free_service=free_service, identifiers=read)
    changed = {**known.identifiers, **read}
    if changed != known.identifiers or (free_service and not known.free_service):
        known.identifiers, known.free_service = changed, known.free_service or free_service
        known.save(update_fields=["identifiers", "free_service"])
    return known


def _free_key(name: str) -> str:
    words = [word for word in readings(name)[0].words if word.isascii()] or ["vendor"]
    stem = "-".join(words)[: _KEY_MAX - 4].strip("-") or "vendor"
    taken = set(Vendor.objects.filter(key__startswith=stem).values_list("key", flat=True))
    return next(key for key in (stem, *(f"{stem}-{number}" for number in range(2, 999))) if key not in taken)


def _bind(vendor: Vendor, connectors: Sequence[str], purposes: list[str]) -> None:
    for name in connectors:
        if CONNECTORS.get(name) not in purposes:
            raise Invalid("'{given}' serves none of these purposes", "connectors", given=name[:40])
        bound, made = Connector.objects.get_or_create(name=name, defaults={"vendor": vendor})
        if not made and bound.vendor_id != vendor.id:
            raise Invalid("'{name}' already leads to another company; end that one first", "connectors", name=name)
