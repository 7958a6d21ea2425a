"""Files with protected values: prepared by one person, approved by another, then opened, written and sent at once.

Nothing protected is in a prepared file: it says of whom which fields go, and holds the other cells sealed. The values
open when it is sent, once, by disclosure's manifest; the file goes the way of every other outgoing file.
"""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from collections.abc import Collection, Iterator, Mapping
from typing import IO

from harborline.disclosure.facts import TransmissionFacts
from harborline.disclosure.services import Opened, may_tell_partner, reveal_for_transmission
from harborline.exchange import naming
from harborline.exchange.checking import kinds_of, published
from harborline.exchange.content import group_of
from harborline.exchange.facts import AgreementFacts, PreparedFacts, PreparedState, State
from harborline.exchange.gathering import actor_name, agreement_facts, agreement_row, must, standing_now, terms_of
from harborline.exchange.models import Agreement, PreparedFile, PreparedRecord, Transmission
from harborline.exchange.outgoing import send_judged
from harborline.exchange.proving import refusal
from harborline.exchange.rules import may_approve_prepared, may_send_prepared, may_withdraw_prepared
from harborline.exchange.tables import Line, read_lines
from harborline.exchange.terms import Tells, Terms
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_ids
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.people.facts import HeldName
from harborline.people.selectors import participant_ids
from harborline.vault.services import seal_text, unseal_text
from harborline.walls import ALL_COUNTIES, current


def prepare_file(
    agreement_id: uuid.UUID, name: str, table: IO[bytes], *, fields: Collection[HeldName] = ()
) -> PreparedFacts:
    """Prepare a file under an agreement: whose records, and which of its protected fields (none named: all of them).

    `table` is a CSV as `tables.read_lines` takes it. Raises `Invalid` naming what cannot be used (nobody you may see
    has this number), `Refused` when the agreement or the law lets nothing go. Source: OFFSET-8.3:exchange-safeguarded.
    """
    agreement = agreement_row(agreement_id, locked=True)
    facts = agreement_facts(agreement)
    must(standing_now(facts))
    terms = terms_of(facts)
    tells = _tells_of(terms)
    chosen = tuple(each for each, _column in tells.fields if each in (fields or dict(tells.fields)))
    if not chosen:
        raise Refused(refusal("field-not-in-the-agreement"))
    final = _free_name(agreement, terms, name)
    lines = read_lines(table, columns=kinds_of(terms.layout), protected=[column for _name, column in tells.fields])
    rows = _sealed(agreement.program, lines)
    made = PreparedFile(
        program=agreement.program, agreement=agreement, version=agreement.version, name=final,
        folded=naming.folded(final), fields=[each.value for each in chosen], records=len(rows),
        counties=sorted({row.county for row in rows}),
        prepared_by=actor_name(), prepared_at=clock.now(),
    )  # fmt: skip
    _must_fit(terms, lines)
    made.sha256 = _digest(made, ((row.participant_id, line.cells) for row, line in zip(rows, lines, strict=True)))
    must(may_tell_partner(_told(made, facts, tells, [row.participant_id for row in rows])))
    made.save(force_insert=True)
    for row in rows:
        row.prepared = made
    PreparedRecord.objects.bulk_create(rows, batch_size=2000)
    _record("prepared", made)
    return prepared_facts(made)


def approve_prepared(prepared_id: uuid.UUID) -> None:
    """Approve a prepared file as a second person, as it is now; raises `Refused`, `NotFound`."""
    row = _row(prepared_id)
    facts = agreement_facts(row.agreement)
    must(may_approve_prepared(state=prepared_state(row), prepared_by=row.prepared_by, by=actor_name()))
    must(standing_now(facts))
    if row.version != row.agreement.version or _digest_now(row) != row.sha256:
        raise Refused(refusal("changed-since-prepared"))
    must(may_tell_partner(_told(row, facts, _tells_of(terms_of(facts)), _people(row))))
    row.approved_by, row.approved_at, row.approved_sha256 = actor_name(), clock.now(), row.sha256
    row.save(update_fields=["approved_by", "approved_at", "approved_sha256"])
    _record("prepared-approved", row)


def withdraw_prepared(prepared_id: uuid.UUID, *, because: str) -> None:
    """Take a prepared file back before it is sent; its cells are forgotten. Raises `Refused`, `NotFound`, `Invalid`."""
    row = _row(prepared_id)
    if not because.strip():
        raise Invalid("say why", "because")
    must(may_withdraw_prepared(state=prepared_state(row)))
    row.withdrawn_by, row.withdrawn_at, row.withdrawn_because = actor_name(), clock.now(), because.strip()[:200]
    row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_because"])
    row.rows.update(cells=None)
    _record("prepared-withdrawn", row, because=row.withdrawn_because)


