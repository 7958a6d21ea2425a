"""Stop a sender while its carrier has trouble with our account, and let it go on when somebody has seen to it."""

from __future__ import annotations

import uuid

import structlog

from harborline.kernel import NotFound
from harborline.kernel.clock import now
from harborline.ledger.services import record
from harborline.messaging.models import Sender
from harborline.messaging.sending.records import SenderPause
from harborline.walls import current

log = structlog.get_logger(__name__)


def pause_sender(sender_id: uuid.UUID, *, reason: str, code: str = "") -> bool:
    """Let nothing more go over this sender; answers whether it was news. `code` is the carrier's own.

    Its texts stay queued, none is used up. Raises the alarm in the log and on the page of what needs attention.
    """
    stopped = Sender.objects.filter(id=sender_id, paused_reason="").update(paused_reason=reason)
    if stopped:
        log.error("sender paused", sender=str(sender_id), reason=reason, code=code)
        _keep(sender_id, paused=True, reason=reason, code=code)
    return bool(stopped)


def let_go_on(sender_key: str) -> bool:
    """Let a paused sender send again; answers whether it was paused. Raises `NotFound` for an unknown sender."""
    found = Sender.objects.select_for_update().filter(program=current().program, key=sender_key).first()
    if found is None:
        raise NotFound("no such sender in this program")
    if not found.paused_reason:
        return False
    reason, found.paused_reason = found.paused_reason, ""
    found.save(update_fields=["paused_reason"])
    _keep(found.id, paused=False, reason=reason, code="")
    return True


def _keep(sender_id: uuid.UUID, *, paused: bool, reason: str, code: str) -> None:
    context = current()
    kind = "message.sender-paused" if paused else "message.sender-resumed"
    entry_id = record(
        kind, subject=f"sender:{sender_id}", content={"sender": str(sender_id), "reason": reason, "code": code}
    )
    SenderPause.objects.create(
        program=context.program,
        sender_id=sender_id,
        paused=paused,
        reason=reason,
        by=f"{context.actor.kind}:{context.actor.id}"[:80],
        at=now(),
        entry_id=entry_id,
    )
