"""The receipt of a consent for the person who gave it: as JSON with the fields of the consent-record standard, as PDF.

Fields and sections are those of ISO/IEC TS 27560:2023 (header, processing, parties, events), with ours under `us`.
"""

from __future__ import annotations

import functools
import json
import uuid
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

import typst

from harborline.consent.facts import CONTACT_US
from harborline.consent.keeping import evidence_of
from harborline.consent.models import Consent, ConsentEvent
from harborline.kernel import Invalid, NotFound
from harborline.kernel.clock import iso
from harborline.kernel.glyphs import shown
from harborline.law import Profile, block, profile

SCHEMA: Final = "https://www.iso.org/standard/80392.html ISO/IEC TS 27560:2023; consent-record/1"
_STATES: Final = {"given": "consent given", "attested": "consent confirmed", "filed": "consent filed"}
_TEMPLATE = Path(__file__).parent / "papers" / "receipt.typ"


def receipt(consent_id: uuid.UUID) -> dict[str, Any]:
    """The receipt of one consent in sight; raises `NotFound`. No name and no number in clear but the last four."""
    consent = Consent.objects.filter(id=consent_id).first()
    if consent is None:
        raise NotFound("no such consent here")
    law, evidence = profile(consent.program), evidence_of(consent)
    return {
        "header": {
            "schema_version": SCHEMA,
            "record_id": str(consent.id),
            "pii_principal_id": str(consent.participant_id),
        },
        "processing": _processing(consent, law, evidence.get("number", "")),
        "parties": [
            {
                "party_id": law.agency,
                "party_name": law.title["en"],
                "party_role": "PII controller",
                "party_contact": law.callback,
                "party_type": "state agency",
            }
        ],
        "events": _events(consent),
        "us": {
            "statement_sha256": consent.statement_sha256,
            "signature": evidence.get("how", ""),
            "signature_evidence_sha256": evidence.get("evidence", ""),
            "proof_entry": str(consent.entry_id),
        },
    }


def receipt_json(consent_id: uuid.UUID) -> bytes:
    """The receipt as a file."""
    return json.dumps(receipt(consent_id), indent=2, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def receipt_pdf(consent_id: uuid.UUID, *, language: str) -> bytes:
    """The receipt as a tagged PDF in `en` or `es`."""
    told = receipt(consent_id)
    consent = Consent.objects.get(id=consent_id)
    law = profile(consent.program)
    given = consent.given_at.astimezone(ZoneInfo(law.zones[0]))
    inputs = {
        "language": language,
        "program": law.title.get(language) or law.title["en"],
        "reference": told["header"]["record_id"],
        "given": f"{given:%m/%d/%Y %H:%M}",
        "until": f"{consent.expires_at.astimezone(ZoneInfo(law.zones[0])):%m/%d/%Y}" if consent.expires_at else "",
        "ended": f"{consent.ended_at.astimezone(ZoneInfo(law.zones[0])):%m/%d/%Y}" if consent.ended_at else "",
        "number": told["processing"]["pii_information"][0]["value"],
        "words": statement_words(consent, law, language),
        "digest": consent.statement_sha256,
        "signed": evidence_of(consent).get("signed_as", ""),
        "callback": law.callback,
    }
    made = typst.compile(
        _template(), format="pdf", ignore_system_fonts=True, sys_inputs=shown(inputs), pdf_standards=["ua-1"]
    )
    return bytes(made)


def statement_words(consent: Consent, law: Profile, language: str) -> str:
    """The words that were agreed to, when they are still the current ones in the language they were signed in."""
    for each in (consent.language, language, "en"):
        try:
            found = block(law.consent.release_statement, each)
        except Invalid:
            continue
        if found.sha256 == consent.statement_sha256:
            return found.words
    return ""


def _processing(consent: Consent, law: Profile, number: str) -> dict[str, Any]:
    thread = consent.platform == CONTACT_US
    return {
        "privacy_notice": consent.statement_sha256,
        "language": consent.language,
        "purpose": "text messages about the person's own messages in the portal"
        if thread
        else "notices by text message",
        "lawful_basis": "consent",
        "pii_information": [{"type": "telephone number", "value": f"***{number[-4:]}", "optional": True}],
        "pii_controllers": [law.agency],
        "collection_method": consent.kind,
        "storage_locations": ["on the agency's own server"],
        "retention_period": "as the program's published schedule says",
        "jurisdiction": f"US-{law.state}",
        "recipient_third_parties": ["the telephone company that carries the text"],
        "withdrawal_method": "answer STOP, in the portal, by telephone, in person, by letter",
    }


def _events(consent: Consent) -> list[dict[str, Any]]:
    until = iso(consent.expires_at) if consent.expires_at else "until withdrawn"
    return [
        {
            "event_time": iso(event.at),
            "validity_duration": until,
            "entity_id": str(consent.participant_id),
            "event_type": "explicit",
            "event_state": _STATES.get(event.kind, f"consent {event.reason or event.kind}"),
        }
        for event in ConsentEvent.objects.filter(consent_id=consent.id).order_by("at", "id")
    ]


@functools.cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()
