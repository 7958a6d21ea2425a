"""Machine keys: how another system proves itself, and how a key is given and taken back.

A key reads `hlk_<id>_<secret>`: 32 hexadecimal digits that name it and 43 characters of base64url, 256 random bits. A
secret of that strength needs no slow hash; SHA-256 of it is kept, and compared in constant time. What is kept of a key
never changes, so a process remembers it; whether it was revoked is asked of the database each time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from harborline.kernel import Decision, Invalid, NotFound, Outcome, Refused, clock
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.walls import current
from harborline.walls.cursor import bulk_cursor
from harborline.workforce.facts import ALL, MachineFacts, Scope, StaffRole
from harborline.workforce.models import MachineKey, MachineKeyEnd
from harborline.workforce.rules import key_opens, key_term, may_keep_keys

PREFIX: Final = "hlk"
SECRET_BYTES: Final = 32
DEFAULT_PER_SECOND: Final = 100
MOST_PER_SECOND: Final = 10_000
REMEMBERED: Final = 1_000
_FORM = re.compile(rf"{PREFIX}_([0-9a-f]{{32}})_([A-Za-z0-9_-]{{43}})")
_NOBODY = hashlib.sha256(b"no such key").digest()
_KNOWN: dict[uuid.UUID, MachineFacts] = {}


@dataclass(frozen=True, slots=True)
class Issued:
    """A fresh key; `text` is shown this once and kept nowhere."""

    key: MachineFacts
    text: str


def issue_key(
    *,
    name: str,
    role: StaffRole,
    scopes: Iterable[Scope],
    expires_at: datetime,
    roles: frozenset[str],
    county: str = ALL,
    per_second: int = DEFAULT_PER_SECOND,
) -> Issued:
    """Give a system a key for the context's program; `roles` are those of the worker who gives it.

    Raises `Refused` when none of `roles` may, or when it would last longer than a year, `Invalid` for a name, county
    or pace that cannot be. Source: OFFSET-8.2:systems-controls.
    """
    now = clock.now()
    _must(may_keep_keys(roles=roles))
    _must(key_term(issued_at=now, expires_at=expires_at))
    asked = sorted({scope.value for scope in scopes})
    _check(name, county, asked, per_second)
    secret = os.urandom(SECRET_BYTES)
    row = MachineKey.objects.create(
        id=new_id(),
        name=name,
        program=current().program,
        county=county,
        role=role.value,
        scopes=asked,
        per_second=per_second,
        digest=_digest(secret),
        issued_by=_who(),
        issued_at=now,
        expires_at=expires_at,
    )
    content = {"county": county, "role": role.value, "scopes": asked, "until": clock.iso(expires_at)}
    record("workforce.key-issued", subject=f"machine:{row.id}", content={"key": str(row.id), **content})
    return Issued(_facts(row, None), f"{PREFIX}_{row.id.hex}_{_spelled(secret)}")


def revoke_key(key_id: uuid.UUID, *, because: str, roles: frozenset[str]) -> None:
    """Take a key of the context's program back, at once; a second time changes nothing.

    Raises `Refused` when none of `roles` may, `NotFound` for a key that is not of this program.
    """
    _must(may_keep_keys(roles=roles))
    row = MachineKey.objects.filter(id=key_id, program=current().program).first()
    if row is None:
        raise NotFound("no such key in this program")
    _end, fresh = MachineKeyEnd.objects.get_or_create(
        key=row, defaults={"revoked_by": _who(), "because": because[:200], "revoked_at": clock.now()}
    )
    if fresh:
        record("workforce.key-revoked", subject=f"machine:{row.id}", content={"key": str(row.id), "because": because})


def proven_key(presented: str, *, now: datetime | None = None) -> MachineFacts:
    """The key that `presented` spells; raises `Refused` (`key-not-valid`), alike for unknown, wrong, over and revoked.

    Needs no context. Whoever works on with it asks `key_stands` in the transaction that does the work.
    """
    named = _FORM.fullmatch(presented)
    key = _remembered(uuid.UUID(hex=named[1])) if named else None
    secret = base64.urlsafe_b64decode(f"{named[2]}=") if named else b""
    proven = hmac.compare_digest(_digest(secret), key.digest if key else _NOBODY)
    _must(key_opens(key=key, proven=proven, now=now or clock.now()))
    assert key is not None
    return key


def key_stands(key: MachineFacts) -> None:
    """Make sure, in the caller's transaction, that a proven key was not revoked meanwhile; raises `Refused`."""
    with bulk_cursor() as cursor:
        ended = cursor.execute("SELECT revoked_at FROM workforce_machinekeyend WHERE key_id = %b", [key.id]).fetchone()
    _must(key_opens(key=replace(key, revoked_at=ended[0]) if ended else key, proven=True, now=clock.now()))


def machine_keys(program: str) -> list[MachineFacts]:
    """Every key of a program, newest first, ended ones too."""
    rows = MachineKey.objects.filter(program=program).select_related("end").order_by("-issued_at")
    return [_facts(row, getattr(row, "end", None)) for row in rows]


def machine_key(key_id: uuid.UUID) -> MachineFacts:
    """One key by its id; raises `NotFound`."""
    found = _remembered(key_id)
    if found is None:
        raise NotFound("no such key")
    ended = MachineKeyEnd.objects.filter(key_id=key_id).values_list("revoked_at", flat=True).first()
    return replace(found, revoked_at=ended)


def forget_machine_keys() -> None:
    """Forget what this process remembers: between tests."""
    _KNOWN.clear()


def _remembered(key_id: uuid.UUID) -> MachineFacts | None:
    found = _KNOWN.get(key_id)
    if found is None:
        row = MachineKey.objects.filter(id=key_id).first()
        if row is None:
            return None
        if len(_KNOWN) >= REMEMBERED:
            _KNOWN.clear()
        found = _KNOWN[key_id] = _facts(row, None)
    return found


def _facts(row: MachineKey, end: MachineKeyEnd | None) -> MachineFacts:
    return MachineFacts(
        id=row.id,
        name=row.name,
        program=row.program,
        county=row.county,
        role=row.role,
        scopes=frozenset(row.scopes),
        per_second=row.per_second,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        digest=bytes(row.digest),
        issued_by=row.issued_by,
        revoked_at=end.revoked_at if end else None,
    )


def _check(name: str, county: str, scopes: list[str], per_second: int) -> None:
    if not 1 <= len(name) <= 80 or not name.isprintable():  # noqa: PLR2004 - the width of the column
        raise Invalid("must have 1 to 80 printable signs; name the system, not a person", "name")
    if county != ALL and not (len(county) == 5 and county.isdigit()):  # noqa: PLR2004 - FIPS
        raise Invalid("is a five-digit FIPS code, or * for all counties", "county")
    if not scopes:
        raise Invalid("name at least one", "scopes")
    if not 1 <= per_second <= MOST_PER_SECOND:
        raise Invalid("must be 1 to {most}", "per second", most=f"{MOST_PER_SECOND:,}")


def _who() -> str:
    actor = current().actor
    return f"{actor.kind}:{actor.id}"


def _digest(secret: bytes) -> bytes:
    return hashlib.sha256(secret).digest()


def _spelled(secret: bytes) -> str:
    return base64.urlsafe_b64encode(secret).decode().rstrip("=")


def _must(decision: Decision) -> None:
    if decision.outcome is not Outcome.ALLOW:
        raise Refused(decision)
