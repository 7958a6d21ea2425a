"""The command line's proof that a worker signed in: a sealed file that only this account can read, for 12 hours."""

from __future__ import annotations

import json
import os
import uuid
from datetime import datetime, timedelta
from pathlib import Path

from harborline.kernel import Broken, Decision, NotFound, Refused, clock, refuse
from harborline.vault.services import seal_text, unseal_text
from harborline.workforce.limits import sign_in_profile
from harborline.workforce.models import Worker
from harborline.workforce.standing import account_standing

GROUP = "staff/sign-in"
_CONTEXT = "login-token"


def issue_login_token(worker: Worker, path: Path) -> datetime:
    """Write the sealed token to `path` (mode 0600) and answer until when it opens."""
    now = clock.now()
    until = now + sign_in_profile().absolute
    text = json.dumps({"worker": str(worker.id), "from": now.isoformat(), "until": until.isoformat()})
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(seal_text(text, group=GROUP, context=_CONTEXT))
    fresh.replace(path)
    return until


def read_login_token(path: Path) -> Worker:
    """The worker who signed in; raises `Refused` (`not-signed-in`) when nobody did, it is over, or they may no longer.

    A password change after the sign-in ends it, and being signed out everywhere.
    """
    try:
        said = json.loads(unseal_text(path.read_bytes(), group=GROUP, context=_CONTEXT))
    except (OSError, Broken, NotFound):
        raise Refused(_signed_out()) from None
    worker = Worker.objects.filter(pk=uuid.UUID(said["worker"])).first()
    since, until = datetime.fromisoformat(said["from"]), datetime.fromisoformat(said["until"])
    if worker is None or not _still(worker, since, until):
        raise Refused(_signed_out())
    return worker


def _still(worker: Worker, since: datetime, until: datetime) -> bool:
    now = clock.now()
    over = [at for at in (worker.password_changed_at, worker.signed_out_at) if at is not None]
    if not since - timedelta(minutes=1) <= now < until or any(at > since for at in over):
        return False
    return account_standing(worker, now=now).allowed


def _signed_out() -> Decision:
    return refuse("not-signed-in")
