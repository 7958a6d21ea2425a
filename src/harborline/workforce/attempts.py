"""Count and keep attempts to sign in, on a connection of their own: they stay whatever becomes of the request."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connections, transaction

from harborline.kernel import Decision, clock
from harborline.kernel.ids import new_id
from harborline.law import profiles
from harborline.ledger.services import record_apart
from harborline.vault.services import blind_index
from harborline.walls import Actor, acting, current_or_none
from harborline.workforce.facts import Attempt, AttemptKind
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.models import SignInAttempt, Worker, Workers
from harborline.workforce.rules import may_try

APART = "apart"


def start(email: str, *, way: str, remote: str = "") -> Decision:
    """Begin an attempt: allowed ones are counted at once, before any password is looked at.

    `way` is web or cli. Tries made at the same moment queue behind one another.
    """
    idx = address_idx(email)
    now = clock.now()
    with transaction.atomic(using=APART):
        with connections[APART].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(idx[:8], "big", signed=True)])
        decision = may_try(attempts=_recent([idx], now).get(idx, ()), profile=sign_in_profile(), now=now)
        kind = AttemptKind.STARTED if decision.allowed else AttemptKind.LOCKED
        _keep(idx, kind, way=way, remote=remote, at=now)
    if not decision.allowed:
        note("workforce.sign-in-locked", f"address:{idx.hex()}", {"way": way})
    return decision


def passed(worker: Worker, *, way: str, remote: str = "") -> None:
    """The worker signed in: what was counted before is forgiven."""
    _keep(address_idx(worker.email), AttemptKind.PASSED, way=way, remote=remote, at=clock.now(), worker=worker.id)
    note("workforce.signed-in", f"worker:{worker.id}", {"way": way})


def standings_of(emails: Sequence[str]) -> list[Decision]:
    """Whether each of the addresses could try now; asking counts nothing."""
    now, indexes = clock.now(), [address_idx(email) for email in emails]
    tries = _recent(indexes, now)
    return [may_try(attempts=tries.get(idx, ()), profile=sign_in_profile(), now=now) for idx in indexes]


def proven(worker: Worker, *, way: str, remote: str = "") -> None:
    """That one try was right, and the sign-in goes on: it does not count; wrong ones before it still do."""
    _keep(address_idx(worker.email), AttemptKind.PROVEN, way=way, remote=remote, at=clock.now(), worker=worker.id)


def failed(email: str, *, way: str) -> None:
    """The attempt came to nothing; it was counted when it started."""
    note("workforce.sign-in-failed", f"address:{address_idx(email).hex()}", {"way": way})


def release(worker: Worker) -> None:
    """Forgive a worker's failed tries before the lock is over."""
    _keep(address_idx(worker.email), AttemptKind.RELEASED, way="staff", at=clock.now(), worker=worker.id)
    note("workforce.sign-in-released", f"worker:{worker.id}", {})


def address_idx(email: str) -> bytes:
    """The keyed digest under which attempts with this e-mail address are counted."""
    return blind_index("sign-in", Workers.normalized(email))


def _recent(indexes: Sequence[bytes], now: datetime) -> dict[bytes, list[Attempt]]:
    rows = (
        SignInAttempt.objects.using(APART)
        .filter(address_idx__in=indexes, at__gt=now - sign_in_profile().within)
        .order_by("at", "id")
        .values_list("address_idx", "kind", "at")
    )
    found: dict[bytes, list[Attempt]] = {}
    for idx, kind, at in rows:
        found.setdefault(bytes(idx), []).append(Attempt(AttemptKind(kind), at))
    return found


def _keep(
    idx: bytes, kind: AttemptKind, *, way: str, at: datetime, remote: str = "", worker: uuid.UUID | None = None
) -> None:
    SignInAttempt.objects.using(APART).create(
        id=new_id(), worker_id=worker, address_idx=idx, kind=kind.value, way=way, remote=remote[:64], at=at
    )


def tries_of_accounts(
    workers: Iterable[uuid.UUID], *, from_at: datetime, until_at: datetime
) -> list[tuple[uuid.UUID, datetime]]:
    """When somebody tried to sign in with the addresses of these accounts, in a half-open span."""
    emails = Worker.objects.filter(id__in=list(workers)).values_list("id", "email")
    by_address = {address_idx(email): worker for worker, email in emails}
    kinds = (AttemptKind.STARTED.value, AttemptKind.LOCKED.value, AttemptKind.PASSED.value)
    rows = SignInAttempt.objects.filter(
        address_idx__in=list(by_address), kind__in=kinds, at__gte=from_at, at__lt=until_at
    )
    return [(by_address[bytes(idx)], at) for idx, at in rows.values_list("address_idx", "at")]


def note(kind: str, subject: str, content: dict[str, str]) -> None:
    """Record something about signing in, on a connection of its own; before sign-in it stands for no program."""
    if current_or_none() is not None:
        record_apart(kind, subject=subject, content=content)
        return
    # Nobody is signed in yet and no program is chosen: the record stands in the log of the first program.
    program = min(profiles())
    with acting(Actor("system", "sign-in"), program=program, counties=(), purpose="sign-in", using=APART):
        record_apart(kind, subject=subject, content=content)
