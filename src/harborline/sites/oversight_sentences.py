"""Words for the reason codes of oversight: findings, incidents, penalties."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from harborline.sites.saying import Words

_OFFICER = _("Ask the security officer.")

OF_OVERSIGHT: Final[Mapping[str, Words]] = {
    "not-your-worker": Words(_("You do not supervise this worker."), _OFFICER),
    "finding-without-words": Words(_("Say what you saw and asked."), _("Write a sentence below.")),
    "incident-without-description": Words(
        _("The report does not say what happened to which kinds of data."), _("Describe it and mark the kinds.")
    ),
    "incident-found-before-it-was": Words(
        _("Nothing is found before it happens, or tomorrow."), _("Check both times.")
    ),
    "report-holds-private-data": Words(
        _("The report goes outside, and it holds a name, number, birth date, amount or address."),
        _("Say the same without it."),
    ),
    "role-may-not-steer-incidents": Words(_("Your role does not look after incidents."), _OFFICER),
    "incident-clocks-still-run": Words(
        _("Somebody must still be told."), _("Write down who was told, or that it does not apply and why.")
    ),
    "step-without-evidence": Words(_("Nothing shows that it was done."), _("Name the paper or number.")),
    "role-may-not-penalise": Words(_("Your role does not propose penalties."), _("Ask a supervisor.")),
    "penalty-without-reason": Words(_("A penalty needs a reason that the worker can read."), _("Write it down.")),
    "suspension-needs-an-end": Words(_("A suspension needs a last day."), _("Choose when it ends.")),
    "suspension-too-long": Words(_("A suspension lasts 90 days at most."), _("Choose an earlier end.")),
    "suspension-is-over": Words(
        _("The days of this suspension are already over."), _("Say no, and propose other days.")
    ),
    "role-may-not-decide-penalty": Words(_("Your role does not decide grave penalties."), _OFFICER),
    "not-this-workers-penalty": Words(_("This is nothing of yours to sign."), _OFFICER),
    "not-your-own-name": Words(_("This is not your name as it stands in your account."), _("Type your own name.")),
    "account-suspended": Words(_("Your account is off for some days."), _OFFICER),
}
