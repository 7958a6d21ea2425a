"""Mailed media until the last one is gone: announced, received, handed over, read, closed, each step with its entry."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import IO

from harborline.exchange import naming
from harborline.exchange.alarming import raise_alarm, settle_alarm
from harborline.exchange.content import keep_stream
from harborline.exchange.facts import AlarmKind, CustodyFacts, ItemFacts, MediaKind, State
from harborline.exchange.gathering import actor_name, agreement_facts, agreement_row, must, standing_now, terms_of
from harborline.exchange.landing import Landed, land
from harborline.exchange.models import Acquisition, CustodyEvent, Disposition, Medium, Shipment, Transmission, Upload
from harborline.exchange.proving import refusal
from harborline.exchange.receipting import change
from harborline.exchange.rules import may_announce, may_dispose, may_hand_over, may_read_medium
from harborline.exchange.wording import Box
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.ids import new_id
from harborline.ledger.facts import Json
from harborline.ledger.services import record
from harborline.walls import ALL_COUNTIES, current
from harborline.workforce.selectors import colleagues

_SHA256 = re.compile(r"[0-9a-f]{64}")
METHODS = ("returned", "shredded", "burned", "pulped", "disintegrated", "degaussed")


def witness_named(said: str) -> str:
    """The colleague who is the witness, as records name them; raises `Invalid` for nobody with an account here."""
    mine = {str(one.id) for one in colleagues(current().program, ALL_COUNTIES)}
    if said.strip() not in mine:
        raise Invalid("is a colleague with an account here", "witness")
    return f"worker:{said.strip()}"


@dataclass(frozen=True, slots=True)
class Unpacked:
    """One medium as it came out of its parcel: n of m, bar code, kind, serial, how it is encrypted, its condition."""

    number: int
    label: str
    kind: MediaKind
    serial: str = ""
    encrypted: str = ""
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a medium was read. `image_sha256` is of the whole image (hex), `expected_sha256` what the sender told."""

    device: str
    write_blocked: bool
    tool: str
    image_sha256: str
    read_errors: int
    witness: str
    expected_sha256: str = ""


def announce_shipment(
    agreement_id: uuid.UUID, *, carrier: str, tracking: str, seals: tuple[str, str], items: int, expected_on: date
) -> Shipment:
    """Write down a parcel that a partner sent; its absence alarms. `seals`: outer and inner number."""
    agreement = agreement_row(agreement_id)
    facts = agreement_facts(agreement)
    must(standing_now(facts))
    must(may_announce(terms=terms_of(facts)))
    if expected_on < clock.now().date() - timedelta(days=1):
        raise Invalid("is a day to come", "expected_on")
    if not tracking.strip() or not all(one.strip() for one in seals):
        raise Invalid("names the tracking number and both seals", "tracking")
    if not 0 < items < 1000:  # noqa: PLR2004 - a parcel
        raise Invalid("holds 1 to 999 media", "items")
    content: dict[str, Json] = {"agreement": agreement.key, "tracking": tracking.strip()[:80], "items": items}
    entry_id = record("exchange.shipment-announced", subject=f"partner:{facts.partner_key}", content=content)
    return Shipment.objects.create(
        program=agreement.program, partner=agreement.partner, agreement=agreement, carrier=carrier.strip()[:80],
        tracking=tracking.strip()[:80], outer_seal=seals[0].strip()[:40], inner_seal=seals[1].strip()[:40],
        item_count=items, expected_date=expected_on, fti=terms_of(facts).fti, by=actor_name(), at=clock.now(),
        entry_id=entry_id,
    )  # fmt: skip


def receive_shipment(
    shipment_id: uuid.UUID, *, seals_intact: bool, witness: str, items: Sequence[Unpacked], discrepancy: str = ""
) -> list[Medium]:
    """Open a parcel before a witness and take its media in; raises `Refused` without one, `Invalid` for a wrong n of m.

    A missing medium or a broken seal is written down and alarms; whoever opens it holds the media from then on.
    """
    shipment = Shipment.objects.select_for_update().filter(id=shipment_id, program=current().program).first()
    if shipment is None:
        raise NotFound("no such shipment here")
    by = actor_name()
    if shipment.received_at is not None:
        raise Refused(refusal("already-received"))
    witness = witness_named(witness)
    if witness == by:
        raise Refused(refusal("witness-missing"))
    _check_items(shipment, items, discrepancy)
    now = clock.now()
    shipment.received_at, shipment.received_by, shipment.witness = now, by, witness.strip()[:80]
    shipment.seals_intact, shipment.discrepancy = seals_intact, discrepancy.strip()[:400]
    content: dict[str, Json] = {
        "shipment": str(shipment.id),
        "seals_intact": seals_intact,
        "items": len(items),
        "witness": witness[:80],
    }
    record("exchange.shipment-received", subject=f"shipment:{shipment.id}", content=content)
    shipment.save(update_fields=["received_at", "received_by", "witness", "seals_intact", "discrepancy"])
    settle_alarm(AlarmKind.MEDIA, f"shipment:{shipment.id}", because="received")
    if not seals_intact or len(items) != shipment.item_count:
        raise_alarm(AlarmKind.MEDIA, f"shipment:{shipment.id}:found", agreement=shipment.agreement,
                    detail={"seals_intact": seals_intact, "items": len(items)})  # fmt: skip
    return [_taken_in(shipment, one, by) for one in items]


