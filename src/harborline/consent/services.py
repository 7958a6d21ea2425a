"""What others may ask consent to do; inside `walls.acting` of the program."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from harborline.consent.desk_signing import DeskSignature, sign_at_desk
from harborline.consent.facts import NOTICES, ConsentKind, Doubt, Ending, EventKind, Means
from harborline.consent.inuse import numbers_in_use
from harborline.consent.keeping import Given, end, evidence_of, keep, tell
from harborline.consent.listening import LapseAtContact, NumberEnds
from harborline.consent.listfile import BadListRow
from harborline.consent.lists import ListReport, attest, import_list, import_vendor_list
from harborline.consent.models import Consent
from harborline.consent.numbers import carrier_says_stopped, number_ended
from harborline.consent.paperwork import Papers, SpokenFacts, line_for, papers_for
from harborline.consent.portal_release import Drawn, Signature, signature_of
from harborline.consent.questions import ask, ask_about_shared_numbers, settle_question
from harborline.consent.rules import kind_accepted, may_consent, may_take_spoken, release_complete
from harborline.consent.selectors import suppressed_numbers
from harborline.consent.stops import (
    decide_possible,
    hold_possible,
    lift_after_signature,
    record_spoken_stop,
    resolve_possible,
    start_again,
    stop_overdue,
    suppress,
)
from harborline.kernel import Decision, Invalid, NotFound, Refused, clock
from harborline.law import Profile, block, profile
from harborline.people.selectors import party_facts
from harborline.vault.services import blind_index
from harborline.walls import current
from harborline.workforce.selectors import number_of

__all__ = [
    "BadListRow",
    "DeskSignature",
    "Drawn",
    "Given",
    "LapseAtContact",
    "ListReport",
    "NumberEnds",
    "Signature",
    "ask_about_number",
    "ask_about_shared_numbers",
    "attest",
    "carrier_says_stopped",
    "confirm_filed",
    "decide_possible",
    "end_overdue_spoken",
    "hold_possible",
    "import_list",
    "import_vendor_list",
    "load_permissions",
    "number_ended",
    "numbers_in_use",
    "opt_in_by_app",
    "papers",
    "record_permission",
    "record_spoken_stop",
    "required_statements",
    "resolve_possible",
    "settle_question",
    "sign_at_desk",
    "sign_release",
    "signature_of",
    "start_again",
    "state_use_line",
    "stop_overdue",
    "suppress",
    "withdraw",
]


def record_permission(
    participant_id: uuid.UUID, number: str, *, script: str, language: str = "en", at: datetime | None = None
) -> Consent:
    """Record a spoken, temporary permission for a number (E.164); `script` are the words read out.

    It ends at the next contact without a signed release and after the profile's days at the latest. Raises `Refused`
    for a dependent, a program whose letter knows no spoken permission, or a number that asked to stop.
    Source: MN-WIC-9.6:verbal-temporary.
    """
    law, moment = _law(), at or clock.now()
    county = _adult_county(participant_id)
    stopped = bool(suppressed_numbers(law.program, [blind_index("phone", number)]))
    _insist(may_take_spoken(profile=law, stopped=stopped))
    until = moment + timedelta(days=law.consent.verbal_cap_days)
    given = Given(
        participant_id, county, number, ConsentKind.VERBAL, moment, {"script": script}, NOTICES, language, until
    )
    return keep([given], at=moment)[0]


def sign_release(
    participant_id: uuid.UUID,
    number: str,
    *,
    statement_sha256: str,
    signature: Signature,
    language: str = "en",
    at: datetime | None = None,
) -> Consent:
    """Record a signed release for a number (E.164); it takes the place of a spoken permission and undoes a stop.

    `statement_sha256` is the digest of the statement that stood in the form. Raises `Refused` when it is not the
    required one, nobody signed, or the participant is no adult party. Source: MN-WIC-9.6:release-statement.
    """
    law, moment = _law(), at or clock.now()
    county = _adult_county(participant_id)
    _insist(kind_accepted(kind=ConsentKind.SIGNED_RELEASE, platform=NOTICES, profile=law))
    complete = release_complete(
        statement_sha256=statement_sha256,
        required=required_statements(law),
        signed_as=signature.signed_as,
        evidence=bool(signature.evidence_sha256),
    )
    _insist(complete)
    until = moment + timedelta(days=law.consent.release_expiry_days)
    evidence = {
        "how": signature.how,
        "signed_as": signature.signed_as,
        "evidence": signature.evidence_sha256,
        "witness": signature.witness,
        **({"bundle": signature.bundle} if signature.bundle else {}),
    }
    end(_standing(participant_id, number, ConsentKind.VERBAL), Ending.SUPERSEDED, at=moment)
    lift_after_signature(number, at=moment)
    kind, words = ConsentKind.SIGNED_RELEASE, statement_sha256
    given = Given(participant_id, county, number, kind, moment, evidence, NOTICES, language, until, words)
    return keep([given], at=moment)[0]


def opt_in_by_app(
    participant_id: uuid.UUID,
    number: str,
    *,
    platform: str,
    action: Mapping[str, str],
    portal: bool = False,
    language: str = "en",
    at: datetime | None = None,
) -> Consent:
    """Record an opt-in made in the app or (`portal`) the portal; it covers `platform` and nothing else.

    `action` says what was shown and pressed. Raises `Refused` where the profile does not let it cover the platform.
    Source: MN-WIC-9.6:contact-us-opt-in.
    """
    law, moment = _law(), at or clock.now()
    county = _adult_county(participant_id)
    kind = ConsentKind.PORTAL if portal else ConsentKind.APP
    _insist(kind_accepted(kind=kind, platform=platform, profile=law))
    return keep([Given(participant_id, county, number, kind, moment, action, platform, language)], at=moment)[0]


def withdraw(consent_id: uuid.UUID, *, means: Means, words: str = "", at: datetime | None = None) -> None:
    """Record that the holder withdrew a consent, by whatever means; for notices the number is stopped at once.

    Raises `NotFound`; withdrawing twice changes nothing.
    """
    moment = at or clock.now()
    consent = _consent(consent_id)
    if consent.platform == NOTICES:
        suppress(evidence_of(consent)["number"], means, words=words, at=moment)
    else:
        end([consent], Ending.WITHDRAWN, at=moment)


def papers(consent_id: uuid.UUID) -> Papers:
    """The line for the state use field and the PDF to upload, for a spoken permission; raises `NotFound`, `Invalid`."""
    return papers_for(_spoken_facts(consent_id))


def state_use_line(consent_id: uuid.UUID) -> str:
    """The line alone, for the state use field; raises `NotFound`, `Invalid` as `papers` does."""
    return line_for(_spoken_facts(consent_id))


def _spoken_facts(consent_id: uuid.UUID) -> SpokenFacts:
    consent = _consent(consent_id)
    if consent.kind != ConsentKind.VERBAL or consent.expires_at is None:
        raise Invalid("only a spoken permission has these papers", "consent")
    law, evidence = _law(), evidence_of(consent)
    return SpokenFacts(
        reference=str(consent.id),
        program=law.title["en"],
        participant_number=consent.participant.external_id,
        telephone=evidence["number"],
        worker=number_of(consent.recorded_by),
        given_at=consent.given_at,
        until_at=consent.expires_at,
        words=evidence.get("script", ""),
        zone=law.zones[0],
    )


def ask_about_number(number: str, *, why: Doubt, message_ref: str = "", at: datetime | None = None) -> int:
    """Give staff the task to find out about a number (E.164), once per person who has it; answers how many are new."""
    return ask(blind_index("phone", number), why, message_ref=message_ref, at=at or clock.now())


def confirm_filed(consent_id: uuid.UUID) -> None:
    """Staff confirm that line and PDF are in the Information System; raises `NotFound`, twice changes nothing."""
    consent = _consent(consent_id)
    if consent.filed_at is None:
        consent.filed_at = clock.now()
        consent.save(update_fields=["filed_at"])
        tell([consent], EventKind.FILED, at=consent.filed_at)


def end_overdue_spoken(*, now: datetime | None = None) -> int:
    """Write down the end of spoken permissions past their days; answers how many. They ended at that moment anyway."""
    moment = now or clock.now()
    overdue = Consent.objects.filter(
        program=current().program, kind=ConsentKind.VERBAL.value, ended_at__isnull=True, expires_at__lte=moment
    )
    found = list(overdue)
    end(found, Ending.LAPSED, at=moment)
    return len(found)


def load_permissions(given: Sequence[Given], *, at: datetime | None = None) -> int:
    """Keep many consents at once, as a bulk import with evidence does; each still gets its own entry and event.

    Raises `Refused` for a kind the profile does not accept. Answers how many.
    """
    law = _law()
    for kind, platform in {(one.kind, one.platform) for one in given}:
        _insist(kind_accepted(kind=kind, platform=platform, profile=law))
    return len(keep(given, at=at or clock.now()))


def required_statements(law: Profile) -> frozenset[str]:
    """The digests of the statement a release of this program must carry, in every language of the program."""
    found = set()
    for language in law.languages:
        try:
            found.add(block(law.consent.release_statement, language).sha256)
        except Invalid:
            continue
    return frozenset(found)


def _law() -> Profile:
    return profile(current().program)


def _insist(decision: Decision) -> None:
    if not decision.allowed:
        raise Refused(decision)


def _adult_county(participant_id: uuid.UUID) -> str:
    found = party_facts(participant_id)
    _insist(may_consent(adult=found.adult if found else None))
    if found is None:
        raise NotFound("no such participant here")
    return found.county


def _standing(participant_id: uuid.UUID, number: str, kind: ConsentKind) -> list[Consent]:
    idx = blind_index("phone", number)
    return list(
        Consent.objects.filter(participant_id=participant_id, phone_idx=idx, kind=kind.value, ended_at__isnull=True)
    )


def _consent(consent_id: uuid.UUID) -> Consent:
    found = Consent.objects.select_related("participant").filter(id=consent_id).first()
    if found is None:
        raise NotFound("no such consent here")
    return found
