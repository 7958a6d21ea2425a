"""Deliver news: a few at a time to one webhook, at least once each, with growing pauses, given up after three days.

What is about to be sent is put off first, in a transaction of its own: whoever dies here leaves news that goes again,
under the same id. The answer's body is not read, redirects are not followed, and no name leads where it may not.
Source: Standard Webhooks 1.0.
"""

from __future__ import annotations

import asyncio
import random
import socket
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import structlog
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver

from harborline.kernel import Invalid, clock
from harborline.messaging.accepting.facts import EventState
from harborline.messaging.accepting.hooks import reach_allowed, secrets_of
from harborline.messaging.accepting.records import Webhook, WebhookEvent
from harborline.messaging.accepting.signing import headers
from harborline.messaging.accepting.targets import Reach, allowed, check_url, literal
from harborline.walls import ALL_COUNTIES, Actor, Context, acting

log = structlog.get_logger(__name__)

PAUSES: Final = (
    *(timedelta(seconds=pause) for pause in (5, 30)),
    *(timedelta(minutes=pause) for pause in (2, 10, 30)),
    *(timedelta(hours=pause) for pause in (1, 2, 4, 8, 16, 24)),
)
"""The pause after each try that failed; after the last one the event is given up."""
AT_ONCE: Final = 8
ROUND: Final = 64
LEASE: Final = timedelta(minutes=2)
TIMEOUT_S: Final = 5.0
GONE_QUIET: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Sent:
    """What one try came to: an HTTP status, or a word for why there was none."""

    event_id: uuid.UUID
    answer: str

    @property
    def taken(self) -> bool:
        """Whether the address took it: any status of success."""
        return self.answer.isdigit() and 200 <= int(self.answer) < 300  # noqa: PLR2004 - RFC 9110


@dataclass(frozen=True, slots=True)
class Parcel:
    """One event on its way."""

    event_id: uuid.UUID
    body: bytes
    headers: dict[str, str]


class GuardedResolver(AbstractResolver):
    """Resolves names to addresses that may be called, and to nothing else."""

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._names = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The allowed ones of its addresses; raises `OSError` when there is none."""
        found = await self._names.resolve(host, port, family)
        fitting = [one for one in found if (address := literal(one["host"])) and allowed(address, self._reach)]
        if not fitting:
            raise OSError("leads nowhere it may")
        return fitting

    async def close(self) -> None:
        """Let go."""
        await self._names.close()


def deliver(hook_id: uuid.UUID, program: str) -> bool:
    """Deliver what is due at one webhook, a round at most; answers whether more is due now."""
    now = clock.now()
    with _acting(program):
        hook = Webhook.objects.filter(id=hook_id, ended_at__isnull=True).first()
        parcels = _taken(hook, now) if hook else []
    if hook is None or not parcels:
        return False
    sent = asyncio.run(send(hook.url, parcels, reach_allowed()))
    with _acting(program):
        _settle(parcels, {one.event_id: one for one in sent}, clock.now())
    return len(parcels) == ROUND and all(one.taken for one in sent)


def due_hooks(program: str, *, now: datetime) -> list[uuid.UUID]:
    """The webhooks of a program that have news due, inside its context."""
    rows = WebhookEvent.objects.filter(program=program, due_at__lte=now).values_list("webhook_id", flat=True)
    return list(rows.distinct())


async def send(url: str, parcels: Sequence[Parcel], reach: Reach) -> list[Sent]:
    """Post parcels, `AT_ONCE` at a time; a whole wave without success ends the round."""
    try:
        check_url(url, reach)
    except Invalid:
        return [Sent(one.event_id, "address-not-allowed") for one in parcels[:AT_ONCE]]
    connector = aiohttp.TCPConnector(resolver=GuardedResolver(reach), limit=AT_ONCE, ttl_dns_cache=0)
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_S)
    done: list[Sent] = []
    async with aiohttp.ClientSession(
        connector=connector, timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False
    ) as session:
        for start in range(0, len(parcels), AT_ONCE):
            wave = await asyncio.gather(*(_post(session, url, one) for one in parcels[start : start + AT_ONCE]))
            done += wave
            if not any(one.taken for one in wave):
                break
    return done


async def _post(session: aiohttp.ClientSession, url: str, parcel: Parcel) -> Sent:
    try:
        async with session.post(url, data=parcel.body, headers=parcel.headers, allow_redirects=False) as answer:
            return Sent(parcel.event_id, str(answer.status))
    except TimeoutError:
        return Sent(parcel.event_id, "timeout")
    except (aiohttp.ClientError, OSError, ValueError):
        return Sent(parcel.event_id, "no-connection")


def _acting(program: str) -> AbstractContextManager[Context]:
    return acting(Actor("system", "webhooks"), program=program, counties=ALL_COUNTIES, purpose="webhooks")


def _taken(hook: Webhook, now: datetime) -> list[Parcel]:
    due = WebhookEvent.objects.select_for_update(skip_locked=True).filter(webhook=hook, due_at__lte=now)
    rows = list(due.order_by("due_at", "id")[:ROUND])
    if not rows:
        return []
    WebhookEvent.objects.filter(id__in=[row.id for row in rows]).update(due_at=now + LEASE)
    secrets, timestamp_s = secrets_of(hook, now), int(now.timestamp())
    return [_parcel(row, secrets, timestamp_s) for row in rows]


def _parcel(row: WebhookEvent, secrets: Sequence[str], timestamp_s: int) -> Parcel:
    body = row.body.encode()
    return Parcel(row.id, body, headers(secrets, str(row.id), timestamp_s, body))


def _settle(parcels: Sequence[Parcel], sent: dict[uuid.UUID, Sent], now: datetime) -> None:
    for row in WebhookEvent.objects.filter(id__in=[one.event_id for one in parcels], state=int(EventState.WAITING)):
        tried = sent.get(row.id)
        if tried is None:
            # The round ended before it: the address is quiet, so this one was not tried at all.
            row.due_at = now + GONE_QUIET
        else:
            _note(row, tried, now)
        row.save(update_fields=["state", "due_at", "tries", "last_answer", "settled_at"])


def _note(row: WebhookEvent, tried: Sent, now: datetime) -> None:
    row.tries += 1
    row.last_answer = tried.answer
    if tried.taken:
        row.state, row.due_at, row.settled_at = int(EventState.DELIVERED), None, now
    elif row.tries > len(PAUSES):
        row.state, row.due_at, row.settled_at = int(EventState.DEAD), None, now
        log.warning("webhook event given up", webhook=str(row.webhook_id), answer=tried.answer)
    else:
        pause: Any = PAUSES[row.tries - 1]
        row.due_at = now + pause * random.uniform(0.9, 1.1)  # noqa: S311 - so that not all come back at once