def _check_items(shipment: Shipment, items: Sequence[Unpacked], discrepancy: str) -> None:
    numbers = [one.number for one in items]
    if len(set(numbers)) != len(numbers) or not all(1 <= one <= shipment.item_count for one in numbers):
        raise Invalid(f"are numbered once each, from 1 to {shipment.item_count}", "items")
    if len(numbers) != shipment.item_count and not discrepancy.strip():
        raise Invalid("some are missing: write down which, and what the sender says", "discrepancy")
    labels = [one.label.strip() for one in items]
    if not all(labels) or len(set(labels)) != len(labels):
        raise Invalid("each medium has a bar code of its own", "label")
    if Medium.objects.filter(program=shipment.program, label__in=labels).exists():
        raise Invalid("a bar code is used already", "label")


def _taken_in(shipment: Shipment, one: Unpacked, by: str) -> Medium:
    identifier, now = new_id(), clock.now()
    content: dict[str, Json] = {
        "medium": str(identifier),
        "label": one.label[:60],
        "kind": one.kind.value,
        "number": one.number,
    }
    entry_id = record("exchange.medium-taken-in", subject=f"medium:{identifier}", content=content)
    medium = Medium.objects.create(
        id=identifier, program=shipment.program, shipment=shipment, label=one.label.strip()[:60], kind=one.kind.value,
        number=one.number, serial=one.serial[:80], encrypted=one.encrypted[:80], condition=one.condition[:200],
        holder=by, at=now, entry_id=entry_id,
    )  # fmt: skip
    CustodyEvent.objects.create(
        program=shipment.program, medium=medium, giver=f"carrier:{shipment.carrier}"[:80], taker=by,
        place="mail room", purpose="received", at=now, entry_id=entry_id,
    )  # fmt: skip
    return medium


def hand_over(medium_id: uuid.UUID, *, giver: str, place: str, purpose: str) -> CustodyEvent:
    """Take a medium over from whoever holds it: the taker confirms by doing this. Raises `Refused` for a gap."""
    medium, by = medium_row(medium_id), actor_name()
    if not place.strip() or not purpose.strip():
        raise Invalid("name the place and the purpose", "place")
    event = CustodyFacts(giver, by, clock.now(), place.strip(), purpose.strip(), by)
    must(may_hand_over(item=item_facts(medium), event=event))
    content: dict[str, Json] = {
        "medium": str(medium.id),
        "giver": giver,
        "taker": by,
        "place": place[:120],
        "purpose": purpose[:120],
    }
    entry_id = record("exchange.custody-passed", subject=f"medium:{medium.id}", content=content)
    medium.holder = by
    medium.save(update_fields=["holder"])
    return CustodyEvent.objects.create(
        program=medium.program, medium=medium, giver=giver, taker=by, place=place.strip()[:120],
        purpose=purpose.strip()[:120], at=event.at, entry_id=entry_id,
    )  # fmt: skip


def acquire(medium_id: uuid.UUID, *, reading: Reading, files: Mapping[str, IO[bytes]]) -> Landed | None:
    """Write down how a medium was read and land what was on it, through the same gate as everything else.

    A tape sent twice is a duplicate; a broken seal, read errors or a digest that differs set the delivery aside.
    Raises `Refused` without witness or custody, `Invalid` for a reading without its facts.
    """
    medium, by = medium_row(medium_id), actor_name()
    if not _SHA256.fullmatch(reading.image_sha256):
        raise Invalid("is the SHA-256 of the image, 64 hexadecimal digits", "image_sha256")
    if not reading.device.strip() or not reading.tool.strip() or not reading.write_blocked:
        raise Invalid("names the device and the tool, and the medium is write-blocked", "device")
    facts = item_facts(medium)
    reading = replace(reading, witness=witness_named(reading.witness))
    decision = may_read_medium(item=facts, witness=reading.witness, by=by)
    if decision.reason != "seal-broken":
        must(decision)
    landed = _landed(medium, files, by) if files else None
    content: dict[str, Json] = {
        "medium": str(medium.id), "image_sha256": reading.image_sha256, "read_errors": reading.read_errors,
        "witness": reading.witness[:80], "transmission": str(landed.transmission.id) if landed else "",
    }  # fmt: skip
    entry_id = record("exchange.medium-read", subject=f"medium:{medium.id}", content=content)
    Acquisition.objects.create(
        program=medium.program, medium=medium, transmission=landed.transmission if landed else None,
        device=reading.device[:120], write_blocked=True, tool=reading.tool[:120], image_sha256=reading.image_sha256,
        read_errors=reading.read_errors, witness=reading.witness.strip()[:80], by=by, at=clock.now(), entry_id=entry_id,
    )  # fmt: skip
    if landed is not None:
        _set_aside(landed.transmission, facts, reading)
    return landed


