"""How often somebody asked or was wrong, from where and for whom: counted under a lock, so that none slips through."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from harborline.kernel import clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.people.portal.rules import WINDOW
from harborline.people.portal_models import PortalAttempt
from harborline.vault.services import blind_index
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor

PLACE: Final = "place"
_FORM: Final = "form"
_LOCK: Final = "SELECT pg_advisory_xact_lock(%s)"


def keys_of(**values: str) -> dict[str, bytes]:
    """The keyed digest under which each kind of value is counted in the context's program."""
    return {
        kind: blind_index("portal-attempt", f"{current().program}/{kind}/{value}") for kind, value in values.items()
    }


def one_at_a_time(keys: Mapping[str, bytes]) -> None:
    """Let others who count under these keys wait until this unit of work ends: in one order, so that none hangs."""
    with bulk_cursor() as cursor:
        for number in sorted(int.from_bytes(key[:8], "big", signed=True) for key in keys.values()):
            cursor.execute(_LOCK, [number])


def over(kind: str, keys: Mapping[str, bytes], limits: Mapping[str, int], now: datetime) -> bool:
    """Whether one of the keys reached its limit within the window."""
    return any(
        PortalAttempt.objects.filter(kind=kind, key=key, at__gt=now - WINDOW).count() >= limits[name]
        for name, key in keys.items()
    )


def count(kind: str, keys: Collection[bytes], now: datetime) -> None:
    """Count one attempt under each key."""
    program = current().program
    PortalAttempt.objects.bulk_create(
        [PortalAttempt(id=new_id(), program=program, kind=kind, key=key, at=now) for key in keys]
    )


def first_time(form: str, *, site: str = "portal") -> bool:
    """Whether a form with this token is sent in for the first time: the second tap on a button does nothing again.

    What the caller does with it and this stand or fall together.
    """
    keys = keys_of(form=form)
    one_at_a_time(keys)
    if PortalAttempt.objects.filter(kind=_FORM, key=keys["form"]).exists():
        return False
    count(_FORM, list(keys.values()), clock.now())
    record("people.form-taken", subject=f"{site}:{current().program}", content={})
    return True
