"""Read what the carrier posts: status callbacks and inbound texts; pure, after the signature was verified."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs

from harborline.adapters.twilio.codes import Meaning, meaning_of
from harborline.adapters.twilio.signature import Form
from harborline.kernel import Invalid
from harborline.messaging.facts import InboundText, ReceiptEvent, ReceiptNews
from harborline.messaging.ports import Receipt

LONGEST_BODY_BYTES: Final = 64 * 1024
MOST_FIELDS: Final = 200
LONGEST_REFERENCE: Final = 80
LONGEST_CODE: Final = 40
_NUMBER = re.compile(r"\+?[0-9]{3,15}")

# Statuses that are not here (queued, sending, scheduled …, and any to come) say nothing that is recorded.
RECEIPTS: Final[Mapping[str, Receipt]] = {
    "sent": Receipt.SENT,
    "delivered": Receipt.DELIVERED,
    "read": Receipt.DELIVERED,
    "partially_delivered": Receipt.SENT,
    "undelivered": Receipt.FAILED,
    "failed": Receipt.FAILED,
    "canceled": Receipt.FAILED,
}

_NEWS: Final[Mapping[Meaning, ReceiptNews]] = {
    Meaning.STOPPED: ReceiptNews.STOPPED,
    Meaning.FILTERED: ReceiptNews.FILTERED,
    Meaning.ACCOUNT: ReceiptNews.ACCOUNT,
}


def read_form(body: bytes) -> Form:
    """The fields of a posted form; raises `Invalid` for one that is too large, not UTF-8 or not a form."""
    if len(body) > LONGEST_BODY_BYTES:
        raise Invalid("is too large", "body")
    try:
        return parse_qs(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=bool(body),
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except ValueError:
        raise Invalid("is not a form in UTF-8", "body") from None


def receipts(form: Form, *, attempt_id: uuid.UUID, at: datetime) -> list[ReceiptEvent]:
    """What a status callback says about an attempt: one event, or none for a status without news."""
    receipt = RECEIPTS.get(one(form, "MessageStatus") or one(form, "SmsStatus"))
    if receipt is None:
        return []
    code = one(form, "ErrorCode")[:LONGEST_CODE]
    meaning = meaning_of(code)
    if receipt is Receipt.FAILED and meaning is Meaning.EXPIRED:
        receipt = Receipt.EXPIRED
    news = _NEWS.get(meaning, ReceiptNews.NOTHING) if receipt is Receipt.FAILED else ReceiptNews.NOTHING
    return [ReceiptEvent(attempt_id, receipt.value, code, at, one(form, "MessageSid")[:LONGEST_REFERENCE], news)]


def inbound(form: Form, *, sender: str, at: datetime) -> InboundText:
    """The text a person wrote; raises `Invalid` naming the field that is missing. Media are counted, never fetched."""
    for name in ("MessageSid", "From"):
        if not one(form, name):
            raise Invalid("is missing", name)
    if not _NUMBER.fullmatch(one(form, "From")):
        raise Invalid("is not a phone number", "From")
    media = one(form, "NumMedia")
    return InboundText(
        sender=sender,
        from_number=one(form, "From"),
        text=one(form, "Body").replace("\x00", ""),
        carrier_ref=one(form, "MessageSid")[:LONGEST_REFERENCE],
        received_at=at,
        media_count=int(media) if media.isascii() and media.isdigit() and len(media) < 3 else 0,  # noqa: PLR2004 - two digits
    )


def one(form: Form, name: str) -> str:
    """The first value of a field, empty when absent."""
    values = form.get(name)
    return values[0] if values else ""
