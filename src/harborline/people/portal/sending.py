"""Send the codes that were asked for: away from the request, so that nobody can tell whether a number is known."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from harborline.kernel import clock, ports
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.people.facts import CodeText, NumberStanding
from harborline.people.models import Participant
from harborline.people.portal.coding import digest_of, digits_of
from harborline.people.portal.keys import has_passphrase
from harborline.people.portal.rules import CODE_LIVES, may_get_code
from harborline.people.portal_models import PortalAttempt, PortalCode, PortalWish
from harborline.people.ports import CodeSender
from harborline.people.sealing import group, seal_field
from harborline.people.selectors import holders_of_number
from harborline.vault.services import unseal_text
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

AT_ONCE = 200
KEPT = timedelta(days=30)
_FLAGS = "SELECT n, protected, conflict FROM people_flags(%(persons)b::uuid[], %(phones)b::bytea[], %(at)s)"
OTHER_WAY = "code-other-way"


@dataclass(frozen=True, slots=True)
class _Holder:
    participant: Participant
    protected: bool
    conflict: bool


def send_waiting_codes() -> int:
    """Answer the requests for codes that wait in the context's program; answers how many were sent by text.

    1. Whose number is it, and may a code go there? 2. By text; where none may go staff get the task to reach the
    person another way. 3. The number is forgotten either way. Source: OFFSET-8.1:harm.
    """
    waiting = PortalCode.objects.select_for_update(skip_locked=True).filter(outcome="").order_by("asked_at")
    found = list(waiting[:AT_ONCE])
    return sum(_answer(code) for code in found)


def _answer(code: PortalCode) -> bool:
    program, now = current().program, clock.now()
    if now - code.asked_at > CODE_LIVES or code.sealed is None:
        return _closed(code, "too-late")
    number = unseal_text(bytes(code.sealed), group=group(program), context=f"portal-code:{code.id}:number")
    sender = ports.serving(CodeSender)
    standing = sender.standing(bytes(code.phone_idx))
    holders, grown = _holders(bytes(code.phone_idx))
    decision = may_get_code(
        holders=len({one.participant.person_id for one in holders}),
        adult=grown,
        protected=any(one.protected for one in holders),
        conflict=any(one.conflict for one in holders),
        passphrase=bool(holders) and has_passphrase(holders[0].participant.person_id),
        doubtful=standing is NumberStanding.DOUBTFUL,
        stopped=standing is NumberStanding.STOPPED,
    )
    if decision.reason == "code-by-other-way":
        return _by_other_way(code, holders[0].participant)
    if not decision.allowed:
        return _closed(code, decision.reason[:16])
    return _sent(code, holders[0].participant, number, sender)


def _sent(code: PortalCode, who: Participant, number: str, sender: CodeSender) -> bool:
    now = clock.now()
    text = CodeText(number, bytes(code.phone_idx), who.id, who.county, code.language, who.discreet, now + CODE_LIVES)
    message = sender.send(text)
    if message is None:
        return _closed(code, "no-sender")
    code.person_id, code.digest, code.sent_at = who.person_id, digest_of(code.id, digits_of(message)), now
    record("people.code-sent", subject=f"person:{who.person_id}", content={"request": str(code.id)})
    _closed(code, "sent")
    return True


def _by_other_way(code: PortalCode, who: Participant) -> bool:
    open_wish = PortalWish.objects.filter(participant_id=who.id, field=OTHER_WAY, settled_at__isnull=True)
    if not open_wish.exists():
        PortalWish.objects.create(
            id=new_id(), program=who.program, county=who.county, participant_id=who.id, field=OTHER_WAY,
            sealed=seal_field(who.program, who.id, f"wish-{OTHER_WAY}", ""), asked_at=clock.now(),
        )  # fmt: skip
        record("people.code-other-way", subject=f"person:{who.person_id}", content={"request": str(code.id)})
    return _closed(code, "other-way")


def _closed(code: PortalCode, outcome: str) -> bool:
    record("people.code-answered", subject=f"number:{bytes(code.phone_idx).hex()}", content={"request": str(code.id)})
    code.outcome, code.sealed = outcome, None
    code.save(update_fields=["outcome", "sealed", "person", "digest", "sent_at"])
    return False


def _holders(phone_idx: bytes) -> tuple[list[_Holder], bool]:
    ids: set[uuid.UUID] = {row[0] for row in holders_of_number(current().program, phone_idx)}
    rows = list(Participant.objects.filter(id__in=ids, gone_at__isnull=True).order_by("external_id"))
    asked = {"persons": [row.person_id for row in rows], "phones": [phone_idx] * len(rows), "at": clock.now()}
    with bulk_cursor() as cursor:
        flags = {place: told for place, *told in cursor.execute(_FLAGS, asked, binary=True)}
    return [_Holder(row, *flags.get(place, (True, True))) for place, row in enumerate(rows, 1)], bool(rows)


def forget_old_attempts() -> int:
    """Remove attempts and requests for codes that count no more; what was done stays in the proof log. How many."""
    before = clock.now() - KEPT
    gone, _ = PortalAttempt.objects.filter(at__lt=before).delete()
    asked, _ = PortalCode.objects.filter(asked_at__lt=before).delete()
    if gone or asked:
        content = {"count": gone, "codes": asked}
        record("people.attempts-forgotten", subject=f"portal:{current().program}", content=content)
    return gone + asked