def send_prepared(prepared_id: uuid.UUID) -> Transmission:
    """Open the values of an approved file, write it by the agreement's layout and make it ready for the partner.

    Who may not be told about stays out, and so does whose value does not fit the layout; how many did is counted and
    says nothing of why. The opening is recorded for good before a value is read: a file that then cannot be written
    must be prepared again. Raises `Refused`, `Invalid` naming record and field, `NotFound`.
    """
    row = _row(prepared_id)
    must(may_send_prepared(state=prepared_state(row)))
    terms = terms_of(agreement_facts(row.agreement))
    lines: list[Mapping[str, str]] = []

    def into(opened: Opened) -> Collection[uuid.UUID]:
        found = list(_filled(row, terms, opened))
        wrong = _unfit(terms, [cells for _who, cells in found])
        kept = [one for number, one in enumerate(found, 1) if number not in wrong]
        lines.extend(cells for _who, cells in kept)
        return {who for who, _cells in kept}

    reveal_for_transmission(row.id, into)
    if not lines:
        raise Refused(refusal("nobody-in-the-file"))
    sent = send_judged(agreement_row(row.agreement_id, locked=True), row.name, io.BytesIO(_written(terms, lines)))
    row.sent_by, row.sent_at, row.sent_records, row.transmission = actor_name(), clock.now(), len(lines), sent
    row.save(update_fields=["sent_by", "sent_at", "sent_records", "transmission"])
    row.rows.update(cells=None)
    _record("prepared-sent", row, transmission=str(sent.id), sent=len(lines), left_out=row.records - len(lines))
    return sent


class PreparedTransmissions:
    """What is prepared, as disclosure asks it before it opens anything (`disclosure.ports.Transmissions`)."""

    def transmission(self, transmission_id: uuid.UUID) -> TransmissionFacts | None:
        """A prepared file all of whose people are in sight; None for any other, and for one that is over."""
        row = PreparedFile.objects.filter(id=transmission_id, program=current().program).first()
        if row is None or prepared_state(row) not in (PreparedState.WAITING, PreparedState.APPROVED):
            return None
        people = _people(row)
        facts = agreement_facts(agreement_row(row.agreement_id))
        if len(people) < row.records or facts.terms is None or facts.terms.tells is None:
            return None
        return _told(row, facts, facts.terms.tells, people)


def prepared_in_sight(agreement_id: uuid.UUID | None = None, *, open_only: bool = False) -> list[PreparedFacts]:
    """The prepared files whose people are all in sight, the newest first; those not sent yet on request."""
    rows = PreparedFile.objects.filter(program=current().program).select_related("agreement__partner")
    if agreement_id is not None:
        rows = rows.filter(agreement_id=agreement_id)
    if open_only:
        rows = rows.filter(withdrawn_at__isnull=True, sent_at__isnull=True)
    if current().counties != ALL_COUNTIES:
        rows = rows.filter(counties__contained_by=list(current().counties))
    return [prepared_facts(row) for row in rows.order_by("-prepared_at", "-id")[:200]]


def prepared_facts(row: PreparedFile) -> PreparedFacts:
    """What pages and commands show of one."""
    return PreparedFacts(
        id=row.id, agreement_id=row.agreement_id, agreement=row.agreement.title, partner=row.agreement.partner.name,
        name=row.name, fields=tuple(row.fields), records=row.records, state=prepared_state(row), sha256=row.sha256,
        prepared_by=row.prepared_by, prepared_at=row.prepared_at, approved_by=row.approved_by,
        approved_at=row.approved_at, withdrawn_because=row.withdrawn_because, sent_by=row.sent_by, sent_at=row.sent_at,
        sent_records=row.sent_records, transmission_id=row.transmission_id,
    )  # fmt: skip


def prepared_one(prepared_id: uuid.UUID) -> PreparedFacts:
    """One prepared file whose people are all in sight; raises `NotFound`."""
    return prepared_facts(_row(prepared_id, locked=False))


def is_prepared(transmission_id: uuid.UUID) -> bool:
    """Whether a delivery holds protected values that opened for its partner alone."""
    return PreparedFile.objects.filter(transmission_id=transmission_id, program=current().program).exists()


def prepared_state(row: PreparedFile) -> PreparedState:
    """Where it stands."""
    if row.withdrawn_at is not None:
        return PreparedState.WITHDRAWN
    if row.sent_at is not None:
        return PreparedState.SENT
    return PreparedState.APPROVED if row.approved_at is not None else PreparedState.WAITING


def _row(prepared_id: uuid.UUID, *, locked: bool = True) -> PreparedFile:
    rows = PreparedFile.objects.filter(id=prepared_id, program=current().program)
    row = (rows.select_for_update() if locked else rows).first()
    if row is None or row.rows.count() < row.records:
        raise NotFound("no such prepared file here")
    return row


def _tells_of(terms: Terms) -> Tells:
    if terms.tells is None:
        raise Refused(refusal("agreement-tells-no-fields"))
    return terms.tells


def _free_name(agreement: Agreement, terms: Terms, name: str) -> str:
    final = naming.file_name(name)
    if not terms.naming.matches(final):
        raise Invalid("does not follow the agreement's naming", "name")
    folded = naming.folded(final)
    sent = Transmission.objects.filter(agreement=agreement, outgoing=True, files__folded=folded)
    waits = PreparedFile.objects.filter(
        agreement=agreement, folded=folded, withdrawn_at__isnull=True, sent_at__isnull=True
    )
    if sent.exclude(state=State.SUPERSEDED).exists() or waits.exists():
        raise Invalid("was used already; a name is used once", "name")
    return final


