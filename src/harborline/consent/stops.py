"""Requests to stop and to start again, and texts that may mean "stop"."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from harborline.consent.facts import NOTICES, SPOKEN_OR_WRITTEN, ConsentKind, Doubt, Ending, Means
from harborline.consent.keeping import Given, actor, end, group, keep
from harborline.consent.models import Consent, PossibleOptOut, Suppression
from harborline.consent.questions import ask, on_both_parents, sealed_reason, settle_possible, written_reason
from harborline.consent.rules import kind_accepted, may_start_again
from harborline.consent.selectors import possible_opt_outs, suppressed_numbers
from harborline.kernel import Invalid, NotFound, Refused, clock
from harborline.kernel.clock import iso
from harborline.kernel.ids import new_ids
from harborline.law import profile
from harborline.ledger.services import append_many, record
from harborline.people.selectors import holders_of_number, reach
from harborline.vault.services import blind_index, blind_indexes, seal_text
from harborline.walls import current

_CHUNK = 2_000


def suppress(number: str, means: Means, *, words: str = "", at: datetime | None = None) -> Suppression:
    """Stop every text of this agency to a number (E.164) at once, and end the program's consents for it.

    `means` is how they asked, `words` what they said (sealed). Any reasonable way counts: 47 CFR 64.1200(a)(10), (11).
    """
    idx, moment = blind_index("phone", number), at or clock.now()
    _end_consents([idx], moment)
    return _keep("stop", idx, means, {"number": number, "words": words}, moment)


def suppress_many(numbers: Sequence[str], means: Means, *, words: str, at: datetime) -> int:
    """Stop many numbers (E.164) at once, as a list brings them; those stopped before are left. Answers how many."""
    idxs = dict(zip(blind_indexes("phone", numbers), numbers, strict=True))
    fresh = [idx for idx in idxs if idx not in suppressed_numbers(current().program, idxs)]
    _end_consents(fresh, at)
    for start in range(0, len(fresh), _CHUNK):
        chunk = fresh[start : start + _CHUNK]
        _keep_many("stop", [(idx, {"number": idxs[idx], "words": words}) for idx in chunk], means, at)
    return len(fresh)


def record_spoken_stop(
    participant_id: uuid.UUID, *, means: Means, words: str = "", at: datetime | None = None
) -> Suppression:
    """Staff record that a participant asked to stop by telephone, at the counter, by letter, e-mail, fax or portal.

    It holds at once, for the whole agency. `words` (what they said, optional) are sealed. Raises `NotFound`, or
    `Invalid` for a way that is none of these or a participant without a number. Source: 47 CFR 64.1200(a)(10), (11).
    """
    if means not in SPOKEN_OR_WRITTEN:
        raise Invalid("choose how they asked: telephone, counter, letter, e-mail, fax or portal", "means")
    number = reach(participant_id).phone
    if number is None:
        raise Invalid("this person has no number on file; nothing is sent to them", "participant")
    return suppress(number, means, words=words, at=at)


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
    shared = on_both_parents(holders)
    if shared:
        ask(idx, Doubt.BOTH_PARENTS, message_ref=message_ref, at=moment)
    decision = may_start_again(last_stop=last_stop, adults=len(adults), both_parents=shared)
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
    """A text may mean "stop": hold the number for the whole agency until staff decide or the profile's hours pass.

    Staff of every county in which somebody has the number get the task; with nobody, those of the whole state.
    """
    context, moment = current(), at or clock.now()
    idx = blind_index("phone", number)
    known = PossibleOptOut.objects.filter(program=context.program, phone_idx=idx, resolved_at__isnull=True).first()
    if known is not None:
        return known
    hours = profile(context.program).texting.possible_opt_out_hours
    record("consent.possible-opt-out", subject=f"number:{idx.hex()}", content={"message": message_ref})
    ask(idx, Doubt.POSSIBLE_STOP, message_ref=message_ref, at=moment)
    return PossibleOptOut.objects.create(
        program=context.program,
        agency=context.agency,
        phone_idx=idx,
        message_ref=message_ref,
        noticed_at=moment,
        due_at=moment + timedelta(hours=hours),
    )


def decide_possible(possible_id: uuid.UUID, *, stop: bool, reason: str) -> None:
    """Staff read the text and say, with a reason, whether it meant stop; deciding twice changes nothing.

    Raises `NotFound` for one that is not in the worker's counties, `Invalid` without a reason.
    """
    _decide(possible_id, stop=stop, reason=written_reason(reason))


def resolve_possible(possible_id: uuid.UUID, *, stop: bool) -> None:
    """Decide without writing down why; `decide_possible` is the door for people."""
    _decide(possible_id, stop=stop, reason="")


def stop_overdue(*, now: datetime | None = None) -> int:
    """Stop the numbers of possible opt-outs that nobody decided in time; answers how many."""
    moment = now or clock.now()
    overdue = PossibleOptOut.objects.select_for_update().filter(
        program=current().program, resolved_at__isnull=True, due_at__lte=moment
    )
    found = list(overdue)
    for possible in found:
        _resolve(possible, "overdue", moment, "")
    return len(found)


def _decide(possible_id: uuid.UUID, *, stop: bool, reason: str) -> None:
    possible = PossibleOptOut.objects.select_for_update().filter(id=possible_id).first()
    if possible is None:
        raise NotFound("no such text here")
    if possible.resolved_at is not None:
        return
    if possible_id not in {one.id for one in possible_opt_outs(current().program)}:
        raise NotFound("no such text here")
    _resolve(possible, "stop" if stop else "not-a-stop", clock.now(), reason)


def _resolve(possible: PossibleOptOut, resolution: str, at: datetime, reason: str) -> None:
    possible.resolved_at, possible.resolution, possible.resolved_by = at, resolution, actor()
    possible.reason = sealed_reason(reason, f"possible:{possible.id}")
    possible.save(update_fields=["resolved_at", "resolution", "resolved_by", "reason"])
    idx = bytes(possible.phone_idx)
    settle_possible(idx, resolution, at=at)
    content = {"message": possible.message_ref, "resolution": resolution}
    record("consent.possible-opt-out-resolved", subject=f"number:{idx.hex()}", content=content)
    if resolution != "not-a-stop":
        _end_consents([idx], at)
        _keep("stop", idx, Means.POSSIBLE, {"message": possible.message_ref}, at)


def _end_consents(idxs: Sequence[bytes], at: datetime) -> None:
    # A stop is for the number: what was given for the portal's thread ends with it too.
    standing = Consent.objects.filter(program=current().program, phone_idx__in=idxs, ended_at__isnull=True)
    end(list(standing), Ending.WITHDRAWN, at=at)


def _keep(kind: str, idx: bytes, means: Means, evidence: dict[str, str], at: datetime) -> Suppression:
    return _keep_many(kind, [(idx, evidence)], means, at)[0]


def _keep_many(
    kind: str, told: Sequence[tuple[bytes, dict[str, str]]], means: Means, at: datetime
) -> list[Suppression]:
    context, ids, by = current(), new_ids(len(told)), actor()
    contents = [
        (f"number:{idx.hex()}", {"kind": kind, "means": means.value, "at": iso(at), "record": str(identifier)})
        for (idx, _), identifier in zip(told, ids, strict=True)
    ]
    entries = append_many(f"consent.number-{kind}", contents)
    rows = [
        Suppression(
            id=identifier,
            program=context.program,
            agency=context.agency,
            phone_idx=idx,
            kind=kind,
            means=means.value,
            at=at,
            evidence=_sealed(evidence, identifier, context.program),
            recorded_by=by,
            entry_id=entry_id,
        )
        for (idx, evidence), identifier, entry_id in zip(told, ids, entries, strict=True)
    ]
    return list(Suppression.objects.bulk_create(rows))


def _sealed(evidence: dict[str, str], identifier: uuid.UUID, program: str) -> bytes:
    words = json.dumps(evidence, ensure_ascii=False)
    return seal_text(words, group=group(program), context=f"suppression:{identifier}")


def _last_stop(idx: bytes) -> Means:
    # A stop heard by another program of the agency is out of sight here: this program's START answers it as a text.
    found = Suppression.objects.filter(program=current().program, phone_idx=idx, kind="stop").order_by("-at").first()
    return Means(found.means) if found else Means.TEXT


def _had_consent(participant_id: uuid.UUID, idx: bytes) -> bool:
    had = Consent.objects.filter(participant_id=participant_id, phone_idx=idx, platform=NOTICES)
    return had.exclude(source_list__gt="", attested_at__isnull=True).exists()


def _has_standing(participant_id: uuid.UUID, idx: bytes, at: datetime) -> bool:
    standing = Consent.objects.filter(
        participant_id=participant_id, phone_idx=idx, platform=NOTICES, kind=ConsentKind.KEYWORD.value
    )
    return standing.filter(ended_at__isnull=True, given_at__lte=at).exists()
