"""What is done about one row: a button with a reason, or a short form."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from harborline.exchange.facts import Step
from harborline.exchange.services import (
    Reading,
    acknowledge,
    acquire,
    activate,
    approve_prepared,
    confirm_credential,
    dispose,
    end_agreement,
    hand_over,
    reject,
    release,
    replay,
    resume,
    revoke_credential,
    send_again,
    send_prepared,
    settle,
    suspend,
    take_over,
    withdraw_prepared,
)
from harborline.kernel import Invalid
from harborline.sites.console.exchange.forms import (
    AcknowledgeForm,
    BecauseForm,
    ConfirmForm,
    DisposeForm,
    HandOverForm,
    ReadingForm,
)
from harborline.sites.console.pages import Act


class ExchangeAct(Act):
    """One thing done about one row, with what its form says."""

    purpose = "exchange"
    page: ClassVar[str]
    key: ClassVar[str]

    def next_page(self, **named: UUID) -> str:
        """Back to the page of the row."""
        return reverse(self.page, args=[named[self.key]])

    def said(self, form: type[forms.Form]) -> dict[str, Any]:
        """The form's answers; raises `Invalid` naming what is missing."""
        made = form(self.request.POST, self.request.FILES)
        if not made.is_valid():
            name = next(iter(made.errors))
            label = made.fields[name].label if name in made.fields else name
            raise Invalid(f"{label}: {' '.join(str(one) for one in made.errors[name])}")
        return made.cleaned_data


class ActOnKey(ExchangeAct):
    """Confirm or end a key."""

    page, key = "console:exchange-partner", "partner_id"

    def act(self, **named: UUID) -> str:
        """Whatever the button says."""
        if self.request.POST.get("do") == "confirm":
            said = self.said(ConfirmForm)
            confirm_credential(named["credential_id"], read_back=said["read_back"], how=said["how"])
            return _("The key is confirmed. The machine can come in.")
        revoke_credential(named["credential_id"], because=self.said(BecauseForm)["because"])
        return _("The key has ended. Nobody comes in with it.")


class ActOnAgreement(ExchangeAct):
    """Put an agreement in force, stop it, let it go on, end it."""

    page, key = "console:exchange-agreement", "agreement_id"

    def act(self, **named: UUID) -> str:
        """Whatever the button says."""
        do = self.request.POST.get("do")
        if do == "activate":
            activate(named["agreement_id"])
            return _("The agreement is in force.")
        steps = {"suspend": suspend, "resume": resume, "end": end_agreement}
        if do not in steps:
            raise Invalid(_("choose one first"))
        steps[do](named["agreement_id"], because=self.said(BecauseForm)["because"])
        return _("It is recorded.")


class ActOnDelivery(ExchangeAct):
    """Let a delivery go on, refuse it, take it over, try a step again, send it again."""

    page, key = "console:exchange-delivery", "transmission_id"

    def act(self, **named: UUID) -> str:
        """Whatever the button says."""
        row, do = named["transmission_id"], str(self.request.POST.get("do"))
        if do in {step.value for step in Step}:
            replay(row, Step(do))
            return _("It will be tried again within a minute.")
        because = self.said(BecauseForm)["because"]
        if do == "release":
            done = release(row, because=because)
            return _("It goes on.") if done else _("You asked for it. Another person must confirm.")
        if do in {"reject", "resend"}:
            reject(row, because=because, resend=do == "resend")
            return _("It is refused. The partner gets a receipt that says so.")
        if do == "take":
            take_over(row, because=because)
            return _("It is marked as posted. The partner gets a receipt.")
        if do == "again":
            send_again(row, because=because)
            return _("It is offered again.")
        raise Invalid(_("choose one first"))


class Acknowledged(ExchangeAct):
    """Keep the partner's word that a file arrived."""

    page, key = "console:exchange-delivery", "transmission_id"

    def act(self, **named: UUID) -> str:
        """Keep it."""
        said = self.said(AcknowledgeForm)
        upload = said["receipt"]
        acknowledge(named["transmission_id"], content=upload.read() if upload else b"", how=said["how"])
        return _("The partner's word is kept.")


class ApprovePrepared(ExchangeAct):
    """A second person approves a file with protected values."""

    page, key = "console:exchange-prepared", "prepared_id"

    def act(self, **named: UUID) -> str:
        """Approve it as it is now."""
        approve_prepared(named["prepared_id"])
        return _("Approved. It can be sent now.")


class ActOnPrepared(ExchangeAct):
    """Send a file with protected values, or take it back."""

    page, key = "console:exchange-prepared", "prepared_id"

    def act(self, **named: UUID) -> str:
        """Whatever the button says."""
        do = self.request.POST.get("do")
        if do == "send":
            send_prepared(named["prepared_id"])
            return _("The file is ready for the partner.")
        if do == "withdraw":
            withdraw_prepared(named["prepared_id"], because=self.said(BecauseForm)["because"])
            return _("It is taken back.")
        raise Invalid(_("choose one first"))


class SettleAlarm(ExchangeAct):
    """Say what was found about an alarm."""

    def act(self, **named: UUID) -> str:
        """Settle it."""
        settle(named["alarm_id"], because=self.said(BecauseForm)["because"])
        return _("The alarm is settled.")

    def next_page(self, **_named: UUID) -> str:
        """Back to the overview."""
        return reverse("console:exchange")


class ActOnMedium(ExchangeAct):
    """Take a medium over, write down its reading, close it."""

    page, key = "console:exchange-medium", "medium_id"

    def act(self, **named: UUID) -> str:
        """Whatever the button says."""
        medium, do = named["medium_id"], self.request.POST.get("do")
        if do == "take":
            said = self.said(HandOverForm)
            giver = str(self.request.POST.get("giver", ""))[:80]
            hand_over(medium, giver=giver, place=said["place"], purpose=said["purpose"])
            return _("You hold the medium now.")
        if do == "close":
            said = self.said(DisposeForm)
            dispose(medium, method=said["method"], certificate=said["certificate"], witness=said["witness"])
            return _("The medium is closed.")
        return self._read(medium)

    def _read(self, medium: UUID) -> str:
        said = self.said(ReadingForm)
        upload = said.pop("file")
        reading = Reading(**{**said, "image_sha256": said["image_sha256"].lower()})
        landed = acquire(medium, reading=reading, files={upload.name: upload.file} if upload else {})
        return _("The reading is recorded, and its file landed.") if landed else _("The reading is recorded.")
