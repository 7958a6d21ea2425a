"""Webhooks: make one, end it, change its secret, see how its events fare."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, QuerySet

from harborline.kernel import NotFound, Refused, clock, refuse
from harborline.kernel.ids import new_id
from harborline.ledger.services import record
from harborline.messaging.accepting.facts import Answer, EventFacts, EventState, HookFacts
from harborline.messaging.accepting.news import begin_news
from harborline.messaging.accepting.once import digest_of, once
from harborline.messaging.accepting.records import Webhook, WebhookEvent, WebhookSecret
from harborline.messaging.accepting.signing import new_secret
from harborline.messaging.accepting.targets import Reach, check_url
from harborline.vault.services import seal_text, unseal_text
from harborline.walls import current
from harborline.workforce.facts import MachineFacts

OVERLAP: Final = timedelta(hours=24)
MOST_HOOKS: Final = 10
PURPOSE: Final = "api-webhooks"
CREATED, GONE = 201, 204


def reach_allowed() -> Reach:
    """How near an address may be (setting `WEBHOOK_REACH`)."""
    return Reach(getattr(settings, "WEBHOOK_REACH", Reach.PUBLIC.value))


def make_hook(machine: MachineFacts, *, url: str, kinds: Sequence[str], once_key: bytes) -> Answer:
    """Let an address hear of changes; the answer holds the secret. Raises `Invalid`, or `Refused` for one too many."""
    check_url(url, reach_allowed())

    def work() -> Answer:
        if _own(machine).count() >= MOST_HOOKS:
            decision = refuse("too-many-webhooks")
            raise Refused(decision.stamped("messaging.accepting.hooks", ("OFFSET-8.2:systems-controls",)))
        begin_news(machine.program)
        row = Webhook.objects.create(
            id=new_id(),
            program=machine.program,
            county=machine.county,
            machine_id=machine.id,
            url=url,
            kinds=sorted(set(kinds)),
            created_at=clock.now(),
        )
        secret = _new_secret(row)
        record("webhook.made", subject=f"machine:{machine.id}", content={"webhook": str(row.id), "events": row.kinds})
        told = {"id": str(row.id), "url": url, "events": row.kinds, "created_at": clock.iso(row.created_at)}
        return Answer(CREATED, {**told, "secret": secret})

    return once(machine, once_key, digest_of("webhook", url, *sorted(set(kinds))), work, purpose=PURPOSE)


def change_secret(machine: MachineFacts, hook_id: uuid.UUID, *, once_key: bytes) -> Answer:
    """A new secret; those before it sign too for another 24 hours. Raises `NotFound`."""

    def work() -> Answer:
        row, until = _hook(machine, hook_id), clock.now() + OVERLAP
        WebhookSecret.objects.filter(webhook=row, until_at__isnull=True).update(until_at=until)
        secret = _new_secret(row)
        record("webhook.secret-made", subject=f"machine:{machine.id}", content={"webhook": str(row.id)})
        return Answer(CREATED, {"id": str(row.id), "secret": secret, "until": clock.iso(until)})

    return once(machine, once_key, digest_of("webhook-secret", str(hook_id)), work, purpose=PURPOSE)


def end_hook(machine: MachineFacts, hook_id: uuid.UUID) -> None:
    """Tell an address nothing more, inside the machine's unit of work; raises `NotFound`."""
    row = _hook(machine, hook_id)
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    WebhookEvent.objects.filter(webhook=row, due_at__isnull=False).update(
        due_at=None, state=int(EventState.DEAD), settled_at=row.ended_at, last_answer="webhook ended"
    )
    WebhookSecret.objects.filter(webhook=row).delete()
    record("webhook.ended", subject=f"machine:{machine.id}", content={"webhook": str(row.id)})


def hooks_of(machine: MachineFacts) -> list[HookFacts]:
    """The machine's webhooks with their counts."""
    rows = list(_own(machine).order_by("created_at"))
    counts: dict[uuid.UUID, dict[str, int]] = {row.id: {state.word: 0 for state in EventState} for row in rows}
    counted = WebhookEvent.objects.filter(webhook__in=rows).values_list("webhook_id", "state").annotate(n=Count("pk"))
    for hook_id, state, number in counted:
        counts[hook_id][EventState(state).word] = number
    return [HookFacts(row.id, row.url, tuple(row.kinds), row.created_at, counts[row.id]) for row in rows]


def hook_of(machine: MachineFacts, hook_id: uuid.UUID) -> HookFacts:
    """One of the machine's webhooks; raises `NotFound`."""
    found = [one for one in hooks_of(machine) if one.id == hook_id]
    if not found:
        raise NotFound("no such webhook")
    return found[0]


def events_of(
    machine: MachineFacts, hook_id: uuid.UUID, *, state: EventState | None = None, limit: int = 100
) -> list[EventFacts]:
    """The newest events of a webhook, in one state if one is named; raises `NotFound`."""
    rows = WebhookEvent.objects.filter(webhook=_hook(machine, hook_id)).order_by("-id")
    if state is not None:
        rows = rows.filter(state=int(state))
    return [
        EventFacts(row.id, row.kind, EventState(row.state).word, row.made_at, row.tries, row.last_answer, row.due_at)
        for row in rows[:limit]
    ]


def secrets_of(hook: Webhook, now: datetime) -> list[str]:
    """The secrets that sign now, the newest first."""
    rows = WebhookSecret.objects.filter(webhook=hook).order_by("-from_at")
    standing = [row for row in rows if row.until_at is None or now < row.until_at]
    return [unseal_text(row.sealed, group=_group(hook.program), context=f"secret:{row.id}") for row in standing]


def _new_secret(hook: Webhook) -> str:
    secret, identifier = new_secret(), new_id()
    sealed = seal_text(secret, group=_group(hook.program), context=f"secret:{identifier}")
    WebhookSecret.objects.create(id=identifier, program=hook.program, webhook=hook, sealed=sealed, from_at=clock.now())
    return secret


def _group(program: str) -> str:
    return f"{program}/webhooks"


def _own(machine: MachineFacts) -> QuerySet[Webhook]:
    return Webhook.objects.filter(program=current().program, machine_id=machine.id, ended_at__isnull=True)


def _hook(machine: MachineFacts, hook_id: uuid.UUID) -> Webhook:
    found = _own(machine).filter(id=hook_id).first()
    if found is None:
        raise NotFound("no such webhook")
    return found
