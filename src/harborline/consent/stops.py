"""Requests to stop and to start again, and texts that may mean "stop"."""

from __future__ import annotations

import json
import uuid
from datetime import datetime, timedelta

from harborline.consent.facts import NOTICES, ConsentKind, Ending, Means
from harborline.consent.keeping import Given, actor, end, group, keep
from harborline.consent.models import Consent, PossibleOptOut, Suppression
from harborline.consent.rules import kind_accepted, may_start_again
from harborline.consent.selectors import suppressed_numbers
from harborline.kernel import NotFound, Refused, clock
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_id
from harborline.law import profile
from harborline.ledger.services import record
from harborline.people.facts import Role
from harborline.people.selectors import holders_of_number
from harborline.vault.services import blind_index, seal_text
from harborline.walls import current


def suppress(number: str, means: Means, *, words: str = "", at: datetime | None = None) -> Suppression:
    """Stop every text of this agency to a number (E.164) at once, and end the program's consents for it.

    `means` is how they asked, `words` what they said (sealed). Any reasonable way counts: 47 CFR 64.1200(a)(10), (11).
    """
    idx, moment = blind_index("phone", number), at or clock.now()
    _end_consents(idx, moment)
    return _keep("stop", idx, means, {"number": number, "words": words}, moment)


def start_again(
    number: str, *, keyword: str, shown: str, message_ref: str, at: datetime | None = None
) -> list[Consent]:
    """A text with the start keyword came from a number: opt in the adults whose number it is, on notices.

    After a stop it restores only what had consent (possibly nothing); a stop that came otherwise than by text needs a
    signature. `shown` are the words that invited the keyword. Raises `Refused`.
    """
    idx, moment = blind_index("phone", number), at or clock.now()
    law = profile(current().program)
    holders = holders_of_number(law.program, idx)
    stopped = bool(suppressed_numbers(law.program, [idx]))
    last_stop = _last_stop(idx) if stopped else None
    adults = {participant: county for participant, county, _, _ in holders}
    decision = may_start_again(last_stop=last_stop, adults=len(adults), both_parents=_both_parents(holders))
    accepted = kind_accepted(kind=ConsentKind.KEYWORD, platform=NOTICES, profile=law)
    for each in (decision, accepted):
        if not each.allowed:
            raise Refused(each)
    if stopped:
        _keep("start", idx, Means.TEXT, {"number": number, "words": keyword}, moment)
        adults = {participant: county for participant, county in adults.items() if _had_consent(participant, idx)}
    evidence = {"keyword": keyword, "shown": shown, "message": message_ref}
    fresh = [who for who in adults if not _has_standing(who, idx, moment)]
    given = [Given(who, adults[who], number, ConsentKind.KEYWORD, moment, evidence) for who in fresh]
    return keep(given, at=moment)


def lift_after_signature(number: str, *, at: datetime) -> None:
    """Let the program text a number again because its holder signed a release after asking to stop."""
    idx = blind_index("phone", number)
    if suppressed_numbers(current().program, [idx]):
        _keep("start", idx, Means.IN_PERSON, {"number": number, "words": "signed release"}, at)


def hold_possible(number: str, *, message_ref: str, at: datetime | None = None) -> PossibleOptOut:
    """A text may mean "stop": hold the number for the whole agency until staff decide or the profile's hours pass."""
    context, moment = current(), at or clock.now()
    idx = blind_index("phone", number)
    known = PossibleOptOut.objects.filter(program=context.program, phone_idx=idx, resolved_at__isnull=True).first()
    if known is not None:
        return known
    hours = profile(context.program).texting.possible_opt_out_hours
    record("consent.possible-opt-out", subject=f"number:{idx.hex()}", content={"message": message_ref})
    return PossibleOptOut.objects.create(
        program=context.program,
        agency=context.agency,
        phone_idx=idx,
        message_ref=message_ref,
        noticed_at=moment,
        due_at=moment + timedelta(hours=hours),
    )


