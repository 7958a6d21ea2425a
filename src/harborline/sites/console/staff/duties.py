"""The register of duties that people keep: who looks after which, until when, and what shows it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from harborline.kernel import clock
from harborline.law import clause as clause_of
from harborline.sites.console.pages import Act, Page
from harborline.sites.console.staff.acts import checked
from harborline.sites.console.staff.forms import DAY, Choices
from harborline.sites.console.staff.pages import people_of
from harborline.workforce.facts import KeptBy
from harborline.workforce.selectors import duty_standing, duty_standings, worker_of
from harborline.workforce.services import charge_duty, keep_duty


class ChargeForm(forms.Form):
    """Who looks after a duty, how often, and until when first."""

    owner = forms.ChoiceField(label=gettext_lazy("Who looks after it?"))
    every_days = forms.IntegerField(label=gettext_lazy("Again after how many days?"), min_value=1, max_value=3660)
    first_due = forms.DateField(label=gettext_lazy("First done by"), widget=forms.DateInput(attrs=DAY))

    def __init__(self, *args: Any, people: Choices, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self.fields["owner"].choices = people  # type: ignore[attr-defined]  # a choice field


class KeepForm(forms.Form):
    """What was done, and where its evidence lies."""

    done = forms.DateField(label=gettext_lazy("Done on"), widget=forms.DateInput(attrs=DAY))
    evidence = forms.CharField(
        label=gettext_lazy("Where does the evidence lie?"),
        max_length=500,
        help_text=gettext_lazy(
            "Name the file and its place, such as a letter in the binder for 2026. Write nothing about a case."
        ),
    )


class Duties(Page):
    """Every duty of the program with its owner, day and state."""

    purpose = "duties"
    template = "console/staff/duties.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The register."""
        return {"duties": duty_standings()}


class Duty(Page):
    """One duty: what the clause asks, what was done, and what is next."""

    purpose = "duties"
    template = "console/staff/duty.html"

    def facts(self, **named: Any) -> dict[str, Any]:  # noqa: ANN401 - a clause is no UUID
        """The duty with its forms, for those who may use them."""
        found = duty_standing(str(named["clause"]))
        today = clock.now().astimezone(ZoneInfo(self.entrance.zone)).date()
        first = {
            "owner": str(found.owner_id or ""),
            "every_days": found.every_days,
            "first_due": today + timedelta(days=min(30, found.every_days)),
        }
        mine = str(found.owner_id) == self.entrance.actor.id and found.duty.by is KeptBy.EVIDENCE
        return {
            "one": found,
            "clause": clause_of(found.duty.clause),
            "charge": ChargeForm(initial=first, people=people_of(self.entrance.program), auto_id="charge_%s"),
            "keep": KeepForm(initial={"done": today}, auto_id="keep_%s") if mine else None,
        }


class _OfDuty(Act):
    purpose: ClassVar[str] = "duties"

    def next_page(self, **named: Any) -> str:  # noqa: ANN401 - as above
        """The duty's page."""
        return reverse("console:duty", args=[named["clause"]])


class Charge(_OfDuty):
    """Give a duty to somebody."""

    def act(self, **named: Any) -> str:  # noqa: ANN401 - as above
        """From now on."""
        program = self.entrance.program
        form = ChargeForm(self.request.POST, people=people_of(program))
        checked(form)
        charge_duty(
            str(named["clause"]),
            owner=worker_of(UUID(form.cleaned_data["owner"]), program),
            every_days=form.cleaned_data["every_days"],
            first_due_date=form.cleaned_data["first_due"],
            roles=self.entrance.roles,
        )
        return _("The duty is given.")


class Keep(_OfDuty):
    """Say that it was done."""

    def act(self, **named: Any) -> str:  # noqa: ANN401 - as above
        """With its evidence."""
        form = KeepForm(self.request.POST)
        checked(form)
        keep_duty(str(named["clause"]), done_date=form.cleaned_data["done"], evidence=form.cleaned_data["evidence"])
        return _("Written down.")
