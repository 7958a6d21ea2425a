"""Take a text from a handset: keep it sealed, do what it asks, answer at most once."""

from __future__ import annotations

import json
import os
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from harborline.consent import services as consent
from harborline.kernel.clock import now as clock_now
from harborline.kernel.ids import new_id
from harborline.law import Profile, profile
from harborline.ledger.services import record
from harborline.messaging.facts import InboundText, MessageKind
from harborline.messaging.inbound.classify import Classification, classify
from harborline.messaging.models import InboundMessage, Sender
from harborline.messaging.notices.windows import ANYWHERE
from harborline.messaging.notices.writing import MessageDraft, Origin, queue, write_messages
from harborline.messaging.sealing import seal_text_for
from harborline.messaging.words.segments import segment
from harborline.messaging.words.templates import reply_text, template
from harborline.vault.services import blind_index, seal
from harborline.walls import ALL_COUNTIES, Actor, acting
from harborline.walls.cursor import bulk_cursor

STATEWIDE = "00000"


@dataclass(frozen=True, slots=True)
class Taken:
    """What a text was taken for and which answer, if any, is on its way."""

    inbound_id: uuid.UUID
    effect: str
    reply_id: uuid.UUID | None


def take_inbound(program: str, text: InboundText) -> Taken:
    """Keep one inbound text and act on it, in one transaction; the same text told twice changes nothing.

    1. Told before? 2. Keep it sealed. 3. Stop before everything else, then start, help, private things, nothing.
    4. At most one answer, queued to go within the profile's reply time or not at all.
    Source: 47 CFR 64.1200(a)(10), (12); MN-WIC-9.6:text-warn-and-redirect.
    """
    with acting(Actor("participant", "handset"), program=program, counties=ALL_COUNTIES, purpose="inbound-text"):
        sender = Sender.objects.get(program=program, key=text.sender)
        told = InboundMessage.objects.filter(carrier_ref=text.carrier_ref).first()
        if told is not None:
            return Taken(told.id, "told-before", told.reply_message_id)
        found = classify(text.text)
        phone_idx = blind_index("phone", text.from_number)
        effect, answer = _act(program, phone_idx, found, text)
        reply_id = _answer(sender, phone_idx, text, answer, found.language) if answer else None
        kept = _keep(sender, phone_idx, text, found, effect, reply_id)
    return Taken(kept, effect, reply_id)


def _act(program: str, phone_idx: bytes, found: Classification, text: InboundText) -> tuple[str, str]:
    # The effect for the record, and the key of the answer ("" for none).
    evidence = {"means": "text", "carrier_ref": text.carrier_ref, "tier": found.opt_out}
    at = text.received_at
    if found.opt_out in ("exact", "clear"):
        fresh = consent.stop_number(program, phone_idx, evidence=evidence, at=at)
        return "stopped", "stop-confirmation" if fresh else ""
    if found.start:
        if consent.start_number(program, phone_idx, evidence=evidence, at=at):
            return "started", "start-confirmation"
        return "start-without-consent", "start-needs-consent"
    if found.help:
        return "help", "help"
    if found.opt_out == "possible":
        consent.hold_number(program, phone_idx, evidence=evidence, at=at)
        return "held-for-staff", ""
    if found.private:
        return "private-things", "not-secure"
    return "none", ""


def _keep(
    sender: Sender,
    phone_idx: bytes,
    text: InboundText,
    found: Classification,
    effect: str,
    reply_id: uuid.UUID | None,
) -> uuid.UUID:
    identifier = new_id()
    entry_id = record(
        "inbound.taken",
        subject=f"number:{phone_idx.hex()}",
        content={
            "inbound": str(identifier),
            "effect": effect,
            "opt_out": found.opt_out,
            "crisis": found.crisis,
            "private": list(found.private),
            "reply": str(reply_id) if reply_id else "",
        },
    )
    body = json.dumps([text.from_number, text.text]).encode()
    InboundMessage.objects.create(
        id=identifier,
        program=sender.program,
        sender_id=sender.id,
        carrier_ref=text.carrier_ref,
        phone_idx=phone_idx,
        sealed=seal(body, group=f"{sender.program}/messages", context=f"inbound:{identifier}"),
        opt_out=found.opt_out,
        start=found.start,
        help=found.help,
        crisis=found.crisis,
        private=list(found.private),
        reply_message_id=reply_id,
        received_at=text.received_at,
        entry_id=entry_id,
    )
    return identifier


def _answer(sender: Sender, phone_idx: bytes, text: InboundText, key: str, language: str) -> uuid.UUID | None:
    settings = profile(sender.program)
    at = clock_now()
    until = text.received_at + timedelta(seconds=settings.texting.reply_wait_s)
    words = reply_text(sender.program, key, language)
    if at >= until or not words:
        # Too late to be presumed welcome, or no words in this language: nothing is sent, and the record says why.
        record("inbound.not-answered", subject=f"number:{phone_idx.hex()}", content={"answer": key})
        return None
    return queue_text(
        sender, settings, kind=MessageKind.REPLY, to=text.from_number, phone_idx=phone_idx, words=words,
        template_key=key, language=language, at=at, until=until,
    )  # fmt: skip


def queue_text(  # noqa: PLR0913 - what one text is made of
    sender: Sender,
    settings: Profile,
    *,
    kind: MessageKind,
    to: str,
    phone_idx: bytes,
    words: str,
    template_key: str,
    language: str,
    at: datetime,
    until: datetime,
) -> uuid.UUID:
    """Queue one text outside a run: an answer or a test; goes at once or lapses at `until`."""
    identifier, counted = new_id(), segment(words)
    draft = MessageDraft(
        id=identifier,
        county=STATEWIDE,
        row_no=None,
        participant_id=None,
        case_id=None,
        consent_id=None,
        phone_idx=phone_idx,
        language=language,
        encoding=counted.encoding,
        segments=len(counted.sizes),
        sealed=seal_text_for(sender.program, identifier, to, words),
        commit_key=os.urandom(32),
        due_at=at,
        last_due_at=until,
        zones=ANYWHERE,
        dedupe_key=None,
    )
    sha256 = template(sender.program, template_key).sha256
    origin = Origin(sender.program, kind, None, sender.id, template_key, sha256)
    with bulk_cursor() as cursor:
        queue(cursor, origin, [draft], at)
        entry_id = record(
            f"message.{kind.value}-queued",
            subject=f"number:{phone_idx.hex()}",
            content={"message": str(identifier), "template": template_key, "profile": settings.sha256},
        )
        write_messages(cursor, origin, [draft], entry_id, at)
    return identifier
