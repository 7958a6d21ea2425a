"""Lists taken over from an earlier vendor: opt-outs hold at once, opt-ins wait until a named person attests them."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from harborline.consent.facts import NOTICES, ConsentKind, EventKind, Means
from harborline.consent.keeping import Given, actor, group, keep, tell
from harborline.consent.listfile import BadListRow, ListRow, Terms, read_list
from harborline.consent.models import Consent, ConsentList
from harborline.consent.rules import may_attest
from harborline.consent.stops import suppress_many
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.people.selectors import holders_of_number, participant_ids
from harborline.vault.services import blind_index, seal_text
from harborline.walls import ALL_COUNTIES, current

_LIST_KINDS = frozenset({ConsentKind.KEYWORD.value, ConsentKind.SIGNED_RELEASE.value})


@dataclass(frozen=True, slots=True)
class ListReport:
    """What taking over a list did, or why nothing of it was done.

    `name` is the list's name for `attest`. With `bad` rows nothing was done. `unmatched` are opt-ins of nobody on
    file with that number: they were left out. `overruled` opt-ins stand beside an opt-out of the same number.
    """

    name: str
    vendor: str
    rows: int
    opt_outs: int = 0
    opt_ins: int = 0
    overruled: int = 0
    unmatched: tuple[BadListRow, ...] = ()
    bad: tuple[BadListRow, ...] = ()
    repeated: bool = False


def import_vendor_list(
    source: bytes, *, vendor: str, number: Callable[[str], str], now: datetime | None = None
) -> ListReport:
    """Take over an earlier vendor's list, whole or not at all; the same file again changes nothing.

    `number` reads a telephone number into E.164 or raises `Invalid`. Opt-outs silence their numbers at once; opt-ins
    are kept and count only after `attest`. Raises `Invalid` for a file that is no such list, a vendor without a
    name, or a context that does not see the whole program. Source: 47 CFR 64.1200(a)(10); NC-CSS-22-18:opt-in.
    """
    context, at = current(), now or clock.now()
    if context.counties != ALL_COUNTIES:
        raise Invalid("a list is taken over for a whole program, in all its counties", "counties")
    if not vendor.strip():
        raise Invalid("name the vendor the list comes from", "vendor")
    name = hashlib.sha256(source).hexdigest()
    law = profile(context.program)
    terms = Terms(number, _LIST_KINDS & frozenset(law.consent.kinds), law.zones[0], at)
    rows, bad = read_list(source, terms)
    report = ListReport(name, vendor.strip()[:80], len(rows) + len(bad))
    if bad:
        return replace(report, bad=tuple(bad))
    if ConsentList.objects.filter(program=context.program, sha256=name).exists():
        return replace(report, repeated=True)
    return _apply(report, rows, at)


def import_list(source: bytes, opt_ins: Sequence[Given], opt_outs: Sequence[str], *, vendor: str = "earlier") -> str:
    """Take over a list that was read already; `source` names it by its digest. Answers the name for `attest`."""
    name, moment = hashlib.sha256(source).hexdigest(), clock.now()
    if not ConsentList.objects.filter(program=current().program, sha256=name).exists():
        _keep_list(ListReport(name, vendor, len(opt_ins) + len(opt_outs)), opt_ins, opt_outs, moment)
    return name


def attest(source_list: str, *, statement: str) -> int:
    """A named person attests that the evidence of a list's opt-ins was seen; they count from now on. Answers how many.

    `statement` says what was seen and is kept, sealed. Raises `NotFound`, `Invalid` without a statement, `Refused`
    when nobody by name attests. Attesting twice changes nothing. Source: NC-CSS-22-18:opt-in-monitored.
    """
    if not statement.strip():
        raise Invalid("say what evidence was seen", "statement")
    context, moment = current(), clock.now()
    decision = may_attest(actor_kind=context.actor.kind)
    if not decision.allowed:
        raise Refused(decision)
    found = ConsentList.objects.select_for_update().filter(program=context.program, sha256=source_list).first()
    if found is None:
        raise NotFound("no list of that name here")
    waiting = list(Consent.objects.filter(program=context.program, source_list=source_list, attested_at__isnull=True))
    if found.attested_at is None:
        _attested(found, statement.strip(), moment)
    Consent.objects.filter(id__in=[consent.id for consent in waiting]).update(attested_at=moment)
    digest = hashlib.sha256(statement.encode()).hexdigest()
    tell(waiting, EventKind.ATTESTED, at=moment, reason=digest[:24])
    return len(waiting)


def _attested(found: ConsentList, statement: str, at: datetime) -> None:
    found.attested_at, found.attested_by = at, actor()
    found.statement = seal_text(statement, group=group(found.program), context=f"list:{found.id}:statement")
    found.save(update_fields=["attested_at", "attested_by", "statement"])
    record("consent.list-attested", subject=f"list:{found.sha256}", content={"list": found.sha256})


def _apply(report: ListReport, rows: Sequence[ListRow], at: datetime) -> ListReport:
    stopped = {row.number for row in rows if not row.opted_in}
    wanting = [row for row in rows if row.opted_in and row.number not in stopped]
    matched, unmatched = _matched(wanting)
    overruled = sum(row.opted_in for row in rows) - len(wanting)
    given = [_given(row, *holder) for row, holder in matched]
    kept = _keep_list(report, given, sorted(stopped), at)
    return replace(report, opt_outs=len(stopped), opt_ins=kept, overruled=overruled, unmatched=tuple(unmatched))


def _keep_list(report: ListReport, opt_ins: Sequence[Given], opt_outs: Sequence[str], at: datetime) -> int:
    program = current().program
    once = {(given.participant_id, given.number, given.kind, given.given_at): given for given in opt_ins}
    fresh = [replace(given, source_list=report.name) for given in once.values() if not _known(given)]
    kept = ConsentList.objects.create(
        id=new_id(), program=program, sha256=report.name, vendor=report.vendor, imported_at=at, imported_by=actor(),
        opt_outs=len(opt_outs), opt_ins=len(fresh),
    )  # fmt: skip
    counts = {"opt_outs": len(opt_outs), "opt_ins": len(fresh)}
    record("consent.list-imported", subject=f"list:{report.name}", content={"vendor": report.vendor, **counts})
    suppress_many(opt_outs, Means.IMPORTED, words=f"list {kept.id}", at=at)
    keep(fresh, at=at)
    return len(fresh)


def _known(given: Given) -> bool:
    # A list sent again in another form brings the same opt-in a second time: one record is enough.
    return Consent.objects.filter(
        participant_id=given.participant_id,
        phone_idx=blind_index("phone", given.number),
        kind=given.kind.value,
        given_at=given.given_at,
    ).exists()


def _matched(
    rows: Sequence[ListRow],
) -> tuple[list[tuple[ListRow, tuple[uuid.UUID, str]]], list[BadListRow]]:
    program = current().program
    named = participant_ids(program, {row.participant for row in rows if row.participant})
    matched: list[tuple[ListRow, tuple[uuid.UUID, str]]] = []
    unmatched: list[BadListRow] = []
    for row in rows:
        holders = {who: county for who, county, _, _ in holders_of_number(program, blind_index("phone", row.number))}
        found = _holder(row, named, holders)
        if isinstance(found, BadListRow):
            unmatched.append(found)
        else:
            matched.append((row, found))
    return matched, unmatched


def _holder(
    row: ListRow, named: dict[str, tuple[uuid.UUID, str]], holders: dict[uuid.UUID, str]
) -> tuple[uuid.UUID, str] | BadListRow:
    if row.participant:
        known = named.get(row.participant)
        if known is None:
            return BadListRow(row.row_no, "participant", "is not on file")
        if known[0] not in holders:
            return BadListRow(row.row_no, "phone", "is not this person's number on file, or they are a child")
        return known
    if len(holders) != 1:
        return BadListRow(row.row_no, "participant", "name the person: the number is nobody's, or several people's")
    return next(iter(holders.items()))


def _given(row: ListRow, participant_id: uuid.UUID, county: str) -> Given:
    assert row.at is not None
    evidence = {"evidence": row.evidence, "row": str(row.row_no)}
    return Given(participant_id, county, row.number, row.kind, row.at, evidence, NOTICES)
