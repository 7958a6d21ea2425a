"""What we send: made ready in a mailbox or for an adapter, picked up or delivered, acknowledged by the partner."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from typing import IO, Any

from django.db.models import Max

from harborline.exchange import naming
from harborline.exchange.alarming import raise_alarm, settle_alarm
from harborline.exchange.content import drop, keep_stream, opened
from harborline.exchange.facts import AgreementFacts, AlarmKind, Guest, KeyKind, Limits, OutboundFile, State
from harborline.exchange.gathering import (
    agreement_facts,
    agreement_row,
    must,
    standing_now,
    terms_of,
)
from harborline.exchange.models import Agreement, Credential, Receipt, Transmission, TransmittedFile
from harborline.exchange.opening import SealedSink
from harborline.exchange.ports import Armour
from harborline.exchange.proving import refusal
from harborline.exchange.receipting import change
from harborline.exchange.receipts import read_receipt
from harborline.exchange.rules import may_handle_tax_files, may_send_ready_made
from harborline.exchange.terms import Terms
from harborline.exchange.units import as_system
from harborline.exchange.wording import Encryption, ReceiptKind
from harborline.exchange.working import delivery
from harborline.kernel import Invalid, NotFound, Refused, Unavailable, clock, ports
from harborline.kernel.ids import new_id
from harborline.law import profiles
from harborline.ledger.note import Note
from harborline.walls import current
from harborline.workforce.facts import TrainingSubject
from harborline.workforce.selectors import trained_subjects

_LARGEST_RECEIPT = 1_000_000


def send_file(agreement_id: uuid.UUID, name: str, source: IO[bytes], *, sequence: int | None = None) -> Transmission:
    """Make a file that is there already ready for a partner, encrypted where the agreement says so.

    Raises `Refused` when nothing may go (under terms that tell protected fields only prepared files do, under terms
    with tax information only what a worker trained in it sends), `Invalid` for a name that is not agreed or was used,
    `Unavailable` without the OpenPGP engine an agreement needs.
    """
    agreement = agreement_row(agreement_id, locked=True)
    must(standing_now(agreement_facts(agreement)))
    terms = terms_of(agreement_facts(agreement))
    must(may_send_ready_made(terms=terms))
    must_be_trained(terms)
    return send_judged(agreement, name, source, sequence=sequence)


def must_be_trained(terms: Terms) -> None:
    """Raise `Refused` for a worker who handles tax information untrained."""
    # A person answers for their own training; what the product itself sends was decided by one.
    actor = current().actor
    trained = actor.kind != "worker" or (
        terms.fti and TrainingSubject.TAX.value in trained_subjects(uuid.UUID(actor.id), now=clock.now())
    )
    must(may_handle_tax_files(terms=terms, trained=trained))


def send_judged(agreement: Agreement, name: str, source: IO[bytes], *, sequence: int | None = None) -> Transmission:
    """Make a file ready whose values were judged before, under an agreement in force; raises like `send_file`."""
    facts = agreement_facts(agreement)
    must(standing_now(facts))
    terms = terms_of(facts)
    if not terms.direction.gives:
        raise Refused(refusal("agreement-gives-no-files"))
    final = naming.file_name(name)
    if not terms.naming.matches(final):
        raise Invalid("does not follow the agreement's naming", "name")
    rows = Transmission.objects.filter(agreement=agreement, outgoing=True)
    if rows.filter(files__folded=naming.folded(final)).exclude(state=State.SUPERSEDED).exists():
        raise Invalid("was sent already; a name is used once", "name")
    plain, size, digest = _kept(agreement.program, source, terms)
    content, sent_size, sent_digest = _closed(agreement, plain, size, digest, terms)
    number = sequence if sequence is not None else terms.naming.sequence(final)
    return _ready(agreement, facts, final, (content, sent_size, sent_digest), number)


def _kept(program: str, source: IO[bytes], terms: Terms) -> tuple[uuid.UUID, int, str]:
    content = uuid.uuid4()
    size, digest = keep_stream(program, content, source)
    if size > terms.size_bytes:
        raise Refused(refusal("file-too-large"))
    return content, size, digest


def _closed(agreement: Agreement, plain: uuid.UUID, size: int, digest: str, terms: Terms) -> tuple[uuid.UUID, int, str]:
    if terms.encryption is not Encryption.OPENPGP:
        return plain, size, digest
    engine = next(iter(ports.serving_all(Armour).values()), None)
    if engine is None:
        raise Unavailable("no OpenPGP engine is served")
    now = clock.now()
    rows = Credential.objects.filter(
        partner=agreement.partner, kind=KeyKind.OPENPGP.value, revoked_at__isnull=True,
        from_at__lte=now, until_at__gt=now,
    ).exclude(confirmed_by="")  # fmt: skip
    recipients = [bytes(one.public_key) for one in rows]
    if not recipients:
        raise Refused(refusal("partner-has-no-key"))
    sink = SealedSink(agreement.program, uuid.uuid4(), 2 * terms.size_bytes)
    with opened(agreement.program, plain) as source:
        engine.close(source, sink, recipients=recipients)  # type: ignore[arg-type]  # raw streams are binary streams
    drop(plain)
    return sink.finish()


def _ready(
    agreement: Agreement, facts: AgreementFacts, name: str, content: tuple[uuid.UUID, int, str], sequence: int | None
) -> Transmission:
    rows, terms = Transmission.objects.filter(agreement=agreement, outgoing=True), terms_of(facts)
    if sequence is None:
        sequence = (rows.aggregate(most=Max("sequence"))["most"] or 0) + 1
    if rows.filter(sequence=sequence, counted=True).exists():
        raise Invalid("was used already", "sequence")
    identifier, now = new_id(), clock.now()
    row = Transmission.objects.create(
        id=identifier, program=agreement.program, agreement=agreement, version=agreement.version, outgoing=True,
        channel=terms.channel.value, external_id=str(identifier), sequence=sequence, counted=True,
        digests=[content[2]], state=State.READY.value, reason="ready", at=now, changed_at=now, entry_id=new_id(),
    )  # fmt: skip
    TransmittedFile.objects.create(
        program=agreement.program, transmission=row, name=name, folded=naming.folded(name), content=content[0],
        size=content[1], sha256=content[2],
    )  # fmt: skip
    entry_id = change(row, State.READY, "ready")
    Transmission.objects.filter(id=row.id).update(entry_id=entry_id)
    return row


def send_again(transmission_id: uuid.UUID, *, because: str) -> None:
    """Offer a delivery once more, by hand: only where it failed, nobody knows, or the partner lost it."""
    row = delivery(transmission_id, locked=True)
    if not because.strip():
        raise Invalid("say why", "because")
    if not row.outgoing or State(row.state) not in (State.FAILED, State.UNKNOWN, State.SENT):
        raise Refused(refusal("not-in-this-state"))
    must_be_trained(terms_of(agreement_facts(row.agreement)))
    change(row, State.READY, "sent-again", detail={"because": because.strip()[:200]})
    settle_alarm(AlarmKind.DEAD, f"transmission:{row.id}", because="sent again")


def acknowledge(transmission_id: uuid.UUID, *, content: bytes, how: str) -> None:
    """Keep the partner's receipt (or the words of whoever told us) for what we sent.

    A receipt in our own form must name the digest we sent; raises `Invalid` when it speaks of other bytes.
    """
    row = delivery(transmission_id, locked=True)
    if not row.outgoing or State(row.state) not in (State.READY, State.SENT, State.UNKNOWN, State.SENDING):
        raise Refused(refusal("not-in-this-state"))
    if not how.strip() or len(content) > _LARGEST_RECEIPT:
        raise Invalid("say how you know; a receipt has at most 1 MB", "how")
    _check_about(row, content)
    Receipt.objects.create(
        program=row.program, transmission=row, kind=ReceiptKind.LANDED.value, verdict="positive", reason="theirs",
        name=f"{row.id}.theirs", note=content or how.strip().encode(), theirs=True, at=clock.now(),
        number=Receipt.objects.filter(transmission=row, theirs=True).count() + 1,
    )  # fmt: skip
    told = {"how": how.strip()[:200], "sha256": hashlib.sha256(content).hexdigest()}
    change(row, State.ACKNOWLEDGED, "acknowledged", detail=told)
    settle_alarm(AlarmKind.NOT_PICKED_UP, f"transmission:{row.id}", because="acknowledged")


def _check_about(row: Transmission, content: bytes) -> None:
    if not content.startswith(b"harborline receipt v1\n"):
        return
    said = read_receipt(Note.parse(content).text)
    if sorted(digest for _name, _size, digest in said.files) != sorted(row.digests):
        raise Invalid("is about other bytes than those we sent", "receipt")
    if said.verdict != "positive":
        raise Invalid("says that the partner did not take it; send it again", "receipt")


class DatabaseOutbox:
    """`exchange.ports.Outbox` over the database."""

    def ready(self, channel: str) -> Sequence[OutboundFile]:
        """What waits for a channel, the oldest first."""
        found: list[OutboundFile] = []
        for program in profiles():
            with as_system(program):
                rows = Transmission.objects.filter(
                    program=program, outgoing=True, channel=channel, state=State.READY.value
                ).select_related("agreement__partner")
                found += [
                    outbound(row) for row in rows.order_by("at") if standing_now(agreement_facts(row.agreement)).allowed
                ]
        return found

    def sending(self, program: str, transmission_id: uuid.UUID) -> IO[bytes]:
        """Claim one, for good: a second claim is refused."""
        with as_system(program):
            row = delivery(transmission_id, locked=True)
            if row.state != State.READY:
                raise Refused(refusal("not-in-this-state"))
            must(standing_now(agreement_facts(row.agreement)))
            change(row, State.SENDING, "sending")
            return opened(program, row.files.get().content)

    def sent(self, program: str, transmission_id: uuid.UUID, detail: str) -> None:
        """It lies whole at the partner's."""
        with as_system(program):
            row = delivery(transmission_id, locked=True)
            if row.state in (State.SENDING, State.UNKNOWN):  # a person may have settled it meanwhile
                change(row, State.SENT, "delivered", detail={"detail": detail[:200]})

    def failed(self, program: str, transmission_id: uuid.UUID, reason: str, *, unknown: bool) -> None:
        """It did not get there, or nobody knows."""
        with as_system(program):
            row = delivery(transmission_id, locked=True)
            if row.state not in (State.SENDING, State.UNKNOWN):
                return
            change(row, State.UNKNOWN if unknown else State.FAILED, reason[:60])
            raise_alarm(AlarmKind.DEAD, f"transmission:{row.id}", agreement=row.agreement,
                        detail={"step": "send", "error": reason[:80]})  # fmt: skip

    def guest(self, program: str, agreement: str) -> Guest:
        """Who an adapter is at an agreement's mailboxes; raises `NotFound`, `Refused` when it is not in force."""
        with as_system(program):
            row = Agreement.objects.filter(program=program, key=agreement).select_related("partner").first()
            if row is None:
                raise NotFound("no such agreement here")
            facts = agreement_facts(row)
            must(standing_now(facts))
            terms = terms_of(facts)
            limits = Limits(terms.sessions, 64, terms.size_bytes, terms.day_bytes)
            return Guest(row.id, row.partner_id, f"adapter-{agreement}"[:60], program, limits)

    def alarm(self, program: str, agreement: str, reason: str, detail: str) -> None:
        """Raise an alarm about an agreement's way."""
        with as_system(program):
            row = Agreement.objects.filter(program=program, key=agreement).select_related("partner").first()
            if row is None:
                raise NotFound("no such agreement here")
            raise_alarm(AlarmKind.HOST, f"agreement:{row.id}:{reason}"[:120], agreement=row,
                        detail={"reason": reason[:60], "detail": detail[:200]})  # fmt: skip


def outbound(row: Transmission) -> OutboundFile:
    """A delivery as an adapter sees it."""
    facts = agreement_facts(row.agreement)
    file, terms = row.files.get(), terms_of(facts)
    return OutboundFile(
        row.id, row.program, facts.key, facts.partner_key, file.name, file.size, file.sha256, address_of(terms),
        terms.expires_date,
    )  # fmt: skip


def address_of(terms: Terms) -> dict[str, Any]:
    """Where the partner is reached."""
    return {
        "host": terms.host, "port": terms.port, "login": terms.login, "folder": terms.folder,
        "host_keys": terms.host_keys,
    }  # fmt: skip
