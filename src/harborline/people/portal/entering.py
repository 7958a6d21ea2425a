"""Coming in: a code asked for or handed over, and the passphrase beside it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F

from harborline.kernel import clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.people.holding import shields_of
from harborline.people.models import Participant
from harborline.people.portal.coding import digest_of, matches, start_index
from harborline.people.portal.counting import PLACE, count, keys_of, one_at_a_time, over
from harborline.people.portal.keys import Kept, kept_passphrase
from harborline.people.portal.rules import CODE_TRIES, LIMITS, WRONG, code_opens, start_opens
from harborline.people.portal_models import PortalCode, PortalStart
from harborline.people.sealing import group
from harborline.vault.services import blind_index, seal_text
from harborline.walls import current

_ASK, _WRONG = "ask", "wrong"
_EVERYBODY: Final = "everybody"


@dataclass(frozen=True, slots=True)
class StartFacts:
    """A code to begin with that opens: whose, and whether they choose a passphrase now or show the one they have.

    `kept` is what the one they have is compared with.
    """

    id: uuid.UUID
    person_id: uuid.UUID
    chooses: bool
    kept: Kept


@dataclass(frozen=True, slots=True)
class Trial:
    """One try at a code that was asked for, counted already: of which request, the how-manieth, beside which words."""

    request_id: uuid.UUID
    number: int
    kept: Kept


def ask_code(number: str, *, place: str, language: str) -> uuid.UUID:
    """Somebody wants a code to a number (E.164, or whatever they typed); answers the id of the request.

    Whose number it is, if anybody's, is found out later and elsewhere (`send_waiting_codes`): this does the same for
    every number. `place` is the network address it came from. Beyond the limits nothing is asked, and the answer looks
    the same; what a limit refused counts for the place alone, or one place could use up what a number or the whole
    program has. Source: OFFSET-8.2:systems-controls.
    """
    now, made, program = clock.now(), new_id(), current().program
    idx = blind_index("phone", number)
    keys = keys_of(number=idx.hex(), place=place, all=_EVERYBODY)
    one_at_a_time(keys)
    refused = over(_ASK, keys, LIMITS, now)
    count(_ASK, [keys[PLACE]] if refused else list(keys.values()), now)
    PortalCode.objects.create(
        id=made, program=program, phone_idx=idx, asked_at=now, language=language,
        outcome="too-often" if refused else "",
        sealed=None if refused else seal_text(number, group=group(program), context=f"portal-code:{made}:number"),
    )  # fmt: skip
    record("people.code-asked", subject=f"number:{idx.hex()}", content={"request": str(made), "too_often": refused})
    return made


def begin_try(request_id: uuid.UUID, *, place: str) -> Trial | None:
    """Count a try at a code and answer what it needs; None for a place that waits, before any slow work is done.

    A short unit of work of its own: the passphrase is compared after it, the try is judged in the next (`try_code`).
    """
    now = clock.now()
    if over(_WRONG, keys_of(place=place), WRONG, now):
        _failed(locked=True)
        return None
    alive = PortalCode.objects.filter(id=request_id, tries__lte=CODE_TRIES).update(tries=F("tries") + 1)
    code = PortalCode.objects.filter(id=request_id).first()
    number = code.tries if code and alive else CODE_TRIES + 1
    record("people.code-tried", subject=f"portal:{current().program}", content={"request": str(request_id)})
    return Trial(request_id, number, kept_passphrase(code.person_id if code else None))


def try_code(trial: Trial, digits: str, *, second: bool, place: str) -> uuid.UUID | None:
    """The person whom code and passphrase let in together; None for everybody else, for whatever reason.

    `second` says whether the passphrase was right. Every try counts, also one that comes too late.
    """
    now = clock.now()
    code = PortalCode.objects.select_for_update().filter(id=trial.request_id).first()
    right = matches(bytes(code.digest) if code and code.digest else None, digest_of(trial.request_id, digits.strip()))
    person = code.person_id if code else None
    opens = code_opens(
        matches=right, second=second, sent_at=code.sent_at if code else None, tries=trial.number,
        used_at=code.used_at if code else None, now=now,
    )  # fmt: skip
    keys = keys_of(holder=str(person or trial.request_id), place=place)
    if not _goes(keys, now, opens=opens.allowed):
        return None
    PortalCode.objects.filter(id=trial.request_id).update(used_at=now)
    record("people.code-used", subject=f"person:{person}", content={"request": str(trial.request_id)})
    return person


def try_start(typed: str, *, place: str) -> StartFacts | None:
    """The code to begin with that was typed, if it opens; it is not used up by this.

    Only the place is counted: nobody guesses such a code, and wrong tries of others must not keep its holder out.
    """
    start = PortalStart.objects.filter(code_idx=start_index(typed)).first()
    found = _opening(start)
    return found if _goes(keys_of(place=place), clock.now(), opens=found is not None) else None


def start_at(start_id: uuid.UUID) -> StartFacts | None:
    """The code to begin with that was shown a moment ago, while it still opens; others with it wait meanwhile."""
    return _opening(PortalStart.objects.select_for_update().filter(id=start_id).first())


def show_passphrase(start: StartFacts, *, right: bool, place: str) -> bool:
    """Whether the passphrase beside a code to begin with lets in; a wrong one counts for this code and the place.

    Whoever has no such code cannot use up its tries. `right`: as it was compared.
    """
    return _goes(keys_of(start=str(start.id), place=place), clock.now(), opens=right)


def use_start(start: StartFacts) -> bool:
    """The code opened: it never does again. False when somebody else was faster."""
    used = PortalStart.objects.filter(id=start.id, used_at__isnull=True).update(used_at=clock.now())
    if used:
        record("people.start-used", subject=f"person:{start.person_id}", content={"start": str(start.id)})
    return bool(used)


def _opening(start: PortalStart | None) -> StartFacts | None:
    person = _person_of(start.participant_id) if start else None
    if start is None or person is None:
        return None
    now, kept = clock.now(), kept_passphrase(person)
    opens = start_opens(
        expires_at=start.expires_at, used_at=start.used_at, way=start.way, passphrase=kept.anybodys,
        protected=shields_of([person], now)[0].own, now=now,
    )  # fmt: skip
    return StartFacts(start.id, person, start.renews or not kept.anybodys, kept) if opens.allowed else None


def _goes(keys: Mapping[str, bytes], now: datetime, *, opens: bool) -> bool:
    # Whoever was wrong too often waits, even with the right items: else a lock would tell which they are.
    one_at_a_time(keys)
    locked = over(_WRONG, keys, WRONG, now)
    if not opens:
        count(_WRONG, [keys[PLACE]] if locked else list(keys.values()), now)
        _failed(locked=locked)
    return opens and not locked


def _failed(*, locked: bool) -> None:
    record("people.entry-failed", subject=f"portal:{current().program}", content={"locked": locked})


def _person_of(participant_id: uuid.UUID) -> uuid.UUID | None:
    found = Participant.objects.filter(id=participant_id, gone_at__isnull=True)
    return found.values_list("person_id", flat=True).first()
