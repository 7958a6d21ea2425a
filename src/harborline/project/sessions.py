"""Which staff sessions are over: signed out, idle too long, or past their day (the limits of `sites.middleware`)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime

from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from harborline.kernel import Outcome, clock
from harborline.messaging.services import conversations
from harborline.sites.middleware import OPENED, SEEN
from harborline.workforce.rules import session_stands
from harborline.workforce.selectors import sign_in_profile


def end_texts_with_sessions() -> None:
    """From now on, signing out ends what was viewed in the session; sessions that just lapse are found by upkeep."""
    user_logged_out.connect(_signed_out, dispatch_uid="harborline.project.sessions")


def _signed_out(sender: object, request: HttpRequest | None = None, **named: object) -> None:
    del sender, named
    key = request.session.session_key if request is not None else None
    if key:
        conversations.end_of_session(session=key)


class StaffSessions:
    """The table of sessions as `messaging.ports.SessionWatch`; sessions are named by reference, never by key."""

    def ended(self, sessions: Collection[str], /) -> set[str]:
        """Those of the references whose session is gone or over."""
        now = clock.now()
        standing = Session.objects.filter(expire_date__gt=now)
        alive = {conversations.session_reference(each.session_key) for each in standing if not _over(each, now)}
        return set(sessions) - alive


def _over(session: Session, now: datetime) -> bool:
    content = session.get_decoded()
    moment = now.timestamp()
    opened, seen = (datetime.fromtimestamp(float(content.get(name, moment)), UTC) for name in (OPENED, SEEN))
    stands = session_stands(opened_at=opened, seen_at=seen, now=now, profile=sign_in_profile())
    return stands.outcome is Outcome.REFUSE