def _set_aside(row: Transmission, facts: ItemFacts, reading: Reading) -> None:
    reason = ""
    if facts.seals_intact is False:
        reason = "seal-broken"
    elif reading.read_errors:
        reason = "unreadable-sectors"
    elif reading.expected_sha256 and reading.expected_sha256.lower() != reading.image_sha256:
        reason = "image-differs"
    if reason and row.state == State.LANDED:
        change(row, State.QUARANTINED, reason)
        raise_alarm(AlarmKind.QUARANTINE, f"transmission:{row.id}", agreement=row.agreement, detail={"reason": reason})


def _landed(medium: Medium, files: Mapping[str, IO[bytes]], by: str) -> Landed:
    agreement, now = medium.shipment.agreement, clock.now()
    must(standing_now(agreement_facts(agreement)))
    made = []
    for name, source in files.items():
        identifier = uuid.uuid4()
        size, digest = keep_stream(medium.program, identifier, source)
        final = naming.file_name(name)
        row = Upload(
            id=identifier, program=medium.program, agreement=agreement, partner=agreement.partner, box=Box.IN.value,
            name=final, folded=naming.folded(final), state="uploaded", size=size, sha256=digest, proof="media",
            begun_at=now, changed_at=now, closed_at=now,
        )  # fmt: skip
        row.save(force_insert=True)
        made.append(row)
    content: dict[str, Json] = {"medium": str(medium.id), "files": len(made), "by": by}
    record("exchange.media-files", subject=f"medium:{medium.id}", content=content)
    return land(made, channel="media")


def dispose(medium_id: uuid.UUID, *, method: str, certificate: str, witness: str) -> Disposition:
    """Close a medium: returned under a receipt or destroyed, before a witness. Raises `Refused`; twice too."""
    medium, by = medium_row(medium_id), actor_name()
    if method not in METHODS:
        raise Invalid(f"is one of {', '.join(METHODS)}", "method")
    witness = witness_named(witness)
    must(may_dispose(item=item_facts(medium), method=method, certificate=certificate, by=by, witness=witness))
    content: dict[str, Json] = {
        "medium": str(medium.id),
        "method": method,
        "certificate": certificate[:80],
        "witness": witness[:80],
    }
    entry_id = record("exchange.medium-closed", subject=f"medium:{medium.id}", content=content)
    medium.disposed_at = clock.now()
    medium.save(update_fields=["disposed_at"])
    return Disposition.objects.create(
        program=medium.program, medium=medium, method=method, certificate=certificate.strip()[:80],
        witness=witness.strip()[:80], by=by, at=clock.now(), entry_id=entry_id,
    )  # fmt: skip


def medium_row(medium_id: uuid.UUID) -> Medium:
    """A medium of the context's program; raises `NotFound`."""
    rows = Medium.objects.filter(id=medium_id, program=current().program)
    row = rows.select_related("shipment__agreement__partner").first()
    if row is None:
        raise NotFound("no such medium here")
    return row


def item_facts(medium: Medium) -> ItemFacts:
    """The facts of a medium, from its parcel, its custody and its readings."""
    newest = CustodyEvent.objects.filter(medium=medium).order_by("-at", "-id").first()
    read = Acquisition.objects.filter(medium=medium).order_by("-at").first()
    return ItemFacts(
        id=medium.id,
        label=medium.label,
        kind=MediaKind(medium.kind),
        fti=medium.shipment.fti,
        received_at=medium.shipment.received_at,
        holder=newest.taker if newest else "",
        image_sha256=read.image_sha256 if read else "",
        disposed=medium.disposed_at is not None,
        seals_intact=medium.shipment.seals_intact,
        second_witness=medium.shipment.witness,
    )
