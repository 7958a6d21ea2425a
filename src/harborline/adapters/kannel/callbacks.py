"""What Kannel calls back with: delivery reports and inbound texts; pure, after the address was believed."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import parse_qsl, unquote_to_bytes

from harborline.kernel import Invalid
from harborline.messaging.facts import InboundText, ReceiptEvent
from harborline.messaging.ports import Receipt

LONGEST_QUERY: Final = 16 * 1024
LONGEST_REFERENCE: Final = 80
LONGEST_CODE: Final = 40
_NUMBER = re.compile(r"\+?[0-9]{3,15}", re.ASCII)
_STAT = re.compile(r"\bstat:([A-Z]{5,8})\b")
_NACK = re.compile(r"NACK/(0x[0-9a-fA-F]{1,8})")
_REPORTS: Final[Mapping[str, Receipt]] = {
    "1": Receipt.DELIVERED,
    "2": Receipt.FAILED,
    "8": Receipt.SENT,
    "16": Receipt.FAILED,
}
# What a query may be written in: the coding of the words as the message centre gave them.
_CHARSETS: Final = {"0": "utf-8", "1": "latin-1", "2": "utf-16-be"}


def receipts(query: str, *, attempt_id: uuid.UUID, at: datetime) -> list[ReceiptEvent]:
    """What a delivery report says about an attempt: one event, or none for a report without news.

    `ref` is the message centre's own id; the code is the state it named (SMPP 3.4, appendix B) or its refusal.
    """
    said = dict(parse_qsl(_bounded(query), keep_blank_values=True, errors="replace"))
    receipt = _REPORTS.get(said.get("type", ""))
    if receipt is None:
        return []
    code = _code(said.get("said", ""))
    if receipt is Receipt.FAILED and code == "EXPIRED":
        receipt = Receipt.EXPIRED
    if receipt is Receipt.DELIVERED:
        code = ""
    return [ReceiptEvent(attempt_id, receipt.value, code, at, _reference(said.get("ref", "")))]


def inbound(query: str, *, sender: str, at: datetime) -> InboundText:
    """The text a person wrote; raises `Invalid` naming the field that is missing or unreadable.

    The words come percent-encoded in the charset that Kannel names (`UTF-8`, or `UTF-16BE` for coding 2).
    """
    fields = _raw_fields(_bounded(query))
    number = fields.get("from", b"").decode("ascii", "replace")
    if not _NUMBER.fullmatch(number):
        raise Invalid("is not a phone number", "from")
    reference = _reference(fields.get("id", b"").decode("ascii", "replace"))
    if not reference:
        raise Invalid("is missing", "id")
    return InboundText(
        sender=sender,
        from_number=number if number.startswith("+") else f"+{number}",
        text=_words(fields).replace("\x00", ""),
        carrier_ref=f"kannel:{reference}"[:LONGEST_REFERENCE],
        received_at=at,
        media_count=0,
    )


def _words(fields: Mapping[str, bytes]) -> str:
    charset = fields.get("charset", b"").decode("ascii", "replace").lower()
    coding = fields.get("coding", b"0").decode("ascii", "replace")
    wide = charset.startswith("utf-16") or (not charset and coding == "2")
    return fields.get("text", b"").decode("utf-16-be" if wide else _CHARSETS.get(coding, "utf-8"), "replace")


def _raw_fields(query: str) -> dict[str, bytes]:
    fields: dict[str, bytes] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        fields.setdefault(name, unquote_to_bytes(value.replace("+", " ")))
    return fields


def _bounded(query: str) -> str:
    if len(query) > LONGEST_QUERY:
        raise Invalid("is too large", "query")
    return query


def _code(said: str) -> str:
    found = _STAT.search(said) or _NACK.search(said)
    return found[1][:LONGEST_CODE] if found else ""


def _reference(raw: str) -> str:
    return "".join(sign for sign in raw if sign.isascii() and sign.isprintable())[:LONGEST_REFERENCE]