def _sealed(program: str, lines: list[Line]) -> list[PreparedRecord]:
    found = participant_ids(program, {line.participant for line in lines})
    made = []
    for number, (identifier, line) in enumerate(zip(new_ids(len(lines)), lines, strict=True), 1):
        if line.participant not in found:
            raise Invalid("nobody you may see has this number", f"table, row {number}")
        who, county = found[line.participant]
        cells = seal_text(json.dumps(line.cells), group=group_of(program), context=f"prepared:{identifier}")
        made.append(
            PreparedRecord(
                id=identifier, program=program, county=county, number=number, participant_id=who, cells=cells
            )
        )  # fmt: skip
    return made


def _records(row: PreparedFile) -> Iterator[tuple[uuid.UUID, Mapping[str, str]]]:
    for one in row.rows.order_by("number").iterator(chunk_size=2000):
        if one.cells is not None:
            said = unseal_text(one.cells, group=group_of(row.program), context=f"prepared:{one.id}")
            yield one.participant_id, json.loads(said)


def _people(row: PreparedFile) -> list[uuid.UUID]:
    return list(row.rows.order_by("number").values_list("participant_id", flat=True))


def _digest_now(row: PreparedFile) -> str:
    return _digest(row, _records(row))


def _digest(row: PreparedFile, records: Iterator[tuple[uuid.UUID, Mapping[str, str]]]) -> str:
    # Over everything that makes the file but the protected values: agreement and its terms, name, fields, records.
    made = hashlib.sha256()
    for part in (str(row.agreement_id), row.version, row.name, list(row.fields)):
        made.update(json.dumps(part).encode() + b"\n")
    for who, cells in records:
        made.update(json.dumps([str(who), cells], sort_keys=True).encode() + b"\n")
    return made.hexdigest()


def _told(row: PreparedFile, facts: AgreementFacts, tells: Tells, people: list[uuid.UUID]) -> TransmissionFacts:
    named = tuple(HeldName(each) for each in row.fields)
    intact = row.approved_sha256 == row.sha256 and row.version == facts.version
    return TransmissionFacts(
        id=row.id,
        recipient=facts.partner_name,
        kind=tells.recipient,
        basis=tells.basis,
        reference=f"{facts.key} {row.name}",
        fields=named,
        needed=frozenset(named) - tells.optional,
        participants=tuple(dict.fromkeys(people)),
        prepared_by=row.prepared_by,
        approved_by=row.approved_by,
        standing=standing_now(facts),
        # Looked at closely only where something may open: until then there is nothing approved to compare with.
        intact=intact and _digest_now(row) == row.approved_sha256 if row.approved_by else False,
        tax=facts.terms is not None and facts.terms.fti,
        place=tells.place,
        payment=tells.payment,
        offset_parts=tells.offset_parts,
    )


def _filled(row: PreparedFile, terms: Terms, opened: Opened) -> Iterator[tuple[uuid.UUID, Mapping[str, str]]]:
    tells, kinds = _tells_of(terms), kinds_of(terms.layout)
    columns = [(name.value, column) for name, column in tells.fields if name in row.fields]
    needed = {name for name, _column in columns} - tells.optional
    for who, cells in _records(row):
        values = opened.get(who, {})
        if needed <= set(values):
            yield who, {**cells, **{column: _fitted(kinds[column], values.get(name, "")) for name, column in columns}}


def _fitted(kind: str, value: str) -> str:
    # As the kinds of layouts write it: a number without its hyphens, words in capitals.
    if kind == "ssn":
        return "".join(sign for sign in value if sign.isdigit())
    return value.upper() if kind in ("upper", "name") else value


def _must_fit(terms: Terms, lines: list[Line]) -> None:
    protected = {column for _name, column in _tells_of(terms).fields}
    for number, wrong in sorted(_unfit(terms, [line.cells for line in lines]).items()):
        other = [name for name in wrong.split() if name not in protected]
        if other:
            raise Invalid(f"does not fit {terms.layout}: {', '.join(other)}", f"table, row {number}")


def _unfit(terms: Terms, lines: list[Mapping[str, str]]) -> dict[int, str]:
    from harborline.exchange.layouts.writing import unfit  # noqa: PLC0415 - numpy is loaded on use

    return unfit(published(terms.layout), lines)


def _written(terms: Terms, lines: list[Mapping[str, str]]) -> bytes:
    from harborline.exchange.layouts.writing import Asked, written  # noqa: PLC0415 - numpy is loaded on use

    return written(published(terms.layout), lines, Asked())


def _record(what: str, row: PreparedFile, **said: Json) -> None:
    content: dict[str, Json] = {
        "prepared": str(row.id), "agreement": row.agreement.key, "version": row.version, "name": row.name,
        "fields": list(row.fields), "records": row.records, "sha256": row.sha256, **said,
    }  # fmt: skip
    record(f"exchange.file-{what}", subject=f"transmission:{row.id}", content=content)
