"""Words for what workforce keeps: subjects of training, kinds of account, reasons and states of standing in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from harborline.sites.vocabulary import State
from harborline.workforce.facts import AccountKind, CoverReason, CoverState, DutyState, TrainingSubject

register = template.Library()

SUBJECTS = {
    TrainingSubject.SECURITY.value: _("Security"),
    TrainingSubject.TAX.value: _("Federal tax information"),
    TrainingSubject.FAMILY_SAFETY.value: _("Safety of families"),
    TrainingSubject.INCIDENTS.value: _("What to do in an incident"),
    "requirements": _("Rules and penalties"),
}
ACCOUNTS = {
    AccountKind.REGULAR.value: _("Regular"),
    AccountKind.TEMPORARY.value: _("Temporary"),
    AccountKind.EMERGENCY.value: _("Emergency"),
}
REASONS = {
    CoverReason.LEAVE.value: _("Leave"),
    CoverReason.ILLNESS.value: _("Illness"),
    CoverReason.COURT.value: _("In court"),
    CoverReason.VACANCY.value: _("Nobody in the job"),
    CoverReason.WORKLOAD.value: _("Too much work"),
}
STATES = {
    CoverState.ASKED: State(_("Waits for a yes"), "wait"),
    CoverState.REFUSED: State(_("Refused"), "stop"),
    CoverState.COMING: State(_("Approved, has not begun"), "wait"),
    CoverState.IN_FORCE: State(_("Stands in now"), "good"),
    CoverState.OVER: State(_("Over"), "quiet"),
}
DUTY_STATES = {
    DutyState.NOBODY: State(_("Nobody looks after it"), "stop"),
    DutyState.LATE: State(_("Late"), "stop"),
    DutyState.DUE: State(_("Due soon"), "wait"),
    DutyState.KEPT: State(_("Kept"), "good"),
}
FACTORS = {"totp": _("Code app"), "webauthn": _("Passkey"), "recovery_codes": _("Recovery codes")}


RESETS = {
    "password": _("A new password"),
    "second-factor": _("Second factor to be removed"),
    "return": _("Back to work, with a new password and second factor"),
}


@register.filter
def reset(code: str) -> str:
    """What of signing in is set anew."""
    return str(RESETS.get(code, code))


@register.filter
def subject(code: str) -> str:
    """What a course teaches."""
    return str(SUBJECTS.get(code, code))


@register.filter
def account_kind(code: str) -> str:
    """How long an account is meant to live."""
    return str(ACCOUNTS.get(code, code))


@register.filter
def cover_reason(code: str) -> str:
    """Why somebody stands in."""
    return str(REASONS.get(code, code))


@register.filter
def cover_state(state: CoverState) -> State:
    """Where a stand-in stands."""
    return STATES[state]


@register.filter
def factor(code: str) -> str:
    """The name of a second factor."""
    return str(FACTORS.get(code, code))


@register.filter
def duty_state(state: str) -> State:
    """Where a duty stands."""
    return DUTY_STATES[DutyState(state)]


@register.filter
def spoken(words: Mapping[str, str]) -> str:
    """Words that are kept in both languages, in that of the page."""
    return words.get((get_language() or "en")[:2], words.get("en", ""))


@register.filter
def minutes(span: timedelta) -> int:
    """A span in whole minutes."""
    return int(span.total_seconds() // 60)


@register.filter
def seconds(span: timedelta) -> int:
    """A span in whole seconds."""
    return int(span.total_seconds())


@register.simple_tag
def onload(call: str, key: str, button: str) -> SafeString:
    """What allauth's script reads when the page is there: which of its functions, and the ids it looks for."""
    said = json.dumps({"ids": {key: button, "credential": "id_credential", "data": "passkey-options"}})
    return format_html('<script data-allauth-onload="{}" type="application/json">{}</script>', call, mark_safe(said))  # noqa: S308 - ids of our own templates
