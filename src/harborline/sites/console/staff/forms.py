"""The forms about workers; each says in plain words what is missing."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from harborline.sites.templatetags.workforce import ACCOUNTS, REASONS, SUBJECTS
from harborline.sites.vocabulary import ROLES
from harborline.workforce.facts import StaffRole, TrainingSubject

DAY = {"type": "date"}
_BEFORE_LAST = date.max - timedelta(days=1)
Choices = list[tuple[str, Any]]


def end_of(day: date, zone: str) -> datetime:
    """The moment a day is over in the zone, aware; of the last day there is, when it begins."""
    return datetime.combine(min(day, _BEFORE_LAST) + timedelta(days=1), time(), ZoneInfo(zone))


def beginning_of(day: date, zone: str) -> datetime:
    """The moment a day begins in the zone, aware."""
    return datetime.combine(day, time(), ZoneInfo(zone))


class AssignForm(forms.Form):
    """A role, a county, perhaps a last day."""

    role = forms.ChoiceField(
        label=_("Role"), choices=[("", _("- Choose -")), *((role.value, ROLES[role]) for role in StaffRole)]
    )
    county = forms.RegexField(
        r"^(\*|[0-9]{5})$",
        label=_("County"),
        help_text=_("Five digits, such as 37183, or * for all counties."),
    )
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        help_text=_("An auditor needs one."),
        widget=forms.DateInput(attrs=DAY),
    )

    def until(self, zone: str) -> datetime | None:
        """When the assignment ends, if it does."""
        day = self.cleaned_data.get("last_day")
        return end_of(day, zone) if day else None


class NewWorkerForm(AssignForm):
    """A new account with its first work."""

    field_order = ("name", "email", "number", "kind", "ends", "role", "county", "last_day")
    name = forms.CharField(label=_("Full name"), max_length=200)
    email = forms.EmailField(label=_("Work e-mail"), max_length=254)
    number = forms.CharField(label=_("Number in the case system"), max_length=40)
    kind = forms.ChoiceField(label=_("Account"), choices=list(ACCOUNTS.items()))
    ends = forms.DateField(
        label=_("Last day of the account"),
        required=False,
        help_text=_("Temporary and emergency accounts need one, at most two business days away."),
        widget=forms.DateInput(attrs=DAY),
    )

    def account_ends(self, zone: str) -> datetime | None:
        """When the account ends, if it does."""
        day = self.cleaned_data.get("ends")
        return end_of(day, zone) - timedelta(seconds=1) if day else None


class TrainingForm(forms.Form):
    """A completed course with its certificate."""

    subject = forms.ChoiceField(
        label=_("Subject"), choices=[(one.value, SUBJECTS[one.value]) for one in TrainingSubject]
    )
    course = forms.CharField(label=_("Course"), max_length=80)
    completed = forms.DateField(label=_("Day of the course"), widget=forms.DateInput(attrs=DAY))
    certificate = forms.CharField(label=_("Number of the certificate"), max_length=80)


class LeaveForm(forms.Form):
    """The day from which the account is off."""

    last_day = forms.DateField(label=_("Account is off from"), widget=forms.DateInput(attrs=DAY))


class SupervisorForm(forms.Form):
    """Who supervises this worker."""

    supervisor = forms.ChoiceField(label=_("Supervisor"), required=False)

    def __init__(self, *args: Any, people: Choices, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self.fields["supervisor"].choices = [("", _("Nobody")), *people]  # type: ignore[attr-defined]  # a choice field


class TeamForm(forms.Form):
    """A new team."""

    name = forms.CharField(label=_("Name of the team"), max_length=80)
    county = forms.RegexField(
        r"^(\*|[0-9]{5})$",
        label=_("County"),
        help_text=_("Five digits, such as 37183, or * for all counties."),
    )


class JoinForm(forms.Form):
    """Which team this worker joins."""

    team = forms.ChoiceField(label=_("Team"))

    def __init__(self, *args: Any, teams: Choices, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self.fields["team"].choices = teams  # type: ignore[attr-defined]  # a choice field


class CoverForm(forms.Form):
    """Who stands in for whom, from which day to which."""

    away = forms.ChoiceField(label=_("Who is away?"))
    stand_in = forms.ChoiceField(label=_("Who stands in?"))
    reason = forms.ChoiceField(label=_("Why?"), choices=list(REASONS.items()))
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=DAY))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs=DAY))

    def __init__(self, *args: Any, people: Choices, away: Choices, **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        for name, offered in (("away", away), ("stand_in", people)):
            self.fields[name].choices = offered  # type: ignore[attr-defined]  # a choice field

    def span(self, zone: str, now: datetime) -> tuple[datetime, datetime]:
        """From and until (exclusive); a first day that is today begins now."""
        begins = beginning_of(self.cleaned_data["first_day"], zone)
        today = begins.date() == now.astimezone(ZoneInfo(zone)).date()
        return (now if today else begins), end_of(self.cleaned_data["last_day"], zone)
