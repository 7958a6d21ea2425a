"""Holds: what must not be destroyed, by whose word; placed and released by two people."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from harborline.kernel import Invalid, NotFound, Refused
from harborline.retention.facts import HoldScope
from harborline.retention.selectors import holds, in_force
from harborline.retention.services import ask_release, confirm_hold, place_hold, release_hold
from harborline.sites import wrongs
from harborline.sites.console.pages import Act, Page, first_sent
from harborline.sites.console.records.numbers import dialled
from harborline.sites.console.titles import page_language
from harborline.sites.entrance import Entrance, entrance
from harborline.sites.sentences import told


class Holds(Page):
    """Those that stand, and those released."""

    purpose = "retention"
    template = "console/records/holds.html"

    def facts(self, **_named: UUID) -> dict[str, Any]:
        """The holds the worker may see."""
        everything = holds(released=True)
        return {
            "holds": [one for one in everything if one.state.value != "released"],
            "released": [one for one in everything if one.state.value == "released"],
        }


class HoldForm(forms.Form):
    """What must not be destroyed, and why."""

    what = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        widget=forms.RadioSelect,
        choices=(
            ("person", gettext_lazy("A participant ID")),
            ("case", gettext_lazy("A case number")),
            ("number", gettext_lazy("A phone number")),
            ("all", gettext_lazy("Everything of a kind or a time")),
        ),
    )
    which = forms.CharField(
        label=gettext_lazy("Which one?"), max_length=40, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    series = forms.ChoiceField(label=gettext_lazy("Kind of records"), required=False)
    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=forms.DateInput({"type": "date"}))
    last = forms.DateField(label=gettext_lazy("Until"), required=False, widget=forms.DateInput({"type": "date"}))
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        max_length=300,
        help_text=gettext_lazy("The case before the court, the request, the breach."),
    )

    def __init__(self, *args: Any, series: list[tuple[str, str]], **named: Any) -> None:  # noqa: ANN401 - as the base class
        super().__init__(*args, **named)
        self.fields["series"].choices = [("", _("All of them")), *series]  # type: ignore[attr-defined]  # a choice field

    def clean(self) -> dict[str, Any]:
        """A participant, case or number must be named."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("what") in {"person", "case", "number"} and not given.get("which"):
            self.add_error("which", _("Say which one."))
        return given

    def scope(self, zone: str, *, allow_fictional: bool) -> HoldScope:
        """The scope as retention takes it; raises `Invalid` for a number that is none."""
        given, named = self.cleaned_data, {}
        if given["what"] != "all":
            which = given["which"].strip()
            named = {
                given["what"]: dialled(which, allow_fictional=allow_fictional) if given["what"] == "number" else which
            }
        return HoldScope(
            **named,
            series=given["series"],
            from_at=datetime.combine(given["first"], time(), ZoneInfo(zone)) if given["first"] else None,
            until_at=datetime.combine(given["last"], time.max, ZoneInfo(zone)) if given["last"] else None,
        )


class Place(View):
    """Ask for a hold; it keeps from now on, and stands once another person confirms it."""

    http_method_names = ["get", "head", "post"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form."""
        who = entrance(request)
        with who.acting("retention"):
            form = HoldForm(series=_series())
        return render(request, "console/records/hold.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep it, or say in the form what is wrong."""
        who = entrance(request)
        with who.acting("retention"):
            form = HoldForm(request.POST, series=_series())
        if form.is_valid() and _placed(request, form, who):
            return HttpResponseRedirect(reverse("console:holds"))
        return render(request, "console/records/hold.html", {"form": form}, status=422)


def _placed(request: HttpRequest, form: HoldForm, who: Entrance) -> bool:

    try:
        scope = form.scope(who.zone, allow_fictional=settings.FICTIONAL_NUMBERS)
        with who.acting("retention"):
            if first_sent(request):
                place_hold(scope, reason=form.cleaned_data["reason"], roles=who.roles)
    except Invalid as wrong:
        form.add_error(None, wrongs.said(wrong))
    except NotFound:
        form.add_error("which", _("Nobody you may see has this number. Check it and try again."))
    except Refused as refused:
        said = told(refused.decision)
        form.add_error(None, f"{said.sentence} {said.next_step}")
    else:
        return True
    return False


class Step(Act):
    """Confirm a hold, ask for its release, release it."""

    purpose = "retention"

    def act(self, **named: UUID) -> str:
        """What the pressed button says."""
        step, hold_id, roles = self.request.POST.get("step", ""), named["hold_id"], self.entrance.roles
        if step == "confirm":
            confirm_hold(hold_id, roles=roles)
            return _("Confirmed. The hold stands.")
        if step == "ask":
            ask_release(hold_id, reason=self.request.POST.get("reason", ""), roles=roles)
            return _("Asked. The hold keeps until another person releases it.")
        if step == "release":
            release_hold(hold_id, roles=roles)
            return _("Released. These records live by their schedule again.")
        raise Invalid(_("Choose what to do."))

    def next_page(self, **_named: UUID) -> str:
        """Back to the list."""
        return reverse("console:holds")


def _series() -> list[tuple[str, str]]:
    language = page_language()
    return [(one.key, one.title.get(language) or one.title["en"]) for one in in_force().series]
