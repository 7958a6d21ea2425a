"""Take a text from a handset: keep it sealed, do what it asks, answer at most once."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta

from harborline.consent.facts import Means
from harborline.consent.selectors import suppressed_numbers
from harborline.consent.services import hold_possible, start_again, suppress
from harborline.kernel import Refused
from harborline.kernel.clock import now as clock_now
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.messaging.answering.queueing import queue_text
from harborline.messaging.facts import InboundText, MessageKind
from harborline.messaging.inbound.classify import Classification, classify
from harborline.messaging.models import InboundMessage, Sender
from harborline.messaging.notices.rendering import answer_words
from harborline.vault.services import blind_index, seal
from harborline.walls import ALL_COUNTIES, Actor, acting


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
        kept = _keep(sender, phone_idx, text, found, effect=effect, reply_id=reply_id)
    return Taken(kept, effect, reply_id)


def _act(  # noqa: PLR0911 - one line for each kind of text, in the order that decides
    program: str, phone_idx: bytes, found: Classification, text: InboundText
) -> tuple[str, str]:
    # The effect for the record, and the key of the answer ("" for none).
    if found.opt_out in ("exact", "clear"):
        told_before = bool(suppressed_numbers(program, [phone_idx]))
        suppress(text.from_number, Means.TEXT, words=text.text, at=text.received_at)
        return "stopped", "" if told_before else "reply-stopped"
    if found.crisis:
        return "crisis", "reply-emergency"
    if found.start:
        return _start(text)
    if found.help:
        return "help", "reply-help"
    if found.opt_out == "possible":
        hold_possible(text.from_number, message_ref=text.carrier_ref, at=text.received_at)
        return "held-for-staff", ""
    if found.private or text.media_count:
        return "private-things", "reply-not-safe"
    return "read-by-nobody", "reply-not-read"


def _start(text: InboundText) -> tuple[str, str]:
    try:
        start_again(
            text.from_number, keyword=text.text[:40], shown="reply-stopped", message_ref=text.carrier_ref,
            at=text.received_at,
        )  # fmt: skip
    except Refused as refused:
        return f"start-{refused.decision.reason}"[:64], "reply-help"
    return "started", "reply-welcome"


def _keep(
    sender: Sender,
    phone_idx: bytes,
    text: InboundText,
    found: Classification,
    *,
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
    template, words = answer_words(sender.program, key, language)
    if at >= until or not words:
        # Too late to be presumed welcome, or no words in this language: nothing is sent, and the record says why.
        record("inbound.not-answered", subject=f"number:{phone_idx.hex()}", content={"answer": key})
        return None
    return queue_text(
        sender, settings, kind=MessageKind.REPLY, to=text.from_number, phone_idx=phone_idx, words=words,
        template=template, language=language, at=at, until=until,
    )  # fmt: skip
