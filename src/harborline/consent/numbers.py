"""What carriers and registers tell of a number: it asked to stop, it was switched off, it has a new owner."""

from __future__ import annotations

from datetime import datetime

from harborline.consent.facts import Doubt, Ending, Means
from harborline.consent.keeping import end
from harborline.consent.models import Consent
from harborline.consent.questions import ask
from harborline.consent.selectors import suppressed_numbers
from harborline.consent.stops import suppress
from harborline.kernel import Invalid, clock
from harborline.vault.services import blind_index
from harborline.walls import current

_ENDED = {Doubt.DEACTIVATED: Means.DEACTIVATED, Doubt.REASSIGNED: Means.REASSIGNED}


def carrier_says_stopped(number: str, *, code: str, at: datetime | None = None) -> bool:
    """A carrier refused a text since the number (E.164) stopped with it (21610 and its like): that is a stop here too.

    Answers whether it was news; told again it changes nothing.
    """
    if _is_stopped(number):
        return False
    suppress(number, Means.CARRIER, words=code, at=at)
    return True


def number_ended(number: str, *, why: Doubt, source: str, at: datetime | None = None) -> bool:
    """A number (E.164) was switched off (`DEACTIVATED`) or has a new owner (`REASSIGNED`), as `source` tells.

    Nobody's permission for it stands any longer, nothing is sent to it, and staff are asked to find the person's
    number; only a new signature starts texts again. Answers whether it was news. Raises `Invalid` for another `why`.
    """
    if why not in _ENDED:
        raise Invalid("a number ends because it was switched off or has a new owner", "why")
    moment, idx = at or clock.now(), blind_index("phone", number)
    standing = Consent.objects.filter(program=current().program, phone_idx=idx, ended_at__isnull=True)
    end(list(standing), Ending.NUMBER_CHANGED, at=moment)
    ask(idx, why, message_ref=source[:80], at=moment)
    if _is_stopped(number):
        return False
    suppress(number, _ENDED[why], words=source, at=moment)
    return True


def _is_stopped(number: str) -> bool:
    return bool(suppressed_numbers(current().program, [blind_index("phone", number)]))
