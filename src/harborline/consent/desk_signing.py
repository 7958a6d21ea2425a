"""A release signed on the clinic's own screen: the words shown, what was typed or drawn, and who stood by, kept whole.

The bundle is sealed with the consent; its digest stands in the record, so that nobody can put another signature under
it later. Source: MN-WIC-9.6:release-statement, MN-WIC-9.6:written-at-next-contact; 15 U.S.C. 7001, 7006(5).
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from harborline.consent.desk_listing import waiting_spoken
from harborline.consent.facts import NOTICES, ConsentKind, Ending
from harborline.consent.keeping import Given, end, evidence_of, keep
from harborline.consent.models import Consent
from harborline.consent.rules import kind_accepted, may_consent, release_complete
from harborline.consent.stops import lift_after_signature
from harborline.kernel import Decision, Invalid, Refused, clock
from harborline.kernel.clock import iso
from harborline.law import Block, block, profile
from harborline.people.selectors import party_facts
from harborline.walls import current

STROKES_MOST: Final = 60_000
"""The most signs of a drawn signature."""
NAME_MOST: Final = 120
_POINTS_LEAST: Final = 8
_STROKES = re.compile(r"(?:M\d{1,4} \d{1,4}(?: L\d{1,4} \d{1,4})*)(?: M\d{1,4} \d{1,4}(?: L\d{1,4} \d{1,4})*)*")


@dataclass(frozen=True, slots=True)
class DeskSignature:
    """A signature on the clinic's screen: the name as typed, and the strokes (a path of M and L) if one was drawn."""

    signed_as: str
    strokes: str = ""


def sign_at_desk(
    consent_id: uuid.UUID, *, statement_sha256: str, language: str, signature: DeskSignature, witness: str
) -> Consent:
    """Put a release, signed on the clinic's screen, in the place of a spoken permission; answers the new consent.

    `statement_sha256` is the digest of the words that stood on the screen in `language`, `witness` the worker's number
    or id. Raises `NotFound` when nothing waits, `Invalid` for a signature that is none, `Refused` when the words were
    others than the required ones or the person may not sign.
    """
    spoken, now, law = waiting_spoken(consent_id), clock.now(), profile(current().program)
    person = party_facts(spoken.participant_id)
    _insist(may_consent(adult=person.adult if person else None))
    _insist(kind_accepted(kind=ConsentKind.SIGNED_RELEASE, platform=NOTICES, profile=law))
    name = _checked(signature)
    words = block(law.consent.release_statement, language)
    required = frozenset({words.sha256})
    _insist(release_complete(statement_sha256=statement_sha256, required=required, signed_as=name, evidence=True))
    number = evidence_of(spoken)["number"]
    bundle = _bundle(spoken, words, name=name, strokes=signature.strokes, witness=witness, now=now)
    evidence = {
        "how": "drawn" if signature.strokes else "typed",
        "signed_as": name,
        "evidence": hashlib.sha256(bundle.encode()).hexdigest(),
        "bundle": bundle,
        "witness": witness,
    }
    end([spoken], Ending.SUPERSEDED, at=now)
    lift_after_signature(number, at=now)
    until = now + timedelta(days=law.consent.release_expiry_days)
    given = Given(
        spoken.participant_id, spoken.county, number, ConsentKind.SIGNED_RELEASE, now, evidence, NOTICES, language,
        until, statement_sha256,
    )  # fmt: skip
    return keep([given], at=now)[0]


def _checked(signature: DeskSignature) -> str:
    name = " ".join(signature.signed_as.split())
    if not name or len(name) > NAME_MOST or not name.isprintable():
        raise Invalid("type the name of who signs", "signed_as")
    strokes = signature.strokes
    if strokes and (len(strokes) > STROKES_MOST or not _STROKES.fullmatch(strokes)):
        raise Invalid("draw the signature again", "strokes")
    if strokes and strokes.count("L") < _POINTS_LEAST:
        raise Invalid("the drawn signature is too short: draw it again, or clear it and type the name alone", "strokes")
    return name


def _bundle(spoken: Consent, words: Block, *, name: str, strokes: str, witness: str, now: datetime) -> str:
    content = {
        "kind": "release-signed-on-screen/1",
        "words": words.words,
        "words_sha256": words.sha256,
        "participant": str(spoken.participant_id),
        "takes_the_place_of": str(spoken.id),
        "signed_as": name,
        "strokes": strokes,
        "signed_at": iso(now),
        "witness": witness,
    }
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _insist(decision: Decision) -> None:
    if not decision.allowed:
        raise Refused(decision)
