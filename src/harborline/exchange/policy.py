"""The written policy on sharing files with others, printed from the agreements as they stand.

Source: CA-CSS-03-11:written-policies; 45 CFR 307.13(a).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from importlib.resources import files
from typing import Any, Final

import typst

from harborline.exchange.facts import AgreementFacts, AgreementState
from harborline.exchange.gathering import agreements_facts
from harborline.exchange.models import Agreement, Credential, Partner
from harborline.exchange.terms import Terms
from harborline.kernel import clock
from harborline.law import profile
from harborline.ledger.selectors import current_checkpoint
from harborline.ledger.services import record
from harborline.walls import current

_RULES: Final = (
    "Files go between organisations by secure file transfer only. Plain FTP is not used (CSS letter 03-11).",
    "Files do not go by electronic mail. This is our reading of the same letter.",
    "Discs and tapes that still arrive are taken in under a chain of custody until the last one is gone.",
    "Every flow has an agreement that two persons put in force, and an end. Keys are confirmed over another channel.",
    "A file counts as received only when it is proven complete; the sender gets a signed receipt with the log's state.",
    "What does not agree with its counts is refused whole. Two persons let go what was set aside.",
)


def issue_policy(*, as_text: bool = False) -> bytes:
    """The policy as PDF/UA, or as plain text; that it was made is recorded with its digest.

    Raises `Unavailable` until the log has its first signed checkpoint.
    """
    program = current().program
    rows = Agreement.objects.filter(program=program).select_related("partner").order_by("partner__name", "key")
    facts = [one for one in agreements_facts(rows) if one.terms is not None and one.state is not AgreementState.ENDED]
    now = clock.now()
    paper = {
        "program": profile(program).title["en"],
        "title": "Policy on exchanging files with other organisations",
        "paragraphs": list(_RULES),
        "parts": [_part(one) for one in facts],
        "signatures": ["Owner of this policy"],
        "footer": f"Made on {now:%Y-%m-%d %H:%M} UTC from the agreements in force",
        "checkpoint": current_checkpoint().decode().rstrip("\n"),
    }
    made = _text(paper).encode() if as_text else _pdf(paper, int(now.timestamp()))
    content = {"sha256": hashlib.sha256(made).hexdigest(), "agreements": [one.key for one in facts]}
    record("exchange.policy-made", subject="policy:exchange", content=content)
    return made


def _part(one: AgreementFacts) -> dict[str, Any]:
    assert one.terms is not None
    return {"heading": f"{one.partner_name}: {one.title}", "lines": list(_lines(one, one.terms))}


def _lines(one: AgreementFacts, terms: Terms) -> Iterator[tuple[str, str]]:
    partner = Partner.objects.get(id=one.partner_id)
    keys = Credential.objects.filter(partner=partner, revoked_at__isnull=True).exclude(confirmed_by="")
    yield "Partner", f"{partner.name} ({partner.kind})"
    yield "State", f"{one.state.value}, version {one.version}"
    yield "Data", terms.holds
    yield "Purpose", terms.purpose
    yield "Classification", f"{terms.level.value}{', federal tax information' if terms.fti else ''}"
    yield "Direction", terms.direction.value
    if terms.tells is not None:
        named = ", ".join(name.value for name, _column in terms.tells.fields)
        yield "Protected fields", f"{named}; to {terms.tells.recipient.value} ({terms.tells.basis.value})"
    yield "Connection", terms.channel.value
    yield "Encryption", f"{terms.encryption.value}{', signed' if terms.signature else ''}"
    yield "Layout and names", f"{terms.layout or 'none'}; {terms.naming}"
    yield "Window", _window(terms)
    yield "Expected", _expected(terms)
    yield "Largest file", f"{terms.size_bytes} bytes"
    yield "Receipts", ", ".join(kind.value for kind in terms.receipts)
    yield "Ends on", terms.expires_date.isoformat()
    for key in keys.order_by("until_at"):
        yield "Key", f"{key.login}: {key.digest}, until {key.until_at:%Y-%m-%d}"


def _window(terms: Terms) -> str:
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    named = ", ".join(days[one] for one in sorted(terms.window.days))
    hours = "all day" if terms.window.opens == terms.window.closes else (
        f"{terms.window.opens:%H:%M} to {terms.window.closes:%H:%M}"
    )  # fmt: skip
    return f"{named}, {hours}, {terms.window.zone}"


def _expected(terms: Terms) -> str:
    if terms.expects is None:
        return "at no set time"
    return f"{terms.expects.rhythm.value}, by {terms.expects.due:%H:%M}, {terms.expects.grace_min} minutes of grace"


def _pdf(paper: dict[str, Any], at: int) -> bytes:
    layout = (files(__package__) / "policy.typ").read_bytes()
    made: bytes = typst.compile(
        layout, format="pdf", ignore_system_fonts=True,
        sys_inputs={"paper": json.dumps(paper, ensure_ascii=False)}, pdf_standards="ua-1", timestamp=at,
    )  # fmt: skip
    return made


def _text(paper: dict[str, Any]) -> str:
    lines = [paper["program"], paper["title"], "", *paper["paragraphs"]]
    for part in paper["parts"]:
        lines += ["", part["heading"], *(f"  {name}: {value}" for name, value in part["lines"])]
    lines += ["", paper["footer"], "", paper["checkpoint"]]
    return "\n".join(lines) + "\n"