def resolve_possible(possible_id: uuid.UUID, *, stop: bool) -> None:
    """Staff read the text: it meant stop, or it did not. Raises `NotFound`; resolving twice changes nothing."""
    possible = PossibleOptOut.objects.select_for_update().filter(id=possible_id).first()
    if possible is None:
        raise NotFound("no such text here")
    if possible.resolved_at is None:
        _resolve(possible, "stop" if stop else "not-a-stop", clock.now())


def stop_overdue(*, now: datetime | None = None) -> int:
    """Stop the numbers of possible opt-outs that nobody decided in time; answers how many."""
    moment = now or clock.now()
    overdue = PossibleOptOut.objects.select_for_update().filter(
        program=current().program, resolved_at__isnull=True, due_at__lte=moment
    )
    found = list(overdue)
    for possible in found:
        _resolve(possible, "overdue", moment)
    return len(found)


def _resolve(possible: PossibleOptOut, resolution: str, at: datetime) -> None:
    possible.resolved_at, possible.resolution, possible.resolved_by = at, resolution, actor()
    possible.save(update_fields=["resolved_at", "resolution", "resolved_by"])
    idx = bytes(possible.phone_idx)
    content = {"message": possible.message_ref, "resolution": resolution}
    record("consent.possible-opt-out-resolved", subject=f"number:{idx.hex()}", content=content)
    if resolution != "not-a-stop":
        _end_consents(idx, at)
        _keep("stop", idx, Means.POSSIBLE, {"message": possible.message_ref}, at)


def _end_consents(idx: bytes, at: datetime) -> None:
    standing = Consent.objects.filter(program=current().program, phone_idx=idx, platform=NOTICES, ended_at__isnull=True)
    end(list(standing), Ending.WITHDRAWN, at=at)


def _keep(kind: str, idx: bytes, means: Means, evidence: dict[str, str], at: datetime) -> Suppression:
    context, identifier = current(), new_id()
    content = {"kind": kind, "means": means.value, "at": iso(at), "record": str(identifier)}
    entry_id = record(f"consent.number-{kind}", subject=f"number:{idx.hex()}", content=content)
    sealed = seal_text(
        json.dumps(evidence, ensure_ascii=False), group=group(context.program), context=f"suppression:{identifier}"
    )
    return Suppression.objects.create(
        id=identifier,
        program=context.program,
        agency=context.agency,
        phone_idx=idx,
        kind=kind,
        means=means.value,
        at=at,
        evidence=sealed,
        recorded_by=actor(),
        entry_id=entry_id,
    )


def _last_stop(idx: bytes) -> Means:
    # A stop heard by another program of the agency is out of sight here: this program's START answers it as a text.
    found = Suppression.objects.filter(program=current().program, phone_idx=idx, kind="stop").order_by("-at").first()
    return Means(found.means) if found else Means.TEXT


def _both_parents(holders: list[tuple[uuid.UUID, str, uuid.UUID, str]]) -> bool:
    parents: dict[uuid.UUID, set[str]] = {}
    for _, _, case, role in holders:
        parents.setdefault(case, set()).add(role)
    both = {Role.CUSTODIAL_PARTY.value, Role.NONCUSTODIAL_PARENT.value}
    return any(both <= roles for roles in parents.values())


def _had_consent(participant_id: uuid.UUID, idx: bytes) -> bool:
    had = Consent.objects.filter(participant_id=participant_id, phone_idx=idx, platform=NOTICES)
    return had.exclude(source_list__gt="", attested_at__isnull=True).exists()


def _has_standing(participant_id: uuid.UUID, idx: bytes, at: datetime) -> bool:
    standing = Consent.objects.filter(
        participant_id=participant_id, phone_idx=idx, platform=NOTICES, kind=ConsentKind.KEYWORD.value
    )
    return standing.filter(ended_at__isnull=True, given_at__lte=at).exists()
