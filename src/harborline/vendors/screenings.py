"""Screen and adjudicate: every screening and every decision about a hit is a record with its words."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any, Final

from harborline.kernel import Invalid, NotFound, Refused, clock, refuse
from harborline.ledger.services import record
from harborline.vendors.facts import LifeFacts, StepKind
from harborline.vendors.gathering import Gatherer, lives, owners_of, vendor_digest
from harborline.vendors.life.rules import OPERATOR, SECURITY
from harborline.vendors.listkeeping import entry_digest
from harborline.vendors.models import Clearance, ScreeningRecord, Vendor
from harborline.vendors.screening.facts import ALGORITHM, Band
from harborline.walls import current

LONGEST_CLEARANCE: Final = timedelta(days=366)


def record_screening(engagement_id: uuid.UUID, *, why: str) -> ScreeningRecord:
    """Screen an engagement's company and owners against the lists in force, and write down what was found.

    `why` is asked, list-changed or yearly. Raises `NotFound`.
    """
    program = current().program
    gathered = Gatherer(program, clock.now())
    life = _life(gathered.lives([engagement_id]))
    standing = life.screening
    hits = [
        {"entry": hit.entry, "name": hit.name, "band": hit.band.value, "why": hit.why, "standing": where}
        for where, group in (
            ("open", standing.open_hits), ("cleared", standing.cleared), ("confirmed", standing.confirmed)
        )
        for hit in group
    ]  # fmt: skip
    used = [[one.id, one.version.isoformat(), one.sha256] for one in gathered.lists.values()]
    names = [life.name, *owners_of(life)]
    content: dict[str, Any] = {
        "engagement": str(engagement_id), "vendor": life.vendor, "band": standing.band.value, "why": why,
        "lists": used, "missing": list(standing.missing), "algorithm": ALGORITHM,
        "hits": [[hit["entry"], hit["band"], hit["standing"]] for hit in hits],
    }  # fmt: skip
    actor = current().actor
    return ScreeningRecord.objects.create(
        program=program,
        engagement_id=engagement_id,
        band=standing.band.value,
        names=names,
        lists=used,
        hits=hits,
        algorithm=ALGORITHM,
        why=why,
        by=f"{actor.kind}:{actor.id}"[:80],
        at=clock.now(),
        entry_id=record("vendors.screening", subject=f"vendor:{life.vendor}", content=content),
    )


def adjudicate(
    engagement_id: uuid.UUID, entry: str, *, same_company: bool, reason: str, expires_on: date, roles: frozenset[str]
) -> Clearance:
    """Decide about one hit: the listed company itself (it stays out), or another one of a similar name.

    A clearance is for this vendor's identifiers and this entry, dies when either changes, and ends on `expires_on`
    (exclusive, a year at most). Raises `NotFound` for a hit that is not there, `Invalid` without reason, with a wrong
    end, or for a vendor without any identifier, `Refused` for a role or person who may not.
    Source: MN-WIC-9.6:prohibited-vendors.
    """
    gathered = Gatherer(current().program, clock.now())
    life = _life(gathered.lives([engagement_id]))
    hits = (*life.screening.open_hits, *life.screening.cleared, *life.screening.confirmed)
    found = next((hit for hit in hits if hit.entry == entry), None)
    if found is None:
        raise NotFound("no such hit")
    _check_reviewer(life, found.band, roles)
    today = clock.now().date()
    if not reason.strip():
        raise Invalid("say why", "reason")
    if not today < expires_on <= today + LONGEST_CLEARANCE:
        raise Invalid("ends after today and within a year", "expires_on")
    vendor = Vendor.objects.get(key=life.vendor)
    if not same_company and not vendor.identifiers:
        raise Invalid(
            "give the company's UEI, LEI, CAGE code or domain first: a name alone cannot clear a name", "identifiers"
        )
    return _decided(
        life, vendor, entry, gathered, same_company=same_company, reason=reason.strip()[:400], expires_on=expires_on
    )


def _decided(
    life: LifeFacts,
    vendor: Vendor,
    entry: str,
    gathered: Gatherer,
    *,
    same_company: bool,
    reason: str,
    expires_on: date,
) -> Clearance:
    known = "; ".join(f"{scheme}={value}" for scheme, value in sorted(vendor.identifiers.items()))
    content: dict[str, Any] = {
        "engagement": str(life.id), "vendor": vendor.key, "entry": entry, "same_company": same_company,
        "reason": reason, "expires": expires_on.isoformat(), "identifiers": known,
    }  # fmt: skip
    actor = current().actor
    return Clearance.objects.create(
        program=life.program,
        vendor=vendor,
        entry=entry,
        confirmed=same_company,
        vendor_digest=vendor_digest(vendor.name, vendor.identifiers, owners_of(life)),
        entry_digest=entry_digest(entry, gathered.lists),
        identifier=known[:320],
        reason=reason,
        expires_date=expires_on,
        by=f"{actor.kind}:{actor.id}"[:80],
        at=clock.now(),
        entry_id=record("vendors.hit-decided", subject=f"vendor:{vendor.key}", content=content),
    )


def rescreen(program: str, *, why: str, ripe_after: timedelta | None = None) -> int:
    """Screen anew every engagement that went live and is not over; answers how many.

    With `ripe_after` only those whose last screening is older, or was against other lists.
    """
    gathered = Gatherer(program, clock.now())
    used = sorted([one.id, one.version.isoformat(), one.sha256] for one in gathered.lists.values())
    count = 0
    for life in lives(program):
        if life.last(StepKind.SCREENED) is None or life.last(StepKind.REVOKED) is not None:
            continue
        newest = ScreeningRecord.objects.filter(program=program, engagement_id=life.id).order_by("-at").first()
        changed = newest is None or sorted(newest.lists) != used or newest.algorithm != ALGORITHM
        old = newest is not None and ripe_after is not None and clock.now() - newest.at >= ripe_after
        if changed or old or ripe_after is None:
            record_screening(life.id, why="list-changed" if changed and ripe_after is not None else why)
            count += 1
    return count


def _life(found: list[LifeFacts]) -> LifeFacts:
    if not found:
        raise NotFound("no such vendor here")
    return found[0]


def _check_reviewer(life: LifeFacts, band: Band, roles: frozenset[str]) -> None:
    wanted = {SECURITY} if band is Band.MATCH else {SECURITY, OPERATOR}
    clauses = ("MN-WIC-9.6:prohibited-vendors",)
    if not roles & wanted:
        raise Refused(refuse("role-may-not-take-step").stamped("vendors.screenings", clauses))
    asked = life.last(StepKind.SUBMITTED)
    actor = current().actor
    if asked is not None and asked.by == f"{actor.kind}:{actor.id}"[:80]:
        raise Refused(refuse("needs-another-person").stamped("vendors.screenings", clauses))
